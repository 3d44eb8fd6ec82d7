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
        assert_eq!(rows.iter().map(|row| row.get::<_, i32>(0)).collect::<Vec<_>>(), [4, 5]);
        let row = client.query_one("SELECT $1::int + 1", &[&41_i32]).await.unwrap();
        assert_eq!(row.len(), 1);
    });
}

/// Values from PostgreSQL 15, by the same statements.
#[test]
fn the_use_of_a_parameter_tells_its_type() {
    served(|port| async move {
        let client = client(port).await;
        for (sql, types) in [
            ("SELECT i FROM generate_series(1::int8, 3::int8) s(i) WHERE i = ANY($1)", vec![Type::INT8_ARRAY]),
            ("SELECT s FROM (VALUES ('a'), ('b')) t(s) WHERE s = ANY($1)", vec![Type::TEXT_ARRAY]),
            ("SELECT 1 AS one WHERE $1 = ANY(ARRAY[1, 2]::int[])", vec![Type::INT4]),
            ("SELECT CASE WHEN $1 THEN 1 ELSE 2 END AS c", vec![Type::BOOL]),
            ("SELECT split_part('a,b', ',', $1) AS r", vec![Type::INT4]),
            ("SELECT round(2.345, $1) AS r", vec![Type::INT4]),
            ("SELECT interval '1 day' * $1 AS r", vec![Type::FLOAT8]),
            ("SELECT greatest($1, 5) AS r", vec![Type::INT4]),
            ("SELECT set_config('a.b', 'c', $1)", vec![Type::BOOL]),
        ] {
            assert_eq!(client.prepare(sql).await.unwrap().params(), types, "{sql}");
        }
        let wanted = vec![3_i64, 1];
        let among = "SELECT i FROM generate_series(1::int8, 3::int8) s(i) WHERE i = ANY($1) ORDER BY i";
        let rows = client.query(among, &[&wanted]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.get::<_, i64>(0)).collect::<Vec<_>>(), [1, 3]);
        // A parameter that has one type for the client is a column of that type.
        for data_type in [Type::INT2, Type::INT4, Type::INT8, Type::FLOAT8, Type::BOOL, Type::DATE, Type::TIMESTAMP, Type::TEXT] {
            let prepared = client.prepare_typed("SELECT $1 AS value", std::slice::from_ref(&data_type)).await.unwrap();
            assert_eq!(prepared.columns()[0].type_(), &data_type);
        }
        let prepared = client.prepare_typed("SELECT $1 AS value", &[Type::INT4]).await.unwrap();
        assert_eq!(client.query_one(&prepared, &[&7_i32]).await.unwrap().get::<_, i32>(0), 7);
        // One parameter, used as a name and as a text.
        let both = "SELECT relname::text, $1 || 'x' AS t FROM pg_class WHERE relname = $1";
        let row = client.query_one(both, &[&"pg_class"]).await.unwrap();
        assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("pg_class", "pg_classx"));
    });
}

/// The columns that Describe tells are those of the rows: a CASE or UNION has the type of all branches, as in PostgreSQL 15.
#[test]
fn columns_have_the_type_of_all_branches() {
    served(|port| async move {
        let client = client(port).await;
        for (sql, data_type) in [
            ("SELECT CASE WHEN i > 1 THEN 1 ELSE 2.5 END AS c FROM generate_series(1, 2) s(i)", Type::NUMERIC),
            ("SELECT CASE WHEN i > 1 THEN 1 ELSE 2.5::float8 END AS c FROM generate_series(1, 2) s(i)", Type::FLOAT8),
            (
                "SELECT CASE WHEN i > 1 THEN DATE '2024-01-01' ELSE TIMESTAMP '2024-01-01' END AS c FROM generate_series(1, 2) s(i)",
                Type::TIMESTAMP,
            ),
            ("SELECT 1 AS c UNION ALL SELECT 2.5::float8", Type::FLOAT8),
            ("SELECT NULL AS c UNION ALL SELECT 1::int8", Type::INT8),
            ("SELECT NULL AS c UNION ALL SELECT relname FROM pg_class WHERE relname = 'pg_class'", Type::NAME),
            ("SELECT NULL AS c UNION ALL SELECT true", Type::BOOL),
        ] {
            let prepared = client.prepare(sql).await.unwrap();
            assert_eq!(prepared.columns()[0].type_(), &data_type, "{sql}");
            assert_eq!(client.query(&prepared, &[]).await.unwrap().len(), 2, "{sql}");
        }
    });
}
