//! Views, schemas and tables that clients create: what lasts, and what a transaction holds together.

use cilake::config::Config;
use cilake::engine::{Engine, Session};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use tempfile::TempDir;

struct Place {
    lake: TempDir,
    state: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { lake: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() }
    }

    async fn engine(&self) -> Engine {
        let mut config = Config::default();
        config.lake.url = self.lake.path().to_string_lossy().into_owned();
        config.lake.allow_write = true;
        config.engine.state_dir = Some(self.state.path().to_path_buf());
        Engine::open(config).await.unwrap()
    }
}

fn run(test: impl Future<Output = ()> + Send + 'static) {
    let runtime = cilake::runtime::new().unwrap();
    runtime.block_on(runtime.spawn(test)).unwrap();
}

/// The rows as text, or the SQLSTATE.
async fn answer(session: &mut Session, sql: &str) -> Vec<String> {
    let batches = match session.collect(sql).await {
        Ok(batches) => batches,
        Err(error) => return vec![error.sqlstate().to_owned()],
    };
    let mut rows = vec![];
    for batch in batches {
        let options = FormatOptions::default();
        let columns: Vec<_> = batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
        rows.extend((0..batch.num_rows()).map(|i| columns.iter().map(|c| c.value(i).to_string()).collect::<Vec<_>>().join("|")));
    }
    rows
}

async fn run_all(session: &mut Session, statements: &[&str]) {
    for sql in statements {
        session.collect(sql).await.unwrap_or_else(|error| panic!("{sql}: {error} {:?}", error.detail));
    }
}

#[test]
fn what_is_created_outlasts_the_server() {
    run(async {
        let place = Place::new();
        let engine = place.engine().await;
        let mut session = engine.session("ann");
        let statements = [
            "CREATE SCHEMA mart",
            "CREATE VIEW mart.v(x) AS SELECT 1 AS a",
            "CREATE VIEW public.w AS SELECT x + 1 AS y FROM mart.v",
            "ALTER VIEW public.w RENAME TO w2",
            "COMMENT ON COLUMN mart.v.x IS 'the x'",
        ];
        run_all(&mut session, &statements).await;
        drop((session, engine));
        let engine = place.engine().await;
        let mut session = engine.session("bob");
        assert_eq!(answer(&mut session, "SELECT y FROM w2").await, ["2"]);
        assert_eq!(answer(&mut session, "SELECT col_description('mart.v'::regclass, 1)").await, ["the x"]);
        run_all(&mut session, &["DROP VIEW mart.v CASCADE"]).await;
        drop((session, engine));
        let engine = place.engine().await;
        let mut session = engine.session("bob");
        assert_eq!(answer(&mut session, "SELECT y FROM w2").await, ["42P01"]);
        let schemas = "SELECT nspname FROM pg_namespace WHERE nspname = 'mart'";
        assert_eq!(answer(&mut session, schemas).await, ["mart"]);
    });
}

/// As dbt replaces a table: the new one under a passing name, then two names change, and the old one goes.
#[test]
fn a_table_is_replaced_in_a_transaction() {
    run(async {
        let place = Place::new();
        let engine = place.engine().await;
        let (mut one, mut other) = (engine.session("ann"), engine.session("bob"));
        run_all(&mut one, &["CREATE SCHEMA mart", "CREATE TABLE mart.t AS SELECT 1 AS a", "COMMENT ON TABLE mart.t IS 'old'"])
            .await;
        let statements = [
            "BEGIN",
            "CREATE TABLE mart.t__new AS SELECT 2 AS a",
            "ALTER TABLE mart.t RENAME TO t__old",
            "ALTER TABLE mart.t__new RENAME TO t",
        ];
        run_all(&mut one, &statements).await;
        assert_eq!(answer(&mut one, "SELECT a FROM mart.t").await, ["2"]);
        assert_eq!(answer(&mut one, "SELECT a FROM mart.t__old").await, ["1"]);
        assert_eq!(answer(&mut one, "SELECT obj_description('mart.t__old'::regclass)").await, ["old"]);
        assert_eq!(answer(&mut other, "SELECT a FROM mart.t").await, ["1"]);
        assert_eq!(answer(&mut other, "SELECT a FROM mart.t__new").await, ["42P01"]);
        run_all(&mut one, &["COMMIT"]).await;
        assert_eq!(answer(&mut other, "SELECT a FROM mart.t").await, ["2"]);
        assert_eq!(answer(&mut other, "SELECT a FROM mart.t__old").await, ["1"]);
        run_all(&mut other, &["DROP TABLE mart.t__old CASCADE"]).await;
        let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mart' ORDER BY 1";
        assert_eq!(answer(&mut other, tables).await, ["t"]);
        // The files of a renamed table lie under its first name, and are no leftovers.
        let now = cilake::lake::Grace { retired: std::time::Duration::ZERO, abandoned: std::time::Duration::ZERO };
        let mut config = Config::default().lake;
        config.url = place.lake.path().to_string_lossy().into_owned();
        config.allow_write = true;
        let removed = cilake::lake::Lake::open(&config).await.unwrap().remove_leftovers(now).await.unwrap();
        assert_eq!(removed, 1, "the dropped version");
        drop((one, other, engine));
        let engine = place.engine().await;
        assert_eq!(answer(&mut engine.session("ann"), "SELECT a FROM mart.t").await, ["2"]);
    });
}

