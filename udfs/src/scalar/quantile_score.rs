//! `quantile_score`: the score of a value among cuts.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, Int16Array, ListArray, PrimitiveArray, downcast_primitive_array, new_null_array,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{ArrowNativeTypeOp, DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::type_coercion::binary::comparison_coercion;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};

use crate::args::{Columns, anything, check};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::quantile;
use crate::type_name::type_name;

pub static DOC: Doc = Doc {
    name: "quantile_score",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The score of a value among the cuts that `quantile_cuts` gives: one more than the number of cuts that it exceeds.",
    arguments: &[
        Argument::required("value", Takes::Measure, "what is scored"),
        Argument::required("cuts", Takes::Value("list"), "of values that compare with it, in ascending order"),
    ],
    returns: &[Column::new("", "smallint", "1 (lowest) to the number of cuts + 1 (highest)")],
    notes: "A NULL value scores 1. NULL cuts give NULL; cuts of an empty population are an empty list, and everything scores 1. Cuts that are \
            not in ascending order, and a NULL among them, are an error, 22023.",
    source: "Equal values get equal scores, unlike with NTILE.",
    example: "SELECT quantile_score(7.0, quantile_cuts(v, 5)) FROM (VALUES (1.0), (3.0), (7.0), (9.0)) AS t(v);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct QuantileScore {
    signature: Signature,
}

impl Default for QuantileScore {
    fn default() -> Self {
        Self { signature: anything() }
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
        check(&DOC, types)?;
        match types {
            [_, DataType::Null] => Ok(DataType::Int16),
            [value, DataType::List(item)] if common_type(value, item.data_type()).is_some() => Ok(DataType::Int16),
            _ => {
                let there = types.iter().map(type_name).collect::<Vec<_>>().join(" and ");
                let message = format!("quantile_score needs cuts of the value's type: a value and a list of such, not {there}");
                Err(CustomerError::wrong_type(message).into())
            }
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = Columns::new(&args)?;
        let [values, cuts] = columns.arrays.as_slice() else {
            return Err(CustomerError::undefined_function("quantile_score takes a value and its cuts").into());
        };
        let DataType::List(item) = cuts.data_type() else {
            return columns.finish(new_null_array(&DataType::Int16, columns.rows));
        };
        let scores = match common_type(values.data_type(), item.data_type()) {
            Some(common) if common != *values.data_type() || common != *item.data_type() => {
                let list = DataType::List(Arc::new(Field::new_list_field(common.clone(), true)));
                scores(&cast(values, &common)?, cast(cuts, &list)?.as_list())?
            }
            _ => scores(values, cuts.as_list())?,
        };
        columns.finish(Arc::new(scores))
    }
}

/// The type in which a value and a cut are compared: two numbers, or two times.
fn common_type(value: &DataType, cut: &DataType) -> Option<DataType> {
    let is_time = |data_type: &DataType| data_type.is_temporal();
    let fit = value.is_null() || cut.is_null() || is_time(value) == is_time(cut);
    let primitive = |data_type: &DataType| data_type.is_primitive() || data_type.is_null();
    if !fit || !primitive(value) || !primitive(cut) {
        return None;
    }
    match (value, cut) {
        (DataType::Null, DataType::Null) => Some(DataType::Int64),
        (DataType::Null, other) | (other, DataType::Null) => Some(other.clone()),
        _ if value == cut => Some(value.clone()),
        _ => comparison_coercion(value, cut),
    }
}

/// The score of each value among the same cuts.
pub(crate) fn score_all(values: &ArrayRef, cuts: &ArrayRef) -> Result<ArrayRef> {
    downcast_primitive_array!(
        values => Ok(Arc::new(scores_of(values, cuts))),
        other => Err(CustomerError::wrong_type(format!("quantile_score takes numbers and times, not {}", type_name(other))).into())
    )
}

fn scores_of<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>, cuts: &ArrayRef) -> Int16Array {
    let cuts = cuts.as_primitive::<T>().values();
    values.iter().map(|v| Some(v.map_or(1, |v| quantile::score(&v, cuts, |a, b| a.compare(*b))))).collect()
}

/// The score of each value among the cuts of its row.
fn scores(values: &ArrayRef, cuts: &ListArray) -> Result<Int16Array> {
    downcast_primitive_array!(
        values => primitive_scores(values, cuts),
        other => Err(CustomerError::wrong_type(format!("quantile_score takes numbers and times, not {}", type_name(other))).into())
    )
}

fn primitive_scores<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>, cuts: &ListArray) -> Result<Int16Array> {
    let items = cuts.values().as_primitive::<T>();
    let all = items.values();
    let offsets = cuts.value_offsets();
    let mut out = Int16Array::builder(values.len());
    for row in 0..values.len() {
        let range = offsets.get(row).zip(offsets.get(row + 1)).map(|(from, to)| from.as_usize()..to.as_usize());
        let Some(cuts) = range.clone().and_then(|range| all.get(range)).filter(|_| cuts.is_valid(row)) else {
            out.append_null();
            continue;
        };
        let has_null = items.null_count() > 0 && range.is_some_and(|mut range| range.any(|at| items.is_null(at)));
        if has_null || !cuts.is_sorted_by(|left, right| left.is_le(*right)) {
            let message = "quantile_score: cuts must be in ascending order, without a NULL";
            return Err(CustomerError::invalid_value(message).into());
        }
        let value = values.is_valid(row).then(|| values.value(row));
        out.append_value(value.map_or(1, |value| quantile::score(&value, cuts, |a, b| a.compare(*b))));
    }
    Ok(out.finish())
}

trait AsUsize {
    fn as_usize(&self) -> usize;
}

impl AsUsize for i32 {
    fn as_usize(&self) -> usize {
        usize::try_from(*self).unwrap_or_default()
    }
}
