//! The values of the outer columns that a sub-query reads, each combination once.

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use super::unsupported;

/// A table of values, and the outer column of each of its columns.
pub struct Domain {
    pub plan: LogicalPlan,
    columns: Vec<(Column, String)>,
}

/// Every outer column that a plan reads, once.
pub fn outer_columns(plan: &LogicalPlan) -> Result<Vec<Expr>> {
    let mut found = vec![];
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                if matches!(expr, Expr::OuterReferenceColumn(..)) && !found.contains(expr) {
                    found.push(expr.clone());
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}

/// Those of them that are columns of a schema.
pub fn read_from(schema: &DFSchema, plan: &LogicalPlan) -> Result<Vec<Column>> {
    let mut columns = vec![];
    for expr in outer_columns(plan)? {
        if let Expr::OuterReferenceColumn(_, column) = expr
            && schema.has_column(&column)
            && !columns.contains(&column)
        {
            columns.push(column);
        }
    }
    Ok(columns)
}

impl Domain {
    /// What a sub-query reads of the columns of a plan; `None` if it reads none of them.
    ///
    /// # Errors
    /// 0A000 for a plan that might give other rows when it is read twice.
    pub fn new(input: &LogicalPlan, subquery: &LogicalPlan, number: usize) -> Result<Option<Self>> {
        let columns = read_from(input.schema(), subquery)?;
        if columns.is_empty() {
            return Ok(None);
        }
        if !is_repeatable(input)? {
            return Err(unsupported("random values or an unordered LIMIT beside it"));
        }
        let named = (1..).zip(columns).map(|(index, column)| (column, format!("__outer_{number}_{index}")));
        let columns: Vec<_> = named.collect();
        let values = columns.iter().map(|(column, name)| Expr::Column(column.clone()).alias(name));
        let plan = LogicalPlanBuilder::from(input.clone()).project(values)?.distinct()?.build()?;
        Ok(Some(Self { plan, columns }))
    }

    /// Each outer column with the name of its values.
    pub fn keys(&self) -> Vec<(Column, String)> {
        self.columns.clone()
    }

    /// The columns of the values.
    pub fn own(&self) -> Vec<Expr> {
        self.columns.iter().map(|(_, name)| Expr::Column(Column::new_unqualified(name))).collect()
    }

    /// Whether a plan reads any of the outer columns.
    pub fn is_read_in(&self, plan: &LogicalPlan) -> Result<bool> {
        Ok(outer_columns(plan)?.iter().any(|expr| self.value_of(expr).is_some()))
    }

    /// An expression that reads the values instead of the outer columns.
    pub fn replaced(&self, expr: Expr) -> Result<Expr> {
        let replace = |expr: Expr| Ok(self.value_of(&expr).map_or(Transformed::no(expr), Transformed::yes));
        Ok(expr.transform_up(replace)?.data)
    }

    fn value_of(&self, expr: &Expr) -> Option<Expr> {
        let Expr::OuterReferenceColumn(_, outer) = expr else { return None };
        let (_, name) = self.columns.iter().find(|(column, _)| column == outer)?;
        Some(Expr::Column(Column::new_unqualified(name)))
    }
}

/// Whether a plan gives the same rows each time.
fn is_repeatable(plan: &LogicalPlan) -> Result<bool> {
    let mut repeatable = true;
    plan.apply_with_subqueries(|node| {
        let is_cut = matches!(node, LogicalPlan::Limit(limit) if !is_sorted(&limit.input));
        repeatable &= !is_cut && !node.expressions().iter().any(Expr::is_volatile);
        Ok(if repeatable { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    })?;
    Ok(repeatable)
}

fn is_sorted(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(_) | LogicalPlan::Values(_) => true,
        LogicalPlan::Projection(projection) => is_sorted(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => is_sorted(&alias.input),
        _ => false,
    }
}
