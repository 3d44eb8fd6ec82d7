//! Extended queries: parameters, portals, pipelines, errors.

use std::time::SystemTime;

use futures::future::try_join_all;
use tokio_postgres::types::{ToSql, Type};

use crate::raw::{Raw, bind, execute, message, parse, sync};
use crate::toy::{Server, code};

#[tokio::test]
async fn parameters_and_results_in_binary() {
    let server = Server::start().await;
    let client = server.connect().await;
    let statement = client.prepare("echo bool int2 int4 int8 float4 float8 text bytea").await.unwrap();
    assert_eq!(statement.params()[3], Type::INT8);
    let values: [&(dyn ToSql + Sync); 8] =
        [&true, &-2i16, &3i32, &i64::MIN, &1.5f32, &f64::NEG_INFINITY, &"naïve", &&b"\x00\xff"[..]];
    let row = client.query_one(&statement, &values).await.unwrap();
    assert!(row.get::<_, bool>(0));
    assert_eq!(row.get::<_, i16>(1), -2);
    assert_eq!(row.get::<_, i32>(2), 3);
    assert_eq!(row.get::<_, i64>(3), i64::MIN);
    assert_eq!(row.get::<_, f32>(4), 1.5);
    assert_eq!(row.get::<_, f64>(5), f64::NEG_INFINITY);
    assert_eq!(row.get::<_, &str>(6), "naïve");
    assert_eq!(row.get::<_, &[u8]>(7), b"\x00\xff");
}

#[tokio::test]
async fn moments_and_arrays_come_back_as_they_went() {
    let server = Server::start().await;
    let client = server.connect().await;
    let statement = client.prepare("echo timestamp timestamptz int8[] text[]").await.unwrap();
    let moment = SystemTime::UNIX_EPOCH + std::time::Duration::from_micros(1_582_934_400_123_456);
    let (numbers, words) = (vec![Some(1i64), None, Some(-3)], vec!["a b", "{}", "\"", ""]);
    let row = client.query_one(&statement, &[&moment, &moment, &numbers, &words]).await.unwrap();
    assert_eq!(row.get::<_, SystemTime>(0), moment);
    assert_eq!(row.get::<_, SystemTime>(1), moment);
    assert_eq!(row.get::<_, Vec<Option<i64>>>(2), numbers);
    assert_eq!(row.get::<_, Vec<String>>(3), words);
}

#[tokio::test]
async fn null_is_null_in_every_type() {
    let server = Server::start().await;
    let client = server.connect().await;
    let statement = client.prepare("echo int4 text interval numeric uuid date int4[]").await.unwrap();
    // In text, so that types without a counterpart in the client work too.
    let mut raw = Raw::ready(server.address).await;
    let nulls = [&b"\0\0"[..], &0u16.to_be_bytes(), &7u16.to_be_bytes(), &[0xff; 28], &0u16.to_be_bytes()].concat();
    raw.send(
        &[parse("", "echo int4 text interval numeric uuid date int4[]"), message(b'B', &nulls), execute("", 0), sync()].concat(),
    )
    .await;
    let answers = raw.until_ready().await;
    assert_eq!(answers[2].kind, 'D');
    assert_eq!(answers[2].body, [&7u16.to_be_bytes()[..], &[0xff; 28]].concat());
    assert_eq!(statement.columns().len(), 7);
}

