//! What clients ask for and this server has not: catalog tables, functions, settings. Each is logged once, by its name alone, so that
//! the log of a day tells what a tool needs.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;

use datafusion::common::TableReference;

use crate::catalog::pg::definitions;

/// Names are remembered up to so many: a client could send any number of them.
const NAMES_MAX: usize = 1_000;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Probe {
    CatalogTable,
    Function,
    Setting,
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CatalogTable => "catalog table",
            Self::Function => "function",
            Self::Setting => "setting",
        })
    }
}

/// The names that were asked for in vain.
#[derive(Debug, Default)]
pub struct Probes {
    seen: Mutex<BTreeSet<(Probe, String)>>,
}

impl Probes {
    /// Logs a name that is asked for the first time; whether it did.
    pub fn lacks(&self, probe: Probe, name: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let first = seen.len() < NAMES_MAX && seen.insert((probe, name.to_owned()));
        if first {
            tracing::info!(target: "cilake::probe", %probe, name, "a client asks for what is not there");
        }
        first
    }

    /// Logs a table that was not found if only a catalog could have it.
    pub fn lacks_table(&self, name: &TableReference) {
        let system = matches!(name.schema(), Some("pg_catalog" | "information_schema"));
        let bare = name.schema().is_none() && name.table().starts_with("pg_");
        if system || (bare && definitions::find("pg_catalog", name.table()).is_none()) {
            self.lacks(Probe::CatalogTable, name.table());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_logged_once() {
        let probes = Probes::default();
        assert!(probes.lacks(Probe::Function, "pg_something"));
        assert!(!probes.lacks(Probe::Function, "pg_something"));
        assert!(probes.lacks(Probe::Setting, "pg_something"));
        let many = (0..2 * NAMES_MAX).filter(|i| probes.lacks(Probe::Setting, &i.to_string())).count();
        assert_eq!(many, NAMES_MAX - 2);
    }
}
