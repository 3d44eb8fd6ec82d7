//! `soundex`: how a name sounds, in four characters.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_text;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::text::soundex::soundex;

pub static DOC: Doc = Doc {
    name: "soundex",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "The Soundex code of a text: its first letter and three digits; empty where there is no letter.",
    arguments: &[Argument::required("text", Takes::Text, "an English name")],
    returns: &[Column::new("", "text", "for example R163; empty for a text without ASCII letters")],
    notes: "As PostgreSQL computes it, which differs from the rule of the US National Archives in one point: there H and W \
            between two letters with one digit are passed over (Ashcraft A261), here they separate (A226). Letters outside \
            ASCII count as punctuation: use `soundex(normalize_name(…))` where they matter. NULL gives NULL.",
    source: "R. Russell, US patent 1,261,167 (1918); PostgreSQL 15, fuzzystrmatch.",
    example: "SELECT soundex('Robert') = soundex('Rupert');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Utf8, |columns| map_text(columns, |text| Some(soundex(text))))
}
