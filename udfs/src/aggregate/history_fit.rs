//! The frame of the aggregates that fit a model to purchase histories: `(frequency, recency, age [, …])` → struct.
//!
//! The state is the different histories with their counts, so its size grows with these and not with the customers.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::covariate_fit::CovariateCustomers;
use crate::args::{anything, check, doubles};
use crate::covariates::covariate_names;
use crate::doc::{Argument, Doc, Takes, joined};
use crate::error::CustomerError;
use crate::fitted_model::{fitted_type, fitted_value};
use crate::models::compensated::Sum;
use crate::models::covariate_fit::Base;
use crate::models::fitted::Fitted;
use crate::models::histories::{Histories, History};

/// The arguments of every fit to purchase histories.
pub const ARGUMENTS: [Argument; 3] = [
    Argument::required("frequency", Takes::Number, "repeat purchases: a whole number, zero or more"),
    Argument::required("recency", Takes::Number, "time from the first to the last purchase; 0 where frequency is 0"),
    Argument::required("age", Takes::Number, "time from the first purchase to the end of the observation, in the same unit"),
];

/// What the fits with regular purchases take beside these.
pub const LOG_INTERVALS: Argument = Argument::required(
    "log_intervals",
    Takes::Number,
    "sum of the natural logarithms of the times between the customer's purchases; 0 or NULL where frequency is 0",
);

/// What a fit says of NULLs, errors, and its result.
pub const NOTES: &str = "Rows with a NULL are left out. A negative, NaN or infinite number, a frequency that is not whole and a recency beyond the age are \
     errors, 22023. `status` is 'converged', or says why not: 'no data', 'no repeat purchases', 'no drop-out (…)', 'boundary: …', \
     'flat likelihood', 'iterations exhausted'; a model that has not converged keeps the parameters where the search ended, has no standard errors, \
     and gives NULL in predictions. Where covariates are taken it may say 'constant covariate: …', 'collinear covariates: …', 'boundary: coefficient of …' or \
     'covariates far from 0: …'. `log_likelihood` is that of the data in the unit given; standard errors are those of the Hessian, by the delta \
     method. All fits return one type of struct, so that one column can hold different models; what a model has not is NULL. The result depends neither \
     on the order of rows nor on threads. Memory: 32 bytes for each different (frequency, recency, age), \
     and 8 more for each covariate.";

/// The arguments of the fits that take covariates.
pub const WITH_COVARIATES: [Argument; 4] = joined(ARGUMENTS, [COVARIATES]);

const COVARIATES: Argument = Argument::optional(
    "covariates",
    Takes::Covariates,
    "NULL",
    "what is known of the customer, does not change and may matter: a struct of up to 16 numbers and booleans, \
     `named_struct('web', channel = 'web', 'income', income)`; a NULL in it is 22004, NaN and infinities are 22023",
);

/// One of the fits.
#[derive(Debug)]
pub struct Spec {
    /// Names it.
    pub doc: &'static Doc,
    /// Whether histories are counts of opportunities.
    pub is_discrete: bool,
    /// How it is fitted with covariates, if it takes any.
    pub covariates: Option<&'static Base>,
    /// From the histories, and the sum of the fourth argument where there is one.
    pub fit: fn(&mut Histories, f64) -> Fitted,
}

/// One of the fits as an aggregate.
#[derive(Debug)]
pub struct HistoryFit {
    spec: &'static Spec,
    signature: Signature,
}

impl HistoryFit {
    pub fn new(spec: &'static Spec) -> Self {
        Self { spec, signature: anything() }
    }

    /// Whether there is a fourth argument, of which the sum is all that the fit needs.
    fn has_sum(&self) -> bool {
        self.spec.doc.arguments.get(ARGUMENTS.len()).is_some_and(|argument| argument.takes == Takes::Number)
    }

    /// The names of the covariates; none where there are no covariates.
    fn covariates(types: &[FieldRef]) -> Vec<String> {
        types.get(ARGUMENTS.len()).map_or_else(Vec::new, |field| covariate_names(field.data_type()))
    }
}

impl PartialEq for HistoryFit {
    fn eq(&self, other: &Self) -> bool {
        self.spec.doc.name == other.spec.doc.name
    }
}

impl Eq for HistoryFit {}

impl Hash for HistoryFit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.spec.doc.name.hash(state);
    }
}

