//! Types that PostgreSQL's SQL names and the planner does not: `oid`, `name`, `"char"`, `int2vector`, `json` …
//!
//! Plain types are left to the planner, unless they are written by their name in `pg_type`, as [`super::rewrite()`] does in statements on
//! the catalogs: the planner's own cast keeps the metadata of what it casts, and `relname::text` would still be told to clients as a
//! `name`; a field with a name of its own does not.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, FieldRef};
use datafusion::error::Result;
use datafusion::logical_expr::planner::TypePlanner;
use datafusion::sql::sqlparser::ast::{self, ObjectNamePart};

use super::types;
use cilake_wire::types::UNCONSTRAINED;

/// Plans PostgreSQL's types; all others are left to the planner.
#[derive(Debug, Default)]
pub struct PgTypePlanner;

impl TypePlanner for PgTypePlanner {
    fn plan_type_field(&self, sql_type: &ast::DataType) -> Result<Option<FieldRef>> {
        Ok(planned(sql_type))
    }
}

fn planned(sql_type: &ast::DataType) -> Option<FieldRef> {
    match sql_type {
        ast::DataType::Custom(name, arguments) if arguments.is_empty() => {
            let last = name.0.last().and_then(ObjectNamePart::as_ident)?;
            let exact = if last.quote_style.is_some() { last.value.clone() } else { last.value.to_lowercase() };
            named(&exact)
        }
        ast::DataType::Regclass => Some(types::field("regclass", "regclass", true)),
        ast::DataType::Uuid => Some(types::field("uuid", "uuid", true)),
        ast::DataType::JSON => Some(types::field("json", "json", true)),
        ast::DataType::Numeric(ast::ExactNumberInfo::None)
        | ast::DataType::Decimal(ast::ExactNumberInfo::None)
        | ast::DataType::Dec(ast::ExactNumberInfo::None) => Some(Arc::new(Field::new("numeric", UNCONSTRAINED, true))),
        ast::DataType::JSONB => Some(types::field("jsonb", "jsonb", true)),
        _ => None,
    }
}

/// A type by its name in `pg_type`. User-defined types do not exist, so an unknown name is the planner's to refuse.
fn named(name: &str) -> Option<FieldRef> {
    let known = types::by_name(name)?;
    match known.name {
        // These have precisions or zones, which the planner reads.
        "numeric" | "time" | "timetz" | "interval" => None,
        "int2" | "int4" | "int8" | "float4" | "float8" | "bool" | "text" | "date" | "timestamp" | "timestamptz" => {
            Some(Arc::new(Field::new(name, types::arrow_type(name), true)))
        }
        other => Some(types::field(other, other, true)),
    }
}
