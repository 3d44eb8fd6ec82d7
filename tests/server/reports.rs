//! The business questions of `sql/reports`, which the demo asks, and the queries of the README, on a demo lake of three thousand customers: each is
//! answered with rows, and who is said to have left has left.

use std::path::Path;

use cilake::demo::{self, DemoSpec};
use tokio_postgres::SimpleQueryMessage;

#[test]
fn every_report_is_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/reports");
    let mut reports: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    reports.sort();
    assert_eq!(reports.len(), 10, "{reports:?}");
    let written = |config: &mut cilake::config::Config| {
        demo::write(&DemoSpec { customers: 3_000, ..DemoSpec::default() }, Path::new(&config.lake.url), &|_, _| ()).unwrap();
    };
    super::served_with(written, |served| async move {
        let client = super::client(served.port).await;
        for report in reports {
            let answer = client.simple_query(&std::fs::read_to_string(&report).unwrap()).await;
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", report.display()));
            let rows: Vec<_> = answer
                .iter()
                .filter_map(|message| match message {
                    SimpleQueryMessage::Row(row) => Some(row),
                    _ => None,
                })
                .collect();
            assert!(!rows.is_empty(), "{} has no rows", report.display());
            if report.ends_with("10_who_had_left.sql") {
                let number = |row: usize, column: &str| rows[row].get(column).unwrap().parse::<f64>().unwrap();
                assert!(number(5, "auc") > 0.88, "auc {}", number(5, "auc"));
                for row in 0..6 {
                    let (expected, here) = (number(row, "percent_expected_here"), number(row, "percent_here"));
                    assert!((expected - here).abs() < 8.0, "row {row}: {expected} % expected, {here} % here");
                }
            }
        }
        let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
        let blocks = readme.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next());
        let queries: Vec<&str> = blocks.filter(|block| block.contains("SELECT")).collect();
        assert!(!queries.is_empty());
        for query in queries {
            if let Err(error) = client.simple_query(query).await {
                panic!("{query}: {error:?}");
            }
        }
    });
}
