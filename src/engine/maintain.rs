//! Commands that maintain what is stored. Files need none of it, and tools that send them expect to go on.

use datafusion::sql::planner::object_name_to_table_reference;
use datafusion::sql::sqlparser::ast::ObjectName;

use super::error::from_datafusion;
use super::names::shown;
use super::outcome::Outcome;
use super::plan::Place;
use super::protected::Reader;
use super::session::Session;
use crate::error::{Error, Result, SqlState};
use crate::syntax::maintenance::Maintenance;

impl Session {
    pub(super) async fn maintain(&mut self, maintenance: Maintenance) -> Result<Outcome> {
        let tag = match maintenance {
            Maintenance::Analyze(tables) => {
                self.require_relations(tables).await?;
                "ANALYZE"
            }
            Maintenance::Vacuum(tables) => {
                if self.transaction.is_some() {
                    return Err(Error::new(SqlState("25001"), "VACUUM cannot run inside a transaction block"));
                }
                self.require_relations(tables).await?;
                "VACUUM"
            }
            Maintenance::Checkpoint => "CHECKPOINT",
            Maintenance::SetConstraints => {
                if self.transaction.is_none() {
                    self.notice("25P01", "SET CONSTRAINTS can only be used in transaction blocks");
                }
                "SET CONSTRAINTS"
            }
        };
        Ok(Outcome::Done(tag.into()))
    }

    /// 42P01 for the first name that is no relation's.
    async fn require_relations(&self, names: Vec<ObjectName>) -> Result<()> {
        let path = self.settings.search_path();
        for name in names {
            let name = object_name_to_table_reference(name, true).map_err(|error| from_datafusion(error, ""))?;
            let reader = Reader::new(self.rights()?);
            let place = Place { path: &path, depth: 0, temporary: true };
            let source = self.source(name.clone(), place, &reader).await.map_err(|error| from_datafusion(error, ""))?;
            if source.is_none() {
                let message = format!("relation \"{}\" does not exist", shown(&name));
                return Err(Error::new(SqlState::UNDEFINED_TABLE, message));
            }
        }
        Ok(())
    }
}
