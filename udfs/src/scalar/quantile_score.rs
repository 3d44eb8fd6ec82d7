//! `quantile_score`: the score of a value among cuts.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, Int16Array, ListArray, PrimitiveArray, downcast_primitive_array,
};
use datafusion::arrow::datatypes::{ArrowNativeTypeOp, DataType};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::args::Columns;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::quantile;

pub static DOC: Doc = Doc {
    name: "quantile_score",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The score of a value among the cuts that `quantile_cuts` gives: one more than the number of cuts that it exceeds.",
    arguments: &[
        Argument::required("value", Takes::Value("number, date or timestamp"), "what is scored"),
        Argument::required("cuts", Takes::Value("list of the same type"), "in ascending order"),
    ],
    returns: &[Column::new("", "smallint", "1 (lowest) to the number of cuts + 1 (highest)")],
    notes: "A NULL value scores 1. NULL cuts give NULL; cuts of an empty population are an empty list, and everything scores 1.",
    source: "Equal values get equal scores, unlike with NTILE.",
    example: "SELECT quantile_score(7.0, quantile_cuts(v, 5)) FROM (VALUES (1.0), (3.0), (7.0), (9.0)) AS t(v);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct QuantileScore {
    signature: Signature,
}

impl Default for QuantileScore {
    fn default() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for QuantileScore {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [value, DataType::List(item)] if value == item.data_type() => Ok(DataType::Int16),
            [value, cuts] => {
                let message = format!("quantile_score needs cuts of the value's type: list of {value}, not {cuts}");
                Err(CustomerError::wrong_type(message).into())
            }
            _ => Err(CustomerError::undefined_function("quantile_score takes a value and its cuts").into()),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = Columns::new(&args)?;
        match columns.arrays.as_slice() {
            [values, cuts] => columns.finish(Arc::new(scores(values, cuts.as_list())?)),
            _ => Err(CustomerError::undefined_function("quantile_score takes a value and its cuts").into()),
        }
    }
}

/// The score of each value among the same cuts.
pub(crate) fn score_all(values: &ArrayRef, cuts: &ArrayRef) -> Result<ArrayRef> {
    downcast_primitive_array!(
        values => Ok(Arc::new(scores_of(values, cuts))),
        other => Err(CustomerError::wrong_type(format!("quantile_score takes numbers and times, not {other}")).into())
    )
}

fn scores_of<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>, cuts: &ArrayRef) -> Int16Array {
    let cuts = cuts.as_primitive::<T>().values();
    values.iter().map(|v| Some(v.map_or(1, |v| quantile::score(&v, cuts, |a, b| a.compare(*b))))).collect()
}

/// The score of each value among the cuts of its row.
fn scores(values: &ArrayRef, cuts: &ListArray) -> Result<Int16Array> {
    downcast_primitive_array!(
        values => Ok(primitive_scores(values, cuts)),
        other => Err(CustomerError::wrong_type(format!("quantile_score takes numbers and times, not {other}")).into())
    )
}

fn primitive_scores<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>, cuts: &ListArray) -> Int16Array {
    let all = cuts.values().as_primitive::<T>().values();
    let offsets = cuts.value_offsets();
    let scores = (0..values.len()).map(|row| {
        let (from, to) = (offsets.get(row)?.as_usize(), offsets.get(row + 1)?.as_usize());
        if cuts.is_null(row) {
            return None;
        }
        if values.is_null(row) {
            return Some(1);
        }
        Some(quantile::score(&values.value(row), all.get(from..to)?, |a, b| a.compare(*b)))
    });
    scores.collect()
}

trait AsUsize {
    fn as_usize(&self) -> usize;
}

impl AsUsize for i32 {
    fn as_usize(&self) -> usize {
        usize::try_from(*self).unwrap_or_default()
    }
}
