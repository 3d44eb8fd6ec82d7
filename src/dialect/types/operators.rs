//! Operators of dates and intervals, and literals in quotes, whose type is that of the other side.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Cast, Placeholder};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator, ScalarUDF, binary_expr};
use datafusion::sql::sqlparser::ast::BinaryOperator;
use datafusion_functions_customer::type_name::type_name;

use super::agreement;
use crate::dialect::arrays;
use crate::dialect::casts::literals::{self, DateOrder};
use crate::dialect::casts::uuids::{self, is_uuid};
use crate::dialect::failure::failed;
use crate::dialect::moments::calendar::{days_after, days_between};
use crate::dialect::moments::fields::Extract;
use crate::dialect::moments::{differences, intervals};
use crate::dialect::numbers::decimals::wide_enough;
use crate::dialect::numbers::quotient::{has_decimals, quotient_of};
use crate::dialect::numbers::{maths, unconstrained};

/// Plans what the planner's own operators do otherwise.
#[derive(Debug)]
pub struct Operators {
    /// Of the dates in literals.
    pub order: DateOrder,
}

impl ExprPlanner for Operators {
    fn plan_extract(&self, args: Vec<Expr>) -> Result<PlannerResult<Vec<Expr>>> {
        Ok(PlannerResult::Planned(ScalarUDF::from(Extract::numeric()).call(args)))
    }

    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let RawBinaryExpr { op, left, right } = beside_number(expr, schema)?;
        // What a `numeric` without a scale is cast from may say how many digits it has.
        let (left, right) = (unconstrained::narrowed(left, schema)?, unconstrained::narrowed(right, schema)?);
        if let Some(expr) = arrays::planned(&op, &left, &right, schema)? {
            return Ok(PlannerResult::Planned(expr));
        }
        if is_of_bits(&op) {
            let types = [left.get_type(schema)?, right.get_type(schema)?];
            if let Some(other) = types.iter().find(|of| of.is_floating() || of.is_decimal()) {
                let message = format!("operator {op} does not exist for {}", type_name(other));
                return Err(failed("42883", message));
            }
            let is_shift = matches!(op, BinaryOperator::PGBitwiseShiftLeft | BinaryOperator::PGBitwiseShiftRight);
            if let (true, [of, DataType::Int64]) = (is_shift, &types) {
                return Err(failed("42883", format!("operator does not exist: {} {op} bigint", type_name(of))));
            }
        }
        if op == BinaryOperator::PGExp {
            return maths::call("power", vec![left, right]).map(PlannerResult::Planned);
        }
        let Some(operator) = operator(&op) else {
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        };
        agreement::check_operator(operator, &op.to_string(), &left, &right, schema)?;
        let types = (left.get_type(schema), right.get_type(schema));
        let (Ok(of_left), Ok(of_right)) = types else {
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        };
        let right = match (&of_left, &of_right) {
            // Times of two units have no common type to the planner.
            (DataType::Time64(one), DataType::Time64(other)) if one != other => cast(&right, &of_left),
            _ => right,
        };
        let (left, right) = match operator {
            Operator::Multiply | Operator::Divide | Operator::StringConcat => (left, right),
            operator => (
                literals::as_other(left, operator, &of_right, self.order)?,
                literals::as_other(right, operator, &of_left, self.order)?,
            ),
        };
        let typed = |expr: &Expr, known: DataType| match expr {
            Expr::BinaryExpr(_) => Ok(known),
            other => other.get_type(schema),
        };
        let (of_left, of_right) = (typed(&left, of_left)?, typed(&right, of_right)?);
        let (left, right) = match operator {
            // As a text, like everything that is joined to one.
            Operator::StringConcat if is_uuid(&of_left) && of_right.is_string() => (cast(&left, &of_right), right),
            Operator::StringConcat if is_uuid(&of_right) && of_left.is_string() => (left, cast(&right, &of_left)),
            _ => (left, right),
        };
        if matches!(operator, Operator::Plus | Operator::Minus)
            && let (DataType::Date32, DataType::Int64) | (DataType::Int64, DataType::Date32) = (&of_left, &of_right)
        {
            let message = format!("operator does not exist: {} {op} {}", type_name(&of_left), type_name(&of_right));
            return Err(failed("42883", message));
        }
        // The engine has no type for it at all.
        let binary = BinaryExpr::new(Box::new(left), operator, Box::new(right));
        let too_long =
            of_left.is_decimal() && of_right.is_decimal() && Expr::BinaryExpr(binary.clone()).get_type(schema).is_err();
        if let Some((left, right)) = too_long.then(|| wide_enough(&binary, &of_left, &of_right)).flatten() {
            return Ok(PlannerResult::Planned(binary_expr(left, operator, right)));
        }
        if operator == Operator::Divide
            && has_decimals(&of_left, &of_right)
            && Expr::BinaryExpr(binary.clone()).get_type(schema).is_err()
        {
            return Ok(PlannerResult::Planned(quotient_of(*binary.left, *binary.right)));
        }
        let (left, right) = (*binary.left, *binary.right);
        Ok(match planned(operator, &left, &of_left, &right, &of_right) {
            Some(expr) => PlannerResult::Planned(expr),
            None => PlannerResult::Original(RawBinaryExpr { op, left, right }),
        })
    }

    fn plan_array_literal(&self, elements: Vec<Expr>, schema: &DFSchema) -> Result<PlannerResult<Vec<Expr>>> {
        uuids::elements(elements, schema, self.order).map(PlannerResult::Original)
    }
}

