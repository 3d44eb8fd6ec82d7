//! `refused_links`: links that were sure enough and were not made.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::unify_profiles::{ARGUMENTS, linked};
use crate::doc::{Column, Doc, Kind};
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "refused_links",
    kind: Kind::Table,
    topic: "Identity",
    summary: "The links that unify_profiles did not make although the two records are sure enough: a rule keeps their profiles apart, or what \
              their other records say.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new("left_source", "text", "of one record"),
        Column::new("left_id", "as the id column, or the common type of several", "the record"),
        Column::new("right_source", "text", "of the other record"),
        Column::new("right_id", "as left_id", "the record"),
        Column::new("left_profile_id", "bigint", "the profile of the one"),
        Column::new("right_profile_id", "bigint", "the profile of the other"),
        Column::new("match_probability", "double precision", "that the two records are one person, by what they say"),
        Column::new("matched_by", "text", "what that rests on, what says most first"),
        Column::new(
            "reason",
            "text",
            "cannot_link; one_per_source and the source that both have; limits and how many values both have together; or that the other records speak against it",
        ),
    ],
    notes: "One row for each two profiles: their surest link, the surest of all first. The count of rows is the number of merges that were refused. \
            A merge may be refused by several rules; the first of these is named: cannot_link, one_per_source, limits. Errors as of unify_profiles.",
    source: "",
    example: "SELECT left_id, right_id, match_probability, matched_by, reason\n\
              FROM refused_links((SELECT * FROM (VALUES (1, 'Ann', 'Lee', DATE '1971-06-24', 'lee@example.com'), (2, 'Bo', 'Lee', DATE '1969-01-02', 'lee@example.com'))\n\
              \u{20}                   AS t(id, first_name, last_name, birth_date, email)),\n\
              \u{20}                  limits => 'birth_date: 1');",
};

#[derive(Debug)]
pub struct RefusedLinks;

impl TableFunction for RefusedLinks {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        linked(call, Output::Refused)
    }
}
