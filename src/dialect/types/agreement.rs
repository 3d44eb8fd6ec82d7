//! Which types go together. PostgreSQL has no operator of a number and a text, and no common type for them in CASE or UNION, where the
//! engine makes texts of both. A literal in quotes has no type of its own: it takes that of what stands beside it.
//! (Its manual's chapter "Type Conversion": 10.2 for operators, 10.5 for UNION, CASE and their like.)

use cilake_wire::types::{oid, pg_type};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::{Cast, InSubquery, Like};
use datafusion::logical_expr::{Between, BinaryExpr, Expr, ExprSchemable, Operator};

use super::operators::unknown;
use crate::catalog::pg::types;
use crate::dialect::arrays::quantified;
use crate::dialect::casts::literals::{self, DateOrder};
use crate::dialect::comparisons::is_comparison;
use crate::dialect::failure::failed;
use crate::dialect::texts::operators::field as typed;
use crate::error::SqlState;

/// Types of which each goes with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Category {
    Number,
    Text,
    Boolean,
    /// A day or a moment.
    Moment,
    Time,
    Interval,
    Bytes,
    Uuid,
    Json,
    Jsonb,
    Array,
    /// Not judged here.
    Other,
}

impl Category {
    fn of(field: &Field) -> Self {
        if field.data_type().is_list() {
            return Self::Array;
        }
        match pg_type(field).oid {
            oid::INT2 | oid::INT4 | oid::INT8 | oid::FLOAT4 | oid::FLOAT8 | oid::NUMERIC => Self::Number,
            oid::TEXT | oid::VARCHAR | oid::BPCHAR => Self::Text,
            oid::BOOL => Self::Boolean,
            oid::DATE | oid::TIMESTAMP | oid::TIMESTAMPTZ => Self::Moment,
            oid::TIME => Self::Time,
            oid::INTERVAL => Self::Interval,
            oid::BYTEA => Self::Bytes,
            oid::UUID => Self::Uuid,
            oid::JSON => Self::Json,
            oid::JSONB => Self::Jsonb,
            _ => Self::Other,
        }
    }

    fn goes_with(self, other: Self) -> bool {
        self == other || self == Self::Other || other == Self::Other
    }
}

/// Whether PostgreSQL has an operator for operands of these categories.
fn has_operator(operator: Operator, left: Category, right: Category) -> bool {
    use Category::{Array, Boolean, Bytes, Interval, Moment, Number, Other, Text, Time};
    if left == Other || right == Other {
        return true;
    }
    match operator {
        op if is_comparison(op) => left == right,
        Operator::Plus => matches!(
            (left, right),
            (Number | Moment, Number)
                | (Number, Moment)
                | (Moment | Time | Interval, Interval)
                | (Interval, Moment | Time)
                | (Moment, Time)
                | (Time, Moment)
        ),
        Operator::Minus => matches!(
            (left, right),
            (Number | Moment, Number) | (Moment, Moment) | (Time, Time) | (Moment | Time | Interval, Interval)
        ),
        Operator::Multiply => matches!((left, right), (Number | Interval, Number) | (Number, Interval)),
        Operator::Divide => matches!((left, right), (Number | Interval, Number)),
        Operator::Modulo => left == Number && right == Number,
        Operator::StringConcat => {
            left == Text || right == Text || left == Array || right == Array || (left == Bytes && right == Bytes)
        }
        Operator::LikeMatch | Operator::ILikeMatch => left == Text && right == Text,
        Operator::And | Operator::Or => left == Boolean && right == Boolean,
        _ => true,
    }
}

/// What stands in a place that asks for a type.
pub struct Operand {
    pub field: FieldRef,
    /// Without a type of its own: a literal in quotes, NULL, a parameter.
    pub is_unknown: bool,
}

impl Operand {
    fn of(expr: &Expr, schema: &DFSchema) -> Option<Self> {
        let field = match expr {
            // Its type says all, and is asked of each operand once.
            Expr::BinaryExpr(_) => FieldRef::new(Field::new("", expr.get_type(schema).ok()?, true)),
            _ => typed(expr, schema)?,
        };
        let is_unknown = unknown(expr).is_some() || field.data_type().is_null() || matches!(expr, Expr::Placeholder(_));
        Some(Self { field, is_unknown })
    }