/// `n + '5'`, where the literal is a number of the other side's type; a number of bits is an `integer`.
fn beside_number(expr: RawBinaryExpr, schema: &DFSchema) -> Result<RawBinaryExpr> {
    let RawBinaryExpr { op, mut left, mut right } = expr;
    let is_shift = matches!(op, BinaryOperator::PGBitwiseShiftLeft | BinaryOperator::PGBitwiseShiftRight);
    let is_of_numbers = matches!(
        op,
        BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Modulo
    );
    if !is_of_numbers && !is_of_bits(&op) {
        return Ok(RawBinaryExpr { op, left, right });
    }
    let (literal, other) = match (unknown(&left).is_some(), unknown(&right).is_some()) {
        (true, false) => (&mut left, &right),
        (false, true) => (&mut right, &left),
        _ => return Ok(RawBinaryExpr { op, left, right }),
    };
    if let (Ok(of_other), Some(text)) = (other.get_type(schema), unknown(literal))
        && of_other.is_numeric()
    {
        *literal = match of_other {
            of if of.is_decimal() => Expr::Literal(unconstrained::literal(text)?, None),
            _ if is_shift => cast(literal, &DataType::Int32),
            of => cast(literal, &of),
        };
    }
    Ok(RawBinaryExpr { op, left, right })
}

fn is_of_bits(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::BitwiseAnd
            | BinaryOperator::BitwiseOr
            | BinaryOperator::PGBitwiseXor
            | BinaryOperator::PGBitwiseShiftLeft
            | BinaryOperator::PGBitwiseShiftRight
    )
}

fn operator(op: &BinaryOperator) -> Option<Operator> {
    Some(match op {
        BinaryOperator::Eq => Operator::Eq,
        BinaryOperator::NotEq => Operator::NotEq,
        BinaryOperator::Lt => Operator::Lt,
        BinaryOperator::LtEq => Operator::LtEq,
        BinaryOperator::Gt => Operator::Gt,
        BinaryOperator::GtEq => Operator::GtEq,
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Multiply => Operator::Multiply,
        BinaryOperator::Divide => Operator::Divide,
        BinaryOperator::StringConcat => Operator::StringConcat,
        _ => return None,
    })
}

fn planned(operator: Operator, left: &Expr, of_left: &DataType, right: &Expr, of_right: &DataType) -> Option<Expr> {
    let is_interval = |data_type: &DataType| matches!(data_type, DataType::Interval(_));
    let number = |expr: &Expr, data_type: &DataType| match expr {
        Expr::Placeholder(Placeholder { id, field: None }) => {
            let field = datafusion::arrow::datatypes::Field::new(id, DataType::Float64, true);
            Some(Expr::Placeholder(Placeholder::new_with_field(id.clone(), Some(field.into()))))
        }
        expr => data_type.is_numeric().then(|| cast(expr, &DataType::Float64)),
    };
    Some(match (operator, of_left, of_right) {
        (Operator::Multiply, interval, factor) if is_interval(interval) => intervals::times(left.clone(), number(right, factor)?),
        (Operator::Multiply, factor, interval) if is_interval(interval) => intervals::times(right.clone(), number(left, factor)?),
        (Operator::Divide, interval, divisor) if is_interval(interval) => {
            intervals::divided(left.clone(), number(right, divisor)?)
        }
        // Days between two dates, and dates so many days apart, are whole numbers.
        (Operator::Minus, DataType::Date32, DataType::Date32) => days_between(left.clone(), right.clone()),
        (Operator::Plus, DataType::Date32, number) if is_count(number) => days_after(left.clone(), right.clone()),
        (Operator::Plus, number, DataType::Date32) if is_count(number) => days_after(right.clone(), left.clone()),
        (Operator::Minus, DataType::Date32, number) if is_count(number) => {
            days_after(left.clone(), Expr::Negative(Box::new(cast(right, &DataType::Int64))))
        }
        // A date and an interval are a point in time.
        (Operator::Plus | Operator::Minus, DataType::Date32, interval) if is_interval(interval) => {
            binary_expr(midnight(left), operator, right.clone())
        }
        (Operator::Plus, interval, DataType::Date32) if is_interval(interval) => {
            binary_expr(midnight(right), operator, left.clone())
        }
        (Operator::Minus, DataType::Timestamp(..), DataType::Timestamp(..)) => {
            differences::difference(left.clone(), right.clone())
        }
        (Operator::Minus, DataType::Timestamp(..), DataType::Date32) => differences::difference(left.clone(), midnight(right)),
        (Operator::Minus, DataType::Date32, DataType::Timestamp(..)) => differences::difference(midnight(left), right.clone()),
        _ => return None,
    })
}

/// Whether so many days can be added to a day.
fn is_count(data_type: &DataType) -> bool {
    data_type.is_integer() && !matches!(data_type, DataType::Int64 | DataType::UInt32 | DataType::UInt64)
}

fn cast(expr: &Expr, data_type: &DataType) -> Expr {
    Expr::Cast(Cast::new(Box::new(expr.clone()), data_type.clone()))
}

fn midnight(expr: &Expr) -> Expr {
    cast(expr, &DataType::Timestamp(TimeUnit::Microsecond, None))
}

/// The text of a literal in quotes that no cast gives a type.
pub fn unknown(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)), _) => Some(text),
        _ => None,
    }
}
