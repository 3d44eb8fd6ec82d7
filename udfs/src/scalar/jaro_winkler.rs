//! `jaro_winkler`: how alike two names are, from 0 to 1.

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_two_texts;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::linkage::jaro_winkler::jaro_winkler;

pub static DOC: Doc = Doc {
    name: "jaro_winkler",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "Jaro-Winkler similarity of two texts, from 0 (nothing shared) to 1 (equal).",
    arguments: &[Argument::required("a", Takes::Text, "one text"), Argument::required("b", Takes::Text, "the other")],
    returns: &[Column::new("", "double precision", "0 to 1; two empty texts are equal")],
    notes: "Over Unicode characters (scalar values; an accent written apart counts as one). The prefix bonus, 0.1 for each of \
            up to four characters, applies where the Jaro similarity exceeds 0.7: the definition of Winkler's program, DuckDB, \
            rapidfuzz and Splink. Time is linear in the lengths. NULL in either gives NULL.",
    source: "M. Jaro, JASA 84 (1989); W. Winkler, String comparator metrics and enhanced decision rules (1990).",
    example: "SELECT round(jaro_winkler('MARTHA', 'MARHTA')::numeric, 4);",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Float64, |columns| {
        map_two_texts::<f64, Float64Array>(columns, |a, b| Ok(jaro_winkler(a, b)))
    })
}
