//! The clients themselves: psql, drivers and tools run their scripts against a lake, and print what they print of PostgreSQL 15 with
//! the same relations (expected/, from the same scripts there).
//!
//! `tests/install-clients` installs what is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::lake;

const DRIVERS: [&str; 2] = ["/usr/share/java/postgresql.jar", "/usr/share/java/postgresql-jdbc4.jar"];

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/scripts")
}

/// Where `tests/install-clients` puts what is not a package of Debian.
pub fn cache() -> PathBuf {
    std::env::var_os("CILAKE_CACHE").map(PathBuf::from).unwrap_or_else(|| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        home.join(".cache/cilake")
    })
}

/// The Python with the drivers.
fn python() -> PathBuf {
    cache().join("venv/bin/python")
}

/// Runs a program to its end and gives what it printed; both streams, as PostgreSQL's answers were recorded.
async fn output(mut command: Command, installed_as: &'static str) -> String {
    let finished = tokio::task::spawn_blocking(move || {
        let program = command.get_program().to_string_lossy().into_owned();
        let output = command.stdin(Stdio::null()).output();
        let output = output
            .unwrap_or_else(|error| panic!("{program} does not run ({error}); {installed_as}, or run tests/install-clients"));
        let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{program} failed:\n{printed}");
        printed
    });
    finished.await.unwrap()
}

