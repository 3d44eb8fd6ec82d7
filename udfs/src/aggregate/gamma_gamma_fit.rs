//! `gamma_gamma_fit`: the Gamma-Gamma model of what purchases are worth.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature};

use super::history_fit::list_scalar;
use crate::args::{anything, check, doubles};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::fitted_model::{fitted_type, fitted_value};
use crate::models::gamma_gamma::{Spender, Spenders, fit};
use crate::models::histories::{History, HistoryError};

pub static DOC: Doc = Doc {
    name: "gamma_gamma_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits the Gamma-Gamma model to mean values of purchases: what customers spend, and how much of the difference between them is chance.",
    arguments: &[
        Argument::required("frequency", Takes::Number, "purchases that the mean is of: a whole number, zero or more"),
        Argument::required("monetary", Takes::Number, "mean value of these purchases"),
    ],
    returns: &[Column::new(
        "",
        "struct",
        "model ('gamma_gamma'), unit, p, q, gamma, se_p, se_q, se_gamma, log_likelihood, aic, customers, ignored, status",
    )],
    notes: "Rows with a NULL are left out, but for a NULL monetary where frequency is 0. Customers with frequency 0 or a monetary of 0 or less say nothing \
            of a purchase's value: they are not in `customers` but counted in `ignored`. A negative, NaN or infinite frequency, one that is not whole, and a NaN or \
            infinite monetary are errors, 22023. `status` is 'converged', or says why not: 'no repeat purchases of any value', 'infinite mean (q <= 1)' – then no \
            purchase has an expected value, and `expected_spend` is NULL –, 'boundary: …', 'flat likelihood', 'iterations exhausted'. Standard errors are those of the \
            Hessian, by the delta method. The result depends neither on the order of rows nor on threads. Memory: 24 bytes for each different pair.",
    source: "Fader and Hardie 2013, \"The Gamma-Gamma model of monetary value\", equation (1a). It takes for granted that what customers spend has nothing to do with \
             how often they purchase.",
    example: "SELECT (m).status, (m).customers, (m).ignored\n\
              FROM (SELECT gamma_gamma_fit(frequency, monetary) AS m\n\
              \u{20}     FROM (VALUES (0, NULL), (1, 12.5), (1, 31), (2, 17.75), (2, 40), (3, 22), (4, 55.5), (9, 18)) AS customers(frequency, monetary)) AS fits;",
};

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(GammaGammaFit { signature: anything() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct GammaGammaFit {
    signature: Signature,
}

impl AggregateUDFImpl for GammaGammaFit {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(&DOC, types)?;
        Ok(fitted_type())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name: &str, item: DataType| {
            let item = Arc::new(Field::new_list_field(item, true));
            Arc::new(Field::new(format!("{}[{name}]", args.name), DataType::List(item), true))
        };
        Ok(vec![
            list("frequency", DataType::Float64),
            list("monetary", DataType::Float64),
            list("customers", DataType::Int64),
            list("ignored", DataType::Int64),
        ])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Customers::default()))
    }
}

#[derive(Debug, Default)]
struct Customers {
    spenders: Spenders,
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [frequency, monetary] = values else {
            return Err(internal_datafusion_err!("{} takes two arguments", DOC.name));
        };
        for pair in doubles(frequency)?.iter().zip(&doubles(monetary)?) {
            match pair {
                (Some(frequency), Some(monetary)) => {
                    check_spend(DOC.name, frequency, monetary)?;
                    self.spenders.add(frequency, monetary, 1);
                }
                (Some(frequency), None) => {
                    check_spend(DOC.name, frequency, 0.0)?;
                    if frequency == 0.0 {
                        self.spenders.ignored += 1;
                    }
                }
                (None, _) => {}
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [frequency, monetary, customers, ignored] = states else {
            return Err(internal_datafusion_err!("{} has four state fields", DOC.name));
        };
        let count = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
        for row in 0..frequency.len() {
            let [frequency, monetary, customers, ignored] =
                [frequency, monetary, customers, ignored].map(|list| list.as_list::<i32>().value(row));
            let customers = customers.as_primitive::<Int64Type>();
            for ((frequency, monetary), customers) in doubles(&frequency)?.iter().zip(&doubles(&monetary)?).zip(customers) {
                if let (Some(frequency), Some(monetary)) = (frequency, monetary) {
                    self.spenders.add(frequency, monetary, count(customers));
                }
            }
            self.spenders.ignored += ignored.as_primitive::<Int64Type>().iter().map(count).sum::<u64>();
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let ignored = Int64Array::from(vec![i64::try_from(self.spenders.ignored).ok()]);
        let groups = self.spenders.groups();
        let column = |part: fn(&Spender) -> f64| -> ArrayRef { Arc::new(groups.iter().map(part).collect::<Float64Array>()) };
        let customers: Int64Array = groups.iter().map(|g| i64::try_from(g.customers).ok()).collect();
        let lists = [column(|g| g.frequency), column(|g| g.monetary), Arc::new(customers), Arc::new(ignored)];
        Ok(lists.into_iter().map(list_scalar).collect())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        fitted_value(&fit(&mut self.spenders))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.spenders.heap_bytes()
    }
}

/// 22023 unless the frequency is a count and the value a number.
pub(crate) fn check_spend(function: &str, frequency: f64, monetary: f64) -> Result<()> {
    let refuse = |why: String| Err(CustomerError::invalid_value(format!("{function}: {why}")).into());
    match History::new(frequency, 0.0, 0.0) {
        Err(error @ (HistoryError::Frequency | HistoryError::FrequencyTooLarge)) => refuse(error.to_string()),
        _ if !monetary.is_finite() => refuse("monetary must be finite".into()),
        _ => Ok(()),
    }
}
