//! `p_purchases`: how likely some number of purchases is.

use super::prediction::{AGE, COVARIATES, FREQUENCY, HORIZON, MODEL, NOTES, RECENCY};
use crate::doc::{Argument, Column, Doc, Kind, Takes};

/// P(X(T, T+t) = n | x, t_x, T), equation (8) of Fader, Hardie and Lee 2005 for what is known of the customer.
pub static DOC: Doc = Doc {
    name: "p_purchases",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The probability that a customer makes exactly n purchases within the horizon, by a fitted model.",
    arguments: &[
        MODEL,
        FREQUENCY,
        RECENCY,
        AGE,
        HORIZON,
        Argument::required("n", Takes::Number, "number of purchases: a whole number, zero or more"),
        COVARIATES,
    ],
    returns: &[Column::new("", "double precision", "0 to 1; with n = 0 that of `p_no_purchase`")],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2005, equation (8), with the parameters that the customer's history leaves; Fader and Hardie 2014, \"Deriving the conditional PMF of the \
             Pareto/NBD model\"; Fader, Hardie and Shang 2010, equation (12), for BG/BB.",
    example: "SELECT n, p_purchases(named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 2, 30.43, 38.86, 39, n) FROM generate_series(0, 3) AS s(n);",
};
