//! Tables and columns that results are told to come from, as PostgreSQL tells them in RowDescription.

use tokio_postgres::{Client, NoTls};

/// Relation and number of each column; 0 for none.
async fn origins(client: &Client, sql: &str) -> Vec<(u32, i16)> {
    let statement = client.prepare(sql).await.unwrap();
    let of = |column: &tokio_postgres::Column| (column.table_oid().unwrap_or(0), column.column_id().unwrap_or(0));
    statement.columns().iter().map(of).collect()
}

/// What PostgreSQL 15 tells of a table, of the same in a sub-query and in a join.
#[test]
fn plain_columns_are_told_with_their_relation() {
    let demo = |config: &mut cilake::config::Config| {
        let spec = cilake::demo::DemoSpec { customers: 20, ..cilake::demo::DemoSpec::default() };
        cilake::demo::write(&spec, std::path::Path::new(&config.lake.url), &|_, _| ()).unwrap();
    };
    super::served_with(demo, |served| async move {
        let port = served.port;
        let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
        let (client, connection) = tokio_postgres::connect(&options, NoTls).await.unwrap();
        tokio::spawn(connection);
        let sql = "SELECT attrelid::int8, attnum::int8 FROM pg_attribute WHERE attrelid = 'sales.orders'::regclass AND attname = 'total'";
        let row = client.query_one(sql, &[]).await.unwrap();
        let orders = u32::try_from(row.get::<_, i64>(0)).unwrap();
        let total = i16::try_from(row.get::<_, i64>(1)).unwrap();
        let none = (0, 0);
        for (sql, expected) in [
            ("SELECT total, total + 1, 1 FROM sales.orders", vec![(orders, total), none, none]),
            ("SELECT o.total AS t FROM sales.orders o WHERE o.total > 1 ORDER BY 1 LIMIT 3", vec![(orders, total)]),
            ("SELECT x.t FROM (SELECT total AS t FROM sales.orders) x", vec![(orders, total)]),
            ("WITH w AS (SELECT total FROM sales.orders) SELECT w.total, 'x' FROM w", vec![(orders, total), none]),
            ("SELECT b.total FROM sales.orders a JOIN sales.orders b USING (order_id)", vec![(orders, total)]),
            ("SELECT total, count(*) FROM sales.orders GROUP BY total", vec![(orders, total), none]),
            ("SELECT total FROM sales.orders UNION ALL SELECT 1", vec![none]),
            ("SELECT c.oid, c.relname FROM pg_class c", vec![(1259, 1), (1259, 2)]),
        ] {
            assert_eq!(origins(&client, sql).await, expected, "{sql}");
        }
        // A view is made after the names were listed, and is known by other names than its own; a table by the name of the view.
        client
            .batch_execute("CREATE VIEW paid AS SELECT order_id, total AS amount, total + 1 AS more FROM sales.orders")
            .await
            .unwrap();
        let first = origins(&client, "SELECT amount FROM paid").await;
        let paid: u32 = client.query_one("SELECT 'paid'::regclass::oid", &[]).await.unwrap().get(0);
        assert_eq!(first, [(paid, 2)]);
        for (sql, expected) in [
            ("SELECT * FROM public.paid", vec![(paid, 1), (paid, 2), (paid, 3)]),
            ("SELECT p.more, p.amount AS a FROM paid AS p", vec![(paid, 3), (paid, 2)]),
            ("SELECT x.amount, y.total FROM paid x JOIN sales.orders y USING (order_id)", vec![(paid, 2), (orders, total)]),
            ("SELECT s.amount FROM (SELECT amount FROM paid) s", vec![(paid, 2)]),
            ("SELECT paid.total FROM sales.orders paid", vec![(orders, total)]),
        ] {
            assert_eq!(origins(&client, sql).await, expected, "{sql}");
        }
    });
}
