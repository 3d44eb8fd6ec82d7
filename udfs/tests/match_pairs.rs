//! `match_pairs`, `explain_match` and `review_pairs` on people that are made up: they say the same as `unify_profiles` and as each other.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use datafusion_functions_customer::linkage::hash::mix;
use session::{query, session};

const PEOPLE: u64 = 1_000;
const COLUMNS: [&str; 7] = ["first_name", "last_name", "dob", "email", "phone", "street", "postcode"];

fn random(of: u64, purpose: u64, below: u64) -> u64 {
    mix(mix(of + 1) ^ mix(purpose + 77)) % below
}

/// A word that a number stands for.
fn word(number: u64) -> String {
    let syllables = ["ba", "du", "ke", "li", "mo", "na", "pe", "ri", "so", "tu", "va", "zi"];
    (0..3).map(|place| syllables[random(number, place, 12) as usize]).collect()
}

/// What record `id` says: person id / 2, of families of four with one surname, street, postcode and telephone. The second record of a person has
/// gaps and typing errors, or is the first once more.
fn says(id: u64) -> [Option<String>; 7] {
    let (person, family, is_second) = (id / 2, id / 8, id % 2 == 1);
    let is_same = random(person, 1, 10) == 0;
    let mut row = [
        Some(word(random(person, 2, 300))),
        Some(word(1_000 + random(family, 3, 400))),
        Some(format!("19{:02}-{:02}-{:02}", 30 + random(person, 4, 70), 1 + random(person, 5, 12), 1 + random(person, 6, 28))),
        Some(format!("{}{}@example.com", word(random(person, 2, 300)), person)),
        Some(format!("+44 20 7{:07}", random(family, 7, 10_000_000))),
        Some(format!("{} street {}", word(5_000 + random(family, 8, 700)), 1 + random(family, 9, 90))),
        Some(format!("N{} {}AB", 1 + random(family, 10, 90), random(family, 11, 10))),
    ];
    if is_second && !is_same {
        for (column, cell) in (0..).zip(&mut row) {
            match random(id, 20 + column, 10) {
                0..=2 => *cell = None,
                3 => {
                    *cell = cell.take().map(|text| text.chars().take(2).chain("x".chars()).chain(text.chars().skip(3)).collect())
                }
                _ => {}
            }
        }
    }
    row
}

/// All records, in the order that a multiplier makes, in some partitions.
fn people(multiplier: u64, partitions: u64) -> MemTable {
    let n = 2 * PEOPLE;
    let texts = COLUMNS.map(|name| Field::new(name, DataType::Utf8, true));
    let schema = Arc::new(Schema::new([Field::new("id", DataType::Int64, false)].into_iter().chain(texts).collect::<Vec<_>>()));
    let partition = |number: u64| {
        let ids: Vec<u64> = (number * n / partitions..(number + 1) * n / partitions).map(|at| at * multiplier % n).collect();
        let rows: Vec<[Option<String>; 7]> = ids.iter().map(|id| says(*id)).collect();
        let mut columns: Vec<Arc<dyn datafusion::arrow::array::Array>> =
            vec![Arc::new(ids.iter().map(|id| *id as i64).collect::<Int64Array>())];
        for column in 0..COLUMNS.len() {
            columns.push(Arc::new(rows.iter().map(|row| row[column].clone()).collect::<StringArray>()));
        }
        vec![RecordBatch::try_new(Arc::clone(&schema), columns).expect("a batch")]
    };
    MemTable::try_new(Arc::clone(&schema), (0..partitions).map(partition).collect()).expect("a table")
}

fn with_people(threads: usize, multiplier: u64, partitions: u64) -> SessionContext {
    let context = session(threads, 1 << 30);
    context.register_table("people", Arc::new(people(multiplier, partitions))).expect("people");
    context
}

