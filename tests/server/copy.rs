//! COPY with a client. The expected bytes are those of PostgreSQL 15.

use bytes::Bytes;
use futures::{SinkExt, TryStreamExt};
use tokio_postgres::{Client, Error};

use crate::{client, served};

async fn out(client: &Client, sql: &str) -> Vec<u8> {
    let pieces: Vec<Bytes> = client.copy_out(sql).await.unwrap().try_collect().await.unwrap();
    pieces.concat()
}

async fn give(client: &Client, sql: &str, pieces: &[&[u8]]) -> Result<u64, Error> {
    let sink = client.copy_in::<_, Bytes>(sql).await?;
    let mut sink = Box::pin(sink);
    for piece in pieces {
        sink.send(Bytes::copy_from_slice(piece)).await?;
    }
    sink.as_mut().finish().await
}

/// `COPY (SELECT …) TO STDOUT (FORMAT binary)` of PostgreSQL 15.
const BINARY: &str = "5047434f50590aff0d0a000000000000000000000a0000000400000001000000080000000000000002000000083ff80000000000000000000378\
c3a4ffffffff00000001010000000400002279000000080002b583417286080000000c0002000000000002000c138800000030000000010000000100000014\
0000000300000001000000080000000000000001000000080000000000000002ffffffffffff";

const ROWS: &str = "(SELECT n::int AS n, s, x::numeric(2,1) AS x FROM (VALUES (1::int, 'a,b', 1.5::numeric(2,1)), (2, 'q\"q', NULL), (3, E'tab\\t\\\\new\\nline', 0.5), \
(4, '', 2.5), (5, NULL, 3.5)) AS t(n, s, x) ORDER BY n)";

#[test]
fn rows_go_out_as_postgres_writes_them() {
    served(|port| async move {
        let client = client(port).await;
        let sql = "COPY (SELECT 1::int4 AS a, 2::int8 AS b, 1.5::float8 AS c, 'xä'::text AS d, NULL::text AS e, true AS f, \
            DATE '2024-02-29' AS g, TIMESTAMP '2024-02-29 12:34:56.789' AS h, 12.50::numeric(10,2) AS i, \
            ARRAY[1,2,NULL]::int8[] AS j) TO STDOUT (FORMAT binary)";
        let hex: String = out(&client, sql).await.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, BINARY);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let csv = text(out(&client, &format!("COPY {ROWS} TO STDOUT CSV HEADER")).await);
        assert_eq!(csv, "n,s,x\n1,\"a,b\",1.5\n2,\"q\"\"q\",\n3,\"tab\t\\new\nline\",0.5\n4,\"\",2.5\n5,,3.5\n");
        let plain = text(out(&client, &format!("COPY {ROWS} TO STDOUT")).await);
        assert_eq!(plain, "1\ta,b\t1.5\n2\tq\"q\t\\N\n3\ttab\\t\\\\new\\nline\t0.5\n4\t\t2.5\n5\t\\N\t3.5\n");
        let one = "COPY (SELECT 1 AS a, NULL AS b, 'x,\"y' AS c) TO STDOUT";
        assert_eq!(text(out(&client, &format!("{one} CSV HEADER FORCE QUOTE *")).await), "a,b,c\n\"1\",,\"x,\"\"y\"\n");
        assert_eq!(
            text(out(&client, &format!("{one} (FORMAT csv, DELIMITER ';', NULL 'none', QUOTE '''')")).await),
            "1;none;x,\"y\n"
        );
        let many = out(&client, "COPY (SELECT x FROM generate_series(1, 200000) AS t(x)) TO STDOUT").await;
        assert_eq!(many.iter().filter(|byte| **byte == b'\n').count(), 200_000);
        assert!(client.simple_query("SELECT 1").await.is_ok());
    });
}

#[test]
fn what_goes_out_comes_in_again() {
    served(|port| async move {
        let client = client(port).await;
        for format in ["TEXT", "CSV", "BINARY"] {
            client.simple_query("CREATE TEMP TABLE t (n int, s text, x numeric(2,1))").await.unwrap();
            let with = format!("(FORMAT {format})");
            let data = out(&client, &format!("COPY {ROWS} TO STDOUT {with}")).await;
            // Cut anywhere.
            let pieces: Vec<&[u8]> = data.chunks(3).collect();
            assert_eq!(give(&client, &format!("COPY t FROM STDIN {with}"), &pieces).await.unwrap(), 5, "{format}");
            let again = out(&client, &format!("COPY t TO STDOUT {with}")).await;
            assert_eq!(data, again, "{format}");
            client.simple_query("DROP TABLE t").await.unwrap();
        }
    });
}

#[test]
fn bad_input_is_refused_with_its_line_and_without_its_value() {
    served(|port| async move {
        let client = client(port).await;
        client.simple_query("CREATE TEMP TABLE t (a int, b text)").await.unwrap();
        for (options, data, code, message, place) in [
            ("", "1\tx\n2\n", "22P04", "missing data for column \"b\"", "COPY t, line 2"),
            ("", "1\tx\t3\n", "22P04", "extra data after last expected column", "COPY t, line 1"),
            ("", "1\tx\nsecret\tx\n", "22P02", "invalid input syntax for type int4: column \"a\"", "COPY t, line 2, column a"),
            ("CSV", "1,\"x\n", "22P04", "unterminated CSV quoted field", "COPY t, line 1"),
            (
                "(FORMAT csv, HEADER match)",
                "a,c\n1,2\n",
                "22P04",
                "column name mismatch in header line field 2: expected \"b\"",
                "COPY t, line 1",
            ),
            ("BINARY", "PGCOPX", "22P04", "COPY file signature not recognized", "COPY t, line 1"),
        ] {
            let error = give(&client, &format!("COPY t FROM STDIN {options}"), &[data.as_bytes()]).await.unwrap_err();
            let told = error.as_db_error().unwrap_or_else(|| panic!("{error}: {data}"));
            assert_eq!((told.code().code(), told.message()), (code, message));
            assert_eq!(told.where_(), Some(place), "{data}");
        }
        let count = client.query_one("SELECT count(*) FROM t", &[]).await.unwrap();
        assert_eq!(count.get::<_, i64>(0), 0);
        // The end of the data may be marked, and some columns left out.
        assert_eq!(give(&client, "COPY t (b) FROM STDIN", &[b"foo\n\\.\nnever\n"]).await.unwrap(), 1);
        let row = client.query_one("SELECT a, b FROM t", &[]).await.unwrap();
        assert_eq!((row.get::<_, Option<i32>>(0), row.get::<_, &str>(1)), (None, "foo"));
        // A client that gives up.
        let sink = client.copy_in::<_, Bytes>("COPY t FROM STDIN").await.unwrap();
        drop(sink);
        let count = client.query_one("SELECT count(*) FROM t", &[]).await.unwrap();
        assert_eq!(count.get::<_, i64>(0), 1);
    });
}
