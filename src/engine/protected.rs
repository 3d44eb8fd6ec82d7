//! Tables of which a reader may not see everything: a scan that has removed hidden rows and masked columns before anything else of the
//! statement comes near it.
//!
//! The table's own plan – scan, row filter, masks – is closed to the optimiser: to the statement it is one scan. Conditions go
//! in only where no row is hidden and no column of theirs is masked; statistics, dynamic filters and limits of the statement do not reach
//! what is inside, and EXPLAIN does not show it.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::{Session as PlannerSession, TableProvider};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, Result as PlanResult, TableReference, internal_err};
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown, TableSource, TableType, TryCast, lit,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

use super::plan::Place;
use super::session::Session;
use crate::access::policies::Rows;
use crate::access::rights::{Hidden, Rights};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::syntax;

/// What the plan of a protected table calls the table's files; no statement can write it.
const BASE: &str = "\u{1}base";

/// Who reads: whose privileges count, and from whom rows and values are hidden. Below a view these are two people.
pub(super) struct Reader {
    pub checked: Arc<Rights>,
    pub reading: Arc<Rights>,
    /// The files of the table whose own plan is being made.
    base: Option<Arc<dyn TableSource>>,
}

impl Reader {
    pub fn new(rights: Arc<Rights>) -> Self {
        Self { checked: Arc::clone(&rights), reading: rights, base: None }
    }

    /// The same reader, where the privileges of the owner of a view count.
    pub fn through_view_of(&self, owner: &str) -> Self {
        Self { checked: Arc::new(self.checked.of_owner(owner)), reading: Arc::clone(&self.reading), base: None }
    }

    /// Conditions and masks are written by superusers, and read what those may read, whoever asks.
    fn of_definitions(&self, base: Arc<dyn TableSource>) -> Self {
        let owner = Arc::new(self.checked.of_owner(crate::access::OWNER));
        Self { checked: Arc::clone(&owner), reading: owner, base: Some(base) }
    }

    pub fn base_of(&self, name: &TableReference) -> Option<Arc<dyn TableSource>> {
        self.base.clone().filter(|_| matches!(name, TableReference::Bare { table } if table.as_ref() == BASE))
    }
}

impl Session {
    /// A table without what is hidden.
    pub(super) async fn protected(
        &self,
        name: &TableName,
        table: Arc<dyn TableProvider>,
        hidden: Hidden,
        depth: usize,
    ) -> PlanResult<Arc<dyn TableSource>> {
        // Conditions that ask who reads are answered for this user, not for one whom the statement itself sets.
        self.facts.follow(self);
        // Days and hours are those of the session's zone to conditions and masks too.
        let base =
            self.in_zone(&TableReference::partial(name.schema.as_str(), name.table.as_str()), provider_as_source(table))?;
        let schema = base.schema();
        let planned = self.plan_protected(name, base, &schema, &hidden, depth).await;
        let plan = planned.map_err(|error| {
            let error = super::error::from_datafusion(error, "");
            tracing::warn!(table = %name, sqlstate = error.sqlstate(), "a policy or mask of a table cannot be applied");
            // Its text may tell what is hidden, and the definition is not the reader's.
            let message = format!("a row policy or mask of table {} cannot be applied", name.table);
            DataFusionError::from(Error::new(SqlState("42P17"), message).hint("A superuser can correct it"))
        })?;
        let schema = Arc::new(plan.schema().as_arrow().clone());
        Ok(provider_as_source(Arc::new(ProtectedTable { name: name.clone(), plan, schema, hidden })))
    }

    async fn plan_protected(
        &self,
        name: &TableName,
        base: Arc<dyn TableSource>,
        schema: &Schema,
        hidden: &Hidden,
        depth: usize,
    ) -> PlanResult<LogicalPlan> {
        let columns = schema.fields().iter().enumerate().map(|(i, field)| {
            let form = hidden.masks.get(field.name()).map_or_else(|| identifier(field.name()), |mask| format!("({mask}\n)"));
            format!("{form} AS c{i}")
        });
        let condition = match &hidden.rows {
            Rows::All => String::new(),
            Rows::None => " WHERE false".to_string(),
            Rows::Where(condition) => format!(" WHERE {condition}"),
        };
        let columns = columns.collect::<Vec<_>>().join(", ");
        let text = format!("SELECT {columns} FROM {} AS {}{condition}", identifier(BASE), identifier(&name.table));
        let ast = match syntax::parse(&text)?.pop() {
            Some(ast) => ast,
            None => return internal_err!("a protected table without a query"),
        };
        let path = [name.schema.clone(), crate::lake::DEFAULT_SCHEMA.to_string()];
        let reader = Reader::new(self.rights()?).of_definitions(base);
        let plan = self.plan_below(ast, text.len(), Place { path: &path, depth: depth + 1, temporary: false }, &reader).await?;
        let plan = self.settled_definition(with_user(plan, reader_name(self))?)?;
        let restored = plan.schema().iter().zip(schema.fields()).map(|((qualifier, field), wanted)| {
            let column = Expr::Column(Column::from((qualifier, field)));
            let column = match hidden.masks.contains_key(wanted.name()) {
                // A value that does not fit becomes NULL: an error would tell of it.
                true if field.data_type() != wanted.data_type() => {
                    Expr::TryCast(TryCast::new(Box::new(column), wanted.data_type().clone()))
                }
                _ => column,
            };
            column.alias(wanted.name())
        });
        let restored: Vec<Expr> = restored.collect();
        LogicalPlanBuilder::from(plan).project(restored)?.build()
    }

