//! Types that PostgreSQL's SQL names and the planner does not: `oid`, `name`, `"char"`, `int2vector`, `json` …
//!
//! A cast to a plain type is planned here too, as a field with a name: the planner's own casts keep the metadata of what they cast, and
//! `relname::text` would still be told to clients as a `name`.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::Result;
use datafusion::logical_expr::planner::TypePlanner;
use datafusion::sql::sqlparser::ast::{self, ObjectNamePart};

use super::types;

/// Plans PostgreSQL's types; all others are left to the planner.
#[derive(Debug, Default)]
pub struct PgTypePlanner;

impl TypePlanner for PgTypePlanner {
    fn plan_type_field(&self, sql_type: &ast::DataType) -> Result<Option<FieldRef>> {
        Ok(planned(sql_type))
    }
}

fn planned(sql_type: &ast::DataType) -> Option<FieldRef> {
    let plain = |name: &str, data_type: DataType| Some(Arc::new(Field::new(name, data_type, true)));
    match sql_type {
        ast::DataType::Custom(name, arguments) if arguments.is_empty() => {
            let last = name.0.last().and_then(ObjectNamePart::as_ident)?;
            let exact = if last.quote_style.is_some() { last.value.clone() } else { last.value.to_lowercase() };
            named(&exact)
        }
        ast::DataType::Regclass => Some(types::field("regclass", "regclass", true)),
        ast::DataType::JSON => Some(types::field("json", "json", true)),
        ast::DataType::JSONB => Some(types::field("jsonb", "jsonb", true)),
        ast::DataType::Text => plain("text", DataType::Utf8View),
        ast::DataType::Varchar(None) | ast::DataType::CharacterVarying(None) => Some(Arc::new(
            Field::new("varchar", DataType::Utf8View, true)
                .with_metadata([(types::PG_TYPE_KEY.to_owned(), "varchar".to_owned())].into()),
        )),
        ast::DataType::SmallInt(None) | ast::DataType::Int2(None) => plain("int2", DataType::Int16),
        ast::DataType::Int(None) | ast::DataType::Integer(None) | ast::DataType::Int4(None) => plain("int4", DataType::Int32),
        ast::DataType::BigInt(None) | ast::DataType::Int8(None) => plain("int8", DataType::Int64),
        ast::DataType::Boolean | ast::DataType::Bool => plain("bool", DataType::Boolean),
        ast::DataType::Float4 | ast::DataType::Real => plain("float4", DataType::Float32),
        ast::DataType::Float8 | ast::DataType::DoublePrecision => plain("float8", DataType::Float64),
        _ => None,
    }
}

/// A type by its name in `pg_type`. User-defined types do not exist, so an unknown name is the planner's to refuse.
fn named(name: &str) -> Option<FieldRef> {
    let known = types::by_name(name)?;
    match known.name {
        // These have precisions or zones, which the planner reads.
        "numeric" | "time" | "timetz" | "interval" | "uuid" => None,
        "int2" | "int4" | "int8" | "float4" | "float8" | "bool" | "text" => Some(Arc::new(Field::new(name, types::arrow_type(name), true))),
        other => Some(types::field(other, other, true)),
    }
}
