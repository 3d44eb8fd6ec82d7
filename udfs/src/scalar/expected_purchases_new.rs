//! `expected_purchases_new`: how many purchases a customer will make who is new today.

use std::sync::Arc;

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};

use super::prediction::{HORIZON, MODEL, NOTES, check_horizon, expect_finite};
use crate::args::{anything, check, doubles};
use crate::doc::{Column, Doc, Kind};
use crate::fitted_model::FittedModels;

/// E[X(t)], equation (9) of Fader, Hardie and Lee 2005, as a sum of positive terms.
pub static DOC: Doc = Doc {
    name: "expected_purchases_new",
    kind: Kind::Scalar,
    topic: "Value and churn",
    summary: "The expected number of purchases of a new customer within the horizon after the first one, which does not count.",
    arguments: &[MODEL, HORIZON],
    returns: &[Column::new("", "double precision", "zero or more")],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2005, equation (9); Batislam, Denizel and Filiztekin 2007 for MBG/NBD.",
    example: "SELECT expected_purchases_new(named_struct('model', 'bgnbd', 'r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 39);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ExpectedPurchasesNew {
    signature: Signature,
}

impl Default for ExpectedPurchasesNew {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

impl ScalarUDFImpl for ExpectedPurchasesNew {
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
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let [model, horizon] = args.args.as_slice() else {
            return Err(internal_datafusion_err!("{} takes two arguments", DOC.name));
        };
        let models = FittedModels::read(DOC.name, &model.to_array(rows)?)?;
        let horizons = doubles(&horizon.to_array(rows)?)?;
        let mut out = Float64Array::builder(rows);
        for (row, horizon) in horizons.iter().enumerate() {
            if let Some(horizon) = horizon {
                check_horizon(DOC.name, horizon)?;
            }
            let expected = horizon.zip(models.get(row)).map(|(horizon, model)| model.expected_purchases_new(horizon));
            out.append_option(expect_finite(DOC.name, expected)?);
        }
        let out = out.finish();
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&out, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(out)))
    }
}
