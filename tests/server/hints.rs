//! Hints of errors, which the sqllogictests do not show.

use cilake::config::Config;
use cilake::demo::DemoSpec;
use cilake::engine::Engine;

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
