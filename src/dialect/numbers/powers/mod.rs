//! Roots, powers, exponentials and logarithms of `numeric`, which are `numeric` with PostgreSQL's number of decimals.
//!
//! Constants are computed here and have just these; of columns the type has 38 decimals, and the field says how many are shown.

mod kinds;
mod real;
mod scales;

use std::sync::Arc;

use cilake_wire::types::{Rule, Shown};
use cilake_wire::values::numeric::Decimal;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal256Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Decimal256Type, Field, FieldRef, i256,
};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::long::{divided, length, long, narrowed, ten_to};
use super::quotient::{SCALE, digits, shown_as, shown_decimals};
use super::unconstrained::{self, UNCONSTRAINED, literal};
use crate::dialect::failure::overflow;
use crate::dialect::types::operators::unknown;
use kinds::Kind;
use real::Number;

/// Digits and decimals of whole powers, which have as many decimals as the base if that has more.
const POWER_PRECISION: u8 = 60;
const POWER_SCALE: i8 = 16;

/// Whether a call is one of these functions, of any type.
pub fn is_one(call: &ScalarFunction) -> bool {
    Kind::of(call.name(), call.args.len()).is_some()
}

/// The call for an exact number, if it is one of these functions of one.
pub fn meant(mut call: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let kind = Kind::of(call.name(), call.args.len());
    let Some(kind) = kind.filter(|_| !call.func.inner().is::<Power>()) else {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    };
    let types = call.args.iter().map(|argument| exact_type(argument, schema)).collect::<Option<Vec<_>>>();
    let Some(types) = types.filter(|types| kind.is_exact(types)) else {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    };
    for argument in &mut call.args {
        if let Some(text) = unknown(argument) {
            *argument = Expr::Literal(literal(text)?, None);
        }
    }
    if let Some(value) = constant(kind, &call.args)? {
        return Ok(Transformed::yes(Expr::Literal(value, None)));
    }
    Ok(Transformed::yes(ScalarUDF::from(Power::new(kind, &types, &call.args)).call(call.args)))
}

/// The function for arguments of these types, if they are exact numbers; before they are known for what they are.
pub fn exact(name: &str, types: &[DataType]) -> Option<ScalarUDF> {
    let kind = Kind::of(name, types.len()).filter(|kind| kind.is_exact(types))?;
    types.iter().all(|of| of.is_null() || digits(of).is_some()).then(|| ScalarUDF::from(Power::new(kind, types, &[])))
}

/// The type of an argument that may be an exact number.
fn exact_type(argument: &Expr, schema: &DFSchema) -> Option<DataType> {
    if unknown(argument).is_some() || matches!(argument, Expr::Literal(ScalarValue::Null, _)) {
        return Some(DataType::Null);
    }
    argument.get_type(schema).ok().filter(|of| digits(of).is_some())
}

/// The result of constants, unless that is an error: this comes when a row asks for it.
fn constant(kind: Kind, args: &[Expr]) -> Result<Option<ScalarValue>> {
    let Some(numbers) = args.iter().map(known).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let most = u32::from(DECIMAL256_MAX_PRECISION);
    let Ok((mut digits, mut decimals)) = kind.computed(&numbers, most) else { return Ok(None) };
    // Of large numbers the last zeros have no room.
    let beyond = u32::try_from(length(digits.magnitude()) - i64::from(most)).unwrap_or(0);
    if beyond > 0 {
        let Some(fewer) = decimals.checked_sub(beyond) else { return Ok(None) };
        let Ok(again) = kind.computed(&numbers, fewer) else { return Ok(None) };
        (digits, decimals) = again;
    }
    let length = length(digits.magnitude()).max(i64::from(decimals)).max(1);
    let (Ok(precision), Ok(scale), Some(value)) = (u8::try_from(length), i8::try_from(decimals), narrowed(&digits)) else {
        return Ok(None);
    };
    Ok(match value.to_i128().filter(|_| precision <= DECIMAL128_MAX_PRECISION) {
        Some(value) => Some(ScalarValue::Decimal128(Some(value), precision, scale)),
        None => Some(ScalarValue::Decimal256(Some(value), precision, scale)),
    })
}

/// A constant with the decimals that it is written with.
fn known(expr: &Expr) -> Option<Number> {
    match expr {
        Expr::Literal(value, _) => of_value(value),
        Expr::Negative(number) => known(number).map(|number| Number { digits: -number.digits, ..number }),
        Expr::Cast(cast) => match (cast.expr.as_ref(), cast.field.data_type()) {
            (Expr::Literal(value, _), target) if target.is_decimal() && of_value(value).is_some() => {
                of_value(&value.cast_to(target).ok()?)
            }
            _ => None,
        },
        _ => None,
    }
}

fn of_value(value: &ScalarValue) -> Option<Number> {
    let (value, scale) = match value {
        ScalarValue::Decimal256(Some(digits), ..) if value.data_type() == UNCONSTRAINED => {
            return Some(stripped(*digits, unconstrained::SCALE));
        }
        ScalarValue::Decimal128(Some(value), _, scale) => (i256::from_i128(*value), *scale),
        ScalarValue::Decimal256(Some(value), _, scale) => (*value, *scale),
        ScalarValue::Int16(Some(value)) => (i256::from(*value), 0),
        ScalarValue::Int32(Some(value)) => (i256::from(*value), 0),
        ScalarValue::Int64(Some(value)) => (i256::from(*value), 0),
        _ => return None,
    };
    Some(Number { digits: long(value), scale: u32::try_from(scale).ok()? })
}

