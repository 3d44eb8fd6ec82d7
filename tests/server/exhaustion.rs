//! Statements that ask for too much: each ends with an error within its time, and the server lives on.

use std::time::{Duration, Instant};

use crate::{client, served_with};

const MEMORY_BYTES: usize = 256 << 20;

/// What the process holds at the most, in bytes.
fn resident_peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Statements, and the SQLSTATEs with which they may end; none where they may also succeed.
const BOMBS: &[(&str, &[&str])] = &[
    ("SELECT count(*) FROM generate_series(1, 1000000000000000000)", &["57014"]),
    ("SELECT * FROM generate_series(1, 1000000000000000000) a(x) ORDER BY x DESC", &["57014", "53200"]),
    ("SELECT lpad('x', 2000000000)", &["54000", "22023", "53200"]),
    ("SELECT rpad('x', 2000000000, 'ab')", &["54000", "22023", "53200"]),
    ("SELECT repeat('x', 2000000000)", &["54000", "22023", "53200"]),
    ("SELECT lpad('x', 1000000) FROM generate_series(1, 1000000)", &["57014", "53200", "54000"]),
    ("SELECT length(repeat('0123456789', 100000)) FROM generate_series(1, 100000)", &[]),
    ("SELECT replace(repeat('x', 100000), 'x', repeat('y', 100000))", &["54000", "53200", "57014"]),
    ("SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 100000)", &["57014", "53200", "54000"]),
    ("SELECT array_agg(x) FROM generate_series(1, 10000000000) s(x)", &["57014", "53200"]),
    ("SELECT x, count(*) FROM generate_series(1, 10000000000) s(x) GROUP BY x", &["57014", "53200", "53100"]),
    (
        "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a.a::bigint * b.b = -1",
        &["57014"],
    ),
    ("SELECT x::text || repeat('y', 1000000) FROM generate_series(1, 1000000) s(x)", &["54000"]),
    ("SELECT concat(x::text, repeat('y', 1000000)) FROM generate_series(1, 1000000) s(x)", &["54000"]),
    ("SELECT max(repeat('y', 1000000)) FROM generate_series(1, 1000000)", &["54000"]),
    ("WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t", &["57014", "53200"]),
    (
        "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT x.a FROM t x, t y) SELECT count(*) FROM t",
        &["57014", "53200", "42P19", "0A000"],
    ),
    (
        "WITH RECURSIVE t AS (SELECT 'x' AS a UNION ALL SELECT a || a FROM t) SELECT max(length(a)) FROM t",
        &["57014", "53200", "54000"],
    ),
    ("SELECT array_fill(1, ARRAY[1000000000])", &["54000"]),
    ("SELECT 'a' ~ '(((a{1000}){1000}){1000})'", &["2201B"]),
    ("SELECT repeat('a', 5000) ~ '^(a+)+$' AND NOT repeat('a', 5000) ~ '^(a|aa)+b$'", &[]),
    ("SELECT repeat('a', 100000) LIKE repeat('%a', 50) || 'b'", &[]),
    ("SELECT regexp_replace(repeat('a', 100000), 'a', repeat('b', 100000), 'g')", &["54000", "53200", "57014"]),
    ("SELECT to_char(now(), repeat('Month ', 100000))", &[]),
    ("SELECT pg_sleep(1000000000)", &["57014"]),
    ("CREATE TEMP TABLE big AS SELECT repeat('x', 1000) AS t FROM generate_series(1, 10000000)", &["53200", "57014"]),
    (
        "DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT repeat('x', 1000) FROM generate_series(1, 10000000) s(x); MOVE ALL FROM c",
        &["53200", "57014"],
    ),
];

#[test]
fn bombs_end_in_time() {
    served_with(
        |config| config.engine.memory_limit_bytes = MEMORY_BYTES,
        |served| async move {
            let mut faults = vec![];
            for (sql, states) in BOMBS {
                let client = client(served.port).await;
                client.batch_execute("SET statement_timeout = '2s'").await.unwrap();
                let started = Instant::now();
                let answer = tokio::time::timeout(Duration::from_secs(30), client.simple_query(sql)).await;
                let state = match &answer {
                    Err(_) => "it goes on for 30 seconds".to_string(),
                    Ok(Ok(_)) => String::new(),
                    Ok(Err(error)) => error.code().map_or_else(|| error.to_string(), |code| code.code().to_string()),
                };
                let expected = states.contains(&state.as_str()) || (states.is_empty() && state.is_empty());
                let took = started.elapsed();
                if !expected || took > Duration::from_secs(10) {
                    faults.push(format!("{sql}: {state:?} after {took:?}, peak {} MB", resident_peak() >> 20));
                }
            }
            let client = client(served.port).await;
            assert_eq!(client.query_one("SELECT 1::int8", &[]).await.unwrap().get::<_, i64>(0), 1);
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        },
    );
}

/// What a session may keep has a bound.
#[test]
fn one_session_keeps_so_much() {
    served_with(
        |_| (),
        |served| async move {
            let client = client(served.port).await;
            let code = |error: tokio_postgres::Error| error.code().unwrap().code().to_string();
            for (what, before, after) in [
                ("a setting", "SET app.s", " = 1;"),
                ("a statement", "PREPARE p", " AS SELECT 1;"),
                ("a cursor", "DECLARE c", " CURSOR WITH HOLD FOR SELECT 1;"),
            ] {
                let many: String = (0..1_001).map(|number| format!("{before}{number}{after}")).collect();
                assert_eq!(code(client.batch_execute(&many).await.unwrap_err()), "53400", "{what}");
            }
        },
    );
}
