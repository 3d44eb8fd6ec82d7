//! `segment_of`: the name of an RFM segment.

use std::sync::Arc;

use datafusion::arrow::array::{Array, Int64Array, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::Result;
use datafusion::common::cast::as_primitive_array;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};

use crate::args::{Columns, anything, check_forms};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;

pub static DOC: Doc = Doc {
    name: "segment_of",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The name of the RFM segment of a score: `segment_of(rfm_score)` or `segment_of(r, f, m)`.",
    arguments: &[Argument::required(
        "rfm_score",
        Takes::Integer,
        "111 to 555, as `rfm_score` gives it; or r, f, m as three integers from 1 to 5",
    )],
    returns: &[Column::new("", "text", "one of the eleven names in `cilake.rfm_segments`")],
    notes: "NULL in gives NULL. A score that cannot be (a digit outside 1 to 5) is an error, 22023.",
    source: "Recency against the mean of frequency and monetary, FM = (F + M + 1) div 2, the map that retail practice uses.",
    example: "SELECT segment_of(555), segment_of(1, 5, 5);",
};

/// Rows are R = 1 to 5, columns FM = 1 to 5.
pub const SEGMENTS: [[&str; 5]; 5] = [
    ["Lost", "Lost", "At Risk", "At Risk", "Can't Lose Them"],
    ["Hibernating", "Hibernating", "At Risk", "At Risk", "Can't Lose Them"],
    ["About To Sleep", "About To Sleep", "Need Attention", "Loyal", "Loyal"],
    ["Promising", "Potential Loyalist", "Loyal", "Champions", "Champions"],
    ["New Customers", "Potential Loyalist", "Potential Loyalist", "Champions", "Champions"],
];

/// The segment of three scores from 1 to 5; `None` for any other score.
pub fn segment(r: i64, f: i64, m: i64) -> Option<&'static str> {
    if [r, f, m].iter().any(|score| !(1..=5).contains(score)) {
        return None;
    }
    let row = usize::try_from(r - 1).ok()?;
    let column = usize::try_from((f + m + 1) / 2 - 1).ok()?;
    SEGMENTS.get(row)?.get(column).copied()
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct SegmentOf {
    signature: Signature,
}

impl Default for SegmentOf {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

impl ScalarUDFImpl for SegmentOf {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check_forms(DOC.name, &[&[Takes::Integer], &[Takes::Integer; 3]], types)?;
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = Columns::new(&args)?;
        let integers = columns.arrays.iter().map(|a| cast(a, &DataType::Int64)).collect::<Result<Vec<_>, _>>()?;
        let integers = integers.iter().map(|a| as_primitive_array::<Int64Type>(a)).collect::<Result<Vec<_>>>()?;
        let mut out = StringBuilder::new();
        for row in 0..columns.rows {
            out.append_option(name_of(&integers, row)?);
        }
        columns.finish(Arc::new(out.finish()))
    }
}

fn name_of(scores: &[&Int64Array], row: usize) -> Result<Option<&'static str>> {
    if scores.iter().any(|array| array.is_null(row)) {
        return Ok(None);
    }
    let name = match scores {
        [score] => {
            let score = score.value(row);
            segment(score / 100, score / 10 % 10, score % 10)
        }
        [r, f, m] => segment(r.value(row), f.value(row), m.value(row)),
        _ => None,
    };
    match name {
        Some(name) => Ok(Some(name)),
        None => {
            let message = "segment_of takes an RFM score whose digits are from 1 to 5, such as 543";
            Err(CustomerError::invalid_value(message).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn the_corners_of_the_map() {
        assert_eq!(segment(5, 5, 5), Some("Champions"));
        assert_eq!(segment(5, 1, 1), Some("New Customers"));
        assert_eq!(segment(1, 5, 4), Some("Can't Lose Them"));
        assert_eq!(segment(2, 1, 2), Some("Hibernating"));
        assert_eq!(segment(0, 1, 1), None);
        assert_eq!(segment(5, 6, 5), None);
    }
}
