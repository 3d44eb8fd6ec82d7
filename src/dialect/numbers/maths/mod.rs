//! Functions of `double precision` (PostgreSQL's manual, tables 9.5 to 9.8) with the errors that PostgreSQL raises where the engine gives
//! an infinity or not a number. Other numbers become doubles first, but for the exact ones of which there are [`powers`].

mod degrees;
mod exact;

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

pub use exact::FUNCTIONS as EXACT_FUNCTIONS;

use super::powers;
use crate::dialect::failure::{failed, undefined};

/// What is wrong with an argument or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Overflow,
    Underflow,
    Input,
    LogarithmOfZero,
    LogarithmOfNegative,
    RootOfNegative,
    ZeroToNegative,
    Complex,
    DivisionByZero,
}

impl Fault {
    fn error(self) -> datafusion::error::DataFusionError {
        let (state, message) = match self {
            Self::Overflow => ("22003", "value out of range: overflow"),
            Self::Underflow => ("22003", "value out of range: underflow"),
            Self::Input => ("22003", "input is out of range"),
            Self::LogarithmOfZero => ("2201E", "cannot take logarithm of zero"),
            Self::LogarithmOfNegative => ("2201E", "cannot take logarithm of a negative number"),
            Self::RootOfNegative => ("2201F", "cannot take square root of a negative number"),
            Self::ZeroToNegative => ("2201F", "zero raised to a negative power is undefined"),
            Self::Complex => ("2201F", "a negative number raised to a non-integer power yields a complex result"),
            Self::DivisionByZero => ("22012", "division by zero"),
        };
        failed(state, message)
    }
}

type Answer = Result<f64, Fault>;

#[derive(Clone, Copy)]
enum Call {
    Unary(fn(f64) -> Answer),
    Binary(fn(f64, f64) -> Answer),
    Constant(f64),
}

struct Definition {
    name: &'static str,
    calls: &'static [Call],
}

const fn of(name: &'static str, calls: &'static [Call]) -> Definition {
    Definition { name, calls }
}

use Call::{Binary, Constant, Unary};

const FUNCTIONS: [Definition; 34] = [
    of("sqrt", &[Unary(|x| if x < 0.0 { Err(Fault::RootOfNegative) } else { Ok(x.sqrt()) })]),
    of("cbrt", &[Unary(|x| Ok(x.cbrt()))]),
    of("exp", &[Unary(|x| scaled(x.exp(), x != f64::NEG_INFINITY, x))]),
    of("ln", &[Unary(|x| logarithm(x).map(f64::ln))]),
    of("log", &[Unary(|x| logarithm(x).map(f64::log10)), Binary(based)]),
    of("log10", &[Unary(|x| logarithm(x).map(f64::log10))]),
    of("power", &[Binary(power)]),
    of("pow", &[Binary(power)]),
    of("pi", &[Constant(std::f64::consts::PI)]),
    of("degrees", &[Unary(|x| scaled(x / RADIANS_PER_DEGREE, false, x))]),
    of("radians", &[Unary(|x| Ok(x * RADIANS_PER_DEGREE))]),
    of("sin", &[Unary(|x| finite(x).map(f64::sin))]),
    of("cos", &[Unary(|x| finite(x).map(f64::cos))]),
    of("tan", &[Unary(|x| finite(x).map(f64::tan))]),
    of("cot", &[Unary(|x| finite(x).map(|x| 1.0 / x.tan()))]),
    of("asin", &[Unary(|x| within_one(x).map(f64::asin))]),
    of("acos", &[Unary(|x| within_one(x).map(f64::acos))]),
    of("atan", &[Unary(|x| Ok(x.atan()))]),
    of("atan2", &[Binary(|y, x| Ok(y.atan2(x)))]),
    of("sinh", &[Unary(|x| Ok(x.sinh()))]),
    of("cosh", &[Unary(|x| Ok(x.cosh()))]),
    of("tanh", &[Unary(|x| Ok(x.tanh()))]),
    of("asinh", &[Unary(|x| Ok(x.asinh()))]),
    of("acosh", &[Unary(|x| if x < 1.0 { Err(Fault::Input) } else { Ok(x.acosh()) })]),
    of("atanh", &[Unary(|x| within_one(x).map(f64::atanh))]),
    of("sind", &[Unary(|x| finite(x).map(degrees::sin))]),
    of("cosd", &[Unary(|x| finite(x).map(degrees::cos))]),
    of("tand", &[Unary(|x| finite(x).map(degrees::tan))]),
    of("cotd", &[Unary(|x| finite(x).map(degrees::cot))]),
    of("asind", &[Unary(|x| within_one(x).map(degrees::asin))]),
    of("acosd", &[Unary(|x| within_one(x).map(degrees::acos))]),
    of("atand", &[Unary(|x| Ok(degrees::atan(x)))]),
    of("atan2d", &[Binary(|y, x| Ok(degrees::atan2(y, x)))]),
    of(
        "dsign",
        &[Unary(|x| {
            Ok(if x > 0.0 {
                1.0
            } else if x < 0.0 {
                -1.0
            } else {
                0.0
            })
        })],
    ),
];

const RADIANS_PER_DEGREE: f64 = 0.017_453_292_519_943_295;

