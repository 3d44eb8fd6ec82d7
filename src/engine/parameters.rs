//! Parameters ($1, $2, …) of prepared statements.
//!
//! Most are expressions of the plan. Those among the options of a table function shape the plan itself, so the statement is
//! described with stand-ins and planned with the values when it runs.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ParamValues, Result as PlanResult, ScalarValue};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, ObjectName, Statement, TableFactor, Value, VisitMut, VisitorMut,
};
use datafusion_functions_customer::doc::{Default, Doc, Takes};

use super::session::Session;
use crate::dialect;
use crate::error::{Error, Result, SqlState};

/// A parameter as a client is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub data_type: DataType,
}

/// Replaces the parameters among the options of table functions by stand-ins, and says of which types they are.
pub fn stand_in(statement: &mut Statement, functions: Vec<&'static Doc>) -> Result<BTreeMap<usize, DataType>> {
    let mut types = BTreeMap::new();
    replace(statement, &functions, &mut |doc, option, number| {
        let (data_type, value) = stand_in_for(doc, option)?;
        types.insert(number, data_type);
        Ok(value)
    })?;
    Ok(types)
}

/// Replaces the parameters among the options of table functions by their values.
pub fn fill_in(statement: &mut Statement, functions: Vec<&'static Doc>, values: &[ScalarValue]) -> Result<()> {
    replace(statement, &functions, &mut |_, _, number| {
        let value = number.checked_sub(1).and_then(|i| values.get(i));
        value.map(literal).ok_or_else(|| Error::new(SqlState("08P01"), format!("there is no value for parameter ${number}")))
    })
}

fn stand_in_for(doc: &Doc, option: &str) -> Result<(DataType, Value)> {
    let argument = doc.option(option);
    let default = argument.map(|a| a.default);
    let text = |text: &str| (DataType::Utf8, Value::SingleQuotedString(text.into()));
    let number = |text: &str| Value::Number(text.into(), false);
    let or = |fallback: &'static str| match default {
        Some(Default::Is(value)) if value != "NULL" => value.trim_matches('\''),
        _ => fallback,
    };
    Ok(match argument.map(|a| a.takes) {
        Some(Takes::Time) => text("2000-01-01"),
        Some(Takes::Interval) => text(or("1 day")),
        Some(Takes::Text | Takes::Value(_)) => text(or("")),
        Some(Takes::Integer) => (DataType::Int64, number(or("1"))),
        Some(Takes::Double) => (DataType::Float64, number(or("1"))),
        Some(Takes::Boolean) => (DataType::Boolean, Value::Boolean(or("false") == "true")),
        _ => {
            let message = format!("{}: {option} cannot be a parameter", doc.name);
            return Err(Error::new(SqlState::INDETERMINATE_DATATYPE, message));
        }
    })
}

fn literal(value: &ScalarValue) -> Value {
    match value {
        _ if value.is_null() => Value::Null,
        ScalarValue::Boolean(Some(value)) => Value::Boolean(*value),
        _ if value.data_type().is_numeric() => Value::Number(value.to_string(), false),
        _ => Value::SingleQuotedString(value.to_string()),
    }
}

/// The types of all parameters: as the client said, else as the statement uses them, else text.
pub fn describe(
    plan: &LogicalPlan,
    in_calls: &BTreeMap<usize, DataType>,
    given: &[Option<DataType>],
) -> PlanResult<Vec<Parameter>> {
    let wanted = dialect::wanted(plan)?;
    let numbers = wanted.keys().filter_map(|name| name.trim_start_matches('$').parse::<usize>().ok());
    let count = numbers.chain(in_calls.keys().copied()).max().unwrap_or(0).max(given.len());
    let data_type = |number: usize| {
        let given = given.get(number - 1).cloned().flatten();
        let wanted = || wanted.get(&format!("${number}")).cloned().flatten();
        given.or_else(wanted).or_else(|| in_calls.get(&number).cloned()).unwrap_or(DataType::Utf8)
    };
    Ok((1..=count).map(|number| Parameter { data_type: data_type(number) }).collect())
}

/// Puts the values into a plan.
pub fn bind(plan: LogicalPlan, values: Vec<ScalarValue>) -> PlanResult<LogicalPlan> {
    if values.is_empty() { Ok(plan) } else { plan.with_param_values(ParamValues::from(values)) }
}

impl Session {
    /// The plan that tells the columns, once its parameters have their types.
    pub(super) fn typed(&self, plan: LogicalPlan, parameters: &[Parameter]) -> PlanResult<LogicalPlan> {
        if parameters.is_empty() {
            return Ok(plan);
        }
        let types: Vec<DataType> = parameters.iter().map(|parameter| parameter.data_type.clone()).collect();
        self.settled(dialect::typed(plan, &types)?)
    }

    /// The plan that runs with these values.
    pub(super) fn bound(&self, plan: LogicalPlan, values: Vec<ScalarValue>) -> PlanResult<LogicalPlan> {
        if values.is_empty() { Ok(plan) } else { self.settled(bind(plan, values)?) }
    }
}

type Replacement<'a> = dyn FnMut(&Doc, &str, usize) -> Result<Value> + 'a;

fn replace(statement: &mut Statement, functions: &[&'static Doc], replacement: &mut Replacement) -> Result<()> {
    match statement.visit(&mut Calls { functions, replacement }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Calls<'a, 'b> {
    functions: &'a [&'static Doc],
    replacement: &'a mut Replacement<'b>,
}

impl VisitorMut for Calls<'_, '_> {
    type Break = Error;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Error> {
        let TableFactor::Table { name, args: Some(args), .. } = factor else { return ControlFlow::Continue(()) };
        let Some(doc) = find(self.functions, name) else { return ControlFlow::Continue(()) };
        for arg in &mut args.args {
            let (option, expr) = match arg {
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expr), .. } => (name.value.to_lowercase(), expr),
                FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(expr), .. } => {
                    (name.value.to_lowercase(), expr)
                }
                _ => continue,
            };
            if let Some(number) = placeholder(expr) {
                match (self.replacement)(doc, &option, number) {
                    Ok(value) => *expr = Expr::Value(value.into()),
                    Err(error) => return ControlFlow::Break(error),
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn find(functions: &[&'static Doc], name: &ObjectName) -> Option<&'static Doc> {
    let name = name.0.last()?.as_ident()?.value.to_lowercase();
    functions.iter().find(|doc| doc.name == name).copied()
}

/// The number of `$n`, also below a cast.
fn placeholder(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) => placeholder(expr),
        Expr::Value(value) => match &value.value {
            Value::Placeholder(name) => name.trim_start_matches('$').parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
