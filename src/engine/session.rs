//! One client's session: its settings, its transaction, its temporary tables, and the running of its statements.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::execution::context::SessionState;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::sql::sqlparser::ast::Statement as Ast;
use datafusion_functions_customer::notice::Notices;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use super::Shared;
use super::activity::{Execution, Registered};
use super::audit::Named;
use super::constants;
use super::copy::CopyInto;
use super::cursor::Cursors;
use super::define;
use super::error::from_datafusion;
use super::explain::{settings_schema, text_schema};
use super::identity::Identity;
use super::interrupt;
use super::parameters::{self, Parameter};
use super::postgres::{self, Facts};
use super::prepared::PreparedStatements;
use super::registered;
use super::settings::Settings;
use super::statement::{Request, Statement, StatementClass, parse};
use super::temporary::Temporary;
use super::transaction::Transaction;
use super::zones::{self, Batches};
use crate::access::rights::Rights;
use crate::catalog::pg::{PgCatalog, output_name};
use crate::catalog::{Changes, View};
use crate::error::{Error, Result, SqlState};
use crate::syntax::command::Declare;
use crate::syntax::copy_options::CopySettings;

pub struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) state: SessionState,
    pub(super) settings: Settings,
    /// PostgreSQL's catalogs, and what they know of this session.
    pub(super) facts: Arc<Facts>,
    pub(super) catalogs: Arc<PgCatalog>,
    pub(super) temporary: HashMap<String, Arc<Temporary>>,
    pub(super) temporary_views: HashMap<String, Arc<TemporaryView>>,
    /// What the open transaction has changed of the catalog.
    pub(super) changes: Arc<Changes>,
    pub(super) transaction: Option<Transaction>,
    pub(super) prepared: PreparedStatements,
    pub(super) cursors: Cursors,
    /// The number of the statement at work, and what has begun and not ended.
    pub(super) statement: u64,
    /// Statements other than queries, and changes of settings, so far.
    pub(super) alterations: u64,
    pub(super) executions: HashMap<u64, Execution>,
    pub(super) registered: Option<Registered>,
    pub(super) identity: Identity,
    /// The tables that the statement at hand names, for the audit log.
    pub(super) named: Named,
    /// The session's part of the memory, if its role has one, in bytes.
    pub(super) memory_limit: Option<usize>,
    pub(super) changed: Vec<String>,
    notices: Vec<Error>,
    /// What functions say while they run.
    said: Notices,
    pub(super) deallocated: Vec<Deallocated>,
    process_id: i32,
}

/// A temporary view, and the columns that it had when it was made.
pub(super) struct TemporaryView {
    pub view: Arc<View>,
    pub schema: SchemaRef,
}

/// A planned statement. Its plan describes parameters and columns; it is planned again when it runs, so that a statement that a
/// pool keeps for hours sees the files of today.
pub struct Prepared {
    statement: Statement,
    /// The plan that described it, for the first execution if that follows at once: the usual case of a statement that runs once.
    fresh: Mutex<Option<Fresh>>,
    pub parameters: Vec<Parameter>,
    /// `None` for statements without rows.
    pub columns: Option<SchemaRef>,
}

impl Prepared {
    pub fn class(&self) -> StatementClass {
        self.statement.class()
    }

    pub(super) fn request(&self) -> &Request {
        &self.statement.request
    }
}
/// A plan, when it was made, for whom, after how many statements that change what plans are made of, and the tables that it names.
type Fresh = (Instant, LogicalPlan, Arc<Rights>, u64, BTreeSet<String>);

/// For so long a plan is as good as a new one.
const FRESH: Duration = Duration::from_millis(5);

/// Which of the client's prepared statements are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deallocated {
    One(String),
    All,
}

