//! `soundex`: how a name sounds, in four characters.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

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

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Soundex {
    signature: Signature,
}

impl Default for Soundex {
    fn default() -> Self {
        Self { signature: Signature::string(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Soundex {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        map_text(&args, |text| Some(soundex(text)))
    }
}
