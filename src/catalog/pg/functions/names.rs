//! Functions about names and comments.

use datafusion::error::Result;

use super::{Caller, SystemFunction, oid, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::{oid as oids, types};
use crate::error::{Error, SqlState};

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("format_type", 2..=2, "text", format_type).with_nulls(),
    SystemFunction::new("obj_description", 1..=2, "text", obj_description),
    SystemFunction::new("shobj_description", 2..=2, "text", |_, _| Ok(Value::Null)),
    SystemFunction::new("col_description", 2..=2, "text", |catalog, arguments| {
        let column = arguments.get(1).and_then(Value::as_integer).unwrap_or(0);
        Ok(catalog.column_comment(oid(arguments, 0), column).into())
    }),
    SystemFunction::new("like_escape", 2..=2, "text", |_, arguments| {
        like_escape(text(arguments, 0), text(arguments, 1)).map(Value::from)
    }),
];

fn format_type(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let Some(oid) = arguments.first().and_then(Value::as_oid) else { return Ok(Value::Null) };
    if oid == 0 {
        return Ok("-".into());
    }
    let modifier = arguments.get(1).and_then(Value::as_integer).and_then(|modifier| i32::try_from(modifier).ok());
    Ok(types::format_type(oid, modifier).unwrap_or_else(|| row_type_name(catalog, oid)).into())
}

/// The type of a relation's rows has the relation's name.
pub fn row_type_name(catalog: &Caller<'_>, oid: u32) -> String {
    let snapshot = catalog.current();
    let found = snapshot.relation_of_type(oid);
    match found {
        Some((relation, oids)) => {
            let name = super::registered::qualified(catalog, &relation.schema, &relation.name);
            if oids.array_type == oid { format!("{name}[]") } else { name }
        }
        None => "???".to_owned(),
    }
}

/// The comment on an object of a catalog; without the catalog's name, on any object of that OID.
fn obj_description(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let object = oid(arguments, 0);
    let class = match arguments.get(1).and_then(Value::as_text) {
        Some("pg_class") => oids::PG_CLASS,
        Some("pg_namespace") => oids::PG_NAMESPACE,
        Some("pg_proc") => oids::PG_PROC,
        Some(_) => return Ok(Value::Null),
        None => 0,
    };
    let snapshot = catalog.current();
    let of_class = |wanted: u32| class == 0 || class == wanted;
    let relation = || of_class(oids::PG_CLASS).then(|| snapshot.relation(object)?.comment.clone()).flatten();
    let function = || of_class(oids::PG_PROC).then(|| snapshot.function(object)?.comment.clone()).flatten();
    let schema = || {
        let name = of_class(oids::PG_NAMESPACE).then(|| snapshot.schema_name(object)).flatten()?;
        snapshot.names.schemas.iter().find(|schema| schema.name == name)?.comment.clone()
    };
    Ok(relation().or_else(function).or_else(schema).into())
}

/// The pattern of LIKE with `\` as its escape character instead of the given one; PostgreSQL's own name for what ESCAPE does.
fn like_escape(pattern: &str, escape: &str) -> Result<String> {
    if escape.chars().count() > 1 {
        let error = Error::new(SqlState("22025"), "invalid escape string").hint("Escape string must be empty or one character.");
        return Err(error.into());
    }
    let escape = escape.chars().next();
    let mut written = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            _ if Some(character) == escape => {
                written.push('\\');
                written.extend(characters.next());
            }
            '\\' => written.push_str("\\\\"),
            _ => written.push(character),
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::like_escape;

    /// PostgreSQL 15: `SELECT like_escape(pattern, escape)`.
    #[test]
    fn the_escape_character_becomes_a_backslash() {
        assert_eq!(like_escape("pg/_%", "/").unwrap(), r"pg\_%");
        assert_eq!(like_escape(r"a\b//", "/").unwrap(), r"a\\b\/");
        assert_eq!(like_escape("100%", "").unwrap(), "100%");
        assert!(like_escape("a", "ab").is_err());
    }
}
