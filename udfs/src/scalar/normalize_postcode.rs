//! `normalize_postcode`: a postcode in the form that equality can compare.

use std::sync::Arc;

use datafusion::arrow::array::{Array, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility};

use crate::args::Columns;
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

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct NormalizePostcode {
    signature: Signature,
}

impl Default for NormalizePostcode {
    fn default() -> Self {
        let forms = vec![TypeSignature::String(2), TypeSignature::String(1)];
        Self { signature: Signature::one_of(forms, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for NormalizePostcode {
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
        let codes = columns.text(0)?;
        let mut out = StringBuilder::with_capacity(codes.len(), 8 * codes.len());
        if columns.arrays.len() < 2 {
            codes.iter().for_each(|code| out.append_option(code.and_then(|code| normalize_postcode(code, None))));
        } else {
            for (code, region) in codes.iter().zip(&columns.text(1)?) {
                let region = region.map(|region| region.trim().to_ascii_uppercase());
                out.append_option(code.and_then(|code| normalize_postcode(code, region.as_deref())));
            }
        }
        columns.finish(Arc::new(out.finish()))
    }
}
