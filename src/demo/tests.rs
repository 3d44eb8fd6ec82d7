//! The lake as a whole: the same bytes every time, and a truth that fits the sources.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::path::Path;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Decimal128Type, Int64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;

const SMALL: DemoSpec = DemoSpec { customers: 1_200, seed: 42, threads: 2 };

fn write_quietly(spec: &DemoSpec, lake: &Path) -> Summary {
    write(spec, lake, &|_, _| ()).unwrap()
}

/// Every file with its content.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>, root: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found, root);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap());
        }
    }
}

fn content(lake: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(lake, &mut found, lake);
    found
}

fn batches(lake: &Path, table: &str) -> Vec<RecordBatch> {
    let mut folder = lake.to_owned();
    folder.extend(table.split('.'));
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    paths.iter().flat_map(read).map(|batch| batch.unwrap()).collect()
}

/// A column as text, NULL as "".
fn text(lake: &Path, table: &str, column: &str) -> Vec<String> {
    let mut values = Vec::new();
    for batch in batches(lake, table) {
        let array = batch.column_by_name(column).unwrap();
        for row in 0..batch.num_rows() {
            values.push(match array.is_null(row) {
                true => String::new(),
                false if array.as_string_opt::<i32>().is_some() => array.as_string::<i32>().value(row).to_owned(),
                false => array.as_primitive::<Int64Type>().value(row).to_string(),
            });
        }
    }
    values
}

fn cents(lake: &Path, table: &str, column: &str) -> Vec<i128> {
    let column = |batch: RecordBatch| batch.column_by_name(column).unwrap().as_primitive::<Decimal128Type>().values().to_vec();
    batches(lake, table).into_iter().flat_map(column).collect()
}

#[test]
fn one_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let (one, four, other) = (folder.path().join("one"), folder.path().join("four"), folder.path().join("other"));
    write_quietly(&DemoSpec { threads: 1, ..SMALL }, &one);
    write_quietly(&DemoSpec { threads: 4, ..SMALL }, &four);
    write_quietly(&DemoSpec { seed: 43, ..SMALL }, &other);
    assert!(content(&one) == content(&four));
    assert!(content(&one) != content(&other));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 3, "unfinished folders stay behind");
}

/// FNV-1a of the names and the plain content of a table: the files' own bytes also depend on the version of the Parquet writer.
fn fingerprint(lake: &Path, columns: &[(&str, &str)]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (table, column) in columns {
        for value in text(lake, table, column) {
            for byte in value.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    hash
}

/// The data of a seed are part of what other tests and the documentation state; a change of them is a change of `FORMAT`.
#[test]
fn the_data_of_seed_42_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    write_quietly(&SMALL, &lake);
    let columns = [
        ("crm.contacts", "email"),
        ("shop.customers", "street"),
        ("sales.orders", "customer_id"),
        ("sales.order_lines", "product_id"),
        ("care.calls", "transcript"),
        ("web.clicks", "page"),
        ("truth.identities", "record_id"),
    ];
    assert_eq!(format!("{:016x}", fingerprint(&lake, &columns)), "79e7880f30db5f2b");
}

#[test]
fn every_record_has_exactly_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    write_quietly(&SMALL, &lake);
    let sources = text(&lake, "truth.identities", "source");
    let mut identities: HashMap<&str, Vec<String>> = HashMap::new();
    for (source, record) in sources.iter().zip(text(&lake, "truth.identities", "record_id")) {
        identities.entry(source).or_default().push(record);
    }
    for (source, column) in [("crm.contacts", "contact_id"), ("shop.customers", "customer_id"), ("web.visitors", "visitor_id")] {
        let mut records = text(&lake, source, column);
        let mut told = identities.remove(source).unwrap();
        records.sort();
        told.sort();
        assert!(records.windows(2).all(|pair| pair[0] != pair[1]), "{source} has an id twice");
        assert!(records == told, "{source} and the truth differ");
    }
    assert!(identities.is_empty());
    let people: BTreeSet<String> = text(&lake, "truth.people", "person_id").into_iter().collect();
    let found: BTreeSet<String> = text(&lake, "truth.identities", "person_id").into_iter().collect();
    assert_eq!(people, found, "somebody is in no source");
    assert_eq!(people.len(), 1_500);
}

