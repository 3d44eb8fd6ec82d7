//! PostgreSQL's system functions: what clients ask of the session, of names, of definitions and of rights.
//!
//! A function is a line of a table: its name, its arguments, its result's type and a function of values. They run on rows of catalogs,
//! a few thousand at most, so one row at a time is fast enough; what is the same for all rows of a batch is in [`Caller`].

mod acl;
mod age;
mod array_or_empty;
mod arrays;
mod caller;
mod definitions;
mod keywords;
mod locks;
mod names;
mod pg_typeof;
mod privileges;
mod registered;
mod server;
mod session;
mod sizes;
mod texts;
mod visibility;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::RangeInclusive;
use std::sync::Arc;

use cilake_wire::values::quoting::uuid_text;
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Float64Type, Int64Type};
use datafusion::catalog::TableFunctionImpl;
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

pub use registered::{REGISTERED, registered_names};

use super::rows::{self, Value};
use super::{PgCatalog, types};
use caller::Caller;

/// What a function does with the values of one row.
type Call = fn(&Caller<'_>, &[Value]) -> Result<Value>;

/// One system function.
struct SystemFunction {
    name: &'static str,
    arguments: RangeInclusive<usize>,
    /// The result's type, named as in `pg_type`.
    returns: &'static str,
    /// NULL where any argument is NULL, without a call.
    strict: bool,
    volatility: Volatility,
    call: Call,
}

impl SystemFunction {
    /// A function whose result stays the same within a statement, and is NULL for NULL.
    const fn new(name: &'static str, arguments: RangeInclusive<usize>, returns: &'static str, call: Call) -> Self {
        Self { name, arguments, returns, strict: true, volatility: Volatility::Stable, call }
    }

    /// One that looks at NULL arguments itself.
    const fn with_nulls(self) -> Self {
        Self { strict: false, ..self }
    }

    /// One that has an effect.
    const fn volatile(self) -> Self {
        Self { volatility: Volatility::Volatile, ..self }
    }
}

/// All system functions, bound to a session's catalog.
pub fn all(catalog: &Arc<PgCatalog>) -> Vec<ScalarUDF> {
    let groups = [
        acl::FUNCTIONS,
        definitions::FUNCTIONS,
        locks::FUNCTIONS,
        names::FUNCTIONS,
        privileges::FUNCTIONS,
        registered::FUNCTIONS,
        server::FUNCTIONS,
        session::FUNCTIONS,
        sizes::FUNCTIONS,
        texts::FUNCTIONS,
        visibility::FUNCTIONS,
    ];
    let mut functions: Vec<ScalarUDF> =
        groups.into_iter().flatten().map(|function| ScalarUDF::from(Bound::new(function, Arc::clone(catalog)))).collect();
    functions.push(ScalarUDF::from(acl::AclExplode::new()));
    functions.push(ScalarUDF::from(age::Age::new()));
    functions.push(ScalarUDF::from(arrays::ExpandArray::new()));
    functions.push(ScalarUDF::from(array_or_empty::ArrayOrEmpty::new()));
    functions.push(ScalarUDF::from(pg_typeof::PgTypeof::new()));
    functions
}

/// The system functions that return rows.
pub fn tables() -> Vec<(&'static str, Arc<dyn TableFunctionImpl>)> {
    vec![("pg_get_keywords", Arc::new(keywords::Keywords))]
}

/// A function and the session that it speaks of.
struct Bound {
    name: &'static str,
    arguments: RangeInclusive<usize>,
    returned: FieldRef,
    strict: bool,
    call: Call,
    signature: Signature,
    catalog: Arc<PgCatalog>,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemFunction").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Bound {
    fn new(function: &SystemFunction, catalog: Arc<PgCatalog>) -> Self {
        let types = match (*function.arguments.start(), *function.arguments.end()) {
            (_, 0) => TypeSignature::Nullary,
            (0, _) => TypeSignature::OneOf(vec![TypeSignature::Nullary, TypeSignature::VariadicAny]),
            _ => TypeSignature::VariadicAny,
        };
        Self {
            name: function.name,
            arguments: function.arguments.clone(),
            returned: types::field(function.name, function.returns, true),
            strict: function.strict,
            call: function.call,
            signature: Signature::new(types, function.volatility),
            catalog,
        }
    }
}

/// Two functions are the same if they have the same name and speak of the same session.
impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.catalog, &other.catalog)
    }
}