impl AggregateUDFImpl for HistoryFit {
    fn name(&self) -> &str {
        self.spec.doc.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(self.spec.doc, types)?;
        Ok(fitted_type())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name: &str, item: DataType| {
            let item = Arc::new(Field::new_list_field(item, true));
            Arc::new(Field::new(format!("{}[{name}]", args.name), DataType::List(item), true))
        };
        if !Self::covariates(args.input_fields).is_empty() {
            return Ok(vec![list("customers", DataType::Float64)]);
        }
        let mut fields: Vec<FieldRef> = ARGUMENTS.iter().map(|a| list(a.name, DataType::Float64)).collect();
        fields.push(list("customers", DataType::Int64));
        if self.has_sum() {
            fields.push(list("sum", DataType::Float64));
        }
        Ok(fields)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let covariates = Self::covariates(args.expr_fields);
        if let Some(base) = self.spec.covariates.filter(|_| !covariates.is_empty()) {
            return Ok(Box::new(CovariateCustomers::new(self.spec.doc.name, base, covariates)));
        }
        Ok(Box::new(Customers::new(self.spec, self.has_sum())))
    }
}

/// The customers seen so far.
#[derive(Debug)]
struct Customers {
    spec: &'static Spec,
    histories: Histories,
    /// The sum of the fourth argument, where there is one.
    sum: Option<Sum>,
}

impl Customers {
    fn new(spec: &'static Spec, has_sum: bool) -> Self {
        Self { spec, histories: Histories::default(), sum: has_sum.then(Sum::default) }
    }

    fn checked(&self, history: History) -> Result<History> {
        let refuse = |error| CustomerError::invalid_value(format!("{}: {error}", self.spec.doc.name)).into();
        if self.spec.is_discrete { history.in_opportunities().map_err(refuse) } else { Ok(history) }
    }
}

