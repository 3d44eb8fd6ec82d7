//! Many mutated messages through everything that reads bytes of a client: start-up and cancel requests, login, messages of queries,
//! parameters, rows of COPY, and whole conversations with a server. The number of inputs of each test is `CILAKE_FUZZ_INPUTS`, by default
//! small enough for every run; conversations are a thousandth of it.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, IntervalUnit, Schema, TimeUnit};
use bytes::{Bytes, BytesMut};
use cilake_wire::Verifier;
use cilake_wire::auth::scram::Exchange;
use cilake_wire::backend::PgParameter;
use cilake_wire::copy::{CopyFormat, CopyReader, CsvFormat, TextFormat};
use cilake_wire::decode::decode_parameters;
use cilake_wire::frontend::{LOGIN_BYTES_MAX, Message, SaslInitial, read_frame, read_login, read_startup};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::malformed::mutate;
use crate::raw::{Raw, bind, execute, message, parse, query, startup, sync};
use crate::toy::Server;

const MESSAGE_BYTES_MAX: usize = 1 << 20;

fn inputs() -> u32 {
    std::env::var("CILAKE_FUZZ_INPUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// The process never holds more than this, in bytes: the tests of this program run side by side, and messages are 1 MB at most.
const RESIDENT_BYTES_MAX: u64 = 512 << 20;

fn resident_peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Mutates valid messages, whose length is written at the place `length_at`; of half of them the length is right again afterwards, so
/// that the mutation is met behind the framing.
fn each(seed: u64, length_at: usize, valid: &[Vec<u8>], mut read: impl FnMut(Vec<u8>) -> bool) {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut good = 0;
    for _ in 0..inputs() {
        let mut bytes = valid[random.random_range(0..valid.len())].clone();
        mutate(&mut bytes, &mut random);
        if random.random() {
            correct_length(&mut bytes, length_at);
        }
        good += u32::from(read(bytes));
    }
    assert!(resident_peak() < RESIDENT_BYTES_MAX, "{} MB", resident_peak() >> 20);
    let share = f64::from(good) / f64::from(inputs());
    assert!((0.005..0.995).contains(&share), "the mutations must be neither too weak nor too strong: {share}");
}

fn correct_length(bytes: &mut [u8], length_at: usize) {
    let length = (bytes.len().saturating_sub(length_at) as u32).to_be_bytes();
    if let Some(written) = bytes.get_mut(length_at..length_at + 4) {
        written.copy_from_slice(&length);
    }
}

#[test]
fn start_up_messages() {
    let valid = [
        startup(3 << 16, &[("user", "ada"), ("database", "toy"), ("application_name", "ä")]),
        startup(3 << 16 | 2, &[("user", "ada"), ("_pq_.x", "1")]),
        vec![0, 0, 0, 8, 4, 210, 22, 47],
        vec![0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2],
    ];
    each(1, 0, &valid, |bytes| {
        let mut buffer = BytesMut::from(&bytes[..]);
        let read = read_startup(&mut buffer);
        assert!(buffer.len() <= bytes.len() && read.as_ref().err().is_none_or(|error| error.fatal));
        matches!(read, Ok(Some(_)))
    });
}

#[test]
fn login_messages() {
    let initial = |mechanism: &str, text: &str| {
        message(b'p', &[mechanism.as_bytes(), b"\0", &(text.len() as u32).to_be_bytes(), text.as_bytes()].concat())
    };
    let valid = [
        initial("SCRAM-SHA-256", "n,,n=,r=rOprNGfwEbeRWgbNEkqO"),
        initial("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=rOprNGfwEbeRWgbNEkqO"),
        message(b'p', b"SCRAM-SHA-256\0\xff\xff\xff\xff"),
        message(b'p', b"c=biws,r=rOprNGfwEbeRWgbNEkqOabc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="),
    ];
    let verifier = Verifier::of_nobody("ada", b"secret");
    let first = b"n,,n=,r=rOprNGfwEbeRWgbNEkqO";
    each(2, 1, &valid, |bytes| {
        let mut buffer = BytesMut::from(&bytes[..]);
        let Ok(Some(body)) = read_login(&mut buffer) else { return false };
        assert!(body.len() <= LOGIN_BYTES_MAX);
        let last = Exchange::new(verifier.clone(), None).begin("SCRAM-SHA-256", first).unwrap();
        assert!(last.read_proof(&body).is_err(), "nobody knows the nonce");
        let Ok(SaslInitial { mechanism, response: Some(response) }) = SaslInitial::parse(body) else { return false };
        Exchange::new(verifier.clone(), Some(b"hash".to_vec())).begin(&mechanism, &response).is_ok()
    });
}

#[test]
fn bind_messages() {
    let parameter = |oid: u32, data_type| PgParameter { oid, data_type };
    let parameters = [
        parameter(23, DataType::Int32),
        parameter(25, DataType::Utf8View),
        parameter(1700, DataType::Decimal128(20, 4)),
        parameter(1114, DataType::Timestamp(TimeUnit::Microsecond, None)),
        parameter(1009, DataType::new_list(DataType::Utf8View, true)),
        parameter(1082, DataType::Date32),
        parameter(1083, DataType::Time64(TimeUnit::Microsecond)),
        parameter(1184, DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()))),
        parameter(1186, DataType::Interval(IntervalUnit::MonthDayNano)),
        parameter(17, DataType::Binary),
        parameter(2950, DataType::FixedSizeBinary(16)),
        parameter(701, DataType::Float64),
        parameter(16, DataType::Boolean),
        parameter(1231, DataType::new_list(DataType::Decimal256(40, 3), true)),
    ];
    let texts = [
        "7",
        "text",
        "12.34",
        "2025-01-01 10:00:00",
        "{a,NULL,\"b\"}",
        "0044-03-15 BC",
        "23:59:59.5",
        "2025-03-30 02:30:00 Europe/Berlin",
        "1 year -2 days 03:04:05.6",
        "\\xdeadbeef",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "-1.5e-300",
        "true",
        "{{1.5,2},{-3,NULL}}",
    ];
    let binary: [&[u8]; 14] = [
        &[0, 0, 0, 7],
        b"text",
        &[0, 1, 0, 0, 0, 0, 0, 0, 0, 5],
        &[0; 8],
        &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, b'a'],
        &[0, 0, 9, 9],
        &[0, 0, 0, 9, 9, 9, 9, 9],
        &[0, 1, 9, 9, 9, 9, 9, 9],
        &[0, 0, 0, 9, 9, 9, 9, 9, 0, 0, 0, 3, 0, 0, 0, 4],
        b"bytes",
        &[7; 16],
        &[64, 9, 33, 251, 84, 68, 45, 24],
        &[1],
        &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 6, 164, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 12, 0, 2, 0, 0, 0, 0, 0, 3, 0, 12, 13, 72],
    ];
    let bind = |format: u8, values: Vec<&[u8]>| {
        let mut body = vec![0, 0, 0, 1, 0, format, 0, values.len() as u8];
        for value in values {
            body.extend((value.len() as u32).to_be_bytes());
            body.extend(value);
        }
        body.extend([0, 1, 0, format]);
        message(b'B', &body)
    };
    let valid = [bind(0, texts.iter().map(|text| text.as_bytes()).collect()), bind(1, binary.to_vec())];
    each(3, 1, &valid, |bytes| {
        let mut buffer = BytesMut::from(&bytes[..]);
        let Ok(Some(frame)) = read_frame(&mut buffer, MESSAGE_BYTES_MAX) else { return false };
        let Ok(Message::Bind(bind)) = frame.parse() else { return false };
        // What is kept of a message is no larger than the message.
        let values: usize = bind.parameters.iter().flatten().map(Bytes::len).sum();
        let counts = bind.parameter_formats.capacity() + bind.parameters.capacity() + bind.result_formats.capacity();
        assert!(values <= bytes.len() && counts <= bytes.len());
        let Ok(arrays) = decode_parameters(&bind, &parameters) else { return false };
        assert!(arrays.iter().map(|array| array.get_array_memory_size()).sum::<usize>() < MESSAGE_BYTES_MAX);
        true
    });
}

