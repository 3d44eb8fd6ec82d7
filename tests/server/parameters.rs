//! Types of parameters that the client leaves to the server.

use tokio_postgres::types::Type;

use crate::{client, served};

#[test]
fn casts_and_limits_tell_the_types_of_parameters() {
    served(|port| async move {
        let client = client(port).await;
        for (sql, types) in [
            ("SELECT $1::int + 1", vec![Type::INT4]),
            ("SELECT CAST($1 AS date), $2::double precision", vec![Type::DATE, Type::FLOAT8]),
            ("SELECT x FROM generate_series(1, 10) AS t(x) LIMIT $1 OFFSET $2", vec![Type::INT8, Type::INT8]),
            ("SELECT $1", vec![Type::TEXT]),
        ] {
            assert_eq!(client.prepare(sql).await.unwrap().params(), types, "{sql}");
        }
        let page = "SELECT x FROM generate_series(1, 10) AS t(x) ORDER BY x LIMIT $1 OFFSET $2";
        let rows = client.query(page, &[&2_i64, &3_i64]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.get::<_, i64>(0)).collect::<Vec<_>>(), [4, 5]);
        let row = client.query_one("SELECT $1::int + 1", &[&41_i32]).await.unwrap();
        assert_eq!(row.len(), 1);
    });
}
