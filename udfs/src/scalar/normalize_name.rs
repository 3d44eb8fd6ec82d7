//! `normalize_name`: a name in the form that equality can compare.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_text;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::text::name::normalize_name;

pub static DOC: Doc = Doc {
    name: "normalize_name",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "A person's name in lower case, without diacritics, punctuation, titles and suffixes; NULL where no letter is \
              left.",
    arguments: &[Argument::required("text", Takes::Text, "a given, family or full name; `Family, Given` is turned round")],
    returns: &[Column::new("", "text", "words one space apart")],
    notes: "Letters that Unicode does not decompose are written out: ß ss, æ ae, œ oe, ø o, đ and ð d, þ th, ł l, ħ h, ı i, ŋ \
            n; an umlaut becomes its vowel. An apostrophe joins (`O'Brien` obrien), a hyphen separates. Titles (Mr, Mrs, Dr, \
            Prof, Herr, Frau, Mme, Sra …) go from the front, suffixes (Jr, Sr, II to IV, PhD, MD …) from the end, as long as a \
            word is left; a title alone gives NULL. Scripts other than Latin stay. Of a text longer than 1,024 bytes the \
            beginning counts.",
    source: "Unicode normalisation form KD and case folding (UAX 15, UAX 44).",
    example: "SELECT normalize_name('Dr. Jürgen O''Brien-Groß, PhD');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Utf8, |columns| map_text(columns, normalize_name))
}
