//! The common type of one column in two files: the narrowest type that holds every value of both without loss.

use std::sync::Arc;

use datafusion::arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Field, FieldRef, Fields, TimeUnit,
};

/// The common type, or `None` if there is none without loss.
///
/// Whole numbers widen to wider whole numbers, to decimals with enough digits and to floats that hold them exactly; dates
/// widen to timestamps; timestamps and times to the finer unit; text and binary of all encodings are one type each; lists
/// and structs widen by their elements and fields.
pub(super) fn common_type(left: &DataType, right: &DataType) -> Option<DataType> {
    use DataType::*;
    if left == right {
        return Some(left.clone());
    }
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return left.common(right);
    }
    match (left, right) {
        (Null, other) | (other, Null) => Some(other.clone()),
        (Dictionary(_, value), other) | (other, Dictionary(_, value)) => common_type(value, other),
        (Utf8 | LargeUtf8 | Utf8View, Utf8 | LargeUtf8 | Utf8View) => Some(Utf8View),
        (Binary | LargeBinary | BinaryView, Binary | LargeBinary | BinaryView) => Some(BinaryView),
        (Date32, Date64) | (Date64, Date32) => Some(Date64),
        (Date32, Timestamp(unit, None)) | (Timestamp(unit, None), Date32) => Some(Timestamp(*unit, None)),
        (Date64, Timestamp(unit, None)) | (Timestamp(unit, None), Date64) => {
            Some(Timestamp(finer(*unit, TimeUnit::Millisecond), None))
        }
        (Timestamp(left, None), Timestamp(right, None)) => Some(Timestamp(finer(*left, *right), None)),
        (Timestamp(left, Some(zone)), Timestamp(right, Some(other))) => {
            // Both are moments; a zone says how to show them, and two ways of showing meet at UTC.
            let zone = if zone == other { Arc::clone(zone) } else { Arc::from("UTC") };
            Some(Timestamp(finer(*left, *right), Some(zone)))
        }
        (Time32(left) | Time64(left), Time32(right) | Time64(right)) => Some(match finer(*left, *right) {
            unit @ (TimeUnit::Second | TimeUnit::Millisecond) => Time32(unit),
            unit => Time64(unit),
        }),
        (List(left) | FixedSizeList(left, _), List(right) | FixedSizeList(right, _)) => common_element(left, right).map(List),
        (List(left) | LargeList(left) | FixedSizeList(left, _), List(right) | LargeList(right) | FixedSizeList(right, _)) => {
            common_element(left, right).map(LargeList)
        }
        (Struct(left), Struct(right)) => common_struct(left, right).map(Struct),
        _ => None,
    }
}

fn finer(left: TimeUnit, right: TimeUnit) -> TimeUnit {
    left.max(right)
}

fn common_element(left: &FieldRef, right: &FieldRef) -> Option<FieldRef> {
    let data_type = common_type(left.data_type(), right.data_type())?;
    Some(Arc::new(Field::new(left.name(), data_type, left.is_nullable() || right.is_nullable())))
}

/// Fields by name, those of the left first; a field that one side lacks is NULL there.
fn common_struct(left: &Fields, right: &Fields) -> Option<Fields> {
    let mut fields = Vec::with_capacity(left.len());
    for field in left {
        fields.push(match right.find(field.name()) {
            Some((_, other)) => common_element(field, other)?,
            None => Arc::new(field.as_ref().clone().with_nullable(true)),
        });
    }
    let only_right = right.iter().filter(|field| left.find(field.name()).is_none());
    fields.extend(only_right.map(|field| Arc::new(field.as_ref().clone().with_nullable(true))));
    Some(fields.into())
}

/// A numeric type by what it can hold.
#[derive(Clone, Copy)]
enum Number {
    Integer {
        signed: bool,
        bits: u32,
    },
    /// `bits` of whole numbers that it holds exactly.
    Float {
        bits: u32,
    },
    Decimal {
        precision: i32,
        scale: i32,
    },
}

impl Number {
    fn of(data_type: &DataType) -> Option<Self> {
        use DataType::*;
        let integer = |signed, bits| Some(Self::Integer { signed, bits });
        match data_type {
            Int8 => integer(true, 8),
            Int16 => integer(true, 16),
            Int32 => integer(true, 32),
            Int64 => integer(true, 64),
            UInt8 => integer(false, 8),
            UInt16 => integer(false, 16),
            UInt32 => integer(false, 32),
            UInt64 => integer(false, 64),
            Float16 => Some(Self::Float { bits: 11 }),
            Float32 => Some(Self::Float { bits: 24 }),
            Float64 => Some(Self::Float { bits: 53 }),
            Decimal32(precision, scale)
            | Decimal64(precision, scale)
            | Decimal128(precision, scale)
            | Decimal256(precision, scale) => Some(Self::Decimal { precision: i32::from(*precision), scale: i32::from(*scale) }),
            _ => None,
        }
    }

