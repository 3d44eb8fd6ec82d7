//! `pg_constraint`: the declared keys, as PostgreSQL shows such keys when it has checked them.

use crate::catalog::pg::columns::{KeyColumn, KeyColumns};
use crate::catalog::pg::keys::KeyKind;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::wanted::Keys;

pub const KEYS: Keys = Keys { oid: Some("conrelid"), ..Keys::NONE };

pub fn rows(keys: &[KeyColumns<'_>]) -> Vec<Row> {
    keys.iter().map(row).collect()
}

fn row(found: &KeyColumns<'_>) -> Row {
    let foreign = found.key.kind == KeyKind::Foreign;
    let kind = match found.key.kind {
        KeyKind::Primary => "p",
        KeyKind::Unique => "u",
        KeyKind::Foreign => "f",
    };
    // No action, and a match of all columns or none: what REFERENCES means without more words.
    let [action, matching] = if foreign { ["a", "s"] } else { [" ", " "] };
    vec![
        ("oid", found.oids.constraint.into()),
        ("conname", found.key.name.as_str().into()),
        ("connamespace", found.schema.into()),
        ("contype", kind.into()),
        ("convalidated", true.into()),
        ("conrelid", found.oids.table.into()),
        ("conindid", found.oids.index.into()),
        ("confrelid", found.oids.referenced.into()),
        ("confupdtype", action.into()),
        ("confdeltype", action.into()),
        ("confmatchtype", matching.into()),
        ("conislocal", true.into()),
        ("connoinherit", true.into()),
        ("conkey", numbers(&found.own)),
        ("confkey", if foreign { numbers(&found.referenced) } else { Value::Null }),
    ]
}

fn numbers(columns: &[KeyColumn]) -> Value {
    Value::List(columns.iter().map(|column| column.number.into()).collect())
}
