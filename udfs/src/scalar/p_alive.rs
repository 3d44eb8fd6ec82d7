//! `p_alive`: whether a customer is still one.

use super::prediction::{AGE, COVARIATES, FREQUENCY, MODEL, NOTES, RECENCY};
use crate::doc::{Column, Doc, Kind};

/// BG/NBD: 1 / (1 + a/(b+x−1) · ((α+T)/(α+t_x))^(r+x)) for x > 0, else 1; MBG/NBD: b+x in place of b+x−1, for every x.
pub static DOC: Doc = Doc {
    name: "p_alive",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The probability that a customer has not left for good, by a fitted model.",
    arguments: &[MODEL, FREQUENCY, RECENCY, AGE, COVARIATES],
    returns: &[Column::new("", "double precision", "0 to 1")],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2008, \"Computing P(alive) using the BG/NBD model\"; Batislam, Denizel and Filiztekin 2007 for MBG/NBD; Fader and Hardie 2005, \"A note on \
             deriving the Pareto/NBD model\"; Fader, Hardie and Shang 2010, equation (11), for BG/BB: there at the next opportunity. \
             BG/NBD gives 1 for every one-time buyer; for the question who will come back, see `p_no_purchase`.",
    example: "SELECT p_alive(named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 2, 30.43, 38.86);",
};
