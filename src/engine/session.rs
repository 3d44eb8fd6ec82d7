//! One client's session: its settings, its transaction, its temporary tables, and the running of its statements.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SessionState;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::sql::sqlparser::ast::Statement as Ast;
use datafusion_functions_customer::notice::Notices;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};

use super::Shared;
use super::error::from_datafusion;
use super::interrupt::{self, Running};
use super::parameters::{self, Parameter};
use super::postgres::{self, Facts};
use super::settings::Settings;
use super::statement::{Request, Statement, parse};
use super::transaction::Transaction;
use crate::catalog::pg::{PgCatalog, output_name};
use crate::error::{Error, Result, SqlState};

pub struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) state: SessionState,
    pub(super) settings: Settings,
    /// PostgreSQL's catalogs, and what they know of this session.
    pub(super) facts: Arc<Facts>,
    pub(super) catalogs: Arc<PgCatalog>,
    pub(super) temporary: HashMap<String, Temporary>,
    pub(super) transaction: Option<Transaction>,
    changed: Vec<String>,
    notices: Vec<Error>,
    /// What functions say while they run.
    said: Notices,
    deallocated: Vec<Deallocated>,
    process_id: i32,
}

/// A temporary table and the memory that it holds.
pub(super) struct Temporary {
    pub table: Arc<dyn TableProvider>,
    _memory: MemoryReservation,
}

/// A planned statement. Its plan describes parameters and columns; it is planned again when it runs, so that a statement that a
/// pool keeps for hours sees the files of today.
pub struct Prepared {
    statement: Statement,
    /// The plan that described it, for the first execution if that follows at once: the usual case of a statement that runs once.
    fresh: Mutex<Option<(Instant, LogicalPlan)>>,
    pub parameters: Vec<Parameter>,
    /// `None` for statements without rows.
    pub columns: Option<SchemaRef>,
}

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
}