/// A result that may be too large for a double, or too small.
fn scaled(result: f64, underflows: bool, argument: f64) -> Answer {
    if result.is_infinite() && argument.is_finite() {
        return Err(Fault::Overflow);
    }
    if underflows && result == 0.0 { Err(Fault::Underflow) } else { Ok(result) }
}

fn logarithm(x: f64) -> Answer {
    if x == 0.0 {
        return Err(Fault::LogarithmOfZero);
    }
    if x < 0.0 { Err(Fault::LogarithmOfNegative) } else { Ok(x) }
}

fn finite(x: f64) -> Answer {
    if x.is_infinite() { Err(Fault::Input) } else { Ok(x) }
}

fn within_one(x: f64) -> Answer {
    if x.abs() > 1.0 { Err(Fault::Input) } else { Ok(x) }
}

/// `log(base, x)`. A quotient of logarithms misses whole results by a digit.
fn based(base: f64, x: f64) -> Answer {
    let (base, x) = (logarithm(base)?, logarithm(x)?);
    if base == 1.0 {
        return Err(Fault::DivisionByZero);
    }
    let quotient = x.ln() / base.ln();
    let whole = quotient.round();
    Ok(if base.powf(whole) == x { whole } else { quotient })
}

fn power(x: f64, y: f64) -> Answer {
    if x == 0.0 && y < 0.0 {
        return Err(Fault::ZeroToNegative);
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
        return Err(Fault::Complex);
    }
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() && result.is_infinite() {
        return Err(Fault::Overflow);
    }
    if result == 0.0 && x != 0.0 && x.is_finite() && y.is_finite() { Err(Fault::Underflow) } else { Ok(result) }
}

/// A call of one of them.
pub fn call(name: &str, arguments: Vec<Expr>) -> Result<Expr> {
    match functions().find(|function| function.name() == name) {
        Some(function) => Ok(function.call(arguments)),
        None => internal_err!("no function of doubles is named {name}"),
    }
}

/// All of them, for a session.
pub fn functions() -> impl Iterator<Item = ScalarUDF> {
    let of_doubles = |definition: &'static Definition| {
        ScalarUDF::from(OfDoubles { definition, signature: Signature::user_defined(Volatility::Immutable) })
    };
    const { &FUNCTIONS }.iter().map(of_doubles)
}

struct OfDoubles {
    definition: &'static Definition,
    signature: Signature,
}

impl std::fmt::Debug for OfDoubles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfDoubles").field("name", &self.definition.name).finish_non_exhaustive()
    }
}

impl PartialEq for OfDoubles {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for OfDoubles {}

impl std::hash::Hash for OfDoubles {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl OfDoubles {
    fn call(&self, arguments: usize) -> Option<Call> {
        let takes = |call: &&Call| match call {
            Constant(_) => arguments == 0,
            Unary(_) => arguments == 1,
            Binary(_) => arguments == 2,
        };
        self.definition.calls.iter().find(takes).copied()
    }
}

impl ScalarUDFImpl for OfDoubles {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let is_number = |given: &DataType| given.is_numeric() || given.is_null() || given.is_string();
        if powers::exact(self.name(), types).is_some() {
            return Ok(types.to_vec());
        }
        match self.call(types.len()).filter(|_| types.iter().all(is_number)) {
            Some(_) => Ok(vec![DataType::Float64; types.len()]),
            None => Err(undefined(self.name(), types)),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match powers::exact(self.name(), types) {
            Some(exact) => exact.return_type(types),
            None => Ok(DataType::Float64),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types = args.args.iter().map(ColumnarValue::data_type).collect::<Vec<_>>();
        if let Some(exact) = powers::exact(self.name(), &types) {
            return exact.invoke_with_args(args);
        }
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let answers: Float64Array = match (self.call(columns.len()), columns.as_slice()) {
            (Some(Constant(value)), _) => Float64Array::from_value(value, count),
            (Some(Unary(call)), [x]) => x.as_primitive::<Float64Type>().try_unary(|x| call(x).map_err(Fault::error))?,
            (Some(Binary(call)), [x, y]) => {
                let pairs = x.as_primitive::<Float64Type>().iter().zip(y.as_primitive::<Float64Type>());
                let answers = pairs.map(|(x, y)| x.zip(y).map(|(x, y)| call(x, y).map_err(Fault::error)).transpose());
                answers.collect::<Result<_>>()?
            }
            _ => return internal_err!("{} of {} arguments", self.name(), columns.len()),
        };
        let answers: ArrayRef = Arc::new(answers);
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&answers, 0)?),
            false => ColumnarValue::Array(answers),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT power(…, …)`, `log(…, …)`.
    #[test]
    fn powers_and_logarithms() {
        assert_eq!(power(2.0, -1.0), Ok(0.5));
        assert_eq!(power(0.0, 0.0), Ok(1.0));
        assert_eq!(power(0.0, -1.0), Err(Fault::ZeroToNegative));
        assert_eq!(power(-8.0, 0.5), Err(Fault::Complex));
        assert_eq!(power(10.0, 400.0), Err(Fault::Overflow));
        assert_eq!(power(10.0, -400.0), Err(Fault::Underflow));
        assert_eq!(based(10.0, 1_000.0), Ok(3.0));
        assert_eq!(based(1.0, 5.0), Err(Fault::DivisionByZero));
        assert_eq!(based(0.0, 5.0), Err(Fault::LogarithmOfZero));
    }
}
