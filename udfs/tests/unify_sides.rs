//! What is said of records beside themselves, where there are enough of them to learn from: pairs that are one person or are not, a source
//! that has each person once, and an earlier result.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod session;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use session::{query, session};

const RECORDS: i64 = 1_500;

/// Record r is of person r / 3. The first two of a person say the same, the third has another address under the same name and day of birth.
fn people(multiplier: i64, partitions: i64) -> MemTable {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let fields =
        vec![Field::new("id", DataType::Int64, false), text("first_name"), text("last_name"), text("dob"), text("email")];
    let schema = Arc::new(Schema::new(fields));
    let partition = |partition: i64| {
        let ids: Vec<i64> = (0..RECORDS).filter(|i| i % partitions == partition).map(|i| i * multiplier % RECORDS).collect();
        let column = |value: &dyn Fn(i64) -> String| -> StringArray { ids.iter().map(|id| Some(value(*id))).collect() };
        let columns = vec![
            Arc::new(Int64Array::from(ids.clone())) as _,
            Arc::new(column(&|id| format!("given{}", id / 3 % 37))) as _,
            Arc::new(column(&|id| format!("family{}", id / 3 % 101))) as _,
            Arc::new(column(&|id| format!("19{:02}-{:02}-{:02}", id / 3 % 83, 1 + id / 3 % 12, 1 + id / 3 % 28))) as _,
            Arc::new(column(&|id| format!("{}{}@example.com", if id % 3 == 2 { "other" } else { "p" }, id / 3))) as _,
        ];
        vec![RecordBatch::try_new(Arc::clone(&schema), columns).expect("a batch")]
    };
    let batches = (0..partitions).map(partition).collect();
    MemTable::try_new(schema, batches).expect("a table")
}

fn with_people(threads: usize, table: MemTable) -> SessionContext {
    let context = session(threads, 1 << 30);
    context.register_table("people", Arc::new(table)).expect("people");
    context
}

