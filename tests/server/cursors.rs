//! Cursors and prepared statements with messages of the extended protocol.

use tokio_postgres::SimpleQueryMessage;

use crate::{client, served};

#[test]
fn fetch_by_messages_describes_its_columns() {
    served(|port| async move {
        let mut client = client(port).await;
        let transaction = client.transaction().await.unwrap();
        transaction
            .execute("DECLARE c CURSOR FOR SELECT x, x > $1 AS more FROM generate_series(1, 5) AS t(x)", &[&2_i64])
            .await
            .unwrap();
        let rows = transaction.query("FETCH FORWARD 3 FROM c", &[]).await.unwrap();
        let rows: Vec<(i64, bool)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(rows, [(1, false), (2, false), (3, true)]);
        assert_eq!(transaction.query("FETCH ALL FROM c", &[]).await.unwrap().len(), 2);
        transaction.execute("PREPARE p(int) AS SELECT $1 * 2 AS twice", &[]).await.unwrap();
        let row = transaction.query_one("EXECUTE p(21)", &[]).await.unwrap();
        assert_eq!(row.columns()[0].name(), "twice");
        assert_eq!(row.get::<_, i64>(0), 42);
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
