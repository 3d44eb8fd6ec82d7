//! `match_model`: what the linking of records learnt of their fields.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::unify_profiles::{ARGUMENTS, linked};
use crate::doc::{Column, Doc, Kind};
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "match_model",
    kind: Kind::Table,
    topic: "Identity",
    summary: "What unify_profiles learns of the records: how often two of one person, and two of different people, agree in each field, \
              and the weight that follows.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new(
            "field",
            "text",
            "as it was recognised by the column's name or by what it holds, where a record says anything of it; last one person and one household, of all pairs",
        ),
        Column::new("level", "text", "how alike two values are; of the last two rows, whether the training converged"),
        Column::new(
            "m",
            "double precision",
            "the share of pairs of one person that have the level; of the last two rows, of all pairs",
        ),
        Column::new("u", "double precision", "the share of pairs of strangers that have it"),
        Column::new("weight", "double precision", "log2(m/u), in bits; of the last two rows log2(m)"),
        Column::new("pairs", "double precision", "pairs of one person with the level that the estimate rests on, expected"),
    ],
    notes: "A record that says exactly the same as another counts once. 22023 where there are fewer than 300 different records, or one \
            field: from so few nothing is learnt, and unify_profiles links them by keys.",
    source: "I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969); W. Winkler, Using the EM Algorithm for Weight \
             Computation in the Fellegi-Sunter Model of Record Linkage (1988).",
    example: "SELECT field, level, pairs > 100 AS seen, weight > 0 AS speaks_for\n\
              FROM match_model((SELECT n AS id, 'name' || n % 300 AS family_name, 'p' || n % 300 || '@example.com' AS email, 'c' || n % 400 AS city\n\
              \u{20}                 FROM generate_series(1, 600) AS t(n)))\n\
              WHERE field = 'email' AND level IN ('equal', 'different')\n\
              ORDER BY level DESC;",
};

#[derive(Debug)]
pub struct MatchModel;

impl TableFunction for MatchModel {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        linked(call, Output::Model)
    }
}
