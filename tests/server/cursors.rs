//! Cursors and prepared statements with messages of the extended protocol.

use tokio_postgres::SimpleQueryMessage;

use crate::{client, served};

#[test]
fn fetch_by_messages_describes_its_columns() {
    served(|port| async move {
        let mut client = client(port).await;
        let transaction = client.transaction().await.unwrap();
        transaction
            .execute("DECLARE c CURSOR FOR SELECT x, x > $1 AS more FROM generate_series(1, 5) AS t(x)", &[&2_i32])
            .await
            .unwrap();
        let rows = transaction.query("FETCH FORWARD 3 FROM c", &[]).await.unwrap();
        let rows: Vec<(i32, bool)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(rows, [(1, false), (2, false), (3, true)]);
        assert_eq!(transaction.query("FETCH ALL FROM c", &[]).await.unwrap().len(), 2);
        transaction.execute("PREPARE p(int) AS SELECT $1 * 2 AS twice", &[]).await.unwrap();
        let row = transaction.query_one("EXECUTE p(21)", &[]).await.unwrap();
        assert_eq!(row.columns()[0].name(), "twice");
        assert_eq!(row.get::<_, i32>(0), 42);
        transaction.commit().await.unwrap();
        // A statement of the protocol has its name in the same place.
        let statement = client.prepare("SELECT 1::int").await.unwrap();
        let error = client.simple_query("DEALLOCATE no_such").await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "26000");
        client.query(&statement, &[]).await.unwrap();
    });
}

#[test]
fn tags_count_rows() {
    served(|port| async move {
        let client = client(port).await;
        client.simple_query("BEGIN; DECLARE c SCROLL CURSOR FOR SELECT x FROM generate_series(1, 5) AS t(x)").await.unwrap();
        for (sql, count) in [
            ("MOVE 2 FROM c", 2),
            ("FETCH 2 FROM c", 2),
            ("MOVE ABSOLUTE 0 FROM c", 0),
            ("MOVE LAST c", 1),
            ("MOVE RELATIVE 3 c", 0),
            ("MOVE BACKWARD 2 c", 2),
            ("MOVE FORWARD ALL c", 1),
            ("MOVE BACKWARD ALL c", 5),
        ] {
            let messages = client.simple_query(sql).await.unwrap();
            let counted = messages.iter().find_map(|message| match message {
                SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
                _ => None,
            });
            assert_eq!(counted, Some(count), "{sql}");
        }
    });
}

/// Rows of a binary cursor have the binary form also in a simple query; in the extended protocol the client says which.
#[test]
fn binary_cursors() {
    served(|port| async move {
        let client = client(port).await;
        let declare = "DECLARE b BINARY CURSOR FOR SELECT x::int, 'text' FROM generate_series(1, 3) AS t(x)";
        client.simple_query(&format!("BEGIN; {declare}")).await.unwrap();
        let rows = client.simple_query("FETCH 1 FROM b").await.unwrap();
        let values = rows.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some((row.get(0).map(str::to_string), row.get(1).map(str::to_string))),
            _ => None,
        });
        assert_eq!(values, Some((Some("\0\0\0\u{1}".into()), Some("text".into()))));
        let row = client.query_one("FETCH 1 FROM b", &[]).await.unwrap();
        assert_eq!((row.get::<_, i32>(0), row.get::<_, &str>(1)), (2, "text"));
        let known = client.query_one("SELECT is_binary FROM pg_cursors WHERE name = 'b'", &[]).await.unwrap();
        assert!(known.get::<_, bool>(0));
        client.simple_query("COMMIT").await.unwrap();
    });
}

/// Parameters of INSERT have the types of the columns.
#[test]
fn rows_are_inserted_by_messages() {
    served(|port| async move {
        let client = client(port).await;
        client.batch_execute("CREATE TEMP TABLE t (a int, b text, c double precision)").await.unwrap();
        let insert = client.prepare("INSERT INTO t (c, a, b) VALUES ($1, $2, $3)").await.unwrap();
        let types: Vec<_> = insert.params().iter().map(|data_type| data_type.name()).collect();
        assert_eq!(types, ["float8", "int4", "text"]);
        for number in 0..3_i32 {
            let rows = client.execute(&insert, &[&(f64::from(number) / 2.0), &number, &"it's"]).await.unwrap();
            assert_eq!(rows, 1);
        }
        assert_eq!(client.execute("DELETE FROM t WHERE a = $1", &[&1_i32]).await.unwrap(), 1);
        let row = client.query_one("SELECT count(*), sum(c), min(b) FROM t", &[]).await.unwrap();
        assert_eq!((row.get::<_, i64>(0), row.get::<_, f64>(1), row.get::<_, &str>(2)), (2, 1.0, "it's"));
    });
}
