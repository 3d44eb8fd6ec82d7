//! Values to Arrow arrays of the type that a plan takes.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BinaryViewArray, BooleanArray, FixedSizeBinaryBuilder, LargeBinaryArray,
    LargeListArray, LargeStringArray, ListArray, NullArray, PrimitiveArray, StringArray, StringViewArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal128Type, Decimal256Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, FieldRef, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalDayTime, IntervalDayTimeType, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit,
    IntervalYearMonthType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type, i256,
};

use super::numeric::Numeric;
use super::{Fault, Value};
use crate::values::datetime::DAY_MICROS;
use crate::values::interval::Interval;
use crate::values::quoting::uuid_text;

/// An array with one row for each value.
pub(super) fn array(values: &[Option<Value>], target: &DataType) -> Result<ArrayRef, Fault> {
    Ok(match target {
        DataType::Null if values.iter().all(Option::is_none) => Arc::new(NullArray::new(values.len())),
        DataType::Boolean => Arc::new(collect::<bool, BooleanArray>(values, Value::to_bool)?),
        DataType::Int8 => integers::<Int8Type>(values)?,
        DataType::Int16 => integers::<Int16Type>(values)?,
        DataType::Int32 => integers::<Int32Type>(values)?,
        DataType::Int64 => integers::<Int64Type>(values)?,
        DataType::UInt8 => integers::<UInt8Type>(values)?,
        DataType::UInt16 => integers::<UInt16Type>(values)?,
        DataType::UInt32 => integers::<UInt32Type>(values)?,
        DataType::UInt64 => integers::<UInt64Type>(values)?,
        DataType::Float16 => primitives::<Float16Type>(values, |value| Ok(half_from(value.to_f64()?)))?,
        DataType::Float32 => primitives::<Float32Type>(values, |value| Ok(value.to_f64()? as f32))?,
        DataType::Float64 => primitives::<Float64Type>(values, Value::to_f64)?,
        DataType::Decimal128(..) | DataType::Decimal256(..) => decimals(values, target)?,
        DataType::Utf8 => Arc::new(collect::<String, StringArray>(values, Value::to_text)?),
        DataType::LargeUtf8 => Arc::new(collect::<String, LargeStringArray>(values, Value::to_text)?),
        DataType::Utf8View => Arc::new(collect::<String, StringViewArray>(values, Value::to_text)?),
        DataType::Binary => Arc::new(collect::<Vec<u8>, BinaryArray>(values, Value::to_bytes)?),
        DataType::LargeBinary => Arc::new(collect::<Vec<u8>, LargeBinaryArray>(values, Value::to_bytes)?),
        DataType::BinaryView => Arc::new(collect::<Vec<u8>, BinaryViewArray>(values, Value::to_bytes)?),
        DataType::FixedSizeBinary(size) => fixed_size(values, *size)?,
        DataType::List(field) => {
            let (elements, lengths, nulls) = elements(values, field)?;
            let list = ListArray::try_new(Arc::clone(field), OffsetBuffer::from_lengths(lengths), elements, nulls);
            Arc::new(list.map_err(|_| Fault::Mismatch)?)
        }
        DataType::LargeList(field) => {
            let (elements, lengths, nulls) = elements(values, field)?;
            let list = LargeListArray::try_new(Arc::clone(field), OffsetBuffer::from_lengths(lengths), elements, nulls);
            Arc::new(list.map_err(|_| Fault::Mismatch)?)
        }
        DataType::Dictionary(_, value) => {
            let plain = array(values, value)?;
            arrow::compute::cast(&plain, target).map_err(|_| Fault::Mismatch)?
        }
        _ => return temporals(values, target),
    })
}

