//! A database in memory that knows a handful of statements, and a server around it on a port of its own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use cilake_wire::backend::{
    Backend, Challenge, ClientInfo, CopySink, Deallocated, Outcome, Peer, PgParameter, Prepared, RowsTag, Session, SqlError,
    StatementEnd, Timeouts, TransactionStatus,
};
use cilake_wire::copy::{CopyFormat, TextFormat};
use cilake_wire::types::{PG_TYPE_KEY, arrow_type, oid_of_name};
use cilake_wire::{Limits, Options, Verifier, serve};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls};
use tokio_util::sync::CancellationToken;

/// What tests observe of the inside.
#[derive(Default)]
pub struct Probe {
    /// Batches computed.
    pub batches: AtomicUsize,
    /// Wrong passwords.
    pub logins_failed: AtomicUsize,
    /// Statements that ended: their number, rows and SQLSTATE.
    pub ended: Mutex<Vec<(u64, u64, Option<String>)>>,
    /// Rows that COPY has brought, once it was finished.
    pub copied: AtomicUsize,
    started: Event,
    stopped: Event,
}

#[derive(Default)]
struct Event {
    count: AtomicUsize,
    notify: Notify,
}

impl Event {
    fn happen(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    async fn reach(&self, count: usize) {
        let reached = async {
            loop {
                let notified = self.notify.notified();
                if self.count.load(Ordering::SeqCst) >= count {
                    return;
                }
                notified.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached).await.expect("the plan does not get there");
    }
}

impl Probe {
    /// Waits until this many endless plans have begun.
    pub async fn started(&self, count: usize) {
        self.started.reach(count).await;
    }

    /// Waits until this many endless plans have been dropped.
    pub async fn stopped(&self, count: usize) {
        self.stopped.reach(count).await;
    }
}

/// Marks the life of an endless plan.
struct Life(Arc<Probe>);

impl Life {
    fn begin(probe: &Arc<Probe>) -> Self {
        probe.started.happen();
        Self(Arc::clone(probe))
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.0.stopped.happen();
    }
}

pub struct Toy {
    probe: Arc<Probe>,
    /// Without any, everybody may enter.
    users: Vec<(String, Verifier)>,
}

pub struct ToySession {
    probe: Arc<Probe>,
    status: TransactionStatus,
    notices: Vec<SqlError>,
    changes: Vec<(String, String)>,
    deallocated: Deallocated,
    timeouts: Timeouts,
}

/// Counts the rows of COPY.
struct Counter {
    probe: Arc<Probe>,
    rows: usize,
}

#[async_trait]
impl CopySink for Counter {
    async fn write(&mut self, batch: RecordBatch) -> Result<(), SqlError> {
        self.rows += batch.num_rows();
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SqlError> {
        self.probe.copied.fetch_add(self.rows, Ordering::SeqCst);
        Ok(())
    }
}

#[async_trait]
impl Backend for Toy {
    type Session = ToySession;

    async fn challenge(&self, user: &str, peer: &Peer) -> Result<Challenge, SqlError> {
        if self.users.is_empty() || peer.certificate.as_deref() == Some(user) {
            return Ok(Challenge::Trust);
        }
        let known = self.users.iter().find(|(name, _)| name == user).map(|(_, verifier)| verifier.clone());
        Ok(Challenge::Password(known.unwrap_or_else(|| Verifier::of_nobody(user, b"secret of the toy"))))
    }

    fn login_failed(&self, _: &str, _: &Peer) {
        self.probe.logins_failed.fetch_add(1, Ordering::SeqCst);
    }

    async fn connect(&self, client: ClientInfo) -> Result<ToySession, SqlError> {
        if client.database == "nowhere" {
            return Err(SqlError::new("3D000", "database \"nowhere\" does not exist"));
        }
        let changes = vec![
            ("server_version".to_owned(), "15.0".to_owned()),
            ("client_encoding".to_owned(), "UTF8".to_owned()),
            ("session_user".to_owned(), client.user),
        ];
        Ok(ToySession {
            probe: Arc::clone(&self.probe),
            status: TransactionStatus::Idle,
            notices: Vec::new(),
            changes,
            deallocated: Deallocated::Nothing,
            timeouts: Timeouts::default(),
        })
    }
}

fn int8_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false)]))
}

fn rows(schema: SchemaRef, batches: BoxStream<'static, Result<RecordBatch, SqlError>>) -> Outcome {
    Outcome::Rows { schema, batches, tag: RowsTag::SELECT }
}