    /// The type that an expression over the columns of a table has, where it is to be the mask of a column: 42804 if it is none.
    pub(super) async fn check_mask(
        &self,
        name: &TableName,
        table: Arc<dyn TableProvider>,
        column: &str,
        mask: &str,
    ) -> Result<()> {
        let schema = table.schema();
        let Ok(field) = schema.field_with_name(column) else {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", name.table);
            return Err(Error::new(SqlState::UNDEFINED_COLUMN, message));
        };
        let text = format!("SELECT ({mask}\n) AS mask FROM {} AS {}", identifier(BASE), identifier(&name.table));
        let plan = self.plan_definition(&text, name, table).await?;
        if plan.expressions().iter().any(asks) {
            return Err(Error::unsupported("a mask is computed from the columns of its row, without a sub-query"));
        }
        let found = plan.schema().field(0).data_type().clone();
        if !becomes(&found, field.data_type()) {
            let type_of = datafusion_functions_customer::type_name::type_name;
            let message = format!(
                "column \"{column}\" is of type {} but its mask is of type {}",
                type_of(field.data_type()),
                type_of(&found)
            );
            return Err(Error::new(SqlState::DATATYPE_MISMATCH, message).hint("Cast the mask to the column's type"));
        }
        Ok(())
    }

    /// Checks the condition of a policy: 42804 if it is not boolean.
    pub(super) async fn check_condition(&self, name: &TableName, table: Arc<dyn TableProvider>, condition: &str) -> Result<()> {
        let text = format!("SELECT ({condition}\n) AS condition FROM {} AS {}", identifier(BASE), identifier(&name.table));
        let plan = self.plan_definition(&text, name, table).await?;
        match plan.schema().field(0).data_type() {
            DataType::Boolean | DataType::Null => Ok(()),
            _ => Err(Error::new(SqlState::DATATYPE_MISMATCH, "argument of POLICY must be type boolean")),
        }
    }

    async fn plan_definition(&self, text: &str, name: &TableName, table: Arc<dyn TableProvider>) -> Result<LogicalPlan> {
        self.require_usual_dates()?;
        // An expression that ends the query and begins another is not one expression.
        let mut parsed = syntax::parse(text)?;
        let (Some(ast), true) = (parsed.pop(), parsed.is_empty()) else {
            return Err(Error::new(SqlState::SYNTAX_ERROR, "a mask or policy is one expression"));
        };
        let path = [name.schema.clone(), crate::lake::DEFAULT_SCHEMA.to_string()];
        let reader = Reader::new(self.rights()?).of_definitions(provider_as_source(table));
        let plan = self.plan_below(ast, text.len(), Place { path: &path, depth: 1, temporary: false }, &reader).await;
        let plan = plan.map_err(|error| super::error::from_datafusion(error, text));
        let plan = plan.map_err(|error| Error { position: None, ..error })?;
        let simple = matches!(&plan, LogicalPlan::Projection(projection) if projection.expr.len() == 1
            && matches!(projection.input.as_ref(), LogicalPlan::SubqueryAlias(_)));
        if !simple {
            return Err(Error::new(SqlState::SYNTAX_ERROR, "a mask or policy is one expression over the columns of the row"));
        }
        Ok(plan)
    }
}

fn reader_name(session: &Session) -> (String, String) {
    let session_user = session.settings.get("session_authorization").unwrap_or_default().to_string();
    (super::identity::current_user(&session.settings).to_string(), session_user)
}

/// The plan with the names of the users in the place of the functions that give them.
fn with_user(plan: LogicalPlan, (current, session): (String, String)) -> PlanResult<LogicalPlan> {
    let name_of = |expr: Expr| match &expr {
        Expr::ScalarFunction(call) => match call.name() {
            "current_user" | "current_role" | "user" => Ok(Transformed::yes(lit(current.as_str()))),
            "session_user" => Ok(Transformed::yes(lit(session.as_str()))),
            _ => Ok(Transformed::no(expr)),
        },
        _ => Ok(Transformed::no(expr)),
    };
    plan.transform_down_with_subqueries(|node| {
        let name = datafusion::logical_expr::expr_rewriter::NamePreserver::new(&node);
        node.map_expressions(|expr| {
            let saved = name.save(&expr);
            Ok(expr.transform_down(name_of)?.update_data(|expr| saved.restore(expr)))
        })
    })
    .data()
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether a mask of one type may stand for a column of another.
fn becomes(mask: &DataType, column: &DataType) -> bool {
    let is_time = |t: &DataType| matches!(t, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..));
    let is_text = |t: &DataType| t.is_string() || matches!(t, DataType::Dictionary(_, value) if value.is_string());
    mask.is_null()
        || mask == column
        || (is_text(column) && !mask.is_nested())
        || (mask.is_numeric() && column.is_numeric())
        || (is_time(mask) && is_time(column))
}

