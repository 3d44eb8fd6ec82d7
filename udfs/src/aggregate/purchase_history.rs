//! What a customer's purchases come down to: first and last day, different days, and what was spent after the first. Used by table
//! functions alone.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, LargeListArray, ListArray,
    StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Field, FieldRef, Fields, Float64Type, Int32Type, TimeUnit, TimestampMicrosecondType,
    TimestampNanosecondType,
};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature};

use super::exact_sum::value_of;
use crate::args::{anything, doubles};
use crate::models::compensated::Sum;
use crate::models::purchase_log::{PurchaseLog, SortedPurchases};

/// The fields of the result, which is NULL without a purchase.
pub const FIRST: &str = "first_day";
pub const LAST: &str = "last_day";
/// Different days.
pub const DAYS: &str = "days";
/// On all days but the first; NULL where no amount was given.
pub const SPENT: &str = "spent";
/// The different days in order; NULL where they are not wanted.
pub const PURCHASE_DAYS: &str = "purchase_days";

/// `purchase_history(day [, amount])` as an expression.
pub fn purchase_history(day: Expr, amount: Option<Expr>, with_days: bool) -> Expr {
    AggregateUDF::from(PurchaseHistory::new(with_days)).call([vec![day], amount.into_iter().collect()].concat())
}

/// Without and with the days.
pub fn functions() -> [AggregateUDF; 2] {
    [false, true].map(|with_days| AggregateUDF::from(PurchaseHistory::new(with_days)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct PurchaseHistory {
    with_days: bool,
    signature: Signature,
}

impl PurchaseHistory {
    fn new(with_days: bool) -> Self {
        Self { with_days, signature: anything() }
    }
}

fn fields() -> Fields {
    let days = DataType::List(Arc::new(Field::new_list_field(DataType::Date32, true)));
    let columns = [
        (FIRST, DataType::Date32),
        (LAST, DataType::Date32),
        (DAYS, DataType::Int64),
        (SPENT, DataType::Float64),
        (PURCHASE_DAYS, days),
    ];
    columns.into_iter().map(|(name, of)| Field::new(name, of, true)).collect()
}

fn state_types() -> [(&'static str, DataType); 2] {
    let list = |item| DataType::LargeList(Arc::new(Field::new_list_field(item, true)));
    [("days", list(DataType::Int32)), ("amounts", list(DataType::Float64))]
}

impl AggregateUDFImpl for PurchaseHistory {
    fn name(&self) -> &str {
        if self.with_days { "purchase_history_days" } else { "purchase_history" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        // Amounts that nobody gave have no place in the state.
        let states = state_types().into_iter().take(args.input_fields.len());
        Ok(states.map(|(part, of)| Arc::new(Field::new(format!("{}[{part}]", args.name), of, true))).collect())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One(Customers::new(self.with_days, args.exprs.len()))))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Customers::new(self.with_days, args.exprs.len())))
    }
}

/// The purchases of many customers.
#[derive(Debug)]
struct Customers {
    log: PurchaseLog,
    with_days: bool,
    with_amounts: bool,
}

/// Days and, where they are given, amounts.
type Rows = (Int32Array, Option<Float64Array>);

fn read_rows(values: &[ArrayRef]) -> Result<Rows> {
    let Some((days, amounts)) = values.split_first() else {
        return Err(internal_datafusion_err!("purchase_history takes a day"));
    };
    Ok((days_of(days)?, amounts.first().map(doubles).transpose()?))
}

/// The days since 1970 of dates, or of times without a zone.
fn days_of(times: &ArrayRef) -> Result<Int32Array> {
    const MICROS: i64 = 86_400_000_000;
    Ok(match times.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            times.as_primitive::<TimestampMicrosecondType>().unary(|time| time.div_euclid(MICROS) as i32)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, None) => {
            times.as_primitive::<TimestampNanosecondType>().unary(|time| time.div_euclid(MICROS * 1000) as i32)
        }
        _ => cast(times, &DataType::Date32)?.as_primitive::<Date32Type>().reinterpret_cast(),
    })
}

fn amount_at(amounts: Option<&Float64Array>, row: usize) -> Option<f64> {
    amounts.map(|amounts| if amounts.is_valid(row) { amounts.value(row) } else { 0.0 })
}

impl Customers {
    fn new(with_days: bool, arguments: usize) -> Self {
        Self { log: PurchaseLog::default(), with_days, with_amounts: arguments > 1 }
    }

    fn take(&mut self, emit_to: EmitTo) -> SortedPurchases {
        match emit_to {
            EmitTo::All => self.log.take(),
            EmitTo::First(customers) => self.log.take_first(customers),
        }
    }

