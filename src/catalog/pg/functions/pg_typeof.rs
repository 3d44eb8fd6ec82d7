//! `pg_typeof`: the type of an expression, which is known before any row is.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::catalog::pg::types;

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct PgTypeof {
    signature: Signature,
}

impl PgTypeof {
    pub fn new() -> Self {
        Self { signature: Signature::any(1, Volatility::Stable) }
    }
}

impl ScalarUDFImpl for PgTypeof {
    fn name(&self) -> &str {
        "pg_typeof"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs) -> Result<FieldRef> {
        let field = types::field(self.name(), "regtype", false);
        Ok(Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let oid = match arguments.arg_fields.first() {
            Some(field) if field.data_type() != &DataType::Null => Some(types::of_field(field).0),
            _ => types::by_name("unknown").map(|unknown| unknown.oid),
        };
        let name = oid.and_then(|oid| types::format_type(oid, None));
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8(name)))
    }
}