/// `SELECT 0, 1, …` in batches, each computed when it is asked for.
fn numbers(probe: Arc<Probe>, count: i64, batch_rows: i64, fail_at: Option<i64>) -> Outcome {
    let batches = stream::unfold(0, move |from| {
        let probe = Arc::clone(&probe);
        async move {
            if from >= count {
                return None;
            }
            tokio::task::yield_now().await;
            if fail_at.is_some_and(|at| from >= at) {
                return Some((Err(SqlError::new("22012", "division by zero")), count));
            }
            probe.batches.fetch_add(1, Ordering::SeqCst);
            let to = (from + batch_rows).min(count);
            let column = Arc::new(Int64Array::from_iter_values(from..to)) as ArrayRef;
            let batch = RecordBatch::try_new(int8_schema(), vec![column]).map_err(|e| SqlError::new("XX000", e.to_string()));
            Some((batch, to))
        }
    });
    rows(int8_schema(), batches.boxed())
}

#[async_trait]
impl Session for ToySession {
    type Statement = String;
    type Plan = Vec<String>;

    fn parse(&mut self, sql: &str) -> Result<Vec<String>, SqlError> {
        if let Some(at) = sql.find("syntax!") {
            return Err(SqlError { position: Some(at + 1), ..SqlError::new("42601", "syntax error at or near \"!\"") });
        }
        Ok(sql.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect())
    }

    async fn prepare(&mut self, statement: &String, parameter_types: &[u32]) -> Result<Prepared<Vec<String>>, SqlError> {
        let words: Vec<String> = statement.split_ascii_whitespace().map(str::to_owned).collect();
        let mut parameters = Vec::new();
        let columns = match words[0].to_lowercase().as_str() {
            "select" => Some(Arc::new(Schema::new(vec![Field::new("?column?", DataType::Int32, false)]))),
            "numbers" | "sleep" | "one-and-sleep" => Some(int8_schema()),
            "echo" => {
                let mut fields = Vec::new();
                for (index, name) in words[1..].iter().enumerate() {
                    let given = parameter_types.get(index).copied().filter(|oid| *oid != 0);
                    let oid = given.or_else(|| oid_of_name(name)).expect("a type of the toy");
                    let data_type = arrow_type(oid).expect("a type of the toy");
                    fields.push(Field::new(format!("p{}", index + 1), data_type.clone(), true));
                    parameters.push(PgParameter { oid, data_type });
                }
                Some(Arc::new(Schema::new(fields)))
            }
            // Declared as a catalog column; the batches know nothing of it.
            "catalog" => {
                let declared = [(PG_TYPE_KEY.to_owned(), "name".to_owned())].into_iter().collect();
                Some(Arc::new(Schema::new(vec![Field::new("relname", DataType::Utf8, false).with_metadata(declared)])))
            }
            "changing" => Some(Arc::new(Schema::new(vec![Field::new("n", DataType::Int32, false)]))),
            "plan-forever" => {
                let _life = Life::begin(&self.probe);
                std::future::pending().await
            }
            "fail" => return Err(SqlError::new(words[1].clone(), "as asked")),
            _ => None,
        };
        Ok(Prepared { plan: words, parameters, columns })
    }

