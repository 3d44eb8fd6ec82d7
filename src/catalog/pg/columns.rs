//! Columns of relations, which may have to be read from files, for the catalog tables that show them.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;

use super::PgCatalog;
use super::keys::{KeyConstraint, KeyOids};
use super::scan::Scan;
use super::snapshot::{Column, Relation, RelationOids};
use super::types;

/// Files of tables opened at once, when a query asks for the columns of many.
const RELATIONS_AT_ONCE: usize = 16;

/// A relation of the lake with its columns.
pub struct RelationColumns<'a> {
    pub relation: &'a Relation,
    pub oids: RelationOids,
    pub columns: Vec<Column>,
}

/// A declared key with what its columns are in their tables.
pub struct KeyColumns<'a> {
    pub key: &'a KeyConstraint,
    pub oids: KeyOids,
    /// The OID of its schema.
    pub schema: u32,
    pub own: Vec<KeyColumn>,
    /// Those that a foreign key refers to.
    pub referenced: Vec<KeyColumn>,
}

/// A column of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyColumn {
    /// In its table, from 1.
    pub number: i64,
    pub type_oid: u32,
}

/// The wanted relations with their columns. A relation whose files cannot be read is shown without columns: one broken file must not
/// hide all other tables from a client.
pub async fn of_relations<'a>(scan: &Scan<'a>) -> Vec<RelationColumns<'a>> {
    read(scan.catalog, wanted(scan)).await
}

/// The relations whose columns are wanted.
pub fn wanted<'a>(scan: &Scan<'a>) -> Vec<(&'a Relation, RelationOids)> {
    if scan.wanted.no_columns() {
        return Vec::new();
    }
    let mut relations = scan.wanted.relations(scan.snapshot);
    // An index has columns of its table.
    let tables = scan.wanted.indexed_tables(scan.snapshot);
    relations.extend(tables.into_iter().filter_map(|oid| scan.snapshot.relation_with_oids(oid)));
    relations
}

/// The wanted relations that have comments on columns, with their columns.
pub async fn of_commented<'a>(scan: &Scan<'a>) -> Vec<RelationColumns<'a>> {
    if scan.wanted.no_columns() {
        return Vec::new();
    }
    let commented = scan.catalog.source.commented();
    let named = commented.iter().filter_map(|(schema, name)| scan.snapshot.relation_oids(schema, name));
    let relations = named.filter(|oids| scan.wanted.oid_is(oids.relation));
    read(scan.catalog, relations.filter_map(|oids| scan.snapshot.relation_with_oids(oids.relation)).collect()).await
}

/// Those of the declared keys that are wanted by the OIDs of their tables. A key that names a column which its table has not is none.
pub async fn of_keys<'a>(scan: &Scan<'a>) -> Vec<KeyColumns<'a>> {
    let wanted: Vec<_> = scan.snapshot.keys().filter(|(_, oids)| scan.wanted.oid_is(oids.table)).collect();
    let tables: BTreeSet<u32> = wanted.iter().flat_map(|(_, oids)| [oids.table, oids.referenced]).collect();
    let relations = tables.into_iter().filter_map(|oid| scan.snapshot.relation_with_oids(oid)).collect();
    let read: BTreeMap<u32, RelationColumns<'_>> =
        read(scan.catalog, relations).await.into_iter().map(|relation| (relation.oids.relation, relation)).collect();
    let found = |(key, oids): (&'a KeyConstraint, KeyOids)| {
        let own = key_columns(read.get(&oids.table)?, &key.columns);
        let referenced = match &key.references {
            Some(reference) => key_columns(read.get(&oids.referenced)?, &reference.columns),
            None => Some(Vec::new()),
        };
        if own.is_none() || referenced.is_none() {
            tracing::warn!(schema = key.schema, key = key.name, "a declared key names a column that its table has not");
        }
        let schema = scan.snapshot.schema_oid(&key.schema).unwrap_or_default();
        Some(KeyColumns { key, oids, schema, own: own?, referenced: referenced? })
    };
    wanted.into_iter().filter_map(found).collect()
}

/// What the named columns are in a relation.
pub fn key_columns(relation: &RelationColumns<'_>, names: &[String]) -> Option<Vec<KeyColumn>> {
    let column = |name: &String| {
        let index = relation.columns.iter().position(|column| column.field.name() == name)?;
        let (type_oid, _) = types::of_field(&relation.columns.get(index)?.field);
        Some(KeyColumn { number: i64::try_from(index + 1).ok()?, type_oid })
    };
    names.iter().map(column).collect()
}

/// Relations with their columns; those that cannot be read are left out.
pub async fn read<'a>(catalog: &PgCatalog, relations: Vec<(&'a Relation, RelationOids)>) -> Vec<RelationColumns<'a>> {
    let reading: Vec<_> = relations.into_iter().map(|(relation, oids)| of_relation(catalog, relation, oids)).collect();
    let read: Vec<Option<RelationColumns<'a>>> = futures::stream::iter(reading).buffered(RELATIONS_AT_ONCE).collect().await;
    let read: Vec<RelationColumns<'a>> = read.into_iter().flatten().collect();
    catalog.remember_comments(&read);
    read
}

/// A relation with its columns; `None` if it has gone or cannot be read.
pub async fn of_relation<'a>(catalog: &PgCatalog, relation: &'a Relation, oids: RelationOids) -> Option<RelationColumns<'a>> {
    match catalog.source.columns(&relation.schema, &relation.name).await {
        Ok(columns) => columns.map(|columns| RelationColumns { relation, oids, columns }),
        Err(error) => {
            tracing::warn!(schema = relation.schema, table = relation.name, %error, "the columns of a table cannot be read");
            None
        }
    }
}
