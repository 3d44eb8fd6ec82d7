//! Sums, means, variances, correlations and regressions of floating-point numbers over frames that slide. The engine takes away what leaves
//! a frame, which brings nothing back after NaN, infinity or a number that was large; PostgreSQL computes each frame anew, and so does this,
//! by its steps (`float8_accum` and `float8_regr_accum`). Frames that only grow are the engine's own.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Float64Type};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature};

use crate::dialect::failure::failed;

/// The function whose frames are computed anew, if it is one of floating-point numbers and its frames are not yet.
pub fn of_floats(function: &Arc<AggregateUDF>, types: &[DataType]) -> Option<Arc<AggregateUDF>> {
    if function.inner().is::<Sliding>() {
        return None;
    }
    let is_float = types.first().is_some_and(DataType::is_floating);
    let kind = Kind::of(function.name()).filter(|kind| kind.has_two_sides() || is_float)?;
    let is_real = matches!((kind, types), (Kind::Sum, [DataType::Float32]));
    Some(Arc::new(AggregateUDF::from(Sliding { inner: Arc::clone(function), kind, is_real })))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Sum,
    Mean,
    Variance { of_sample: bool, is_root: bool },
    Correlation,
    Covariance { of_sample: bool },
    Regression(Regression),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Regression {
    MeanOfX,
    MeanOfY,
    Slope,
    Intercept,
    Determination,
    Sxx,
    Syy,
    Sxy,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        let variance = |of_sample, is_root| Self::Variance { of_sample, is_root };
        Some(match name {
            "sum" => Self::Sum,
            "avg" => Self::Mean,
            "var" | "var_samp" => variance(true, false),
            "var_pop" => variance(false, false),
            "stddev" | "stddev_samp" => variance(true, true),
            "stddev_pop" => variance(false, true),
            "corr" => Self::Correlation,
            "covar_samp" => Self::Covariance { of_sample: true },
            "covar_pop" => Self::Covariance { of_sample: false },
            "regr_avgx" => Self::Regression(Regression::MeanOfX),
            "regr_avgy" => Self::Regression(Regression::MeanOfY),
            "regr_slope" => Self::Regression(Regression::Slope),
            "regr_intercept" => Self::Regression(Regression::Intercept),
            "regr_r2" => Self::Regression(Regression::Determination),
            "regr_sxx" => Self::Regression(Regression::Sxx),
            "regr_syy" => Self::Regression(Regression::Syy),
            "regr_sxy" => Self::Regression(Regression::Sxy),
            _ => return None,
        })
    }

    /// Of a `y` and an `x`.
    fn has_two_sides(self) -> bool {
        matches!(self, Self::Correlation | Self::Covariance { .. } | Self::Regression(_))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sliding {
    inner: Arc<AggregateUDF>,
    kind: Kind,
    /// Whether the numbers are `real`, which are added as such.
    is_real: bool,
}

impl AggregateUDFImpl for Sliding {
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

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        self.inner.create_groups_accumulator(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return self.inner.create_sliding_accumulator(args);
        }
        let answer = args.return_field.data_type().clone();
        Ok(Box::new(Frame { kind: self.kind, is_real: self.is_real, answer, rows: vec![], left: 0 }))
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::NotSupported
    }
}

/// The rows of a frame that have a number on each side.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    is_real: bool,
    answer: DataType,
    /// `x` and `y`; where there is one side, `x` alone.
    rows: Vec<[f64; 2]>,
    /// Rows at the beginning that have left the frame.
    left: usize,
}

/// The rows without NULL.
fn known(values: &[ArrayRef], two_sides: bool) -> Result<Vec<[f64; 2]>> {
    let doubles = values.iter().map(|side| cast(side, &DataType::Float64)).collect::<std::result::Result<Vec<_>, _>>()?;
    let sides = match doubles.as_slice() {
        [y, x] if two_sides => [x, y],
        [x] if !two_sides => [x, x],
        _ => return internal_err!("a frame of numbers has one side or two"),
    };
    let [x, y] = sides.map(|side| side.as_primitive::<Float64Type>());
    let is_known = |row: &usize| x.is_valid(*row) && y.is_valid(*row);
    Ok((0..x.len()).filter(is_known).map(|row| [x.value(row), y.value(row)]).collect())
}

impl Accumulator for Frame {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.rows.extend(known(values, self.kind.has_two_sides())?);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.left += known(values, self.kind.has_two_sides())?.len();
        if self.left * 2 > self.rows.len() {
            self.rows.drain(..self.left.min(self.rows.len()));
            self.left = 0;
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let rows = self.rows.get(self.left..).unwrap_or_default();
        let answer = match self.kind {
            Kind::Sum if self.is_real => sum_of_reals(rows)?,
            Kind::Sum => sum(rows)?,
            kind => Moments::of(rows, kind.has_two_sides())?.answer(kind),
        };
        ScalarValue::Float64(answer).cast_to(&self.answer)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.rows.capacity() * size_of::<[f64; 2]>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        internal_err!("a frame is of one partition")
    }

    fn merge_batch(&mut self, _: &[ArrayRef]) -> Result<()> {
        internal_err!("a frame is of one partition")
    }
}

fn overflow() -> datafusion::error::DataFusionError {
    failed("22003", "value out of range: overflow")
}

fn sum(rows: &[[f64; 2]]) -> Result<Option<f64>> {
    let add = |sum: f64, number: f64| {
        let next = sum + number;
        if next.is_infinite() && sum.is_finite() && number.is_finite() { Err(overflow()) } else { Ok(next) }
    };
    let Some(([first, _], rest)) = rows.split_first() else { return Ok(None) };
    rest.iter().try_fold(*first, |sum, [number, _]| add(sum, *number)).map(Some)
}

