//! `match_pairs`: the pairs of records from which profiles are made.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::unify_profiles::{ARGUMENTS, linked};
use crate::doc::{Column, Doc, Kind};
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "match_pairs",
    kind: Kind::Table,
    topic: "Identity",
    summary: "The pairs of records that unify_profiles takes for one person, each with its weight, its probability and what it rests on.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new(
            "left_source",
            "text",
            "as in unify_profiles; of two records the one with the smaller source, then id, is left",
        ),
        Column::new("left_id", "as record_id of unify_profiles", "the record"),
        Column::new("right_source", "text", "as left_source"),
        Column::new("right_id", "as left_id", "the other record"),
        Column::new(
            "match_weight",
            "double precision",
            "bits: the logarithm, to the base of two, of the odds that they are one person",
        ),
        Column::new("match_probability", "double precision", "1 / (1 + 2 ^ -match_weight)"),
        Column::new("matched_by", "text", "the fields in which they agree, or the keys, what says most first"),
    ],
    notes: "Of the pairs that blocking found (block_stats), those from the weight on from which unify_profiles links with the same arguments: the \
            share `threshold` of them is expected to be right, none is below four times that risk. `threshold => 0.5` gives all from even odds \
            on; less likely pairs are not kept. explain_match takes any pair apart, review_pairs shows those near even odds on both sides. \
            A pair that is here may be in two profiles, where the other records of both speak against it.\n\n\
            Of records that say exactly the same the first (by a hash of source and id) stands for all: each of the others is paired with it, and \
            only it with other records. A million identical records are 999,999 pairs.\n\n\
            From fewer than 300 different records, or one field, pairs agree on a key; its probability is the weight. Errors as of \
            unify_profiles.",
    source: "As unify_profiles.",
    example: "SELECT left_id, right_id, match_probability, matched_by\n\
              FROM match_pairs((SELECT * FROM (VALUES (1, 'Ann Lee', 'ann.lee@gmail.com'), (2, 'Bo Ek', 'bo@example.com'), (3, 'A. Lee', 'annlee@googlemail.com')) AS c(id, name, email)));",
};

#[derive(Debug)]
pub struct MatchPairs;

impl TableFunction for MatchPairs {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        linked(call, Output::Pairs)
    }
}
