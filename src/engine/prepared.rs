//! PREPARE, EXECUTE and DEALLOCATE: statements that a session keeps by name. The names are also those of the protocol's prepared
//! statements, so each side must know the other's.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::sql::sqlparser::ast::{CastKind, DataType as SqlType, Expr, Ident, SelectItem, SetExpr, Statement as Ast, Value};
use futures::TryStreamExt;
use futures::future::{BoxFuture, FutureExt};

use super::outcome::{Deallocated, Outcome};
use super::parameters::Parameter;
use super::session::Session;
use super::statement::{Request, Statement};
use crate::error::{Error, Result, SqlState};
use crate::syntax;

/// Most statements that one session keeps by PREPARE.
const STATEMENTS_MAX: usize = 1_000;

/// The prepared statements of a session.
#[derive(Default)]
pub(super) struct PreparedStatements {
    by_name: BTreeMap<String, Kept>,
    /// Names of the protocol's statements.
    of_protocol: BTreeSet<String>,
}

/// A statement that PREPARE has kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub statement: Statement,
    given: Vec<Option<DataType>>,
    pub parameters: Vec<Parameter>,
    pub prepared_at: DateTime<Utc>,
}

impl PreparedStatements {
    pub fn all(&self) -> impl Iterator<Item = (&String, &Kept)> {
        self.by_name.iter()
    }

    fn find(&self, name: &str) -> Result<Kept> {
        self.by_name.get(name).cloned().ok_or_else(|| missing(name))
    }

    fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.of_protocol.contains(name)
    }

    pub fn clear(&mut self) {
        self.by_name.clear();
        self.of_protocol.clear();
    }
}

fn missing(name: &str) -> Error {
    Error::new(SqlState("26000"), format!("prepared statement \"{name}\" does not exist"))
}

impl Session {
    /// The client has prepared a statement of this name by message.
    pub fn statement_named(&mut self, name: &str) {
        self.prepared.of_protocol.insert(name.to_string());
    }

    /// The client has closed the statement of this name by message.
    pub fn statement_closed(&mut self, name: &str) {
        self.prepared.of_protocol.remove(name);
        self.prepared.by_name.remove(name);
    }

    pub(super) async fn prepare_named(&mut self, name: String, types: &[SqlType], statement: Statement) -> Result<Outcome> {
        if self.prepared.contains(&name) {
            return Err(Error::new(SqlState("42P05"), format!("prepared statement \"{name}\" already exists")));
        }
        if self.prepared.by_name.len() >= STATEMENTS_MAX {
            let message = format!("a session can have at most {STATEMENTS_MAX} prepared statements");
            return Err(Error::new(SqlState("53400"), message));
        }
        if !matches!(statement.request, Request::Query(_)) {
            return Err(Error::unsupported("PREPARE takes a query"));
        }
        let mut given = vec![];
        for data_type in types {
            given.push(Some(self.type_of(data_type, &statement.text).await?));
        }
        let parameters = self.describe_query(&statement, &given).await?.parameters;
        let prepared_at = Utc::now();
        self.prepared.by_name.insert(name, Kept { statement, given, parameters, prepared_at });
        Ok(Outcome::Done("PREPARE".into()))
    }

    /// The Arrow type of a type's name.
    pub(super) async fn type_of(&self, data_type: &SqlType, text: &str) -> Result<DataType> {
        let plan = self.plan(select(vec![null_of(data_type)])?, text).await?;
        Ok(plan.schema().fields().first().map_or(DataType::Utf8, |field| field.data_type().clone()))
    }

    /// The statement that EXECUTE runs, planned anew to describe its columns.
    pub(super) fn describe_execute<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<super::Prepared>> {
        async move {
            let kept = self.prepared.find(name)?;
            let mut prepared = self.describe_query(&kept.statement, &kept.given).await?;
            prepared.parameters = vec![];
            Ok(prepared)
        }
        .boxed()
    }

