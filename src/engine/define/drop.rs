//! `DROP VIEW` and `DROP TABLE`.

use datafusion::sql::sqlparser::ast::ObjectName;

use super::dependents::{dependents_of, refuse_dependents, shown};
use super::{RelationKind, TEMPORARY_SCHEMA, wrong_kind};
use crate::catalog::{Changes, Commented, Object, folded};
use crate::engine::outcome::Outcome;
use crate::engine::session::Session;
use crate::error::{Result, SqlState};
use crate::lake::TableName;

impl Session {
    pub(in crate::engine) async fn drop_relations(
        &mut self,
        kind: RelationKind,
        names: &[ObjectName],
        if_exists: bool,
        cascade: bool,
    ) -> Result<Outcome> {
        let mut targets = vec![];
        for name in names {
            if self.drop_temporary(kind, name)? {
                continue;
            }
            let (name, found) = self.existing_name(name, "drop").await?;
            match found {
                Some(found) if found == kind => {
                    self.require_owner(&name).await?;
                    targets.push(name);
                }
                Some(_) => return Err(wrong_kind(&name, kind)),
                None => self.missing(SqlState::UNDEFINED_TABLE, kind.name(), &name.to_string(), if_exists)?,
            }
        }
        let relations = self.catalog().relations().await?;
        let dependents = dependents_of(self, &targets, &relations);
        let object = match targets.as_slice() {
            [target] => format!("{} {}", kind.name(), shown(self, target)),
            _ => "desired object(s)".to_owned(),
        };
        refuse_dependents(self, &object, &dependents, cascade).await?;
        let mut changes = Changes::clone(&self.changes);
        for name in targets.iter().chain(dependents.iter().map(|dependent| &dependent.name)) {
            self.remove_relation(&mut changes, name).await?;
        }
        self.change(changes).await?;
        Ok(Outcome::Done(format!("DROP {}", kind.name().to_uppercase())))
    }

    /// Drops what belongs to this session; `false` if nothing of it has the name.
    fn drop_temporary(&mut self, kind: RelationKind, name: &ObjectName) -> Result<bool> {
        let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(folded).collect();
        let bare = match parts.as_slice() {
            [bare] => bare,
            [schema, bare] if schema == TEMPORARY_SCHEMA => bare,
            _ => return Ok(false),
        };
        let (is_table, is_view) = (self.temporary.contains_key(bare), self.temporary_views.contains_key(bare));
        if !is_table && !is_view {
            return Ok(false);
        }
        if is_view != (kind == RelationKind::View) {
            return Err(wrong_kind(&TableName::new(TEMPORARY_SCHEMA, bare), kind));
        }
        self.temporary.remove(bare);
        self.temporary_views.remove(bare);
        Ok(true)
    }

    /// Adds to the changes that a relation, and what was said of it, is gone.
    pub(super) async fn remove_relation(&self, changes: &mut Changes, name: &TableName) -> Result<()> {
        let object = Object::Relation(name.clone());
        let before = self.catalog().definition(&object).await?;
        changes.put(object, before, None);
        for (on, before) in self.comments_on(name).await? {
            changes.put(Object::CommentOn(on), Some(before), None);
        }
        Ok(())
    }

    /// The comments on a relation and on its columns.
    pub(super) async fn comments_on(&self, relation: &TableName) -> Result<Vec<(Commented, crate::catalog::Definition)>> {
        let comments = self.catalog().relations().await?.comments;
        let of_relation = comments.into_iter().filter(|(on, _)| match on {
            Commented::Relation(name) | Commented::Column(name, _) => name == relation,
            _ => false,
        });
        Ok(of_relation.map(|(on, text)| (on, crate::catalog::Definition::Comment(text))).collect())
    }
}
