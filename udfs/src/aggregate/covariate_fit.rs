//! The fits with covariates: `(frequency, recency, age, covariates)` → struct.
//!
//! The state is the different customers with their counts, one flat list of doubles.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::Accumulator;

use super::history_fit::{ARGUMENTS, Columns, list_scalar};
use crate::covariates::Covariates;
use crate::fitted_model::fitted_value;
use crate::models::covariate_fit::{Base, fit};
use crate::models::covariates::CovariateHistories;

/// The customers seen so far.
#[derive(Debug)]
pub struct CovariateCustomers {
    function: &'static str,
    base: &'static Base,
    names: Vec<String>,
    customers: CovariateHistories,
}

impl CovariateCustomers {
    pub fn new(function: &'static str, base: &'static Base, names: Vec<String>) -> Self {
        let customers = CovariateHistories::new(names.len());
        Self { function, base, names, customers }
    }
}

impl Accumulator for CovariateCustomers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let covariates = values.get(ARGUMENTS.len()).map(Covariates::read).transpose()?.flatten();
        let Some(covariates) = covariates else {
            return Err(internal_datafusion_err!("{} has lost its covariates", self.function));
        };
        for (row, history) in Columns::new(values)?.rows(self.function).enumerate() {
            if let Some(history) = history? {
                self.customers.add(&covariates.row(self.function, row)?, history, 1);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [customers] = states else {
            return Err(internal_datafusion_err!("{} has one state field", self.function));
        };
        let customers = customers.as_list::<i32>();
        for row in (0..customers.len()).filter(|row| customers.is_valid(*row)) {
            self.customers.merge(customers.value(row).as_primitive::<Float64Type>().values());
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![list_scalar(Arc::new(Float64Array::from(self.customers.rows().to_vec())))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        fitted_value(&fit(self.base, &mut self.customers, &self.names))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.customers.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{BooleanArray, StructArray};
    use datafusion::arrow::datatypes::{DataType, Field};

    use super::*;
    use crate::models::covariate_fit::PARETO_NBD;

    fn part<'a>(rows: impl Iterator<Item = &'a [f64; 5]> + Clone) -> CovariateCustomers {
        let column = |i: usize| -> ArrayRef { Arc::new(rows.clone().map(|row| row[i]).collect::<Float64Array>()) };
        let web: ArrayRef = Arc::new(rows.clone().map(|row| Some(row[3] == 1.0)).collect::<BooleanArray>());
        let field = |name: &str, data_type: DataType| Arc::new(Field::new(name, data_type, true));
        let fields = [(field("web", DataType::Boolean), web), (field("income", DataType::Float64), column(4))];
        let mut customers = CovariateCustomers::new("pareto_nbd_fit", &PARETO_NBD, vec!["web".into(), "income".into()]);
        customers.update_batch(&[column(0), column(1), column(2), Arc::new(StructArray::from(fields.to_vec()))]).unwrap();
        customers
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        let lines = include_str!("../../tests/data/covariate_customers.csv").lines().skip(1);
        let row = |line: &str| line.split(',').map(|v| v.parse().unwrap()).collect::<Vec<f64>>().try_into().unwrap();
        let rows: Vec<[f64; 5]> = lines.map(row).collect();
        let whole = part(rows.iter()).evaluate().unwrap();
        let mut merged = part(rows.iter().rev().take(5));
        for (from, step) in [(1, 2), (0, 2)] {
            let mut other = part(rows.iter().rev().skip(5).skip(from).step_by(step));
            let state: Vec<ArrayRef> = other.state().unwrap().iter().map(|list| list.to_array().unwrap()).collect();
            merged.merge_batch(&state).unwrap();
        }
        assert_eq!(merged.evaluate().unwrap(), whole);
    }
}
