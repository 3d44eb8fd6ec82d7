//! `bgcnbd_k_fit`: the BG/CNBD-k model of regular buying, and leaving.

use datafusion::logical_expr::AggregateUDF;

use super::history_fit::{ARGUMENTS, HistoryFit, LOG_INTERVALS, NOTES, Spec};
use crate::doc::{Argument, Column, Doc, Kind, joined};
use crate::models::beta_geometric::Dropout;
use crate::models::cnbd_fit::fit;

const WITH_INTERVALS: [Argument; 4] = joined(ARGUMENTS, [LOG_INTERVALS]);

pub static DOC: Doc = Doc {
    name: "bgcnbd_k_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits BG/CNBD-k to purchase histories: as BG/NBD, but customers purchase more regularly than at random; k, from 1 to 12, says how much.",
    arguments: &WITH_INTERVALS,
    returns: &[Column::new(
        "",
        "struct",
        "model ('bgcnbd_k'), unit, k, r, alpha, a, b, se_r, se_alpha, se_a, se_b, log_likelihood, aic, customers, ignored, status",
    )],
    notes: NOTES,
    source: "Platzer and Reutterer 2016, \"Ticking away the moments\", Marketing Science 35(5); Reutterer, Platzer and Schröder 2021, \"Leveraging purchase regularity for \
             predicting customer behavior the easy way\", International Journal of Research in Marketing 38(1). k is the whole number with the highest likelihood, and has no \
             standard error; with k = 1 the model is BG/NBD. `alpha` is the rate of events of which every k-th is a purchase.",
    example: "SELECT (m).k, (m).status\n\
              FROM (SELECT bgcnbd_k_fit(frequency, recency, age, log_intervals) AS m\n\
              \u{20}     FROM (VALUES (0, 0, 30, 0), (0, 0, 38, 0), (1, 6, 30, ln(6)), (1, 15, 39, ln(15)), (2, 13, 38, ln(3) + ln(10)),\n\
              \u{20}                  (3, 18, 35, ln(2) + ln(12) + ln(4)), (5, 33, 39, ln(3) + ln(11) + ln(5) + ln(12) + ln(2)), (2, 6, 39, 2 * ln(3)))\n\
              \u{20}       AS customers(frequency, recency, age, log_intervals)) AS fits;",
};

pub(crate) static SPEC: Spec = Spec {
    doc: &DOC,
    is_discrete: false,
    covariates: None,
    fit: |histories, log_intervals| fit(Dropout::AfterRepeat, histories, log_intervals),
};

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(HistoryFit::new(&SPEC))
}
