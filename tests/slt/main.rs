//! Every `.slt` file, run twice: in process through the engine, and over the wire through a Postgres client. Each run has a copy of
//! the demo company's lake (200 customers) to itself, for some write into it, and both must give the same text. Beside them, every
//! example of the manual runs.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cilake::config::Config;
use cilake::demo::DemoSpec;
use cilake::engine::{Engine, Outcome, Session};
use cilake_wire::encode::{Format, RowEncoder};
use futures::TryStreamExt;
use libtest_mimic::{Arguments, Failed, Trial};
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};
use tokio::net::TcpListener;
use tokio_postgres::{NoTls, SimpleQueryMessage};
use tokio_util::sync::CancellationToken;

/// An error as both sides show it: the message, then the SQLSTATE.
#[derive(Debug)]
struct Shown(String);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Shown {}

type Output = DBOutput<DefaultColumnType>;

fn rows(columns: usize, rows: Vec<Vec<String>>) -> Output {
    DBOutput::Rows { types: vec![DefaultColumnType::Any; columns], rows }
}

fn cell(text: Option<&str>) -> String {
    match text {
        None => "NULL".into(),
        Some("") => "(empty)".into(),
        Some(text) => text.into(),
    }
}

/// The engine, without a server.
struct InProcess(Session);

impl InProcess {
    async fn answer(&mut self, sql: &str) -> Result<Output, cilake::error::Error> {
        let mut output = DBOutput::StatementComplete(0);
        let statements = self.0.parse(sql)?;
        let several = statements.len() > 1;
        for statement in statements {
            if several {
                self.0.begin_block();
            }
            let prepared = self.0.prepare(&statement, &[]).await?;
            if let Outcome::Rows { schema, batches, .. } = self.0.execute(&prepared, vec![]).await? {
                let encoder = RowEncoder::new(&schema, &[Format::Text]).expect("every column can be sent");
                let mut texts = vec![];
                for batch in batches.try_collect::<Vec<_>>().await? {
                    let mut bytes = vec![];
                    let mut bound = encoder.bind(&batch).expect("the batch has the columns of its plan");
                    bound.write(0, batch.num_rows(), usize::MAX, &mut bytes).expect("every value can be sent");
                    texts.extend(data_rows(&bytes));
                }
                output = rows(schema.fields().len(), texts);
            }
        }
        self.0.end_block().await?;
        Ok(output)
    }
}

/// The cells of DataRow messages: type, length, number of cells, and each cell with its length (-1 is NULL).
fn data_rows(mut bytes: &[u8]) -> Vec<Vec<String>> {
    let mut rows = vec![];
    let number = |bytes: &[u8]| i32::from_be_bytes(bytes[..4].try_into().expect("four bytes"));
    while !bytes.is_empty() {
        assert_eq!(bytes[0], b'D');
        let cells = u16::from_be_bytes([bytes[5], bytes[6]]);
        bytes = &bytes[7..];
        let mut row = vec![];
        for _ in 0..cells {
            let length = number(bytes);
            bytes = &bytes[4..];
            let text = usize::try_from(length).ok().map(|length| std::str::from_utf8(&bytes[..length]).expect("UTF-8"));
            row.push(cell(text));
            bytes = &bytes[usize::try_from(length).unwrap_or(0)..];
        }
        rows.push(row);
    }
    rows
}

#[async_trait]
impl AsyncDB for InProcess {
    type Error = Shown;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<Output, Shown> {
        let answer = self.answer(sql).await;
        if answer.is_err() {
            self.0.statement_failed();
            self.0.end_block().await.expect("what is not committed can be taken back");
        }
        answer.map_err(|error| Shown(format!("{} ({})", error.message, error.sqlstate())))
    }

    async fn shutdown(&mut self) {}

    fn engine_name(&self) -> &str {
        "in-process"
    }

