//! `damerau_levenshtein`: the edits between two texts.

use datafusion::arrow::array::Int64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_two_texts;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::linkage::damerau_levenshtein::{COMPARISONS_MAX, TooLong, damerau_levenshtein};

pub static DOC: Doc = Doc {
    name: "damerau_levenshtein",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "Damerau-Levenshtein distance: the insertions, deletions, substitutions and exchanges of neighbours that turn one \
              text into the other.",
    arguments: &[Argument::required("a", Takes::Text, "one text"), Argument::required("b", Takes::Text, "the other")],
    returns: &[Column::new("", "bigint", "0 for equal texts")],
    notes: "The unrestricted distance, a metric, as in DuckDB: `CA` to `ABC` takes 2. Over Unicode characters (scalar values; \
            an accent written apart counts as one). Time grows with the product of the lengths after what both share at their \
            ends is put aside; beyond 100 million, two texts of 10,000 characters, it is an error, 22023. NULL in either gives \
            NULL.",
    source: "F. Damerau, CACM 7 (1964); C. Zhao, S. Sahni, BMC Bioinformatics 20 (2019).",
    example: "SELECT damerau_levenshtein('jonathan', 'johnathan');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Int64, |columns| map_two_texts::<i64, Int64Array>(columns, distance))
}

fn distance(a: &str, b: &str) -> Result<i64> {
    match damerau_levenshtein(a, b) {
        Ok(distance) => Ok(i64::try_from(distance).unwrap_or(i64::MAX)),
        Err(TooLong { characters: (left, right) }) => {
            let message = format!(
                "damerau_levenshtein: texts that differ in {left} and {right} characters are too long; the product of the two may be {COMPARISONS_MAX}"
            );
            Err(CustomerError::invalid_value(message).into())
        }
    }
}
