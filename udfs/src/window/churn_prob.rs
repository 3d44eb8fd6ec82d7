//! `churn_prob` over a window: churn of customers who are already one row each.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, new_null_array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{PartitionEvaluator, Signature, WindowUDFImpl};

use super::rfm_score::ROWS_MAX;
use crate::aggregate::history_fit::Columns;
use crate::args::{anything, check, doubles};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::beta_geometric::Dropout;
use crate::models::beta_geometric_fit::fit;
use crate::models::histories::{Histories, History};
use crate::models::prediction::Predict;
use crate::notice::Notices;
use crate::scalar::prediction::check_horizon;

pub static DOC: Doc = Doc {
    name: "churn_prob",
    kind: Kind::Window,
    topic: "Value and churn",
    summary: "The probability that a customer makes no purchase within the horizon, by a model fitted to the customers of the partition.",
    arguments: &[
        Argument::required("frequency", Takes::Number, "repeat purchases"),
        Argument::required("recency", Takes::Number, "time from the first to the last purchase"),
        Argument::required("age", Takes::Number, "time from the first purchase to now, in the same unit"),
        Argument::optional(
            "horizon",
            Takes::Number,
            "3 * sum(recency) / sum(frequency)",
            "time from now on, in the same unit; by default three times the partition's mean time between purchases",
        ),
    ],
    returns: &[Column::new("", "double precision", "0 to 1; NULL for a row with a NULL, and where no model can be fitted")],
    notes: "Fits MBG/NBD (`mbgnbd_fit`) to the partition. Where nothing can be fitted, for example without a single repeat purchase, the result is NULL, and a \
            notice says why. A negative, NaN or infinite number, a frequency that is not whole and a recency beyond the age are \
            errors, 22023. A partition is held in memory: at most 10 million rows (54000); the table function of the same name has no such limit.",
    source: "As `mbgnbd_fit` and `p_no_purchase`.",
    example: "SELECT frequency, recency, age, churn_prob(frequency, recency, age, 13) OVER ()\n\
              FROM (VALUES (0, 0, 10), (1, 2, 30), (1, 12, 38), (2, 3, 38), (3, 30, 35), (5, 11, 39), (12, 39, 39)) AS customers(frequency, recency, age);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ChurnProb {
    signature: Signature,
    notices: Notices,
}

impl ChurnProb {
    pub fn new(notices: &Notices) -> Self {
        Self { signature: anything(), notices: notices.clone() }
    }
}

impl WindowUDFImpl for ChurnProb {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Partition { notices: self.notices.clone() }))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = args.input_fields().iter().map(|field| field.data_type().clone()).collect();
        check(&DOC, &types)?;
        Ok(Arc::new(Field::new(args.name(), DataType::Float64, true)))
    }
}

#[derive(Debug)]
struct Partition {
    notices: Notices,
}

impl PartitionEvaluator for Partition {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        if rows > ROWS_MAX {
            let message = format!("{} OVER takes at most {ROWS_MAX} rows in a partition, not {rows}", DOC.name);
            return Err(CustomerError::limit_exceeded(message).hint("Use the table function churn_prob(…) in FROM").into());
        }
        let customers = Columns::new(values)?.rows(DOC.name).collect::<Result<Vec<_>>>()?;
        let horizons = match values.get(3) {
            Some(horizons) => doubles(horizons)?,
            None => Float64Array::from(vec![horizon_by_default(&customers); rows]),
        };
        for horizon in horizons.iter().flatten() {
            check_horizon(DOC.name, horizon)?;
        }
        let mut histories = Histories::default();
        customers.iter().flatten().for_each(|history| histories.add(*history, 1));
        let fitted = fit(Dropout::AfterFirst, &mut histories);
        let Some(model) = fitted.model() else {
            self.notices.say(format!("{} is NULL where no model can be fitted: {}", DOC.name, fitted.status.text()));
            return Ok(new_null_array(&DataType::Float64, rows));
        };
        let known = customers.iter().zip(&horizons).map(|(history, horizon)| history.zip(horizon));
        let churn = known.map(|known| known.map(|(history, horizon)| model.p_no_purchase(history, horizon)));
        Ok(Arc::new(churn.collect::<Float64Array>()))
    }
}

/// Three times the mean time between purchases; `None` without a repeat purchase.
fn horizon_by_default(customers: &[Option<History>]) -> Option<f64> {
    let known = || customers.iter().flatten();
    let purchases: f64 = known().map(|history| history.frequency).sum();
    let mut recencies: Vec<f64> = known().map(|history| history.recency).collect();
    // In one order, so that the sum does not depend on that of the rows.
    recencies.sort_unstable_by(f64::total_cmp);
    (purchases > 0.0).then(|| 3.0 * recencies.iter().sum::<f64>() / purchases)
}
