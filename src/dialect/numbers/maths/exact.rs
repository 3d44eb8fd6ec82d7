//! Functions of whole and exact numbers: `gcd`, `lcm`, `factorial`, `div`, `scale`, `trim_scale`, `width_bucket`.

use datafusion::arrow::datatypes::i256;
use datafusion::common::{Result, internal_err};

use crate::dialect::failure::{failed, overflow};
use crate::dialect::functions::overloaded::{Context, Definition, Form, Type, Value};
use crate::dialect::numbers::unconstrained;

pub const FUNCTIONS: &[Definition] = &[
    Definition::new(
        "gcd",
        &[
            Form { arguments: &[Type::Int4, Type::Int4], returns: Type::Int4, call: |_, row| divisor(row) },
            Form { arguments: &[Type::Int8, Type::Int8], returns: Type::Int8, call: |_, row| divisor(row) },
            Form { arguments: &[Type::Numeric, Type::Numeric], returns: Type::Decimals, call: exact_divisor },
        ],
    ),
    Definition::new(
        "lcm",
        &[
            Form { arguments: &[Type::Int4, Type::Int4], returns: Type::Int4, call: |_, row| multiple(row, "integer") },
            Form { arguments: &[Type::Int8, Type::Int8], returns: Type::Int8, call: |_, row| multiple(row, "bigint") },
            Form { arguments: &[Type::Numeric, Type::Numeric], returns: Type::Decimals, call: exact_multiple },
        ],
    ),
    Definition::new("factorial", &[Form { arguments: &[Type::Int8], returns: Type::Numeric, call: factorial }]),
    Definition::new("div", &[Form { arguments: &[Type::Numeric, Type::Numeric], returns: Type::Numeric, call: quotient }]),
    Definition::new("scale", &[Form { arguments: &[Type::Numeric], returns: Type::Int4, call: |_, row| scale(row, false) }]),
    Definition::new("min_scale", &[Form { arguments: &[Type::Numeric], returns: Type::Int4, call: |_, row| scale(row, true) }]),
    Definition::new("trim_scale", &[Form { arguments: &[Type::Numeric], returns: Type::Trimmed, call: trimmed }]),
    Definition::new(
        "width_bucket",
        &[
            Form { arguments: &[Type::Float8, Type::Float8, Type::Float8, Type::Int4], returns: Type::Int4, call: bucket },
            Form {
                arguments: &[Type::Numeric, Type::Numeric, Type::Numeric, Type::Int4],
                returns: Type::Int4,
                call: exact_bucket,
            },
        ],
    ),
];