    async fn sleep(duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A Postgres client.
struct OverTheWire(tokio_postgres::Client);

#[async_trait]
impl AsyncDB for OverTheWire {
    type Error = Shown;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<Output, Shown> {
        let messages = self.0.simple_query(sql).await.map_err(|error| match error.as_db_error() {
            Some(told) => Shown(format!("{} ({})", told.message(), told.code().code())),
            None => Shown(error.to_string()),
        })?;
        let mut output = DBOutput::StatementComplete(0);
        let (mut columns, mut texts) = (0, vec![]);
        for message in messages {
            match message {
                SimpleQueryMessage::RowDescription(described) => {
                    (columns, texts) = (described.len(), vec![]);
                    output = rows(columns, vec![]);
                }
                SimpleQueryMessage::Row(row) => {
                    texts.push((0..row.len()).map(|i| cell(row.get(i))).collect());
                    output = rows(columns, texts.clone());
                }
                _ => {}
            }
        }
        Ok(output)
    }

    async fn shutdown(&mut self) {}

    fn engine_name(&self) -> &str {
        "wire"
    }

    async fn sleep(duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy(&path, &to)? } else { std::fs::copy(&path, to).map(|_| ())? }
    }
    Ok(())
}

/// The settings of an engine over a copy of a lake, and the folder that goes with them.
fn own_copy(config: &Config) -> std::io::Result<(Config, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    copy(Path::new(&config.lake.url), folder.path())?;
    let mut own = config.clone();
    own.lake.url = folder.path().to_string_lossy().into_owned();
    Ok((own, folder))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).expect("the folder of tests can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "slt") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn main() {
    let arguments = Arguments::from_args();
    let runtime = Arc::new(cilake::runtime::new().expect("a runtime"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = folder.path().join("lake");
    let spec = DemoSpec { customers: 200, ..DemoSpec::default() };
    cilake::demo::write(&spec, &lake, &|_, _| ()).expect("the demo lake");
    let mut config = Config::default();
    config.lake.url = lake.to_string_lossy().into_owned();
    config.lake.allow_write = true;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slt");
    let mut trials = vec![];
    for file in files(&root) {
        let name = file.strip_prefix(&root).expect("below the root").display().to_string();
        let (path, lake, on) = (file.clone(), config.clone(), Arc::clone(&runtime));
        trials.push(Trial::test(format!("in process: {name}"), move || {
            let (opened, _folder) = own_copy(&lake)?;
            let engine = on.block_on(Engine::open(opened))?;
            run(&on, &path, || async { Ok(InProcess(engine.session("tester"))) })
        }));
        let (lake, on) = (config.clone(), Arc::clone(&runtime));
        trials.push(Trial::test(format!("over the wire: {name}"), move || {
            let (opened, _folder) = own_copy(&lake)?;
            let engine = on.block_on(Engine::open(opened))?;
            let listener = on.block_on(TcpListener::bind("127.0.0.1:0"))?;
            let port = listener.local_addr()?.port();
            let shutdown = CancellationToken::new();
            let server = on.spawn(cilake::server::serve(engine, listener, shutdown.clone()));
            let result = run(&on, &file, || async {
                let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
                let (client, connection) = tokio_postgres::connect(&options, NoTls).await.map_err(|e| Shown(e.to_string()))?;
                tokio::spawn(connection);
                Ok(OverTheWire(client))
            });
            shutdown.cancel();
            on.block_on(server)??;
            result
        }));
    }
    let engine = runtime.block_on(Engine::open(config)).expect("the demo lake opens");
    trials.extend(examples(&runtime, &engine));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(folder);
    conclusion.exit();
}

/// The examples of the manual.
fn examples(runtime: &Arc<tokio::runtime::Runtime>, engine: &Engine) -> Vec<Trial> {
    let trial = |doc: &&'static datafusion_functions_customer::doc::Doc| {
        let (engine, on, doc) = (engine.clone(), Arc::clone(runtime), *doc);
        Trial::test(format!("example of {} ({})", doc.name, doc.kind.name()), move || {
            let batches = on.block_on(async { engine.session("tester").collect(doc.example).await })?;
            let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
            if rows > 0 { Ok(()) } else { Err(Failed::from("the example has no rows")) }
        })
    };
    datafusion_functions_customer::functions().iter().map(trial).collect()
}

fn run<D, M, F>(runtime: &tokio::runtime::Runtime, file: &Path, connect: M) -> Result<(), Failed>
where
    D: AsyncDB<Error = Shown, ColumnType = DefaultColumnType>,
    M: sqllogictest::MakeConnection<Conn = D, MakeFuture = F> + Fn() -> F + Send,
    F: Future<Output = Result<D, Shown>>,
{
    // What is in process runs on the thread that waits for it, which needs the stack of the runtime's own threads.
    let thread = std::thread::Builder::new().stack_size(cilake::runtime::STACK_BYTES);
    std::thread::scope(|scope| {
        let running = thread.spawn_scoped(scope, || {
            let mut runner = Runner::new(connect);
            runtime.block_on(runner.run_file_async(file)).map_err(|error| error.display(false).to_string())
        })?;
        running.join().map_err(|_| Failed::from("a panic"))?.map_err(Failed::from)
    })
}
