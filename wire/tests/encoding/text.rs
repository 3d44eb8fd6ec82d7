//! Text forms.

use arrow::array::*;
use arrow::datatypes::{Field, Int8Type, Int32Type, IntervalDayTime, IntervalMonthDayNano, i256};
use cilake_wire::encode::Format;
use proptest::prelude::ProptestConfig;

use crate::rows::{field, shared, text, try_cells};

#[test]
fn integers_booleans_and_nulls() {
    assert_eq!(text(shared(BooleanArray::from(vec![Some(true), Some(false), None]))), ["t", "f", "NULL"]);
    assert_eq!(text(shared(Int8Array::from(vec![i8::MIN, i8::MAX]))), ["-128", "127"]);
    assert_eq!(text(shared(Int64Array::from(vec![Some(i64::MIN), None]))), ["-9223372036854775808", "NULL"]);
    assert_eq!(text(shared(UInt64Array::from(vec![u64::MAX]))), ["18446744073709551615"]);
    assert_eq!(text(shared(NullArray::new(2))), ["NULL", "NULL"]);
}

/// The last two of the large numbers are those for which the shortest digits lie exactly between two floats: PostgreSQL writes one more.
#[test]
fn float8_as_postgres_lays_it_out() {
    let values = [
        (1e14, "100000000000000"),
        (123_456_789_012_345.0, "123456789012345"),
        (1e15, "1e+15"),
        (1_234_567_890_123_456.0, "1.234567890123456e+15"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e-7, "1.5e-07"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (4.35, "4.35"),
        (-0.0, "-0"),
        (2.5e20, "2.5e+20"),
        (9_007_199_254_740_993.0, "9.007199254740992e+15"),
        (18_014_398_509_481_988.0, "1.8014398509481988e+16"),
        (18_014_398_509_481_992.0, "1.8014398509481992e+16"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    let (numbers, texts): (Vec<f64>, Vec<&str>) = values.into_iter().unzip();
    assert_eq!(text(shared(Float64Array::from(numbers))), texts);
}

#[test]
fn float4_as_postgres_lays_it_out() {
    let values = [
        (0.1, "0.1"),
        (100_000.0, "100000"),
        (999_999.0, "999999"),
        (1e6, "1e+06"),
        (1_234_567.0, "1.234567e+06"),
        (16_777_216.0, "1.6777216e+07"),
        (0.00001, "1e-05"),
        (f32::MAX, "3.4028235e+38"),
        (1e-45, "1e-45"),
        (8_388_608.5, "8.388608e+06"),
        (33_554_434.0, "3.3554432e+07"),
    ];
    let (numbers, texts): (Vec<f32>, Vec<&str>) = values.into_iter().unzip();
    assert_eq!(text(shared(Float32Array::from(numbers))), texts);
}

#[test]
fn decimals_keep_their_scale_and_all_their_digits() {
    let decimal = |value: i128, precision, scale| {
        text(shared(Decimal128Array::from(vec![value]).with_precision_and_scale(precision, scale).unwrap())).remove(0)
    };
    assert_eq!(decimal(1_230, 18, 2), "12.30");
    assert_eq!(decimal(-5, 18, 3), "-0.005");
    assert_eq!(decimal(0, 18, 2), "0.00");
    assert_eq!(decimal(12, 5, -2), "1200");
    // 38 digits: more than a 96-bit decimal holds.
    assert_eq!(decimal(10i128.pow(38) - 1, 38, 10), "9999999999999999999999999999.9999999999");
    let wide = i256::from_string(&format!("-{}", "123456789".repeat(8))).unwrap();
    let wide = Decimal256Array::from(vec![wide]).with_precision_and_scale(76, 4).unwrap();
    let digits = "123456789".repeat(8);
    assert_eq!(text(shared(wide)), [format!("-{}.{}", &digits[..68], &digits[68..])]);
}

#[test]
fn dates_before_christ_and_beyond_year_9999() {
    let days = vec![0, -719_163, -735_160, 11_016, 2_932_897, 2_145_042_905, -2_440_588];
    let dates = ["1970-01-01", "0001-12-31 BC", "0044-03-15 BC", "2000-02-29", "10000-01-01", "5874897-12-31", "4714-11-24 BC"];
    // `SELECT date '1970-01-01' + n`
    assert_eq!(text(shared(Date32Array::from(vec![-719_163]))), ["0001-12-31 BC"]);
    assert_eq!(text(shared(Date32Array::from(days))), dates);
    assert_eq!(text(shared(Date64Array::from(vec![-1, 86_400_000]))), ["1969-12-31", "1970-01-02"]);
}

#[test]
fn days_and_moments_that_postgres_cannot_hold_are_errors() {
    let out_of_range: [ArrayRef; 4] = [
        shared(Date32Array::from(vec![2_145_042_906])),
        shared(Date32Array::from(vec![-2_440_589])),
        shared(TimestampSecondArray::from(vec![i64::MAX])),
        shared(TimestampMicrosecondArray::from(vec![i64::MIN])),
    ];
    for array in out_of_range {
        for format in [Format::Text, Format::Binary] {
            let error = try_cells(field(&array), array.clone(), format).unwrap_err();
            assert_eq!(error.code, "22008");
            assert!(error.message.starts_with("column \"c\": "), "{}", error.message);
        }
    }
}

#[test]
fn times_and_fractions() {
    let times = vec![0, 86_400_000_000, 14_706_700_000, 1];
    assert_eq!(text(shared(Time64MicrosecondArray::from(times))), ["00:00:00", "24:00:00", "04:05:06.7", "00:00:00.000001"]);
    assert_eq!(text(shared(Time32SecondArray::from(vec![3_661]))), ["01:01:01"]);
    assert_eq!(text(shared(Time32MillisecondArray::from(vec![3_661_020]))), ["01:01:01.02"]);
    assert_eq!(text(shared(Time64NanosecondArray::from(vec![1_999]))), ["00:00:00.000001"]);
}

#[test]
fn timestamps_of_every_unit() {
    assert_eq!(text(shared(TimestampSecondArray::from(vec![1_582_934_400]))), ["2020-02-29 00:00:00"]);
    assert_eq!(text(shared(TimestampMillisecondArray::from(vec![-1]))), ["1969-12-31 23:59:59.999"]);
    assert_eq!(text(shared(TimestampMicrosecondArray::from(vec![1_582_934_400_120_000]))), ["2020-02-29 00:00:00.12"]);
    // Cut, not rounded: a nanosecond before midnight is still the day before.
    assert_eq!(text(shared(TimestampNanosecondArray::from(vec![-1]))), ["1969-12-31 23:59:59.999999"]);
}

/// `SET timezone = 'Europe/Berlin'; SELECT '…+00'::timestamptz`
#[test]
fn timestamps_in_the_zone_of_their_column() {
    let moments = vec![-2_745_446_400i64, 1_591_012_800, -63_517_824_000];
    let berlin = TimestampSecondArray::from(moments.clone()).with_timezone("Europe/Berlin");
    assert_eq!(
        text(shared(berlin)),
        ["1883-01-01 00:53:28+00:53:28", "2020-06-01 14:00:00+02", "0044-03-15 00:53:28+00:53:28 BC"]
    );
    let utc = TimestampSecondArray::from(moments).with_timezone("+00:00");
    assert_eq!(text(shared(utc)), ["1883-01-01 00:00:00+00", "2020-06-01 12:00:00+00", "0044-03-15 00:00:00+00 BC"]);
    // Around the change to summer time the offset is not that of the hour before.
    let change = TimestampSecondArray::from(vec![1_585_443_599, 1_585_443_600]).with_timezone("europe/berlin");
    assert_eq!(text(shared(change)), ["2020-03-29 01:59:59+01", "2020-03-29 03:00:00+02"]);
    let unknown = shared(TimestampSecondArray::from(vec![0]).with_timezone("Mars/Olympus"));
    assert_eq!(try_cells(field(&unknown), unknown, Format::Text).unwrap_err().code, "22023");
}

#[test]
fn intervals_in_the_style_of_postgres() {
    let interval = |months, days, micros: i64| IntervalMonthDayNano::new(months, days, micros * 1_000);
    let values = vec![
        Some(interval(14, 3, 14_706_700_000)),
        Some(interval(-14, 3, -14_706_000_000)),
        Some(interval(1, -1, 0)),
        Some(interval(0, -1, 3_600_000_000)),
        Some(interval(0, 0, 0)),
        Some(interval(0, 0, 360_000_000_000)),
        Some(interval(0, 0, -1)),
        Some(interval(25, 0, 0)),
        Some(interval(-1, 1, 0)),
        None,
    ];
    let texts = [
        "1 year 2 mons 3 days 04:05:06.7",
        "-1 years -2 mons +3 days -04:05:06",
        "1 mon -1 days",
        "-1 days +01:00:00",
        "00:00:00",
        "100:00:00",
        "-00:00:00.000001",
        "2 years 1 mon",
        "-1 mons +1 day",
        "NULL",
    ];
    assert_eq!(text(shared(IntervalMonthDayNanoArray::from(values))), texts);
    assert_eq!(text(shared(IntervalYearMonthArray::from(vec![-13]))), ["-1 years -1 mons"]);
    assert_eq!(text(shared(IntervalDayTimeArray::from(vec![IntervalDayTime::new(2, -500)]))), ["2 days -00:00:00.5"]);
    assert_eq!(text(shared(DurationSecondArray::from(vec![90_061]))), ["25:01:01"]);
}

#[test]
fn texts_and_bytes_of_every_layout() {
    let words = vec![Some("naïve"), None, Some("")];
    assert_eq!(text(shared(StringArray::from(words.clone()))), ["naïve", "NULL", ""]);
    assert_eq!(text(shared(LargeStringArray::from(words.clone()))), ["naïve", "NULL", ""]);
    assert_eq!(text(shared(StringViewArray::from(words))), ["naïve", "NULL", ""]);
    let bytes: Vec<Option<&[u8]>> = vec![Some(b"\x00\xff"), None, Some(b"")];
    for array in [
        shared(BinaryArray::from(bytes.clone())),
        shared(LargeBinaryArray::from(bytes.clone())),
        shared(BinaryViewArray::from(bytes)),
    ] {
        assert_eq!(text(array), ["\\x00ff", "NULL", "\\x"]);
    }
}

#[test]
fn dictionaries_and_runs_are_their_values() {
    let dictionary: DictionaryArray<Int8Type> = vec![Some("a"), None, Some("b"), Some("a")].into_iter().collect();
    assert_eq!(text(shared(dictionary)), ["a", "NULL", "b", "a"]);
    let empty: DictionaryArray<Int8Type> = vec![None::<&str>, None].into_iter().collect();
    assert_eq!(text(shared(empty)), ["NULL", "NULL"]);
    // A NULL among the values of the dictionary, not among its keys.
    let values = StringArray::from(vec![Some("x"), None]);
    let dictionary = DictionaryArray::<Int8Type>::new(Int8Array::from(vec![1, 0]), shared(values));
    assert_eq!(text(shared(dictionary)), ["NULL", "x"]);
    let runs = RunArray::<Int32Type>::try_new(&Int32Array::from(vec![2, 3]), &Int64Array::from(vec![Some(7), None])).unwrap();
    assert_eq!(text(shared(runs.clone())), ["7", "7", "NULL"]);
    assert_eq!(text(shared(runs.slice(1, 2))), ["7", "NULL"]);
}

#[test]
fn slices_start_where_they_start() {
    let numbers = Int32Array::from(vec![Some(1), None, Some(3)]);
    assert_eq!(text(shared(numbers.slice(1, 2))), ["NULL", "3"]);
}

#[test]
fn a_batch_of_another_type_is_refused() {
    let declared = Field::new("c", arrow::datatypes::DataType::Int32, true);
    let schema = std::sync::Arc::new(arrow::datatypes::Schema::new(vec![declared]));
    let encoder = cilake_wire::encode::RowEncoder::new(&schema, &[]).unwrap();
    let batch = RecordBatch::try_from_iter([("c", shared(Int64Array::from(vec![1])))]).unwrap();
    let error = encoder.bind(&batch).err().unwrap();
    assert_eq!(error.message, "column \"c\": expected batches with type Int32, this one has Int64");
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_float_reads_back(bits: u64, short: f32) {
        let value = f64::from_bits(bits);
        let written = text(shared(Float64Array::from(vec![value]))).remove(0);
        let read: f64 = written.parse().unwrap();
        assert!(read == value || value.is_nan(), "{written}");
        let written = text(shared(Float32Array::from(vec![short]))).remove(0);
        assert!(written.parse::<f32>().unwrap() == short || short.is_nan(), "{written}");
    }
}
