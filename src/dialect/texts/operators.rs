//! Operators of texts and of JSON, planned as calls of functions, and casts to and from JSON and to text.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::{Cast, ScalarFunction};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr, RawFieldAccessExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, GetFieldAccess, Operator, binary_expr, lit};
use datafusion::sql::sqlparser::ast::BinaryOperator;
use datafusion_functions_customer::type_name::type_name;

use super::{called, shown_type};
use crate::catalog::pg::types::PG_TYPE_KEY;
use crate::dialect::arrays::SUBSCRIPT;
use crate::dialect::casts::as_text;
use crate::dialect::casts::uuids::is_bytes;
use crate::dialect::failure::failed;
use crate::dialect::functions::record;
use crate::dialect::types::operators::unknown;
use crate::error::SqlState;

/// Plans what the planner does not know, or does otherwise.
#[derive(Debug)]
pub struct TextOperators;

impl ExprPlanner for TextOperators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let RawBinaryExpr { op, left, right } = expr;
        // Of chains of numbers nobody asks for the types, which would be those of all below each time.
        let is_chain = matches!(left, Expr::BinaryExpr(_)) && matches!(op, BinaryOperator::Minus);
        let is_numeric =
            matches!(op, BinaryOperator::Plus | BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Modulo);
        if is_chain || is_numeric {
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        }
        let (Some(of_left), Some(of_right)) = (field(&left, schema), field(&right, schema)) else {
            return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right }));
        };
        let sides = Sides { left: &left, of_left: &of_left, right: &right, of_right: &of_right };
        Ok(match sides.planned(&op)? {
            Some(expr) => PlannerResult::Planned(expr),
            None => PlannerResult::Original(RawBinaryExpr { op, left, right }),
        })
    }

    fn plan_struct_literal(&self, values: Vec<Expr>, is_named: bool) -> Result<PlannerResult<Vec<Expr>>> {
        Ok(if is_named { PlannerResult::Original(values) } else { PlannerResult::Planned(record::of(values)) })
    }

    fn plan_field_access(&self, expr: RawFieldAccessExpr, schema: &DFSchema) -> Result<PlannerResult<RawFieldAccessExpr>> {
        match field(&expr.expr, schema).as_deref().and_then(json) {
            None => return Ok(PlannerResult::Original(expr)),
            Some("jsonb") => {}
            Some(kind) => {
                let message = format!("cannot subscript type {kind} because it does not support subscripting");
                return Err(failed(SqlState::DATATYPE_MISMATCH, message));
            }
        }
        let step = match expr.field_access {
            GetFieldAccess::NamedStructField { name } => Expr::Literal(name, None),
            GetFieldAccess::ListIndex { key } => Expr::Cast(Cast::new(key, DataType::Utf8)),
            GetFieldAccess::ListRange { .. } => {
                return Err(failed(SqlState::DATATYPE_MISMATCH, "jsonb subscript does not support slices"));
            }
        };
        Ok(PlannerResult::Planned(called("jsonb_extract_path", vec![expr.expr, step])?))
    }
}

/// The field of an expression, with the type of the values that it passes on.
pub fn field(expr: &Expr, schema: &DFSchema) -> Option<FieldRef> {
    let plain = || expr.to_field(schema).ok().map(|(_, field)| field);
    let of_other =
        |other: &Expr| Some(Arc::new(plain()?.as_ref().clone().with_metadata(field(other, schema)?.metadata().clone())));
    match expr {
        // The planner has a cast keep the metadata of what it casts.
        Expr::Cast(cast) => Some(Arc::new(plain()?.as_ref().clone().with_metadata(cast.field.metadata().clone()))),
        Expr::Case(case) => case.when_then_expr.first().and_then(|(_, then)| of_other(then)),
        Expr::ScalarFunction(call) if PASSING_ON.contains(&call.name()) => call.args.first().and_then(of_other),
        // Its name would be written anew for each operator of a chain.
        Expr::BinaryExpr(_) => Some(Arc::new(Field::new("", expr.get_type(schema).ok()?, true))),
        _ => plain(),
    }
}

/// Functions whose results are of the type of their first argument.
const PASSING_ON: [&str; 2] = ["coalesce", "nullif"];

fn declared(field: &Field) -> Option<&str> {
    field.metadata().get(PG_TYPE_KEY).map(String::as_str).filter(|_| field.data_type().is_string())
}

