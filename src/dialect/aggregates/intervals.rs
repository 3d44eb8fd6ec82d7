//! `min`, `max` and `avg` of intervals, and `greatest` and `least`: by their length, which the engine's own do not go by.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, IntervalMonthDayNanoArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::functions_aggregate::average::Avg;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, Expr, GroupsAccumulator, ReversedUDAF, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use crate::dialect::failure::failed;
use crate::dialect::moments::intervals::{micros, scaled};

const INTERVAL: DataType = DataType::Interval(IntervalUnit::MonthDayNano);

/// `min` or `max` of intervals, by its name.
pub fn extreme(name: &str) -> Option<Arc<AggregateUDF>> {
    let greatest = match name {
        "max" => true,
        "min" => false,
        _ => return None,
    };
    let signature = Signature::exact(vec![INTERVAL], Volatility::Immutable);
    Some(Arc::new(AggregateUDF::from(Extreme { greatest, signature })))
}

/// `greatest` or `least` of intervals, by its name.
pub fn extreme_of(name: &str, arguments: Vec<Expr>) -> Expr {
    let signature = Signature::uniform(arguments.len(), vec![INTERVAL], Volatility::Immutable);
    ScalarUDF::new_from_impl(ExtremeOf { greatest: name == "greatest", signature }).call(arguments)
}

/// Whether the interval is beyond the one that is known.
fn replaces(greatest: bool, interval: IntervalMonthDayNano, known: IntervalMonthDayNano) -> bool {
    if greatest { micros(interval) > micros(known) } else { micros(interval) < micros(known) }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Extreme {
    greatest: bool,
    signature: Signature,
}

impl AggregateUDFImpl for Extreme {
    fn name(&self) -> &str {
        if self.greatest { "max" } else { "min" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(INTERVAL)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Extremes { greatest: self.greatest, known: None }))
    }
}

#[derive(Debug)]
struct Extremes {
    greatest: bool,
    known: Option<IntervalMonthDayNano>,
}

impl Accumulator for Extremes {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [intervals] = values else { return internal_err!("an extreme of one column") };
        for interval in intervals.as_primitive::<IntervalMonthDayNanoType>().iter().flatten() {
            // Of equals the last is kept, as PostgreSQL's `interval_smaller` and `interval_larger` do.
            if self.known.is_none_or(|known| !replaces(!self.greatest, interval, known)) {
                self.known = Some(interval);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::IntervalMonthDayNano(self.known))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ExtremeOf {
    greatest: bool,
    signature: Signature,
}

impl ScalarUDFImpl for ExtremeOf {
    fn name(&self) -> &str {
        if self.greatest { "greatest" } else { "least" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(INTERVAL)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = args.args.iter().map(|argument| argument.to_array(args.number_rows)).collect::<Result<Vec<_>>>()?;
        let columns: Vec<_> = columns.iter().map(|column| column.as_primitive::<IntervalMonthDayNanoType>()).collect();
        let of_row = |row: usize| {
            let known = columns.iter().filter(|column| column.is_valid(row)).map(|column| column.value(row));
            known.reduce(|known, next| if replaces(self.greatest, next, known) { next } else { known })
        };
        let extremes: IntervalMonthDayNanoArray = (0..args.number_rows).map(of_row).collect();
        Ok(ColumnarValue::Array(Arc::new(extremes)))
    }
}

/// The engine's `avg`, which takes intervals as well.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Average {
    inner: Avg,
    signature: Signature,
}

impl Default for Average {
    fn default() -> Self {
        let inner = Avg::new();
        let signatures = vec![TypeSignature::Exact(vec![INTERVAL]), inner.signature().type_signature.clone()];
        Self { inner, signature: Signature::one_of(signatures, Volatility::Immutable) }
    }
}

fn is_interval(fields: &[FieldRef]) -> bool {
    matches!(fields, [field] if matches!(field.data_type(), DataType::Interval(_)))
}

impl AggregateUDFImpl for Average {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [DataType::Interval(_)] => Ok(INTERVAL),
            types => self.inner.return_type(types),
        }
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        match is_interval(args.expr_fields) {
            true if args.is_distinct => Err(failed("0A000", "avg(DISTINCT interval) is not supported")),
            true => Ok(Box::new(Mean::default())),
            false => self.inner.accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        if !is_interval(args.input_fields) {
            return self.inner.state_fields(args);
        }
        let field = |part: &str, data_type| Arc::new(Field::new(format!("{}[{part}]", args.name), data_type, true));
        Ok(vec![field("count", DataType::UInt64), field("sum", INTERVAL)])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !is_interval(args.expr_fields) && self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        self.inner.create_groups_accumulator(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        match is_interval(args.expr_fields) {
            true => self.accumulator(args),
            false => self.inner.create_sliding_accumulator(args),
        }
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

#[derive(Debug, Default)]
struct Mean {
    count: u64,
    sum: IntervalMonthDayNano,
}

impl Mean {
    fn add(&mut self, intervals: &ArrayRef, sign: i32) -> Result<u64> {
        let mut count = 0;
        for interval in intervals.as_primitive::<IntervalMonthDayNanoType>().iter().flatten() {
            let IntervalMonthDayNano { months, days, nanoseconds } = self.sum;
            let sum = (|| {
                let months = months.checked_add(interval.months.checked_mul(sign)?)?;
                let days = days.checked_add(interval.days.checked_mul(sign)?)?;
                let nanoseconds = nanoseconds.checked_add(interval.nanoseconds.checked_mul(i64::from(sign))?)?;
                Some(IntervalMonthDayNano::new(months, days, nanoseconds))
            })();
            self.sum = sum.ok_or_else(|| failed("22008", "interval out of range"))?;
            count += 1;
        }
        Ok(count)
    }
}

impl Accumulator for Mean {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [intervals] = values else { return internal_err!("a mean of one column") };
        self.count += self.add(intervals, 1)?;
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [intervals] = values else { return internal_err!("a mean of one column") };
        self.count -= self.add(intervals, -1)?;
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.count == 0 {
            return Ok(ScalarValue::IntervalMonthDayNano(None));
        }
        let count = self.count as f64;
        let mean = scaled(self.sum, |part| part / count).ok_or_else(|| failed("22008", "interval out of range"))?;
        Ok(ScalarValue::IntervalMonthDayNano(Some(mean)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::UInt64(Some(self.count)), ScalarValue::IntervalMonthDayNano(Some(self.sum))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [counts, sums] = states else { return internal_err!("a mean has two states") };
        self.count += counts.as_primitive::<datafusion::arrow::datatypes::UInt64Type>().iter().flatten().sum::<u64>();
        self.add(sums, 1)?;
        Ok(())
    }
}