/// A number with as many decimals as it needs.
fn stripped(digits: i256, scale: i8) -> Number {
    scales::stripped(Number { digits: long(digits), scale: u32::from(scale.unsigned_abs()) })
}

/// The numbers of a column.
struct Column {
    array: Decimal256Array,
    scale: i8,
    shown: Option<Shown>,
}

impl Column {
    fn of(array: &ArrayRef, shown: Option<Shown>) -> Result<Self> {
        let (precision, scale) = digits(array.data_type()).unwrap_or((1, 0));
        let beyond = (-scale).max(0).unsigned_abs();
        let target = DataType::Decimal256((precision + beyond).min(DECIMAL256_MAX_PRECISION), scale.max(0));
        Ok(Self { array: cast(array, &target)?.as_primitive::<Decimal256Type>().clone(), scale: scale.max(0), shown })
    }

    /// A number with the decimals that PostgreSQL has of it: all of the type, but for a type that has room for those of any.
    fn number(&self, row: usize) -> Number {
        let value = self.array.value(row);
        match self.shown {
            Some(shown) => {
                let (_, decimals) = Decimal::from_le_bytes(value.to_le_bytes()).shown(self.scale, shown);
                let dropped = u32::from((self.scale - decimals).unsigned_abs());
                Number { digits: divided(&long(value), &ten_to(dropped)), scale: u32::from(decimals.unsigned_abs()) }
            }
            None if self.scale >= SCALE => stripped(value, self.scale),
            None => Number { digits: long(value), scale: u32::from(self.scale.unsigned_abs()) },
        }
    }
}

/// One of these functions, of columns.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Power {
    kind: Kind,
    /// Type of the result.
    target: DataType,
    signature: Signature,
}

impl Power {
    fn new(kind: Kind, types: &[DataType], args: &[Expr]) -> Self {
        let scale_of = |place: usize| types.get(place).and_then(digits).map_or(0, |(_, scale)| scale.max(0));
        let is_whole = |exponent: &Expr| known(exponent).is_some_and(|exponent| exponent.is_whole());
        let is_whole_power =
            kind == Kind::Power && (types.get(1).is_some_and(DataType::is_integer) || args.get(1).is_some_and(is_whole));
        let target = match is_whole_power && scale_of(0) < SCALE && scale_of(1) < SCALE {
            true => DataType::Decimal256(POWER_PRECISION, POWER_SCALE.max(scale_of(0))),
            false => UNCONSTRAINED,
        };
        Self { kind, target, signature: Signature::any(types.len(), Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Power {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.target.clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        let field = Field::new(self.name(), self.target.clone(), nullable);
        if self.target != UNCONSTRAINED {
            return Ok(Arc::new(field));
        }
        let least = args.arg_fields.iter().filter_map(|field| shown_decimals(field)).max().unwrap_or_default();
        // So small a number as one that is raised to has all decimals of a quotient.
        let is_of_computed = self.kind == Kind::Exponential && args.arg_fields.iter().any(|field| Shown::of(field).is_some());
        let (rule, least) = match self.kind {
            Kind::Power if args.arg_fields.get(1).is_some_and(|field| field.data_type().is_integer()) => {
                (Rule::WholePower, least.max(POWER_SCALE))
            }
            kind if is_of_computed => (kind.rule(), least.max(POWER_SCALE)),
            kind => (kind.rule(), least),
        };
        Ok(shown_as(field, Shown { rule, least }))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_value = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let fields = args.arg_fields.iter().map(|field| Shown::of(field));
        let columns = arrays.iter().zip(fields).map(|(array, shown)| Column::of(array, shown)).collect::<Result<Vec<_>>>()?;
        let rows = columns.first().map_or(0, |column| column.array.len());
        let Some((precision, scale)) = digits(&self.target) else { return internal_err!("{} is exact", self.name()) };
        let scale_max = u32::from(scale.unsigned_abs());
        let mut numbers = Vec::with_capacity(columns.len());
        let mut result = |row: usize| {
            if columns.iter().any(|column| column.array.is_null(row)) {
                return Ok(None);
            }
            numbers.clear();
            numbers.extend(columns.iter().map(|column| column.number(row)));
            let (digits, decimals) = self.kind.computed(&numbers, scale_max)?;
            let number = digits * ten_to(scale_max - decimals);
            let has_room = length(number.magnitude()) <= i64::from(precision);
            narrowed(&number).filter(|_| has_room).map(Some).ok_or_else(overflow)
        };
        let results = (0..rows).map(&mut result).collect::<Result<Decimal256Array>>()?;
        let results: ArrayRef = Arc::new(results.with_precision_and_scale(precision, scale)?);
        match is_value && results.len() == 1 {
            true => ScalarValue::try_from_array(&results, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(results)),
        }
    }
}
