//! Values as texts, as PostgreSQL writes them: what a cast to `text` gives is what a client would read. The engine's own casts write dates
//! as ISO 8601 with a `T`, intervals in words and lists as JSON.

use std::sync::Arc;

use cilake_wire::encode::{Format, RowEncoder};
use cilake_wire::types::is_record;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue, internal_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::dialect::failure::failed;

/// The expression with such casts within it replaced; the planner's own are there by now.
pub fn written(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| {
        let Expr::Cast(cast) = expr else { return Ok(Transformed::no(expr)) };
        let target = cast.field.data_type().clone();
        let is_ours = target.is_string() && cast.expr.get_type(schema).is_ok_and(|data_type| is_written(&data_type));
        if !is_ours {
            return Ok(Transformed::no(Expr::Cast(cast)));
        }
        let signature = Signature::any(1, Volatility::Immutable);
        Ok(Transformed::yes(ScalarUDF::new_from_impl(Written { target, signature }).call(vec![*cast.expr])))
    })
}

/// Whether the engine writes values of the type in its own way.
fn is_written(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(..)
        | DataType::Date32
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Interval(_)
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView => true,
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => true,
        DataType::Struct(fields) => is_record(fields),
        DataType::Dictionary(_, value) => is_written(value),
        _ => false,
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Written {
    target: DataType,
    signature: Signature,
}

impl ScalarUDFImpl for Written {
    fn name(&self) -> &str {
        "text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.target.clone())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), self.target.clone(), nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = args.args.as_slice() else { return internal_err!("text takes one argument") };
        let array = value.to_array(if matches!(value, ColumnarValue::Scalar(_)) { 1 } else { args.number_rows })?;
        let metadata = args.arg_fields.first().map(|field| field.metadata().clone()).unwrap_or_default();
        let field = Field::new("text", array.data_type().clone(), true).with_metadata(metadata);
        let texts = cast(&texts(&array, field)?, &self.target)?;
        Ok(match value {
            ColumnarValue::Scalar(_) => ColumnarValue::Scalar(ScalarValue::try_from_array(&texts, 0)?),
            ColumnarValue::Array(_) => ColumnarValue::Array(texts),
        })
    }
}

/// What a client reads of each row.
fn texts(array: &ArrayRef, field: Field) -> Result<ArrayRef> {
    let unwritten = |error: cilake_wire::backend::SqlError| -> DataFusionError {
        // The state alone: the message names a column of the statement's result.
        failed(if error.code == "22008" { "22008" } else { "0A000" }, "the value has no text")
    };
    let schema = Arc::new(Schema::new(vec![field]));
    let encoder = RowEncoder::new(&schema, &[Format::Text]).map_err(unwritten)?;
    let options = RecordBatchOptions::new().with_row_count(Some(array.len()));
    let batch = RecordBatch::try_new_with_options(schema, vec![Arc::clone(array)], &options)?;
    let mut rows = encoder.bind(&batch).map_err(unwritten)?;
    let (mut texts, mut bytes) = (StringBuilder::new(), vec![]);
    for row in 0..array.len() {
        bytes.clear();
        match rows.write_bytes(0, row, &mut bytes).map_err(unwritten)? {
            true => texts.append_value(String::from_utf8_lossy(&bytes)),
            false => texts.append_null(),
        }
    }
    Ok(Arc::new(texts.finish()))
}
