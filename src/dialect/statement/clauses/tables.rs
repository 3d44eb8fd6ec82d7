//! Names of the tables of FROM, of which each stands for one.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{Select, TableFactor};

use crate::catalog::pg::build::{folded, parts};
use crate::error::{Error, Result, SqlState};

/// # Errors
/// 42712 for a name that two have.
pub fn named_once(select: &Select) -> Result<()> {
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    let joined = select.from.iter().flat_map(|from| from.joins.iter().map(|join| &join.relation));
    for factor in select.from.iter().map(|from| &from.relation).chain(joined) {
        let is_new = match factor {
            TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
                names.insert(folded(&alias.name))
            }
            // Tables of two schemas may share their name.
            TableFactor::Table { name, alias: None, args: None, .. } => paths.insert(parts(name).join(".")),
            _ => true,
        };
        if !is_new {
            let name = match factor {
                TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
                    folded(&alias.name)
                }
                TableFactor::Table { name, .. } => parts(name).pop().unwrap_or_default(),
                _ => String::new(),
            };
            return Err(Error::new(SqlState("42712"), format!("table name \"{name}\" specified more than once")));
        }
    }
    Ok(())
}
