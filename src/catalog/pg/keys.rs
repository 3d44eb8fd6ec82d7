//! Declared keys with the OIDs of what PostgreSQL makes of each: a constraint, and the index of a primary or unique key.
//!
//! A lake has no indexes, and nothing checks its keys: these entries tell tools which columns identify a row and how tables join.

use std::collections::{BTreeSet, HashMap};

use super::oid;
use super::snapshot::quoted;

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

impl KeyConstraint {
    /// The statement that would make the index of a primary or unique key on a table of this name.
    pub fn index_definition(&self, table: &str) -> String {
        format!("CREATE UNIQUE INDEX {} ON {table} USING btree ({})", quoted(&self.name), listed(&self.columns))
    }
}

/// Names of columns as they stand in a statement.
pub fn listed(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// The columns to which a foreign key refers, one for each of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub schema: String,
    pub relation: String,
    pub columns: Vec<String>,
}

impl Reference {
    /// The primary or unique key of the columns that are referred to, if it is declared.
    pub fn key<'a>(&self, keys: &'a [KeyConstraint]) -> Option<&'a KeyConstraint> {
        let same = |own: &[String]| own.len() == self.columns.len() && own.iter().all(|column| self.columns.contains(column));
        let mut of_table =
            keys.iter().filter(|key| key.kind != KeyKind::Foreign && key.schema == self.schema && key.relation == self.relation);
        of_table.find(|key| same(&key.columns))
    }
}

/// A key with its OIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOids {
    pub constraint: u32,
    /// Its own, or that of the key that a foreign key refers to; 0 if that is not declared.
    pub index: u32,
    pub table: u32,
    /// The table that a foreign key refers to; 0 for another key.
    pub referenced: u32,
}

/// The OIDs of all keys, in the order of the keys, and where they are in it.
#[derive(Debug, Default)]
pub struct Keys {
    oids: Vec<KeyOids>,
    by_constraint: HashMap<u32, usize>,
    by_index: HashMap<u32, usize>,
    by_table: HashMap<u32, Vec<usize>>,
    referenced: BTreeSet<u32>,
}

impl Keys {
    /// `relation` gives the OID of a table by its schema and its name; an index must have none that is taken by a table.
    pub fn new(keys: &[KeyConstraint], relation: impl Fn(&str, &str) -> Option<u32>, taken: BTreeSet<u32>) -> Self {
        let names: Vec<[String; 2]> = keys.iter().map(|key| ["constraint", "index"].map(|kind| name(kind, key))).collect();
        let assigned = oid::assign_beside(names.iter().flatten().map(String::as_str), taken);
        let of = |kind: &str, key: &KeyConstraint| assigned.get(name(kind, key).as_str()).copied().unwrap_or_default();
        let mut all = Self::default();
        for (position, key) in keys.iter().enumerate() {
            let referred = key.references.as_ref();
            let oids = KeyOids {
                constraint: of("constraint", key),
                index: match referred {
                    Some(reference) => reference.key(keys).map_or(0, |referred| of("index", referred)),
                    None => of("index", key),
                },
                table: relation(&key.schema, &key.relation).unwrap_or_default(),
                referenced: referred.and_then(|to| relation(&to.schema, &to.relation)).unwrap_or_default(),
            };
            all.by_constraint.insert(oids.constraint, position);
            if key.kind != KeyKind::Foreign {
                all.by_index.insert(oids.index, position);
            }
            all.by_table.entry(oids.table).or_default().push(position);
            all.referenced.extend(referred.map(|_| oids.referenced));
            all.oids.push(oids);
        }
        all
    }

    pub fn oids(&self) -> &[KeyOids] {
        &self.oids
    }

    /// Where the key of a constraint is.
    pub fn of_constraint(&self, oid: u32) -> Option<usize> {
        self.by_constraint.get(&oid).copied()
    }

    /// Where the primary or unique key of an index is.
    pub fn of_index(&self, oid: u32) -> Option<usize> {
        self.by_index.get(&oid).copied()
    }

    /// Where the keys of a table are.
    pub fn of_table(&self, oid: u32) -> &[usize] {
        self.by_table.get(&oid).map_or(&[], Vec::as_slice)
    }

    /// Whether a foreign key refers to a table.
    pub fn refer_to(&self, table: u32) -> bool {
        self.referenced.contains(&table)
    }
}

fn name(kind: &str, key: &KeyConstraint) -> String {
    let parts = [&key.schema, &key.relation, &key.name].map(|part| quoted(part));
    format!("{kind} {}", parts.join("."))
}
