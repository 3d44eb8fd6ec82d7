//! `pg_sleep`: waits without keeping a thread, so that a cancelled statement stops at once.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::async_udf::{AsyncScalarUDF, AsyncScalarUDFImpl};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::catalog::pg::types::PG_TYPE_KEY;

/// Longest sleep, in seconds: a year.
const SECONDS_MAX: f64 = 31_536_000.0;

/// The function, for a session's state.
pub fn function() -> ScalarUDF {
    let signature = Signature::exact(vec![DataType::Float64], Volatility::Volatile);
    AsyncScalarUDF::new(Arc::new(Sleep { signature })).into_scalar_udf()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sleep {
    signature: Signature,
}

impl ScalarUDFImpl for Sleep {
    fn name(&self) -> &str {
        "pg_sleep"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs) -> Result<FieldRef> {
        let declared = [(PG_TYPE_KEY.to_string(), "void".to_string())].into();
        Ok(Arc::new(Field::new(self.name(), DataType::Utf8, true).with_metadata(declared)))
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        exec_err!("pg_sleep cannot be used here")
    }
}

#[async_trait]
impl AsyncScalarUDFImpl for Sleep {
    async fn invoke_async_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let mut columns = args.args.into_iter();
        let Some(column) = columns.next() else { return exec_err!("pg_sleep takes a number of seconds") };
        let seconds = cast(&column.into_array(rows)?, &DataType::Float64)?;
        let seconds = seconds.as_primitive::<Float64Type>();
        // Each row sleeps, one after the other.
        let total: f64 = seconds.iter().flatten().filter(|seconds| *seconds > 0.0).sum();
        tokio::time::sleep(Duration::from_secs_f64(total.min(SECONDS_MAX))).await;
        let texts: StringArray = (0..rows).map(|row| seconds.is_valid(row).then_some("")).collect();
        Ok(ColumnarValue::Array(Arc::new(texts)))
    }
}