    fn category(&self) -> Category {
        if self.is_unknown { Category::Other } else { Category::of(&self.field) }
    }
}

/// # Errors
/// 42883 where PostgreSQL has no such operator, 42725 where it has many.
pub fn check_operator(operator: Operator, shown: &str, left: &Expr, right: &Expr, schema: &DFSchema) -> Result<()> {
    let is_arithmetic =
        matches!(operator, Operator::Plus | Operator::Minus | Operator::Multiply | Operator::Divide | Operator::Modulo);
    if is_arithmetic && is_literal(left) && is_literal(right) {
        return Err(failed("42725", format!("operator is not unique: unknown {shown} unknown")));
    }
    let (Some(left), Some(right)) = (Operand::of(left, schema), Operand::of(right, schema)) else { return Ok(()) };
    match has_operator(operator, left.category(), right.category()) {
        true => Ok(()),
        false => Err(no_operator(&left.field, shown, &right.field)),
    }
}

fn no_operator(left: &Field, shown: &str, right: &Field) -> DataFusionError {
    let message = format!("operator does not exist: {} {shown} {}", name(left), name(right));
    failed(SqlState::UNDEFINED_FUNCTION, message)
}

/// An expression of several values that are of one type, in which literals in quotes have that type.
///
/// # Errors
/// 42804 where the types do not go together, 42883 where they are compared; those of literals.
pub fn meant(expr: Expr, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let changed = |changed, expr| Ok(if changed { Transformed::yes(expr) } else { Transformed::no(expr) });
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            // What the planner plans itself, such as USING.
            check_operator(op, &op.to_string(), &left, &right, schema)?;
            changed(false, Expr::BinaryExpr(BinaryExpr { left, op, right }))
        }
        Expr::Between(Between { expr, negated, low, high }) => {
            check_operator(Operator::GtEq, ">=", &expr, &low, schema)?;
            check_operator(Operator::LtEq, "<=", &expr, &high, schema)?;
            changed(false, Expr::Between(Between { expr, negated, low, high }))
        }
        Expr::InList(list) => {
            for item in &list.list {
                check_operator(Operator::Eq, "=", &list.expr, item, schema)?;
            }
            changed(false, Expr::InList(list))
        }
        Expr::InSubquery(within) => {
            check_member(&within, schema)?;
            changed(false, Expr::InSubquery(within))
        }
        Expr::Like(like) => {
            let (operator, shown) = match (like.case_insensitive, like.negated) {
                (false, false) => (Operator::LikeMatch, "~~"),
                (false, true) => (Operator::LikeMatch, "!~~"),
                (true, false) => (Operator::ILikeMatch, "~~*"),
                (true, true) => (Operator::ILikeMatch, "!~~*"),
            };
            check_operator(operator, shown, &like.expr, &like.pattern, schema)?;
            check_pattern(shown, &like, schema)?;
            changed(false, Expr::Like(like))
        }
        Expr::Case(mut case) => {
            for (when, _) in &case.when_then_expr {
                match &case.expr {
                    Some(compared) => check_compared(compared, when, schema)?,
                    None => check_condition("CASE/WHEN", when, schema)?,
                }
            }
            let branches = case.when_then_expr.iter_mut().map(|(_, then)| then.as_mut());
            let mut branches = case.else_expr.as_deref_mut().into_iter().chain(branches).collect::<Vec<_>>();
            let is_changed = agree("CASE", &mut branches, schema, order)?;
            changed(is_changed, Expr::Case(case))
        }
        Expr::ScalarFunction(mut call) => {
            let what = match call.name() {
                "nullif" => {
                    if let [value, other] = call.args.as_slice() {
                        check_operator(Operator::Eq, "=", value, other, schema)?;
                    }
                    return changed(false, Expr::ScalarFunction(call));
                }
                name if quantified::operator(name).is_some() => {
                    // What is written as a text, `'{1,2}'`, has the type of the other side.
                    if let ([value, array], Some(shown)) = (call.args.as_slice(), quantified::operator(name))
                        && !is_read(array)
                    {
                        check_elements(value, array, shown, schema)?;
                    }
                    return changed(false, Expr::ScalarFunction(call));
                }
                "coalesce" => "COALESCE",
                "greatest" => "GREATEST",
                "least" => "LEAST",
                "make_array" => "ARRAY",
                _ => return changed(false, Expr::ScalarFunction(call)),
            };
            let is_changed = agree(what, &mut call.args.iter_mut().collect::<Vec<_>>(), schema, order)?;
            changed(is_changed, Expr::ScalarFunction(call))
        }
        other => changed(false, other),
    }
}

