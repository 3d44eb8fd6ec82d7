//! `block_stats`: which pairs of records are compared.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::unify_profiles::{ARGUMENTS, linked};
use crate::doc::{Column, Doc, Kind};
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "block_stats",
    kind: Kind::Table,
    topic: "Identity",
    summary: "Which pairs of records unify_profiles compares: the rules that it chose from the data, and what each of them found.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new("rule", "text", "what two records must have in common to be compared"),
        Column::new("keys", "bigint", "different values of that"),
        Column::new("pairs", "bigint", "pairs of records that have it in common, in blocks that were compared"),
        Column::new("new_pairs", "bigint", "of them, those that no rule above found"),
        Column::new("largest_block_key", "text", "the value that most records share"),
        Column::new("largest_block_rows", "bigint", "how many they are"),
        Column::new("skipped_blocks", "bigint", "blocks of more than 1,000 records, which are not compared by this rule"),
    ],
    notes: "Rules are parts of values: the sound of a name (Soundex), its first three letters, the year or the day of a birth \
            date, the mailbox of an e-mail address. Each is taken for what it finds of 4,096 drawn pairs of one person, with the \
            gaps that the fields have and the errors that are usual, for each comparison that it costs; all together cost at \
            most about three comparisons a record. Up to about 1,100 different records are all compared with each other. Errors \
            as of match_model.",
    source: "P. Christen, A Survey of Indexing Techniques for Scalable Record Linkage and Deduplication, IEEE TKDE 24 (2012).",
    example: "SELECT rule, pairs, new_pairs\n\
              FROM block_stats((SELECT n AS id, 'name' || n % 300 AS family_name, 'p' || n % 300 || '@example.com' AS email, 'c' || n % 400 AS city\n\
              \u{20}                 FROM generate_series(1, 600) AS t(n)));",
};

#[derive(Debug)]
pub struct BlockStats;

impl TableFunction for BlockStats {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        linked(call, Output::Blocks)
    }
}
