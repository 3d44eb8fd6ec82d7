//! `to_char(value, pattern)`: dates, times, intervals and numbers in PostgreSQL's patterns (manual, tables 9.27 and 9.29). The engine's own
//! function reads chrono's.

pub mod interval;
pub mod number;
mod pattern;
pub mod reading;
pub mod value;

use std::sync::Arc;

use cilake_wire::values::zone::Zone;
use datafusion::arrow::array::{Array, AsArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::failure::failed;
use crate::error::SqlState;
use pattern::{Pattern, Shown};

/// The function. Moments with a zone show the clock of that zone.
/// A date is a moment of the session's zone.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ToChar {
    zone: String,
    signature: Signature,
}

impl ToChar {
    pub fn new(zone: &str) -> Self {
        Self { zone: zone.to_owned(), signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// Whether values are written by the patterns of numbers and intervals.
fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric() || matches!(data_type, DataType::Interval(_) | DataType::Time64(_))
}

fn of_number() -> Result<Arc<ScalarUDF>> {
    match crate::dialect::texts::named("number_to_char") {
        Some(function) => Ok(function),
        None => internal_err!("there is no function number_to_char"),
    }
}

impl ScalarUDFImpl for ToChar {
    fn name(&self) -> &str {
        "to_char"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        Some(ScalarUDF::from(Self::new(config.execution.time_zone.as_deref().unwrap_or("UTC"))))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let moment = match types {
            [DataType::Timestamp(_, zone), _] => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
            [DataType::Date32 | DataType::Date64 | DataType::Null, _] => {
                DataType::Timestamp(TimeUnit::Microsecond, Some(self.zone.as_str().into()))
            }
            [other, _] if is_number(other) => return of_number()?.inner().coerce_types(types),
            _ => {
                let types = types.iter().map(type_name).collect::<Vec<_>>().join(", ");
                return Err(failed(SqlState::UNDEFINED_FUNCTION, format!("function to_char({types}) does not exist")));
            }
        };
        Ok(vec![moment, DataType::Utf8])
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types.first() {
            Some(_) => Ok(DataType::Utf8),
            None => internal_err!("to_char takes two arguments"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if args.args.first().is_some_and(|value| is_number(&value.data_type())) {
            return of_number()?.inner().invoke_with_args(args);
        }
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let [moments, patterns] = columns.as_slice() else { return internal_err!("to_char takes two arguments") };
        let zone = match moments.data_type() {
            DataType::Timestamp(_, Some(zone)) => Zone::parse(zone),
            _ => None,
        };
        let patterns = cast(patterns, &DataType::Utf8)?;
        let (moments, patterns) = (moments.as_primitive::<TimestampMicrosecondType>(), patterns.as_string::<i32>());
        let mut last: Option<(&str, Pattern)> = None;
        let mut texts = StringBuilder::new();
        for row in 0..moments.len() {
            if moments.is_null(row) || patterns.is_null(row) {
                texts.append_null();
                continue;
            }
            let text = patterns.value(row);
            if last.as_ref().is_none_or(|(known, _)| *known != text) {
                last = Some((text, Pattern::read(text)));
            }
            let Some((_, pattern)) = &last else { return internal_err!("no pattern") };
            let micros = moments.value(row);
            let offset = zone.map(|zone| zone.offset_at(micros.div_euclid(1_000_000)));
            let clock =
                micros.checked_add(i64::from(offset.unwrap_or(0)) * 1_000_000).and_then(chrono::DateTime::from_timestamp_micros);
            let clock = clock.ok_or_else(|| failed(SqlState("22008"), "timestamp out of range"))?;
            // An empty text is NULL to PostgreSQL.
            let abbreviation =
                zone.filter(|_| pattern.abbreviates()).map(|zone| zone.abbreviation_at(micros.div_euclid(1_000_000)));
            let shown = Shown { offset: offset.unwrap_or(0), abbreviation: abbreviation.unwrap_or_default() };
            match pattern.written(clock.naive_utc(), &shown) {
                text if text.is_empty() => texts.append_null(),
                text => texts.append_value(text),
            }
        }
        let texts = texts.finish();
        if constant && texts.len() == 1 {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&texts, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(texts)))
    }
}
