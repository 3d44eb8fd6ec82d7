//! Aggregates in frames whose beginning moves, such as `bool_and(x) OVER (… ROWS 1 PRECEDING)`: the engine wants each row taken back that
//! leaves the frame. Some of its aggregates cannot, and those of floating-point numbers bring nothing back after NaN, infinity or a number
//! that was large. They are computed again of the rows of each frame, as by PostgreSQL.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, WindowFrame, WindowFrameBound};
use datafusion::physical_expr::{PhysicalExpr, PhysicalSortExpr};

/// Aggregates that take no row back.
const NAMES: [&str; 4] = ["bool_and", "bool_or", "every", "string_agg"];

/// The aggregate of arguments of these types that works in such a frame; `None` if the one that is there does.
pub fn meant(function: &Arc<AggregateUDF>, types: &[DataType], frame: &WindowFrame) -> Option<Arc<AggregateUDF>> {
    let moves = !matches!(&frame.start_bound, WindowFrameBound::Preceding(rows) if rows.is_null());
    let is_meant = NAMES.contains(&function.name()) || is_of_floats(function.name(), types);
    let sliding = || Arc::new(AggregateUDF::new_from_impl(Recomputed { inner: Arc::clone(function) }));
    (moves && is_meant && !function.inner().is::<Recomputed>()).then(sliding)
}

/// Whether it adds or multiplies floating-point numbers; what has two sides always does.
fn is_of_floats(name: &str, types: &[DataType]) -> bool {
    match name {
        "sum" | "avg" | "var" | "var_samp" | "var_pop" | "stddev" | "stddev_samp" | "stddev_pop" => {
            types.first().is_some_and(DataType::is_floating)
        }
        "corr" | "covar_samp" | "covar_pop" => true,
        name => name.starts_with("regr_"),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Recomputed {
    inner: Arc<AggregateUDF>,
}

impl AggregateUDFImpl for Recomputed {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        self.inner.return_field(fields)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        self.inner.default_value(data_type)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Frame {
            inner: Arc::clone(&self.inner),
            return_field: Arc::clone(&args.return_field),
            schema: args.schema.clone(),
            ignore_nulls: args.ignore_nulls,
            order_bys: args.order_bys.to_vec(),
            is_reversed: args.is_reversed,
            name: args.name.to_owned(),
            is_distinct: args.is_distinct,
            exprs: args.exprs.to_vec(),
            expr_fields: args.expr_fields.to_vec(),
            rows: vec![],
        }))
    }
}

/// The rows of a frame, and what the aggregate of them is made with.
#[derive(Debug)]
struct Frame {
    inner: Arc<AggregateUDF>,
    return_field: FieldRef,
    schema: Schema,
    ignore_nulls: bool,
    order_bys: Vec<PhysicalSortExpr>,
    is_reversed: bool,
    name: String,
    is_distinct: bool,
    exprs: Vec<Arc<dyn PhysicalExpr>>,
    expr_fields: Vec<FieldRef>,
    rows: Vec<ArrayRef>,
}

impl Accumulator for Frame {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if self.rows.is_empty() {
            self.rows = values.to_vec();
            return Ok(());
        }
        for (rows, values) in self.rows.iter_mut().zip(values) {
            *rows = concat(&[rows.as_ref(), values.as_ref()])?;
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let gone = values.first().map_or(0, |values| values.len());
        for rows in &mut self.rows {
            let gone = gone.min(rows.len());
            *rows = rows.slice(gone, rows.len() - gone);
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut aggregate = self.inner.accumulator(AccumulatorArgs {
            return_field: Arc::clone(&self.return_field),
            schema: &self.schema,
            ignore_nulls: self.ignore_nulls,
            order_bys: &self.order_bys,
            is_reversed: self.is_reversed,
            name: &self.name,
            is_distinct: self.is_distinct,
            exprs: &self.exprs,
            expr_fields: &self.expr_fields,
        })?;
        if !self.rows.is_empty() {
            aggregate.update_batch(&self.rows)?;
        }
        aggregate.evaluate()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.rows.iter().map(|rows| rows.get_array_memory_size()).sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        internal_err!("a frame is not computed in parts")
    }

    fn merge_batch(&mut self, _: &[ArrayRef]) -> Result<()> {
        internal_err!("a frame is not computed in parts")
    }
}