/// Whether an expression has a query in it, or a column of a query around it.
fn asks(expr: &Expr) -> bool {
    let query = |expr: &Expr| {
        Ok(matches!(
            expr,
            Expr::ScalarSubquery(_)
                | Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
        ))
    };
    expr.exists(query).unwrap_or(true)
}

/// A table without what is hidden from one reader.
struct ProtectedTable {
    name: TableName,
    plan: LogicalPlan,
    schema: SchemaRef,
    hidden: Hidden,
}

/// Errors and logs print tables.
impl fmt::Debug for ProtectedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProtectedTable({})", self.name)
    }
}

impl ProtectedTable {
    /// Whether a condition may be computed before the rows are out: no row is hidden, and it is about columns that are shown as they are.
    fn may_enter(&self, filter: &Expr) -> bool {
        let columns = filter.column_refs();
        let shown = columns.iter().all(|column| !self.hidden.masks.contains_key(&column.name));
        self.hidden.rows == Rows::All && !columns.is_empty() && shown && !filter.is_volatile() && !asks(filter)
    }
}

#[async_trait]
impl TableProvider for ProtectedTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> PlanResult<Vec<TableProviderFilterPushDown>> {
        let answer = |filter: &&Expr| match self.may_enter(filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    async fn scan(
        &self,
        state: &dyn PlannerSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let mut plan = LogicalPlanBuilder::from(self.plan.clone());
        for filter in filters {
            plan = plan.filter(filter.clone())?;
        }
        if let Some(projection) = projection {
            let columns = projection.iter().map(|&i| Expr::Column(Column::from(self.plan.schema().qualified_field(i))));
            plan = plan.project(columns.collect::<Vec<_>>())?;
        }
        if let Some(limit) = limit {
            plan = plan.limit(0, Some(limit))?;
        }
        let inside = state.create_physical_plan(&plan.build()?).await?;
        Ok(Arc::new(ProtectedScanExec {
            table: self.name.to_string(),
            inside: Some(inside.clone()),
            properties: Arc::clone(inside.properties()),
        }))
    }
}

/// The rows of a protected table. It takes no filter, no limit and no projection from above, and tells no statistics.
struct ProtectedScanExec {
    table: String,
    /// None where it is only shown.
    inside: Option<Arc<dyn ExecutionPlan>>,
    properties: Arc<PlanProperties>,
}

impl fmt::Debug for ProtectedScanExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProtectedScanExec({})", self.table)
    }
}

impl DisplayAs for ProtectedScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "ProtectedScanExec: table={}", self.table)
    }
}

impl ExecutionPlan for ProtectedScanExec {
    fn name(&self) -> &str {
        "ProtectedScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.inside.iter().collect()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        self.inside.iter().map(|_| true).collect()
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        self.inside.iter().map(|_| false).collect()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> PlanResult<TreeNodeRecursion>,
    ) -> PlanResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> PlanResult<Arc<dyn ExecutionPlan>> {
        match <[_; 1]>::try_from(children) {
            Ok([inside]) => {
                let properties = Arc::clone(inside.properties());
                Ok(Arc::new(Self { table: self.table.clone(), inside: Some(inside), properties }))
            }
            Err(_) if self.inside.is_none() => Ok(self),
            Err(_) => internal_err!("a protected scan has one input"),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> PlanResult<SendableRecordBatchStream> {
        match &self.inside {
            Some(inside) => inside.execute(partition, context),
            None => internal_err!("a protected scan that is only shown"),
        }
    }
}

/// The plan as EXPLAIN shows it: protected tables are closed.
pub(super) fn shown(plan: &Arc<dyn ExecutionPlan>) -> PlanResult<Arc<dyn ExecutionPlan>> {
    let closed = Arc::clone(plan).transform_up(|node| match node.downcast_ref::<ProtectedScanExec>() {
        Some(scan) => {
            let closed = ProtectedScanExec { table: scan.table.clone(), inside: None, properties: Arc::clone(&scan.properties) };
            Ok(Transformed::yes(Arc::new(closed) as Arc<dyn ExecutionPlan>))
        }
        None => Ok(Transformed::no(node)),
    });
    closed.data()
}