fn temporals(values: &[Option<Value>], target: &DataType) -> Result<ArrayRef, Fault> {
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    Ok(match target {
        DataType::Date32 => primitives::<Date32Type>(values, Value::to_date)?,
        DataType::Date64 => primitives::<Date64Type>(values, |value| Ok(i64::from(value.to_date()?) * 86_400_000))?,
        DataType::Time32(Second) => primitives::<Time32SecondType>(values, |value| narrow(in_unit(value.to_time()?, Second)?))?,
        DataType::Time32(_) => {
            primitives::<Time32MillisecondType>(values, |value| narrow(in_unit(value.to_time()?, Millisecond)?))?
        }
        DataType::Time64(Nanosecond) => {
            primitives::<Time64NanosecondType>(values, |value| in_unit(value.to_time()?, Nanosecond))?
        }
        DataType::Time64(_) => primitives::<Time64MicrosecondType>(values, Value::to_time)?,
        DataType::Timestamp(Second, _) => timestamps::<TimestampSecondType>(values, target, Second)?,
        DataType::Timestamp(Millisecond, _) => timestamps::<TimestampMillisecondType>(values, target, Millisecond)?,
        DataType::Timestamp(Microsecond, _) => timestamps::<TimestampMicrosecondType>(values, target, Microsecond)?,
        DataType::Timestamp(Nanosecond, _) => timestamps::<TimestampNanosecondType>(values, target, Nanosecond)?,
        DataType::Interval(IntervalUnit::YearMonth) => {
            primitives::<IntervalYearMonthType>(values, |value| match value.to_interval()? {
                Interval { months, days: 0, micros: 0 } => Ok(months),
                _ => Err(Fault::Precision),
            })?
        }
        DataType::Interval(IntervalUnit::DayTime) => {
            primitives::<IntervalDayTimeType>(values, |value| match value.to_interval()? {
                Interval { months: 0, days, micros } => Ok(IntervalDayTime::new(days, narrow(in_unit(micros, Millisecond)?)?)),
                _ => Err(Fault::Precision),
            })?
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => primitives::<IntervalMonthDayNanoType>(values, |value| {
            let Interval { months, days, micros } = value.to_interval()?;
            Ok(IntervalMonthDayNano::new(months, days, in_unit(micros, Nanosecond)?))
        })?,
        DataType::Duration(Second) => primitives::<DurationSecondType>(values, |value| in_unit(value.to_duration()?, Second))?,
        DataType::Duration(Millisecond) => {
            primitives::<DurationMillisecondType>(values, |value| in_unit(value.to_duration()?, Millisecond))?
        }
        DataType::Duration(Microsecond) => primitives::<DurationMicrosecondType>(values, Value::to_duration)?,
        DataType::Duration(Nanosecond) => {
            primitives::<DurationNanosecondType>(values, |value| in_unit(value.to_duration()?, Nanosecond))?
        }
        _ => return Err(Fault::Mismatch),
    })
}

fn collect<T, A: FromIterator<Option<T>>>(
    values: &[Option<Value>],
    convert: impl Fn(&Value) -> Result<T, Fault>,
) -> Result<A, Fault> {
    values.iter().map(|value| value.as_ref().map(&convert).transpose()).collect()
}

fn primitives<T: ArrowPrimitiveType>(
    values: &[Option<Value>],
    convert: impl Fn(&Value) -> Result<T::Native, Fault>,
) -> Result<ArrayRef, Fault> {
    let natives: Vec<Option<T::Native>> = collect(values, convert)?;
    Ok(Arc::new(PrimitiveArray::<T>::from_iter(natives)))
}

fn integers<T: ArrowPrimitiveType<Native: TryFrom<i128>>>(values: &[Option<Value>]) -> Result<ArrayRef, Fault> {
    primitives::<T>(values, |value| value.to_integer()?.try_into().map_err(|_| Fault::NumberRange))
}

fn timestamps<T: ArrowPrimitiveType<Native = i64>>(
    values: &[Option<Value>],
    target: &DataType,
    unit: TimeUnit,
) -> Result<ArrayRef, Fault> {
    let natives: Vec<Option<i64>> = collect(values, |value| in_unit(value.to_timestamp()?, unit))?;
    Ok(Arc::new(PrimitiveArray::<T>::from_iter(natives).with_data_type(target.clone())))
}

fn decimals(values: &[Option<Value>], target: &DataType) -> Result<ArrayRef, Fault> {
    match *target {
        DataType::Decimal128(precision, scale) => {
            let natives: Vec<Option<i128>> =
                collect(values, |value| value.to_numeric()?.unscaled(precision, scale)?.parse().map_err(|_| Fault::NumberRange))?;
            let array = PrimitiveArray::<Decimal128Type>::from_iter(natives).with_precision_and_scale(precision, scale);
            Ok(Arc::new(array.map_err(|_| Fault::NumberRange)?))
        }
        DataType::Decimal256(precision, scale) => {
            let natives: Vec<Option<i256>> = collect(values, |value| {
                i256::from_string(&value.to_numeric()?.unscaled(precision, scale)?).ok_or(Fault::NumberRange)
            })?;
            let array = PrimitiveArray::<Decimal256Type>::from_iter(natives).with_precision_and_scale(precision, scale);
            Ok(Arc::new(array.map_err(|_| Fault::NumberRange)?))
        }
        _ => Err(Fault::Mismatch),
    }
}

fn fixed_size(values: &[Option<Value>], size: i32) -> Result<ArrayRef, Fault> {
    let mut builder = FixedSizeBinaryBuilder::new(size);
    for value in values {
        match value {
            None => builder.append_null(),
            Some(value) => builder.append_value(value.to_bytes()?).map_err(|_| Fault::Mismatch)?,
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// All elements of all rows, the number of each row's, and which rows are NULL.
fn elements(values: &[Option<Value>], field: &FieldRef) -> Result<(ArrayRef, Vec<usize>, Option<NullBuffer>), Fault> {
    let mut flat = Vec::new();
    let mut lengths = Vec::with_capacity(values.len());
    for value in values {
        match value {
            None => lengths.push(0),
            Some(Value::Array(items)) => {
                lengths.push(items.len());
                flat.extend(items.iter().cloned());
            }
            Some(_) => return Err(Fault::Mismatch),
        }
    }
    let nulls = NullBuffer::from_iter(values.iter().map(Option::is_some));
    let elements = array(&flat, field.data_type())?;
    Ok((elements, lengths, Some(nulls).filter(|nulls| nulls.null_count() > 0)))
}

/// Microseconds in another unit; a coarser one must hold the value exactly.
fn in_unit(micros: i64, unit: TimeUnit) -> Result<i64, Fault> {
    let exact = |divisor: i64| if micros % divisor == 0 { Ok(micros / divisor) } else { Err(Fault::Precision) };
    match unit {
        TimeUnit::Second => exact(1_000_000),
        TimeUnit::Millisecond => exact(1_000),
        TimeUnit::Microsecond => Ok(micros),
        TimeUnit::Nanosecond => micros.checked_mul(1_000).ok_or(Fault::DatetimeRange),
    }
}

fn narrow(value: i64) -> Result<i32, Fault> {
    i32::try_from(value).map_err(|_| Fault::DatetimeRange)
}

fn half_from(value: f64) -> <Float16Type as ArrowPrimitiveType>::Native {
    <Float16Type as ArrowPrimitiveType>::Native::from_f64(value)
}

impl Value {
    fn to_bool(&self) -> Result<bool, Fault> {
        match self {
            Self::Bool(value) => Ok(*value),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_integer(&self) -> Result<i128, Fault> {
        match self {
            Self::Integer(value) => Ok(i128::from(*value)),
            Self::Numeric(numeric) => numeric.unscaled(38, 0)?.parse().map_err(|_| Fault::NumberRange),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_f64(&self) -> Result<f64, Fault> {
        match self {
            Self::Float(value) => Ok(*value),
            Self::Integer(value) => Ok(*value as f64),
            Self::Numeric(numeric) => numeric.to_f64(),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_numeric(&self) -> Result<Numeric, Fault> {
        match self {
            Self::Numeric(numeric) => Ok(numeric.clone()),
            Self::Integer(value) => Ok(Numeric::from_integer(*value)),
            Self::Float(value) => Numeric::parse(&value.to_string()),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_text(&self) -> Result<String, Fault> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Integer(value) => Ok(value.to_string()),
            Self::Uuid(bytes) => Ok(uuid_text(bytes)),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.to_vec()),
            Self::Uuid(bytes) => Ok(bytes.to_vec()),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_date(&self) -> Result<i32, Fault> {
        match self {
            Self::Date(days) => Ok(*days),
            Self::Timestamp(micros) if micros % DAY_MICROS == 0 => narrow(micros / DAY_MICROS),
            Self::Timestamp(_) => Err(Fault::Precision),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_time(&self) -> Result<i64, Fault> {
        match self {
            Self::Time(micros) => Ok(*micros),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_timestamp(&self) -> Result<i64, Fault> {
        match self {
            Self::Timestamp(micros) => Ok(*micros),
            Self::Date(days) => Ok(i64::from(*days) * DAY_MICROS),
            _ => Err(Fault::Mismatch),
        }
    }

    fn to_interval(&self) -> Result<Interval, Fault> {
        match self {
            Self::Interval(interval) => Ok(*interval),
            _ => Err(Fault::Mismatch),
        }
    }

    /// An interval without months, in microseconds.
    fn to_duration(&self) -> Result<i64, Fault> {
        match self.to_interval()? {
            Interval { months: 0, days, micros } => {
                (i64::from(days) * DAY_MICROS).checked_add(micros).ok_or(Fault::DatetimeRange)
            }
            _ => Err(Fault::Precision),
        }
    }
}
