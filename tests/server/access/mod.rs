//! Who may do what. Each rule has a test of its own here; `attacks` tries to get around them.

mod attacks;
mod audit;
mod catalogs;
mod existence;
mod grants;
mod limits;
mod masks;
mod policies;
mod roles;
mod sessions;
mod values;

use cilake::engine::{Engine, Session};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// Where clients of these tests connect from.
const HERE: std::net::SocketAddr = std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4711);

/// A company with secrets: people in `crm.contacts`, what they bought in `sales.orders`, and `hr.salaries` that nobody should see.
const TABLES: [&str; 4] = [
    "CREATE SCHEMA crm; CREATE SCHEMA sales; CREATE SCHEMA hr",
    "CREATE TABLE crm.contacts AS SELECT * FROM (VALUES
        (1::int, 'Ann Miller', 'ann@example.com', 30::int, 1200.50::numeric(10,2), 'DE', '1994-03-05'::date),
        (2::int, 'Bob Baker', 'bob@example.org', 42::int, 0.00::numeric(10,2), 'DE', '1982-11-17'::date),
        (3::int, 'Cid Carter', 'cid@example.net', 57::int, 99.00::numeric(10,2), 'FR', '1967-07-31'::date),
        (4::int, 'Dan', 'dan@example.com', 64::int, 5.25::numeric(10,2), 'FR', '1960-01-01'::date)
     ) AS t(id, name, email, age, credit, country, born)",
    "CREATE TABLE sales.orders AS SELECT * FROM (VALUES
        (10, 1, 100.0::double precision, '2025-01-05'::timestamp), (11, 1, 40.0::double precision, '2025-03-05'::timestamp),
        (12, 2, 70.0::double precision, '2025-02-05'::timestamp), (13, 3, 500.0::double precision, '2025-02-20'::timestamp)
     ) AS t(order_id, contact_id, amount, ordered_at)",
    "CREATE TABLE hr.salaries AS SELECT 1 AS id, 5000 AS salary",
];

/// Runs a test beside that company; `root` is a superuser, and the users are there with the privileges that the statements give.
fn company(statements: &str, test: impl AsyncFnOnce(Engine)) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = crate::writable(folder.path());
    config.engine.threads = 2;
    cilake::runtime::new().unwrap().block_on(async {
        let engine = Engine::open(config).await.unwrap();
        let mut owner = engine.owner_session();
        for sql in TABLES {
            owner.collect(sql).await.unwrap();
        }
        owner.collect("CREATE USER root PASSWORD 'root' SUPERUSER").await.unwrap();
        for sql in statements.split(';').map(str::trim).filter(|sql| !sql.is_empty()) {
            owner.collect(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        test(engine).await;
    });
}

/// The rows as text: columns with `|`, rows with a space.
fn text(batches: &[RecordBatch]) -> String {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = vec![];
    for batch in batches {
        let columns: Vec<_> = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        rows.extend(
            (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect::<Vec<_>>().join("|")),
        );
    }
    rows.join(" ")
}

/// What a query gives: its rows, or the SQLSTATE and message.
async fn ask(session: &mut Session, sql: &str) -> String {
    match session.collect(sql).await {
        Ok(batches) => text(&batches),
        Err(error) => format!("{} {}", error.sqlstate(), error.message),
    }
}

/// Asks one after the other, each with what must come.
async fn expect(session: &mut Session, expected: &[(&str, &str)]) {
    for (sql, answer) in expected {
        assert_eq!(ask(session, sql).await, *answer, "{sql}");
    }
}
