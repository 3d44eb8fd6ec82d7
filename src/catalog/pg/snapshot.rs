//! What the catalog tables are made of: one consistent list of names, and the columns of those relations that a query asks for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use datafusion::arrow::datatypes::FieldRef;
use datafusion::error::Result;

use super::keys::{KeyConstraint, KeyKind, KeyOids, Keys};
use super::rows::Row;
use super::{definitions, oid, seed};

/// The schema of temporary tables and views.
pub const TEMPORARY_SCHEMA: &str = "pg_temp";

/// Where the names come from. Both calls may be frequent: the source caches.
#[async_trait]
pub trait SnapshotSource: Debug + Send + Sync {
    /// All names as of now. While nothing has changed this is the same `Arc`, so that OIDs are given once.
    async fn snapshot(&self) -> Result<Arc<CatalogSnapshot>>;

    /// The columns of one relation, in order, or None if it has gone. This may open files: it is asked only for the relations
    /// that a query selects. An error concerns this relation only; the catalog then shows it without columns.
    async fn columns(&self, schema: &str, relation: &str) -> Result<Option<Vec<Column>>>;

    /// The size of a relation, if that is known without opening a file.
    fn known_size(&self, _schema: &str, _relation: &str) -> Option<RelationSize> {
        None
    }

    /// Schema and name of the relations that have comments on their columns.
    fn commented(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// What was counted of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelationSize {
    /// None if its files do not say: clients then see -1, PostgreSQL's word for a table that was never analysed.
    pub rows: Option<u64>,
    /// Of its files.
    pub bytes: u64,
}

/// What a relation is, by PostgreSQL's `relkind` and `relpersistence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    Table,
    View,
    Temporary,
}

/// A table or a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    pub schema: String,
    pub name: String,
    pub kind: RelationKind,
    /// The role that owns it.
    pub owner: String,
    pub comment: Option<String>,
    /// A view's query.
    pub definition: Option<String>,
}

/// A column as a query would return it.
#[derive(Clone, Debug)]
pub struct Column {
    pub field: FieldRef,
    pub comment: Option<String>,
}

/// `prokind` of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    Scalar,
    Aggregate,
    Window,
    /// Returns rows.
    Table,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// May be empty.
    pub name: String,
    /// In PostgreSQL's words where it has them: `text`, `double precision[]`. A relation or a column of any type has words of its own.
    pub type_name: String,
    pub default: Option<String>,
}

/// A function that `\df` lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// `public` for those that this server adds; what PostgreSQL has too belongs to `pg_catalog`.
    pub schema: String,
    pub name: String,
    pub kind: FunctionKind,
    pub arguments: Vec<Argument>,
    /// Type in PostgreSQL's words, or `TABLE(name type, …)`.
    pub result: String,
    pub comment: Option<String>,
}

/// A schema of the lake.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    pub name: String,
    pub comment: Option<String>,
}

/// All names, without OIDs. `public`, `pg_catalog` and `information_schema` need not be in the list of schemas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    pub database: String,
    pub schemas: Vec<Schema>,
    pub relations: Vec<Relation>,
    pub functions: Vec<Function>,
    pub keys: Vec<KeyConstraint>,
}

/// All names with their OIDs.
#[derive(Debug)]
pub struct CatalogSnapshot {
    pub names: Names,
    pub database_oid: u32,
    schemas: BTreeMap<String, u32>,
    /// One for each of the relations.
    relations: Vec<RelationOids>,
    by_oid: HashMap<u32, usize>,
    by_type: HashMap<u32, usize>,
    /// By the name without its schema: a search path asks for it in one schema after the other.
    by_name: HashMap<String, Vec<Named>>,
    functions: Vec<u32>,
    keys: Keys,
}

/// What has a name in a schema, by its place in a list.
#[derive(Clone, Copy, Debug)]
enum Named {
    Relation(usize),
    /// The index of a key.
    Index(usize),
}

/// A relation, the type of its rows, and the type of arrays of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelationOids {
    pub relation: u32,
    pub row_type: u32,
    pub array_type: u32,
}