/// Which of the two types of JSON a field has.
fn json(field: &Field) -> Option<&'static str> {
    match declared(field) {
        Some("json") => Some("json"),
        Some("jsonb") => Some("jsonb"),
        _ => None,
    }
}

fn is_bits(field: &Field) -> bool {
    matches!(declared(field), Some("bit" | "varbit"))
}

struct Sides<'a> {
    left: &'a Expr,
    of_left: &'a Field,
    right: &'a Expr,
    of_right: &'a Field,
}

impl Sides<'_> {
    fn planned(&self, op: &BinaryOperator) -> Result<Option<Expr>> {
        let (left, right) = (self.left.clone(), self.right.clone());
        let is_jsonb = json(self.of_left) == Some("jsonb") || json(self.of_right) == Some("jsonb");
        if json(self.of_left).is_some() && !self.takes_path(op) {
            return Err(self.undefined(op));
        }
        Ok(Some(match op {
            BinaryOperator::Arrow | BinaryOperator::LongArrow => return self.part(op).map(Some),
            BinaryOperator::HashArrow => match json(self.of_left) {
                Some(kind) => called(&format!("{kind}_extract_path_op"), vec![left, right])?,
                None => return Err(self.undefined(op)),
            },
            BinaryOperator::HashLongArrow => match json(self.of_left) {
                Some(_) => called("json_extract_path_text_op", vec![left, right])?,
                None => return Err(self.undefined(op)),
            },
            BinaryOperator::AtArrow if is_jsonb => called("jsonb_contains", self.both()?)?,
            BinaryOperator::ArrowAt if is_jsonb => called("jsonb_contained", self.both()?)?,
            BinaryOperator::AtQuestion if is_jsonb => called("jsonb_path_exists_opr", vec![left, right])?,
            BinaryOperator::AtAt if is_jsonb => called("jsonb_path_match_opr", vec![left, right])?,
            BinaryOperator::AtQuestion | BinaryOperator::AtAt if json(self.of_left).is_some() => return Err(self.undefined(op)),
            BinaryOperator::Question if is_jsonb => called("jsonb_exists", vec![left, right])?,
            BinaryOperator::QuestionPipe if is_jsonb => called("jsonb_exists_any", vec![left, right])?,
            BinaryOperator::QuestionAnd if is_jsonb => called("jsonb_exists_all", vec![left, right])?,
            BinaryOperator::HashMinus if is_jsonb => called("jsonb_delete_path", vec![left, right])?,
            BinaryOperator::Minus if json(self.of_left) == Some("jsonb") => called("jsonb_delete", vec![left, right])?,
            BinaryOperator::StringConcat if is_jsonb && self.may_be_jsonb() => called("jsonb_concat", self.both()?)?,
            // A document and a text are texts.
            BinaryOperator::StringConcat if is_jsonb && !self.has_text() => return Err(self.undefined(op)),
            BinaryOperator::StringConcat if is_bytes(self.of_left.data_type()) || is_bytes(self.of_right.data_type()) => {
                called("byteacat", vec![left, right])?
            }
            BinaryOperator::StringConcat => return self.concatenated(),
            BinaryOperator::PGStartsWith => called("starts_with", vec![left, right])?,
            BinaryOperator::PGRegexMatch => called("textregexeq", vec![left, right])?,
            BinaryOperator::PGRegexIMatch => called("texticregexeq", vec![left, right])?,
            BinaryOperator::PGRegexNotMatch => Expr::Not(Box::new(called("textregexeq", vec![left, right])?)),
            BinaryOperator::PGRegexNotIMatch => Expr::Not(Box::new(called("texticregexeq", vec![left, right])?)),
            op => return self.compared(op, is_jsonb),
        }))
    }

    /// `document -> 'name'`, `document ->> 1`.
    fn part(&self, op: &BinaryOperator) -> Result<Expr> {
        let Some(kind) = json(self.of_left) else { return Err(self.undefined(op)) };
        let by = if self.of_right.data_type().is_integer() { "array_element" } else { "object_field" };
        let name = match op {
            BinaryOperator::Arrow => format!("{kind}_{by}"),
            _ => format!("json_{by}_text"),
        };
        called(&name, vec![self.left.clone(), self.right.clone()])
    }

    /// Whether the right side says a place in a document of JSON, if the operator asks for one.
    fn takes_path(&self, op: &BinaryOperator) -> bool {
        let right = self.of_right.data_type();
        let is_name = unknown(self.right).is_some() || right.is_null() || (right.is_string() && json(self.of_right).is_none());
        let is_literal =
            is_name && (unknown(self.right).is_some() || right.is_null() || matches!(self.right, Expr::Placeholder(_)));
        let is_place = matches!(right, DataType::Int8 | DataType::Int16 | DataType::Int32);
        let is_path =
            matches!(right, DataType::List(element) if element.data_type().is_string() || element.data_type().is_null());
        match op {
            BinaryOperator::Arrow | BinaryOperator::LongArrow => is_name || is_place,
            BinaryOperator::Minus => is_name || is_place || is_path,
            BinaryOperator::HashArrow | BinaryOperator::HashLongArrow | BinaryOperator::HashMinus => is_literal || is_path,
            BinaryOperator::QuestionPipe | BinaryOperator::QuestionAnd => is_literal || is_path,
            BinaryOperator::Question => is_name,
            BinaryOperator::AtQuestion | BinaryOperator::AtAt => is_literal,
            _ => true,
        }
    }

    fn may_be_jsonb(&self) -> bool {
        let fits = |expr: &Expr, field: &Field| {
            json(field) == Some("jsonb") || unknown(expr).is_some() || *field.data_type() == DataType::Null
        };
        fits(self.left, self.of_left) && fits(self.right, self.of_right)
    }

    fn has_text(&self) -> bool {
        let is_text = |field: &Field| json(field).is_none() && field.data_type().is_string();
        is_text(self.of_left) || is_text(self.of_right)
    }

    /// Both sides as `jsonb`, where a literal is read as such.
    fn both(&self) -> Result<Vec<Expr>> {
        let read = |expr: &Expr| match unknown(expr) {
            Some(_) => called("jsonb_in", vec![expr.clone()]),
            None => Ok(expr.clone()),
        };
        Ok(vec![read(self.left)?, read(self.right)?])
    }

    /// `jsonb` in its own order; of `json` there is none.
    fn compared(&self, op: &BinaryOperator, is_jsonb: bool) -> Result<Option<Expr>> {
        let operator = match op {
            BinaryOperator::Eq => Operator::Eq,
            BinaryOperator::NotEq => Operator::NotEq,
            BinaryOperator::Lt => Operator::Lt,
            BinaryOperator::LtEq => Operator::LtEq,
            BinaryOperator::Gt => Operator::Gt,
            BinaryOperator::GtEq => Operator::GtEq,
            _ => return Ok(None),
        };
        if is_jsonb && self.may_be_jsonb() {
            return Ok(Some(binary_expr(called("jsonb_cmp", self.both()?)?, operator, lit(0_i32))));
        }
        if json(self.of_left).is_some() || json(self.of_right).is_some() {
            return Err(self.undefined(op));
        }
        // Blanks at the end of a text of fixed width mean nothing.
        let is_filled = |field: &Field| declared(field) == Some("bpchar");
        if !is_filled(self.of_left) && !is_filled(self.of_right) {
            return Ok(None);
        }
        let text = |expr: &Expr| called("bpchar_text", vec![expr.clone()]);
        Ok(Some(binary_expr(text(self.left)?, operator, text(self.right)?)))
    }

    /// A text and a value of any other type, as its text.
    fn concatenated(&self) -> Result<Option<Expr>> {
        let (left, right) = (self.of_left.data_type(), self.of_right.data_type());
        let as_text = |expr: &Expr, field: &Field| match declared(field) {
            Some("bpchar") => called("bpchar_text", vec![expr.clone()]),
            Some(_) if json(field).is_some() => called("json_text", vec![expr.clone()]),
            _ if field.data_type().is_string() || field.data_type().is_null() => Ok(expr.clone()),
            _ => Ok(Expr::Cast(Cast::new(Box::new(expr.clone()), DataType::Utf8))),
        };
        let is_list = |data_type: &DataType| data_type.is_nested() && !matches!(data_type, DataType::Struct(_));
        if is_list(left) || is_list(right) {
            return Ok(None);
        }
        let is_text = |field: &Field| {
            let data_type: &DataType = match field.data_type() {
                DataType::Dictionary(_, values) => values,
                other => other,
            };
            (data_type.is_string() && json(field).is_none()) || data_type.is_null()
        };
        if !is_text(self.of_left) && !is_text(self.of_right) {
            return Err(self.undefined(&BinaryOperator::StringConcat));
        }
        let (left, right) = (as_text(self.left, self.of_left)?, as_text(self.right, self.of_right)?);
        Ok(Some(binary_expr(left, Operator::StringConcat, right)))
    }

    fn undefined(&self, op: &BinaryOperator) -> DataFusionError {
        let name = |expr: &Expr, field: &Field| match unknown(expr) {
            Some(_) => "unknown".to_owned(),
            None => shown_type(field),
        };
        let (left, right) = (name(self.left, self.of_left), name(self.right, self.of_right));
        if left == "unknown" && right == "unknown" {
            return failed(SqlState("42725"), format!("operator is not unique: {left} {op} {right}"));
        }
        failed(SqlState::UNDEFINED_FUNCTION, format!("operator does not exist: {left} {op} {right}"))
    }
}

