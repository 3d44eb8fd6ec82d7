//! PostgreSQL's functions of texts, patterns, formats and JSON, which replace the engine's of the same name.
//!
//! A function is a line of a table: its name, what it takes, what it returns and a function of the values of one row. Where several have one
//! name, the one whose types fit best is called.
//!
//! | module | what |
//! |---|---|
//! | [`text`], [`bytes`], [`bits`], [`quoting`], [`formatting`] | functions of texts and strings of bytes and bits, texts made of values, numbers by patterns |
//! | [`patterns`], [`regexp`] | regular expressions, and the functions of them |
//! | [`json`], [`rows`] | JSON; what functions that return rows make |
//! | [`sampling`] | samples of rows |
//! | [`operators`] | operators and casts of texts and of JSON, planned as calls |
//! | [`arguments`], [`outcome`] | what functions take and return |

mod arguments;
mod bits;
mod bytes;
mod formatting;
pub mod json;
pub mod operators;
mod outcome;
pub mod patterns;
mod quoting;
mod regexp;
mod rows;
mod sampling;
mod text;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::error::DataFusionError;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_functions_customer::type_name::type_name;

use crate::catalog::pg::types;
use crate::dialect::failure::failed;
use crate::error::SqlState;
use arguments::Kind;
pub use arguments::Row;
pub use outcome::{Outcome, Returns};

/// What a function does with the values of one row.
pub type Call = fn(&Row<'_>) -> Result<Outcome>;

/// One function.
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    takes: &'static [Kind],
    /// How many of the last arguments may be left out.
    optional: usize,
    /// Further arguments.
    rest: Option<Kind>,
    returns: Returns,
    /// NULL where any argument is NULL, without a call.
    strict: bool,
    call: Call,
}

impl Function {
    const fn new(name: &'static str, takes: &'static [Kind], returns: Returns, call: Call) -> Self {
        Self { name, takes, optional: 0, rest: None, returns, strict: true, call }
    }

    /// One of which the last arguments may be left out.
    const fn or_fewer(self, optional: usize) -> Self {
        Self { optional, ..self }
    }

    /// One that takes further arguments.
    const fn and_more(self, rest: Kind) -> Self {
        Self { rest: Some(rest), ..self }
    }

    /// One that looks at NULL arguments itself.
    const fn with_nulls(self) -> Self {
        Self { strict: false, ..self }
    }

    fn kind(&self, place: usize) -> Option<Kind> {
        self.takes.get(place).copied().or(self.rest)
    }

    /// How far the arguments are from what the function takes; `None` where they do not fit.
    fn distance(&self, types: &[DataType]) -> Option<u32> {
        let least = self.takes.len() - self.optional;
        let fits = types.len() >= least && (types.len() <= self.takes.len() || self.rest.is_some());
        let each = || types.iter().enumerate().map(|(place, data_type)| self.kind(place)?.distance(data_type));
        if fits { each().sum() } else { None }
    }
}

const GROUPS: &[&[Function]] = &[
    bits::FUNCTIONS,
    bytes::FUNCTIONS,
    formatting::FUNCTIONS,
    json::FUNCTIONS,
    quoting::FUNCTIONS,
    regexp::FUNCTIONS,
    sampling::FUNCTIONS,
    text::FUNCTIONS,
];

static NAMED: LazyLock<BTreeMap<&'static str, Arc<ScalarUDF>>> = LazyLock::new(|| {
    let mut named = BTreeMap::<&str, Vec<&Function>>::new();
    for function in GROUPS.iter().flat_map(|group| group.iter()) {
        named.entry(function.name).or_default().push(function);
    }
    named.into_iter().map(|(name, overloads)| (name, Arc::new(ScalarUDF::from(Named::new(name, overloads))))).collect()
});

/// Has PostgreSQL's functions take the place of the engine's.
///
/// # Errors
/// None at present: a state takes every function.
pub fn register(state: &mut SessionState) -> Result<()> {
    state.register_udf(Arc::new(ScalarUDF::from(rows::RowOf::default())))?;
    state.register_udf(Arc::new(ScalarUDF::from(rows::RowsColumn::default())))?;
    state.register_udf(Arc::new(ScalarUDF::from(rows::RowsNumbers::default())))?;
    // The engine's own go with their other names, under which they would come back.
    for name in NAMED.keys() {
        state.deregister_udf(name)?;
    }
    for function in NAMED.values() {
        state.register_udf(Arc::clone(function))?;
    }
    Ok(())
}