impl CatalogSnapshot {
    pub fn new(mut names: Names) -> Self {
        if !names.schemas.iter().any(|schema| schema.name == "public") {
            names.schemas.push(Schema { name: "public".into(), comment: Some("standard public schema".into()) });
        }
        names.relations.sort_by(|a, b| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
        names.relations.dedup_by(|a, b| a.schema == b.schema && a.name == b.name);
        let relations = relation_oids(&names.relations);
        let mut snapshot = Self {
            database_oid: database_oid(&names.database),
            schemas: schema_oids(&names.schemas),
            by_oid: relations.iter().enumerate().map(|(index, oids)| (oids.relation, index)).collect(),
            by_type: relations.iter().enumerate().flat_map(|(i, oids)| [(oids.row_type, i), (oids.array_type, i)]).collect(),
            by_name: HashMap::with_capacity(relations.len()),
            functions: function_oids(&names.functions),
            keys: Keys::default(),
            relations,
            names,
        };
        for (index, relation) in snapshot.names.relations.iter().enumerate() {
            snapshot.by_name.entry(relation.name.clone()).or_default().push(Named::Relation(index));
        }
        snapshot.take_keys();
        snapshot
    }

    /// Keys whose tables are not all in the list say nothing. Of two indexes with one name in a schema, and of two foreign keys of a
    /// table, the first counts.
    fn take_keys(&mut self) {
        let mut keys = std::mem::take(&mut self.names.keys);
        let there = |schema: &str, name: &str| self.relation_oids(schema, name).map(|oids| oids.relation);
        let mut named = BTreeSet::new();
        keys.retain(|key| {
            let references = key.references.as_ref().is_none_or(|to| there(&to.schema, &to.relation).is_some());
            let within = if key.kind == KeyKind::Foreign { key.relation.clone() } else { String::new() };
            references
                && there(&key.schema, &key.relation).is_some()
                && named.insert((key.schema.clone(), within, key.name.clone()))
        });
        self.keys = Keys::new(&keys, there, self.by_oid.keys().copied().collect());
        for (index, key) in keys.iter().enumerate().filter(|(_, key)| key.kind != KeyKind::Foreign) {
            self.by_name.entry(key.name.clone()).or_default().push(Named::Index(index));
        }
        self.names.keys = keys;
    }

    /// All schemas with their OIDs, PostgreSQL's own included.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, u32)> {
        self.schemas.iter().map(|(name, oid)| (name.as_str(), *oid))
    }

    pub fn schema_oid(&self, name: &str) -> Option<u32> {
        self.schemas.get(name).copied()
    }

    pub fn schema_name(&self, oid: u32) -> Option<&str> {
        self.schemas().find(|(_, schema)| *schema == oid).map(|(name, _)| name)
    }

    /// The lake's relations with their OIDs.
    pub fn relations(&self) -> impl Iterator<Item = (&Relation, RelationOids)> {
        self.names.relations.iter().zip(self.relations.iter().copied())
    }

    /// The tables and views of a name, in whatever schema.
    pub fn relations_named(&self, name: &str) -> impl Iterator<Item = (&Relation, RelationOids)> {
        self.named(name).iter().filter_map(|named| match named {
            Named::Relation(index) => self.relation_at(*index),
            Named::Index(_) => None,
        })
    }

    pub fn relation_oids(&self, schema: &str, name: &str) -> Option<RelationOids> {
        self.relations_named(name).find(|(relation, _)| relation.schema == schema).map(|(_, oids)| oids)
    }

    pub fn relation(&self, oid: u32) -> Option<&Relation> {
        self.relation_with_oids(oid).map(|(relation, _)| relation)
    }

    pub fn relation_with_oids(&self, oid: u32) -> Option<(&Relation, RelationOids)> {
        self.relation_at(*self.by_oid.get(&oid)?)
    }

    /// The relation whose rows, or arrays of rows, have this type.
    pub fn relation_of_type(&self, oid: u32) -> Option<(&Relation, RelationOids)> {
        self.relation_at(*self.by_type.get(&oid)?)
    }