/// Rows as texts; of a double the shortest that is it and no other.
async fn rows(context: &SessionContext, sql: &str) -> Vec<Vec<String>> {
    let batches = query(context, sql).await.expect(sql);
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = vec![];
    for batch in &batches {
        let columns: Vec<ArrayFormatter> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).expect("a format")).collect();
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|column| column.value(row).to_string()).collect()));
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_what_profiles_are_made_of() {
    let context = with_people(2, 1, 2);
    let pairs =
        rows(&context, "SELECT left_id, right_id, match_probability, matched_by, match_weight FROM match_pairs(people)").await;
    let profiles =
        rows(&context, "SELECT record_id, profile_id, match_probability, matched_by FROM unify_profiles(people)").await;
    let profiles: BTreeMap<&str, &[String]> = profiles.iter().map(|row| (row[0].as_str(), &row[1..])).collect();
    let mut best: BTreeMap<&str, f64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for pair in &pairs {
        let (left, right): (u64, u64) = (pair[0].parse().unwrap(), pair[1].parse().unwrap());
        assert!(left < right && seen.insert((left, right)), "{pair:?}");
        let (probability, weight): (f64, f64) = (pair[2].parse().unwrap(), pair[4].parse().unwrap());
        assert!((probability / (1.0 - probability)).log2() - weight < 0.01 || weight > 30.0, "{pair:?}");
        for record in &pair[..2] {
            // An identical record shares the best link of the first of them.
            if profiles[pair[0].as_str()][0] == profiles[pair[1].as_str()][0] {
                let slot = best.entry(record).or_insert(0.0);
                *slot = slot.max(probability);
            }
        }
    }
    assert!(pairs.len() > 700, "{}", pairs.len());
    let mut linked = 0;
    for (record, profile) in &profiles {
        let expected: Option<f64> = profile[1].parse().ok();
        let found = best.get(record).copied();
        let twin = (record.parse::<u64>().unwrap() ^ 1).to_string();
        let is_first_or_only = says(record.parse().unwrap()) != says(twin.parse().unwrap());
        linked += usize::from(expected.is_some());
        assert_eq!(found.is_some(), expected.is_some(), "record {record}");
        if is_first_or_only {
            assert_eq!(found, expected, "record {record}");
        }
    }
    assert!(linked > 1_500, "{linked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_order_nor_threads_change_a_pair() {
    let sql = ["SELECT * FROM match_pairs(people)", "SELECT * FROM review_pairs(people, n => 40)"];
    for sql in sql {
        let mut expected = rows(&with_people(1, 1, 1), sql).await;
        let mut found = rows(&with_people(3, 7, 4), sql).await;
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_ends_at_the_weight_of_the_pair() {
    let context = with_people(2, 1, 2);
    let pairs =
        rows(&context, "SELECT left_id, right_id, match_weight, match_probability, matched_by FROM match_pairs(people)").await;
    let kinds: BTreeMap<&str, &Vec<String>> = pairs.iter().map(|pair| (pair[4].as_str(), pair)).collect();
    assert!(kinds.len() > 30, "{}", kinds.len());
    for (number, pair) in kinds.values().step_by(kinds.len() / 6).enumerate() {
        // Either of the two may be left.
        let (left, right) = if number % 2 == 0 { (&pair[0], &pair[1]) } else { (&pair[1], &pair[0]) };
        let sql = format!(
            "SELECT step, field, weight, running_weight, running_probability FROM explain_match(people, left_id => {left}, right_id => {right}) ORDER BY step"
        );
        let steps = rows(&context, &sql).await;
        let last = steps.last().expect("steps");
        assert_eq!((&last[3], &last[4]), (&pair[2], &pair[3]), "{pair:?}");
        let weights = steps.iter().map(|step| step[2].parse::<f64>().unwrap()).sum::<f64>();
        assert!((weights - pair[2].parse::<f64>().unwrap()).abs() < 1e-9);
        assert_eq!(steps.len(), 1 + COLUMNS.len() + 4);
        assert_eq!((steps[0][1].as_str(), steps[COLUMNS.len() + 1][1].as_str()), ("prior", "together"));
    }
}

/// Brothers, and two who have nothing to do with each other, whom blocking does not bring together.
#[tokio::test(flavor = "multi_thread")]
async fn any_two_records_can_be_explained() {
    let context = with_people(2, 1, 2);
    let explained = |left: u64, right: u64| {
        let context = &context;
        async move {
            let sql = format!(
                "SELECT field, level, weight, running_probability FROM explain_match(people, left_id => {left}, right_id => '{right}', left_source => 'people') ORDER BY step"
            );
            rows(context, &sql).await
        }
    };
    let weight =
        |steps: &[Vec<String>], field: &str| steps.iter().find(|step| step[0] == field).unwrap()[2].parse::<f64>().unwrap();
    let brothers = explained(8, 10).await;
    assert!(weight(&brothers, "family_name") > 3.0 && weight(&brothers, "household") < -10.0, "{brothers:?}");
    assert!(brothers.last().unwrap()[3].parse::<f64>().unwrap() < 0.05, "{brothers:?}");
    let strangers = explained(8, 1_000).await;
    assert!(strangers.last().unwrap()[3].parse::<f64>().unwrap() < 1e-6, "{strangers:?}");
    assert!(weight(&strangers, "household") > -1.0, "{strangers:?}");
}

/// A join holds one side in memory: the few pairs, and not the records.
#[tokio::test(flavor = "multi_thread")]
async fn records_stream_past_the_doubtful_pairs() {
    let plan = rows(&with_people(2, 1, 2), "EXPLAIN SELECT * FROM review_pairs((SELECT * FROM people))").await;
    let plan = &plan.iter().find(|row| row[0] == "physical_plan").expect("a plan")[1];
    let (pairs, records) = (plan.find("LinkRecordsExec").expect("pairs"), plan.find("as left_is_of").expect("records"));
    assert!(plan.contains("HashJoinExec") && pairs < records, "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn doubtful_pairs_stand_side_by_side() {
    let context = with_people(2, 1, 2);
    let fields = ["given_name", "family_name", "birth_date", "email", "phone", "street", "postcode"];
    let shown: Vec<String> = fields.iter().flat_map(|field| [format!("left_{field}"), format!("right_{field}")]).collect();
    let sql = format!(
        "SELECT left_id, right_id, match_probability, matched_by, {} FROM review_pairs(people, n => 30)",
        shown.join(", ")
    );
    let pairs = rows(&context, &sql).await;
    assert_eq!(pairs.len(), 30);
    let mut kinds = BTreeSet::new();
    let (mut likely, mut unlikely) = (0, 0);
    for pair in &pairs {
        for (side, id) in [0, 1].into_iter().zip(&pair[..2]) {
            let own = says(id.parse().unwrap());
            for (column, said) in own.iter().enumerate() {
                assert_eq!(&pair[4 + 2 * column + side], said.as_deref().unwrap_or("NULL"), "record {id}");
            }
        }
        let probability: f64 = pair[2].parse().unwrap();
        assert!((0.001..=0.999).contains(&probability), "{probability}");
        likely += usize::from(probability > 0.5);
        unlikely += usize::from(probability < 0.5);
        kinds.insert(pair[3].clone());
    }
    assert!(likely > 0 && unlikely > 0, "{likely} above even odds and {unlikely} below");
    assert!(kinds.len() > 5, "{kinds:?}");
}
