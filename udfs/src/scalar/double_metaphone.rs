//! `double_metaphone`: how a name sounds to an English speaker.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_text;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::text::double_metaphone::double_metaphone;

pub static DOC: Doc = Doc {
    name: "double_metaphone",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "The primary Double Metaphone code of a text, at most four characters; names that sound alike share it.",
    arguments: &[Argument::required("text", Takes::Text, "a name; letters lose their diacritics first")],
    returns: &[Column::new("", "text", "for example SM0 for Smith; empty where nothing sounds")],
    notes: "The code of PostgreSQL's `dmetaphone`, but for a few invented names (beginning with WITZ, or with an \
            unpronounceable CHT or CHS) and but for white space at the ends, which is ignored here. Letters outside ASCII that \
            have no written-out form are passed over. NULL gives NULL.",
    source: "L. Philips, \"The Double Metaphone Search Algorithm\", C/C++ Users Journal, June 2000.",
    example: "SELECT double_metaphone('Thompson'), double_metaphone('Tomson');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Utf8, |columns| map_text(columns, |text| Some(double_metaphone(text))))
}
