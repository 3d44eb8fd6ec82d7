//! `pg_class`: tables, views, the indexes of declared keys, and PostgreSQL's own catalogs.

use super::pg_roles::role_oid;
use crate::access::privileges::Acl;
use crate::access::rights::Rights;
use crate::catalog::pg::definitions::{self, Definition};
use crate::catalog::pg::keys::{KeyConstraint, KeyKind, KeyOids};
use crate::catalog::pg::oid;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::snapshot::{Relation, RelationKind, RelationOids};
use crate::catalog::pg::wanted::Keys;
use crate::lake::TableName;

pub const KEYS: Keys = Keys { oid: Some("oid"), name: Some("relname"), ..Keys::NONE };

/// Access methods `heap`, which PostgreSQL names for every table, and `btree`, of the indexes of keys.
const HEAP: u32 = 2;
const BTREE: u32 = 403;
/// Size of a page, in bytes, by which PostgreSQL tells the size of a table.
const PAGE_BYTES: u64 = 8192;

/// `reltuples` and `relpages` of a table are known once a query has listed its files and read their footers.
pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let own = definitions::all().iter().filter(|definition| scan.wanted.oid_is(definition.oid)).map(system_relation);
    let rights = scan.catalog.session.rights();
    let lake = scan.wanted.relations(scan.snapshot);
    let lake = lake.into_iter().map(|(relation, oids)| lake_relation(scan, &rights, relation, oids));
    let indexes = scan.snapshot.keys().filter(|(key, oids)| {
        key.kind != KeyKind::Foreign && scan.wanted.oid_is(oids.index) && scan.wanted.names_are(&key.schema, &key.name)
    });
    own.chain(lake).chain(indexes.map(|(key, oids)| index(scan, key, oids))).collect()
}

fn system_relation(definition: &'static Definition) -> Row {
    let schema = if definition.schema == "pg_catalog" { oid::PG_CATALOG_SCHEMA } else { oid::INFORMATION_SCHEMA };
    let table = definition.kind == "r";
    let mut row = common(definition.oid, definition.name, schema, if table { HEAP } else { 0 });
    row.extend([
        ("reltype", definition.row_type.into()),
        ("relkind", definition.kind.into()),
        ("relnatts", i64::try_from(definition.columns.len()).unwrap_or(0).into()),
        ("relpersistence", "p".into()),
        ("relhasrules", Value::Bool(!table)),
        ("reltuples", Value::Float(-1.0)),
    ]);
    row
}

fn lake_relation(scan: &Scan<'_>, rights: &Rights, relation: &Relation, oids: RelationOids) -> Row {
    let view = relation.kind == RelationKind::View;
    let schema = scan.snapshot.schema_oid(&relation.schema).unwrap_or_default();
    let mut row = common(oids.relation, &relation.name, schema, if view { 0 } else { HEAP });
    row.retain(|(column, _)| *column != "relowner");
    let known = rights.state().relation(&TableName::new(&relation.schema, &relation.name));
    row.extend([
        ("relowner", role_oid(&relation.owner).into()),
        ("relrowsecurity", known.is_some_and(|known| known.row_security).into()),
        ("relacl", privileges(known.map(|known| &known.acl), &relation.owner, "r")),
    ]);
    let sized = scan.needs("relpages") || scan.needs("reltuples");
    let size = sized.then(|| scan.catalog.source.known_size(&relation.schema, &relation.name)).flatten();
    let pages = size.map_or(0, |size| size.bytes.div_ceil(PAGE_BYTES));
    row.extend([
        ("reltype", oids.row_type.into()),
        ("relkind", if view { "v" } else { "r" }.into()),
        ("relpersistence", if relation.kind == RelationKind::Temporary { "t" } else { "p" }.into()),
        ("relhasrules", Value::Bool(view)),
        ("relpages", i64::from(i32::try_from(pages).unwrap_or(i32::MAX)).into()),
        ("reltuples", Value::Float(size.and_then(|size| size.rows).map_or(-1.0, |rows| rows as f64))),
        ("relfilenode", if view { 0 } else { oids.relation }.into()),
        ("relhasindex", scan.snapshot.has_index(oids.relation).into()),
        // psql asks for foreign keys where there are triggers.
        ("relhastriggers", scan.snapshot.has_foreign_key(oids.relation).into()),
    ]);
    row
}

/// The index that PostgreSQL would have for a key.
fn index(scan: &Scan<'_>, key: &KeyConstraint, oids: KeyOids) -> Row {
    let schema = scan.snapshot.schema_oid(&key.schema).unwrap_or_default();
    let owner = scan.snapshot.relation(oids.table).map_or(oid::OWNER, |table| role_oid(&table.owner));
    vec![
        ("oid", oids.index.into()),
        ("relname", key.name.as_str().into()),
        ("relnamespace", schema.into()),
        ("relowner", owner.into()),
        ("relam", BTREE.into()),
        ("relfilenode", oids.index.into()),
        // An index of nothing has one page.
        ("relpages", 1.into()),
        ("relpersistence", "p".into()),
        ("relkind", "i".into()),
        ("relnatts", i64::try_from(key.columns.len()).unwrap_or(0).into()),
        ("relispopulated", true.into()),
        ("relreplident", "n".into()),
    ]
}

/// A list of privileges, with all that the owner has in `owners` at its head; NULL as long as nothing was granted.
pub fn privileges(acl: Option<&Acl>, owner: &str, owners: &str) -> Value {
    let Some(acl) = acl.filter(|acl| !acl.grants.is_empty()) else { return Value::Null };
    let items = [format!("{owner}={owners}/{owner}")].into_iter().chain(acl.items(owner));
    Value::List(items.map(Value::from).collect())
}

fn common(oid: u32, name: &str, schema: u32, access_method: u32) -> Row {
    vec![
        ("oid", oid.into()),
        ("relname", name.into()),
        ("relnamespace", schema.into()),
        ("relowner", oid::OWNER.into()),
        ("relam", access_method.into()),
        ("relispopulated", true.into()),
        // Nothing is replicated; `d`, for a table's default, is what a new table of PostgreSQL says.
        ("relreplident", if access_method == 0 { "n" } else { "d" }.into()),
    ]
}