/// The command tag after rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsTag {
    /// `SELECT` and the number of rows.
    Select,
    Fixed(&'static str),
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, user: &str) -> Self {
        let mut state = SessionStateBuilder::new_from_existing(shared.template.clone()).build();
        let settings = Settings::new(user);
        let said = Notices::default();
        // A state that takes no function does not exist: registering replaces what has the name.
        if let Err(error) = datafusion_functions_customer::report_to(&mut state, &said) {
            tracing::error!(%error, "functions cannot report to the session");
        }
        let (facts, catalogs) = postgres::catalogs(&shared, &settings, &mut state);
        Self {
            shared,
            state,
            settings,
            facts,
            catalogs,
            temporary: HashMap::new(),
            transaction: None,
            changed: vec![],
            notices: vec![],
            said,
            deallocated: vec![],
            process_id: 0,
        }
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
        self.refuse_if_failed(&statement.request)?;
        self.take_over_settings()?;
        let mut fresh = None;
        let (parameters, columns) = match &statement.request {
            Request::Query(ast) => {
                let mut ast = ast.as_ref().clone();
                let in_calls = parameters::stand_in(&mut ast, self.table_functions())?;
                let plan = self.plan(ast, &statement.text).await?;
                let parameters =
                    parameters::describe(&plan, &in_calls, types).map_err(|e| from_datafusion(e, &statement.text))?;
                let columns = result_schema(&plan);
                fresh = in_calls.is_empty().then(|| (Instant::now(), plan));
                (parameters, Some(columns))
            }
            Request::Explain { .. } => (vec![], Some(text_schema("QUERY PLAN"))),
            Request::Show(name) if name.eq_ignore_ascii_case("all") => (vec![], Some(settings_schema())),
            Request::Show(name) => (vec![], Some(text_schema(&self.settings.show(name)?.0))),
            _ => (vec![], None),
        };
        Ok(Prepared { statement: statement.clone(), fresh: Mutex::new(fresh), parameters, columns })
    }

    /// Runs a prepared statement; the rows come while the plan computes them.
    pub async fn execute(&mut self, prepared: &Prepared, values: Vec<ScalarValue>) -> Result<Outcome> {
        let fresh = prepared.fresh.lock().ok().and_then(|mut fresh| fresh.take());
        if let Some((planned, plan)) = fresh
            && planned.elapsed() < FRESH
        {
            self.refuse_if_failed(&prepared.statement.request)?;
            self.state.mark_start_execution();
            let text = &prepared.statement.text;
            let plan = parameters::bind(plan, values).map_err(|error| from_datafusion(error, text))?;
            return self.stream(&plan, text).await;
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
        let Statement { text, request } = statement;
        self.refuse_if_failed(&request)?;
        self.take_over_settings()?;
        self.state.mark_start_execution();
        match request {
            Request::Query(ast) => {
                let plan = self.plan_with_values(*ast, values, &text).await?;
                self.stream(&plan, &text).await
            }
            Request::Explain { statement, analyze, verbose } => {
                let plan = self.plan_with_values(*statement, values, &text).await?;
                self.explain(&plan, analyze, verbose, &text).await
            }
            Request::Show(name) => self.show(&name),
            Request::CreateView { name, query, columns, or_replace, if_not_exists, temporary } => {
                let view = super::write::NewView { name, query, columns, or_replace, if_not_exists, temporary };
                self.create_view(view, &text).await
            }
            Request::DropView { names, if_exists } => self.drop_views(&names, if_exists).await,
            Request::CreateTableAs { name, query, or_replace, if_not_exists, temporary } => {
                let plan = self.plan_with_values(Ast::Query(query), values, &text).await?;
                let table = super::write::NewTable { name, or_replace, if_not_exists, temporary };
                self.create_table(table, &plan, &text).await
            }
            Request::DropTable { names, if_exists } => self.drop_tables(&names, if_exists).await,
            other => self.control(other),
        }
    }

    async fn plan_with_values(&self, mut ast: Ast, values: Vec<ScalarValue>, text: &str) -> Result<LogicalPlan> {
        parameters::fill_in(&mut ast, self.table_functions(), &values)?;
        let plan = self.plan(ast, text).await?;
        parameters::bind(plan, values).map_err(|error| from_datafusion(error, text))
    }

    async fn physical(&self, plan: &LogicalPlan, text: &str) -> Result<Arc<dyn ExecutionPlan>> {
        let state = if super::plan::is_constant(plan) { &self.shared.planner_of_constants } else { &self.state };
        let optimised = crate::runtime::blocking(text.len(), || state.optimize(plan));
        let physical = async { state.query_planner().create_physical_plan(&optimised?, state).await };
        physical.await.map_err(|error| from_datafusion(error, text))
    }

    /// The rows of a plan. Dropping the stream stops the plan.
    pub(super) async fn stream(&self, plan: &LogicalPlan, text: &str) -> Result<Outcome> {
        let physical = self.physical(plan, text).await?;
        let schema = result_schema(plan);
        let running = interrupt::start(physical, self.state.task_ctx()).map_err(|error| from_datafusion(error, text))?;
        let batches = running.rows.map_err(|error| from_datafusion(error, "")).boxed();
        Ok(Outcome::Rows { schema, batches, tag: RowsTag::Select })
    }

    async fn explain(&self, plan: &LogicalPlan, analyze: bool, verbose: bool, text: &str) -> Result<Outcome> {
        let mut physical = self.physical(plan, text).await?;
        let mut lines = String::new();
        if verbose {
            let optimised = self.state.optimize(plan).map_err(|error| from_datafusion(error, text))?;
            lines = format!("{}\n", optimised.display_indent());
        }
        if analyze {
            let started = interrupt::start(physical, self.state.task_ctx()).map_err(|e| from_datafusion(e, text))?;
            let Running { plan: ran, rows } = started;
            physical = ran;
            rows.try_for_each(|_| async { Ok::<_, DataFusionError>(()) }).await.map_err(|e| from_datafusion(e, text))?;
            lines.push_str(&DisplayableExecutionPlan::with_metrics(physical.as_ref()).indent(verbose).to_string());
        } else {
            lines.push_str(&DisplayableExecutionPlan::new(physical.as_ref()).indent(verbose).to_string());
        }
        text_rows("QUERY PLAN", lines.lines().map(str::to_string).collect(), RowsTag::Fixed("EXPLAIN"))
    }

    fn show(&self, name: &str) -> Result<Outcome> {
        if !name.eq_ignore_ascii_case("all") {
            let (name, value) = self.settings.show(name)?;
            return text_rows(&name, vec![value.to_string()], RowsTag::Fixed("SHOW"));
        }
        let (names, values): (Vec<_>, Vec<_>) = self.settings.all().unzip();
        let empty = StringArray::from(vec![""; names.len()]);
        let columns: Vec<Arc<dyn datafusion::arrow::array::Array>> =
            vec![Arc::new(StringArray::from(names)), Arc::new(StringArray::from(values)), Arc::new(empty)];
        rows_of(settings_schema(), columns, RowsTag::Fixed("SHOW"))
    }

    /// What `set_config` has set in a statement before this one.
    fn take_over_settings(&mut self) -> Result<()> {
        self.facts.take_pending().into_iter().try_for_each(|(name, value, local)| self.set(&name, Some(&value), local))
    }

    /// Settings and transactions.
    fn control(&mut self, request: Request) -> Result<Outcome> {
        let tag = match request {
            Request::Set { name, value, local } => {
                self.set(&name, value.as_deref(), local)?;
                "SET"
            }
            Request::Reset(Some(name)) => {
                let name = self.settings.reset(&name)?;
                self.setting_changed(name)?;
                "RESET"
            }
            Request::Reset(None) => {
                self.reset_all()?;
                "RESET"
            }
            Request::DiscardAll => {
                self.temporary.clear();
                self.deallocated.push(Deallocated::All);
                self.reset_all()?;
                "DISCARD ALL"
            }
            Request::Deallocate(name) => {
                let (what, tag) = match name {
                    Some(name) => (Deallocated::One(name), "DEALLOCATE"),
                    None => (Deallocated::All, "DEALLOCATE ALL"),
                };
                self.deallocated.push(what);
                tag
            }
            Request::Accept(tag) => tag,
            other => self.transaction_control(other)?,
        };
        Ok(Outcome::Done(tag.into()))
    }

    /// Sets one setting, as SET does and as a client's start-up message may.
    pub fn set(&mut self, name: &str, value: Option<&str>, local: bool) -> Result<()> {
        let before = self.settings.get(name).map(str::to_string);
        let name = match value {
            Some(value) => self.settings.set(name, value)?,
            None => self.settings.reset(name)?,
        };
        if local && let (Some(transaction), Some(before)) = (&mut self.transaction, before) {
            transaction.restore_at_end(name.clone(), before);
        }
        self.setting_changed(name)
    }

    pub(super) fn setting_changed(&mut self, name: String) -> Result<()> {
        let zone = self.settings.get("TimeZone").unwrap_or("UTC").to_string();
        self.state.config_mut().options_mut().execution.time_zone = Some(zone);
        self.changed.push(name);
        Ok(())
    }

    fn reset_all(&mut self) -> Result<()> {
        self.settings.reset_all();
        super::settings::REPORTED.iter().try_for_each(|name| self.setting_changed(name.to_string()))
    }

    /// What the client set at start-up is what RESET goes back to.
    pub fn started(&mut self) {
        self.settings.keep_as_initial();
        self.changed = super::settings::REPORTED.iter().map(|name| name.to_string()).collect();
    }

    pub(super) fn keep_temporary(&mut self, name: String, table: Arc<dyn TableProvider>, memory: MemoryReservation) {
        self.temporary.insert(name, Temporary { table, _memory: memory });
    }

    pub(super) fn notice(&mut self, state: &'static str, message: &str) {
        self.notices.push(Error::new(SqlState(state), message));
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

fn text_schema(name: &str) -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(name, DataType::Utf8, true)]))
}

fn settings_schema() -> SchemaRef {
    Arc::new(Schema::new(["name", "setting", "description"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec()))
}

fn text_rows(name: &str, lines: Vec<String>, tag: RowsTag) -> Result<Outcome> {
    rows_of(text_schema(name), vec![Arc::new(StringArray::from(lines))], tag)
}

fn rows_of(schema: SchemaRef, columns: Vec<Arc<dyn datafusion::arrow::array::Array>>, tag: RowsTag) -> Result<Outcome> {
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Outcome::Rows { schema, batches: stream::once(async { Ok(batch) }).boxed(), tag })
}
