//! Statements that are long, deep or both, sent to a server: each gets an answer or 54001, soon, and the server lives on.

use std::time::{Duration, Instant};

use tokio_postgres::Client;

use crate::{client, served};

/// The SQLSTATE, or nothing.
async fn state(client: &Client, sql: &str) -> String {
    let started = Instant::now();
    let answer = client.simple_query(sql).await;
    assert!(started.elapsed() < Duration::from_secs(30), "{:?} for {sql:.60}", started.elapsed());
    let state = answer.err().map(|error| error.code().unwrap_or_else(|| panic!("{error}: {sql:.60}")).code().to_string());
    state.unwrap_or_default()
}

#[test]
fn long_and_deep_statements_are_answered_or_refused() {
    served(|port| async move {
        let client = client(port).await;
        let from = " FROM (VALUES (1, 'a', true, ARRAY[1])) AS t(n, s, b, a)";
        let chain = |first: &str, more: &str, times: usize| format!("SELECT {first}{}{from}", more.repeat(times - 1));
        for (first, more) in [
            ("1", "+1"),
            ("n", "+n"),
            ("s", "||'b'"),
            ("n", "::int::bigint"),
            ("b", " IS NOT NULL"),
            ("n", "+CASE WHEN b THEN 1 END"),
            ("1", " UNION ALL SELECT 1"),
            ("1", " UNION SELECT 1"),
        ] {
            let times = if more.matches("::").count() == 2 { 500 } else { 1_000 };
            assert_eq!(state(&client, &chain(first, more, times)).await, "", "{more}");
            assert_eq!(state(&client, &chain(first, more, 50_000)).await, "54001", "{more}");
        }
        for more in [" OR n=2", " AND n=1", " OR n=2 AND b"] {
            assert_eq!(state(&client, &chain("n=1", more, 3_000)).await, "", "{more}");
            assert_eq!(state(&client, &chain("n=1", more, 200_000)).await, "54001", "{more}");
        }
        // Joins within joins, with the conditions behind them all; and one behind the other.
        let nested = |times: usize| {
            let (joins, conditions) = (" JOIN (VALUES (1)) AS u(v)".repeat(times), " ON true".repeat(times));
            format!("SELECT count(*) FROM (VALUES (1)) AS t(v){joins}{conditions}")
        };
        assert_eq!(state(&client, &nested(50_000)).await, "54001");
        let joins = (0..50).map(|join| format!(" JOIN (VALUES (1)) AS u{join}(v)")).collect::<String>();
        let joined = format!("SELECT count(*) FROM (VALUES (1)) AS t(v){joins}{}", " ON true".repeat(50));
        assert_eq!(state(&client, &joined).await, "");
        let joins = (0..120).map(|join| format!(" CROSS JOIN (VALUES (1)) AS u{join}(v)")).collect::<String>();
        assert_eq!(state(&client, &format!("SELECT count(*) FROM (VALUES (1)) AS t(v){joins}")).await, "");
        // Long, but flat: what BI tools write for groups of values.
        let values = (0..31_000).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
        let branches = (0..5_000).map(|value| format!(" WHEN n = {value} THEN 'a'")).collect::<String>();
        for case in [format!("CASE WHEN n IN ({values}) THEN 'a' END"), format!("CASE{branches} END")] {
            assert_eq!(state(&client, &format!("SELECT {case}{from}")).await, "", "{case:.60}");
        }
        assert_ne!(state(&client, &chain("a", "[1]", 1_000)).await, "");
        assert_eq!(state(&client, &chain("a", "[1]", 100_000)).await, "54001");
        assert_eq!(state(&client, &format!("SELECT '{{}}'::int{}", "[]".repeat(100_000))).await, "54001");
        for (before, inside, after) in [
            ("abs(", "1", ")"),
            ("coalesce(", "1", ", 1)"),
            ("ARRAY[", "1", "]"),
            ("NOT ", "true", ""),
            ("CASE WHEN true THEN ", "1", " END"),
            ("(SELECT ", "1", ")"),
        ] {
            for times in [150, 60_000] {
                let sql = format!("SELECT {}{inside}{}", before.repeat(times), after.repeat(times));
                assert_eq!(state(&client, &sql).await, "54001", "{times} of {before}");
            }
        }
        // Each level is short; the planner would make one expression of them all.
        let (mut merged, mut doubled) = ("(SELECT 1 AS a) t".to_string(), "WITH t0 AS (SELECT 1 AS a)".to_string());
        for _ in 0..12 {
            merged = format!("(SELECT a{} AS a FROM {merged}) t", "+a".repeat(900));
        }
        for i in 0..40 {
            doubled = format!("{doubled}, t{} AS (SELECT x.a FROM t{i} x, t{i} y)", i + 1);
        }
        assert_eq!(state(&client, &format!("SELECT * FROM {merged}")).await, "54001");
        assert_eq!(state(&client, &format!("{doubled} SELECT * FROM t40")).await, "54001");
        // The same, through views.
        for i in 0..10 {
            let below = if i == 0 { "(SELECT 1 AS a) t".into() } else { format!("deep{}", i - 1) };
            let sql = format!("CREATE VIEW deep{i} AS SELECT a{} AS a FROM {below}", "+a".repeat(900));
            let state = state(&client, &sql).await;
            assert!(["", "54001", "42P01"].contains(&state.as_str()), "{state}");
        }
        assert_eq!(state(&client, "SELECT 1").await, "");
    });
}

/// A long statement takes a thread of its own while it is planned.
#[test]
fn others_are_answered_meanwhile() {
    served(|port| async move {
        let (slow, other) = (client(port).await, client(port).await);
        let sql = format!("SELECT {}1", "1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1,".repeat(1_600));
        let running = tokio::spawn(async move { state(&slow, &sql).await });
        let mut answered = 0;
        while !running.is_finished() {
            assert_eq!(state(&other, "SELECT 1").await, "");
            answered += 1;
        }
        assert_eq!(running.await.unwrap(), "");
        assert!(answered > 10, "{answered}");
    });
}