/// The expression with its casts to and from JSON, and to text, as PostgreSQL does them.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::Cast(cast) => meant_cast(cast, schema),
        Expr::ScalarFunction(mut call) if call.name() == as_text::NAME && !call.args.is_empty() => {
            let cast = Cast::new(Box::new(call.args.swap_remove(0)), DataType::Utf8View);
            Ok(Transformed::yes(meant_cast(cast, schema)?.data))
        }
        Expr::ScalarFunction(call) if call.name() == SUBSCRIPT => subscripted(call, schema),
        // The planner forgets what the results of these are.
        expr @ (Expr::Case(_) | Expr::ScalarSubquery(_)) => typed(expr, schema),
        Expr::ScalarFunction(call) if PASSING_ON.contains(&call.name()) => typed(Expr::ScalarFunction(call), schema),
        other => Ok(Transformed::no(other)),
    })
}

/// `document[1]`, planned as the subscripts of an array are.
fn subscripted(call: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let document = call.args.first().and_then(|document| field(document, schema));
    if document.as_deref().and_then(json) != Some("jsonb") {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    }
    let mut arguments = call.args.into_iter();
    let document = arguments.next().into_iter();
    let steps = arguments.map(|place| Expr::Cast(Cast::new(Box::new(place), DataType::Utf8)));
    Ok(Transformed::yes(called("jsonb_extract_path", document.chain(steps).collect())?))
}