/// # Errors
/// 42883 where a value is not compared with what a sub-query gives, which has a type.
pub fn check_member(within: &InSubquery, schema: &DFSchema) -> Result<()> {
    let fields = within.subquery.subquery.schema().fields();
    let (Some(left), Some(field)) = (Operand::of(&within.expr, schema), fields.first()) else { return Ok(()) };
    let right = Operand { field: FieldRef::clone(field), is_unknown: false };
    match has_operator(Operator::Eq, left.category(), right.category()) {
        true => Ok(()),
        false => Err(no_operator(&left.field, "=", &right.field)),
    }
}

/// The operand of CASE, which is a text if it is a literal, and what it is compared with.
fn check_compared(operand: &Expr, when: &Expr, schema: &DFSchema) -> Result<()> {
    check_operator(Operator::Eq, "=", operand, when, schema)?;
    match (unknown(operand), Operand::of(when, schema)) {
        (Some(_), Some(when)) if !when.category().goes_with(Category::Text) => {
            Err(no_operator(&Field::new("", DataType::Utf8, true), "=", &when.field))
        }
        _ => Ok(()),
    }
}

/// Only texts and bytes are like a literal.
fn check_pattern(shown: &str, like: &Like, schema: &DFSchema) -> Result<()> {
    let (Some(left), Some(right)) = (Operand::of(&like.expr, schema), Operand::of(&like.pattern, schema)) else { return Ok(()) };
    let is_like = |operand: &Operand| match operand.category() {
        Category::Text | Category::Other => true,
        Category::Bytes => !like.case_insensitive,
        _ => false,
    };
    if is_like(&left) && is_like(&right) { Ok(()) } else { Err(no_operator(&left.field, shown, &right.field)) }
}

/// # Errors
/// 42883 for an element of an array that the value is not compared with.
pub fn check_elements(value: &Expr, array: &Expr, shown: &str, schema: &DFSchema) -> Result<()> {
    let (Some(left), Some(array)) = (Operand::of(value, schema), Operand::of(array, schema)) else { return Ok(()) };
    let DataType::List(element) = array.field.data_type() else { return Ok(()) };
    let is_unknown = element.data_type().is_null();
    let right = Operand { field: FieldRef::clone(element), is_unknown };
    match has_operator(Operator::Eq, left.category(), right.category()) {
        true => Ok(()),
        false => Err(no_operator(&left.field, shown, &right.field)),
    }
}

/// # Errors
/// 42804 for a condition that is neither true nor false.
pub fn check_condition(of: &str, condition: &Expr, schema: &DFSchema) -> Result<()> {
    let Some(operand) = Operand::of(condition, schema) else { return Ok(()) };
    match operand.category() {
        Category::Boolean | Category::Other => Ok(()),
        _ => {
            let message = format!("argument of {of} must be type boolean, not type {}", name(&operand.field));
            Err(failed(SqlState::DATATYPE_MISMATCH, message))
        }
    }
}

/// Gives literals among the branches the type of the others, and tells whether there were any.
fn agree(what: &str, branches: &mut [&mut Expr], schema: &DFSchema, order: DateOrder) -> Result<bool> {
    let operands = branches.iter().map(|branch| Operand::of(branch, schema)).collect::<Option<Vec<_>>>();
    let Some(operands) = operands else { return Ok(false) };
    let Some(common) = common(what, &operands)? else { return Ok(false) };
    let mut changed = false;
    for (branch, operand) in branches.iter_mut().zip(&operands) {
        changed |= take_type(branch, &common, order)?;
        if is_moved(operand, &common) {
            **branch = Expr::Cast(Cast::new(Box::new(std::mem::take(*branch)), common.data_type().clone()));
            changed = true;
        }
    }
    Ok(changed)
}

