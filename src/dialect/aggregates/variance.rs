//! Variances and standard deviations of exact numbers, which are exact themselves, by the steps of PostgreSQL's
//! `numeric_stddev_internal`: from the count, the sum and the sum of squares.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal256Type, Field, FieldRef, UInt64Type, i256};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use num_bigint::BigInt;

use crate::dialect::failure::{failed, overflow};
use crate::dialect::numbers::long::{divided, long, narrowed, ten_to};
use crate::dialect::numbers::quotient::shown_as_quotient;
use crate::dialect::numbers::unconstrained::UNCONSTRAINED;

/// Decimals that are computed: as many as PostgreSQL shows of a quotient between 0.0001 and 1.
const SCALE: i8 = 20;
const DIGITS: u8 = 76;
/// Digits of a quotient that count, at least.
const SIGNIFICANT: i32 = 16;
/// PostgreSQL's numbers have groups of so many digits.
const GROUP: i32 = 4;

#[derive(Debug, PartialEq, Eq, Hash)]
struct Deviation {
    name: &'static str,
    of_sample: bool,
    is_root: bool,
    /// Decimals of the numbers.
    scale: i8,
    signature: Signature,
}

/// The exact function for the engine's one of that name; `None` for other functions and numbers that are not exact.
pub fn exact(name: &str, number: &DataType) -> Option<Arc<AggregateUDF>> {
    let (name, of_sample, is_root) = match name {
        "var" | "var_samp" => ("var_samp", true, false),
        "var_pop" => ("var_pop", false, false),
        "stddev" | "stddev_samp" => ("stddev_samp", true, true),
        "stddev_pop" => ("stddev_pop", false, true),
        _ => return None,
    };
    let scale = match number {
        integer if integer.is_integer() => 0,
        // Squares of more decimals have no room.
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) if *scale >= 0 => (*scale).min(SCALE),
        _ => return None,
    };
    let signature = Signature::any(1, Volatility::Immutable);
    Some(Arc::new(AggregateUDF::from(Deviation { name, of_sample, is_root, scale, signature })))
}

impl AggregateUDFImpl for Deviation {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Decimal256(DIGITS, SCALE.max(2 * self.scale)))
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        let types: Vec<DataType> = fields.iter().map(|field| field.data_type().clone()).collect();
        // Numbers without a scale have as many decimals as they need, and so have their squares.
        let least = if types.contains(&UNCONSTRAINED) { 0 } else { 2 * self.scale };
        Ok(shown_as_quotient(Field::new(self.name, self.return_type(&types)?, true), least))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return Err(failed("0A000", format!("{}(DISTINCT …) is not supported", self.name)));
        }
        let Self { of_sample, is_root, scale, .. } = *self;
        Ok(Box::new(Sums { of_sample, is_root, scale, count: 0, sum: i256::ZERO, squares: i256::ZERO }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part: &str, data_type| Arc::new(Field::new(format!("{}[{part}]", args.name), data_type, true));
        let whole = DataType::Decimal256(DIGITS, 0);
        Ok(vec![field("count", DataType::UInt64), field("sum", whole.clone()), field("squares", whole)])
    }
}

/// Of the numbers without their point.
#[derive(Debug)]
struct Sums {
    of_sample: bool,
    is_root: bool,
    scale: i8,
    count: u64,
    sum: i256,
    squares: i256,
}

impl Sums {
    fn numbers(&self, values: &[ArrayRef]) -> Result<ArrayRef> {
        let [numbers] = values else { return internal_err!("a deviation of one column") };
        Ok(cast(numbers, &DataType::Decimal256(DIGITS, self.scale))?)
    }

    fn add(&mut self, number: i256) -> Option<()> {
        self.count += 1;
        self.sum = self.sum.checked_add(number)?;
        self.squares = self.squares.checked_add(number.checked_mul(number)?)?;
        Some(())
    }

    fn remove(&mut self, number: i256) -> Option<()> {
        self.count -= 1;
        self.sum = self.sum.checked_sub(number)?;
        self.squares = self.squares.checked_sub(number.checked_mul(number)?)?;
        Some(())
    }

    /// With [`SCALE`] decimals, or twice those of the numbers.
    fn deviation(&self) -> Option<i256> {
        let count = BigInt::from(self.count);
        let sum = long(self.sum);
        let dividend = &count * long(self.squares) - &sum * &sum;
        if dividend <= BigInt::ZERO {
            return Some(i256::ZERO);
        }
        let divisor = &count * if self.of_sample { &count - 1 } else { count.clone() };
        let own = i32::from(self.scale) * 2;
        let all = i32::from(SCALE).max(own);
        let shown = decimals(&dividend, own, &divisor).clamp(own, all);
        let quotient = divided(&(dividend * power(shown - own)?), &divisor);
        let result = if self.is_root { root(&(quotient * power(shown)?)) } else { quotient };
        narrowed(&(result * power(all - shown)?))
    }
}

