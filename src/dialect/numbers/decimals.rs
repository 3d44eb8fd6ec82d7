//! Decimals of many digits: operators whose result has more digits than the engine's type of their operands holds: they are computed in the wide type.

use datafusion::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, i256};
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::quotient::digits;
use crate::dialect::comparisons::is_comparison;

/// Decimals that a factor keeps where those of the product would be too many.
pub const FACTOR_SCALE: i8 = 28;

/// The operands in the wide type, if it takes that.
pub fn wide_enough(binary: &BinaryExpr, of_left: &DataType, of_right: &DataType) -> Option<(Expr, Expr)> {
    if of_left.is_integer() && of_right.is_integer() {
        return None;
    }
    let (of_left, of_right) = (exact(of_left)?, exact(of_right)?);
    let whole = |(precision, scale): (u8, i8)| i16::from(precision) - i16::from(scale);
    let precision = match binary.op {
        Operator::Multiply => i16::from(of_left.0) + i16::from(of_right.0) + 1,
        Operator::Plus | Operator::Minus => whole(of_left).max(whole(of_right)) + i16::from(of_left.1.max(of_right.1)) + 1,
        op if op == Operator::Modulo || is_comparison(op) => {
            whole(of_left).max(whole(of_right)) + i16::from(of_left.1.max(of_right.1))
        }
        _ => return None,
    };
    if precision <= i16::from(DECIMAL128_MAX_PRECISION) {
        return None;
    }
    let is_too_long = precision > i16::from(DECIMAL256_MAX_PRECISION) && of_left.1.saturating_add(of_right.1) > 2 * FACTOR_SCALE;
    let scale_max = match binary.op == Operator::Multiply && is_too_long {
        true => FACTOR_SCALE,
        false => i8::MAX,
    };
    Some((wide(&binary.left, of_left, scale_max), wide(&binary.right, of_right, scale_max)))
}

fn exact(data_type: &DataType) -> Option<(u8, i8)> {
    digits(data_type).filter(|(_, scale)| *scale >= 0)
}

fn wide(expr: &Expr, (precision, scale): (u8, i8), scale_max: i8) -> Expr {
    let dropped = u8::try_from(scale.saturating_sub(scale_max)).unwrap_or(0);
    let target = DataType::Decimal256(precision.saturating_sub(dropped).max(1), scale.min(scale_max));
    Expr::Cast(Cast::new(Box::new(expr.clone()), target))
}

/// A quotient of integers, rounded half away from zero; none if it has too many digits or the divisor is nought.
pub fn half_away(dividend: i256, divisor: i256) -> Option<i256> {
    let (cut, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?.checked_abs()?);
    if rest < divisor.checked_abs()?.checked_sub(rest)? {
        return Some(cut);
    }
    cut.checked_add(if (dividend < i256::ZERO) == (divisor < i256::ZERO) { i256::ONE } else { i256::MINUS_ONE })
}
