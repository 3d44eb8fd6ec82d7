//! INSERT, DELETE and TRUNCATE: of temporary tables, whose rows are the session's own. Tables of the lake are refused.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, new_null_array};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlan, LogicalPlanBuilder, cast as to_type};
use datafusion::sql::sqlparser::ast::{
    CastKind, Delete, Expr, FromTable, Insert, ObjectName, Query, SelectItem, SetExpr, Statement as Ast, TableObject, Truncate,
    Value,
};
use datafusion_functions_customer::type_name::type_name;
use futures::TryStreamExt;

use super::define::refuse_duplicates;
use super::error::from_datafusion;
use super::outcome::Outcome;
use super::session::Session;
use super::statement::Request;
use super::temporary::Temporary;
use super::write::storable_batch;
use crate::catalog::folded;
use crate::error::{Error, Result, SqlState};
use crate::syntax;

/// What shall happen to the rows of a table.
#[derive(Clone, Debug)]
pub enum Modification {
    /// Without a query: one row of defaults, which are NULLs.
    Insert {
        table: ObjectName,
        columns: Vec<String>,
        source: Option<Box<Query>>,
    },
    /// `kept` is the query of the rows that stay.
    Delete {
        table: ObjectName,
        kept: Box<Query>,
    },
    Truncate(Vec<ObjectName>),
}

/// Where rows go, and the query that gives them.
struct Inserted {
    table: String,
    schema: SchemaRef,
    /// The table's columns that the query's go to.
    places: Vec<usize>,
    query: Box<Query>,
}

fn unsupported(what: &str) -> Error {
    Error::unsupported(format!("{what} is not supported"))
}

/// The request of an INSERT.
pub(super) fn insert(insert: Insert) -> Result<Request> {
    let Insert { table, columns, source, on, returning, table_alias, assignments, .. } = insert;
    let TableObject::TableName(table) = table else { return Err(unsupported("INSERT INTO a function")) };
    if on.is_some() {
        return Err(unsupported("ON CONFLICT"));
    }
    if returning.is_some() {
        return Err(unsupported("RETURNING"));
    }
    if table_alias.is_some() || !assignments.is_empty() {
        return Err(unsupported("this form of INSERT"));
    }
    let columns = columns.iter().filter_map(|name| name.0.last()?.as_ident().map(folded)).collect();
    Ok(Request::Modify(Box::new(Modification::Insert { table, columns, source })))
}

/// The request of a DELETE.
pub(super) fn delete(delete: &Delete) -> Result<Request> {
    let Delete { from: FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from), using, selection, returning, .. } =
        delete;
    let [from] = from.as_slice() else { return Err(unsupported("DELETE from several tables")) };
    if using.is_some() || returning.is_some() || !from.joins.is_empty() {
        return Err(unsupported("DELETE with USING or RETURNING"));
    }
    let datafusion::sql::sqlparser::ast::TableFactor::Table { name, .. } = &from.relation else {
        return Err(unsupported("DELETE from what is not a table"));
    };
    let condition = selection.as_ref().map_or_else(|| "true".to_string(), Expr::to_string);
    match syntax::parse(&format!("SELECT * FROM {from} WHERE ({condition}) IS NOT TRUE"))?.pop() {
        Some(Ast::Query(kept)) => Ok(Request::Modify(Box::new(Modification::Delete { table: name.clone(), kept }))),
        _ => Err(Error::internal("no query")),
    }
}

/// The request of a TRUNCATE.
pub(super) fn truncate(truncate: Truncate) -> Result<Request> {
    let tables = truncate.table_names.into_iter().map(|table| table.name).collect();
    Ok(Request::Modify(Box::new(Modification::Truncate(tables))))
}

impl Modification {
    pub fn command(&self) -> &'static str {
        match self {
            Self::Insert { .. } => "INSERT",
            Self::Delete { .. } => "DELETE",
            Self::Truncate(_) => "TRUNCATE TABLE",
        }
    }
}

impl Session {
    /// The query that a statement runs to find its rows, for its parameters; none where it needs none.
    pub(super) async fn query_of(&self, modification: &Modification) -> Result<Option<Ast>> {
        Ok(match modification {
            Modification::Insert { table, columns, source: Some(source) } => {
                Some(Ast::Query(self.inserted(table, columns, source).await?.query))
            }
            Modification::Delete { table, kept } => {
                self.temporary_to_write(table, "DELETE").await?;
                Some(Ast::Query(kept.clone()))
            }
            _ => None,
        })
    }

