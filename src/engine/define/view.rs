//! `CREATE VIEW`.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Statement as Ast};

use super::dependents::names_in;
use super::{RelationKind, TEMPORARY_SCHEMA};
use crate::catalog::pg::{output_name, types};
use crate::catalog::{Changes, Definition, Object, View, folded, require_kept};
use crate::engine::error::from_datafusion;
use crate::engine::outcome::Outcome;
use crate::engine::session::{Session, TemporaryView};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;

/// A view that a client asks for.
pub struct NewView {
    pub name: ObjectName,
    pub query: Box<Query>,
    pub columns: Vec<Ident>,
    pub or_replace: bool,
    pub if_not_exists: bool,
    pub temporary: bool,
}

impl Session {
    pub(in crate::engine) async fn create_view(&mut self, new: NewView, text: &str) -> Result<Outcome> {
        self.require_usual_dates()?;
        let plan = self.plan(Ast::Query(new.query.clone()), text).await?;
        let columns: Vec<String> = new.columns.iter().map(folded).collect();
        if columns.len() > plan.schema().fields().len() {
            return Err(Error::new(SqlState::SYNTAX_ERROR, "CREATE VIEW specifies more column names than columns"));
        }
        let unnamed = plan.schema().fields().iter().skip(columns.len()).map(|field| field.name().as_str());
        refuse_duplicates(columns.iter().map(String::as_str).chain(unnamed))?;
        require_kept(&new.query)?;
        let temporary = self.is_temporary(&new);
        let name = match &new.name.0.last().and_then(|part| part.as_ident()).map(folded) {
            Some(bare) if temporary => TableName::new(TEMPORARY_SCHEMA, bare),
            _ => self.new_name(&new.name, "create")?,
        };
        let (query, path) = (new.query.clone(), self.settings.search_path());
        let view =
            View { name: name.clone(), query, columns, path, comment: None, owner: self.owner_of_new()?, text_bytes: text.len() };
        let schema = schema_of(&view, plan).map_err(|error| from_datafusion(error, text))?;
        match temporary {
            true => self.keep_temporary_view(view, schema, &new),
            false => self.keep_view(view, &schema, &new).await,
        }
    }

    /// What stands on something temporary is temporary itself.
    fn is_temporary(&mut self, new: &NewView) -> bool {
        let in_temporary_schema =
            matches!(new.name.0.as_slice(), [schema, _] if schema.as_ident().is_some_and(|s| folded(s) == TEMPORARY_SCHEMA));
        if new.temporary || in_temporary_schema {
            return true;
        }
        let stands_on_temporary = names_in(self, &new.query).iter().any(|(schema, table)| {
            matches!(schema.as_deref(), None | Some(TEMPORARY_SCHEMA))
                && (self.temporary.contains_key(table) || self.temporary_views.contains_key(table))
        });
        if stands_on_temporary {
            let name = new.name.0.last().map(ToString::to_string).unwrap_or_default();
            self.notice("00000", &format!("view \"{name}\" will be a temporary view"));
        }
        stands_on_temporary
    }

    fn keep_temporary_view(&mut self, view: View, schema: SchemaRef, new: &NewView) -> Result<Outcome> {
        let name = view.name.table.clone();
        if self.temporary.contains_key(&name) || (self.temporary_views.contains_key(&name) && !new.or_replace) {
            return self.exists(&name, new.if_not_exists, "CREATE VIEW");
        }
        if let Some(before) = self.temporary_views.get(&name) {
            refuse_other_columns(&before.schema, &schema)?;
        }
        self.temporary_views.insert(name, Arc::new(TemporaryView { view: Arc::new(view), schema }));
        Ok(Outcome::Done("CREATE VIEW".into()))
    }

    async fn keep_view(&mut self, view: View, schema: &Schema, new: &NewView) -> Result<Outcome> {
        let name = view.name.clone();
        self.require_schema(&name.schema).await?;
        let object = Object::Relation(name.clone());
        match self.relation_kind(&name).await? {
            Some(RelationKind::Table) if new.or_replace => {
                return Err(Error::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is not a view")));
            }
            Some(_) if !new.or_replace => return self.exists(&name.to_string(), new.if_not_exists, "CREATE VIEW"),
            Some(_) => {
                self.require_owner(&name).await?;
                // A view that cannot be planned any more has no columns to keep.
                if let Ok(Some(before)) = self.schema_of(name.clone()).await {
                    refuse_other_columns(&before, schema)?;
                }
            }
            None => {}
        }
        // A view of the lake's own files is hidden, not changed.
        let before = match self.catalog().is_lake_view(&name).await? {
            true => None,
            false => self.catalog().definition(&object).await?,
        };
        let mut changes = Changes::clone(&self.changes);
        changes.put(object, before, Some(Definition::View(Arc::new(view))));
        self.change(changes).await?;
        Ok(Outcome::Done("CREATE VIEW".into()))
    }
}

fn schema_of(view: &View, plan: LogicalPlan) -> datafusion::error::Result<SchemaRef> {
    let plan = view.with_column_names(plan)?;
    let fields = plan.schema().fields().iter().map(|field| field.as_ref().clone().with_name(output_name(field.name())));
    Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

/// Two columns of one name: 42701.
pub fn refuse_duplicates<'a>(columns: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for column in columns.map(output_name) {
        if !seen.insert(column) {
            return Err(Error::new(SqlState::DUPLICATE_COLUMN, format!("column \"{column}\" specified more than once")));
        }
    }
    Ok(())
}

/// A view that is replaced keeps its columns, and may get more behind them.
fn refuse_other_columns(before: &Schema, after: &Schema) -> Result<()> {
    let refused = |message: String| Error::new(SqlState("42P16"), message);
    if after.fields().len() < before.fields().len() {
        return Err(refused("cannot drop columns from view".into()));
    }
    for (old, new) in before.fields().iter().zip(after.fields()) {
        let old_name = output_name(old.name());
        if old_name != new.name() {
            let message = format!("cannot change name of view column \"{old_name}\" to \"{}\"", new.name());
            return Err(refused(message).hint("Drop the view first, or keep the names of its columns"));
        }
        let type_name = |field| {
            let (oid, modifier) = types::of_field(field);
            types::format_type(oid, Some(modifier)).unwrap_or_default()
        };
        let (from, to) = (type_name(old), type_name(new));
        if from != to {
            return Err(refused(format!("cannot change data type of view column \"{old_name}\" from {from} to {to}")));
        }
    }
    Ok(())
}