/// What stands for a missing fourth argument of a customer with this history, and which values cannot be.
fn summand(spec: &Spec, history: History, given: Option<f64>) -> Result<Option<f64>> {
    match given {
        // A sum over no purchases is NULL in SQL.
        None => Ok((history.frequency == 0.0).then_some(0.0)),
        Some(value) if !value.is_finite() || (history.frequency == 0.0 && value != 0.0) => {
            let name = spec.doc.arguments.get(ARGUMENTS.len()).map_or("", |argument| argument.name);
            let message = format!("{}: {name} must be finite, and 0 or NULL where frequency is 0", spec.doc.name);
            Err(CustomerError::invalid_value(message).into())
        }
        given => Ok(given),
    }
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let summands = values.get(ARGUMENTS.len()).map(doubles).transpose()?;
        for (row, history) in Columns::new(values)?.rows(self.spec.doc.name).enumerate() {
            let Some(history) = history? else { continue };
            let history = self.checked(history)?;
            if let (Some(sum), Some(summands)) = (&mut self.sum, &summands) {
                let given = summands.is_valid(row).then(|| summands.value(row));
                let Some(value) = summand(self.spec, history, given)? else { continue };
                sum.add(value);
            }
            self.histories.add(history, 1);
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [frequency, recency, age, customers, sums @ ..] = states else {
            return Err(internal_datafusion_err!("{} has four state fields or five", self.spec.doc.name));
        };
        for row in 0..frequency.len() {
            let lists = [frequency, recency, age].map(|list| list.as_list::<i32>().value(row));
            let customers = customers.as_list::<i32>().value(row);
            let customers = customers.as_primitive::<Int64Type>();
            for (history, count) in Columns::new(&lists)?.rows(self.spec.doc.name).zip(customers) {
                if let (Some(history), Some(count)) = (history?, count) {
                    self.histories.add(history, u64::try_from(count).unwrap_or_default());
                }
            }
            if let (Some(sum), [sums]) = (&mut self.sum, sums) {
                let parts = doubles(&sums.as_list::<i32>().value(row))?;
                if let [high, low, units] = **parts.values() {
                    sum.merge(Sum { high, low, units });
                }
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let groups = self.histories.groups();
        let column = |part: fn(&History) -> f64| -> ArrayRef {
            Arc::new(groups.iter().map(|g| part(&g.history)).collect::<Float64Array>())
        };
        let customers: Int64Array = groups.iter().map(|g| i64::try_from(g.customers).ok()).collect();
        let mut lists = vec![column(|h| h.frequency), column(|h| h.recency), column(|h| h.age), Arc::new(customers)];
        if let Some(Sum { high, low, units }) = self.sum {
            lists.push(Arc::new(Float64Array::from(vec![high, low, units])));
        }
        Ok(lists.into_iter().map(list_scalar).collect())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = match self.sum {
            None => 0.0,
            Some(sum) => sum.value().unwrap_or(f64::INFINITY),
        };
        fitted_value(&(self.spec.fit)(&mut self.histories, sum))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.histories.heap_bytes()
    }
}

pub(super) fn list_scalar(items: ArrayRef) -> ScalarValue {
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    ScalarValue::List(Arc::new(ListArray::new(field, OffsetBuffer::from_lengths([items.len()]), items, None)))
}

/// Frequency, recency and age as columns of doubles.
pub(crate) struct Columns([Float64Array; 3]);

impl Columns {
    pub(crate) fn new(values: &[ArrayRef]) -> Result<Self> {
        let [frequency, recency, age, ..] = values else {
            return Err(internal_datafusion_err!("a history has a frequency, a recency and an age"));
        };
        Ok(Self([doubles(frequency)?, doubles(recency)?, doubles(age)?]))
    }

    /// The histories; `None` for a row with a NULL, 22023 for one that cannot be.
    pub(crate) fn rows(&self, function: &str) -> impl Iterator<Item = Result<Option<History>>> {
        let Self([frequency, recency, age]) = self;
        frequency.iter().zip(recency).zip(age).map(move |row| match row {
            ((Some(frequency), Some(recency)), Some(age)) => match History::new(frequency, recency, age) {
                Ok(history) => Ok(Some(history)),
                Err(error) => Err(CustomerError::invalid_value(format!("{function}: {error}")).into()),
            },
            _ => Ok(None),
        })
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::Float64Type;

    use super::*;

    /// Frequency, recency and age in weeks of the CDNOW sample, one row a customer; for the source see the test of the models.
    fn cdnow() -> Vec<[f64; 3]> {
        let lines = include_str!("../models/published/cdnow_calibration.csv").lines().skip(1);
        let row = |line: &str| -> Vec<f64> { line.split(',').map(|field| field.parse().unwrap()).collect() };
        let expand = |row: Vec<f64>| vec![[row[0], row[1] / 7.0, row[2] / 7.0]; row[4] as usize];
        lines.map(row).flat_map(expand).collect()
    }

    fn part<'a>(rows: impl Iterator<Item = &'a [f64; 3]> + Clone) -> Customers {
        let column = |i: usize| -> ArrayRef { Arc::new(rows.clone().map(|row| row[i]).collect::<Float64Array>()) };
        let mut customers = Customers::new(&super::super::bgnbd_fit::SPEC, false);
        customers.update_batch(&[column(0), column(1), column(2)]).unwrap();
        customers
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        let rows = cdnow();
        let whole = part(rows.iter()).evaluate().unwrap();
        let mut merged = part(rows.iter().rev().take(5));
        for (from, step) in [(1, 2), (0, 2)] {
            let mut other = part(rows.iter().rev().skip(5).skip(from).step_by(step));
            let state: Vec<ArrayRef> = other.state().unwrap().iter().map(|list| list.to_array().unwrap()).collect();
            merged.merge_batch(&state).unwrap();
        }
        assert_eq!(merged.evaluate().unwrap(), whole);
    }

    /// Expected: Fader, Hardie and Lee 2005, to the three digits that are printed.
    #[test]
    fn the_struct_holds_the_published_parameters() {
        let value = part(cdnow().iter()).evaluate().unwrap().to_array().unwrap();
        let value = value.as_struct();
        for (name, expected) in [("r", 0.243), ("alpha", 4.414), ("a", 0.793), ("b", 2.426), ("log_likelihood", -9582.4)] {
            let actual = value.column_by_name(name).unwrap().as_primitive::<Float64Type>().value(0);
            assert!((actual / expected - 1.0).abs() < 2e-3, "{name}: {actual} is not {expected}");
        }
        assert_eq!(value.column_by_name("status").unwrap().as_string::<i32>().value(0), "converged");
        assert_eq!(value.column_by_name("customers").unwrap().as_primitive::<Int64Type>().value(0), 2357);
    }
}