    fn common(self, other: Self) -> Option<DataType> {
        use Number::{Decimal, Float, Integer};
        match (self, other) {
            (Integer { signed, bits }, Integer { signed: other_signed, bits: other_bits }) => {
                if signed == other_signed {
                    return Some(integer_type(signed, bits.max(other_bits)));
                }
                let (signed_bits, unsigned_bits) = if signed { (bits, other_bits) } else { (other_bits, bits) };
                match signed_bits.max(unsigned_bits * 2) {
                    // 2^64 - 1 has 20 digits.
                    128.. => decimal_type(20, 0),
                    bits => Some(integer_type(true, bits)),
                }
            }
            (Integer { signed, bits }, Float { bits: held }) | (Float { bits: held }, Integer { signed, bits }) => {
                let needed = if signed { bits - 1 } else { bits };
                float_type(needed.max(held))
            }
            (Float { bits }, Float { bits: other }) => float_type(bits.max(other)),
            (Integer { signed, bits }, Decimal { precision, scale })
            | (Decimal { precision, scale }, Integer { signed, bits }) => {
                let digits = match (signed, bits) {
                    (_, 8) => 3,
                    (_, 16) => 5,
                    (_, 32) => 10,
                    (true, _) => 19,
                    (false, _) => 20,
                };
                let scale_common = scale.max(0);
                decimal_type(digits.max(precision - scale) + scale_common, scale_common)
            }
            (Decimal { precision, scale }, Decimal { precision: other_precision, scale: other_scale }) => {
                let scale_common = scale.max(other_scale);
                decimal_type((precision - scale).max(other_precision - other_scale) + scale_common, scale_common)
            }
            (Decimal { .. }, Float { .. }) | (Float { .. }, Decimal { .. }) => None,
        }
    }
}

fn integer_type(signed: bool, bits: u32) -> DataType {
    match (signed, bits) {
        (true, 8) => DataType::Int8,
        (true, 16) => DataType::Int16,
        (true, 32) => DataType::Int32,
        (true, _) => DataType::Int64,
        (false, 8) => DataType::UInt8,
        (false, 16) => DataType::UInt16,
        (false, 32) => DataType::UInt32,
        (false, _) => DataType::UInt64,
    }
}

fn float_type(bits: u32) -> Option<DataType> {
    match bits {
        ..=11 => Some(DataType::Float16),
        12..=24 => Some(DataType::Float32),
        25..=53 => Some(DataType::Float64),
        _ => None,
    }
}

fn decimal_type(precision: i32, scale: i32) -> Option<DataType> {
    let precision = u8::try_from(precision).ok()?;
    let scale = i8::try_from(scale).ok()?;
    if precision <= DECIMAL128_MAX_PRECISION {
        Some(DataType::Decimal128(precision, scale))
    } else if precision <= DECIMAL256_MAX_PRECISION {
        Some(DataType::Decimal256(precision, scale))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataType::*;

    /// Both orders must give the same type.
    fn common(left: &DataType, right: &DataType) -> Option<DataType> {
        let there = common_type(left, right);
        assert_eq!(there, common_type(right, left), "{left} and {right}");
        there
    }

    #[test]
    fn whole_numbers_and_floats_lose_nothing() {
        assert_eq!(common(&Int32, &Int64), Some(Int64));
        assert_eq!(common(&UInt8, &Int8), Some(Int16));
        assert_eq!(common(&UInt32, &Int64), Some(Int64));
        assert_eq!(common(&UInt64, &Int8), Some(Decimal128(20, 0)));
        assert_eq!(common(&Float32, &Float64), Some(Float64));
        // 2^24 + 1 is the first whole number that a float32 cannot hold, 2^53 + 1 the first for a float64 (IEEE 754).
        assert_eq!(common(&Int16, &Float32), Some(Float32));
        assert_eq!(common(&Int32, &Float32), Some(Float64));
        assert_eq!(common(&UInt32, &Float64), Some(Float64));
        assert_eq!(common(&Int64, &Float64), None);
    }

    #[test]
    fn decimals_keep_all_digits_on_both_sides_of_the_point() {
        assert_eq!(common(&Decimal128(10, 2), &Decimal128(12, 4)), Some(Decimal128(12, 4)));
        assert_eq!(common(&Decimal128(10, 0), &Decimal128(10, 10)), Some(Decimal128(20, 10)));
        assert_eq!(common(&Decimal128(38, 0), &Decimal128(38, 38)), Some(Decimal256(76, 38)));
        assert_eq!(common(&Int32, &Decimal128(10, 2)), Some(Decimal128(12, 2)));
        assert_eq!(common(&Decimal128(10, 2), &Float64), None);
    }

    #[test]
    fn times_text_and_what_clashes() {
        let zoned = |zone: &str| Timestamp(TimeUnit::Millisecond, Some(zone.into()));
        let plain = |unit| Timestamp(unit, None);
        assert_eq!(common(&Date32, &plain(TimeUnit::Microsecond)), Some(plain(TimeUnit::Microsecond)));
        assert_eq!(common(&plain(TimeUnit::Second), &plain(TimeUnit::Nanosecond)), Some(plain(TimeUnit::Nanosecond)));
        assert_eq!(common(&zoned("UTC"), &zoned("Europe/Berlin")), Some(zoned("UTC")));
        assert_eq!(common(&zoned("UTC"), &plain(TimeUnit::Millisecond)), None);
        assert_eq!(common(&Utf8, &LargeUtf8), Some(Utf8View));
        assert_eq!(common(&Dictionary(Box::new(Int32), Box::new(Utf8)), &Utf8View), Some(Utf8View));
        assert_eq!(common(&Null, &Boolean), Some(Boolean));
        assert_eq!(common(&Utf8, &Int64), None);
        assert_eq!(common(&Boolean, &Int8), None);
        assert_eq!(common(&Utf8, &Binary), None);
    }

    #[test]
    fn lists_and_structs_widen_inside() {
        let list = |data_type| List(Arc::new(Field::new("item", data_type, true)));
        assert_eq!(common(&list(Int32), &list(Int64)), Some(list(Int64)));
        assert_eq!(common(&list(Int32), &list(Utf8)), None);
        let one = Struct(vec![Field::new("a", Int32, false)].into());
        let two = Struct(vec![Field::new("a", Int64, false), Field::new("b", Utf8, false)].into());
        let both = Struct(vec![Field::new("a", Int64, false), Field::new("b", Utf8, true)].into());
        assert_eq!(common(&one, &two), Some(both));
    }
}