    /// The declared keys with their OIDs.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyConstraint, KeyOids)> {
        self.names.keys.iter().zip(self.keys.oids().iter().copied())
    }

    /// The keys of a table.
    pub fn keys_of(&self, table: u32) -> impl Iterator<Item = (&KeyConstraint, KeyOids)> {
        self.keys.of_table(table).iter().filter_map(|index| self.key_at(*index))
    }

    /// Whether a column belongs to its table's primary key.
    pub fn is_in_primary_key(&self, table: u32, column: &str) -> bool {
        self.keys_of(table).any(|(key, _)| key.kind == KeyKind::Primary && key.columns.iter().any(|own| own == column))
    }

    /// The key of a constraint.
    pub fn constraint(&self, oid: u32) -> Option<(&KeyConstraint, KeyOids)> {
        self.key_at(self.keys.of_constraint(oid)?)
    }

    /// The primary or unique key of an index.
    pub fn index(&self, oid: u32) -> Option<(&KeyConstraint, KeyOids)> {
        self.key_at(self.keys.of_index(oid)?)
    }

    /// Whether a table has a primary or a unique key, for which PostgreSQL has an index.
    pub fn has_index(&self, table: u32) -> bool {
        self.keys_of(table).any(|(key, _)| key.kind != KeyKind::Foreign)
    }

    /// Whether a table has a foreign key, or is referred to by one. PostgreSQL checks both by triggers.
    pub fn has_foreign_key(&self, table: u32) -> bool {
        self.keys.refer_to(table) || self.keys_of(table).any(|(key, _)| key.kind == KeyKind::Foreign)
    }

    fn named(&self, name: &str) -> &[Named] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    fn relation_at(&self, index: usize) -> Option<(&Relation, RelationOids)> {
        Some((self.names.relations.get(index)?, *self.relations.get(index)?))
    }

    fn key_at(&self, index: usize) -> Option<(&KeyConstraint, KeyOids)> {
        Some((self.names.keys.get(index)?, *self.keys.oids().get(index)?))
    }

    /// The relation of that name in the first schema of the path that has one, indexes and PostgreSQL's own catalogs included.
    pub fn find_relation(&self, schema: Option<&str>, name: &str, search_path: &[String]) -> Option<u32> {
        let named = self.named(name);
        let system = definitions::named(name);
        let in_schema = |schema: &str| {
            let own = named.iter().find_map(|named| match named {
                Named::Relation(index) => {
                    let (relation, oids) = self.relation_at(*index)?;
                    (relation.schema == schema).then_some(oids.relation)
                }
                Named::Index(index) => {
                    let (key, oids) = self.key_at(*index)?;
                    (key.schema == schema).then_some(oids.index)
                }
            });
            own.or_else(|| system.iter().find(|definition| definition.schema == schema).map(|definition| definition.oid))
        };
        match schema {
            Some(schema) => in_schema(schema),
            // What belongs to the session is found first.
            None => in_schema(TEMPORARY_SCHEMA).or_else(|| search_path.iter().find_map(|schema| in_schema(schema))),
        }
    }

    /// Schema and name of a relation, indexes and PostgreSQL's own catalogs included.
    pub fn relation_name(&self, oid: u32) -> Option<(&str, &str)> {
        if let Some(relation) = self.relation(oid) {
            return Some((&relation.schema, &relation.name));
        }
        if let Some((key, _)) = self.index(oid) {
            return Some((&key.schema, &key.name));
        }
        definitions::by_oid(oid).map(|definition| (definition.schema, definition.name))
    }

    pub fn functions(&self) -> impl Iterator<Item = (&Function, u32)> {
        self.names.functions.iter().zip(self.functions.iter().copied())
    }

    pub fn function(&self, oid: u32) -> Option<&Function> {
        self.functions().find(|(_, function)| *function == oid).map(|(function, _)| function)
    }
}

fn database_oid(name: &str) -> u32 {
    oid::assign([name]).into_values().next().unwrap_or(oid::FIRST_USER_OID)
}

fn relation_oids(relations: &[Relation]) -> Vec<RelationOids> {
    let names: Vec<String> = relations.iter().map(|r| format!("{}.{}", quoted(&r.schema), quoted(&r.name))).collect();
    let oids = oid::assign(names.iter().map(String::as_str));
    // Row types and array types share one list, `pg_type`.
    let types: Vec<[String; 2]> = names.iter().map(|name| [format!("row {name}"), format!("array {name}")]).collect();
    let type_oids = oid::assign(types.iter().flatten().map(String::as_str));
    let of = |oids: &BTreeMap<&str, u32>, name: &str| oids.get(name).copied().unwrap_or_default();
    let each = names.iter().zip(&types).map(|(name, [row, array])| RelationOids {
        relation: of(&oids, name),
        row_type: of(&type_oids, row),
        array_type: of(&type_oids, array),
    });
    each.collect()
}

fn schema_oids(schemas: &[Schema]) -> BTreeMap<String, u32> {
    let mut oids: BTreeMap<String, u32> = oid::assign(schemas.iter().map(|schema| schema.name.as_str()))
        .into_iter()
        .map(|(name, oid)| (name.to_owned(), oid))
        .collect();
    oids.insert("public".into(), oid::PUBLIC_SCHEMA);
    oids.insert("pg_catalog".into(), oid::PG_CATALOG_SCHEMA);
    oids.insert("pg_toast".into(), oid::TOAST_SCHEMA);
    oids.insert("information_schema".into(), oid::INFORMATION_SCHEMA);
    oids
}

/// A function is known by its name and the types of its arguments.
fn function_oids(functions: &[Function]) -> Vec<u32> {
    let keys: Vec<String> = functions
        .iter()
        .map(|function| {
            let types: Vec<&str> = function.arguments.iter().map(|argument| argument.type_name.as_str()).collect();
            format!("{:?} {}.{}({})", function.kind, function.schema, function.name, types.join(", "))
        })
        .collect();
    let oids = oid::assign(keys.iter().map(String::as_str));
    keys.iter().map(|key| oids.get(key.as_str()).copied().unwrap_or_default()).collect()
}

/// Words that are no name without quotes: all of PostgreSQL's but the unreserved ones.
static RESERVED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let cell = |row: &Row, column| row.iter().find(|(name, _)| *name == column).and_then(|(_, value)| value.to_display());
    let rows = seed::rows("pg_get_keywords");
    rows.iter().filter(|row| cell(row, "catcode").is_some_and(|code| code != "U")).filter_map(|row| cell(row, "word")).collect()
});

/// An identifier as PostgreSQL's `quote_ident` writes it.
pub fn quoted(identifier: &str) -> String {
    let mut characters = identifier.chars();
    let starts_plain = characters.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_') && !RESERVED.contains(identifier);
    if starts_plain && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return identifier.to_owned();
    }
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
