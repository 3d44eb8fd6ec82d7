//! `expected_purchases`: how many purchases a customer will make in some time.

use super::prediction::{AGE, COVARIATES, FREQUENCY, HORIZON, MODEL, NOTES, RECENCY};
use crate::doc::{Column, Doc, Kind};

/// E[X(T, T+t) | x, t_x, T], equation (10) of Fader, Hardie and Lee 2005, as a sum of positive terms.
pub static DOC: Doc = Doc {
    name: "expected_purchases",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The expected number of purchases of a customer within the horizon, by a fitted model.",
    arguments: &[MODEL, FREQUENCY, RECENCY, AGE, HORIZON, COVARIATES],
    returns: &[Column::new("", "double precision", "zero or more")],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2005, equation (10); Batislam, Denizel and Filiztekin 2007 for MBG/NBD; Fader and Hardie 2005, \"A note on deriving the Pareto/NBD model\"; Fader, Hardie and Shang \
             2010 for BG/BB; for CNBD-k a sum without the approximations of its papers.",
    example: "SELECT expected_purchases(named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 2, 30.43, 38.86, 39);",
};