fn typed(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match field(&expr, schema).as_deref().and_then(json) {
        Some(kind) => Ok(Transformed::yes(called(&format!("{kind}_typed"), vec![expr])?)),
        None => Ok(Transformed::no(expr)),
    }
}

fn meant_cast(cast: Cast, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Some(source) = field(&cast.expr, schema) else { return Ok(Transformed::no(Expr::Cast(cast))) };
    let target: FieldRef = cast.field.clone();
    let is_text = target.data_type().is_string() && target.metadata().is_empty();
    let refused = || {
        let message = format!("cannot cast type {} to {}", shown_type(&source), shown_type(&target));
        Err(failed(SqlState("42846"), message))
    };
    let from = source.data_type();
    Ok(Transformed::yes(match (json(&source), json(&target)) {
        (Some(_), Some(kind)) => called(&format!("{kind}_in"), vec![*cast.expr])?,
        (None, Some(kind)) if from.is_string() => called(&format!("{kind}_in"), vec![*cast.expr])?,
        (None, Some(_)) if !from.is_null() => return refused(),
        (Some(_), None) if is_text => called("json_text", vec![*cast.expr])?,
        (Some("jsonb"), None) if target.data_type().is_numeric() || *target.data_type() == DataType::Boolean => {
            let scalar = called("jsonb_scalar", vec![*cast.expr, lit(type_name(target.data_type()))])?;
            // A fraction is rounded.
            let scalar = match target.data_type().is_integer() {
                true => Expr::Cast(Cast::new(Box::new(scalar), DataType::Decimal128(38, 16))),
                false => scalar,
            };
            Expr::Cast(Cast { expr: Box::new(scalar), field: target })
        }
        (Some(_), None) if !target.data_type().is_string() => return refused(),
        (None, None) if is_bytes(target.data_type()) && from.is_string() => called("bytea_in", vec![*cast.expr])?,
        (None, None) if is_bits(&source) => match target.data_type() {
            DataType::Int32 => called("bit_int4", vec![*cast.expr])?,
            DataType::Int64 => called("bit_int8", vec![*cast.expr])?,
            other if other.is_string() => return Ok(Transformed::no(Expr::Cast(cast))),
            _ => return refused(),
        },
        (None, None) if is_text && declared(&source) == Some("bpchar") => called("bpchar_text", vec![*cast.expr])?,
        _ => return Ok(Transformed::no(Expr::Cast(cast))),
    }))
}