/// What a statement gave.
pub enum Outcome {
    Rows {
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch>>,
        tag: RowsTag,
    },
    /// The command tag.
    Done(String),
    /// Rows for COPY … TO STDOUT.
    CopyOut {
        schema: SchemaRef,
        batches: BoxStream<'static, Result<RecordBatch>>,
        settings: CopySettings,
    },
    /// Waits for the rows of COPY … FROM STDIN.
    CopyIn {
        /// The columns that the client sends.
        schema: SchemaRef,
        settings: CopySettings,
        table: String,
        sink: Box<CopyInto>,
    },
}

/// The command tag after rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsTag {
    /// `SELECT` and the number of rows.
    Select,
    /// This word and the number of rows.
    Counted(&'static str),
    Fixed(&'static str),
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, identity: Identity) -> Self {
        let mut state = SessionStateBuilder::new_from_existing(shared.template.clone()).build();
        let settings = Settings::new(identity.user());
        let said = Notices::default();
        // A state that takes no function does not exist: registering replaces what has the name.
        if let Err(error) = datafusion_functions_customer::report_to(&mut state, &said) {
            tracing::error!(%error, "functions cannot report to the session");
        }
        if let Err(error) = state.register_udf(Arc::new(super::sleep::function())) {
            tracing::error!(%error, "pg_sleep cannot be registered");
        }
        let (facts, catalogs) = postgres::catalogs(&shared, &settings, &identity, &mut state);
        let mut session = Self {
            shared,
            state,
            settings,
            facts,
            catalogs,
            temporary: HashMap::new(),
            temporary_views: HashMap::new(),
            changes: Arc::default(),
            transaction: None,
            prepared: PreparedStatements::default(),
            cursors: Cursors::new(),
            statement: 0,
            alterations: 0,
            executions: HashMap::new(),
            registered: None,
            identity,
            named: Named::default(),
            memory_limit: None,
            changed: vec![],
            notices: vec![],
            said,
            deallocated: vec![],
            process_id: 0,
        };
        session.follow_role();
        session
    }

    /// The number by which clients know this session; 0 without a client.
    pub fn set_process_id(&mut self, process_id: i32) {
        self.process_id = process_id;
    }

    pub fn process_id(&self) -> i32 {
        self.process_id
    }

    pub fn parse(&self, text: &str) -> Result<Vec<Statement>> {
        parse(text, self.shared.config.engine.statement_bytes_max)
    }

    /// Plans a statement far enough to describe it. `types` are those that the client gave for its parameters.
    pub async fn prepare(&mut self, statement: &Statement, types: &[Option<DataType>]) -> Result<Prepared> {
        self.works_on(&statement.text, false);
        self.named.take();
        let prepared = self.describe(statement, types).await;
        if let Err(error) = &prepared {
            // What was refused here is never executed.
            let _ = self.audited(self.begin_audit(statement), Err(error.clone()));
        }
        prepared
    }

    async fn describe(&mut self, statement: &Statement, types: &[Option<DataType>]) -> Result<Prepared> {
        self.refuse_if_failed(&statement.request)?;
        self.take_over_settings()?;
        let (parameters, columns) = match &statement.request {
            Request::Query(_) => return self.describe_query(statement, types).await,
            Request::Declare(declare) => (self.describe_declare(declare, statement, types).await?, None),
            Request::Modify(modification) => match self.query_of(modification).await? {
                Some(query) => {
                    let query = Statement { text: Arc::clone(&statement.text), request: Request::Query(Box::new(query)) };
                    (self.describe_query(&query, types).await?.parameters, None)
                }
                None => (vec![], None),
            },
            Request::Execute { name, .. } => (vec![], self.describe_execute(name).await?.columns),
            Request::Fetch(fetch) => (vec![], self.fetched_columns(fetch)),
            Request::Explain { .. } => (vec![], Some(text_schema("QUERY PLAN"))),
            Request::Show(name) if name.eq_ignore_ascii_case("all") => (vec![], Some(settings_schema())),
            Request::Show(name) => {
                let shown = self.settings.show(name).inspect_err(|error| self.probe_setting(name, error))?;
                (vec![], Some(text_schema(&shown.0)))
            }
            _ => (vec![], None),
        };
        Ok(Prepared { statement: statement.clone(), fresh: Mutex::new(None), parameters, columns })
    }

    /// The parameters of a cursor's query.
    async fn describe_declare(
        &mut self,
        declare: &Declare,
        statement: &Statement,
        types: &[Option<DataType>],
    ) -> Result<Vec<Parameter>> {
        let request = Request::Query(Box::new(Ast::Query(declare.query.clone())));
        let query = Statement { text: Arc::clone(&statement.text), request };
        Ok(self.describe_query(&query, types).await?.parameters)
    }

    /// Plans a query, which says what its parameters and columns are.
    pub(super) async fn describe_query(&mut self, statement: &Statement, types: &[Option<DataType>]) -> Result<Prepared> {
        let Request::Query(ast) = &statement.request else { return Err(Error::internal("not a query")) };
        let mut ast = ast.as_ref().clone();
        let in_calls = parameters::stand_in(&mut ast, self.table_functions())?;
        let plan = self.plan(ast, &statement.text).await?;
        let parameters = parameters::describe(&plan, &in_calls, types).map_err(|e| from_datafusion(e, &statement.text))?;
        let plan = self.typed(plan, &parameters).map_err(|e| from_datafusion(e, &statement.text))?;
        let columns = Some(self.with_origins(&plan, result_schema(&plan)).await);
        let rights = self.rights()?;
        let fresh = Mutex::new(in_calls.is_empty().then(|| (Instant::now(), plan, rights, self.alterations, self.named.take())));
        Ok(Prepared { statement: statement.clone(), fresh, parameters, columns })
    }

    /// Runs a prepared statement; the rows come while the plan computes them.
    pub async fn execute(&mut self, prepared: &Prepared, values: Vec<ScalarValue>) -> Result<Outcome> {
        self.take_over_settings()?;
        let fresh = prepared.fresh.lock().ok().and_then(|mut fresh| fresh.take());
        if let Some((planned, plan, rights, alterations, named)) = fresh
            && planned.elapsed() < FRESH
            && alterations == self.alterations
            && Arc::ptr_eq(&rights, &self.rights()?)
        {
            self.works_on(&prepared.statement.text, true);
            let audited = self.begin_audit(&prepared.statement);
            self.named.put(named);
            self.refuse_if_failed(&prepared.statement.request)?;
            self.refuse_if_read_only(&prepared.statement.request)?;
            self.state.mark_start_execution();
            let text = &prepared.statement.text;
            let outcome = match parameters::bind(plan, values).map_err(|error| from_datafusion(error, text)) {
                Ok(plan) => self.stream(&plan, text).await,
                Err(error) => Err(error),
            };
            return self.audited(audited, outcome);
        }
        self.run_one(prepared.statement.clone(), values).await
    }

    /// Parses and runs every statement of a text, one after the other, without parameters.
    pub async fn run(&mut self, text: &str) -> Result<Vec<Outcome>> {
        let mut outcomes = vec![];
        for statement in self.parse(text)? {
            let outcome = self.run_one(statement, vec![]).await;
            if outcome.is_err() {
                self.statement_failed();
            }
            outcomes.push(outcome?);
        }
        Ok(outcomes)
    }

    /// Runs one query and collects its rows.
    pub async fn collect(&mut self, text: &str) -> Result<Vec<RecordBatch>> {
        match self.run(text).await?.pop() {
            Some(Outcome::Rows { batches, .. }) => batches.try_collect().await,
            _ => Ok(vec![]),
        }
    }

    async fn run_one(&mut self, statement: Statement, values: Vec<ScalarValue>) -> Result<Outcome> {
        self.named.take();
        let audited = self.begin_audit(&statement);
        let outcome = self.answer(statement, values).await;
        self.audited(audited, outcome)
    }

    pub(super) async fn answer(&mut self, statement: Statement, values: Vec<ScalarValue>) -> Result<Outcome> {
        let Statement { text, request } = statement;
        self.works_on(&text, true);
        self.refuse_if_failed(&request)?;
        self.take_over_settings()?;
        self.refuse_if_read_only(&request)?;
        self.state.mark_start_execution();
        // Of settings, names and temporary tables, whichever it was.
        self.alterations += u64::from(!matches!(request, Request::Query(_)));
        match request {
            Request::Query(ast) => {
                let plan = self.plan_with_values(*ast, values, &text).await?;
                let outcome = self.stream(&plan, &text).await?;
                Ok(self.told(outcome, &plan).await)
            }
            Request::Explain { statement, analyze, verbose } => {
                let plan = self.plan_with_values(*statement, values, &text).await?;
                self.explain(&plan, analyze, verbose, &text).await
            }
            Request::Show(name) => self.show(&name),
            Request::CreateView { name, query, columns, or_replace, if_not_exists, temporary } => {
                let view = define::NewView { name, query, columns, or_replace, if_not_exists, temporary };
                self.create_view(view, &text).await
            }
            Request::Drop { kind, names, if_exists, cascade } => self.drop_relations(kind, &names, if_exists, cascade).await,
            Request::Define(define) => self.define(define).await,
            Request::CreateTableAs { name, query, or_replace, if_not_exists, temporary } => {
                let plan = self.plan_with_values(Ast::Query(query), values, &text).await?;
                let table = super::write::NewTable { name, or_replace, if_not_exists, temporary };
                self.create_table(table, &plan, &text).await
            }
            Request::CreateTable { name, columns, if_not_exists, temporary } => {
                let table = super::write::NewTable { name, or_replace: false, if_not_exists, temporary };
                self.create_empty(table, columns, &text).await
            }
            Request::Prepare { name, types, statement } => self.prepare_named(name, &types, *statement).await,
            Request::Execute { name, arguments } => self.execute_named(name, arguments, &text).await,
            Request::Declare(declare) => self.declare(declare, values, &text).await,
            Request::Fetch(fetch) => self.fetch(fetch).await,
            Request::Close(name) => self.close(name.as_deref()),
            Request::Copy(copy) => self.copy(*copy, &text).await,
            Request::Modify(modification) => self.modify(*modification, values, &text).await,
            Request::Access(statement) => self.run_access(*statement).await,
            Request::Maintain(maintenance) => self.maintain(maintenance).await,
            request @ (Request::Commit { .. } | Request::Rollback { .. } | Request::RollbackTo(_)) => {
                self.end_changes(&request).await?;
                self.control(request)
            }
            other => self.control(other),
        }
    }

    pub(super) async fn plan_with_values(&self, mut ast: Ast, values: Vec<ScalarValue>, text: &str) -> Result<LogicalPlan> {
        parameters::fill_in(&mut ast, self.table_functions(), &values)?;
        let plan = self.plan(ast, text).await?;
        self.bound(plan, values).map_err(|error| from_datafusion(error, text))
    }

    pub(super) async fn physical(&self, plan: &LogicalPlan, text: &str) -> Result<Arc<dyn ExecutionPlan>> {
        let batch_rows = self.shared.config.engine.batch_rows;
        let optimised = crate::runtime::blocking(text.len(), || {
            let plan = self.state.optimize(plan)?;
            super::weight::check_literals(&plan, batch_rows).map(|()| plan)
        });
        let physical = async { self.state.query_planner().create_physical_plan(&optimised?, &self.state).await };
        physical.await.map_err(|error| from_datafusion(error, text))
    }

    /// The rows of a plan as a client sees them. Dropping the stream stops the plan.
    pub(super) async fn stream(&self, plan: &LogicalPlan, text: &str) -> Result<Outcome> {
        let (schema, batches) = self.rows(plan, text).await?;
        let (schema, batches) = registered::shown_in(&self.catalogs, schema, batches);
        Ok(Outcome::Rows { schema, batches, tag: RowsTag::Select })
    }

    /// The rows of a plan.
    pub(super) async fn rows(&self, plan: &LogicalPlan, text: &str) -> Result<(SchemaRef, Batches)> {
        let shown = result_schema(plan);
        let constant = constants::row(plan).map_err(|error| from_datafusion(error, text))?;
        let (schema, batches) = match constant {
            Some(row) => (as_held(&shown, row.schema_ref()), stream::iter([Ok(row)]).boxed()),
            None => {
                let physical = self.physical(plan, text).await?;
                let schema = as_held(&shown, &physical.schema());
                let running = interrupt::start(physical, self.state.task_ctx()).map_err(|error| from_datafusion(error, text))?;
                self.runs(&running.plan);
                (schema, running.rows.map_err(|error| from_datafusion(error, "")).boxed())
            }
        };
        let batches = self.limit_rows(batches);
        Ok(zones::shown_in(&self.settings.zone(), schema, batches))
    }

    /// Settings and transactions.
    fn control(&mut self, request: Request) -> Result<Outcome> {
        let tag = match request {
            Request::Set { name, value, local } => {
                self.set(&name, value.as_deref(), local)?;
                "SET"
            }
            Request::Reset(Some(name)) => {
                self.set(&name, None, false)?;
                "RESET"
            }
            Request::Reset(None) => {
                self.reset_all()?;
                "RESET"
            }
            Request::DiscardAll => {
                if self.transaction.is_some() {
                    return Err(Error::new(SqlState("25001"), "DISCARD ALL cannot run inside a transaction block"));
                }
                self.temporary.clear();
                self.temporary_views.clear();
                self.cursors.clear();
                self.deallocate(None)?;
                self.reset_all()?;
                "DISCARD ALL"
            }
            Request::DiscardTemporary => {
                self.temporary.clear();
                self.temporary_views.clear();
                "DISCARD TEMP"
            }
            Request::Deallocate(name) => self.deallocate(name)?,
            Request::Accept(tag) => tag,
            other => self.transaction_control(other)?,
        };
        Ok(Outcome::Done(tag.into()))
    }

    pub(super) fn notice(&mut self, state: &'static str, message: &str) {
        self.notices.push(Error::new(SqlState(state), message));
    }

    pub(super) fn notice_with_detail(&mut self, message: &str, detail: String) {
        self.notices.push(Error::new(SqlState("00000"), message).detail(detail));
    }

    pub fn take_notices(&mut self) -> Vec<Error> {
        let said = self.said.take().into_iter().map(|text| Error::new(SqlState("00000"), text));
        std::mem::take(&mut self.notices).into_iter().chain(said).collect()
    }

    /// Prepared statements that the client asked to forget since the last call.
    pub fn take_deallocated(&mut self) -> Vec<Deallocated> {
        std::mem::take(&mut self.deallocated)
    }

    /// Settings that changed since the last call and that clients want to know of.
    pub fn take_changes(&mut self) -> Vec<(String, String)> {
        let mut names = std::mem::take(&mut self.changed);
        names.sort_unstable();
        names.dedup();
        let reported = names.into_iter().filter(|name| super::settings::REPORTED.contains(&name.as_str()));
        reported.filter_map(|name| self.settings.get(&name).map(|v| v.to_string()).map(|value| (name, value))).collect()
    }
}

/// The columns of a plan as the client sees them: names may repeat.
fn result_schema(plan: &LogicalPlan) -> SchemaRef {
    let schema = plan.schema().as_arrow();
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_name(output_name(field.name())));
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// The columns as the client sees them, with the types that the rows will have: what the optimiser knows of constants may make the scale
/// of a number smaller than it was described.
fn as_held(shown: &Schema, held: &Schema) -> SchemaRef {
    let field = |(shown, held): (&FieldRef, &FieldRef)| shown.as_ref().clone().with_data_type(held.data_type().clone());
    let fields = shown.fields().iter().zip(held.fields()).map(field).collect::<Vec<_>>();
    Arc::new(Schema::new_with_metadata(fields, shown.metadata().clone()))
}
