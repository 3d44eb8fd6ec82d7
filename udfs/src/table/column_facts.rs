//! What is known of a column before anything is read.

use datafusion::common::ScalarValue;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// What the statistics of the files say of a column, for plans that need no filter.
#[derive(Clone, Copy)]
pub struct Facts {
    pub has_nulls: bool,
    pub may_be_negative: bool,
}

/// Looks through projections that only rename, down to the table; `None` where nothing exact is known.
pub fn known(plan: &LogicalPlan, column: &Expr) -> Option<Facts> {
    let Expr::Column(column) = column else { return None };
    match plan {
        LogicalPlan::Projection(projection) => {
            let index = projection.schema.maybe_index_of_column(column)?;
            let below = projection.expr.get(index)?.clone().unalias();
            known(&projection.input, &below)
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let index = alias.schema.maybe_index_of_column(column)?;
            known(&alias.input, &Expr::Column(alias.input.schema().columns().get(index)?.clone()))
        }
        LogicalPlan::TableScan(scan) => {
            let provider = source_as_provider(&scan.source).ok()?;
            let index = provider.schema().index_of(&column.name).ok()?;
            let statistics = provider.statistics()?;
            let facts = statistics.column_statistics.get(index)?;
            let zero = |v: &ScalarValue| ScalarValue::new_zero(&v.data_type()).ok();
            let exact = |p: &datafusion::common::stats::Precision<ScalarValue>| p.is_exact().unwrap_or(false);
            let non_negative = exact(&facts.min_value)
                && facts.min_value.get_value().is_some_and(|min| zero(min).is_some_and(|zero| *min >= zero))
                && !provider.schema().field(index).data_type().is_floating();
            let no_nulls = facts.null_count == datafusion::common::stats::Precision::Exact(0);
            Some(Facts { has_nulls: !no_nulls, may_be_negative: !non_negative })
        }
        _ => None,
    }
}