fn sum_of_reals(rows: &[[f64; 2]]) -> Result<Option<f64>> {
    let add = |sum: f32, number: f32| {
        let next = sum + number;
        if next.is_infinite() && sum.is_finite() && number.is_finite() { Err(overflow()) } else { Ok(next) }
    };
    let Some(([first, _], rest)) = rows.split_first() else { return Ok(None) };
    let sum = rest.iter().try_fold(*first as f32, |sum, [number, _]| add(sum, *number as f32))?;
    Ok(Some(f64::from(sum)))
}

/// Sums and sums of squared and multiplied differences from the mean, by the algorithm of Youngs and Cramer.
#[derive(Debug, Default)]
struct Moments {
    count: f64,
    x: Side,
    y: Side,
    xy: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Side {
    sum: f64,
    squares: f64,
}

impl Side {
    /// The difference from the mean, so many times the count.
    fn add(&mut self, count: f64, number: f64, two_sides: bool) -> Result<f64> {
        let before = self.sum;
        self.sum += number;
        if count == 1.0 {
            if !number.is_finite() {
                self.squares = f64::NAN;
            }
            return Ok(0.0);
        }
        let difference = number * count - self.sum;
        let pairs = count * (count - 1.0);
        // PostgreSQL multiplies in the one function and divides in the other, which differs in the last bit.
        self.squares += if two_sides { difference * difference * (1.0 / pairs) } else { difference * difference / pairs };
        if self.sum.is_infinite() || self.squares.is_infinite() {
            if before.is_finite() && number.is_finite() {
                return Err(overflow());
            }
            self.squares = f64::NAN;
        }
        Ok(difference)
    }
}

impl Moments {
    fn of(rows: &[[f64; 2]], two_sides: bool) -> Result<Self> {
        let mut moments = Self::default();
        for [x, y] in rows {
            moments.count += 1.0;
            let count = moments.count;
            let of_x = moments.x.add(count, *x, two_sides)?;
            if two_sides {
                let of_y = moments.y.add(count, *y, true)?;
                if count > 1.0 {
                    moments.xy += of_x * of_y * (1.0 / (count * (count - 1.0)));
                } else if !x.is_finite() || !y.is_finite() {
                    moments.xy = f64::NAN;
                }
                if moments.xy.is_infinite() {
                    moments.xy = f64::NAN;
                }
            }
        }
        Ok(moments)
    }

    fn answer(&self, kind: Kind) -> Option<f64> {
        let Self { count, x, y, xy } = *self;
        let of = |of_sample: bool| if of_sample { count - 1.0 } else { count };
        if count == 0.0 {
            return None;
        }
        let is_flat = x.squares == 0.0;
        match kind {
            Kind::Sum => Some(x.sum),
            Kind::Mean => Some(x.sum / count),
            Kind::Variance { of_sample, .. } | Kind::Covariance { of_sample } if of(of_sample) == 0.0 => None,
            Kind::Variance { of_sample, is_root } => {
                let variance = x.squares / of(of_sample);
                Some(if is_root { variance.sqrt() } else { variance })
            }
            Kind::Covariance { of_sample } => Some(xy / of(of_sample)),
            Kind::Correlation => (!is_flat && y.squares != 0.0).then(|| xy / (x.squares * y.squares).sqrt()),
            Kind::Regression(part) => match part {
                Regression::MeanOfX => Some(x.sum / count),
                Regression::MeanOfY => Some(y.sum / count),
                Regression::Sxx => Some(x.squares),
                Regression::Syy => Some(y.squares),
                Regression::Sxy => Some(xy),
                _ if is_flat => None,
                Regression::Slope => Some(xy / x.squares),
                Regression::Intercept => Some((y.sum - x.sum * xy / x.squares) / count),
                Regression::Determination if y.squares == 0.0 => Some(1.0),
                Regression::Determination => Some(xy * xy / (x.squares * y.squares)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT regr_slope(y, x), … FROM (VALUES (1, 2), (2, 3), (4, 7)) AS v(x, y)`, all of `double precision`.
    #[test]
    fn moments_are_those_of_postgres() {
        let moments = Moments::of(&[[1.0, 2.0], [2.0, 3.0], [4.0, 7.0]], true).unwrap();
        for (name, expected) in [
            ("avg", 2.3333333333333335),
            ("covar_pop", 2.6666666666666665),
            ("regr_slope", 1.7142857142857144),
            ("regr_intercept", -5.921189464667501e-16),
            ("corr", 0.989743318610787),
            ("regr_r2", 0.979591836734694),
        ] {
            let answer = moments.answer(Kind::of(name).unwrap()).unwrap();
            assert_eq!(answer, expected, "{name}");
        }
        let of_one_side = Moments::of(&[[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]], false).unwrap();
        assert_eq!(of_one_side.answer(Kind::of("var_samp").unwrap()), Some(2.3333333333333335));
    }

    /// PostgreSQL 15: `SELECT var_samp(x), avg(x) FROM (VALUES (1), ('Infinity'::float8)) AS v(x)`.
    #[test]
    fn infinity_leaves_no_number_for_a_variance() {
        let moments = Moments::of(&[[1.0, 1.0], [f64::INFINITY, 1.0]], false).unwrap();
        assert!(moments.answer(Kind::of("var_samp").unwrap()).unwrap().is_nan());
        assert_eq!(moments.answer(Kind::Mean), Some(f64::INFINITY));
        assert!(sum(&[[1e308, 0.0], [1e308, 0.0]]).is_err());
        assert_eq!(sum(&[[f64::INFINITY, 0.0], [1e308, 0.0]]).unwrap(), Some(f64::INFINITY));
    }
}
