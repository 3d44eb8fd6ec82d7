//! `normalize_postcode`: a postcode in the form that equality can compare.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_text_in_region;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::text::postcode::normalize_postcode;

pub static DOC: Doc = Doc {
    name: "normalize_postcode",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "A postcode in upper case, without separators but for the one space that some countries write; NULL for a text \
              without a digit.",
    arguments: &[
        Argument::required("postcode", Takes::Text, "a postcode as people write it"),
        Argument::optional("region", Takes::Text, "NULL", "ISO 3166 alpha-2 code of the country, in either case"),
    ],
    returns: &[Column::new("", "text", "for example SW1A 1AA, K1A 0B6, 1234 AB, 10115")],
    notes: "A country's letters before a number go (`D-10115` 10115). With region US a ZIP code is its first five digits, and \
            one that lost its leading zeros as a number gets them back; without a region ZIP+4 stays, as 94105-1234. NULL \
            gives NULL; an unknown region changes nothing.",
    source: "Addressing guides of the Universal Postal Union.",
    example: "SELECT normalize_postcode('sw1a1aa'), normalize_postcode('2139', 'US');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Utf8, |columns| {
        let upper = |region: &str| Ok(region.trim().to_ascii_uppercase());
        map_text_in_region(columns, upper, |code, region| normalize_postcode(code, region.as_deref()))
    })
}
