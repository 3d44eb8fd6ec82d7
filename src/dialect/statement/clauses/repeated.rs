//! Aggregates, windows and groups that differ in a cast only, as in `sum(a), sum(a::int8)`: the planner's names for them leave casts out
//! and would be the same, so that they get others ([`written`]). `count(1)` is `count(*)`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Ident, OrderBy, Select, SelectItem,
    Value, VisitMut, VisitorMut, WindowType,
};

use crate::catalog::pg::build::{folded, function_name, is_aggregate};
use crate::dialect::functions::written;
use crate::dialect::statement::level;
use crate::error::Result;

pub fn told_apart(select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
    let mut order_by = order_by;
    // What the planner calls an expression, and how often it stands for another one.
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut has_casts = false;
    let mut note = |expr: &mut Expr| {
        has_casts |= matches!(expr, Expr::Cast { .. });
        if let Expr::Function(function) = expr {
            all_counted(function);
            if is_told_apart(function) {
                named.entry(without_casts(expr)).or_default().insert(normal(expr).to_string());
            }
        }
        Ok(())
    };
    level::each(select, &mut note)?;
    if let Some(order_by) = order_by.as_deref_mut() {
        level::each(order_by, &mut note)?;
    }
    if !has_casts {
        return Ok(());
    }
    let calls: BTreeSet<String> = named.into_iter().filter(|(_, written)| written.len() > 1).map(|(name, _)| name).collect();
    let groups = groups_of_one_name(select);
    if calls.is_empty() && groups.is_empty() {
        return Ok(());
    }
    let tell = |expr: &mut Expr| {
        if let Expr::Function(function) = expr
            && is_told_apart(function)
            && calls.contains(&without_casts(&Expr::Function(function.clone())))
        {
            parts(function).into_iter().filter(|part| casts_columns(part)).for_each(name);
        }
        if !groups.is_empty() && groups.contains(&normal(expr).to_string()) {
            name(expr);
        }
        Ok(())
    };
    level::each(select, tell)?;
    order_by.map_or(Ok(()), |order_by| level::each(order_by, tell))
}

/// The expression as it is written, whichever of two ways its casts have, and without what was put around it here.
pub fn normal(expr: &Expr) -> Expr {
    changed(expr, |expr| match expr {
        Expr::Cast { kind, .. } => {
            *kind = CastKind::DoubleColon;
            None
        }
        Expr::Nested(inner) => Some(inner.as_ref().clone()),
        other => written::within(other).cloned(),
    })
}

fn name(expr: &mut Expr) {
    let text = normal(expr).to_string();
    let unnamed = std::mem::replace(expr, Expr::Identifier(Ident::new("")));
    *expr = written::named(unnamed, &text);
}

fn is_told_apart(function: &Function) -> bool {
    function.over.is_some() || is_aggregate(&function_name(function))
}

/// `count(1)`.
fn all_counted(function: &mut Function) {
    let is_count = function_name(function) == "count";
    if let FunctionArguments::List(list) = &mut function.args
        && is_count
        && list.duplicate_treatment.is_none()
        && let [FunctionArg::Unnamed(argument)] = list.args.as_mut_slice()
        && let FunctionArgExpr::Expr(Expr::Value(value)) = argument
        && matches!(value.value, Value::Number(..))
    {
        *argument = FunctionArgExpr::Wildcard;
    }
}

/// The expressions of a call: its arguments, and what its window is divided and sorted by.
fn parts(function: &mut Function) -> Vec<&mut Expr> {
    let mut parts = vec![];
    if let FunctionArguments::List(list) = &mut function.args {
        parts.extend(list.args.iter_mut().filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => Some(argument),
            _ => None,
        }));
    }
    if let Some(WindowType::WindowSpec(window)) = &mut function.over {
        parts.extend(window.partition_by.iter_mut());
        parts.extend(window.order_by.iter_mut().map(|key| &mut key.expr));
    }
    parts.extend(function.within_group.iter_mut().map(|key| &mut key.expr));
    parts
}

/// The groups whose names the planner would take for those of others, as they are written.
fn groups_of_one_name(select: &Select) -> BTreeSet<String> {
    let GroupByExpr::Expressions(groups, _) = &select.group_by else { return BTreeSet::new() };
    let is_set = |group: &Expr| matches!(group, Expr::GroupingSets(_) | Expr::Rollup(_) | Expr::Cube(_));
    if groups.len() < 2 || groups.iter().any(is_set) {
        return BTreeSet::new();
    }
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // A name is that of a column of FROM, if there is one, and else of a result.
    for group in groups.iter().flat_map(|group| [group, meant(group, &select.projection)]) {
        named.entry(without_casts(group)).or_default().insert(normal(group).to_string());
    }
    let of_one_name = named.into_iter().filter(|(_, written)| written.len() > 1);
    // Those without a cast keep their name.
    of_one_name.flat_map(|(name, written)| written.into_iter().filter(move |written| *written != name)).collect()
}

/// The result that a position or a name in GROUP BY stands for.
fn meant<'a>(group: &'a Expr, projection: &'a [SelectItem]) -> &'a Expr {
    let aliased = |item: &'a SelectItem| match item {
        SelectItem::ExprWithAlias { expr, alias } => Some((expr, Some(folded(alias)))),
        SelectItem::UnnamedExpr(expr) => Some((expr, None)),
        _ => None,
    };
    let found = match group {
        Expr::Value(value) => match &value.value {
            Value::Number(position, _) => {
                let place = position.parse::<usize>().ok().and_then(|position| position.checked_sub(1));
                place.and_then(|place| projection.get(place)).and_then(aliased)
            }
            _ => None,
        },
        Expr::Identifier(name) => {
            projection.iter().filter_map(aliased).find(|(_, alias)| alias.as_deref() == Some(folded(name).as_str()))
        }
        _ => None,
    };
    found.map_or(group, |(expr, _)| expr)
}

/// Whether a cast of something that is read from a row is in it: literals are left as they are.
fn casts_columns(expr: &Expr) -> bool {
    let (mut casts, mut reads) = (false, false);
    let _ = changed(expr, |expr| {
        casts |= matches!(expr, Expr::Cast { .. });
        reads |= matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        None
    });
    casts && reads && written::within(expr).is_none()
}

fn without_casts(expr: &Expr) -> String {
    let bare = changed(expr, |expr| match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) => Some(expr.as_ref().clone()),
        other => written::within(other).cloned(),
    });
    bare.to_string()
}

/// A copy in which each expression, the inner ones first, is replaced by what the function makes of it.
fn changed(expr: &Expr, change: impl FnMut(&mut Expr) -> Option<Expr>) -> Expr {
    struct Changed<F>(F);
    impl<F: FnMut(&mut Expr) -> Option<Expr>> VisitorMut for Changed<F> {
        type Break = ();
        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            if let Some(other) = (self.0)(expr) {
                *expr = other;
            }
            ControlFlow::Continue(())
        }
    }
    let mut copy = expr.clone();
    let _ = copy.visit(&mut Changed(change));
    copy
}
