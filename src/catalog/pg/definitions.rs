//! The relations of PostgreSQL 15's own schemas: their OIDs, columns and types, from its `pg_attribute`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One line a relation: `schema.name oid relkind reltype column:type …`; `!` marks a column that is never NULL.
const RELATIONS: &str = include_str!("postgres15/relations.txt");

/// A table or view of `pg_catalog` or `information_schema`.
#[derive(Debug)]
pub struct Definition {
    pub schema: &'static str,
    pub name: &'static str,
    pub oid: u32,
    /// `r` or `v`.
    pub kind: &'static str,
    pub row_type: u32,
    pub columns: Vec<ColumnDefinition>,
}

#[derive(Debug)]
pub struct ColumnDefinition {
    pub name: &'static str,
    /// The type's name in `pg_type`; of a domain, its base type, which is what clients are told.
    pub type_name: &'static str,
    pub nullable: bool,
}

static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| RELATIONS.lines().filter_map(parse).collect());

/// Both schemas have few names in common.
static BY_NAME: LazyLock<HashMap<&str, Vec<&'static Definition>>> = LazyLock::new(|| {
    let mut names: HashMap<&str, Vec<&'static Definition>> = HashMap::new();
    for definition in all() {
        names.entry(definition.name).or_default().push(definition);
    }
    names
});

static BY_OID: LazyLock<HashMap<u32, &Definition>> =
    LazyLock::new(|| all().iter().map(|definition| (definition.oid, definition)).collect());

/// All relations of both schemas.
pub fn all() -> &'static [Definition] {
    &DEFINITIONS
}

pub fn find(schema: &str, name: &str) -> Option<&'static Definition> {
    named(name).iter().copied().find(|definition| definition.schema == schema)
}

/// The relations of that name.
pub fn named(name: &str) -> &'static [&'static Definition] {
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}

pub fn by_oid(oid: u32) -> Option<&'static Definition> {
    BY_OID.get(&oid).copied()
}

fn parse(line: &'static str) -> Option<Definition> {
    let mut words = line.split(' ');
    let (schema, name) = words.next()?.split_once('.')?;
    let oid = words.next()?.parse().ok()?;
    let kind = words.next()?;
    let row_type = words.next()?.parse().ok()?;
    let columns = words.filter_map(parse_column).collect();
    Some(Definition { schema, name, oid, kind, row_type, columns })
}

fn parse_column(word: &'static str) -> Option<ColumnDefinition> {
    let (name, type_name) = word.split_once(':')?;
    let nullable = !type_name.ends_with('!');
    Some(ColumnDefinition { name, type_name: type_name.trim_end_matches('!'), nullable })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT 'pg_class'::regclass::oid, count(*) FROM pg_attribute WHERE attrelid = 'pg_class'::regclass AND attnum > 0`.
    #[test]
    fn every_line_is_a_relation() {
        assert_eq!(all().len(), RELATIONS.lines().count());
        let class = find("pg_catalog", "pg_class").unwrap();
        assert_eq!((class.oid, class.columns.len()), (1259, 33));
        assert!(class.columns.iter().any(|column| column.name == "relname" && column.type_name == "name" && !column.nullable));
        assert!(find("information_schema", "columns").is_some());
    }
}
