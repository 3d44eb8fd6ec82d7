//! `dert`: what is still to come of a customer.

use super::prediction::{AGE, COVARIATES, FREQUENCY, MODEL, RECENCY};
use crate::doc::{Argument, Column, Doc, Kind, Takes};

/// P(alive) · E(λ) · E(1 / (μ + rate)): equation (2) of Fader, Hardie and Lee 2005, "RFM and CLV".
pub static DOC: Doc = Doc {
    name: "dert",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The discounted expected number of all purchases of a customer still to come, by a fitted Pareto/NBD or BG/BB model.",
    arguments: &[
        MODEL,
        FREQUENCY,
        RECENCY,
        AGE,
        Argument::required(
            "discount_rate",
            Takes::Number,
            "positive; for Pareto/NBD compounded continuously, for one unit of time: ln(1.1) / 52 for 10 % a year where ages are weeks; for BG/BB for one opportunity",
        ),
        COVARIATES,
    ],
    returns: &[Column::new("", "double precision", "zero or more")],
    notes: "NULL in gives NULL, and so does a model whose status is not 'converged'. BG/NBD, MBG/NBD and their CNBD-k have no closed form: 0A000. A model that the function does \
            not know, a discount_rate that is not positive, and what cannot be a history are errors, 22023.",
    source: "Fader, Hardie and Lee 2005, \"RFM and CLV: using iso-value curves for customer base analysis\", Journal of Marketing Research 42, equation (2); Fader, Hardie and \
             Shang 2010, equation (14), for BG/BB.",
    example: "SELECT dert(named_struct('model', 'pareto_nbd', 'r', 0.553, 'alpha', 10.578, 's', 0.606, 'beta', 11.669), 2, 30.43, 38.86, ln(1.15) / 52);",
};