/// The columns of the rows that a function returns; `None` for one that returns a value.
pub fn returned_columns(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    let functions = GROUPS.iter().flat_map(|group| group.iter());
    functions.filter(|function| function.name == name).find_map(|function| match function.returns {
        Returns::Rows(columns) => Some(columns),
        Returns::Value(_) => None,
    })
}

/// Whether a function takes numbers of several types as they are.
pub fn takes_as_is(name: &str) -> bool {
    NAMED.contains_key(name) || matches!(name, "row" | "row_of")
}

/// One of these functions.
pub fn named(name: &str) -> Option<Arc<ScalarUDF>> {
    NAMED.get(name).map(Arc::clone)
}

/// A call of one of these functions.
pub fn called(name: &str, arguments: Vec<Expr>) -> Result<Expr> {
    match NAMED.get(name) {
        Some(function) => Ok(function.call(arguments)),
        None => internal_err!("there is no function {name}"),
    }
}

/// All functions of one name.
#[derive(Debug)]
struct Named {
    name: &'static str,
    overloads: Vec<&'static Function>,
    signature: Signature,
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Named {}

impl std::hash::Hash for Named {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Named {
    fn new(name: &'static str, overloads: Vec<&'static Function>) -> Self {
        Self { name, overloads, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn nearest(&self, types: &[DataType]) -> Option<&'static Function> {
        let distances = self.overloads.iter().filter_map(|function| Some((function.distance(types)?, *function)));
        distances.min_by_key(|(distance, _)| *distance).map(|(_, function)| function)
    }

    fn found(&self, types: &[DataType]) -> Result<&'static Function> {
        self.nearest(types).ok_or_else(|| undefined(self.name, types.iter().map(type_name)))
    }
}

impl ScalarUDFImpl for Named {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        // What fits nowhere is refused where an error keeps its state.
        let Some(function) = self.nearest(types) else { return Ok(types.to_vec()) };
        let kinds = types.iter().enumerate().map(|(place, data_type)| match function.kind(place) {
            Some(kind) => kind.coerced(data_type),
            None => data_type.clone(),
        });
        Ok(kinds.collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(self.found(types)?.returns.field(self.name).data_type().clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types = args.arg_fields.iter().map(|field| field.data_type().clone()).collect::<Vec<_>>();
        let function = self.found(&types)?;
        let fit = |(place, field): (usize, &FieldRef)| function.kind(place).is_some_and(|kind| kind.takes_declared(field));
        if !args.arg_fields.iter().enumerate().all(fit) {
            return Err(undefined(self.name, args.arg_fields.iter().map(|field| shown_type(field))));
        }
        Ok(function.returns.field(self.name))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types = args.arg_fields.iter().map(|field| field.data_type().clone()).collect::<Vec<_>>();
        let function = self.found(&types)?;
        // A call with constants only gives one value, which the planner may keep.
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().zip(&args.arg_fields).enumerate().map(|(place, (argument, field))| {
            let Some(kind) = function.kind(place) else { return internal_err!("{} has too many arguments", self.name) };
            arguments::Column::new(kind, field, argument, rows)
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let mut values = Vec::with_capacity(rows);
        for row in 0..rows {
            let row = Row::new(&columns, row);
            let is_null = function.strict && (0..columns.len()).any(|place| row.is_null(place));
            values.push(if is_null { Outcome::Null } else { (function.call)(&row)? });
        }
        let array = outcome::array(args.return_field.data_type(), values)?;
        Ok(match array.as_list_opt::<i32>() {
            _ if !constant => ColumnarValue::Array(array),
            // Taken out of its array it would lose what is known of its elements.
            Some(list) => ColumnarValue::Scalar(ScalarValue::List(Arc::new(list.clone()))),
            None => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
        })
    }
}

fn undefined(name: &str, types: impl Iterator<Item = String>) -> DataFusionError {
    let types = types.collect::<Vec<_>>().join(", ");
    failed(SqlState::UNDEFINED_FUNCTION, format!("function {name}({types}) does not exist"))
}

/// The type of a field as PostgreSQL names it.
fn shown_type(field: &Field) -> String {
    let (oid, _) = types::of_field(field);
    types::format_type(oid, None).unwrap_or_else(|| type_name(field.data_type()))
}