fn power(digits: i32) -> Option<BigInt> {
    u32::try_from(digits).ok().map(ten_to)
}

/// The square root, rounded.
fn root(square: &BigInt) -> BigInt {
    let cut = square.sqrt();
    // What is left over is more than the root where the next half is reached.
    if square - &cut * &cut > cut { cut + 1 } else { cut }
}

/// The decimals that PostgreSQL's `select_div_scale` gives a quotient of a number with so many decimals and a whole one.
fn decimals(dividend: &BigInt, scale: i32, divisor: &BigInt) -> i32 {
    let (weight, first) = leading(dividend, scale);
    let (weight_of_divisor, first_of_divisor) = leading(divisor, 0);
    let weight = weight - weight_of_divisor - i32::from(first <= first_of_divisor);
    (SIGNIFICANT - weight * GROUP).max(scale).max(0)
}

/// The place of the first group of digits that is not zero, counted from the point, and the group itself.
fn leading(number: &BigInt, scale: i32) -> (i32, i32) {
    let digits = number.to_string();
    let whole = i32::try_from(digits.len()).unwrap_or(0) - scale;
    let weight = (whole + GROUP - 1).div_euclid(GROUP) - 1;
    // Digits of the first group: those up to the next multiple of four before the point.
    let length = usize::try_from(whole - weight * GROUP).unwrap_or(1);
    let group: String = digits.chars().chain(std::iter::repeat('0')).take(length).collect();
    (weight, group.parse().unwrap_or(0))
}

impl Accumulator for Sums {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let numbers = self.numbers(values)?;
        numbers.as_primitive::<Decimal256Type>().iter().flatten().try_for_each(|n| self.add(n)).ok_or_else(overflow)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let numbers = self.numbers(values)?;
        numbers.as_primitive::<Decimal256Type>().iter().flatten().try_for_each(|n| self.remove(n)).ok_or_else(overflow)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let scale = SCALE.max(2 * self.scale);
        if self.count == 0 || (self.of_sample && self.count == 1) {
            return Ok(ScalarValue::Decimal256(None, DIGITS, scale));
        }
        Ok(ScalarValue::Decimal256(Some(self.deviation().ok_or_else(overflow)?), DIGITS, scale))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![
            ScalarValue::UInt64(Some(self.count)),
            ScalarValue::Decimal256(Some(self.sum), DIGITS, 0),
            ScalarValue::Decimal256(Some(self.squares), DIGITS, 0),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [counts, sums, squares] = states else { return internal_err!("a deviation has three states") };
        let (counts, sums) = (counts.as_primitive::<UInt64Type>(), sums.as_primitive::<Decimal256Type>());
        let squares = squares.as_primitive::<Decimal256Type>();
        for row in 0..counts.len() {
            self.count += counts.value(row);
            self.sum = self.sum.checked_add(sums.value(row)).ok_or_else(overflow)?;
            self.squares = self.squares.checked_add(squares.value(row)).ok_or_else(overflow)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[i64], of_sample: bool, is_root: bool) -> String {
        let mut sums = Sums { of_sample, is_root, scale: 0, count: 0, sum: i256::ZERO, squares: i256::ZERO };
        numbers.iter().for_each(|number| sums.add(i256::from(*number)).unwrap());
        sums.deviation().unwrap().to_string()
    }

    /// PostgreSQL 15: `SELECT variance(x), stddev(x) FROM (VALUES …) v(x)` of integers, with 20 decimals and without the point.
    #[test]
    fn deviations_are_those_of_postgres() {
        assert_eq!(of(&[1, 2, 3, 4], true, false), "166666666666666670000");
        assert_eq!(of(&[1, 2, 3, 4], true, true), "129099444873580560000");
        assert_eq!(of(&[2, 4, 4, 4, 5, 5, 7, 9], true, true), "213808993529939510000");
        assert_eq!(of(&[2, 4, 4, 4, 5, 5, 7, 9], false, true), "200000000000000000000");
        assert_eq!(of(&[1, 2], true, false), "50000000000000000000");
        assert_eq!(of(&[1, 2], true, true), "70710678118654752440");
        assert_eq!(of(&[5, 5, 5], true, true), "0");
    }
}
