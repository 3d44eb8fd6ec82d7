//! `(start, end) OVERLAPS (start, end)`: whether two periods have a moment in common, by the rules of PostgreSQL's `overlaps_timestamp`;
//! a period begins with the earlier of its ends, and its end is not part of it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::sql::sqlparser::ast::{BinaryOperator, DataType as SqlType, Expr, TypedString};

use crate::catalog::pg::build;
use crate::dialect::failure::undefined;

/// The call that the operator means. An interval is how long a period is.
pub fn planned(expression: &Expr) -> Option<Expr> {
    let Expr::BinaryOp { left, op: BinaryOperator::Overlaps, right } = expression else { return None };
    let (Expr::Tuple(left), Expr::Tuple(right)) = (left.as_ref(), right.as_ref()) else { return None };
    let period = |members: &[Expr]| -> Option<[Expr; 2]> {
        let [start, end] = members else { return None };
        let end = match is_interval(end) {
            true => Expr::BinaryOp {
                left: Box::new(Expr::Nested(Box::new(start.clone()))),
                op: BinaryOperator::Plus,
                right: Box::new(Expr::Nested(Box::new(end.clone()))),
            },
            false => end.clone(),
        };
        Some([start.clone(), end])
    };
    let arguments = [period(left)?, period(right)?].concat();
    Some(build::call("overlaps", arguments))
}

fn is_interval(expression: &Expr) -> bool {
    match expression {
        Expr::Interval(_) => true,
        Expr::Nested(inner) => is_interval(inner),
        Expr::Cast { data_type, .. } | Expr::TypedString(TypedString { data_type, .. }) => {
            matches!(data_type, SqlType::Interval { .. })
        }
        _ => false,
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Overlaps {
    signature: Signature,
}

impl Default for Overlaps {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Overlaps {
    fn name(&self) -> &str {
        "overlaps"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let is_literal = |given: &DataType| given.is_null() || given.is_string();
        let all = |fits: fn(&DataType) -> bool| types.iter().all(|given| is_literal(given) || fits(given));
        let zone = types.iter().find_map(|given| match given {
            DataType::Timestamp(_, Some(zone)) => Some(Arc::clone(zone)),
            _ => None,
        });
        let common = if types.len() != 4 {
            return Err(undefined(self.name(), types));
        } else if all(|given| matches!(given, DataType::Time64(_) | DataType::Time32(_))) && !types.iter().all(is_literal) {
            DataType::Time64(TimeUnit::Microsecond)
        } else if all(|given| matches!(given, DataType::Timestamp(..) | DataType::Date32)) {
            DataType::Timestamp(TimeUnit::Microsecond, zone)
        } else {
            return Err(undefined(self.name(), types));
        };
        Ok(vec![common; 4])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let ends = args.args.iter().map(|argument| Ok(cast(&argument.to_array(count)?, &DataType::Int64)?));
        let ends = ends.collect::<Result<Vec<_>>>()?;
        let [start, end, other_start, other_end] = ends.as_slice() else { return internal_err!("two periods have four ends") };
        let value = |column: &ArrayRef, row: usize| {
            let column = column.as_primitive::<Int64Type>();
            column.is_valid(row).then(|| column.value(row))
        };
        let answers = (0..count).map(|row| {
            let one = Period::of(value(start, row), value(end, row))?;
            one.overlaps(Period::of(value(other_start, row), value(other_end, row))?)
        });
        let answers: ArrayRef = Arc::new(answers.collect::<BooleanArray>());
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&answers, 0)?),
            false => ColumnarValue::Array(answers),
        })
    }
}

/// A period of which at least one end is known.
#[derive(Clone, Copy)]
struct Period {
    start: i64,
    end: Option<i64>,
}

impl Period {
    fn of(start: Option<i64>, end: Option<i64>) -> Option<Self> {
        Some(match (start, end) {
            (Some(start), Some(end)) => Self { start: start.min(end), end: Some(start.max(end)) },
            (Some(known), None) | (None, Some(known)) => Self { start: known, end: None },
            (None, None) => return None,
        })
    }

    fn overlaps(self, other: Self) -> Option<bool> {
        if self.start == other.start {
            return self.end.and(other.end).map(|_| true);
        }
        let (earlier, later) = if self.start < other.start { (self, other) } else { (other, self) };
        let end = earlier.end?;
        if later.start < end { Some(true) } else { later.end.map(|_| false) }
    }
}
