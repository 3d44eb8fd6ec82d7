//! `generate_series` of `integer` as a table, which makes its rows as they are read.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;

use crate::dialect::failure::{failed, undefined};

#[derive(Debug)]
pub struct IntegerSeries;

impl TableFunctionImpl for IntegerSeries {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let number = |expr: &Expr| match expr {
            Expr::Literal(ScalarValue::Int64(Some(number)), _) => i32::try_from(*number).ok(),
            Expr::Literal(ScalarValue::Int32(Some(number)), _) => Some(*number),
            Expr::Literal(ScalarValue::Int16(Some(number)), _) => Some(i32::from(*number)),
            _ => None,
        };
        let numbers = args.exprs().iter().map(number).collect::<Option<Vec<_>>>();
        let (first, last, step) = match numbers.as_deref() {
            Some([first, last]) => (*first, *last, 1),
            Some([first, last, step]) => (*first, *last, *step),
            _ => return Err(undefined("generate_series", &[])),
        };
        if step == 0 {
            return Err(failed("22023", "step size cannot equal zero"));
        }
        let schema = Arc::new(Schema::new(vec![Field::new("generate_series", DataType::Int32, false)]));
        let numbers = Numbers { schema: Arc::clone(&schema), first, last, step };
        Ok(Arc::new(StreamingTable::try_new(schema, vec![Arc::new(numbers)])?))
    }
}

#[derive(Debug)]
struct Numbers {
    schema: SchemaRef,
    first: i32,
    last: i32,
    step: i32,
}

impl PartitionStream for Numbers {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (last, step, schema) = (i64::from(self.last), i64::from(self.step), Arc::clone(&self.schema));
        let rows = context.session_config().batch_size();
        let mut next = i64::from(self.first);
        let batches = std::iter::from_fn(move || {
            let mut numbers = Vec::with_capacity(rows);
            while numbers.len() < rows && if step > 0 { next <= last } else { next >= last } {
                numbers.extend(i32::try_from(next).ok());
                next += step;
            }
            let column: ArrayRef = Arc::new(Int32Array::from(numbers));
            let batch = || Ok(RecordBatch::try_new(Arc::clone(&schema), vec![column.clone()])?);
            (!column.is_empty()).then(batch)
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), futures::stream::iter(batches)))
    }
}