    fn states(&self, SortedPurchases { ends, days, amounts }: SortedPurchases) -> Result<Vec<ArrayRef>> {
        let offsets: Vec<i64> = std::iter::once(0).chain(ends.into_iter().map(|end| end as i64)).collect();
        let offsets = OffsetBuffer::new(offsets.into());
        let mut lists: Vec<ArrayRef> = vec![Arc::new(Int32Array::from(days))];
        if self.with_amounts {
            lists.push(Arc::new(Float64Array::from(amounts)));
        }
        let list = |items: ArrayRef| -> Result<ArrayRef> {
            let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
            Ok(Arc::new(LargeListArray::try_new(field, offsets.clone(), items, None)?))
        };
        lists.into_iter().map(list).collect()
    }
}

impl GroupsAccumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.log.grow_to(total);
        let (days, amounts) = read_rows(values)?;
        for (row, group) in groups.iter().enumerate() {
            if days.is_valid(row) && filter.is_none_or(|f| f.is_valid(row) && f.value(row)) {
                self.log.add(*group as u32, days.value(row), amount_at(amounts.as_ref(), row));
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.log.grow_to(total);
        let Some((days, amounts)) = states.split_first() else {
            return Err(internal_datafusion_err!("purchase_history has a state"));
        };
        let lists = days.as_list::<i64>();
        let days = lists.values().as_primitive::<Int32Type>().values();
        let amounts = amounts.first().map(|amounts| amounts.as_list::<i64>());
        let (starts, first) = (lists.offsets(), |lists: &LargeListArray| lists.offsets().first().copied().unwrap_or(0));
        // The lists of both have the same lengths; where the values begin may differ.
        let shift = amounts.map_or(0, |amounts| first(amounts) - first(lists));
        let amounts = amounts.map(|amounts| amounts.values().as_primitive::<Float64Type>().values());
        for ((row, group), start) in groups.iter().enumerate().zip(starts.iter()) {
            let end = starts.get(row + 1).copied().unwrap_or(*start);
            if lists.is_null(row) {
                continue;
            }
            for at in *start..end {
                let amount = amounts.and_then(|amounts| amounts.get((at + shift) as usize));
                self.log.add(*group as u32, days[at as usize], amount.copied());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let purchases = self.take(emit_to);
        let mut results = Results::new(self.with_days, purchases.ends.len());
        for range in purchases.ranges() {
            results
                .add(&purchases.days[range.clone()], if self.with_amounts { Some(&purchases.amounts[range]) } else { None })?;
        }
        results.finish()
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let purchases = self.take(emit_to);
        self.states(purchases)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut each = Self { log: PurchaseLog::default(), ..*self };
        let rows = values.first().map_or(0, |days| days.len());
        each.update_batch(values, &(0..rows).collect::<Vec<_>>(), filter, rows)?;
        each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.log.heap_bytes()
    }
}

/// The result, customer by customer.
struct Results {
    first: Vec<i32>,
    last: Vec<i32>,
    days: Vec<i64>,
    spent: Vec<Option<f64>>,
    /// The different days of all customers, and where those of each end.
    all_days: Option<(Vec<i32>, Vec<usize>)>,
    /// Room to sort one customer's purchases in.
    sorted: Vec<(i32, f64)>,
}

impl Results {
    fn new(with_days: bool, customers: usize) -> Self {
        Self {
            first: Vec::with_capacity(customers),
            last: Vec::with_capacity(customers),
            days: Vec::with_capacity(customers),
            spent: Vec::with_capacity(customers),
            all_days: with_days.then(Default::default),
            sorted: vec![],
        }
    }

    fn add(&mut self, days: &[i32], amounts: Option<&[f64]>) -> Result<()> {
        let amount = |at: usize| amounts.and_then(|amounts| amounts.get(at)).copied().unwrap_or(0.0);
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        sorted.extend(days.iter().enumerate().map(|(at, day)| (*day, amount(at))));
        if !days.is_sorted() {
            sorted.sort_unstable_by_key(|(day, _)| *day);
        }
        let (first, last) = (sorted.first().map_or(0, |f| f.0), sorted.last().map_or(0, |l| l.0));
        let (mut count, mut before, mut spent) = (0, None, Sum::default());
        for (day, amount) in &sorted {
            if before != Some(*day) {
                count += 1;
                before = Some(*day);
                if let Some((all, _)) = &mut self.all_days {
                    all.push(*day);
                }
            }
            if *day != first && amounts.is_some() {
                spent.add(*amount);
            }
        }
        self.sorted = sorted;
        self.first.push(first);
        self.last.push(last);
        self.days.push(count);
        self.spent.push(amounts.filter(|_| count > 0).map(|_| value_of(spent)).transpose()?);
        if let Some((all, ends)) = &mut self.all_days {
            ends.push(all.len());
        }
        Ok(())
    }

    fn finish(self) -> Result<ArrayRef> {
        let there: NullBuffer = self.days.iter().map(|days| *days > 0).collect::<Vec<_>>().into();
        let valid = || Some(there.clone());
        let item = Arc::new(Field::new_list_field(DataType::Date32, true));
        let lists = match self.all_days {
            None => ListArray::new_null(item, self.days.len()),
            Some((all, ends)) => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let offsets = OffsetBuffer::from_lengths(starts.zip(&ends).map(|(start, end)| end - start));
                ListArray::try_new(item, offsets, Arc::new(Date32Array::from(all)), valid())?
            }
        };
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::new(self.first.into(), valid())),
            Arc::new(Date32Array::new(self.last.into(), valid())),
            Arc::new(Int64Array::new(self.days.into(), valid())),
            Arc::new(Float64Array::from(self.spent)),
            Arc::new(lists),
        ];
        Ok(Arc::new(StructArray::try_new(fields(), columns, valid())?))
    }
}