fn expected(name: &str) -> String {
    let path = scripts().with_file_name("expected").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Line by line, so that a difference shows where it is.
fn assert_same(printed: &str, name: &str) {
    let expected = expected(name);
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    let (printed, expected) = (lines(printed), lines(&expected));
    let differing = printed.iter().zip(&expected).position(|(here, there)| here != there);
    let at = differing.unwrap_or(printed.len().min(expected.len()));
    let from = at.saturating_sub(2);
    let part = |lines: &[String]| lines.iter().skip(from).take(8).cloned().collect::<Vec<_>>().join("\n");
    assert!(printed == expected, "{name}, line {}: here\n{}\n\nPostgreSQL 15\n{}", at + 1, part(&printed), part(&expected));
}

fn psql(port: u16, script: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-h", "127.0.0.1", "-U", "cilake", "-d", "cilake", "-v", "ON_ERROR_STOP=0", "-p"]).arg(port.to_string());
    command.arg("-f").arg(scripts().join(script));
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn psql_describes_relations() {
    let server = lake::served().await;
    let mut shell = Command::new("sh");
    // Messages such as "Did not find any relations." stand between the tables.
    shell.arg("-c").arg(format!(
        "cd {} && exec psql -X -h 127.0.0.1 -p {} -U cilake -d cilake -f describe.psql 2>&1",
        scripts().display(),
        server.port
    ));
    let printed = output(shell, "apt-get install postgresql-client").await;
    assert_same(&printed.replace("psql:describe.psql", "psql:scripts/describe.psql"), "describe.txt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn psql_lists_everything() {
    let server = lake::served().await;
    let printed = output(psql(server.port, "lists.psql"), "apt-get install postgresql-client").await;
    assert!(!printed.contains("ERROR") && !printed.contains("error:"), "{printed}");
    for line in [
        "cilake|cilake|UTF8|C.UTF-8|C.UTF-8||libc|",
        "sales|cilake",
        "public|pg_database_owner",
        "cilake|Superuser, Bypass RLS|{}",
        "List of installed extensions",
        "pg_catalog|pg_class|table|cilake",
        "information_schema|sql_features|table|cilake",
        "sales|orders|table|cilake",
        "15.0",
        "cilake|cilake|public|t",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "\\l, \\dn, \\dt … lack the line {line}:\n{printed}");
    }
    for function in ["public|rfm_score|", "public|mbgnbd_fit|", "public|jaro_winkler|"] {
        assert!(printed.lines().any(|line| line.starts_with(function)), "\\df lacks {function}:\n{printed}");
    }
    assert!(printed.contains("CREATE OR REPLACE VIEW sales.revenue AS"), "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn psycopg_finds_types() {
    let server = lake::served().await;
    let mut command = Command::new(python());
    command.arg(scripts().join("type_info.py")).arg(format!("host=127.0.0.1 port={} user=cilake dbname=cilake", server.port));
    let printed = output(command, "make a venv with psycopg[binary] 3").await;
    assert_same(&printed, "type_info.txt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlalchemy_reflects_tables() {
    let server = lake::served().await;
    let mut command = Command::new(python());
    command.arg(scripts().join("reflect.py")).arg(format!("postgresql+psycopg://cilake@127.0.0.1:{}/cilake", server.port));
    let printed = output(command, "make a venv with sqlalchemy 2 and psycopg[binary] 3").await;
    assert_same(&printed, "reflect.txt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pgjdbc_reads_metadata() {
    let server = lake::served().await;
    let driver = DRIVERS.iter().find(|driver| Path::new(driver).exists());
    let driver = driver.unwrap_or_else(|| {
        panic!("{} is missing; apt-get install libpostgresql-jdbc-java, or run tests/install-clients", DRIVERS[0])
    });
    let mut command = Command::new("java");
    command.args(["-cp", driver]).arg(scripts().join("Metadata.java"));
    command.arg(format!("jdbc:postgresql://127.0.0.1:{}/cilake?user=cilake", server.port));
    let printed = output(command, "apt-get install default-jdk-headless").await;
    // This server has a schema of its own.
    let printed = printed.replacen("  cilake\n  information_schema", "  information_schema", 1);
    assert_same(&printed, "metadata.txt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_config_sets_for_the_statements_after_it() {
    let server = lake::served().await;
    let mut command = Command::new("psql");
    command.args(["-X", "-A", "-t", "-h", "127.0.0.1", "-U", "cilake", "-d", "cilake", "-p"]).arg(server.port.to_string());
    command.args([
        "-c",
        "SELECT set_config('search_path', 'sales', false)",
        "-c",
        "SHOW search_path",
        "-c",
        "SELECT count(*) FROM orders",
    ]);
    command.args(["-c", "SELECT current_setting('search_path'), pg_table_is_visible('sales.orders'::regclass)"]);
    assert_eq!(output(command, "apt-get install postgresql-client").await, "sales\nsales\n0\nsales|t\n");
}

/// Runs the scripts of a client on a demo lake, and compares what it prints with what it prints of PostgreSQL.
async fn check(client: &str) {
    let server = lake::demo().await;
    let mut command = Command::new(scripts().with_file_name("check"));
    command.arg(client);
    command.envs([("PGHOST", "127.0.0.1"), ("PGUSER", "cilake"), ("PGDATABASE", "cilake")]);
    command.env("PGPORT", server.port.to_string());
    output(command, "this needs bash").await;
}

/// A test for each client of the script `check`.
macro_rules! clients {
    ($($test:ident: $client:literal,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                check($client).await;
            }
        )*
    };
}

clients! {
    psycopg2_runs_as_on_postgresql: "psycopg2",
    psycopg_runs_as_on_postgresql: "psycopg",
    asyncpg_runs_as_on_postgresql: "asyncpg",
    sqlalchemy_runs_as_on_postgresql: "sqlalchemy",
    pandas_polars_and_adbc_run_as_on_postgresql: "frames",
    psqlodbc_runs_as_on_postgresql: "odbc",
    node_postgres_runs_as_on_postgresql: "node",
    pgjdbc_runs_as_on_postgresql: "pgjdbc",
    pgcli_runs_as_on_postgresql: "pgcli",
    pgbench_runs_without_failures: "pgbench",
    dbeaver_datagrip_and_redash_run_as_on_postgresql: "explorers",
    grafana_runs_as_on_postgresql: "grafana",
    metabase_runs_as_on_postgresql: "metabase",
    npgsql_and_power_bi_run_as_on_postgresql: "npgsql",
    what_reports_write_is_answered_as_by_postgresql: "questions",
    tableau_runs_as_on_postgresql: "tableau",
}
