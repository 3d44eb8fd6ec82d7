//! The business questions of `sql/reports`, which the demo asks, on a demo lake of three thousand customers: each is answered with rows.

use std::path::Path;

use cilake::demo::{self, DemoSpec};
use tokio_postgres::SimpleQueryMessage;

#[test]
fn every_report_is_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/reports");
    let mut reports: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    reports.sort();
    assert_eq!(reports.len(), 8, "{reports:?}");
    let written = |config: &mut cilake::config::Config| {
        demo::write(&DemoSpec { customers: 3_000, ..DemoSpec::default() }, Path::new(&config.lake.url), &|_, _| ()).unwrap();
    };
    super::served_with(written, |served| async move {
        let client = super::client(served.port).await;
        for report in reports {
            let answer = client.simple_query(&std::fs::read_to_string(&report).unwrap()).await;
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", report.display()));
            let rows = answer.iter().filter(|message| matches!(message, SimpleQueryMessage::Row(_))).count();
            assert!(rows > 0, "{} has no rows", report.display());
        }
    });
}
