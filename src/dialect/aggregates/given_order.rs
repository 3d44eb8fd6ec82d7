//! The order that a sub-query in FROM gives: `string_agg(x, ',') FROM (SELECT x … ORDER BY y) AS s`, `row_number() OVER () FROM (… ORDER BY …)`.
//! PostgreSQL takes rows as they come, and they come in that order. Here they come from many threads, so what depends on their order is
//! told to sort by what the sub-query is sorted by.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{AggregateFunction, Sort, WindowFunction};
use datafusion::logical_expr::{
    Aggregate, Distinct, DistinctOn, Expr, Filter, Limit, LogicalPlan, Projection, SubqueryAlias, Window, WindowFrameBound,
    WindowFrameUnits,
};
use datafusion::optimizer::utils::NamePreserver;

/// A node whose aggregates, windows or first rows are those in the order of the sub-query below. Where no order counts, nothing is sorted.
pub fn kept(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let names = NamePreserver::new(&node);
    match &node {
        LogicalPlan::Aggregate(aggregate) => {
            let Some((input, order)) = ordered(&aggregate.input, true)? else { return Ok(Transformed::no(node)) };
            let told = |expr: &Expr| names.save(expr).restore(aggregated(expr.clone(), &order));
            let told = aggregate.aggr_expr.iter().map(told).collect();
            let aggregate = Aggregate::try_new(Arc::new(input), aggregate.group_expr.clone(), told)?;
            Ok(Transformed::yes(LogicalPlan::Aggregate(aggregate)))
        }
        LogicalPlan::Window(window) if window.window_expr.iter().any(|expr| of_window(expr).is_some()) => {
            let Some((input, order)) = ordered(&window.input, false)? else { return Ok(Transformed::no(node)) };
            let told = |expr: &Expr| names.save(expr).restore(windowed(expr.clone(), &order));
            let told = window.window_expr.iter().map(told).collect();
            Ok(Transformed::yes(LogicalPlan::Window(Window::try_new(told, Arc::new(input))?)))
        }
        LogicalPlan::Distinct(Distinct::On(DistinctOn { on_expr, select_expr, sort_expr: Some(sort_expr), input, .. })) => {
            let Some((input, order)) = ordered(input, true)? else { return Ok(Transformed::no(node)) };
            let sort_expr = sort_expr.iter().cloned().chain(order).collect();
            let on = DistinctOn::try_new(on_expr.clone(), select_expr.clone(), Some(sort_expr), Arc::new(input))?;
            Ok(Transformed::yes(LogicalPlan::Distinct(Distinct::On(on))))
        }
        _ => Ok(Transformed::no(node)),
    }
}

/// The aggregate in this order, if it shows one and has none of its own.
fn aggregated(expr: Expr, order: &[Sort]) -> Expr {
    const IN_ORDER: [&str; 5] = ["array_agg", "first_value", "last_value", "nth_value", "string_agg"];
    match expr {
        Expr::Alias(mut alias) => {
            alias.expr = Box::new(aggregated(*alias.expr, order));
            Expr::Alias(alias)
        }
        Expr::AggregateFunction(AggregateFunction { func, mut params })
            if params.order_by.is_empty() && !params.distinct && IN_ORDER.contains(&func.name()) =>
        {
            params.order_by = order.to_vec();
            Expr::AggregateFunction(AggregateFunction { func, params })
        }
        other => other,
    }
}

/// The window, if what it gives depends on the order of rows, of which it says nothing.
fn of_window(expr: &Expr) -> Option<&WindowFunction> {
    const IN_ORDER: [&str; 9] =
        ["array_agg", "first_value", "lag", "last_value", "lead", "nth_value", "ntile", "row_number", "string_agg"];
    match expr {
        Expr::Alias(alias) => of_window(&alias.expr),
        Expr::WindowFunction(call) if call.params.order_by.is_empty() => {
            let frame = &call.params.window_frame;
            let is_whole = matches!(&frame.start_bound, WindowFrameBound::Preceding(from) if from.is_null())
                && matches!(&frame.end_bound, WindowFrameBound::Following(to) if to.is_null());
            let is_in_order = !is_whole || IN_ORDER.contains(&call.fun.name());
            (frame.units == WindowFrameUnits::Rows && is_in_order).then_some(call)
        }
        _ => None,
    }
}

