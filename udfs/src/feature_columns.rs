//! Features of customers in columns of any type, as numbers and as texts.
//!
//! Truth values are 1 and 0, dates and times are days since 1970 (UTC), NaN is missing as NULL is.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::Result;

use crate::args::doubles;
use crate::error::CustomerError;
use crate::learning::features::{Column, FeaturesError, Kind};
use crate::learning::model::Model;

/// What types of columns can be features, for messages.
pub const ANY: &str = "numbers, truth values, texts, dates or timestamps";
/// The same for features that have a distance.
pub const NUMBERS: &str = "numbers, truth values, dates or timestamps";

/// The place of a missing text.
const MISSING: u32 = u32::MAX;
const MILLIS_IN_DAY: f64 = 86_400e3;
const MICROS_IN_DAY: f64 = 86_400e6;

/// Whether values of this type are numbers, or count as such.
pub fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::Boolean | DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) => true,
        DataType::Dictionary(_, values) => is_number(values),
        other => other.is_numeric(),
    }
}

/// Whether values of this type can be a feature.
pub fn is_feature(data_type: &DataType) -> bool {
    is_number(data_type) || is_text(data_type)
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => values.is_string(),
        other => other.is_string(),
    }
}

/// Values of a type that [`is_number`] as numbers; NULL where one is missing.
pub fn numbers(values: &ArrayRef) -> Result<Float64Array> {
    let scaled = |values: &ArrayRef, in_day: f64| -> Result<Float64Array> {
        Ok(doubles(&cast(values, &DataType::Int64)?)?.unary(|time: f64| time / in_day))
    };
    match values.data_type() {
        DataType::Dictionary(_, plain) => numbers(&cast(values, plain)?),
        DataType::Date32 => doubles(&cast(values, &DataType::Int32)?),
        DataType::Date64 => scaled(values, MILLIS_IN_DAY),
        DataType::Timestamp(_, zone) => {
            scaled(&cast(values, &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?, MICROS_IN_DAY)
        }
        _ => doubles(values),
    }
}

/// Values of a type that [`is_feature`] as the learners read them; those of no type as `kind` has them.
fn column(values: &ArrayRef, kind: Option<&Kind>) -> Result<Column> {
    match values.data_type() {
        DataType::Null if matches!(kind, Some(Kind::Text(_))) => {
            Ok(Column::Texts { list: vec![], places: vec![MISSING; values.len()] })
        }
        data_type if is_text(data_type) => texts(values),
        _ => Ok(Column::Numbers(numbers(values)?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())),
    }
}

fn texts(values: &ArrayRef) -> Result<Column> {
    let values = cast(values, &DataType::Utf8)?;
    let (mut list, mut places) = (vec![], Vec::with_capacity(values.len()));
    let mut place_of: HashMap<&str, u32> = HashMap::new();
    for value in values.as_string::<i32>() {
        places.push(match value {
            None => MISSING,
            Some(text) => *place_of.entry(text).or_insert_with(|| {
                list.push(text.to_owned());
                list.len() as u32 - 1
            }),
        });
    }
    Ok(Column::Texts { list, places })
}

/// All fields of a struct as features.
pub fn all_columns(features: &StructArray) -> Result<Vec<(String, Column)>> {
    let named = features.fields().iter().zip(features.columns());
    named.map(|(field, values)| Ok((field.name().clone(), column(values, None)?))).collect()
}

/// Those fields of a struct that a model was learned from, as far as they are there.
///
/// Errors: 42804 for a field whose type is that of no feature.
pub fn columns_of<'a>(function: &str, model: &'a Model, features: &StructArray) -> Result<Vec<(&'a str, Column)>> {
    let mut columns = vec![];
    for feature in &model.features {
        let Some(values) = features.column_by_name(&feature.name) else { continue };
        if !is_feature(values.data_type()) {
            let expected = if feature.kind == Kind::Number { "numbers" } else { "text" };
            return Err(error(function, &FeaturesError::Type(feature.name.clone(), expected)).into());
        }
        columns.push((feature.name.as_str(), column(values, Some(&feature.kind))?));
    }
    Ok(columns)
}

/// The error that a client is told.
pub fn error(function: &str, error: &FeaturesError) -> CustomerError {
    let message = format!("{function}: {error}");
    match error {
        FeaturesError::Missing(_) => CustomerError::undefined_column(message),
        FeaturesError::Twice(_) => CustomerError::duplicate_column(message),
        FeaturesError::Type(_, _) => CustomerError::wrong_type(message),
        FeaturesError::None | FeaturesError::Infinite(_) | FeaturesError::Length(_) => CustomerError::invalid_value(message),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        BooleanArray, Date32Array, Decimal128Array, DictionaryArray, NullArray, StringViewArray, TimestampSecondArray,
    };
    use datafusion::arrow::datatypes::Int32Type;

    use super::*;

    fn all(values: impl Array + 'static) -> Vec<Option<f64>> {
        let values: ArrayRef = Arc::new(values);
        assert!(is_number(values.data_type()));
        numbers(&values).expect("numbers").iter().collect()
    }

    /// Expected: by hand; 2024-02-29 is 19782 days after 1970-01-01.
    #[test]
    fn whatever_counts_as_a_number() {
        assert_eq!(all(BooleanArray::from(vec![Some(true), Some(false), None])), [Some(1.0), Some(0.0), None]);
        assert_eq!(all(Date32Array::from(vec![Some(19_782), None])), [Some(19_782.0), None]);
        assert_eq!(all(TimestampSecondArray::from(vec![86_400 + 43_200]).with_timezone("Europe/Berlin")), [Some(1.5)]);
        let decimal = Decimal128Array::from(vec![1_250]).with_precision_and_scale(6, 3).expect("a decimal");
        assert_eq!(all(decimal), [Some(1.25)]);
        assert_eq!(all(NullArray::new(2)), [None, None]);
    }

    #[test]
    fn texts_in_every_encoding() {
        let view: ArrayRef = Arc::new(StringViewArray::from(vec![Some("b"), None, Some("a"), Some("b")]));
        let dictionary: DictionaryArray<Int32Type> = vec![Some("b"), None, Some("a"), Some("b")].into_iter().collect();
        let expected = Column::Texts { list: vec!["b".to_owned(), "a".to_owned()], places: vec![0, MISSING, 1, 0] };
        for values in [view, Arc::new(dictionary)] {
            assert!(is_feature(values.data_type()) && !is_number(values.data_type()));
            assert_eq!(column(&values, None).expect("texts"), expected);
        }
        let none: ArrayRef = Arc::new(NullArray::new(1));
        assert_eq!(column(&none, Some(&Kind::Text(vec![]))).expect("a text").len(), 1);
    }
}