fn messages_of_queries() -> Vec<Vec<u8>> {
    vec![
        query("SELECT 1; SELECT 'text'"),
        parse("s1", "SELECT $1::int"),
        message(b'P', b"s2\0SELECT $1, $2\0\0\x02\0\0\0\x17\0\0\0\x19"),
        bind("", "s1"),
        message(b'D', b"Ss1\0"),
        message(b'D', b"Pp1\0"),
        execute("", 10),
        message(b'C', b"Ss1\0"),
        message(b'H', b""),
        message(b'd', b"1\ttext\n"),
        message(b'f', b"reason\0"),
        message(b'c', b""),
        sync(),
    ]
}

#[test]
fn messages_of_statements() {
    each(4, 1, &messages_of_queries(), |bytes| {
        let mut buffer = BytesMut::from(&bytes[..]);
        let Ok(Some(frame)) = read_frame(&mut buffer, MESSAGE_BYTES_MAX) else { return false };
        match frame.parse() {
            Ok(Message::Parse { parameter_types, sql, .. }) => {
                assert!(parameter_types.capacity() * 4 <= bytes.len() && sql.len() <= bytes.len());
                true
            }
            parsed => parsed.is_ok(),
        }
    });
}

/// Data of COPY, in pieces of any size.
#[test]
fn rows_of_copies() {
    let field = |name: &str, data_type| Field::new(name, data_type, true);
    let schema = Arc::new(Schema::new(vec![
        field("a", DataType::Int32),
        field("b", DataType::Utf8),
        field("c", DataType::Decimal128(12, 2)),
        field("d", DataType::Timestamp(TimeUnit::Microsecond, None)),
        field("e", DataType::new_list(DataType::Int64, true)),
    ]));
    let text = b"1\tt\\\\ext\\n\t1.50\t2025-01-01 10:00\t{1,2}\n\\N\t\\N\t\\N\t\\N\t\\N\n\\.\n".to_vec();
    let csv = b"1,\"te\"\"xt\",1.50,2025-01-01 10:00,\"{1,2}\"\r\n,,,,\n".to_vec();
    let mut binary = [&b"PGCOPY\n\xff\r\n\0"[..], &[0; 8]].concat();
    binary.extend(b"\0\x05\0\0\0\x04\0\0\0\x07\0\0\0\x01x\xff\xff\xff\xff\0\0\0\x08\0\0\0\0\0\0\0\x01\xff\xff\xff\xff\xff\xff");
    let formats = [
        (CopyFormat::Text(TextFormat::default()), text),
        (CopyFormat::Csv(CsvFormat::default()), csv),
        (CopyFormat::Binary, binary),
    ];
    for (number, (format, data)) in formats.into_iter().enumerate() {
        let mut cuts = SmallRng::seed_from_u64(number as u64);
        // No length is written anywhere: the place behind the end is none.
        each(5 + number as u64, usize::MAX / 2, &[data], |bytes| {
            let mut reader = CopyReader::new(Arc::clone(&schema), "t".into(), format.clone()).unwrap();
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cuts.random_range(1..=rest.len()));
                let Ok(batches) = reader.feed(piece) else { return false };
                assert!(batches.iter().all(|batch| batch.get_array_memory_size() < MESSAGE_BYTES_MAX));
                rest = after;
            }
            reader.finish().is_ok()
        });
    }
}