fn windowed(expr: Expr, order: &[Sort]) -> Expr {
    if of_window(&expr).is_none() {
        return expr;
    }
    match expr {
        Expr::Alias(mut alias) => {
            alias.expr = Box::new(windowed(*alias.expr, order));
            Expr::Alias(alias)
        }
        Expr::WindowFunction(mut call) => {
            call.params.order_by = order.to_vec();
            Expr::WindowFunction(call)
        }
        other => other,
    }
}

/// The plan with the columns by which its rows are sorted, and this order; without the sort itself where `moves`, unless the first rows
/// are taken of it. `None` where its rows come in no order.
fn ordered(plan: &LogicalPlan, moves: bool) -> Result<Option<(LogicalPlan, Vec<Sort>)>> {
    let (input, moves) = match plan {
        LogicalPlan::Sort(sort) => {
            let input = if moves && sort.fetch.is_none() { Arc::clone(&sort.input) } else { Arc::new(plan.clone()) };
            if sort.expr.iter().all(|key| matches!(key.expr, Expr::Column(_))) {
                return Ok(Some((Arc::unwrap_or_clone(input), sort.expr.clone())));
            }
            let columns = input.schema().columns().into_iter().map(Expr::Column).collect();
            return Ok(Some(with_keys(columns, input, sort.expr.clone())?));
        }
        LogicalPlan::Limit(limit) => (&limit.input, false),
        LogicalPlan::Filter(Filter { input, .. })
        | LogicalPlan::Projection(Projection { input, .. })
        | LogicalPlan::SubqueryAlias(SubqueryAlias { input, .. })
        | LogicalPlan::Window(Window { input, .. }) => (input, moves),
        _ => return Ok(None),
    };
    let Some((input, mut order)) = ordered(input, moves)? else { return Ok(None) };
    let input = Arc::new(input);
    let plan = match plan {
        LogicalPlan::Limit(limit) => LogicalPlan::Limit(Limit { input, ..limit.clone() }),
        LogicalPlan::Filter(filter) => LogicalPlan::Filter(Filter::try_new(filter.predicate.clone(), input)?),
        LogicalPlan::Window(window) => LogicalPlan::Window(Window::try_new(window.window_expr.clone(), input)?),
        LogicalPlan::Projection(projection) => return Ok(Some(with_keys(projection.expr.clone(), input, order)?)),
        LogicalPlan::SubqueryAlias(named) => {
            for key in &mut order {
                if let Expr::Column(column) = &mut key.expr {
                    column.relation = Some(named.alias.clone());
                }
            }
            LogicalPlan::SubqueryAlias(SubqueryAlias::try_new(input, named.alias.clone())?)
        }
        _ => return Ok(None),
    };
    Ok(Some((plan, order)))
}

/// These columns and the keys, under names that nothing else has.
fn with_keys(mut columns: Vec<Expr>, input: Arc<LogicalPlan>, mut order: Vec<Sort>) -> Result<(LogicalPlan, Vec<Sort>)> {
    let mut number = 0;
    for key in &mut order {
        let is_taken = |name: &str| columns.iter().any(|column| column.qualified_name().1 == name);
        let free = (number..).map(|number| (number, format!("__order_{number}"))).find(|(_, name)| !is_taken(name));
        let Some((at, name)) = free else { continue };
        number = at + 1;
        columns.push(std::mem::take(&mut key.expr).alias(&name));
        key.expr = Expr::Column(Column::new_unqualified(name));
    }
    Ok((LogicalPlan::Projection(Projection::try_new(columns, input)?), order))
}