    pub(super) fn execute_named<'a>(
        &'a mut self,
        name: String,
        arguments: Vec<Expr>,
        text: &'a str,
    ) -> BoxFuture<'a, Result<Outcome>> {
        async move {
            let kept = self.prepared.find(&name)?;
            if kept.parameters.len() != arguments.len() {
                let message = format!("wrong number of parameters for prepared statement \"{name}\"");
                let detail = format!("Expected {} parameters but got {}.", kept.parameters.len(), arguments.len());
                return Err(Error::new(SqlState::SYNTAX_ERROR, message).detail(detail));
            }
            let values = self.evaluate(arguments, &kept.parameters, text).await?;
            self.answer(kept.statement, values).await
        }
        .boxed()
    }

    /// The values of EXECUTE's arguments, as the types of the parameters.
    async fn evaluate(&mut self, arguments: Vec<Expr>, parameters: &[Parameter], text: &str) -> Result<Vec<ScalarValue>> {
        if arguments.is_empty() {
            return Ok(vec![]);
        }
        if arguments.iter().any(|argument| matches!(argument, Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. }))
        {
            return Err(Error::unsupported("cannot use subquery in EXECUTE parameter"));
        }
        let plan = self.plan(select(arguments)?, text).await?;
        let (_, batches) = self.rows(&plan, text).await?;
        let batches: Vec<_> = batches.try_collect().await?;
        let row = batches.iter().find(|batch| batch.num_rows() > 0).ok_or_else(|| Error::internal("arguments without a row"))?;
        let values = row.columns().iter().zip(parameters).map(|(column, parameter)| {
            let value = ScalarValue::try_from_array(column, 0)?;
            rounded(value, &parameter.data_type)?.cast_to(&parameter.data_type)
        });
        let values = values.collect::<std::result::Result<Vec<_>, _>>();
        values.map_err(|error| super::error::from_datafusion(error, text))
    }

    pub(super) fn deallocate(&mut self, name: Option<String>) -> Result<&'static str> {
        let Some(name) = name else {
            self.prepared.clear();
            self.deallocated.push(Deallocated::All);
            return Ok("DEALLOCATE ALL");
        };
        let known = self.prepared.by_name.remove(&name).is_some();
        if self.prepared.of_protocol.remove(&name) {
            self.deallocated.push(Deallocated::One(name));
        } else if !known {
            return Err(missing(&name));
        }
        Ok("DEALLOCATE")
    }
}

/// A number with a fraction becomes a whole one by rounding, where the engine's own cast would cut it.
fn rounded(value: ScalarValue, target: &DataType) -> std::result::Result<ScalarValue, datafusion::error::DataFusionError> {
    match &value {
        ScalarValue::Decimal128(Some(_), precision, scale) if target.is_integer() && *scale > 0 => {
            value.cast_to(&DataType::Decimal128(*precision, 0))
        }
        ScalarValue::Float64(Some(number)) if target.is_integer() => Ok(ScalarValue::Float64(Some(number.round_ties_even()))),
        _ => Ok(value),
    }
}

/// `NULL::type`.
pub(super) fn null_of(data_type: &SqlType) -> Expr {
    Expr::Cast {
        kind: CastKind::DoubleColon,
        expr: Box::new(Expr::Value(Value::Null.into())),
        data_type: data_type.clone(),
        array: false,
        format: None,
    }
}

/// `SELECT` of these expressions, under names of their own.
fn select(expressions: Vec<Expr>) -> Result<Ast> {
    let named = |(number, expr)| SelectItem::ExprWithAlias { expr, alias: Ident::new(format!("value{number}")) };
    select_items(expressions.into_iter().enumerate().map(named).collect())
}

/// A query of these items that selects from nothing.
pub(super) fn select_items(items: Vec<SelectItem>) -> Result<Ast> {
    let mut ast = syntax::parse("SELECT 1")?.pop();
    if let Some(Ast::Query(query)) = &mut ast
        && let SetExpr::Select(select) = query.body.as_mut()
    {
        select.projection = items;
    }
    ast.ok_or_else(|| Error::internal("no statement"))
}