    async fn execute(&mut self, plan: &Vec<String>, parameters: Vec<ArrayRef>) -> Result<Outcome, SqlError> {
        let word = |index: usize| plan.get(index).and_then(|word| word.parse::<i64>().ok());
        let command = |tag: &str| Ok(Outcome::Command { tag: tag.to_owned() });
        match plan[0].to_lowercase().as_str() {
            "select" => {
                let schema = Arc::new(Schema::new(vec![Field::new("?column?", DataType::Int32, false)]));
                let column = Arc::new(Int32Array::from_iter_values([word(1).unwrap_or(0) as i32])) as ArrayRef;
                let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column]).unwrap();
                Ok(rows(schema, stream::iter([Ok(batch)]).boxed()))
            }
            "numbers" => Ok(numbers(Arc::clone(&self.probe), word(1).unwrap(), word(2).unwrap_or(1_000), word(3))),
            "echo" => {
                let fields = parameters.iter().enumerate();
                let fields: Vec<_> =
                    fields.map(|(i, p)| Field::new(format!("p{}", i + 1), p.data_type().clone(), true)).collect();
                let schema = Arc::new(Schema::new(fields));
                let batch = RecordBatch::try_new(Arc::clone(&schema), parameters).unwrap();
                Ok(rows(schema, stream::iter([Ok(batch)]).boxed()))
            }
            "catalog" => {
                let schema = Arc::new(Schema::new(vec![Field::new("relname", DataType::Utf8View, false)]));
                let column = Arc::new(StringViewArray::from(vec!["pg_class"])) as ArrayRef;
                let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column]).unwrap();
                Ok(rows(schema, stream::iter([Ok(batch)]).boxed()))
            }
            "changing" => Ok(numbers(Arc::clone(&self.probe), 1, 1, None)),
            "sleep" => {
                let life = Life::begin(&self.probe);
                let endless = stream::once(async move {
                    let _life = life;
                    std::future::pending::<Result<RecordBatch, SqlError>>().await
                });
                Ok(rows(int8_schema(), endless.boxed()))
            }
            "one-and-sleep" => {
                let column = Arc::new(Int64Array::from(vec![1])) as ArrayRef;
                let batch = RecordBatch::try_new(int8_schema(), vec![column]).unwrap();
                Ok(rows(int8_schema(), stream::iter([Ok(batch)]).chain(stream::pending()).boxed()))
            }
            "begin" | "start" => {
                self.status = TransactionStatus::InTransaction;
                command("BEGIN")
            }
            "commit" => {
                self.status = TransactionStatus::Idle;
                command("COMMIT")
            }
            "set" => {
                self.changes.push((plan[1].clone(), plan[2].clone()));
                command("SET")
            }
            "notice" => {
                self.notices.push(SqlError::new("00000", plan[1].clone()));
                command("NOTICE")
            }
            "deallocate" => {
                self.deallocated = Deallocated::All;
                command("DEALLOCATE ALL")
            }
            "timeout" => {
                self.timeouts.statement = word(1).map(|number| Duration::from_millis(number as u64));
                command("SET")
            }
            "take" => {
                let sink = Box::new(Counter { probe: Arc::clone(&self.probe), rows: 0 });
                let format = CopyFormat::Text(TextFormat::default());
                Ok(Outcome::CopyIn { schema: int8_schema(), format, table: "toy".into(), sink })
            }
            "--" => Ok(Outcome::Empty),
            "panic" => panic!("as asked"),
            other => Err(SqlError::new("42601", format!("syntax error at or near \"{other}\""))),
        }
    }

    fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    fn cursor_columns(&self, name: &str) -> Option<SchemaRef> {
        (name == "a_cursor").then(int8_schema)
    }

    fn statement_ended(&mut self, ended: StatementEnd<'_>) {
        let StatementEnd { number, rows, code } = ended;
        self.probe.ended.lock().unwrap().push((number, rows, code.map(str::to_owned)));
    }

    fn transaction_status(&self) -> TransactionStatus {
        self.status
    }

    fn statement_failed(&mut self) {
        if self.status == TransactionStatus::InTransaction {
            self.status = TransactionStatus::Failed;
        }
    }

    fn take_notices(&mut self) -> Vec<SqlError> {
        std::mem::take(&mut self.notices)
    }

    fn take_parameter_changes(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.changes)
    }

    fn take_deallocated(&mut self) -> Deallocated {
        std::mem::replace(&mut self.deallocated, Deallocated::Nothing)
    }
}

/// A server that lives as long as this.
pub struct Server {
    pub address: SocketAddr,
    pub probe: Arc<Probe>,
    pub shutdown: CancellationToken,
    pub task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub async fn start() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub async fn with_limits(limits: Limits) -> Self {
        Self::with_users(limits, &[]).await
    }

    /// With names and passwords.
    pub async fn with_users(options: impl Into<Options>, users: &[(&str, &str)]) -> Self {
        let options = options.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let probe = Arc::new(Probe::default());
        let shutdown = CancellationToken::new();
        let users = users.iter().map(|(name, password)| ((*name).to_owned(), Verifier::of(password))).collect();
        let toy = Arc::new(Toy { probe: Arc::clone(&probe), users });
        let task = tokio::spawn(serve(listener, toy, options, shutdown.clone()));
        Self { address, probe, shutdown, task }
    }

    pub async fn connect(&self) -> Client {
        self.try_connect("ada", "toy").await.unwrap()
    }

    pub async fn try_connect(&self, user: &str, database: &str) -> Result<Client, tokio_postgres::Error> {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.address.port()).user(user).dbname(database);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// The SQLSTATE of a client's error.
pub fn code(error: &tokio_postgres::Error) -> String {
    error.code().map(|code| code.code().to_owned()).unwrap_or_else(|| format!("no SQLSTATE: {error:?}"))
}
