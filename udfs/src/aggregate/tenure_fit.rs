//! The frame of the aggregates that fit a model to tenures: `(tenure, churned [, customers])` → struct.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::history_fit::list_scalar;
use super::tenure_curve::curve;
use crate::args::{anything, check, doubles, truths};
use crate::doc::{Argument, Doc, Takes};
use crate::error::CustomerError;
use crate::fitted_model::{fitted_type, fitted_value};
use crate::models::fitted::Fitted;
use crate::models::histories::COUNT_MAX;
use crate::models::tenures::Tenures;

/// The arguments of every fit to tenures.
pub const ARGUMENTS: [Argument; 3] = [
    Argument::required(
        "tenure",
        Takes::Number,
        "the renewal at which a customer left, counted from 1, or the last one so far: a whole number, at most 1000000",
    ),
    Argument::required("churned", Takes::Boolean, "whether the customer left at that renewal"),
    Argument::optional("customers", Takes::Number, "1", "how many customers the row stands for: a whole number, zero or more"),
];

/// What a fit says of NULLs, errors, and its result.
pub const NOTES: &str = "Rows with a NULL are left out. A tenure that is not a whole number from 0 to 1000000, a tenure of 0 of who has churned, and a number of \
     customers that is not whole or negative are errors, 22023. `status` is 'converged', or says why not: 'no data', 'nobody has churned', 'boundary: …', \
     'flat likelihood', 'iterations exhausted'. Standard errors are those of the Hessian, by the delta method. The result depends neither on the order of rows nor \
     on threads. Memory: a few bytes for each different tenure.";

/// One of the fits.
#[derive(Debug)]
pub struct TenureFit {
    doc: &'static Doc,
    fit: fn(&Tenures) -> Fitted,
    signature: Signature,
}

impl TenureFit {
    pub fn new(doc: &'static Doc, fit: fn(&Tenures) -> Fitted) -> Self {
        Self { doc, fit, signature: anything() }
    }
}

impl PartialEq for TenureFit {
    fn eq(&self, other: &Self) -> bool {
        self.doc.name == other.doc.name
    }
}

impl Eq for TenureFit {}

impl Hash for TenureFit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.doc.name.hash(state);
    }
}

impl AggregateUDFImpl for TenureFit {
    fn name(&self) -> &str {
        self.doc.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(self.doc, types)?;
        Ok(fitted_type())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(state_fields(args.name))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Customers::new(self.doc.name, Ends::Fit(self.fit))))
    }
}

/// The fields of the state of an aggregate of tenures.
pub fn state_fields(name: &str) -> Vec<FieldRef> {
    let list = |part: &str| {
        let item = Arc::new(Field::new_list_field(DataType::Int64, true));
        Arc::new(Field::new(format!("{name}[{part}]"), DataType::List(item), true))
    };
    vec![list("tenure"), list("left"), list("there")]
}

/// What becomes of tenures.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    Fit(fn(&Tenures) -> Fitted),
    /// Up to this period.
    Curve(Option<u64>),
}

/// Tenures on their way to that.
#[derive(Debug)]
pub struct Customers {
    name: &'static str,
    ends: Ends,
    tenures: Tenures,
}

impl Customers {
    pub fn new(name: &'static str, ends: Ends) -> Self {
        Self { name, ends, tenures: Tenures::default() }
    }

    fn add(&mut self, tenure: f64, churned: bool, customers: f64) -> Result<()> {
        let refuse = |why: String| CustomerError::invalid_value(format!("{}: {why}", self.name));
        if !(0.0..=COUNT_MAX).contains(&customers) || customers.fract() != 0.0 {
            return Err(refuse(format!("customers must be a whole number from 0 to {COUNT_MAX}")).into());
        }
        Ok(self.tenures.add(tenure, churned, customers as u64).map_err(|error| refuse(error.to_string()))?)
    }
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [tenure, churned, customers @ ..] = values else {
            return Err(internal_datafusion_err!("{} takes two arguments or three", self.name));
        };
        let (tenure, churned) = (doubles(tenure)?, truths(self.name, "churned", churned)?);
        let customers = customers.first().map(doubles).transpose()?;
        for (row, (tenure, churned)) in tenure.iter().zip(&churned).enumerate() {
            let customers = match &customers {
                None => Some(1.0),
                Some(customers) => customers.is_valid(row).then(|| customers.value(row)),
            };
            if let (Some(tenure), Some(churned), Some(customers)) = (tenure, churned, customers) {
                self.add(tenure, churned, customers)?;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [tenure, left, there] = states else {
            return Err(internal_datafusion_err!("{} has three state fields", self.name));
        };
        for row in 0..tenure.len() {
            let [tenure, left, there] = [tenure, left, there].map(|list| list.as_list::<i32>().value(row));
            let [tenure, left, there] = [&tenure, &left, &there].map(|list| list.as_primitive::<Int64Type>());
            for ((tenure, left), there) in tenure.values().iter().zip(left.values()).zip(there.values()) {
                for (churned, customers) in [(true, *left), (false, *there)] {
                    if customers > 0 {
                        self.add(*tenure as f64, churned, customers as f64)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let column = |part: fn((u64, u64, u64)) -> u64| -> ArrayRef {
            Arc::new(self.tenures.groups().map(|group| i64::try_from(part(group)).ok()).collect::<Int64Array>())
        };
        let lists = [column(|(tenure, _, _)| tenure), column(|(_, left, _)| left), column(|(_, _, there)| there)];
        Ok(lists.into_iter().map(list_scalar).collect())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        match self.ends {
            Ends::Fit(fit) => fitted_value(&fit(&self.tenures)),
            Ends::Curve(horizon) => curve(&self.tenures, horizon),
        }
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.tenures.heap_bytes()
    }
}
