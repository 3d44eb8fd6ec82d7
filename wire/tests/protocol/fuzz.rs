//! Many mutated messages through everything that reads bytes of a client: start-up, login, frames, parameters. The number of inputs is
//! `CILAKE_FUZZ_INPUTS`, by default small enough for every run.

use arrow::datatypes::DataType;
use bytes::{Bytes, BytesMut};
use cilake_wire::Verifier;
use cilake_wire::auth::scram::Exchange;
use cilake_wire::backend::PgParameter;
use cilake_wire::decode::decode_parameters;
use cilake_wire::frontend::{LOGIN_BYTES_MAX, Message, SaslInitial, read_frame, read_login, read_startup};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::malformed::mutate;
use crate::raw::{message, startup};

const MESSAGE_BYTES_MAX: usize = 1 << 20;

fn inputs() -> u32 {
    std::env::var("CILAKE_FUZZ_INPUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

fn each(seed: u64, valid: &[Vec<u8>], mut read: impl FnMut(Vec<u8>) -> bool) {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut good = 0;
    for _ in 0..inputs() {
        let mut bytes = valid[random.random_range(0..valid.len())].clone();
        mutate(&mut bytes, &mut random);
        good += u32::from(read(bytes));
    }
    let share = f64::from(good) / f64::from(inputs());
    assert!((0.005..0.995).contains(&share), "the mutations must be neither too weak nor too strong: {share}");
}

#[test]
fn start_up_messages() {
    let valid = [
        startup(3 << 16, &[("user", "ada"), ("database", "toy"), ("application_name", "ä")]),
        startup(3 << 16 | 2, &[("user", "ada"), ("_pq_.x", "1")]),
        vec![0, 0, 0, 8, 4, 210, 22, 47],
        vec![0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2],
    ];
    each(1, &valid, |bytes| {
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
    each(2, &valid, |bytes| {
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
        parameter(1114, DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, None)),
        parameter(1009, DataType::new_list(DataType::Utf8View, true)),
    ];
    let texts = ["7", "text", "12.34", "2025-01-01 10:00:00", "{a,NULL,\"b\"}"];
    let binary: [&[u8]; 5] = [
        &[0, 0, 0, 7],
        b"text",
        &[0, 1, 0, 0, 0, 0, 0, 0, 0, 5],
        &[0; 8],
        &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, b'a'],
    ];
    let bind = |format: u8, values: Vec<&[u8]>| {
        let mut body = vec![0, 0, 0, 1, 0, format, 0, 5];
        for value in values {
            body.extend((value.len() as u32).to_be_bytes());
            body.extend(value);
        }
        body.extend([0, 1, 0, format]);
        message(b'B', &body)
    };
    let valid = [bind(0, texts.iter().map(|text| text.as_bytes()).collect()), bind(1, binary.to_vec())];
    each(3, &valid, |bytes| {
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