fn greatest_common_divisor(one: i64, other: i64) -> Option<i64> {
    let (mut one, mut other) = (i128::from(one).abs(), i128::from(other).abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    i64::try_from(one).ok()
}

fn divisor(row: &[Value]) -> Result<Value> {
    let [Value::Int(one), Value::Int(other)] = *row else { return internal_err!("gcd of {row:?}") };
    greatest_common_divisor(one, other).map(Value::Int).ok_or_else(|| failed("22003", "bigint out of range"))
}

fn multiple(row: &[Value], of: &str) -> Result<Value> {
    let [Value::Int(one), Value::Int(other)] = *row else { return internal_err!("lcm of {row:?}") };
    if one == 0 || other == 0 {
        return Ok(Value::Int(0));
    }
    let out_of_range = || failed("22003", format!("{of} out of range"));
    let divisor = greatest_common_divisor(one, other).ok_or_else(out_of_range)?;
    (one / divisor).checked_mul(other).and_then(i64::checked_abs).map(Value::Int).ok_or_else(out_of_range)
}

/// The numbers, and how many decimals they have.
fn two(row: &[Value]) -> Result<(i256, i256, i8)> {
    let scale = row.iter().filter_map(number).map(|(_, scale)| scale).max().unwrap_or(0);
    match level(row)?.as_slice() {
        [one, other] => Ok((*one, *other, scale)),
        _ => internal_err!("two numbers of {row:?}"),
    }
}

fn exact_common_divisor(mut one: i256, mut other: i256) -> i256 {
    while other != i256::ZERO {
        (one, other) = (other, one % other);
    }
    one.wrapping_abs()
}

fn exact_divisor(_: &Context, row: &[Value]) -> Result<Value> {
    let (one, other, scale) = two(row)?;
    Ok(Value::Numeric(exact_common_divisor(one, other), scale))
}

fn exact_multiple(_: &Context, row: &[Value]) -> Result<Value> {
    let (one, other, scale) = two(row)?;
    if one == i256::ZERO || other == i256::ZERO {
        return Ok(Value::Numeric(i256::ZERO, scale));
    }
    let multiple = (one / exact_common_divisor(one, other)).checked_mul(other).and_then(i256::checked_abs);
    multiple.map(|multiple| Value::Numeric(multiple, scale)).ok_or_else(overflow)
}

/// The type of the result does it.
fn trimmed(_: &Context, row: &[Value]) -> Result<Value> {
    match row {
        [number] => Ok(number.clone()),
        _ => internal_err!("trim_scale of {row:?}"),
    }
}

fn factorial(_: &Context, row: &[Value]) -> Result<Value> {
    let [Value::Int(number)] = *row else { return internal_err!("factorial of {row:?}") };
    if number < 0 {
        return Err(failed("22003", "factorial of a negative number is undefined"));
    }
    // The engine's numbers have 76 digits.
    let product =
        (2..=number).try_fold(i256::ONE, |product, factor| product.checked_mul(i256::from(factor)).filter(|_| number < 58));
    product.map(|product| Value::Numeric(product, 0)).ok_or_else(overflow)
}

/// A number's digits and decimals.
fn number(value: &Value) -> Option<(i256, i8)> {
    match value {
        Value::Numeric(digits, scale) => Some((*digits, *scale)),
        Value::Int(number) => Some((i256::from(*number), 0)),
        _ => None,
    }
}

/// The numbers as whole ones of equal decimals.
fn level(row: &[Value]) -> Result<Vec<i256>> {
    let Some(numbers) = row.iter().map(number).collect::<Option<Vec<_>>>() else { return internal_err!("numbers of {row:?}") };
    let scale = numbers.iter().map(|(_, scale)| *scale).max().unwrap_or(0);
    let brought = |(digits, own): &(i256, i8)| {
        let power = i256::from(10).checked_pow(u32::from((scale - own).unsigned_abs()))?;
        digits.checked_mul(power)
    };
    numbers.iter().map(brought).collect::<Option<Vec<_>>>().ok_or_else(overflow)
}

fn quotient(_: &Context, row: &[Value]) -> Result<Value> {
    match level(row)?.as_slice() {
        [_, divisor] if *divisor == i256::ZERO => Err(failed("22012", "division by zero")),
        [dividend, divisor] => Ok(Value::Numeric(*dividend / *divisor, 0)),
        _ => internal_err!("div of {row:?}"),
    }
}

fn scale(row: &[Value], least: bool) -> Result<Value> {
    let Some((mut digits, mut scale)) = row.first().and_then(number) else { return internal_err!("scale of {row:?}") };
    let ten = i256::from(10);
    // Without a scale of its own a number has the decimals that it needs.
    let least = least || scale == unconstrained::SCALE;
    while least && scale > 0 && digits % ten == i256::ZERO {
        digits /= ten;
        scale -= 1;
    }
    Ok(Value::Int(i64::from(if least && digits == i256::ZERO { 0 } else { scale })))
}

const NO_BUCKETS: &str = "2201G";

fn count_of(count: i64) -> Result<i64> {
    match count {
        1.. => Ok(count),
        _ => Err(failed(NO_BUCKETS, "count must be greater than zero")),
    }
}

fn bucket(_: &Context, row: &[Value]) -> Result<Value> {
    let [Value::Float(operand), Value::Float(low), Value::Float(high), Value::Int(count)] = *row else {
        return internal_err!("width_bucket of {row:?}");
    };
    let count = count_of(count)?;
    if operand.is_nan() || low.is_nan() || high.is_nan() {
        return Err(failed(NO_BUCKETS, "operand, lower bound, and upper bound cannot be NaN"));
    }
    if low.is_infinite() || high.is_infinite() {
        return Err(failed(NO_BUCKETS, "lower and upper bounds must be finite"));
    }
    let place = |operand: f64, low: f64, high: f64| {
        if operand < low {
            0
        } else if operand >= high {
            count + 1
        } else {
            // Halves do not overflow where the whole would.
            let part = (operand / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
            ((count as f64 * part) as i64).min(count - 1) + 1
        }
    };
    match low.partial_cmp(&high) {
        Some(std::cmp::Ordering::Less) => Ok(Value::Int(place(operand, low, high))),
        // From the highest down.
        Some(std::cmp::Ordering::Greater) => Ok(Value::Int(place(-operand, -low, -high))),
        _ => Err(failed(NO_BUCKETS, "lower bound cannot equal upper bound")),
    }
}

fn exact_bucket(_: &Context, row: &[Value]) -> Result<Value> {
    let Some(([operand, low, high], [Value::Int(count)])) = row.split_first_chunk::<3>() else {
        return internal_err!("width_bucket of {row:?}");
    };
    let count = count_of(*count)?;
    let leveled = level(&[operand.clone(), low.clone(), high.clone()])?;
    let [operand, low, high] = leveled.as_slice() else { return internal_err!("three numbers") };
    if low == high {
        return Err(failed(NO_BUCKETS, "lower bound cannot equal upper bound"));
    }
    let (part, whole) = if low < high { (*operand - *low, *high - *low) } else { (*low - *operand, *low - *high) };
    if part < i256::ZERO {
        return Ok(Value::Int(0));
    }
    if part >= whole {
        return Ok(Value::Int(count + 1));
    }
    let scaled = part.checked_mul(i256::from(count)).ok_or_else(overflow)?;
    let place = (scaled / whole).to_i128().and_then(|place| i64::try_from(place).ok());
    place.map(|place| Value::Int(place + 1)).ok_or_else(|| failed("22003", "integer out of range"))
}