#[test]
fn rollback_leaves_tables_as_they_were() {
    run(async {
        let place = Place::new();
        let engine = place.engine().await;
        let mut session = engine.session("ann");
        run_all(&mut session, &["CREATE TABLE t AS SELECT 1 AS a", "BEGIN", "DROP TABLE t", "CREATE TABLE t AS SELECT 'x' AS b"])
            .await;
        assert_eq!(answer(&mut session, "SELECT b FROM t").await, ["x"]);
        run_all(&mut session, &["ROLLBACK"]).await;
        assert_eq!(answer(&mut session, "SELECT a FROM t").await, ["1"]);
        let data = walk(place.lake.path().join("_cilake/data").as_path());
        assert_eq!(data.iter().filter(|file| file.ends_with(".parquet")).count(), 1, "{data:?}");
        // A view takes the place of a table, as when a model of dbt changes its kind.
        let statements = ["BEGIN", "DROP TABLE t", "CREATE VIEW t AS SELECT 3 AS a", "COMMIT"];
        run_all(&mut session, &statements).await;
        assert_eq!(answer(&mut session, "SELECT a FROM t").await, ["3"]);
        run_all(&mut session, &["DROP VIEW t"]).await;
        assert_eq!(answer(&mut session, "SELECT a FROM t").await, ["42P01"]);
    });
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path.display().to_string()) }
    }
    found
}

#[test]
fn what_depends_is_named() {
    run(async {
        let place = Place::new();
        let engine = place.engine().await;
        let mut session = engine.session("ann");
        let statements = [
            "CREATE SCHEMA s",
            "CREATE TABLE s.t AS SELECT 1 AS a",
            "CREATE VIEW s.v AS SELECT * FROM s.t",
            "CREATE VIEW w AS SELECT * FROM s.v",
        ];
        run_all(&mut session, &statements).await;
        let error = session.collect("DROP TABLE s.t").await.unwrap_err();
        assert_eq!(
            (error.sqlstate(), error.message.as_str()),
            ("2BP01", "cannot drop table s.t because other objects depend on it")
        );
        assert_eq!(error.detail.as_deref(), Some("view s.v depends on table s.t\nview w depends on view s.v"));
        assert_eq!(error.hint.as_deref(), Some("Use DROP ... CASCADE to drop the dependent objects too."));
        session.collect("DROP TABLE s.t CASCADE").await.unwrap();
        let notice = session.take_notices().pop().unwrap();
        assert_eq!(notice.message, "drop cascades to 2 other objects");
        assert_eq!(notice.detail.as_deref(), Some("drop cascades to view s.v\ndrop cascades to view w"));
    });
}

/// The rows are those of PostgreSQL 15 with the same tables and keys.
#[test]
fn declared_keys_are_in_the_information_schema() {
    run(async {
        let place = Place::new();
        let engine = place.engine().await;
        let mut session = engine.session("ann");
        let statements = [
            "CREATE SCHEMA k",
            "CREATE TABLE k.customers AS SELECT 1 AS customer_id, 'a' AS email",
            "CREATE TABLE k.orders AS SELECT 1 AS order_id, 1 AS customer_id",
        ];
        run_all(&mut session, &statements).await;
        let keys = "ALTER TABLE k.customers ADD PRIMARY KEY (customer_id);
            ALTER TABLE k.customers ADD UNIQUE (email);
            ALTER TABLE k.orders ADD CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES k.customers;
            ALTER TABLE k.nothing ADD PRIMARY KEY (id);";
        std::fs::create_dir_all(place.lake.path().join("sql")).unwrap();
        std::fs::write(place.lake.path().join("sql/constraints.sql"), keys).unwrap();
        drop((session, engine));
        let engine = place.engine().await;
        let mut session = engine.session("ann");
        let constraints = "SELECT constraint_name, constraint_type, table_name FROM information_schema.table_constraints
            WHERE table_schema = 'k' ORDER BY 1";
        let expected =
            ["customers_email_key|UNIQUE|customers", "customers_pkey|PRIMARY KEY|customers", "of_customer|FOREIGN KEY|orders"];
        assert_eq!(answer(&mut session, constraints).await, expected);
        let usage = "SELECT constraint_name, column_name, ordinal_position, position_in_unique_constraint
            FROM information_schema.key_column_usage WHERE table_schema = 'k' ORDER BY 1";
        let expected = ["customers_email_key|email|1|", "customers_pkey|customer_id|1|", "of_customer|customer_id|1|1"];
        assert_eq!(answer(&mut session, usage).await, expected);
        let references = "SELECT rc.constraint_name, rc.unique_constraint_name, rc.match_option, rc.update_rule, ccu.table_name,
            ccu.column_name FROM information_schema.referential_constraints rc JOIN information_schema.constraint_column_usage ccu
            ON ccu.constraint_name = rc.constraint_name WHERE rc.constraint_schema = 'k'";
        let expected = ["of_customer|customers_pkey|NONE|NO ACTION|customers|customer_id"];
        assert_eq!(answer(&mut session, references).await, expected);
    });
}

/// `reltuples` is -1 until a query has read the footers, and no file is opened for it.
#[test]
fn rows_are_counted_once_they_are_known() {
    run(async {
        let place = Place::new();
        run_all(&mut place.engine().await.session("ann"), &["CREATE TABLE t AS SELECT * FROM generate_series(1, 42) AS g(a)"])
            .await;
        let engine = place.engine().await;
        let mut session = engine.session("ann");
        let counted = "SELECT reltuples, relpages FROM pg_class WHERE relname = 't'";
        assert_eq!(answer(&mut session, counted).await, ["-1.0|0"]);
        assert_eq!(answer(&mut session, "SELECT count(*) FROM t").await, ["42"]);
        assert_eq!(answer(&mut session, counted).await, ["42.0|1"]);
    });
}
