//! `split_history`: the history of a customer as it was at an earlier day, and what came after it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Float64Array, StructArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Fields, Int64Type};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// The columns of the struct, all in days: the sum of the logarithms of the times between all purchases; of those up to the split the
/// history – NULL for a customer who came later – and that sum; purchases after the split; days after it.
const FIELDS: [&str; 7] =
    ["log_intervals", "inner_frequency", "inner_recency", "inner_age", "inner_log_intervals", "inner_later", "inner_duration"];

/// From the list of a customer's purchase days in any order, each once, and two days as numbers.
pub fn split_history(days: Expr, split: Expr, end: Expr) -> Expr {
    function().call(vec![days, split, end])
}

pub fn function() -> ScalarUDF {
    ScalarUDF::from(SplitHistory { signature: Signature::any(3, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SplitHistory {
    signature: Signature,
}

fn fields() -> Fields {
    FIELDS.iter().map(|name| Field::new(*name, DataType::Float64, true)).collect()
}

/// The type of the struct.
pub fn data_type() -> DataType {
    DataType::Struct(fields())
}

impl ScalarUDFImpl for SplitHistory {
    fn name(&self) -> &str {
        "split_history"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(data_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [days, split, end] = args.args.as_slice() else { return internal_err!("split_history takes three arguments") };
        let rows = args.number_rows;
        let (days, split, end) = (days.to_array(rows)?, split.to_array(rows)?, end.to_array(rows)?);
        let (Some(days), Some(split), Some(end)) =
            (days.as_list_opt::<i32>(), split.as_primitive_opt::<Int64Type>(), end.as_primitive_opt::<Int64Type>())
        else {
            return internal_err!("split_history takes a list of days and two numbers");
        };
        let Some(all_days) = days.values().as_primitive_opt::<Date32Type>() else {
            return internal_err!("split_history takes a list of days");
        };
        let mut columns: [Vec<Option<f64>>; 7] = std::array::from_fn(|_| Vec::with_capacity(rows));
        let mut sorted = vec![];
        for (row, ends) in days.value_offsets().windows(2).enumerate() {
            let known = days.is_valid(row) && split.is_valid(row) && end.is_valid(row);
            let values = if known {
                let days = all_days.values().get(ends[0] as usize..ends[1] as usize).unwrap_or_default();
                sorted.clear();
                sorted.extend(days.iter().map(|day| i64::from(*day)));
                if !sorted.is_sorted() {
                    sorted.sort_unstable();
                }
                at(&sorted, split.value(row), end.value(row))
            } else {
                [None; 7]
            };
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
        let columns = columns.into_iter().map(|column| Arc::new(Float64Array::from(column)) as _).collect();
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(fields(), columns, None)?)))
    }
}

/// In the order of [`FIELDS`], from sorted days.
fn at(days: &[i64], split: i64, end: i64) -> [Option<f64>; 7] {
    let double = |count: i64| Some(count as f64);
    let before = days.partition_point(|day| *day <= split);
    let (earlier, later) = days.split_at(before);
    let of_earlier = log_intervals(earlier);
    // The first interval of the later ones begins with the last of the earlier days.
    let all = Some(of_earlier + log_intervals(&days[before.saturating_sub(1)..]));
    let [first, ..] = *earlier else { return [all, None, None, None, None, None, double(end - split)] };
    let last = earlier.last().copied().unwrap_or(first);
    [
        all,
        Some(earlier.len() as f64 - 1.0),
        double(last - first),
        double(split - first),
        Some(of_earlier),
        Some(later.len() as f64),
        double(end - split),
    ]
}

/// Σ ln Δ of the times between the days: of products, as far as these are doubles.
fn log_intervals(days: &[i64]) -> f64 {
    let (mut sum, mut product) = (0.0, 1.0_f64);
    for pair in days.windows(2) {
        product *= (pair[1] - pair[0]) as f64;
        if product > 1e280 {
            sum += product.ln();
            product = 1.0;
        }
    }
    sum + product.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: by hand. Purchases on the days 10, 12, 20 and 35; the split is on day 20, the end on day 40.
    #[test]
    fn a_customer_at_an_earlier_day() {
        let [all, frequency, recency, age, earlier, later, duration] = at(&[10, 12, 20, 35], 20, 40);
        assert_eq!([frequency, recency, age, later, duration], [2.0, 10.0, 10.0, 1.0, 20.0].map(Some));
        assert!((all.unwrap() - 240_f64.ln()).abs() < 1e-12 && (earlier.unwrap() - 16_f64.ln()).abs() < 1e-12);
        // 200 intervals of 400 days, whose product is beyond the doubles, and three years of every day.
        let days: Vec<i64> = (0..=200).map(|i| 400 * i).collect();
        assert!((log_intervals(&days) - 200.0 * 400_f64.ln()).abs() < 1e-9);
        assert_eq!(log_intervals(&(0..1096).collect::<Vec<_>>()), 0.0);
        assert_eq!(log_intervals(&[]), 0.0);
        // Who came later was not known.
        assert_eq!(at(&[35], 20, 40), [Some(0.0), None, None, None, None, None, Some(20.0)]);
    }
}
