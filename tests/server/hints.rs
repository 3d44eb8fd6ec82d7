//! Hints, details and places of errors, which the sqllogictests do not show.

use cilake::config::Config;
use cilake::demo::DemoSpec;
use cilake::engine::Engine;
use tokio_postgres::error::ErrorPosition;

use crate::{client, served};

/// As PostgreSQL 15 says it.
#[test]
fn errors_come_with_what_belongs_to_them() {
    served(|port| async move {
        let client = client(port).await;
        client
            .batch_execute("CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1 AS a; CREATE VIEW s.w AS SELECT a FROM s.v")
            .await
            .unwrap();
        let units = "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".";
        let cascade = "Use DROP ... CASCADE to drop the dependent objects too.";
        for (sql, code, detail, hint, position) in [
            ("SELECT * FROM nowhere", "42P01", None, None, Some(15)),
            ("SELECT nowhere.a FROM s.v", "42P01", None, None, Some(8)),
            ("SET statement_timeout = '1x'", "22023", None, Some(units), None),
            ("DROP VIEW s.v", "2BP01", Some("view s.w depends on view s.v"), Some(cascade), None),
        ] {
            let error = client.batch_execute(sql).await.unwrap_err();
            let error = error.as_db_error().unwrap();
            let place = error.position().map(|position| match position {
                ErrorPosition::Original(place) => *place,
                ErrorPosition::Internal { .. } => 0,
            });
            assert_eq!((error.code().code(), error.detail(), error.hint(), place), (code, detail, hint, position), "{sql}");
        }
    });
}

#[test]
fn what_is_mistyped_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    cilake::demo::write(&DemoSpec { customers: 20, ..DemoSpec::default() }, &lake, &|_, _| ()).unwrap();
    let mut config = Config::default();
    config.lake.url = lake.to_string_lossy().into_owned();
    cilake::runtime::new().unwrap().block_on(async {
        let mut session = Engine::open(config).await.unwrap().session("tester");
        session.collect("CREATE VIEW recent AS SELECT 1 AS a").await.unwrap();
        for (sql, hint) in [
            ("SELECT * FROM orders", Some("Did you mean \"sales.orders\"?")),
            ("SELECT * FROM ordrs", Some("Did you mean \"sales.orders\"?")),
            ("SELECT * FROM sales.ordrs", Some("Did you mean \"sales.orders\"?")),
            ("SELECT * FROM recnt", Some("Did you mean \"recent\"?")),
            ("SELECT * FROM elephants", None),
            ("SELECT lenght('a')", Some("Did you mean length?")),
            ("SELECT uper('a')", Some("Did you mean upper?")),
            ("SELECT rfm_scor(1)", Some("Did you mean rfm_score?")),
            ("SELECT elephants(1)", None),
            ("SELECT totl FROM sales.orders", Some("Did you mean \"total\"?")),
            (
                "SELECT * FROM rfm_score(sales.orders, customer => client, at => 'ordered_at', amount => 'total')",
                Some("Options take names of columns as texts: customer => 'customer_id'"),
            ),
        ] {
            let error = session.collect(sql).await.unwrap_err();
            assert_eq!(error.hint.as_deref(), hint, "{sql}: {error}");
        }
    });
}
