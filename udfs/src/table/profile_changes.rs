//! `profile_changes`: what became of the profiles of an earlier result.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::unify_profiles::{ARGUMENTS, linked};
use crate::doc::{Column, Doc, Kind};
use crate::error::CustomerError;
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "profile_changes",
    kind: Kind::Table,
    topic: "Identity",
    summary: "What became of the profiles of an earlier result of unify_profiles: which are new, grown, merged, split or gone, and why.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new(
            "profile_id",
            "bigint",
            "as unify_profiles gives it with the same arguments; of a profile that is gone, the id that it had",
        ),
        Column::new("change", "text", "new, unchanged, grown, merged, split, shrunk or gone"),
        Column::new("from_profile_ids", "bigint[]", "the earlier profiles of its records, in order; empty where it is new"),
        Column::new(
            "reason",
            "text",
            "the link that merged it or brought a record, and where records went; NULL where nothing changed",
        ),
    ],
    notes: "One row for each profile of the new result, and one for each earlier profile of which no record is there any more. What fits first \
            counts: *new*, no record had a profile; *merged*, its records had several; *split*, records of its earlier profile are in \
            another one now, each part has a row; *grown*, it has records that had no profile; *shrunk*, records of it are not there any \
            more; *unchanged*; and *gone*. An earlier id that has no row of its own is among `from_profile_ids` of a merged one. reason \
            names the surest link by its two records, and where records of a split profile are now with the rule that keeps them there: \
            cannot_link, one_per_source, limits, or that they are not linked any more. `previous` has to be given (42883 without). Other errors as of unify_profiles.",
    source: "",
    example: "SELECT profile_id, change, from_profile_ids, reason\n\
              FROM profile_changes((SELECT * FROM (VALUES (1, 'ann@example.com'), (2, 'ANN@example.com'), (3, 'bo@example.com')) AS t(id, email)),\n\
              \u{20}                    previous => (SELECT * FROM (VALUES (1, 10), (2, 20), (3, 30)) AS p(record_id, profile_id)),\n\
              \u{20}                    sources => ARRAY['crm'])\n\
              ORDER BY profile_id;",
};

#[derive(Debug)]
pub struct ProfileChanges;

impl TableFunction for ProfileChanges {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        if call.relation_option("previous").is_none() {
            let message = format!("{}: previous => relation is missing", DOC.name);
            let hint = "Give the earlier result: previous => (SELECT source, record_id, profile_id FROM …)";
            return Err(CustomerError::undefined_function(message).hint(hint).into());
        }
        linked(call, Output::Changes)
    }
}
