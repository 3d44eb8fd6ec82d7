//! A client that sends any bytes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub struct Raw {
    pub socket: TcpStream,
}

/// A message of the server: its type and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub kind: char,
    pub body: Vec<u8>,
}

impl Answer {
    /// A field of an error: `C` for the SQLSTATE, `M` for the message, `S` for the severity.
    pub fn field(&self, wanted: u8) -> String {
        let field = self.body.split(|byte| *byte == 0).find(|field| field.first() == Some(&wanted));
        field.map(|field| String::from_utf8_lossy(&field[1..]).into_owned()).unwrap_or_default()
    }
}

/// A message of the client with its type and length.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &(body.len() as u32 + 4).to_be_bytes(), body].concat()
}

pub fn startup(version: u32, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
    }
    body.push(0);
    [&(body.len() as u32 + 4).to_be_bytes()[..], &body].concat()
}

pub fn query(sql: &str) -> Vec<u8> {
    message(b'Q', format!("{sql}\0").as_bytes())
}

pub fn parse(name: &str, sql: &str) -> Vec<u8> {
    message(b'P', format!("{name}\0{sql}\0\0\0").as_bytes())
}

/// Without parameters, results as text.
pub fn bind(portal: &str, statement: &str) -> Vec<u8> {
    message(b'B', format!("{portal}\0{statement}\0\0\0\0\0\0\0").as_bytes())
}

pub fn execute(portal: &str, rows_max: u32) -> Vec<u8> {
    message(b'E', &[portal.as_bytes(), &[0], &rows_max.to_be_bytes()].concat())
}

pub fn sync() -> Vec<u8> {
    message(b'S', &[])
}

impl Raw {
    pub async fn open(address: SocketAddr) -> Self {
        Self { socket: TcpStream::connect(address).await.unwrap() }
    }

    /// Connected and past the start-up.
    pub async fn ready(address: SocketAddr) -> Self {
        let mut raw = Self::open(address).await;
        raw.send(&startup(3 << 16, &[("user", "ada")])).await;
        let answers = raw.until_ready().await;
        assert_eq!(answers.first().map(|answer| answer.kind), Some('R'));
        raw
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).await.unwrap();
    }

    /// The next message; `None` at the end of the connection.
    pub async fn next(&mut self) -> Option<Answer> {
        let read = async {
            let mut head = [0; 5];
            self.socket.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
            let mut body = vec![0; length - 4];
            self.socket.read_exact(&mut body).await.ok()?;
            Some(Answer { kind: head[0] as char, body })
        };
        timeout(Duration::from_secs(20), read).await.expect("the server does not answer")
    }

    /// All messages up to ReadyForQuery, which is left out, or up to the end.
    pub async fn until_ready(&mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        while let Some(answer) = self.next().await {
            if answer.kind == 'Z' {
                break;
            }
            answers.push(answer);
        }
        answers
    }

    /// The types of the messages up to ReadyForQuery.
    pub async fn kinds(&mut self) -> String {
        self.until_ready().await.iter().map(|answer| answer.kind).collect()
    }
}
