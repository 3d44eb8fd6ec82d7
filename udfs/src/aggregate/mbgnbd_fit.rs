//! `mbgnbd_fit`: the MBG/NBD model of buying and leaving.

use datafusion::logical_expr::AggregateUDF;

use super::history_fit::{ARGUMENTS, HistoryFit, NOTES, Spec};
use crate::doc::{Column, Doc, Kind};
use crate::models::beta_geometric::Dropout;
use crate::models::beta_geometric_fit::fit;
use crate::models::fitted::Fitted;

pub static DOC: Doc = Doc {
    name: "mbgnbd_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits MBG/NBD to purchase histories: as BG/NBD, but a customer may leave right after the first purchase.",
    arguments: &ARGUMENTS,
    returns: &[Column::new(
        "",
        "struct",
        "model ('mbgnbd'), unit, r, alpha, a, b, se_r, se_alpha, se_a, se_b, log_likelihood, aic, customers, ignored, status",
    )],
    notes: NOTES,
    source: "Batislam, Denizel and Filiztekin 2007, \"Empirical validation and comparison of models for customer base analysis\", International Journal \
             of Research in Marketing 24.",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT mbgnbd_fit(frequency, recency, age) AS m\n\
              \u{20}     FROM (VALUES (0, 0, 10), (1, 2, 30), (1, 12, 38), (2, 3, 38), (3, 30, 35), (5, 11, 39), (12, 39, 39)) AS customers(frequency, recency, age)) AS fits;",
};

pub(crate) static SPEC: Spec = Spec {
    doc: &DOC,
    is_discrete: false,
    covariates: None,
    fit: |histories, _| Fitted::from(&fit(Dropout::AfterFirst, histories)),
};

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(HistoryFit::new(&SPEC))
}
