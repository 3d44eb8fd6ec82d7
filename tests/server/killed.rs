//! A server that is killed in the middle of COMMIT: who starts it again sees all of the transaction or nothing of it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tokio_postgres::Client;

/// Tables that one transaction makes.
const TABLES: usize = 30;
/// Kills, at most, until one of them came when some of the tables were there and others were not.
const KILLS_MAX: u32 = 200;

/// The program, serving the lake and the state below a folder.
fn start(folder: &Path) -> (Child, u16) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cilake"));
    program.args(["serve", "--port", "0", "--allow-write", "--lake"]).arg(folder.join("lake"));
    program.arg("--state").arg(folder.join("state")).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let port = said.by_ref().find_map(|line| line.unwrap().rsplit_once(" on 127.0.0.1:")?.1.parse().ok()).expect("it serves");
    // What it says later must go somewhere.
    std::thread::spawn(move || said.count());
    (child, port)
}

/// How many manifests of the tables of a round lie in the lake, whatever a server makes of them.
fn manifests(folder: &Path, round: u32) -> usize {
    let entries = std::fs::read_dir(folder.join("lake/_cilake/tables")).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("public.r{round}_t"))).count()
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// Whether the transaction of a round is there; all of it is, or nothing.
async fn is_there(client: &Client, round: u32) -> bool {
    let tables = number(client, &format!("SELECT count(*) FROM cilake.tables WHERE name LIKE 'r{round}\\_t%'")).await;
    let views = number(client, &format!("SELECT count(*) FROM pg_views WHERE viewname = 'r{round}_v'")).await;
    let replaced = number(client, "SELECT a FROM replaced").await == i64::from(round);
    let dropped = number(client, &format!("SELECT count(*) FROM cilake.tables WHERE name = 'dropped{round}'")).await == 0;
    let all = tables == TABLES as i64;
    assert_eq!((tables, views, replaced, dropped), (if all { tables } else { 0 }, i64::from(all), all, all), "round {round}");
    if all {
        let sum: i64 = (0..TABLES as i64).sum();
        assert_eq!(number(client, &format!("SELECT a FROM r{round}_v")).await, sum);
    }
    all
}

/// Everything of a round but its COMMIT.
async fn work(client: &Client, round: u32) {
    client.batch_execute(&format!("CREATE TABLE dropped{round} AS SELECT 1 AS a")).await.unwrap();
    let created: String = (0..TABLES).map(|t| format!("CREATE TABLE r{round}_t{t} AS SELECT {t}::bigint AS a;")).collect();
    let all: Vec<String> = (0..TABLES).map(|t| format!("SELECT a FROM r{round}_t{t}")).collect();
    let rest = format!(
        "CREATE OR REPLACE TABLE replaced AS SELECT {round}::bigint AS a; DROP TABLE dropped{round};
        CREATE VIEW r{round}_v AS SELECT sum(a)::bigint AS a FROM ({}) every",
        all.join(" UNION ALL ")
    );
    client.batch_execute(&format!("BEGIN; {created} {rest}")).await.unwrap();
}

#[test]
fn a_commit_that_is_killed_is_there_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("lake")).unwrap();
    cilake::runtime::new().unwrap().block_on(async {
        let (mut server, port) = start(folder);
        let client = crate::client(port).await;
        client.batch_execute("CREATE TABLE replaced AS SELECT -1::bigint AS a").await.unwrap();
        work(&client, 0).await;
        let began = Instant::now();
        client.batch_execute("COMMIT").await.unwrap();
        let lasts = began.elapsed();
        let mut client = client;
        assert!(is_there(&client, 0).await);
        let mut round = 0;
        loop {
            round += 1;
            assert!(round <= KILLS_MAX, "no kill came in the middle of a commit of {lasts:?}");
            work(&client, round).await;
            let commit = tokio::spawn(async move { client.batch_execute("COMMIT").await });
            // Ever earlier: the first COMMIT may have taken many times as long as the others do.
            tokio::time::sleep(lasts.mul_f64(0.75_f64.powi((round % 12) as i32))).await;
            server.kill().unwrap();
            server.wait().unwrap();
            let answered = commit.await.unwrap().is_ok();
            let half = (1..TABLES).contains(&manifests(folder, round));
            let (restarted, port) = start(folder);
            (server, client) = (restarted, crate::client(port).await);
            // Who was told that it is done can rely on it.
            assert!(is_there(&client, round).await || !answered, "round {round}");
            if half {
                break;
            }
        }
        // What the killed servers left behind is in nobody's way.
        work(&client, round + 1).await;
        client.batch_execute("COMMIT").await.unwrap();
        assert!(is_there(&client, round + 1).await);
        server.kill().unwrap();
        server.wait().unwrap();
    });
}