    pub(super) async fn modify(&mut self, modification: Modification, values: Vec<ScalarValue>, text: &str) -> Result<Outcome> {
        let tag = match modification {
            Modification::Insert { table, columns, source: Some(source) } => {
                let inserted = self.inserted(&table, &columns, &source).await?;
                let plan = self.plan_with_values(Ast::Query(inserted.query.clone()), values, text).await?;
                let plan = self.assigned(plan, &inserted, !columns.is_empty()).map_err(|error| from_datafusion(error, text))?;
                format!("INSERT 0 {}", self.append(&inserted, &plan, text).await?)
            }
            Modification::Insert { table, columns, source: None } => {
                let defaults: Vec<_> = syntax::parse("SELECT 1 WHERE true")?;
                let Some(Ast::Query(one)) = defaults.into_iter().next() else { return Err(Error::internal("no query")) };
                let inserted = Inserted { places: vec![], ..self.inserted(&table, &columns, &one).await? };
                let plan = self.plan(Ast::Query(one), text).await?;
                format!("INSERT 0 {}", self.append(&inserted, &plan, text).await?)
            }
            Modification::Delete { table, kept } => {
                let name = self.temporary_to_write(&table, "DELETE").await?;
                let plan = self.plan_with_values(Ast::Query(kept), values, text).await?;
                format!("DELETE {}", self.keep_only(name, &plan, text).await?)
            }
            Modification::Truncate(tables) => {
                let mut names = vec![];
                for table in &tables {
                    names.push(self.temporary_to_write(table, "TRUNCATE").await?);
                }
                for name in names {
                    self.replace_rows(name, vec![], text)?;
                }
                "TRUNCATE TABLE".to_string()
            }
        };
        Ok(Outcome::Done(tag))
    }

    async fn inserted(&self, table: &ObjectName, columns: &[String], source: &Query) -> Result<Inserted> {
        let table = self.temporary_to_write(table, "INSERT").await?;
        let schema =
            self.temporary.get(&table).map(|temporary| temporary.table.schema()).ok_or_else(|| Error::internal("no table"))?;
        refuse_duplicates(columns.iter().map(String::as_str))?;
        let place = |column: &String| {
            schema.fields().iter().position(|field| field.name() == column).ok_or_else(|| {
                Error::new(SqlState::UNDEFINED_COLUMN, format!("column \"{column}\" of relation \"{table}\" does not exist"))
            })
        };
        let places: Vec<usize> = match columns {
            [] => (0..schema.fields().len()).collect(),
            named => named.iter().map(place).collect::<Result<_>>()?,
        };
        let mut query = Box::new(source.clone());
        if let SetExpr::Values(rows) = query.body.as_mut() {
            for row in &mut rows.rows {
                check_count(row.len(), places.len(), !columns.is_empty())?;
                for (value, place) in row.iter_mut().zip(&places) {
                    let field = schema.field(*place);
                    give_type(value, field.name(), field.data_type())?;
                }
            }
        }
        Ok(Inserted { table, schema, places, query })
    }