/// The purchases of everything.
#[derive(Debug)]
struct One(Customers);

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update_batch(values, &vec![0; values.first().map_or(0, |days| days.len())], None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge_batch(states, &vec![0; states.first().map_or(0, |days| days.len())], 1)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.log.grow_to(1);
        self.0.state(EmitTo::All)?.iter().map(|array| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.log.grow_to(1);
        ScalarValue::try_from_array(&self.0.evaluate(EmitTo::All)?, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &[(i32, f64)]) -> Vec<ArrayRef> {
        let days: Date32Array = rows.iter().map(|row| Some(row.0)).collect();
        let amounts: Float64Array = rows.iter().map(|row| Some(row.1)).collect();
        vec![Arc::new(days), Arc::new(amounts)]
    }

    /// Expected: 1969-12-31 is the day before day 0, up to its last microsecond.
    #[test]
    fn a_time_is_on_the_day_of_its_calendar() {
        use datafusion::arrow::array::TimestampMicrosecondArray;
        let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![-1, 0, 86_399_999_999, 86_400_000_000]));
        assert_eq!(days_of(&times).unwrap().values().to_vec(), [-1, 0, 0, 1]);
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![-1, 7]));
        assert_eq!(days_of(&dates).unwrap().values().to_vec(), [-1, 7]);
    }

    /// Expected: by hand. Customer 0 buys on the days 10, 10, 12 and 20, customer 1 on day 7 alone, customer 2 sends something back.
    #[test]
    fn parts_in_any_order_are_the_whole() {
        let rows = [(20, 8.0), (10, 1.0), (7, 3.0), (12, 4.0), (10, 2.0), (5, -1.0)];
        let (groups, kept) = ([0, 0, 1, 0, 0, 2], BooleanArray::from(vec![true, true, true, true, true, false]));
        let mut whole = Customers::new(true, 2);
        whole.update_batch(&columns(&rows), &groups, Some(&kept), 3).unwrap();
        let whole = whole.evaluate(EmitTo::All).unwrap();
        let mut merged = Customers::new(true, 2);
        let converted = merged.convert_to_state(&columns(&rows[..2]), None).unwrap();
        merged.merge_batch(&converted, &[0, 0], 1).unwrap();
        let mut rest = Customers::new(true, 2);
        rest.update_batch(&columns(&rows[2..]), &[2, 1, 1, 0], Some(&kept.slice(2, 4)), 3).unwrap();
        let state = rest.state(EmitTo::All).unwrap();
        let tail: Vec<ArrayRef> = state.iter().map(|lists| lists.slice(1, 2)).collect();
        merged.merge_batch(&tail, &[0, 1], 3).unwrap();
        let first = merged.evaluate(EmitTo::First(1)).unwrap();
        let others = merged.evaluate(EmitTo::All).unwrap();
        assert_eq!(first.as_struct().slice(0, 1), whole.as_struct().slice(0, 1));
        assert_eq!(others.as_struct(), &whole.as_struct().slice(1, 2));
        let whole = whole.as_struct();
        assert_eq!((whole.is_null(0), whole.is_null(1), whole.is_null(2)), (false, false, true));
        let number = |name: &str| whole.column_by_name(name).unwrap().as_primitive::<Float64Type>().value(0);
        assert_eq!(number(SPENT), 12.0);
        let lists = whole.column_by_name(PURCHASE_DAYS).unwrap().as_list::<i32>().value(0);
        assert_eq!(lists.as_primitive::<Date32Type>().values().to_vec(), [10, 12, 20]);
    }
}