/// Mutated messages in any order to a server, which always lives on: statements, portals, COPY and errors in the middle of them.
#[tokio::test]
async fn conversations() {
    let server = Server::start().await;
    let mut random = SmallRng::seed_from_u64(8);
    let valid = messages_of_queries();
    for _ in 0..inputs().div_ceil(1_000) {
        let mut raw = Raw::ready(server.address).await;
        let mut sent = vec![];
        for _ in 0..random.random_range(1..20) {
            let mut bytes = valid[random.random_range(0..valid.len())].clone();
            if random.random_ratio(1, 3) {
                mutate(&mut bytes, &mut random);
                correct_length(&mut bytes, 1);
            }
            sent.extend(bytes);
        }
        // Within a message whose length says that more is to come the server waits: its socket is closed then.
        sent.extend([sync(), message(b'X', b"")].concat());
        if tokio::io::AsyncWriteExt::write_all(&mut raw.socket, &sent).await.is_err() {
            continue;
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut raw.socket).await;
        while raw.next().await.is_some() {}
    }
    let mut raw = Raw::ready(server.address).await;
    raw.send(&query("SELECT 1")).await;
    assert_eq!(raw.kinds().await, "TDC");
    assert!(resident_peak() < RESIDENT_BYTES_MAX, "{} MB", resident_peak() >> 20);
}
