//! Which views stand on what. A view finds its tables by their names when it is used, so its dependencies are the names that it
//! would find now.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Query, Statement as Ast};
use datafusion_functions_customer::relation::rewrite;

use super::{DEPENDENT_OBJECTS_STILL_EXIST, RelationKind};
use crate::catalog::{Relations, View};
use crate::engine::session::Session;
use crate::error::{Error, Result};
use crate::lake::TableName;

/// Something that has to go before another object can.
pub struct Dependent {
    pub name: TableName,
    pub kind: RelationKind,
    /// What it depends on, with its kind.
    pub on: String,
}

/// The names in a query, with their schemas if they have them.
pub fn names_in(session: &Session, query: &Query) -> Vec<(Option<String>, String)> {
    let mut ast = Ast::Query(Box::new(query.clone()));
    // A table function takes names of tables as arguments. What cannot be rewritten cannot be planned either, and has no names.
    if rewrite(&mut ast, &session.table_functions()).is_err() {
        return vec![];
    }
    let statement = DfStatement::Statement(Box::new(ast));
    let references = session.state.resolve_table_references(&statement).unwrap_or_default();
    references.into_iter().map(|name| (name.schema().map(str::to_owned), name.table().to_owned())).collect()
}

/// The tables and views that a view reads.
pub fn read_by(session: &Session, view: &View, relations: &Relations) -> BTreeSet<TableName> {
    let is_there = |name: &TableName| relations.tables.contains(name) || relations.views.contains_key(name);
    let names = names_in(session, &view.query);
    let found = names.into_iter().filter_map(|(schema, table)| {
        let schemas = schema.map_or_else(|| view.path.clone(), |schema| vec![schema]);
        schemas.into_iter().map(|schema| TableName::new(schema, &table)).find(is_there)
    });
    found.collect()
}

/// The views that stand on these relations, directly or on other views, each once and without the relations themselves.
pub fn dependents_of(session: &Session, targets: &[TableName], relations: &Relations) -> Vec<Dependent> {
    let reads: BTreeMap<&TableName, BTreeSet<TableName>> =
        relations.views.iter().map(|(name, view)| (name, read_by(session, view, relations))).collect();
    let mut waiting: Vec<TableName> = targets.iter().rev().cloned().collect();
    let mut seen: BTreeSet<TableName> = targets.iter().cloned().collect();
    let mut found = vec![];
    while let Some(target) = waiting.pop() {
        let kind = if relations.views.contains_key(&target) { RelationKind::View } else { RelationKind::Table };
        for (name, _) in reads.iter().filter(|(_, read)| read.contains(&target)) {
            if seen.insert((*name).clone()) {
                let on = format!("{} {}", kind.name(), shown(session, &target));
                found.push(Dependent { name: (*name).clone(), kind: RelationKind::View, on });
                waiting.push((*name).clone());
            }
        }
    }
    found
}

/// 2BP01 if something depends on the object and may not go with it; otherwise a notice of what goes.
pub async fn refuse_dependents(session: &mut Session, object: &str, dependents: &[Dependent], cascade: bool) -> Result<()> {
    let described = |d: &Dependent| format!("{} {}", d.kind.name(), shown(session, &d.name));
    let because = || {
        let lines: Vec<String> = dependents.iter().map(|d| format!("{} depends on {}", described(d), d.on)).collect();
        let message = format!("cannot drop {object} because other objects depend on it");
        Error::new(DEPENDENT_OBJECTS_STILL_EXIST, message).detail(lines.join("\n"))
    };
    if dependents.is_empty() {
        return Ok(());
    }
    if !cascade {
        return Err(because().hint("Use DROP ... CASCADE to drop the dependent objects too."));
    }
    for dependent in dependents {
        if session.catalog().is_lake_view(&dependent.name).await? {
            return Err(because().hint(format!("\"{}\" is defined by a file in sql/views: remove that first", dependent.name)));
        }
    }
    let lines: Vec<String> = dependents.iter().map(|d| format!("drop cascades to {}", described(d))).collect();
    match lines.as_slice() {
        [line] => session.notice("00000", line),
        lines => session.notice_with_detail(&format!("drop cascades to {} other objects", lines.len()), lines.join("\n")),
    }
    Ok(())
}

/// A name as PostgreSQL writes it in messages: without the schema where the search path finds it.
pub fn shown(session: &Session, name: &TableName) -> String {
    match session.settings.search_path().contains(&name.schema) {
        true => name.table.clone(),
        false => name.to_string(),
    }
}
