//! `rfm_score` over a window: the score of customers who are already one row each.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int16Array};
use datafusion::arrow::compute::{filter, is_not_null};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float32Type, Float64Type, Int16Type};
use datafusion::common::Result;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{PartitionEvaluator, Signature, WindowUDFImpl};

use crate::aggregate::quantile_cuts::cuts;
use crate::args::{anything, check};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::scalar::quantile_score::score_all;

pub static DOC: Doc = Doc {
    name: "rfm_score",
    kind: Kind::Window,
    topic: "Value and churn",
    summary: "Recency, frequency and monetary scores of a customer among those of the partition, as one number: hundreds R, tens F, units M.",
    arguments: &[
        Argument::required("last_at", Takes::Time, "last purchase; later is better"),
        Argument::required("frequency", Takes::Number, "number of purchases; more is better"),
        Argument::required("monetary", Takes::Number, "sum of amounts; more is better"),
    ],
    returns: &[Column::new("", "smallint", "111 to 555")],
    notes: "Quintiles by percentile_disc: equal values get equal scores. A NULL scores 1. NaN and infinite numbers are an error, 22023. \
            A partition is held in memory: at most 10 million rows (54000); the table function of the same name has no such limit.",
    source: "Hughes, Strategic Database Marketing (1994); cuts by SQL:2003 percentile_disc.",
    example: "SELECT customer, rfm_score(last_at, orders, revenue) OVER () \
              FROM (VALUES ('a', DATE '2025-01-02', 3, 10.0), ('b', DATE '2025-03-01', 1, 99.0)) AS t(customer, last_at, orders, revenue);",
};

/// Rows of one partition at most.
pub const ROWS_MAX: usize = 10_000_000;

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RfmScore {
    signature: Signature,
}

impl Default for RfmScore {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

impl WindowUDFImpl for RfmScore {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Population))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = args.input_fields().iter().map(|field| field.data_type().clone()).collect();
        check(&DOC, &types)?;
        Ok(Arc::new(Field::new(args.name(), DataType::Int16, true)))
    }
}

#[derive(Debug)]
struct Population;

impl PartitionEvaluator for Population {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        if rows > ROWS_MAX {
            let message = format!("rfm_score OVER takes at most {ROWS_MAX} rows in a partition, not {rows}");
            return Err(CustomerError::limit_exceeded(message).hint("Use the table function rfm_score(…) in FROM").into());
        }
        let scores = values.iter().map(quintiles).collect::<Result<Vec<_>>>()?;
        let total = (0..rows).map(|row| scores.iter().fold(0, |total, score| total * 10 + score.value(row)));
        Ok(Arc::new(Int16Array::from_iter_values(total)))
    }
}

fn quintiles(values: &ArrayRef) -> Result<Int16Array> {
    if values.data_type().is_null() {
        return Ok(Int16Array::from(vec![1; values.len()]));
    }
    let infinite = match values.data_type() {
        DataType::Float64 => values.as_primitive::<Float64Type>().iter().flatten().any(|v| !v.is_finite()),
        DataType::Float32 => values.as_primitive::<Float32Type>().iter().flatten().any(|v| !v.is_finite()),
        _ => false,
    };
    if infinite {
        return Err(CustomerError::invalid_value("rfm_score: a value is NaN or infinite").into());
    }
    let present = filter(values, &is_not_null(values)?)?;
    Ok(score_all(values, &cuts(&present, 5)?)?.as_primitive::<Int16Type>().clone())
}
