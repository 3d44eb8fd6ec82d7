//! `propensity`: what a customer will do, by a model that `propensity_fit` learned.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, Float64Array, StructArray, UInt32Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};

use crate::args::{anything, check};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::feature_columns::{columns_of, error};
use crate::learning::model::Model;
use crate::type_name::type_name;

pub static DOC: Doc = Doc {
    name: "propensity",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The probability that a customer will do it, by a model of `propensity_fit`.",
    arguments: &[
        Argument::required(
            "model",
            Takes::Value("bytea"),
            "the column model of `propensity_fit`, such as (SELECT model FROM m); also where a column holds different ones",
        ),
        Argument::required(
            "features",
            Takes::Value("struct"),
            "what is known of the customer: named_struct('tenure', tenure, …); features are found by name, in any order, and others are ignored",
        ),
    ],
    returns: &[Column::new("", "double precision", "0 to 1")],
    notes: "NULL without a model and for a NULL struct; a feature that is NULL counts as missing, which the model knows how to take, and a text that it never saw as \
            another one. Errors: 22023 for bytes that are no model, or one of another format, and for infinite numbers; 42703 for a feature of the model that is not in the \
            struct; 42804 for one of another type.",
    source: "As of `propensity_fit`.",
    example: "WITH t AS (SELECT i, i % 7 AS visits, i % 7 > 3 AND i % 5 > 0 AS bought FROM generate_series(1, 200) AS g(i)),\n\
              \u{20}    m AS (SELECT model FROM propensity_fit((SELECT * FROM t), label => 'bought', features => ARRAY['visits']))\n\
              SELECT visits, round(propensity((SELECT model FROM m), named_struct('visits', visits))::numeric, 2) AS p\n\
              FROM t WHERE i <= 7 ORDER BY visits;",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Scores {
    signature: Signature,
}

impl Default for Scores {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

impl ScalarUDFImpl for Scores {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(&DOC, types)?;
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let questions = Questions::new(DOC.name, &args)?;
        let mut out: Vec<Option<f64>> = vec![None; questions.rows];
        questions.each_model(|model, rows, features| {
            let columns = columns_of(DOC.name, model, features)?;
            let columns: Vec<_> = columns.iter().map(|(name, column)| (*name, column)).collect();
            let scores = model.scores(&columns).map_err(|why| error(DOC.name, &why))?;
            rows.iter().zip(scores).for_each(|(row, score)| out[*row as usize] = Some(score));
            Ok(())
        })?;
        questions.finish(Arc::new(out.into_iter().collect::<Float64Array>()))
    }
}

/// Models and features, one row each, or one model for all rows.
pub struct Questions {
    function: &'static str,
    /// As views, for a constant model is not copied for each row then.
    models: BinaryViewArray,
    features: ArrayRef,
    pub rows: usize,
    is_constant: bool,
}

impl Questions {
    /// Errors: 42804 for arguments of another type.
    pub fn new(function: &'static str, args: &ScalarFunctionArgs) -> Result<Self> {
        let [model, features] = args.args.as_slice() else {
            return Err(internal_datafusion_err!("{function} takes a model and features"));
        };
        let is_constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if is_constant { 1 } else { args.number_rows };
        let models = match model {
            ColumnarValue::Scalar(model) => views(function, &model.to_array()?)?,
            ColumnarValue::Array(models) => views(function, models)?,
        };
        let features = features.to_array(rows)?;
        match features.data_type() {
            DataType::Null | DataType::Struct(_) => Ok(Self { function, models, features, rows, is_constant }),
            other => {
                let there = type_name(other);
                let message =
                    format!("{function}: features must be a struct such as named_struct('tenure', tenure), not {there}");
                Err(CustomerError::wrong_type(message).into())
            }
        }
    }

    /// Calls with each different model, the rows that have it, and their features; rows without a model or features are left out.
    ///
    /// Errors: 22023 for bytes that are no model.
    pub fn each_model(&self, mut one: impl FnMut(&Model, &[u32], &StructArray) -> Result<()>) -> Result<()> {
        let Some(structs) = self.features.as_struct_opt() else { return Ok(()) };
        for (bytes, rows) in self.by_model() {
            let refuse = |why| CustomerError::invalid_value(format!("{}: {why}", self.function));
            let model = Model::from_bytes(bytes).map_err(refuse)?;
            if rows.len() == structs.len() {
                one(&model, &rows, structs)?;
            } else {
                let own = take(&self.features, &UInt32Array::from(rows.clone()), None)?;
                own.as_struct_opt().map_or(Ok(()), |own| one(&model, &rows, own))?;
            }
        }
        Ok(())
    }

    /// Different models with their rows, in the order in which they come first.
    fn by_model(&self) -> Vec<(&[u8], Vec<u32>)> {
        let mut found: Vec<(&[u8], Vec<u32>)> = vec![];
        let mut place_of: HashMap<&[u8], usize> = HashMap::new();
        // Rows that share one view are not compared byte by byte.
        let mut last: Option<(u128, usize)> = None;
        for row in (0..self.rows).filter(|row| self.features.is_valid(*row)) {
            let at = if self.models.len() == 1 { 0 } else { row };
            if self.models.is_null(at) {
                continue;
            }
            let view = self.models.views()[at];
            let place = match last {
                Some((same, place)) if same == view => place,
                _ => *place_of.entry(self.models.value(at)).or_insert_with(|| {
                    found.push((self.models.value(at), vec![]));
                    found.len() - 1
                }),
            };
            last = Some((view, place));
            found[place].1.push(row as u32);
        }
        found
    }

    /// The result in the shape in which the arguments came.
    pub fn finish(&self, array: ArrayRef) -> Result<ColumnarValue> {
        if self.is_constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn views(function: &str, models: &ArrayRef) -> Result<BinaryViewArray> {
    match models.data_type() {
        DataType::Null | DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            Ok(cast(models, &DataType::BinaryView)?.as_binary_view().clone())
        }
        other => {
            let message = format!("{function}: model must be bytea, not {}", type_name(other));
            Err(CustomerError::wrong_type(message).hint("Give the column model that propensity_fit returns").into())
        }
    }
}
