//! `normalize_phone`: a telephone number as E.164 writes it.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_text_in_region;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::text::phone::{Region, normalize_phone, region};

pub static DOC: Doc = Doc {
    name: "normalize_phone",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "A telephone number in the form of E.164, such as +442079460018; NULL where the text is none.",
    arguments: &[
        Argument::required("phone", Takes::Text, "a number as people write it"),
        Argument::optional(
            "region",
            Takes::Text,
            "NULL",
            "ISO 3166 alpha-2 code of the country whose national numbers these may be; NULL: only numbers with a plus sign",
        ),
    ],
    returns: &[Column::new("", "text", "plus sign, country code and national number, without an extension")],
    notes: "A number counts when its length is one that its country's numbering plan has; whether it is assigned is not asked, \
            since plans change faster than software. Letters are dialled as on a keypad, an extension is left out, digits may \
            be of any script. NULL and texts longer than 250 characters give NULL; a region that no country has is an error, \
            22023.",
    source: "ITU-T E.164; the numbering plans and the rules of Google's libphonenumber, with which 58,710 of 58,752 spellings \
             of its example numbers agree (the rest are plans that changed between two versions).",
    example: "SELECT normalize_phone('(020) 7946 0018', 'GB'), normalize_phone('+1 650 253 0000');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Utf8, |columns| map_text_in_region(columns, known_region, normalize_phone))
}

/// The numbering plan of a code, or 22023.
pub(crate) fn known_region(code: &str) -> Result<&'static Region> {
    region(code).ok_or_else(|| {
        // A longer text may be anything that stood in the column.
        let shown = if code.len() <= 3 { format!("'{code}'") } else { format!("a text of {} characters", code.chars().count()) };
        let message = format!("normalize_phone: region is an ISO 3166 alpha-2 code such as 'GB', not {shown}");
        CustomerError::invalid_value(message).into()
    })
}
