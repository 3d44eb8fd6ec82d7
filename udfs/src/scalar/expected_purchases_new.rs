//! `expected_purchases_new`: how many purchases a customer will make who is new today.

use std::sync::Arc;

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::internal_err;
use datafusion::logical_expr::ScalarUDF;

use super::prediction::{COVARIATES, HORIZON, MODEL, NOTES, check_horizon, expect_finite, in_time_of};
use crate::args::doubles;
use crate::covariates::Covariates;
use crate::doc::{Column, Doc, Kind};
use crate::fitted_model::FittedModels;
use crate::models::histories::History;

/// E[X(t)], equation (9) of Fader, Hardie and Lee 2005, as a sum of positive terms.
pub static DOC: Doc = Doc {
    name: "expected_purchases_new",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The expected number of purchases of a new customer within the horizon after the first one, which does not count.",
    arguments: &[MODEL, HORIZON, COVARIATES],
    returns: &[Column::new("", "double precision", "zero or more")],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2005, equation (9); Batislam, Denizel and Filiztekin 2007 for MBG/NBD; Fader and Hardie 2005, \"A note on deriving the Pareto/NBD model\"; Fader, Hardie and Shang \
             2010 for BG/BB; for CNBD-k a sum without the approximations of its papers.",
    example: "SELECT expected_purchases_new(named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 39);",
};

/// A customer on the day of the first purchase.
const NEW: History = History { frequency: 0.0, recency: 0.0, age: 0.0 };

pub(super) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Float64, |columns| {
        let [models, horizons, covariates @ ..] = columns.arrays.as_slice() else {
            return internal_err!("{} takes two arguments or three", DOC.name);
        };
        let covariates = covariates.first().map(Covariates::read).transpose()?.flatten();
        let (models, horizons) = (FittedModels::read(DOC.name, models)?, doubles(horizons)?);
        let mut out = Float64Array::builder(columns.rows);
        for (row, horizon) in horizons.iter().enumerate() {
            if let Some(horizon) = horizon {
                check_horizon(DOC.name, horizon)?;
            }
            let expected = match horizon.zip(models.get(row)) {
                None => None,
                Some((horizon, model)) => match model.of_customer(DOC.name, covariates.as_ref(), row)? {
                    None => None,
                    Some(model) => {
                        in_time_of(DOC.name, model.as_ref(), NEW, Some(&horizon))?;
                        Some(model.expected_purchases_new(horizon))
                    }
                },
            };
            out.append_option(expect_finite(DOC.name, expected)?);
        }
        Ok(Arc::new(out.finish()))
    })
}