#[tokio::test]
async fn a_portal_gives_its_rows_in_pieces() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let transaction = client.transaction().await.unwrap();
    let portal = transaction.bind("numbers 2500 1000", &[]).await.unwrap();
    let mut seen = Vec::new();
    for expected in [999, 999, 502, 0] {
        let rows = transaction.query_portal(&portal, 999).await.unwrap();
        assert_eq!(rows.len(), expected);
        seen.extend(rows.iter().map(|row| row.get::<_, i64>(0)));
    }
    assert_eq!(seen, (0..2_500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_portal_of_exactly_the_asked_rows_is_suspended_first() {
    // As PostgreSQL does: it does not look for a further row before it is asked.
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[parse("", "numbers 2"), bind("", ""), execute("", 2), execute("", 2), execute("", 2), sync()].concat()).await;
    let answers = raw.until_ready().await;
    let kinds: String = answers.iter().map(|answer| answer.kind).collect();
    assert_eq!(kinds, "12DDsCC");
    assert_eq!(answers[5].body, b"SELECT 0\0");
}

/// What a client asks for at most is no reason to make room for it.
#[tokio::test]
async fn rows_asked_for_take_no_room() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    for rows_max in [i32::MAX as u32, u32::MAX] {
        raw.send(&[parse("", "numbers 2"), bind("", ""), execute("", rows_max), sync()].concat()).await;
        assert_eq!(raw.kinds().await, "12DDC");
    }
}

#[tokio::test]
async fn portals_end_with_their_transaction() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[parse("s", "numbers 5"), bind("p", "s"), execute("p", 2), sync()].concat()).await;
    assert_eq!(raw.kinds().await, "12DDs");
    raw.send(&[execute("p", 2), sync()].concat()).await;
    let answers = raw.until_ready().await;
    assert_eq!(answers[0].field(b'C'), "34000");
}

#[tokio::test]
async fn after_an_error_everything_up_to_sync_is_ignored() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    let broken = [parse("", "fail 42P01"), bind("", ""), execute("", 0), parse("kept", "SELECT 1"), sync()].concat();
    raw.send(&[broken, parse("", "SELECT 2"), bind("", ""), execute("", 0), sync()].concat()).await;
    let answers = raw.until_ready().await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].field(b'C'), "42P01");
    assert_eq!(raw.kinds().await, "12DC");
    raw.send(&[bind("", "kept"), sync()].concat()).await;
    assert_eq!(raw.until_ready().await[0].field(b'C'), "26000");
}

#[tokio::test]
async fn a_pipeline_is_answered_in_order() {
    let server = Server::start().await;
    let client = server.connect().await;
    let statement = client.prepare("echo int4").await.unwrap();
    let queries = (0..100i32).map(|number| {
        let (client, statement) = (&client, &statement);
        async move { client.query_one(statement, &[&number]).await.map(|row| row.get::<_, i32>(0)) }
    });
    assert_eq!(try_join_all(queries).await.unwrap(), (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn names_that_exist_or_do_not() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[parse("s", "SELECT 1"), bind("p", "s"), parse("s", "SELECT 1"), sync()].concat()).await;
    let answers = raw.until_ready().await;
    assert_eq!(answers.last().unwrap().field(b'C'), "42P05");
    raw.send(&[bind("p", "s"), bind("p", "s"), sync()].concat()).await;
    assert_eq!(raw.until_ready().await.last().unwrap().field(b'C'), "42P03");
    for (message, expected) in [
        (message(b'D', b"Sx\0"), "26000"),
        (message(b'D', b"Px\0"), "34000"),
        (execute("x", 0), "34000"),
        (bind("", "x"), "26000"),
    ] {
        raw.send(&[message, sync()].concat()).await;
        assert_eq!(raw.until_ready().await[0].field(b'C'), expected);
    }
    // Closing what does not exist is no error.
    raw.send(&[message(b'C', b"Sx\0"), message(b'C', b"Px\0"), sync()].concat()).await;
    assert_eq!(raw.kinds().await, "33");
}

#[tokio::test]
async fn describe_tells_types_before_anything_runs() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    let describe = message(b'D', b"Ss\0");
    raw.send(&[parse("s", "echo int4 text"), describe, parse("e", ""), message(b'D', b"Se\0"), sync()].concat()).await;
    let answers = raw.until_ready().await;
    let kinds: String = answers.iter().map(|answer| answer.kind).collect();
    assert_eq!(kinds, "1tT1tn");
    assert_eq!(answers[1].body, [&2u16.to_be_bytes()[..], &23u32.to_be_bytes(), &25u32.to_be_bytes()].concat());
    raw.send(&[bind("", "e"), message(b'D', b"P\0"), execute("", 0), sync()].concat()).await;
    assert_eq!(raw.kinds().await, "2nI");
}

