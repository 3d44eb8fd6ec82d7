//! Segments: against scikit-learn on published data, and what must hold for any rows.

use crate::models::segments::{Features, Segments, segments};
use crate::models::simulation::Random;
use proptest::prelude::*;

type Row = Vec<Option<f64>>;

fn features(rows: &[Row]) -> Features {
    let mut features = Features::new(rows.first().map_or(0, Vec::len));
    rows.iter().for_each(|row| features.add(row).expect("a row"));
    features
}

/// The 150 irises of Fisher 1936, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7, as in scikit-learn 1.9.1:
/// length and width of sepal and petal in centimetres.
fn irises() -> Vec<Row> {
    let numbers = |line: &str| line.split(',').map(|number| number.parse().ok()).collect();
    include_str!("../../tests/data/iris.csv").lines().map(numbers).collect()
}

/// Expected: scikit-learn 1.9.1, `KMeans(3, n_init=20, tol=0, random_state=0).fit(RobustScaler().fit_transform(X))`; its labels are numbered by
/// size, and of equal sizes by the first coordinate of the centre.
#[test]
fn irises_in_three() {
    let rows = features(&irises());
    let found = segments(&rows, Some(3)).expect("rows");
    let expected = "222222222222222222222222222222222222222221222222223331113131111113111131111333111111133111131111111131333313133131133331313133133333311333333313331333";
    let labels: String = found.members.iter().map(|member| member.segment.to_string()).collect();
    assert_eq!(labels, expected);
    assert_eq!(found.sizes, [52, 49, 49]);
    assert!((found.inertia - 73.18403620977307).abs() < 1e-6, "{}", found.inertia);
    // sklearn.metrics.silhouette_score.
    assert!((found.silhouettes[0].1 - 0.44364013112952355).abs() < 1e-9, "{:?}", found.silhouettes);
    let centres = [
        [-0.01627219, -0.71923077, -0.00714286, 0.06410256],
        [-0.60282575, 0.90204082, -0.82419825, -0.70340136],
        [0.72213501, 0.2122449, 0.31399417, 0.42993197],
    ];
    for (found, expected) in found.centres.iter().flatten().zip(centres.iter().flatten()) {
        assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
    }
    // numpy: X[labels == 0].mean(0), X.mean(0), X.std(0).
    let petal = found.describe(&rows)[2];
    let (mean, all, deviation) = (4.325, 3.758, 1.75940407);
    assert_eq!((petal.segment, petal.size, petal.feature), (1, 52, 2));
    assert!((petal.mean.unwrap() - mean).abs() < 1e-12 && (petal.population_mean.unwrap() - all).abs() < 1e-12);
    assert!((petal.z.unwrap() - (mean - all) / deviation).abs() < 1e-8);
}

/// Expected: as above for 2 to 5 (the best of 1,000 starts is the same); two have the best silhouette of 2 to 10.
#[test]
fn irises_in_as_many_as_are_best_apart() {
    let rows = features(&irises());
    let inertias = [(2, 114.80605147182254), (4, 57.10220012129103), (5, 44.24972962144084)];
    for (k, expected) in inertias {
        let found = segments(&rows, Some(k)).expect("rows").inertia;
        assert!((found - expected).abs() < 1e-6, "{k}: {found}");
    }
    let found = segments(&rows, None).expect("rows");
    assert_eq!(found.sizes, [101, 49]);
    assert_eq!(found.silhouettes.iter().map(|(k, _)| *k).collect::<Vec<_>>(), (2..=10).collect::<Vec<_>>());
    assert!((found.silhouettes[0].1 - 0.5284289962068811).abs() < 1e-9);
}

/// Four clouds of one size in a world that is known, more rows than the sample: all are found, and hardly a row is elsewhere.
#[test]
fn more_rows_than_the_sample() {
    let mut random = Random::new(7);
    let corners = [(0.0, 0.0), (10.0, 0.0), (0.0, 12.0), (10.0, 12.0)];
    let mut cloud = |(x, y): (f64, f64)| (0..5_000).map(|_| vec![Some(x + random.normal()), Some(y + random.normal())]).collect();
    let rows: Vec<Row> = corners.into_iter().flat_map(|corner| -> Vec<Row> { cloud(corner) }).collect();
    let found = segments(&features(&rows), None).expect("rows");
    assert_eq!(found.sizes, [5_000; 4]);
    for cloud in found.members.chunks(5_000) {
        assert!(cloud.iter().all(|member| member.segment == cloud[0].segment));
    }
    assert!(equal_reversed(&found, &rows, None));
}

