//! `tenure_curve`: how many customers are there still after each period, seen and projected. Used by `retention_curve` alone.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature};

use super::history_fit::list_scalar;
use super::tenure_fit::{Customers, Ends, state_fields};
use crate::args::anything;
use crate::error::CustomerError;
use crate::models::survival::{Seen, life_table};
use crate::models::tenures::{Tenures, fit_bdw, fit_sbg, survival};

/// The columns of a row, in order.
pub const COUNTS: [&str; 3] = ["period", "at_risk", "churned"];
pub const SHARES: [&str; 5] = ["survival", "low", "high", "hazard", "projected"];

/// Periods that are returned.
pub const PERIODS_MAX: u64 = 10_000;

pub const NAME: &str = "tenure_curve";

/// The curve up to `horizon`, or to the last period that was seen, as an expression over tenure, churned and customers.
pub fn tenure_curve(horizon: Option<u64>, columns: Vec<Expr>) -> Expr {
    AggregateUDF::from(TenureCurve::new(horizon)).call(columns)
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct TenureCurve {
    pub(crate) horizon: Option<u64>,
    signature: Signature,
}

impl TenureCurve {
    pub(crate) fn new(horizon: Option<u64>) -> Self {
        Self { horizon, signature: anything() }
    }
}

fn fields() -> Fields {
    let of = |data_type: DataType| move |name: &str| Field::new(name, data_type.clone(), true);
    COUNTS.into_iter().map(of(DataType::Int64)).chain(SHARES.into_iter().map(of(DataType::Float64))).collect()
}

impl AggregateUDFImpl for TenureCurve {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields()), true))))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(state_fields(args.name))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Customers::new("retention_curve", Ends::Curve(self.horizon))))
    }
}

/// The list of rows.
pub fn curve(tenures: &Tenures, horizon: Option<u64>) -> Result<ScalarValue> {
    let table = life_table(tenures);
    let last = horizon.unwrap_or_else(|| table.periods.last().map_or(0, |period| period.tenure));
    if last > PERIODS_MAX {
        let message =
            format!("retention_curve: the longest tenure is {last} periods, and no more than {PERIODS_MAX} are returned");
        return Err(CustomerError::limit_exceeded(message).hint("Say how many with horizon =>").into());
    }
    let seen = table.by_period(last);
    let projected = projection(tenures);
    let counts = |of: fn(&Seen) -> u64| -> ArrayRef {
        Arc::new(seen.iter().map(|row| i64::try_from(of(row)).ok()).collect::<Int64Array>())
    };
    let shares = |of: &dyn Fn(&Seen) -> Option<f64>| -> ArrayRef { Arc::new(seen.iter().map(of).collect::<Float64Array>()) };
    let columns = vec![
        counts(|row| row.period),
        counts(|row| row.at_risk),
        counts(|row| row.churned),
        shares(&|row| row.survival.map(|[estimate, _, _]| estimate)),
        shares(&|row| row.survival.map(|[_, low, _]| low)),
        shares(&|row| row.survival.map(|[_, _, high]| high)),
        shares(&|row| (row.at_risk > 0).then(|| row.churned as f64 / row.at_risk as f64)),
        shares(&|row| projected.map(|[gamma, delta, c]| survival(gamma, delta, c, row.period as f64))),
    ];
    Ok(list_scalar(Arc::new(StructArray::try_new(fields(), columns, None)?)))
}

/// γ, δ and c of the model of tenures that fits: of two that converge the one with the smaller AIC.
fn projection(tenures: &Tenures) -> Option<[f64; 3]> {
    let (sbg, bdw) = (fit_sbg(tenures), fit_bdw(tenures));
    let aic = |fit: &crate::models::fitted::Fitted| fit.aic().filter(|_| fit.is_converged()).unwrap_or(f64::INFINITY);
    match (sbg.usable(), bdw.usable()) {
        (_, Some([gamma, delta, c])) if aic(&bdw) < aic(&sbg) => Some([*gamma, *delta, *c]),
        (Some([alpha, beta]), _) => Some([*alpha, *beta, 1.0]),
        _ => None,
    }
}
