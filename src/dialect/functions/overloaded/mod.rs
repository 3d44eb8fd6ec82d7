//! Functions of single values with the overloads that PostgreSQL has: which form a call means, its arguments as values, its result as a
//! column. What each does with one row stands in tables of forms, one for each family.

use std::sync::Arc;

use cilake_wire::values::zone::Zone;
use datafusion::arrow::datatypes::{DECIMAL256_MAX_PRECISION, DataType, IntervalUnit, TimeUnit};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::failure::undefined;
use crate::dialect::numbers::quotient::digits;
use crate::dialect::numbers::unconstrained::UNCONSTRAINED;

pub use values::Value;

mod values;

/// A type of an argument or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Bool,
    Int4,
    Int8,
    /// Any exact number; of results, one without decimals.
    Numeric,
    /// A result with as many decimals as the argument has that has most.
    Decimals,
    /// A result that is shown without zeros behind.
    Trimmed,
    Float8,
    Text,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Interval,
}

/// Where a call runs.
#[derive(Debug)]
pub struct Context {
    /// The session's time zone.
    pub zone: Zone,
}

/// One overload. NULL arguments give NULL without a call.
#[derive(Debug)]
pub struct Form {
    pub arguments: &'static [Type],
    pub returns: Type,
    pub call: fn(&Context, &[Value]) -> Result<Value>,
}

/// A function by name, with its overloads; of equals, the first is meant.
#[derive(Debug)]
pub struct Definition {
    pub name: &'static str,
    pub forms: &'static [Form],
    pub volatility: Volatility,
}

impl Definition {
    pub const fn new(name: &'static str, forms: &'static [Form]) -> Self {
        Self { name, forms, volatility: Volatility::Immutable }
    }
}

/// A definition in a session.
#[derive(Debug)]
pub struct Overloaded {
    definition: &'static Definition,
    zone: Arc<str>,
    signature: Signature,
}

impl PartialEq for Overloaded {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name && self.zone == other.zone
    }
}

impl Eq for Overloaded {}

impl std::hash::Hash for Overloaded {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
        self.zone.hash(state);
    }
}

impl Overloaded {
    pub fn new(definition: &'static Definition, zone: &str) -> Self {
        Self { definition, zone: zone.into(), signature: Signature::user_defined(definition.volatility) }
    }

    /// The form that a call with arguments of these types means.
    fn form(&self, types: &[DataType]) -> Option<&'static Form> {
        let fit = |form: &'static Form| -> Option<(u32, &'static Form)> {
            let each = (form.arguments.len() == types.len()).then(|| form.arguments.iter().zip(types))?;
            Some((each.map(|(wanted, given)| fits(*wanted, given)).sum::<Option<u32>>()?, form))
        };
        // The last of the best would be found by `max_by_key`.
        self.definition.forms.iter().rev().filter_map(fit).max_by_key(|(rank, _)| *rank).map(|(_, form)| form)
    }

    fn arrow_type(&self, wanted: Type, given: Option<&DataType>) -> DataType {
        match wanted {
            Type::Bool => DataType::Boolean,
            Type::Int4 => DataType::Int32,
            Type::Int8 => DataType::Int64,
            Type::Numeric => match given {
                Some(given) if given.is_decimal() || given.is_integer() => given.clone(),
                Some(_) => DataType::Decimal128(38, 10),
                None => DataType::Decimal256(76, 0),
            },
            // What they are the arguments tell.
            Type::Decimals | Type::Trimmed => UNCONSTRAINED,
            Type::Float8 => DataType::Float64,
            Type::Text => DataType::Utf8,
            Type::Date => DataType::Date32,
            Type::Time => DataType::Time64(TimeUnit::Microsecond),
            Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Type::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::clone(&self.zone))),
            Type::Interval => DataType::Interval(IntervalUnit::MonthDayNano),
        }
    }
}

/// Whether all numbers of so many digits and decimals are such without a scale.
fn has_room((precision, scale): (u8, i8)) -> bool {
    scale <= 38 && i16::from(precision) - i16::from(scale) <= 38
}

/// How well a type takes another: nothing if it does not, more if it is the same.
fn fits(wanted: Type, given: &DataType) -> Option<u32> {
    use DataType as D;
    Some(match (wanted, given) {
        // Of an unknown literal anything can be made, but PostgreSQL prefers these.
        (Type::Text | Type::Float8 | Type::TimestampTz | Type::Interval | Type::Bool, D::Null) => 2,
        (Type::Text, given) if given.is_string() => 9,
        (Type::Float8 | Type::TimestampTz | Type::Interval, given) if given.is_string() => 2,
        (_, given) if given.is_string() || given.is_null() => 1,
        (Type::Bool, D::Boolean) | (Type::Date, D::Date32) | (Type::Time, D::Time64(_)) | (Type::Interval, D::Interval(_)) => 9,
        (Type::Int4, D::Int32) | (Type::Int8, D::Int64) | (Type::Float8, D::Float64) => 9,
        (Type::Int4, D::Int8 | D::Int16 | D::UInt8 | D::UInt16) => 6,
        (Type::Int8, given) if given.is_integer() => 5,
        (Type::Numeric, given) if given.is_decimal() => 9,
        (Type::Numeric, given) if given.is_integer() => 3,
        (Type::Float8, D::Float32 | D::Float16) => 8,
        // The preferred type of numbers.
        (Type::Float8, given) if given.is_integer() => 4,
        (Type::Float8, given) if given.is_decimal() => 4,
        (Type::Timestamp, D::Timestamp(_, None)) | (Type::TimestampTz, D::Timestamp(_, Some(_))) => 9,
        (Type::TimestampTz, D::Timestamp(_, None)) => 5,
        (Type::TimestampTz, D::Date32) => 5,
        (Type::Timestamp, D::Date32) => 4,
        _ => return None,
    })
}

impl ScalarUDFImpl for Overloaded {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        let zone = config.execution.time_zone.as_deref().unwrap_or("UTC");
        Some(ScalarUDF::from(Self::new(self.definition, zone)))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let Some(form) = self.form(types) else { return Err(undefined(self.name(), types)) };
        Ok(form.arguments.iter().zip(types).map(|(wanted, given)| self.arrow_type(*wanted, Some(given))).collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let Some(form) = self.form(types) else { return Err(undefined(self.name(), types)) };
        let scales = types.iter().filter_map(digits).map(|(_, scale)| scale);
        Ok(match (form.returns, types) {
            (Type::Decimals, _) => DataType::Decimal256(DECIMAL256_MAX_PRECISION, scales.max().unwrap_or(0)),
            (Type::Trimmed, [of]) if !digits(of).is_some_and(has_room) => of.clone(),
            (returns, _) => self.arrow_type(returns, None),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types: Vec<DataType> = args.args.iter().map(ColumnarValue::data_type).collect();
        let Some(form) = self.form(&types) else { return Err(undefined(self.name(), &types)) };
        let constant = self.definition.volatility != Volatility::Volatile
            && args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| values::column(&argument.to_array(count)?)).collect::<Result<Vec<_>>>()?;
        let context = Context { zone: Zone::parse(&self.zone).unwrap_or(Zone::Fixed(0)) };
        let mut row = vec![];
        let results = (0..count).map(|index| {
            row.clear();
            row.extend(columns.iter().map(|column| column.value(index)));
            if row.contains(&Value::Null) { Ok(Value::Null) } else { (form.call)(&context, &row) }
        });
        let array = values::array(results.collect::<Result<Vec<_>>>()?, args.return_field.data_type())?;
        if array.len() != count {
            return internal_err!("{} gave {} rows of {count}", self.name(), array.len());
        }
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}