/// Two clouds of one size in a world that is known, and three customers who buy a thousand times what others do. Without fences these three
/// were one segment and all others the other one, which is best apart and of no use.
#[test]
fn a_few_large_customers_do_not_hide_the_others() {
    let mut random = Random::new(3);
    let mut cloud = |x: f64| (0..1_000).map(|_| vec![Some(x + random.normal()), Some(x + random.normal())]).collect();
    let mut rows: Vec<Row> = [0.0, 10.0].into_iter().flat_map(|x| -> Vec<Row> { cloud(x) }).collect();
    rows.extend((1..=3).map(|x| vec![Some(10.0), Some(f64::from(x) * 10_000.0)]));
    let found = segments(&features(&rows), None).expect("rows");
    for cloud in found.members[..2_000].chunks(1_000) {
        assert!(cloud.iter().all(|member| member.segment == cloud[0].segment));
    }
    assert_ne!(found.members[0].segment, found.members[1_000].segment);
}

/// Rows that a sample misses are segments all the same where their number was asked for.
#[test]
fn rare_rows() {
    let rare = (1..=4).map(|x| vec![Some(f64::from(x) * 10.0)]);
    let rows: Vec<Row> = rare.chain((0..200_000).map(|_| vec![Some(0.0)])).collect();
    let found = segments(&features(&rows), Some(5)).expect("rows");
    assert_eq!((found.sizes, found.inertia), (vec![200_000, 1, 1, 1, 1], 0.0));
}

fn equal_reversed(found: &Segments, rows: &[Row], k: Option<usize>) -> bool {
    let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
    let mut other = segments(&features(&reversed), k).expect("rows");
    other.members.reverse();
    *found == other
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        6 => (-9..9_i32).prop_map(|value| Some(f64::from(value))),
        1 => Just(None),
        1 => prop_oneof![Just(f64::NAN), Just(-0.0), Just(1e100), Just(-1e100), Just(5e-324), -1e9..1e9_f64].prop_map(Some),
    ]
}

fn table(value: impl Strategy<Value = Option<f64>> + Clone) -> impl Strategy<Value = Vec<Row>> {
    (0..4_usize).prop_flat_map(move |count| prop::collection::vec(prop::collection::vec(value.clone(), count), 1..60))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_in_any_order(rows in table(value().boxed()), k in prop_oneof![Just(None), (1..12_usize).prop_map(Some)]) {
        let all = features(&rows);
        let found = segments(&all, k).expect("rows");
        prop_assert!(equal_reversed(&found, &rows, k));
        prop_assert!(found.inertia.is_finite() && found.inertia >= 0.0);
        prop_assert!(found.centres.iter().flatten().all(|x| x.is_finite()));
        prop_assert!(found.silhouettes.iter().all(|(_, silhouette)| (-1.0..=1.0).contains(silhouette)));
        prop_assert!(found.sizes.is_sorted_by(|a, b| a >= b));
        for (segment, size) in found.sizes.iter().enumerate() {
            let members = found.members.iter().filter(|member| member.segment == segment + 1).count() as u64;
            prop_assert!(members == *size && members > 0);
        }
        for (row, member) in rows.iter().zip(&found.members) {
            prop_assert!(member.distance.is_finite());
            prop_assert!(found.nearest(row).expect("a row").distance <= member.distance);
        }
        for described in found.describe(&all) {
            prop_assert!([described.mean, described.population_mean, described.z].into_iter().flatten().all(f64::is_finite));
        }
    }

    /// As many segments as were asked for, or as scaled rows differ.
    #[test]
    fn no_segment_is_lost(rows in table((-9..9_i32).prop_map(|value| Some(f64::from(value))).boxed()), k in 1..12_usize) {
        let found = segments(&features(&rows), Some(k)).expect("rows");
        let scaled = |row: &Row| row.iter().flatten().zip(&found.scales).map(|(x, scale)| scale.apply(*x).to_bits()).collect();
        let mut different: Vec<Vec<u64>> = rows.iter().map(scaled).collect();
        different.sort();
        different.dedup();
        prop_assert_eq!(found.sizes.len(), k.min(different.len()));
        let (left, right) = rows.split_at(rows.len() / 2);
        let mut parts = Features::new(rows[0].len());
        parts.merge(&features(left)).ok();
        if !left.is_empty() {
            parts.merge(&features(right)).expect("the same features");
            prop_assert_eq!(&found, &segments(&parts, Some(k)).expect("rows"));
        }
    }
}