/// The first two columns, both bigint.
async fn numbers(context: &SessionContext, sql: &str) -> BTreeMap<i64, i64> {
    let batches = query(context, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let of = |batch: &RecordBatch, column: usize| batch.column(column).as_primitive::<Int64Type>().values().to_vec();
    batches.iter().flat_map(|batch| of(batch, 0).into_iter().zip(of(batch, 1))).collect()
}

/// Every tenth person's two equal records are told apart, and with every tenth other one the person after it is one.
const SAID: &str = "cannot_link => (SELECT 3 * p AS left_id, 3 * p + 1 AS right_id FROM generate_series(0, 490, 10) AS g(p)), \
                    must_link => (SELECT 3 * p AS left_id, 3 * p + 3 AS right_id FROM generate_series(5, 495, 10) AS g(p))";

#[tokio::test(flavor = "multi_thread")]
async fn pairs_decide_and_touch_nobody_else() {
    let context = with_people(2, people(1, 1));
    let free = numbers(&context, "SELECT record_id, profile_id FROM unify_profiles(people)").await;
    let sql = format!("SELECT record_id, profile_id FROM unify_profiles(people, {SAID})");
    let found = numbers(&context, &sql).await;
    assert_eq!((free.len(), found.len()), (1_500, 1_500));
    for person in 0..500_i64 {
        let of = |profiles: &BTreeMap<i64, i64>| [0, 1, 2].map(|record| profiles[&(3 * person + record)]);
        let ([one, two, three], before) = (of(&found), of(&free));
        match person % 10 {
            0 => assert!(one != two && (three == one || three == two), "person {person}: {one} {two} {three}"),
            5 => assert!(one == two && two == three && three == found[&(3 * person + 3)], "person {person}"),
            6 => assert!(one == two && two == three, "person {person}"),
            _ => assert_eq!([one, two, three], before, "person {person}"),
        }
        assert!(before[0] == before[1] && before[1] == before[2], "person {person}: {before:?}");
    }
    let shuffled = with_people(3, people(7, 4));
    assert_eq!(numbers(&shuffled, &sql).await, found);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_apart_stays_apart_under_its_ids() {
    let context = with_people(2, people(1, 2));
    let earlier = query(&context, "SELECT source, record_id, profile_id FROM unify_profiles(people)").await.expect("profiles");
    let table = MemTable::try_new(earlier[0].schema(), vec![earlier]).expect("a table");
    context.register_table("earlier", Arc::new(table)).expect("earlier");
    let before = numbers(&context, "SELECT record_id, profile_id FROM earlier").await;
    let cannot = SAID.split(", must_link").next().unwrap();
    let sql = format!("SELECT source, record_id, profile_id FROM unify_profiles(people, {cannot}, previous => earlier)");
    let split = query(&context, &sql).await.expect("profiles");
    let table = MemTable::try_new(split[0].schema(), vec![split]).expect("a table");
    context.register_table("split", Arc::new(table)).expect("split");
    let now = numbers(&context, "SELECT record_id, profile_id FROM split").await;
    let old: HashSet<i64> = before.values().copied().collect();
    for person in (0..500).step_by(10) {
        let ids = [0, 1, 2].map(|record| now[&(3 * person + record)]);
        let kept = ids.iter().filter(|id| **id == before[&(3 * person)]).count();
        // Of two equal parts and a third that goes with one of them the greater part keeps the id, and the other gets a new one.
        assert_eq!(kept, 2, "person {person}: {ids:?}");
        assert!(ids[0] != ids[1] && ids.iter().filter(|id| old.contains(id)).count() == 2, "person {person}");
    }
    let again = format!("SELECT record_id, profile_id FROM unify_profiles(people, {cannot}, previous => split)");
    assert_eq!(numbers(&context, &again).await, now);
    let changes = format!(
        "SELECT change, count(*), min(reason) FROM profile_changes(people, {cannot}, previous => earlier) GROUP BY change ORDER BY change"
    );
    let rows = query(&context, &changes).await.expect("changes");
    let shown = datafusion::arrow::util::pretty::pretty_format_batches(&rows).expect("rows").to_string();
    assert!(shown.contains("| split     | 100 ") && shown.contains(": cannot_link"), "{shown}");
    assert!(shown.contains("| unchanged | 450 ") && rows.iter().map(RecordBatch::num_rows).sum::<usize>() == 2, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_has_each_person_once() {
    let context = with_people(2, people(1, 2));
    let relations = "(SELECT * FROM people WHERE id % 3 < 2), (SELECT * FROM people WHERE id % 3 = 2), one_per_source => true, \
                     sources => ARRAY['a', 'b']";
    let found = numbers(&context, &format!("SELECT record_id, profile_id FROM unify_profiles({relations})")).await;
    let mut profiles: HashMap<i64, Vec<i64>> = HashMap::new();
    found.iter().for_each(|(record, profile)| profiles.entry(*profile).or_default().push(*record));
    for records in profiles.values() {
        assert!(records.iter().filter(|record| *record % 3 < 2).count() <= 1, "{records:?}");
        assert!(records.iter().all(|record| record / 3 == records[0] / 3), "{records:?}");
    }
    // Of three records of a person two go together.
    assert_eq!(profiles.len(), 1_000);
    let sql = format!("SELECT count(*), count(*) FILTER (WHERE reason = 'one_per_source: a') FROM refused_links({relations})");
    assert_eq!(numbers(&context, &sql).await, BTreeMap::from([(500, 500)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_at_most_so_many_values() {
    let context = with_people(2, people(1, 2));
    let sql = "SELECT count(*), count(DISTINCT profile_id) FROM unify_profiles(people, limits => 'email: 1')";
    assert_eq!(numbers(&context, sql).await, BTreeMap::from([(1_500, 1_000)]));
    let sql = "SELECT count(*), count(DISTINCT profile_id) FROM unify_profiles(people, limits => 'email: 2')";
    assert_eq!(numbers(&context, sql).await, BTreeMap::from([(1_500, 500)]));
}

/// Few records are linked by keys, under the same rules.
#[tokio::test(flavor = "multi_thread")]
async fn few_records_follow_the_same_rules() {
    let context = session(2, 1 << 30);
    let shown = async |sql: &str| {
        let rows = query(&context, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let rows = datafusion::arrow::util::pretty::pretty_format_batches(&rows).expect("rows").to_string();
        rows.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let people = "(SELECT * FROM (VALUES (1, 'ann@example.com'), (2, 'ANN@example.com'), (3, 'bo@example.com'), (4, 'cy@example.com')) AS t(id, email)), \
                  sources => ARRAY['crm']";
    let previous = "previous => (SELECT * FROM (VALUES (1, 10), (2, 20), (3, 30), (9, 30), (8, 40)) AS p(record_id, profile_id))";
    let changes =
        shown(&format!("SELECT change, from_profile_ids, reason FROM profile_changes({people}, {previous}) ORDER BY profile_id"))
            .await;
    for row in [
        "| merged | [10, 20] | crm 2 and crm 1: email |",
        "| shrunk | [30] | 1 record not there any more |",
        "| gone | [40] | 1 record not there any more |",
        "| new | [] | 1 record |",
    ] {
        assert!(changes.contains(row), "{changes}");
    }
    let cannot = "cannot_link => (SELECT 1 AS left_id, 2 AS right_id)";
    let refused =
        shown(&format!("SELECT left_id + right_id AS ids, matched_by, reason FROM refused_links({people}, {cannot})")).await;
    assert!(refused.contains("| 3 | email | cannot_link |"), "{refused}");
    let found = numbers(&context, &format!("SELECT record_id, profile_id FROM unify_profiles({people}, {cannot})")).await;
    assert_eq!(found.values().collect::<HashSet<_>>().len(), 4);
    let must = "must_link => (SELECT 4 AS left_id, 3 AS right_id)";
    let said = shown(&format!(
        "SELECT record_id, match_probability, matched_by FROM unify_profiles({people}, {must}, {cannot}) ORDER BY 1"
    ))
    .await;
    assert!(said.contains("| 3 | 1.0 | must_link |") && said.contains("| 1 | | |"), "{said}");
    let error = query(
        &context,
        &format!("SELECT * FROM unify_profiles({people}, {cannot}, must_link => (SELECT 2 AS left_id, 1 AS right_id))"),
    )
    .await;
    assert!(error.expect_err("a contradiction").to_string().contains("must_link makes one person"));
}

/// The profile of each record of `sql`, which takes the place of `{}` in a statement that keeps the first two records of each person.
const BEFORE: &str = "SELECT record_id, profile_id FROM unify_profiles((SELECT * FROM people WHERE id % 3 < 2))";

#[tokio::test(flavor = "multi_thread")]
async fn new_records_join_the_profiles_that_stand() {
    let context = with_people(2, people(1, 1));
    let before = numbers(&context, BEFORE).await;
    let full = numbers(&context, "SELECT record_id, profile_id FROM unify_profiles(people)").await;
    let sql = format!("SELECT record_id, profile_id FROM unify_profiles(people, previous => ({BEFORE}), incremental => true)");
    let found = numbers(&context, &sql).await;
    for record in 0..RECORDS {
        assert_eq!(found[&record], before[&(record / 3 * 3)], "record {record}");
        assert_eq!(full[&record] == full[&(record / 3 * 3)], found[&record] == found[&(record / 3 * 3)], "record {record}");
    }
    let shuffled = with_people(3, people(7, 4));
    assert_eq!(numbers(&shuffled, &sql).await, found);
    let nothing_new =
        "SELECT record_id, profile_id FROM unify_profiles(people, previous => (SELECT * FROM r), incremental => true)";
    assert_eq!(numbers(&context, &format!("WITH r AS ({sql}) {nothing_new}")).await, found);
    let changes = format!(
        "SELECT count(*), count(*) FILTER (WHERE change = 'grown') \
         FROM profile_changes(people, previous => ({BEFORE}), incremental => true)"
    );
    assert_eq!(numbers(&context, &changes).await, BTreeMap::from([(500, 500)]));
}

/// Persons 0 and 1 were one profile by mistake, and the third record of person 2 had one of its own.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_is_not_compared_again() {
    let context = with_people(2, people(1, 1));
    let previous = "SELECT id AS record_id, CASE WHEN id < 6 THEN 1 WHEN id = 8 THEN 2 ELSE 100 + id / 3 END AS profile_id FROM people WHERE id % 30 <> 29";
    let run = |incremental: bool, more: &str| {
        format!("FROM unify_profiles(people, previous => ({previous}), incremental => {incremental}{more})")
    };
    let profiles = |run: String| format!("SELECT record_id, profile_id {run}");
    let again = numbers(&context, &profiles(run(false, ""))).await;
    assert!(again[&0] != again[&3] && again[&6] == again[&8], "{again:?}");
    let found = numbers(&context, &profiles(run(true, ""))).await;
    let expected = |id: i64| match id {
        0..6 => 1,
        8 => 2,
        id => 100 + id / 3,
    };
    assert_eq!(found, (0..RECORDS).map(|id| (id, expected(id))).collect());
    // A rule that it breaks takes the profile apart, by what its records say.
    let apart = numbers(&context, &profiles(run(true, ", cannot_link => (SELECT 0 AS left_id, 3 AS right_id)"))).await;
    assert_eq!([apart[&0], apart[&1], apart[&2]], [apart[&0]; 3]);
    assert_eq!([apart[&3], apart[&4], apart[&5]], [apart[&3]; 3]);
    assert!(apart[&0] != apart[&3] && (apart[&0] == 1 || apart[&3] == 1), "{apart:?}");
    assert_eq!((apart[&6], apart[&8], apart[&29]), (102, 2, 109));
}

/// Who was one person because it was said so, and is it for no other reason, rests on that.
#[tokio::test(flavor = "multi_thread")]
async fn what_only_stood_before_says_so() {
    let context = with_people(2, people(1, 1));
    let sql = "SELECT record_id, CAST(matched_by = 'previous' AND match_probability IS NULL AS bigint) \
               FROM unify_profiles(people, previous => (SELECT id AS record_id, CASE WHEN id IN (2, 5) THEN 2 ELSE 1000 + id END AS profile_id \
               FROM people WHERE id % 3 = 2), incremental => true, cannot_link => (SELECT 0 AS left_id, 2 AS right_id UNION ALL \
               SELECT 1, 2 UNION ALL SELECT 3, 5 UNION ALL SELECT 4, 5)) WHERE record_id IN (1, 2, 5)";
    assert_eq!(numbers(&context, sql).await, BTreeMap::from([(1, 0), (2, 1), (5, 1)]));
}
