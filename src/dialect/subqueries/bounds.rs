//! LIMIT and OFFSET by a sub-query, `LIMIT (SELECT count(*) FROM …)`: the rows are numbered, and those between the bounds are kept. The engine
//! wants to know both when it plans.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, internal_err};
use datafusion::error::Result;
use datafusion::functions_window::row_number::row_number;
use datafusion::logical_expr::expr::{Cast, Sort as Key};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprFunctionExt, Limit, LogicalPlan, LogicalPlanBuilder, Projection, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Sort, Volatility, lit, when,
};

use crate::dialect::failure::failed;
use crate::error::SqlState;

/// What the number of a row is called.
const NUMBER: &str = "__number";

/// The rows of a LIMIT whose bounds are not known before the query runs.
pub fn kept(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Limit(limit) = node else { return Ok(Transformed::no(node)) };
    let is_asked = |expr: &Expr| expr.exists(|expr| Ok(matches!(expr, Expr::ScalarSubquery(_))));
    let mut asked = false;
    for bound in limit.skip.iter().chain(&limit.fetch) {
        asked |= is_asked(bound)?;
    }
    if !asked {
        return Ok(Transformed::no(LogicalPlan::Limit(limit)));
    }
    let Limit { skip, fetch, input } = limit;
    let bounds = Bounds { skip: skip.map(|skip| *skip), fetch: fetch.map(|fetch| *fetch) };
    Ok(Transformed::yes(bounds.within(Arc::unwrap_or_clone(input))?))
}

struct Bounds {
    skip: Option<Expr>,
    fetch: Option<Expr>,
}

impl Bounds {
    /// The sort stays below what is computed of its rows.
    fn within(self, plan: LogicalPlan) -> Result<LogicalPlan> {
        match plan {
            LogicalPlan::Projection(Projection { expr, input, schema, .. }) if matches!(input.as_ref(), LogicalPlan::Sort(_)) => {
                let input = self.within(Arc::unwrap_or_clone(input))?;
                Ok(LogicalPlan::Projection(Projection::try_new_with_schema(expr, Arc::new(input), schema)?))
            }
            LogicalPlan::Sort(Sort { expr, input, fetch: None }) => self.between(Arc::unwrap_or_clone(input), expr),
            other => self.between(other, vec![]),
        }
    }

    fn between(self, input: LogicalPlan, keys: Vec<Key>) -> Result<LogicalPlan> {
        let shown = input.schema().columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
        let number = match keys.is_empty() {
            true => row_number(),
            false => row_number().order_by(keys).build()?,
        };
        let place = || Expr::Cast(Cast::new(Box::new(Expr::Column(Column::new_unqualified(NUMBER))), DataType::Int64));
        let skip = self.skip.map_or(lit(0_i64), |skip| bound(skip, "OFFSET"));
        let skip = when(skip.clone().is_null(), lit(0_i64)).otherwise(skip)?;
        let mut condition = place().gt(skip.clone());
        if let Some(fetch) = self.fetch {
            let fetch = bound(fetch, "LIMIT");
            condition = condition.and(fetch.clone().is_null().or((place() - skip).lt_eq(fetch)));
        }
        let numbered = LogicalPlanBuilder::from(input).window(vec![number.alias(NUMBER)])?;
        let sort = Expr::Column(Column::new_unqualified(NUMBER)).sort(true, false);
        numbered.filter(condition)?.sort(vec![sort])?.project(shown)?.build()
    }
}

/// A bound, which is not below zero.
fn bound(expr: Expr, clause: &str) -> Expr {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        let types = vec![DataType::Int64, DataType::Utf8];
        Arc::new(ScalarUDF::from(Bound { signature: Signature::exact(types, Volatility::Immutable) }))
    });
    FUNCTION.call(vec![Expr::Cast(Cast::new(Box::new(expr), DataType::Int64)), lit(clause)])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Bound {
    signature: Signature,
}

impl ScalarUDFImpl for Bound {
    fn name(&self) -> &str {
        "__bound"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let [rows, clause] = columns.as_slice() else { return internal_err!("a number of rows and a clause") };
        if rows.as_primitive::<Int64Type>().iter().flatten().any(|rows| rows < 0) {
            let clause = clause.as_string::<i32>().iter().flatten().next().unwrap_or_default();
            let state = if clause == "LIMIT" { "2201W" } else { "2201X" };
            return Err(failed(SqlState(state), format!("{clause} must not be negative")));
        }
        Ok(ColumnarValue::Array(Arc::clone(rows)))
    }
}
