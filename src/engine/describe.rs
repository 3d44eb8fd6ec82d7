//! Statements before they run: of which types their parameters are, and which columns they give.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::Statement as Ast;

use super::error::from_datafusion;
use super::explain::{settings_schema, text_schema};
use super::parameters::{self, Parameter};
use super::rows::result_schema;
use super::session::Session;
use super::statement::{Request, Statement};
use crate::access::rights::Rights;
use crate::error::{Error, Result};
use crate::syntax::command::Declare;

/// A planned statement. Its plan describes parameters and columns; it is planned again when it runs, so that a statement that a
/// pool keeps for hours sees the files of today.
pub struct Prepared {
    pub(super) statement: Statement,
    /// The plan that described it, for the first execution if that follows at once: the usual case of a statement that runs once.
    pub(super) fresh: Mutex<Option<Fresh>>,
    pub parameters: Vec<Parameter>,
    /// `None` for statements without rows.
    pub columns: Option<SchemaRef>,
}

impl Prepared {
    pub(super) fn request(&self) -> &Request {
        &self.statement.request
    }
}

/// A plan, when it was made, for whom, after how many statements that change what plans are made of, and the tables that it names.
pub(super) type Fresh = (Instant, LogicalPlan, Arc<Rights>, u64, BTreeSet<String>);
/// For so long a plan is as good as a new one.
pub(super) const FRESH: Duration = Duration::from_millis(5);

impl Session {
    /// Plans a statement far enough to describe it. `types` are those that the client gave for its parameters.
    pub async fn prepare(&mut self, statement: &Statement, types: &[Option<DataType>]) -> Result<Prepared> {
        self.works_on(statement, false);
        self.named.take();
        let prepared = self.describe(statement, types).await;
        if prepared.is_err() {
            // What was refused here is never executed.
            self.keep_named();
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
}
