//! `quantile_cuts`: the cuts that divide a population into bins.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, ListArray, PrimitiveArray, downcast_primitive_array, new_empty_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{concat, filter, is_not_null};
use datafusion::arrow::datatypes::{ArrowNativeTypeOp, DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature, lit};
use datafusion::physical_expr::expressions::Literal;

use crate::args::{anything, check};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::quantile;
use crate::type_name::type_name;

pub static DOC: Doc = Doc {
    name: "quantile_cuts",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "The cuts that divide a population into equal bins: `percentile_disc(k / bins)` for k = 1 to bins − 1.",
    arguments: &[
        Argument::required("value", Takes::Measure, "NULLs are left out"),
        Argument::required("bins", Takes::Value("integer constant, 2 to 100"), "number of bins"),
    ],
    returns: &[Column::new("", "list of the value's type", "bins − 1 cuts in ascending order; empty for an empty population")],
    notes: "Equal values fall into one bin, so cuts may repeat and bins may be empty. Exact, not an estimate: memory is 8 to 16 bytes a value.",
    source: "SQL:2003 inverse distribution function percentile_disc.",
    example: "SELECT quantile_cuts(v, 4) FROM (VALUES (1), (2), (2), (5), (9)) AS t(v);",
};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct QuantileCuts {
    signature: Signature,
}

impl Default for QuantileCuts {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

/// `quantile_cuts(value, bins)` as an expression.
pub(crate) fn quantile_cuts(value: Expr, bins: i64) -> Expr {
    AggregateUDF::from(QuantileCuts::default()).call(vec![value, lit(bins)])
}

fn list_of(item: &DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item.clone(), true)))
}

impl AggregateUDFImpl for QuantileCuts {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(&DOC, types)?;
        match types {
            [value, bins] if value.is_primitive() && bins.is_integer() => Ok(list_of(value)),
            _ => {
                let message = "quantile_cuts takes a column of numbers, dates or timestamps and a constant number of bins";
                Err(CustomerError::wrong_type(message).into())
            }
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[values]", args.name), args.return_type().clone(), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let bins = args.exprs.get(1).and_then(|e| e.downcast_ref::<Literal>()).map(|l| l.value().cast_to(&DataType::Int64));
        let Some(Ok(ScalarValue::Int64(Some(bins @ 2..=100)))) = bins else {
            return Err(CustomerError::invalid_value("quantile_cuts: bins must be a constant from 2 to 100").into());
        };
        let DataType::List(item) = args.return_type() else { return internal_err!("quantile_cuts returns a list") };
        let item = item.data_type().clone();
        Ok(Box::new(Population { values: vec![], item, bins: usize::try_from(bins).unwrap_or(2) }))
    }
}

/// The values seen so far; their order does not matter to the result.
#[derive(Debug)]
struct Population {
    values: Vec<ArrayRef>,
    item: DataType,
    bins: usize,
}

impl Population {
    fn add(&mut self, values: &ArrayRef) -> Result<()> {
        let present = if values.null_count() > 0 { filter(values, &is_not_null(values)?)? } else { Arc::clone(values) };
        self.values.push(present);
        Ok(())
    }

    fn all(&self) -> Result<ArrayRef> {
        if self.values.is_empty() {
            return Ok(new_empty_array(&self.item));
        }
        let arrays: Vec<&dyn Array> = self.values.iter().map(|a| a.as_ref()).collect();
        Ok(concat(&arrays)?)
    }
}

impl Accumulator for Population {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |values| self.add(values))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(states) = states.first() else { return Ok(()) };
        for values in states.as_list::<i32>().iter().flatten() {
            self.add(&values)?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let all = self.all()?;
        self.values.clear();
        Ok(vec![list_scalar(all)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(list_scalar(cuts(&self.all()?, self.bins)?))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.iter().map(|a| a.get_array_memory_size()).sum::<usize>()
    }
}

fn list_scalar(items: ArrayRef) -> ScalarValue {
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    ScalarValue::List(Arc::new(ListArray::new(field, OffsetBuffer::from_lengths([items.len()]), items, None)))
}

/// The cuts of an array without NULLs, in its own type.
pub(crate) fn cuts(values: &ArrayRef, bins: usize) -> Result<ArrayRef> {
    downcast_primitive_array!(
        values => Ok(Arc::new(primitive_cuts(values, bins))),
        other => Err(CustomerError::wrong_type(format!("quantile_cuts takes numbers and times, not {}", type_name(other))).into())
    )
}

fn primitive_cuts<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>, bins: usize) -> PrimitiveArray<T> {
    let mut population = values.values().to_vec();
    let cuts = quantile::cuts(&mut population, bins, |a, b| a.compare(*b));
    PrimitiveArray::<T>::from_iter_values(cuts).with_data_type(values.data_type().clone())
}
