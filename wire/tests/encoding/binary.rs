//! Binary forms.

use arrow::array::*;
use arrow::datatypes::IntervalMonthDayNano;

use crate::rows::{hex, shared};

#[test]
fn numbers_in_the_width_of_their_type() {
    assert_eq!(hex(shared(BooleanArray::from(vec![Some(true), Some(false), None]))), ["01", "00", "NULL"]);
    // No type of one byte in PostgreSQL: int2.
    assert_eq!(hex(shared(Int8Array::from(vec![-1]))), ["ffff"]);
    assert_eq!(hex(shared(UInt8Array::from(vec![255]))), ["00ff"]);
    assert_eq!(hex(shared(Int16Array::from(vec![-2]))), ["fffe"]);
    assert_eq!(hex(shared(UInt16Array::from(vec![65_535]))), ["0000ffff"]);
    assert_eq!(hex(shared(UInt32Array::from(vec![u32::MAX]))), ["00000000ffffffff"]);
    assert_eq!(hex(shared(Int64Array::from(vec![-1]))), ["ffffffffffffffff"]);
    assert_eq!(hex(shared(Float32Array::from(vec![1.0]))), ["3f800000"]);
    assert_eq!(hex(shared(Float64Array::from(vec![-0.0]))), ["8000000000000000"]);
    assert_eq!(
        hex(shared(Float16Array::from(Float32Array::from(vec![1.5]).iter().map(|v| v.map(half)).collect::<Vec<_>>()))),
        ["3fc00000"]
    );
}

fn half(value: f32) -> <arrow::datatypes::Float16Type as ArrowPrimitiveType>::Native {
    <arrow::datatypes::Float16Type as ArrowPrimitiveType>::Native::from_f32(value)
}

/// `encode(numeric_send(value), 'hex')`
#[test]
fn numerics() {
    let numeric = |value: i128, scale| {
        hex(shared(Decimal128Array::from(vec![value]).with_precision_and_scale(38, scale).unwrap())).remove(0)
    };
    for (value, scale, expected) in [
        (0, 0, "0000000000000000"),
        (1, 0, "00010000000000000001"),
        (-1, 0, "00010000400000000001"),
        (10_000, 0, "00010001000000000001"),
        (1, 4, "0001ffff000000040001"),
        (123_456_789, 4, "0003000100000004000109291a85"),
        (0, 2, "0000000000000002"),
        (1_200, 0, "000100000000000004b0"),
        (-5, 3, "0001ffff400000030032"),
        (10i128.pow(38) - 1, 0, "000a0009000000000063270f270f270f270f270f270f270f270f270f"),
        (1_230, 2, "0002000000000002000c0bb8"),
        (-100_000_000, 2, "00010001400000020064"),
    ] {
        assert_eq!(numeric(value, scale), expected, "{value} with scale {scale}");
    }
    assert_eq!(hex(shared(UInt64Array::from(vec![10_000]))), ["00010001000000000001"]);
}

#[test]
fn moments_count_from_the_year_2000() {
    let interval = IntervalMonthDayNano::new(14, 3, 14_706_700_000_000);
    assert_eq!(
        hex(shared(IntervalMonthDayNanoArray::from(vec![Some(interval), None]))),
        ["000000036c966ee0000000030000000e", "NULL"]
    );
    assert_eq!(
        hex(shared(TimestampMicrosecondArray::from(vec![1_582_979_696_789_012]).with_timezone("Asia/Tokyo"))),
        ["000242b4f34ba614"]
    );
    assert_eq!(hex(shared(Date32Array::from(vec![-165]))), ["ffffd48e"]);
    assert_eq!(hex(shared(Time64MicrosecondArray::from(vec![86_400_000_000]))), ["000000141dd76000"]);
    assert_eq!(hex(shared(TimestampSecondArray::from(vec![-63_517_824_000]))), ["ff1af9deec5b2000"]);
}

#[test]
fn texts_and_bytes_as_they_are() {
    assert_eq!(hex(shared(StringArray::from(vec!["é"]))), ["c3a9"]);
    assert_eq!(hex(shared(BinaryArray::from(vec![&b"\x00\x01"[..]]))), ["0001"]);
}
