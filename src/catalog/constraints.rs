//! Keys that the owner of a lake declares, in the file `sql/constraints.sql`:
//!
//! ```sql
//! ALTER TABLE shop.customers ADD PRIMARY KEY (customer_id);
//! ALTER TABLE sales.orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (customer_id);
//! ```
//!
//! They tell tools how tables belong together. Nothing checks them, and no plan relies on them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::sql::sqlparser::ast::{
    AlterTable, AlterTableOperation, Expr, ForeignKeyConstraint, Ident, IndexColumn, Statement, TableConstraint,
};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use tokio::sync::Mutex;

use super::{folded, table_name};
use crate::error::{Error, Result};
use crate::lake::{DEFAULT_SCHEMA, Lake, LakeError, TableName};
use crate::syntax;

/// Where the lake keeps its keys.
const FILE: &str = "sql/constraints.sql";

/// Longest file, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Primary,
    Unique,
    /// To the columns of another table; without names to its primary key.
    Foreign {
        table: TableName,
        columns: Vec<String>,
    },
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    pub name: String,
    pub table: TableName,
    pub columns: Vec<String>,
    pub key: Key,
}

/// The keys of one lake, read again when they are older than a time limit and the file has changed.
pub struct LakeConstraints {
    ttl: Duration,
    known: Mutex<Option<Known>>,
}

struct Known {
    at: Instant,
    file: Option<ObjectMeta>,
    constraints: Arc<Vec<Constraint>>,
}

impl LakeConstraints {
    pub fn new(ttl: Duration) -> Self {
        Self { ttl, known: Mutex::new(None) }
    }

    /// A file that cannot be read is reported in the log and declares nothing: it must not keep anyone from the tables.
    pub async fn get(&self, lake: &Lake) -> Result<Arc<Vec<Constraint>>> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref()
            && known.at.elapsed() < self.ttl
        {
            return Ok(Arc::clone(&known.constraints));
        }
        let at = Instant::now();
        let file = match lake.store().head(&Path::from(FILE)).await {
            Ok(file) => Some(file),
            Err(object_store::Error::NotFound { .. }) => None,
            Err(error) => return Err(LakeError::from_file(&error, FILE).into()),
        };
        let constraints = match known.take() {
            Some(before) if before.file == file => before.constraints,
            _ => Arc::new(match &file {
                Some(file) => read(lake, file).await.unwrap_or_else(|error| {
                    tracing::warn!(file = FILE, %error, "the keys of the lake cannot be read");
                    vec![]
                }),
                None => vec![],
            }),
        };
        *known = Some(Known { at, file, constraints: Arc::clone(&constraints) });
        Ok(constraints)
    }
}

async fn read(lake: &Lake, file: &ObjectMeta) -> Result<Vec<Constraint>> {
    if file.size > FILE_BYTES_MAX {
        return Err(Error::unsupported(format!("it has {} bytes, more than {FILE_BYTES_MAX}", file.size)));
    }
    let failed = |error| Error::from(LakeError::from_file(&error, FILE));
    let bytes = lake.store().get(&Path::from(FILE)).await.map_err(failed)?.bytes().await.map_err(failed)?;
    parse(std::str::from_utf8(&bytes).map_err(|_| Error::unsupported("it is not UTF-8"))?)
}

fn parse(text: &str) -> Result<Vec<Constraint>> {
    let mut constraints: Vec<Constraint> = vec![];
    for statement in syntax::parse(text)? {
        let Statement::AlterTable(AlterTable { name, operations, .. }) = statement else {
            return Err(Error::unsupported("it may only hold ALTER TABLE … ADD PRIMARY KEY, UNIQUE or FOREIGN KEY"));
        };
        let table = table_name(&name, DEFAULT_SCHEMA)?;
        for operation in operations {
            let constraint = match operation {
                AlterTableOperation::AddConstraint { constraint, .. } => of(&table, constraint)?,
                other => return Err(Error::unsupported(format!("{other} declares no key"))),
            };
            constraints.push(constraint);
        }
    }
    Ok(constraints)
}

/// Without a name of its own a key is named as PostgreSQL names it.
fn of(table: &TableName, constraint: TableConstraint) -> Result<Constraint> {
    let (name, columns, key) = match constraint {
        TableConstraint::PrimaryKey(key) => (key.name, names(&key.columns)?, Key::Primary),
        TableConstraint::Unique(key) => (key.name, names(&key.columns)?, Key::Unique),
        TableConstraint::ForeignKey(ForeignKeyConstraint { name, columns, foreign_table, referred_columns, .. }) => {
            let referred = referred_columns.iter().map(folded).collect();
            let key = Key::Foreign { table: table_name(&foreign_table, &table.schema)?, columns: referred };
            (name, columns.iter().map(folded).collect(), key)
        }
        other => return Err(Error::unsupported(format!("{other} is no key"))),
    };
    let given = |name: &Ident| folded(name);
    let usual = || match key {
        Key::Primary => format!("{}_pkey", table.table),
        Key::Unique => format!("{}_{}_key", table.table, columns.join("_")),
        Key::Foreign { .. } => format!("{}_{}_fkey", table.table, columns.join("_")),
    };
    let name = name.as_ref().map_or_else(usual, given);
    Ok(Constraint { name, table: table.clone(), columns, key })
}

fn names(columns: &[IndexColumn]) -> Result<Vec<String>> {
    let name = |column: &IndexColumn| match &column.column.expr {
        Expr::Identifier(name) => Ok(folded(name)),
        other => Err(Error::unsupported(format!("a key consists of columns, not of {other}"))),
    };
    columns.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names are those that PostgreSQL 15 gives for the same statements.
    #[test]
    fn keys_are_read_and_named() {
        let text = "ALTER TABLE shop.customers ADD PRIMARY KEY (customer_id);
            ALTER TABLE shop.customers ADD UNIQUE (email, \"Shop\"), ADD CONSTRAINT one_phone UNIQUE (phone);
            ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customers;";
        let read = parse(text).unwrap();
        let names: Vec<&str> = read.iter().map(|constraint| constraint.name.as_str()).collect();
        assert_eq!(names, ["customers_pkey", "customers_email_Shop_key", "one_phone", "orders_customer_id_fkey"]);
        let foreign = Key::Foreign { table: TableName::new("shop", "customers"), columns: vec![] };
        assert_eq!((read[3].table.schema.as_str(), &read[3].key), ("public", &foreign));
        for text in ["SELECT 1", "ALTER TABLE a ADD CHECK (b > 1)", "ALTER TABLE a RENAME TO b"] {
            assert_eq!(parse(text).unwrap_err().sqlstate(), "0A000", "{text}");
        }
    }
}
