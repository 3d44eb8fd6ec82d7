//! A plan that carries the values of outer columns along: the columns that it had, then those of the [`Domain`]. What is done for all
//! rows – a sum, a limit, a window – is done for each combination of values.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinConstraint, NullEquality, TableReference};
use datafusion::error::Result;
use datafusion::functions_window::row_number::row_number;
use datafusion::logical_expr::expr::{AggregateFunction, Sort as SortExpr, WindowFunction};
use datafusion::logical_expr::logical_plan::{FetchType, SkipType};
use datafusion::logical_expr::{
    Aggregate, Distinct, DistinctOn, Expr, ExprFunctionExt, Filter, Join, JoinType, Limit, LogicalPlan, LogicalPlanBuilder,
    Operator, Projection, Sort, SubqueryAlias, Union, Unnest, Values, Window, binary_expr, lit, when,
};

use super::domain::Domain;
use super::unsupported;

/// The suffix of values on the second side of a join.
const OTHER: &str = "_other";

impl Domain {
    /// The rows of a plan for each combination of the values.
    pub fn carry(&self, plan: LogicalPlan) -> Result<LogicalPlan> {
        if !self.is_read_in(&plan)? {
            return LogicalPlanBuilder::from(plan).cross_join(self.plan.clone())?.build();
        }
        let shown = plan.schema().columns();
        match plan {
            LogicalPlan::Projection(Projection { expr, input, .. }) => {
                let input = self.carry(Arc::unwrap_or_clone(input))?;
                let exprs = expr.into_iter().zip(shown).map(|(expr, column)| Ok(named(self.replaced(expr)?, column)));
                let exprs = exprs.collect::<Result<Vec<_>>>()?;
                Ok(LogicalPlan::Projection(Projection::try_new([exprs, self.own()].concat(), Arc::new(input))?))
            }
            LogicalPlan::Filter(filter) => {
                let input = self.carry(Arc::unwrap_or_clone(filter.input))?;
                Ok(LogicalPlan::Filter(Filter::try_new(self.replaced(filter.predicate)?, Arc::new(input))?))
            }
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, .. }) => {
                self.aliased(self.carry(Arc::unwrap_or_clone(input))?, &alias)
            }
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate, shown),
            LogicalPlan::Sort(Sort { expr, input, fetch: None }) => {
                let input = self.carry(Arc::unwrap_or_clone(input))?;
                LogicalPlanBuilder::from(input).sort(self.sorts(expr)?)?.build()
            }
            LogicalPlan::Limit(limit) => self.limit(limit),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                LogicalPlanBuilder::from(self.carry(Arc::unwrap_or_clone(input))?).distinct()?.build()
            }
            LogicalPlan::Distinct(Distinct::On(distinct)) => self.distinct_on(distinct),
            LogicalPlan::Union(Union { inputs, .. }) => {
                let inputs = inputs.into_iter().map(|input| self.carry(Arc::unwrap_or_clone(input)).map(Arc::new));
                let union = Union::try_new(inputs.collect::<Result<Vec<_>>>()?)?;
                self.renamed(LogicalPlan::Union(union), shown)
            }
            LogicalPlan::Join(join) => self.join(join, shown),
            LogicalPlan::Window(window) => self.window(window, shown),
            LogicalPlan::Values(values) => self.values(values, shown),
            LogicalPlan::Unnest(Unnest { input, exec_columns, options, .. }) => {
                let input = self.carry(Arc::unwrap_or_clone(input))?;
                LogicalPlanBuilder::from(input).unnest_columns_with_options(exec_columns, options)?.build()
            }
            LogicalPlan::Subquery(subquery) => self.carry(Arc::unwrap_or_clone(subquery.subquery)),
            LogicalPlan::RecursiveQuery(_) => Err(unsupported("WITH RECURSIVE")),
            _ => Err(unsupported("such a clause")),
        }
    }

    /// A plan under another name; the values have none.
    pub fn aliased(&self, plan: LogicalPlan, alias: &TableReference) -> Result<LogicalPlan> {
        let aliased = SubqueryAlias::try_new(Arc::new(plan), alias.clone())?;
        let values: Vec<String> = self.keys().into_iter().map(|(_, name)| name).collect();
        let columns = aliased.schema.columns().into_iter().map(|column| {
            let name = column.name.clone();
            if values.contains(&name) { Expr::Column(column).alias(name) } else { Expr::Column(column) }
        });
        let columns: Vec<Expr> = columns.collect();
        LogicalPlanBuilder::from(LogicalPlan::SubqueryAlias(aliased)).project(columns)?.build()
    }

    /// The plan's columns in order under the names that they had before, then the values.
    fn renamed(&self, plan: LogicalPlan, shown: Vec<Column>) -> Result<LogicalPlan> {
        let columns = plan.schema().columns().into_iter().zip(shown).map(|(now, before)| named(Expr::Column(now), before));
        let columns: Vec<Expr> = columns.chain(self.own()).collect();
        LogicalPlanBuilder::from(plan).project(columns)?.build()
    }

    fn sorts(&self, sorts: Vec<SortExpr>) -> Result<Vec<SortExpr>> {
        sorts.into_iter().map(|sort| Ok(SortExpr { expr: self.replaced(sort.expr)?, ..sort })).collect()
    }

    fn aggregate(&self, aggregate: Aggregate, shown: Vec<Column>) -> Result<LogicalPlan> {
        let Aggregate { input, group_expr, aggr_expr, .. } = aggregate;
        if group_expr.iter().any(|expr| matches!(expr, Expr::GroupingSet(_))) {
            return Err(unsupported("GROUPING SETS"));
        }
        let input = self.carry(Arc::unwrap_or_clone(input))?;
        let groups = group_expr.len();
        let group_expr = group_expr.into_iter().map(|expr| self.replaced(expr)).collect::<Result<Vec<_>>>()?;
        let defaults = aggr_expr.iter().map(default).collect::<Result<Vec<_>>>()?;
        let aggr_expr = aggr_expr.into_iter().map(|expr| self.replaced(expr)).collect::<Result<Vec<_>>>()?;
        let found = Aggregate::try_new(Arc::new(input), [group_expr, self.own()].concat(), aggr_expr)?;
        let columns = found.schema.columns();
        let (of_groups, rest) = columns.split_at(groups.min(columns.len()));
        let values = rest.get(self.own().len()..).unwrap_or_default();
        let results = of_groups.iter().chain(values).cloned().map(Expr::Column);
        if groups > 0 {
            let named = results.zip(shown).map(|(expr, column)| named(expr, column)).chain(self.own()).collect::<Vec<_>>();
            return LogicalPlanBuilder::from(LogicalPlan::Aggregate(found)).project(named)?.build();
        }
        // Of no rows there is one result, also where a combination of values has none.
        let numbered: Vec<(Expr, String)> =
            results.enumerate().map(|(index, expr)| (expr, format!("__result_{index}"))).collect();
        let named_results = numbered.iter().map(|(expr, name)| expr.clone().alias(name));
        let found =
            LogicalPlanBuilder::from(LogicalPlan::Aggregate(found)).project(named_results.chain(self.others()))?.build()?;
        let plan = self.with_others(self.plan.clone(), found, None, JoinType::Left)?;
        let results = numbered.into_iter().zip(defaults).zip(shown).map(|(((_, name), default), column)| {
            let result = Expr::Column(Column::new_unqualified(name));
            let result = match default {
                Some(default) => when(result.clone().is_null(), default).otherwise(result)?,
                None => result,
            };
            Ok(named(result, column))
        });
        let columns = [results.collect::<Result<Vec<_>>>()?, self.own()].concat();
        LogicalPlanBuilder::from(plan).project(columns)?.build()
    }

    /// The values under the names that they have on the second side of a join.
    fn others(&self) -> impl Iterator<Item = Expr> {
        let names = self.keys().into_iter().map(|(_, name)| name);
        names.map(|name| Expr::Column(Column::new_unqualified(&name)).alias(format!("{name}{OTHER}")))
    }

    /// A join of two plans for the same values, those of the right one under their other names.
    fn with_others(
        &self,
        left: LogicalPlan,
        right: LogicalPlan,
        condition: Option<Expr>,
        join_type: JoinType,
    ) -> Result<LogicalPlan> {
        let pairs: Vec<(Expr, Expr)> = self
            .keys()
            .into_iter()
            .map(|(_, name)| {
                let other = Expr::Column(Column::new_unqualified(format!("{name}{OTHER}")));
                (Expr::Column(Column::new_unqualified(name)), other)
            })
            .collect();
        let (on, filter) = match condition {
            None => (pairs, None),
            Some(condition) => {
                let same = pairs.into_iter().map(|(one, other)| binary_expr(one, Operator::IsNotDistinctFrom, other));
                (vec![], same.chain([condition]).reduce(Expr::and))
            }
        };
        let equality = NullEquality::NullEqualsNull;
        let join = Join::try_new(Arc::new(left), Arc::new(right), on, filter, join_type, JoinConstraint::On, equality, false)?;
        Ok(LogicalPlan::Join(join))
    }

    /// The first rows for each combination of values.
    fn limit(&self, limit: Limit) -> Result<LogicalPlan> {
        let (SkipType::Literal(skip), FetchType::Literal(fetch)) = (limit.get_skip_type()?, limit.get_fetch_type()?) else {
            return Err(unsupported("a computed LIMIT"));
        };
        let (sorts, input) = match Arc::unwrap_or_clone(limit.input) {
            LogicalPlan::Sort(Sort { expr, input, fetch: None }) => (self.sorts(expr)?, input),
            // What is projected after sorting can as well be projected after the limit.
            LogicalPlan::Projection(projection) if is_sort(&projection.input) => {
                let below = LogicalPlan::Limit(Limit { input: projection.input, ..limit });
                let above = Projection::try_new(projection.expr, Arc::new(below))?;
                return self.carry(LogicalPlan::Projection(above));
            }
            other => (vec![], Arc::new(other)),
        };
        let input = self.carry(Arc::unwrap_or_clone(input))?;
        let columns: Vec<Expr> = input.schema().columns().into_iter().map(Expr::Column).collect();
        // The engine numbers no rows that have no order.
        let sorts = if sorts.is_empty() { self.own().into_iter().map(|expr| expr.sort(true, false)).collect() } else { sorts };
        let number = row_number().partition_by(self.own()).order_by(sorts).build()?.alias("__number");
        let numbered = || Expr::Column(Column::new_unqualified("__number"));
        let bound = |rows: usize| lit(u64::try_from(rows).unwrap_or(u64::MAX));
        let after = numbered().gt(bound(skip));
        let within = fetch.map(|fetch| numbered().lt_eq(bound(skip.saturating_add(fetch))));
        let condition = within.map_or(after.clone(), |within| after.and(within));
        LogicalPlanBuilder::from(input).window(vec![number])?.filter(condition)?.project(columns)?.build()
    }

    fn distinct_on(&self, distinct: DistinctOn) -> Result<LogicalPlan> {
        let DistinctOn { on_expr, select_expr, sort_expr, input, .. } = distinct;
        let input = self.carry(Arc::unwrap_or_clone(input))?;
        let each = |exprs: Vec<Expr>| exprs.into_iter().map(|expr| self.replaced(expr)).collect::<Result<Vec<_>>>();
        let sorts = match sort_expr {
            Some(sorts) => {
                let first = self.own().into_iter().map(|expr| expr.sort(true, false));
                Some(first.chain(self.sorts(sorts)?).collect())
            }
            None => None,
        };
        let (on, select) = ([self.own(), each(on_expr)?].concat(), [each(select_expr)?, self.own()].concat());
        Ok(LogicalPlan::Distinct(Distinct::On(DistinctOn::try_new(on, select, sorts, Arc::new(input))?)))
    }

    fn window(&self, window: Window, shown: Vec<Column>) -> Result<LogicalPlan> {
        let input = Arc::unwrap_or_clone(window.input);
        let before = input.schema().fields().len();
        let input = self.carry(input)?;
        let results = window.window_expr.into_iter().zip(shown.get(before..).unwrap_or_default()).map(|(expr, column)| {
            let (Expr::Alias(_) | Expr::WindowFunction(_)) = expr else { return Err(unsupported("such a window")) };
            let Expr::WindowFunction(function) = expr.unalias() else { return Err(unsupported("such a window")) };
            let WindowFunction { fun, mut params } = *function;
            params.partition_by.extend(self.own());
            let function = Expr::WindowFunction(Box::new(WindowFunction { fun, params }));
            Ok(named(self.replaced(function)?, column.clone()))
        });
        let results = results.collect::<Result<Vec<_>>>()?;
        let plan = LogicalPlan::Window(Window::try_new(results, Arc::new(input))?);
        let columns = shown.into_iter().map(Expr::Column).chain(self.own()).collect::<Vec<_>>();
        LogicalPlanBuilder::from(plan).project(columns)?.build()
    }

    /// A SELECT for each row.
    fn values(&self, values: Values, shown: Vec<Column>) -> Result<LogicalPlan> {
        let rows = values.values.into_iter().map(|row| {
            let exprs = row.into_iter().zip(&shown).map(|(expr, column)| Ok(named(self.replaced(expr)?, column.clone())));
            let exprs = [exprs.collect::<Result<Vec<_>>>()?, self.own()].concat();
            LogicalPlanBuilder::from(self.plan.clone()).project(exprs)?.build().map(Arc::new)
        });
        let mut rows = rows.collect::<Result<Vec<_>>>()?;
        match (rows.len(), rows.pop()) {
            (1, Some(only)) => Ok(Arc::unwrap_or_clone(only)),
            (_, last) => {
                rows.extend(last);
                self.renamed(LogicalPlan::Union(Union::try_new(rows)?), shown)
            }
        }
    }

    fn join(&self, join: Join, shown: Vec<Column>) -> Result<LogicalPlan> {
        let Join { left, right, on, filter, join_type, null_equality, .. } = join;
        let (in_left, in_right) = (self.is_read_in(&left)?, self.is_read_in(&right)?);
        let (carries_left, carries_right) = match join_type {
            JoinType::Inner => (in_left || !in_right, in_right),
            JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => (true, in_right),
            JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => (in_left, true),
            JoinType::Full => (true, true),
        };
        let side = |plan: Arc<LogicalPlan>, carries: bool| {
            let plan = Arc::unwrap_or_clone(plan);
            if carries { self.carry(plan) } else { Ok(plan) }
        };
        let (left, mut right) = (side(left, carries_left)?, side(right, carries_right)?);
        if carries_left && carries_right {
            let columns = right.schema().columns();
            let before = columns.len().saturating_sub(self.own().len());
            let kept = columns.into_iter().take(before).map(Expr::Column);
            right = LogicalPlanBuilder::from(right).project(kept.chain(self.others()))?.build()?;
        }
        let equal = match null_equality {
            NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
            NullEquality::NullEqualsNothing => Operator::Eq,
        };
        let pairs = on.into_iter().map(|(one, other)| binary_expr(one, equal, other));
        let condition = pairs.chain(filter).map(|expr| self.replaced(expr)).collect::<Result<Vec<_>>>()?;
        let condition = condition.into_iter().reduce(Expr::and);
        let plan = if carries_left && carries_right {
            self.with_others(left, right, Some(condition.unwrap_or(lit(true))), join_type)?
        } else {
            let kind = JoinConstraint::On;
            let equality = NullEquality::NullEqualsNothing;
            let join = Join::try_new(Arc::new(left), Arc::new(right), vec![], condition, join_type, kind, equality, false)?;
            LogicalPlan::Join(join)
        };
        let own = self.keys().into_iter().map(|(_, name)| {
            let (one, other) = (Column::new_unqualified(&name), Column::new_unqualified(format!("{name}{OTHER}")));
            let [one, other] = [one, other].map(Expr::Column);
            match (join_type, carries_left && carries_right) {
                (JoinType::Full, _) => Ok(when(one.clone().is_null(), other).otherwise(one)?.alias(name)),
                (JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark, true) => {
                    Ok(other.alias(name))
                }
                _ => Ok(one),
            }
        });
        let own = own.collect::<Result<Vec<_>>>()?;
        let columns = shown.into_iter().map(Expr::Column).chain(own).collect::<Vec<_>>();
        LogicalPlanBuilder::from(plan).project(columns)?.build()
    }
}

/// An expression under the name that it had.
pub(super) fn named(expr: Expr, column: Column) -> Expr {
    let (relation, name) = expr.qualified_name();
    if relation == column.relation && name == column.name { expr } else { expr.alias_qualified(column.relation, column.name) }
}

fn is_sort(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Sort(Sort { fetch: None, .. }))
}

/// What an aggregate is of no rows, if that is not NULL.
fn default(expr: &Expr) -> Result<Option<Expr>> {
    let Expr::AggregateFunction(AggregateFunction { func, .. }) = expr.clone().unalias() else {
        return Err(unsupported("such an aggregate"));
    };
    // Those that count give the type themselves, and all others are NULL.
    let value = func.default_value(&DataType::Int64)?;
    Ok((!value.is_null()).then(|| lit(value)))
}
