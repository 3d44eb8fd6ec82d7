//! What clients ask for in vain is in the log.

use std::process::Command;

/// The log of one query on an empty lake.
fn logged(sql: &str) -> Vec<String> {
    let lake = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_cilake"));
    program.args(["sql", "--log", "cilake::probe=info", "--lake"]).arg(lake.path()).arg(sql);
    let log = String::from_utf8(program.output().unwrap().stderr).unwrap();
    log.lines().filter(|line| line.contains("cilake::probe")).map(str::to_owned).collect()
}

#[test]
fn names_that_are_not_there_are_logged_once_and_without_values() {
    for (sql, probe, name) in [
        ("SELECT * FROM pg_catalog.pg_nothing WHERE a = 'secret'", "catalog table", "pg_nothing"),
        ("SELECT pg_get_nothing('secret')", "function", "pg_get_nothing"),
        (
            "SELECT current_setting('no.such', true), current_setting('no.' || lower('SUCH'), true), 'secret'",
            "setting",
            "no.such",
        ),
    ] {
        let log = logged(sql);
        assert_eq!(log.len(), 1, "{sql}: {log:?}");
        assert!(log[0].contains(probe) && log[0].contains(name) && !log[0].contains("secret"), "{log:?}");
    }
    assert!(logged("SELECT relname FROM pg_class WHERE relname = 'nothing'").is_empty());
}
