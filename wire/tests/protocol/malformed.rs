//! Bytes that no client sends: answered with an error, never with a panic, and the server lives on.

use bytes::BytesMut;
use cilake_wire::frontend::{Message, read_frame, read_startup};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::raw::{Answer, Raw, bind, execute, message, parse, query, startup, sync};
use crate::toy::Server;

/// Sends bytes in place of a start-up and gives the first answer.
async fn greeting(server: &Server, bytes: &[u8]) -> Option<Answer> {
    let mut raw = Raw::open(server.address).await;
    raw.send(bytes).await;
    let answer = raw.next().await;
    if answer.is_some() {
        assert_eq!(raw.next().await, None, "the connection must end");
    }
    answer
}

#[tokio::test]
async fn garbage_instead_of_a_startup() {
    let server = Server::start().await;
    let fatal = |answer: Option<Answer>| answer.map(|answer| (answer.field(b'S'), answer.field(b'C')));
    for (bytes, expected) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "08P01"),
        (&[0, 0, 0, 0, 0, 0, 0, 0], "08P01"),
        (&[0xff; 64], "08P01"),
        (&[0, 0, 0x27, 0x11, 0, 3, 0, 0], "08P01"),
        // Parameters without an end.
        (&[0, 0, 0, 13, 0, 3, 0, 0, b'u', b's', b'e', b'r', 0], "08P01"),
        // A name that is not UTF-8.
        (&[0, 0, 0, 17, 0, 3, 0, 0, b'u', b's', b'e', b'r', 0, 0xff, 0xfe, 0, 0], "22021"),
        // Something behind the end.
        (&[0, 0, 0, 11, 0, 3, 0, 0, 0, b'x', 0], "08P01"),
        // Without a user.
        (&[0, 0, 0, 9, 0, 3, 0, 0, 0], "28000"),
        // Versions 2.0 and 4.0.
        (&[0, 0, 0, 9, 0, 2, 0, 0, 0], "0A000"),
        (&[0, 0, 0, 9, 0, 4, 0, 0, 0], "0A000"),
    ] {
        assert_eq!(fatal(greeting(&server, bytes).await), Some(("FATAL".into(), expected.into())), "{bytes:?}");
    }
    assert!(server.connect().await.simple_query("SELECT 1").await.is_ok());
}

#[tokio::test]
async fn a_broken_body_is_an_error_of_that_message() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    let huge = u16::MAX.to_be_bytes();
    for (what, kind, body, expected) in [
        ("Bind cut in its formats", b'B', b"\0\0\0\x02\0".to_vec(), "08P01"),
        ("Bind with 65,535 formats and none there", b'B', [&b"\0\0"[..], &huge].concat(), "08P01"),
        ("Bind with 65,535 values and none there", b'B', [&b"\0\0\0\0"[..], &huge].concat(), "08P01"),
        ("a value of negative length", b'B', [&b"\0\0\0\0\0\x01"[..], &(-2i32).to_be_bytes(), b"\0\0"].concat(), "08P01"),
        ("a value longer than the message", b'B', [&b"\0\0\0\0\0\x01"[..], &i32::MAX.to_be_bytes(), b"\0\0"].concat(), "08P01"),
        ("Parse without types", b'P', b"\0SELECT 1\0".to_vec(), "08P01"),
        ("Parse with 65,535 types and none there", b'P', [&b"\0SELECT 1\0"[..], &huge].concat(), "08P01"),
        ("Parse without the end of its text", b'P', b"\0SELECT 1".to_vec(), "08P01"),
        ("Parse of text that is not UTF-8", b'P', b"\0\xff\0\0\0".to_vec(), "22021"),
        ("Describe of neither", b'D', b"X\0".to_vec(), "08P01"),
        ("Execute without a limit", b'E', b"\0".to_vec(), "08P01"),
        ("Close of nothing", b'C', Vec::new(), "08P01"),
        ("Flush with a body", b'H', b"x".to_vec(), "08P01"),
    ] {
        raw.send(&[message(kind, &body), sync()].concat()).await;
        let answers = raw.until_ready().await;
        assert_eq!(answers.len(), 1, "{what}");
        assert_eq!((answers[0].field(b'S'), answers[0].field(b'C')), ("ERROR".into(), expected.into()), "{what}");
    }
    raw.send(&message(b'Q', b"SELECT 1")).await;
    assert_eq!(raw.until_ready().await[0].field(b'C'), "08P01");
    raw.send(&message(b'F', b"whatever")).await;
    assert_eq!(raw.until_ready().await[0].field(b'C'), "0A000");
    // Left over from a COPY: ignored.
    raw.send(&[message(b'd', b"data"), message(b'c', b""), message(b'f', b"no\0"), query("SELECT 1")].concat()).await;
    assert_eq!(raw.kinds().await, "TDC");
}

