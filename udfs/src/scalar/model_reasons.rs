//! `model_reasons`: why a model scores a customer as it does. Used by `propensity_reasons` alone.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Builder, ListBuilder, StringBuilder, StructArray, StructBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::propensity::Questions;
use crate::args::anything;
use crate::feature_columns::{columns_of, error};
use crate::learning::model::Model;

/// The function that speaks.
const FUNCTION: &str = "propensity_reasons";

/// The columns of a reason, in order.
pub const REASON: [&str; 3] = ["feature", "value", "contribution"];

/// The feature of the row that is no one's: what all contributions are added to.
pub const BASE: &str = "(base)";

/// How times are shown.
const TIME: &str = "%Y-%m-%d %H:%M:%S%.f";

pub fn function() -> ScalarUDF {
    ScalarUDF::from(ModelReasons { signature: anything() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ModelReasons {
    signature: Signature,
}

fn fields() -> Fields {
    let types = [DataType::Utf8, DataType::Utf8, DataType::Float64];
    REASON.into_iter().zip(types).map(|(name, of)| Field::new(name, of, true)).collect()
}

impl ScalarUDFImpl for ModelReasons {
    fn name(&self) -> &str {
        "model_reasons"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields()), true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let questions = Questions::new(FUNCTION, &args)?;
        let mut of_row: Vec<Option<Reasons>> = vec![None; questions.rows];
        questions.each_model(|model, rows, features| {
            let reasons = reasons(model, features)?;
            rows.iter().zip(reasons).for_each(|(row, reasons)| of_row[*row as usize] = Some(reasons));
            Ok(())
        })?;
        questions.finish(list(&of_row))
    }
}

/// Feature, value and contribution; the base first.
type Reasons = Vec<(String, Option<String>, f64)>;

fn reasons(model: &Model, features: &StructArray) -> Result<Vec<Reasons>> {
    let columns = columns_of(FUNCTION, model, features)?;
    let columns: Vec<_> = columns.iter().map(|(name, column)| (*name, column)).collect();
    let found = model.reasons(&columns).map_err(|why| error(FUNCTION, &why))?;
    let options = FormatOptions::default().with_timestamp_format(Some(TIME)).with_timestamp_tz_format(Some(TIME));
    let shown = model.features.iter().map(|feature| {
        let values = features.column_by_name(&feature.name);
        values.map(|values| ArrayFormatter::try_new(values.as_ref(), &options).map(|shown| (values, shown))).transpose()
    });
    let shown = shown.collect::<Result<Vec<_>, _>>()?;
    let of_row = |(row, contributions): (usize, &Vec<f64>)| {
        let base = (BASE.to_owned(), None, found.base);
        let own = model.features.iter().zip(&shown).zip(contributions).map(|((feature, shown), contribution)| {
            let value = shown.as_ref().filter(|(values, _)| !values.is_null(row)).map(|(_, shown)| shown.value(row).to_string());
            (feature.name.clone(), value, *contribution)
        });
        std::iter::once(base).chain(own).collect()
    };
    Ok(found.contributions.iter().enumerate().map(of_row).collect())
}

fn list(of_row: &[Option<Reasons>]) -> ArrayRef {
    let builders: Vec<Box<dyn datafusion::arrow::array::ArrayBuilder>> =
        vec![Box::new(StringBuilder::new()), Box::new(StringBuilder::new()), Box::new(Float64Builder::new())];
    let mut lists = ListBuilder::new(StructBuilder::new(fields(), builders));
    for reasons in of_row {
        for (feature, value, contribution) in reasons.iter().flatten() {
            let reason = lists.values();
            if let Some(names) = reason.field_builder::<StringBuilder>(0) {
                names.append_value(feature);
            }
            if let Some(values) = reason.field_builder::<StringBuilder>(1) {
                values.append_option(value.as_deref());
            }
            if let Some(contributions) = reason.field_builder::<Float64Builder>(2) {
                contributions.append_value(*contribution);
            }
            reason.append(true);
        }
        lists.append(reasons.is_some());
    }
    Arc::new(lists.finish())
}
