//! `normalize_phone`: a telephone number as E.164 writes it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility};

use crate::args::Columns;
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

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct NormalizePhone {
    signature: Signature,
}

impl Default for NormalizePhone {
    fn default() -> Self {
        let forms = vec![TypeSignature::String(2), TypeSignature::String(1)];
        Self { signature: Signature::one_of(forms, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for NormalizePhone {
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
        let columns = Columns::new(&args)?;
        let phones = columns.text(0)?;
        let mut out = StringBuilder::with_capacity(phones.len(), 16 * phones.len());
        if columns.arrays.len() < 2 {
            phones.iter().for_each(|phone| out.append_option(phone.and_then(|phone| normalize_phone(phone, None))));
        } else {
            for (phone, code) in phones.iter().zip(&columns.text(1)?) {
                let region = code.map(known_region).transpose()?;
                out.append_option(phone.and_then(|phone| normalize_phone(phone, region)));
            }
        }
        columns.finish(Arc::new(out.finish()))
    }
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
