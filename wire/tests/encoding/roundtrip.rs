//! What the encoder writes reads back as the same value: by this crate's own decoder, and by the client library's.

use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::*;
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{Field, IntervalMonthDayNano};
use bytes::Bytes;
use cilake_wire::backend::PgParameter;
use cilake_wire::decode::decode_parameters;
use cilake_wire::encode::Format;
use cilake_wire::frontend::Bind;
use cilake_wire::types::pg_type;
use proptest::prelude::*;
use tokio_postgres::types::{FromSqlOwned, Type};

use crate::rows::{field, shared, try_cells};

/// Encodes and decodes each row in both formats.
fn comes_back(array: ArrayRef) {
    for (code, format) in [(0, Format::Text), (1, Format::Binary)] {
        for (row, cell) in try_cells(field(&array), Arc::clone(&array), format).unwrap().into_iter().enumerate() {
            let bind = Bind { parameter_formats: vec![code], parameters: vec![cell.map(Bytes::from)], ..Bind::default() };
            let parameter = PgParameter { oid: pg_type(&field(&array)).oid, data_type: array.data_type().clone() };
            let back = decode_parameters(&bind, &[parameter]).unwrap().remove(0);
            assert_eq!(&back, &array.slice(row, 1), "{format:?}");
        }
    }
}

/// One array of one dimension with all rows.
fn gathered(array: &ArrayRef) -> ArrayRef {
    let item = Arc::new(Field::new_list_field(array.data_type().clone(), true));
    shared(ListArray::new(item, OffsetBuffer::from_lengths([array.len()]), Arc::clone(array), None))
}

/// Decodes each binary cell as the client library does.
fn client_reads<T: FromSqlOwned + PartialEq + Debug>(array: &ArrayRef, kind: &Type, expected: &[T]) {
    let cells = try_cells(field(array), Arc::clone(array), Format::Binary).unwrap();
    let read: Vec<T> = cells.iter().map(|cell| T::from_sql_nullable(kind, cell.as_deref()).unwrap()).collect();
    assert_eq!(read, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn integers(values in prop::collection::vec(any::<Option<i64>>(), 1..8)) {
        let array = shared(Int64Array::from(values.clone()));
        client_reads(&array, &Type::INT8, &values);
        client_reads(&gathered(&array), &Type::INT8_ARRAY, std::slice::from_ref(&values));
        comes_back(gathered(&array));
        comes_back(array);
        comes_back(shared(Int16Array::from(values.iter().map(|value| value.map(|value| value as i16)).collect::<Vec<_>>())));
        comes_back(shared(UInt64Array::from(values.iter().map(|value| value.map(|value| value as u64)).collect::<Vec<_>>())));
    }

    #[test]
    fn floats(values in prop::collection::vec(any::<Option<f64>>(), 1..8)) {
        let array = shared(Float64Array::from(values.clone()));
        client_reads(&array, &Type::FLOAT8, &values);
        comes_back(gathered(&array));
        comes_back(array);
    }

    #[test]
    fn texts(values in prop::collection::vec(any::<Option<String>>(), 1..8)) {
        let array = shared(StringArray::from(values.clone()));
        client_reads(&array, &Type::TEXT, &values);
        client_reads(&gathered(&array), &Type::TEXT_ARRAY, std::slice::from_ref(&values));
        comes_back(gathered(&array));
        comes_back(array);
    }

    #[test]
    fn bytes(values in prop::collection::vec(any::<Option<Vec<u8>>>(), 1..8)) {
        let array = shared(BinaryArray::from_iter(values.clone()));
        client_reads(&array, &Type::BYTEA, &values);
        comes_back(gathered(&array));
        comes_back(array);
    }

    #[test]
    fn decimals(values in prop::collection::vec(any::<i128>(), 1..8), scale in -4i8..38, shift in 0u32..120) {
        let values: Vec<i128> = values.into_iter().map(|value| (value >> shift) % 10i128.pow(38)).collect();
        comes_back(shared(Decimal128Array::from(values).with_precision_and_scale(38, scale).unwrap()));
    }

    #[test]
    fn days_and_moments(
        days in prop::collection::vec(-2_440_588..2_145_042_906, 1..8),
        micros in prop::collection::vec(-210_866_803_200_000_000..i64::MAX, 1..8),
        times in prop::collection::vec(0..=86_400_000_000i64, 1..8),
    ) {
        comes_back(shared(Date32Array::from(days)));
        comes_back(gathered(&shared(TimestampMicrosecondArray::from(micros.clone()))));
        comes_back(shared(TimestampMicrosecondArray::from(micros).with_timezone("+05:30")));
        comes_back(shared(Time64MicrosecondArray::from(times)));
    }

    /// In the hour that a clock shows twice a text without its offset would be ambiguous; with it, it is not.
    #[test]
    fn moments_in_a_zone_with_summer_time(seconds in prop::collection::vec(0..2_000_000_000i64, 1..8)) {
        comes_back(shared(TimestampSecondArray::from(seconds).with_timezone("America/New_York")));
    }

    #[test]
    fn intervals(parts in prop::collection::vec(any::<(i32, i32, i64)>(), 1..8)) {
        let interval = |(months, days, nanoseconds): (i32, i32, i64)| IntervalMonthDayNano::new(months, days, nanoseconds / 1_000 * 1_000);
        comes_back(shared(IntervalMonthDayNanoArray::from(parts.into_iter().map(interval).collect::<Vec<_>>())));
    }

    #[test]
    fn booleans(values in prop::collection::vec(any::<Option<bool>>(), 1..8)) {
        let array = shared(BooleanArray::from(values.clone()));
        client_reads(&array, &Type::BOOL, &values);
        comes_back(gathered(&array));
        comes_back(array);
    }
}
