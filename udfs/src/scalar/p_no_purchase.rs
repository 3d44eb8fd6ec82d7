//! `p_no_purchase`: whether a customer will stay away for some time.

use super::prediction::{AGE, COVARIATES, FREQUENCY, HORIZON, MODEL, NOTES, RECENCY};
use crate::doc::{Column, Doc, Kind};

/// L(x, t_x, T + h) / L(x, t_x, T); for BG/NBD and MBG/NBD 1 − P(alive) · (1 − ((α+T)/(α+T+h))^(r+x)).
pub static DOC: Doc = Doc {
    name: "p_no_purchase",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The probability that a customer makes no purchase within the horizon, by a fitted model.",
    arguments: &[MODEL, FREQUENCY, RECENCY, AGE, HORIZON, COVARIATES],
    returns: &[Column::new("", "double precision", "0 to 1; 1 at horizon 0")],
    notes: NOTES,
    source: "The ratio of the likelihoods of the same history observed until age + horizon and until age; Fader, Hardie and Lee 2005, equation (6).",
    example: "SELECT p_no_purchase(named_struct('model', 'mbgnbd', 'r', 0.525, 'alpha', 6.183, 'a', 0.891, 'b', 1.614), 2, 30.43, 38.86, 13);",
};
