//! What may fail for one row and not for another. What is not known not to fail may.

use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::expr::{Cast, ScalarFunction};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};

use super::truth;
use crate::dialect::comparisons::kept::is_total;

/// Functions that fail for no value, or for a pattern or unit that is the same for all rows. Sorted.
const TOTAL: [&str; 137] = [
    "age",
    "all_eq",
    "all_ge",
    "all_gt",
    "all_le",
    "all_lt",
    "all_ne",
    "any_eq",
    "any_ge",
    "any_gt",
    "any_le",
    "any_lt",
    "any_ne",
    "array_append",
    "array_cat",
    "array_has",
    "array_has_all",
    "array_has_any",
    "array_length",
    "array_position",
    "array_positions",
    "array_prepend",
    "array_remove",
    "array_replace",
    "array_slice",
    "array_slice_from",
    "array_slice_to",
    "array_to_string",
    "arraycontained",
    "arraycontains",
    "arrayoverlap",
    "ascii",
    "bit_length",
    "bpchar_of",
    "bpchar_text",
    "btrim",
    "cardinality",
    "ceil",
    "char_length",
    "character_length",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "current_date",
    "current_time",
    "date_mi",
    "date_part",
    "date_trunc",
    "ends_with",
    "extract",
    "floor",
    "get_field",
    "greatest",
    "initcap",
    "interval_cmp_value",
    "isnan",
    "json_array_element",
    "json_array_element_text",
    "json_as_text",
    "json_contains",
    "json_extract_path",
    "json_extract_path_op",
    "json_extract_path_text",
    "json_extract_path_text_op",
    "json_get",
    "json_length",
    "json_object_field",
    "json_object_field_text",
    "json_text",
    "json_typed",
    "json_typeof",
    "jsonb_array_element",
    "jsonb_cmp",
    "jsonb_contained",
    "jsonb_contains",
    "jsonb_exists",
    "jsonb_exists_all",
    "jsonb_exists_any",
    "jsonb_extract_path",
    "jsonb_extract_path_op",
    "jsonb_extract_path_text",
    "jsonb_key",
    "jsonb_object_field",
    "jsonb_typed",
    "jsonb_typeof",
    "key",
    "least",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "named_struct",
    "now",
    "nullif",
    "number_to_char",
    "octet_length",
    "position",
    "quote_ident",
    "quote_literal",
    "quote_nullable",
    "regexp_count",
    "regexp_like",
    "regexp_match",
    "regexp_replace",
    "regexp_substr",
    "replace",
    "reverse",
    "right",
    "round",
    "row",
    "row_of",
    "rpad",
    "rtrim",
    "same",
    "sign",
    "similar_to",
    "split_part",
    "starts_with",
    "string_to_array",
    "strpos",
    "substr",
    "substring",
    "text",
    "texticregexeq",
    "textregexeq",
    "timestamp_mi",
    "timestamp_scale",
    "timezone",
    "to_char",
    "today",
    "translate",
    "trim",
    "upper",
    "varchar_of",
];

/// Whether it may fail for a row.
pub fn raises(expr: &Expr, schema: &DFSchema) -> bool {
    expr.exists(|expr| Ok(may_fail(expr, schema) && reads_rows(expr))).unwrap_or(true)
}

/// Whether there is a test of a sub-query's rows in it, which the engine makes a join.
pub fn tests(expr: &Expr) -> bool {
    let is_test = |expr: &Expr| matches!(expr, Expr::Exists(_) | Expr::InSubquery(_) | Expr::SetComparison(_));
    expr.exists(|expr| Ok(is_test(expr))).unwrap_or(true)
}

/// Whether it may be another value when it is computed again.
pub fn is_volatile(expr: &Expr) -> bool {
    expr.is_volatile()
}

fn reads_rows(expr: &Expr) -> bool {
    let is_column = |expr: &Expr| matches!(expr, Expr::Column(_) | Expr::OuterReferenceColumn(..));
    expr.exists(|expr| Ok(is_column(expr))).unwrap_or(true)
}

fn may_fail(expr: &Expr, schema: &DFSchema) -> bool {
    match expr {
        Expr::BinaryExpr(binary) => fails(binary),
        Expr::Cast(Cast { expr, field }) => !expr.get_type(schema).is_ok_and(|of| is_total(&of, field.data_type())),
        Expr::ScalarFunction(ScalarFunction { func, args }) => match func.name() {
            "numeric_div" => args.iter().skip(1).any(|divisor| !is_not_zero(divisor)),
            _ if truth::is_one(func) => false,
            name => !TOTAL.contains(&name),
        },
        Expr::Negative(_) => true,
        _ => false,
    }
}

fn fails(binary: &BinaryExpr) -> bool {
    match binary.op {
        Operator::Divide | Operator::Modulo => !is_not_zero(&binary.right),
        Operator::Plus | Operator::Minus | Operator::Multiply => true,
        Operator::RegexMatch | Operator::RegexIMatch | Operator::RegexNotMatch | Operator::RegexNotIMatch => {
            !matches!(binary.right.as_ref(), Expr::Literal(..))
        }
        _ => false,
    }
}

/// Whether it is a number, and not zero.
fn is_not_zero(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value, _) => !value.is_null() && ScalarValue::new_zero(&value.data_type()).is_ok_and(|zero| zero != *value),
        Expr::Cast(cast) => is_not_zero(&cast.expr),
        _ => false,
    }
}