    /// The rows with the types of the columns that they go to: 42804 where PostgreSQL would not assign one to the other.
    fn assigned(
        &self,
        plan: LogicalPlan,
        inserted: &Inserted,
        named: bool,
    ) -> Result<LogicalPlan, datafusion::error::DataFusionError> {
        let found = plan.schema().fields().len();
        check_count(found, inserted.places.len(), named)?;
        let columns = plan.schema().columns().into_iter().zip(plan.schema().fields()).zip(&inserted.places);
        let columns = columns.map(|((column, field), place)| {
            let target = inserted.schema.field(*place);
            match assigns(field.data_type(), target.data_type()) {
                true => Ok(to_type(PlanExpr::Column(column), target.data_type().clone()).alias(format!("c{place}"))),
                false => Err(datafusion::error::DataFusionError::from(not_assigned(
                    target.name(),
                    target.data_type(),
                    field.data_type(),
                ))),
            }
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        self.settled(LogicalPlanBuilder::from(plan).project(columns)?.build()?)
    }

    async fn append(&mut self, inserted: &Inserted, plan: &LogicalPlan, text: &str) -> Result<usize> {
        let (_, batches) = self.rows(plan, text).await?;
        let Inserted { table, schema, places, .. } = inserted;
        let memory = MemoryConsumer::new(format!("temporary table {table}")).register(&self.state.runtime_env().memory_pool);
        let batches: Vec<RecordBatch> = batches.try_collect().await?;
        let mut kept = vec![];
        for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
            let column = |(at, field): (usize, &Arc<datafusion::arrow::datatypes::Field>)| {
                let given = places.iter().position(|place| *place == at).filter(|from| *from < batch.num_columns());
                given.map_or_else(|| new_null_array(field.data_type(), batch.num_rows()), |from| Arc::clone(batch.column(from)))
            };
            let columns: Vec<_> = schema.fields().iter().enumerate().map(column).collect();
            let fields = schema.fields().iter().zip(&columns);
            let fields: Vec<_> =
                fields.map(|(field, column)| field.as_ref().clone().with_data_type(column.data_type().clone())).collect();
            let batch = RecordBatch::try_new(Arc::new(datafusion::arrow::datatypes::Schema::new(fields)), columns);
            let batch = storable_batch(&batch.map_err(|error| Error::internal(error.to_string()))?, schema)?;
            memory.try_grow(batch.get_array_memory_size()).map_err(|error| from_datafusion(error, text))?;
            kept.push(batch);
        }
        let rows = kept.iter().map(RecordBatch::num_rows).sum();
        self.writable(table).await?.append(kept, memory).await;
        Ok(rows)
    }

    /// Replaces the rows of a table by those of a plan; how many there are fewer.
    async fn keep_only(&mut self, name: String, plan: &LogicalPlan, text: &str) -> Result<usize> {
        let before = match self.temporary.get(&name) {
            Some(temporary) => temporary.rows().await,
            None => 0,
        };
        let (_, batches) = self.rows(plan, text).await?;
        let batches: Vec<RecordBatch> = batches.try_collect().await?;
        let after: usize = batches.iter().map(RecordBatch::num_rows).sum();
        self.replace_rows(name, batches, text)?;
        Ok(before.saturating_sub(after))
    }

    fn replace_rows(&mut self, name: String, batches: Vec<RecordBatch>, text: &str) -> Result<()> {
        let Some(schema) = self.temporary.get(&name).map(|temporary| temporary.table.schema()) else { return Ok(()) };
        let memory = MemoryConsumer::new(format!("temporary table {name}")).register(&self.state.runtime_env().memory_pool);
        let batches = batches.iter().map(|batch| storable_batch(batch, &schema)).collect::<Result<Vec<_>>>()?;
        let bytes = batches.iter().map(RecordBatch::get_array_memory_size).sum();
        memory.try_grow(bytes).map_err(|error| from_datafusion(error, text))?;
        let table = MemTable::try_new(schema, vec![batches]).map_err(|error| from_datafusion(error, text))?;
        self.temporary.insert(name, Arc::new(Temporary::new(table, memory)));
        Ok(())
    }
}

fn check_count(found: usize, wanted: usize, named: bool) -> Result<()> {
    let fault = match found {
        more if more > wanted => "INSERT has more expressions than target columns",
        fewer if fewer < wanted && named => "INSERT has more target columns than expressions",
        _ => return Ok(()),
    };
    Err(Error::new(SqlState::SYNTAX_ERROR, fault))
}

fn not_assigned(column: &str, target: &DataType, found: &DataType) -> Error {
    let (target, found) = (type_name(target), type_name(found));
    let message = format!("column \"{column}\" is of type {target} but expression is of type {found}");
    Error::new(SqlState::DATATYPE_MISMATCH, message).hint("You will need to rewrite or cast the expression.")
}

/// Gives a value of VALUES the type of its column, so that literals and parameters are read as that; DEFAULT is NULL.
fn give_type(value: &mut Expr, column: &str, target: &DataType) -> Result<()> {
    let found = match &*value {
        Expr::Value(value) => match &value.value {
            Value::Number(..) => Some(DataType::Int32),
            Value::Boolean(_) => Some(DataType::Boolean),
            _ => None,
        },
        _ => None,
    };
    if let Some(found) = found.filter(|found| !assigns(found, target)) {
        return Err(not_assigned(column, target, &found));
    }
    let is_default =
        matches!(&*value, Expr::Identifier(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("default"));
    let expr = if is_default { Expr::Value(Value::Null.into()) } else { value.clone() };
    let Some(data_type) = sql_type(target) else { return Ok(()) };
    *value = Expr::Cast { kind: CastKind::DoubleColon, expr: Box::new(expr), data_type, array: false, format: None };
    Ok(())
}

/// A type as a cast names it; none for one that has no name there.
fn sql_type(data_type: &DataType) -> Option<datafusion::sql::sqlparser::ast::DataType> {
    let ast = syntax::parse(&format!("SELECT NULL::{}", type_name(data_type))).ok()?.pop()?;
    let Ast::Query(query) = ast else { return None };
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    match select.projection.first()? {
        SelectItem::UnnamedExpr(Expr::Cast { data_type, .. }) => Some(data_type.clone()),
        _ => None,
    }
}

/// Whether PostgreSQL assigns one type to the other without a cast that the statement writes.
fn assigns(found: &DataType, target: &DataType) -> bool {
    let is_text = |t: &DataType| t.is_string() || matches!(t, DataType::Dictionary(_, value) if value.is_string());
    let is_time = |t: &DataType| matches!(t, DataType::Date32 | DataType::Timestamp(..));
    found.is_null()
        || type_name(found) == type_name(target)
        || is_text(target)
        || (found.is_numeric() && target.is_numeric())
        || (is_time(found) && is_time(target))
        || (matches!(found, DataType::Timestamp(..)) && matches!(target, DataType::Time64(_)))
}
