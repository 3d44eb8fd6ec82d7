//! `timezone(zone, moment)`, which `moment AT TIME ZONE zone` is: the clock of a zone at a moment, or the moment at which a zone's clock
//! shows a time.

use std::sync::Arc;

use cilake_wire::values::zone::Zone;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, IntervalMonthDayNanoType, IntervalUnit, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_functions_customer::type_name::type_name;

use super::zones;
use crate::dialect::failure::failed;
use crate::error::{Error, SqlState};

const SECOND: i64 = 1_000_000;

/// The function; moments that it gives carry the session's zone.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct AtTimeZone {
    signature: Signature,
    zone: String,
}

impl AtTimeZone {
    pub fn new(zone: &str) -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable), zone: zone.to_string() }
    }

    fn moment(&self) -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, Some(self.zone.as_str().into()))
    }
}

impl ScalarUDFImpl for AtTimeZone {
    fn name(&self) -> &str {
        "timezone"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        Some(ScalarUDF::from(Self::new(config.execution.time_zone.as_deref().unwrap_or("UTC"))))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let missing = || {
            let types = types.iter().map(type_name).collect::<Vec<_>>().join(", ");
            failed(SqlState::UNDEFINED_FUNCTION, format!("function timezone({types}) does not exist"))
        };
        let [zone, moment] = types else { return Err(missing()) };
        let zone = match zone {
            DataType::Interval(_) => DataType::Interval(IntervalUnit::MonthDayNano),
            text if text.is_string() || text.is_null() || matches!(text, DataType::Dictionary(..)) => DataType::Utf8,
            _ => return Err(missing()),
        };
        let moment = match moment {
            DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
            // A date, and a literal without a type, is a moment of the session's zone.
            DataType::Date32 | DataType::Null => self.moment(),
            text if text.is_string() => self.moment(),
            // Refused where an error keeps its state.
            DataType::Time64(_) => moment.clone(),
            _ => return Err(missing()),
        };
        Ok(vec![zone, moment])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type follows the arguments")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        // A name that the statement itself gives may be told; one that comes from a row may not.
        if let Some(Some(ScalarValue::Utf8(Some(name)))) = args.scalar_arguments.first()
            && zones::named(name).is_none()
        {
            return Err(failed(SqlState::INVALID_PARAMETER_VALUE, format!("time zone \"{name}\" not recognized")));
        }
        if matches!(args.arg_fields.get(1).map(|field| field.data_type()), Some(DataType::Time64(_))) {
            let error = Error::unsupported("type time with time zone is not supported");
            return Err(error.hint("Add a date to the time, as in (date + time) AT TIME ZONE 'UTC'").into());
        }
        let of_clock = matches!(args.arg_fields.get(1).map(|field| field.data_type()), Some(DataType::Timestamp(_, None)));
        let data_type = if of_clock { self.moment() } else { DataType::Timestamp(TimeUnit::Microsecond, None) };
        Ok(Arc::new(Field::new(self.name(), data_type, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [zone, moment] = columns.as_slice() else { return internal_err!("timezone takes two arguments") };
        let from_clock = matches!(moment.data_type(), DataType::Timestamp(_, None));
        let micros = moment.as_primitive::<TimestampMicrosecondType>();
        let mut zone_of = zones_of(zone)?;
        let shifted = (0..micros.len()).map(|row| match zone_of(row)? {
            Some(zone) if micros.is_valid(row) => shift(micros.value(row), zone, from_clock).map(Some),
            _ => Ok(None),
        });
        let shifted: TimestampMicrosecondArray = shifted.collect::<Result<_>>()?;
        let shifted: PrimitiveArray<TimestampMicrosecondType> = match arguments.return_field.data_type() {
            DataType::Timestamp(_, Some(zone)) => shifted.with_timezone(Arc::clone(zone)),
            _ => shifted,
        };
        if constant {
            return ScalarValue::try_from_array(&shifted, 0).map(ColumnarValue::Scalar);
        }
        Ok(ColumnarValue::Array(Arc::new(shifted)))
    }
}

fn shift(micros: i64, zone: Zone, from_clock: bool) -> Result<i64> {
    let seconds = micros.div_euclid(SECOND);
    let offset = if from_clock { -zone.offset_of_local(seconds) } else { zone.offset_at(seconds) };
    let shifted = micros.checked_add(i64::from(offset) * SECOND);
    shifted.ok_or_else(|| failed(SqlState("22008"), "timestamp out of range"))
}

type ZoneOfRow<'a> = Box<dyn FnMut(usize) -> Result<Option<Zone>> + 'a>;

/// The zone of each row: a name, or how far east of UTC it is.
fn zones_of(column: &ArrayRef) -> Result<ZoneOfRow<'_>> {
    if matches!(column.data_type(), DataType::Interval(_)) {
        let intervals = column.as_primitive::<IntervalMonthDayNanoType>();
        return Ok(Box::new(|row| {
            if intervals.is_null(row) {
                return Ok(None);
            }
            let interval = intervals.value(row);
            if interval.months != 0 || interval.days != 0 {
                let message = "interval time zone must not include months or days";
                return Err(failed(SqlState::INVALID_PARAMETER_VALUE, message));
            }
            Ok(i32::try_from(interval.nanoseconds / 1_000_000_000).ok().map(Zone::Fixed))
        }));
    }
    let names = cast(column, &DataType::Utf8)?;
    let mut last: Option<(String, Zone)> = None;
    Ok(Box::new(move |row| {
        let names = names.as_string::<i32>();
        if names.is_null(row) {
            return Ok(None);
        }
        let name = names.value(row);
        if let Some((known, zone)) = &last
            && known == name
        {
            return Ok(Some(*zone));
        }
        let zone = zones::named(name).ok_or_else(|| failed(SqlState::INVALID_PARAMETER_VALUE, "time zone not recognized"))?;
        last = Some((name.to_string(), zone));
        Ok(Some(zone))
    }))
}
