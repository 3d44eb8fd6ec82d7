//! What the catalog tables are made of: one consistent list of names, and the columns of those relations that a query asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use datafusion::arrow::datatypes::FieldRef;
use datafusion::error::Result;

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

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Primary,
    Unique,
    Foreign,
}

impl KeyKind {
    /// In the words of the SQL standard.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY KEY",
            Self::Unique => "UNIQUE",
            Self::Foreign => "FOREIGN KEY",
        }
    }
}

/// A key of a table, which is declared and not checked.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyConstraint {
    /// Of the table, and of the key.
    pub schema: String,
    pub relation: String,
    pub name: String,
    pub kind: KeyKind,
    pub columns: Vec<String>,
    /// Of a foreign key.
    pub references: Option<Reference>,
}

/// The columns to which a foreign key refers, one for each of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub schema: String,
    pub relation: String,
    pub columns: Vec<String>,
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
    relations: BTreeMap<(String, String), RelationOids>,
    relation_by_oid: BTreeMap<u32, usize>,
    functions: Vec<u32>,
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
        let relation_keys: Vec<String> =
            names.relations.iter().map(|r| format!("{}.{}", quoted(&r.schema), quoted(&r.name))).collect();
        let relation_oids = oid::assign(relation_keys.iter().map(String::as_str));
        // Row types and array types share one list, `pg_type`.
        let type_keys: Vec<String> =
            relation_keys.iter().flat_map(|key| [format!("row {key}"), format!("array {key}")]).collect();
        let type_oids = oid::assign(type_keys.iter().map(String::as_str));
        let mut relations = BTreeMap::new();
        let mut relation_by_oid = BTreeMap::new();
        for (index, (relation, key)) in names.relations.iter().zip(&relation_keys).enumerate() {
            let of = |oids: &BTreeMap<&str, u32>, key: &str| oids.get(key).copied().unwrap_or_default();
            let oids = RelationOids {
                relation: of(&relation_oids, key),
                row_type: of(&type_oids, &format!("row {key}")),
                array_type: of(&type_oids, &format!("array {key}")),
            };
            relation_by_oid.insert(oids.relation, index);
            relations.insert((relation.schema.clone(), relation.name.clone()), oids);
        }
        let functions = function_oids(&names.functions);
        let schemas = schema_oids(&names.schemas);
        let database_oid = oid::assign([names.database.as_str()]).into_values().next().unwrap_or(oid::FIRST_USER_OID);
        Self { names, database_oid, schemas, relations, relation_by_oid, functions }
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
        self.names.relations.iter().filter_map(|relation| Some((relation, self.relation_oids(&relation.schema, &relation.name)?)))
    }

    pub fn relation_oids(&self, schema: &str, name: &str) -> Option<RelationOids> {
        self.relations.get(&(schema.to_owned(), name.to_owned())).copied()
    }

    pub fn relation(&self, oid: u32) -> Option<&Relation> {
        self.relation_by_oid.get(&oid).and_then(|index| self.names.relations.get(*index))
    }

    /// The relation of that name in the first schema of the path that has one, PostgreSQL's own catalogs included.
    pub fn find_relation(&self, schema: Option<&str>, name: &str, search_path: &[String]) -> Option<u32> {
        let in_schema = |schema: &str| {
            let own = self.relation_oids(schema, name).map(|oids| oids.relation);
            own.or_else(|| definitions::find(schema, name).map(|definition| definition.oid))
        };
        match schema {
            Some(schema) => in_schema(schema),
            // What belongs to the session is found first.
            None => in_schema(TEMPORARY_SCHEMA).or_else(|| search_path.iter().find_map(|schema| in_schema(schema))),
        }
    }

    /// Schema and name of a relation, PostgreSQL's own catalogs included.
    pub fn relation_name(&self, oid: u32) -> Option<(&str, &str)> {
        match self.relation(oid) {
            Some(relation) => Some((&relation.schema, &relation.name)),
            None => definitions::by_oid(oid).map(|definition| (definition.schema, definition.name)),
        }
    }

    pub fn functions(&self) -> impl Iterator<Item = (&Function, u32)> {
        self.names.functions.iter().zip(self.functions.iter().copied())
    }

    pub fn function(&self, oid: u32) -> Option<&Function> {
        self.functions().find(|(_, function)| *function == oid).map(|(function, _)| function)
    }
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
