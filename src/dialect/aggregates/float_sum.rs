//! Sums of floating-point numbers: that of `real` is a `real` in PostgreSQL and a `double precision` in the engine, and where finite numbers
//! would become infinity they are out of range.

use std::cmp::Ordering as CompareOrdering;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::arrow::array::{ArrayRef, ArrowNumericType, AsArray, BooleanArray, PrimitiveArray};
use datafusion::arrow::compute::sum;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float32Type, Float64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature, Volatility,
};
use datafusion_functions_aggregate_common::aggregate::groups_accumulator::prim_op::PrimitiveGroupsAccumulator;

use crate::dialect::failure::failed;

/// The function for such numbers, if it is a sum.
pub fn of_floats(function: &Arc<AggregateUDF>, data_type: &DataType) -> Option<Arc<AggregateUDF>> {
    let is_sum = function.name() == "sum" && !function.inner().is::<FloatSum>();
    let is_float = matches!(data_type, DataType::Float32 | DataType::Float64);
    let signature = Signature::any(1, Volatility::Immutable);
    (is_sum && is_float).then(|| Arc::new(AggregateUDF::from(FloatSum { of: data_type.clone(), signature })))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FloatSum {
    of: DataType,
    signature: Signature,
}

impl AggregateUDFImpl for FloatSum {
    fn name(&self) -> &str {
        "sum"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.of.clone())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return Ok(match self.of {
                DataType::Float32 => Box::new(DistinctSum::<Float32Type> { numbers: vec![] }),
                _ => Box::new(DistinctSum::<Float64Type> { numbers: vec![] }),
            });
        }
        Ok(match self.of {
            DataType::Float32 => Box::new(Sum::<Float32Type> { sum: None }),
            _ => Box::new(Sum::<Float64Type> { sum: None }),
        })
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let state = if args.is_distinct { DataType::new_list(self.of.clone(), true) } else { self.of.clone() };
        Ok(vec![Arc::new(Field::new(args.name, state, true))])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(match self.of {
            DataType::Float32 => groups::<Float32Type>(&self.of),
            _ => groups::<Float64Type>(&self.of),
        })
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

/// What is needed of both types.
trait Number: Copy + PartialEq + std::ops::Add<Output = Self> {
    fn order(&self, other: &Self) -> CompareOrdering;
    fn is_nan(self) -> bool;
    fn is_infinite(self) -> bool;
    fn is_finite(self) -> bool;
}

macro_rules! number {
    ($native:ty) => {
        impl Number for $native {
            fn order(&self, other: &Self) -> CompareOrdering {
                self.partial_cmp(other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
            }
            fn is_nan(self) -> bool {
                <$native>::is_nan(self)
            }
            fn is_infinite(self) -> bool {
                <$native>::is_infinite(self)
            }
            fn is_finite(self) -> bool {
                <$native>::is_finite(self)
            }
        }
    };
}

number!(f32);
number!(f64);

/// Whether the sum of two numbers is beyond the type.
fn is_beyond<N: Number>(sum: N, number: N, next: N) -> bool {
    next.is_infinite() && sum.is_finite() && number.is_finite()
}

fn overflow() -> datafusion::error::DataFusionError {
    failed("22003", "value out of range: overflow")
}

#[derive(Debug)]
struct Sum<T: ArrowNumericType> {
    sum: Option<T::Native>,
}

impl<T> Accumulator for Sum<T>
where
    T: ArrowNumericType + Debug,
    T::Native: Number,
{
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [numbers] = values else { return internal_err!("sum takes one argument") };
        let numbers = numbers.as_primitive::<T>();
        let Some(of_batch) = sum(numbers) else { return Ok(()) };
        let all = self.sum.map_or(of_batch, |sum| sum + of_batch);
        if all.is_finite() {
            self.sum = Some(all);
            return Ok(());
        }
        // One by one it shows whether a number was infinite before.
        for number in numbers.iter().flatten() {
            let next = self.sum.map_or(number, |sum| sum + number);
            if self.sum.is_some_and(|sum| is_beyond(sum, number, next)) {
                return Err(overflow());
            }
            self.sum = Some(next);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::new_primitive::<T>(self.sum, &T::DATA_TYPE)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// Of equal numbers, one; they are added from the least, as PostgreSQL does.
#[derive(Debug)]
struct DistinctSum<T: ArrowNumericType> {
    numbers: Vec<T::Native>,
}

impl<T> DistinctSum<T>
where
    T: ArrowNumericType + Debug,
    T::Native: Number,
{
    fn distinct(&mut self) -> ArrayRef {
        self.numbers.sort_unstable_by(Number::order);
        self.numbers.dedup_by(|one, other| one == other || (one.is_nan() && other.is_nan()));
        Arc::new(PrimitiveArray::<T>::from_iter_values(self.numbers.iter().copied()))
    }
}

impl<T> Accumulator for DistinctSum<T>
where
    T: ArrowNumericType + Debug,
    T::Native: Number,
{
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [numbers] = values else { return internal_err!("sum takes one argument") };
        self.numbers.extend(numbers.as_primitive::<T>().iter().flatten());
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut sum = Sum::<T> { sum: None };
        sum.update_batch(&[self.distinct()])?;
        sum.evaluate()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![SingleRowListArrayBuilder::new(self.distinct()).build_list_scalar()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [lists] = states else { return internal_err!("the numbers of sum are one list") };
        lists.as_list::<i32>().iter().flatten().try_for_each(|numbers| self.update_batch(&[numbers]))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.numbers.capacity() * size_of::<T::Native>()
    }
}

fn groups<T>(data_type: &DataType) -> Box<dyn GroupsAccumulator>
where
    T: ArrowNumericType + Debug + Send,
    T::Native: Number,
{
    let beyond = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&beyond);
    let add = move |sum: &mut T::Native, number: T::Native| {
        let next = *sum + number;
        if is_beyond(*sum, number, next) {
            seen.store(true, Ordering::Relaxed);
        }
        *sum = next;
    };
    Box::new(Checked { inner: PrimitiveGroupsAccumulator::<T, _>::new(data_type, add), beyond })
}

/// Sums of groups, of which one may be beyond the type.
struct Checked<A> {
    inner: A,
    beyond: Arc<AtomicBool>,
}

impl<A: GroupsAccumulator> Checked<A> {
    fn checked(&self) -> Result<()> {
        if self.beyond.load(Ordering::Relaxed) { Err(overflow()) } else { Ok(()) }
    }
}

impl<A: GroupsAccumulator> GroupsAccumulator for Checked<A> {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.inner.update_batch(values, groups, filter, total)?;
        self.checked()
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        self.inner.evaluate(emit_to)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit_to)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.inner.merge_batch(values, groups, total)?;
        self.checked()
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(values, filter)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}