/// The shares of `life.rs`: 0.075 + 2 · 0.02 + 3 · 0.005 = 0.13 further contacts for each, 0.048 + 2 · 0.007 = 0.062 further accounts.
#[test]
fn duplicates_are_as_frequent_as_specified() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    write_quietly(&DemoSpec { customers: 6_000, ..SMALL }, &lake);
    let sources = text(&lake, "truth.identities", "source");
    let people = text(&lake, "truth.identities", "person_id");
    for (source, expected) in [("crm.contacts", 0.13), ("shop.customers", 0.062)] {
        let records: Vec<&String> =
            sources.iter().zip(&people).filter(|(of, _)| *of == source).map(|(_, person)| person).collect();
        let distinct = records.iter().collect::<HashSet<_>>().len() as f64;
        let further = records.len() as f64 / distinct - 1.0;
        // Four standard errors of about 5,500 draws with a variance below 0.2.
        assert!((further - expected).abs() < 0.024, "{source}: {further}");
    }
}

#[test]
fn orders_and_their_lines_agree() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    write_quietly(&SMALL, &lake);
    let mut sums: HashMap<String, i128> = HashMap::new();
    for (order, amount) in
        text(&lake, "sales.order_lines", "order_id").into_iter().zip(cents(&lake, "sales.order_lines", "amount"))
    {
        *sums.entry(order).or_default() += amount;
    }
    let orders = text(&lake, "sales.orders", "order_id");
    let totals: HashMap<String, i128> = orders.iter().cloned().zip(cents(&lake, "sales.orders", "total")).collect();
    assert_eq!(totals, sums);
    let returned = text(&lake, "sales.orders", "returned_order_id");
    let mut returns = 0;
    for (order, original) in orders.iter().zip(&returned) {
        assert_eq!(totals[order] < 0, !original.is_empty());
        if !original.is_empty() {
            assert!(totals[original] >= -totals[order], "more came back than was bought");
            returns += 1;
        }
    }
    assert!(returns > 0);
    let customers: HashSet<String> = text(&lake, "shop.customers", "customer_id").into_iter().collect();
    let buyers = text(&lake, "sales.orders", "customer_id");
    assert!(buyers.iter().any(String::is_empty) && buyers.iter().all(|buyer| buyer.is_empty() || customers.contains(buyer)));
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    std::fs::create_dir(&lake).unwrap();
    let spec = DemoSpec { customers: 20, ..SMALL };
    let written = write_quietly(&spec, &lake);
    assert!(!written.reused && written.tables["truth.customers"] == 20 && written.tables["truth.people"] == 25);
    assert_eq!(write_quietly(&spec, &lake), Summary { reused: true, ..written });
    let other = write(&DemoSpec { seed: 1, ..spec.clone() }, &lake, &|_, _| ()).unwrap_err();
    assert_eq!(other.sqlstate(), "22023");
    std::fs::remove_file(lake.join(MARKER)).unwrap();
    let foreign = write(&spec, &lake, &|_, _| ()).unwrap_err();
    assert!(foreign.message.contains("holds something else"), "{foreign}");
    assert!(lake.join("truth").is_dir());
}

#[test]
fn sizes_from_one_customer_on_work() {
    let folder = tempfile::tempdir().unwrap();
    for customers in [1, 2, 5] {
        let spec = DemoSpec { customers, ..SMALL };
        let summary = write_quietly(&spec, &folder.path().join(customers.to_string()));
        assert_eq!(summary.tables["truth.customers"], customers);
        assert_eq!(summary.tables.len(), 20);
    }
    assert_eq!(write(&DemoSpec { customers: 0, ..SMALL }, folder.path(), &|_, _| ()).unwrap_err().sqlstate(), "22023");
}