#[tokio::test]
async fn wrong_counts_of_parameters_and_formats() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    let word = |value: u16| value.to_be_bytes().to_vec();
    let one = [&1u32.to_be_bytes()[..], b"7"].concat();
    let cases = [
        ("too few parameters", [word(0), word(0), word(0)].concat(), "08P01"),
        ("too many parameters", [word(0), word(2), one.clone(), one.clone(), word(0)].concat(), "08P01"),
        ("more formats than parameters", [word(2), word(0), word(0), word(1), one.clone(), word(0)].concat(), "08P01"),
        ("two result formats for one column", [word(0), word(1), one.clone(), word(2), word(0), word(0)].concat(), "08P01"),
        ("an unknown format", [word(1), word(7), word(1), one.clone(), word(0)].concat(), "22023"),
        ("an unknown result format", [word(0), word(1), one.clone(), word(1), word(9)].concat(), "22023"),
    ];
    for (what, body, expected) in cases {
        raw.send(&[parse("", "echo int4"), message(b'B', &[&b"\0\0"[..], &body].concat()), sync()].concat()).await;
        let answers = raw.until_ready().await;
        assert_eq!(answers.last().unwrap().field(b'C'), expected, "{what}");
    }
}

#[tokio::test]
async fn a_bad_parameter_is_named_but_not_shown() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    let secret = b"+49 30 901820";
    let body =
        [&b"\0\0"[..], &0u16.to_be_bytes(), &1u16.to_be_bytes(), &(secret.len() as u32).to_be_bytes(), secret, &[0, 0]].concat();
    raw.send(&[parse("", "echo int8"), message(b'B', &body), sync()].concat()).await;
    let answers = raw.until_ready().await;
    let error = answers.last().unwrap();
    assert_eq!(error.field(b'C'), "22P02");
    assert_eq!(error.field(b'M'), "invalid input syntax for type int8: parameter $1");
}

#[tokio::test]
async fn deallocating_by_statement_frees_the_name() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[parse("s", "SELECT 1"), sync(), crate::raw::query("deallocate all"), parse("s", "SELECT 2"), sync()].concat())
        .await;
    assert_eq!(raw.kinds().await, "1");
    assert_eq!(raw.kinds().await, "C");
    assert_eq!(raw.kinds().await, "1");
}

#[tokio::test]
async fn an_error_of_the_plan_comes_after_the_rows_before_it() {
    let server = Server::start().await;
    let client = server.connect().await;
    let error = client.query("numbers 100 10 50", &[]).await.unwrap_err();
    assert_eq!(code(&error), "22012");
    assert_eq!(client.query("numbers 3", &[]).await.unwrap().len(), 3);
}

#[tokio::test]
async fn columns_are_what_was_described() {
    let server = Server::start().await;
    let client = server.connect().await;
    let row = client.query_one("catalog", &[]).await.unwrap();
    assert_eq!(row.columns()[0].type_(), &Type::NAME);
    assert_eq!(row.get::<_, &str>(0), "pg_class");
    // A plan that now gives another type than the client was told of.
    let error = client.query("changing", &[]).await.unwrap_err();
    assert_eq!(code(&error), "0A000");
    assert!(client.simple_query("catalog; SELECT 1").await.is_ok());
}

/// libpq's pipelines and pgjdbc wait for answers after Flush. PostgreSQL sends an error at once; ours stayed until Sync.
#[tokio::test]
async fn an_error_is_sent_before_sync() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[parse("", "syntax!"), message(b'H', &[])].concat()).await;
    assert_eq!(raw.next().await.unwrap().kind, 'E');
    raw.send(&[message(b'H', &[]), sync()].concat()).await;
    assert_eq!(raw.kinds().await, "");
}