/// The type that literals take; none where all are literals, or where the literals are texts already.
///
/// # Errors
/// 42804 where the types do not go together.
pub fn common(what: &str, operands: &[Operand]) -> Result<Option<FieldRef>> {
    let mut known = operands.iter().filter(|operand| !operand.is_unknown);
    let Some(first) = known.next() else { return Ok(None) };
    if let Some(other) = known.find(|other| !first.category().goes_with(other.category())) {
        let message = format!("{what} types {} and {} cannot be matched", name(&first.field), name(&other.field));
        return Err(failed(SqlState::DATATYPE_MISMATCH, message));
    }
    let judged = !matches!(first.category(), Category::Text | Category::Json | Category::Jsonb | Category::Other);
    // A moment of the session's zone among days and clocks.
    let is_moment = |operand: &&Operand| !operand.is_unknown && has_zone(&operand.field);
    let typical = operands.iter().find(is_moment).unwrap_or(first);
    Ok(judged.then(|| FieldRef::clone(&typical.field)))
}

fn has_zone(field: &Field) -> bool {
    matches!(field.data_type(), DataType::Timestamp(_, Some(_)))
}

/// Whether the engine would give the others the type of this day or clock, where it has theirs.
pub fn is_moved(operand: &Operand, common: &Field) -> bool {
    !operand.is_unknown && has_zone(common) && operand.category() == Category::Moment && !has_zone(&operand.field)
}

/// A literal in quotes as of the type; tells whether it is one.
///
/// # Errors
/// Those of literals.
pub fn take_type(expr: &mut Expr, field: &Field, order: DateOrder) -> Result<bool> {
    let target = field.data_type();
    let Some(text) = unknown(expr) else { return Ok(false) };
    let value = match literals::read(text, target, order)? {
        Some(value) => value,
        None if target.is_decimal() => Expr::Literal(crate::dialect::numbers::unconstrained::literal(text)?, None),
        None => expr.clone(),
    };
    *expr = match &value {
        Expr::Literal(value, _) if value.data_type().is_decimal() || value.data_type() == *target => {
            Expr::Literal(value.clone(), None)
        }
        _ => Expr::Cast(Cast::new(Box::new(value), target.clone())),
    };
    Ok(true)
}

/// Whether the array is one of literals alone.
fn is_read(array: &Expr) -> bool {
    match array {
        Expr::ScalarFunction(call) if call.name() == "make_array" => call.args.iter().all(is_literal),
        other => is_literal(other),
    }
}

/// Whether an expression is a literal without a type of its own, in quotes or NULL.
pub fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(alias) => is_literal(&alias.expr),
        Expr::Literal(ScalarValue::Null, _) => true,
        other => unknown(other).is_some(),
    }
}

/// The type of a field as PostgreSQL writes it.
pub fn name(field: &Field) -> String {
    types::format_type(pg_type(field).oid, None).unwrap_or_else(|| field.data_type().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15's pg_operator: `SELECT oprleft::regtype, oprright::regtype FROM pg_operator WHERE oprname = …`.
    #[test]
    fn operators_are_those_of_postgres() {
        use Category::{Boolean, Interval, Moment, Number, Text, Time};
        for (operator, left, right, exists) in [
            (Operator::Eq, Number, Text, false),
            (Operator::Lt, Number, Moment, false),
            (Operator::Eq, Boolean, Number, false),
            (Operator::GtEq, Moment, Moment, true),
            (Operator::Lt, Time, Moment, false),
            (Operator::Plus, Number, Text, false),
            (Operator::Plus, Moment, Interval, true),
            (Operator::Plus, Moment, Moment, false),
            (Operator::Minus, Moment, Moment, true),
            (Operator::Minus, Interval, Moment, false),
            (Operator::Multiply, Interval, Number, true),
            (Operator::Divide, Number, Interval, false),
            (Operator::StringConcat, Number, Number, false),
            (Operator::StringConcat, Text, Number, true),
        ] {
            assert_eq!(has_operator(operator, left, right), exists, "{left:?} {operator} {right:?}");
        }
    }
}