#[tokio::test]
async fn a_broken_frame_ends_the_connection() {
    let server = Server::start().await;
    for bytes in [&b"!\0\0\0\x04"[..], b"p\0\0\0\x08pwd\0", b"Q\0\0\0\x03", b"Q\xff\xff\xff\xff", b"\0"] {
        let mut raw = Raw::ready(server.address).await;
        raw.send(bytes).await;
        let answer = raw.next().await.unwrap();
        assert_eq!((answer.field(b'S'), answer.field(b'C')), ("FATAL".into(), "08P01".into()), "{bytes:?}");
        assert_eq!(raw.next().await, None);
    }
    assert!(server.connect().await.simple_query("SELECT 1").await.is_ok());
}

fn valid_messages() -> Vec<Vec<u8>> {
    let values = [&b"p\0s\0\0\x01\0\x01\0\x02\0\0\0\x04abcd\xff\xff\xff\xff"[..], &[0, 1, 0, 1]].concat();
    vec![
        query("SELECT 1; SELECT 2"),
        parse("s", "SELECT $1"),
        message(b'P', b"s\0SELECT $1, $2\0\0\x02\0\0\0\x17\0\0\0\x19"),
        bind("p", "s"),
        message(b'B', &values),
        message(b'D', b"Ss\0"),
        message(b'C', b"Pp\0"),
        execute("p", 100),
        message(b'H', &[]),
        sync(),
        message(b'X', &[]),
        message(b'd', b"copy data"),
    ]
}

/// Changes some bytes, cuts some, repeats some.
pub fn mutate(bytes: &mut Vec<u8>, random: &mut SmallRng) {
    for _ in 0..random.random_range(1..5) {
        let at = random.random_range(0..bytes.len().max(1));
        match random.random_range(0..5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), random.random()),
            2 => bytes.extend_from_within(at.min(bytes.len())..),
            _ => {
                let value =
                    if random.random() { random.random() } else { [0, 1, 4, 0x7f, 0x80, 0xff][random.random_range(0..6)] };
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = value;
                }
            }
        }
    }
}

/// No bytes make the reader panic, loop, or take bytes that belong to the next message.
#[test]
fn two_hundred_thousand_mutated_messages() {
    let mut random = SmallRng::seed_from_u64(20_260_101);
    let mut valid = valid_messages();
    valid.push(startup(3 << 16, &[("user", "ada"), ("database", "toy")]));
    let (mut read, mut refused) = (0u32, 0u32);
    for _ in 0..200_000 {
        let mut bytes = valid[random.random_range(0..valid.len())].clone();
        mutate(&mut bytes, &mut random);
        let mut buffer = BytesMut::from(bytes.as_slice());
        if read_startup(&mut buffer).is_err() {
            refused += 1;
        }
        let mut buffer = BytesMut::from(bytes.as_slice());
        loop {
            let before = buffer.len();
            match read_frame(&mut buffer, 1 << 20) {
                Ok(Some(frame)) => {
                    assert!(buffer.len() + 5 <= before, "a frame takes at least five bytes");
                    match frame.parse() {
                        Ok(_) => read += 1,
                        Err(_) => refused += 1,
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(error.fatal);
                    refused += 1;
                    break;
                }
            }
        }
    }
    assert!(read > 10_000 && refused > 10_000, "the mutations must be neither too weak nor too strong: {read}, {refused}");
}

#[test]
fn a_message_cut_anywhere_is_incomplete_or_refused() {
    for whole in valid_messages() {
        for length in 0..whole.len() {
            let mut buffer = BytesMut::from(&whole[..length]);
            assert!(matches!(read_frame(&mut buffer, 1 << 20), Ok(None)), "{whole:?} cut to {length}");
            assert_eq!(buffer.len(), length, "nothing is taken from an incomplete message");
        }
        let mut buffer = BytesMut::from(&[&whole[..], b"next"].concat()[..]);
        let frame = read_frame(&mut buffer, 1 << 20).unwrap().unwrap();
        assert!(frame.parse().is_ok(), "{whole:?}");
        assert_eq!(&buffer[..], b"next");
    }
}

#[test]
fn negative_row_limits_mean_all_rows() {
    let mut buffer = BytesMut::from(&execute("", u32::MAX)[..]);
    let message = read_frame(&mut buffer, 100).unwrap().unwrap().parse().unwrap();
    assert_eq!(message, Message::Execute { portal: String::new(), rows_max: 0 });
}