impl Eq for Bound {}

impl Hash for Bound {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Bound {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returned.data_type().clone())
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let count = arguments.arg_fields.len();
        if !self.arguments.contains(&count) {
            let (least, most) = (self.arguments.start(), self.arguments.end());
            return plan_err!("{} expects {least} to {most} arguments, and {count} are there", self.name);
        }
        Ok(Arc::clone(&self.returned))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // A call with constants only gives one value, which the planner may keep.
        let constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { arguments.number_rows };
        let columns: Vec<Vec<Value>> =
            arguments.args.into_iter().map(|argument| values(&argument.into_array(count)?)).collect::<Result<_>>()?;
        let caller = Caller::new(&self.catalog);
        let repeats = self.signature.volatility != Volatility::Volatile;
        let mut results: Vec<Value> = Vec::with_capacity(count);
        let mut before = Vec::new();
        for row in 0..count {
            let cells: Vec<Value> = columns.iter().map(|column| column.get(row).cloned().unwrap_or(Value::Null)).collect();
            // Relations in a row have one owner and one schema.
            if repeats
                && cells == before
                && let Some(last) = results.last()
            {
                results.push(last.clone());
                continue;
            }
            let null = self.strict && cells.contains(&Value::Null);
            results.push(if null { Value::Null } else { (self.call)(&caller, &cells)? });
            before = cells;
        }
        let array = rows::array(self.returned.data_type(), &results.iter().collect::<Vec<_>>())?;
        match constant {
            true => Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&array, 0)?)),
            false => Ok(ColumnarValue::Array(array)),
        }
    }
}

/// An array's values; what is neither a number, a truth value, a text nor a list comes as its text.
fn values(array: &ArrayRef) -> Result<Vec<Value>> {
    let count = array.len();
    let each = |value: &dyn Fn(usize) -> Value| -> Vec<Value> {
        (0..count).map(|row| if array.is_null(row) { Value::Null } else { value(row) }).collect()
    };
    Ok(match array.data_type() {
        DataType::Null => vec![Value::Null; count],
        DataType::Boolean => each(&|row| Value::Bool(array.as_boolean().value(row))),
        DataType::UInt64 => {
            let text = cast(array, &DataType::Utf8)?;
            each(&|row| Value::text(text.as_string::<i32>().value(row)))
        }
        data_type if data_type.is_integer() => {
            let numbers = cast(array, &DataType::Int64)?;
            each(&|row| Value::Integer(numbers.as_primitive::<Int64Type>().value(row)))
        }
        data_type if data_type.is_floating() => {
            let numbers = cast(array, &DataType::Float64)?;
            each(&|row| Value::Float(numbers.as_primitive::<Float64Type>().value(row)))
        }
        DataType::FixedSizeBinary(16) => each(&|row| Value::text(uuid_text(array.as_fixed_size_binary().value(row)))),
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            (0..count)
                .map(|row| if lists.is_null(row) { Ok(Value::Null) } else { Ok(Value::List(values(&lists.value(row))?)) })
                .collect::<Result<_>>()?
        }
        DataType::LargeList(element) | DataType::ListView(element) | DataType::FixedSizeList(element, _) => {
            values(&cast(array, &DataType::List(Arc::clone(element)))?)?
        }
        _ => {
            let text = cast(array, &DataType::Utf8)?;
            each(&|row| Value::text(text.as_string::<i32>().value(row)))
        }
    })
}

/// The argument as text; the empty text if it is not there.
fn text(arguments: &[Value], index: usize) -> &str {
    arguments.get(index).and_then(Value::as_text).unwrap_or("")
}

/// The argument as an OID: a number, or 0, which no object has.
fn oid(arguments: &[Value], index: usize) -> u32 {
    arguments.get(index).and_then(Value::as_oid).unwrap_or(0)
}
