//! `SELECT *, *`: columns that a list of results shows several times, which get names of their own. The planner refuses them.

use datafusion::sql::sqlparser::ast::{Expr, SelectItem, SelectItemQualifiedWildcardKind};

use super::columns::{Source, relation};
use super::whole_rows;
use crate::catalog::pg::build::quoted;
use crate::catalog::pg::{output_name, repeated_name};

/// Lists what the stars show, where a column is among it twice.
pub fn told_apart(items: &mut Vec<SelectItem>, sources: &[Source]) {
    let is_star = |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
    if items.iter().filter(|item| is_star(item)).count() < 2 {
        return;
    }
    let shown = |item: &SelectItem| if is_star(item) { shown(item, sources) } else { Some(vec![]) };
    let Some(all) = items.iter().map(shown).collect::<Option<Vec<_>>>() else { return };
    let columns: Vec<&Expr> = all.iter().flatten().collect();
    if !columns.iter().enumerate().any(|(place, column)| columns.iter().take(place).any(|other| other == column)) {
        return;
    }
    let (mut listed, mut names) = (Vec::with_capacity(columns.len()), vec![]);
    // Numbers of results that are not in a star are lower.
    let first = items.len();
    for (item, columns) in items.drain(..).zip(all) {
        if !is_star(&item) {
            listed.push(item);
        }
        for column in columns {
            let Some(name) = column_name(&column) else { continue };
            let is_repeated = names.contains(&name);
            listed.push(match is_repeated {
                true => SelectItem::ExprWithAlias { alias: quoted(&repeated_name(&name, first + names.len())), expr: column },
                false => SelectItem::UnnamedExpr(column),
            });
            names.push(name);
        }
    }
    *items = listed;
}

/// The columns of a star; `None` where they are not known, or merged.
fn shown(item: &SelectItem, sources: &[Source]) -> Option<Vec<Expr>> {
    let columns: Vec<Expr> = match item {
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
            let relation = relation(sources, name)?;
            relation.columns.as_ref()?;
            whole_rows::columns(relation)
        }
        SelectItem::Wildcard(_) => {
            let stars = sources.iter().map(|source| source.star.clone()).collect::<Option<Vec<_>>>()?;
            stars.into_iter().flatten().map(|(_, column)| column).collect()
        }
        _ => return None,
    };
    columns.iter().all(|column| column_name(column).is_some()).then_some(columns)
}

fn column_name(column: &Expr) -> Option<String> {
    match column {
        Expr::CompoundIdentifier(names) => names.last().map(|name| output_name(&name.value).to_owned()),
        Expr::Identifier(name) => Some(output_name(&name.value).to_owned()),
        _ => None,
    }
}
