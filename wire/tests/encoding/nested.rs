//! Arrays, structs and maps.

use std::sync::Arc;

use arrow::array::builder::*;
use arrow::array::*;
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Int32Type, IntervalMonthDayNano};
use cilake_wire::encode::Format;
use cilake_wire::types::{oid, pg_type};

use crate::rows::{field, hex, shared, text, try_cells};

/// One row with all the values as its elements.
fn list_of(values: ArrayRef) -> ArrayRef {
    let item = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    shared(ListArray::new(item, OffsetBuffer::from_lengths([values.len()]), values, None))
}

/// A list of lists of int4 as one row.
fn matrix(rows: Vec<Option<Vec<Option<i32>>>>) -> ArrayRef {
    list_of(shared(ListArray::from_iter_primitive::<Int32Type, _, _>(rows)))
}

/// `SELECT array[…]`
#[test]
fn elements_are_quoted_where_they_need_it() {
    let words = vec![
        Some("a"),
        Some(""),
        Some("NULL"),
        Some("null"),
        Some("x y"),
        Some("{}"),
        Some("\""),
        Some("\\"),
        Some("a,b"),
        None,
        Some("é"),
        Some("\n"),
    ];
    let expected = r#"{a,"","NULL","null","x y","{}","\"","\\","a,b",NULL,é,""#.to_owned() + "\n\"}";
    assert_eq!(text(list_of(shared(StringArray::from(words)))), [expected]);
    let day = IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(0, 1, 0)]);
    assert_eq!(text(list_of(shared(day))), [r#"{"1 day"}"#]);
    assert_eq!(text(list_of(shared(TimestampSecondArray::from(vec![1_577_836_800])))), [r#"{"2020-01-01 00:00:00"}"#]);
    assert_eq!(text(list_of(shared(BinaryArray::from(vec![&b"\x01"[..]])))), [r#"{"\\x01"}"#]);
    assert_eq!(text(list_of(shared(Date32Array::from(vec![18_262, -735_160])))), [r#"{2020-01-01,"0044-03-15 BC"}"#]);
    assert_eq!(text(list_of(shared(BooleanArray::from(vec![Some(true), None])))), ["{t,NULL}"]);
}

/// `encode(array_send(array[…]), 'hex')`
#[test]
fn arrays_in_binary() {
    let numbers = list_of(shared(Int32Array::from(vec![Some(1), None, Some(3)])));
    assert_eq!(hex(numbers), ["00000001000000010000001700000003000000010000000400000001ffffffff0000000400000003"]);
    let square = matrix(vec![Some(vec![Some(1), Some(2)]), Some(vec![Some(3), Some(4)])]);
    let expected = "000000020000000000000017000000020000000100000002000000010000000400000001000000040000000200000004000000030000000400000004";
    assert_eq!(hex(square), [expected]);
    assert_eq!(hex(list_of(shared(Int32Array::from(Vec::<i32>::new())))), ["000000000000000000000017"]);
}

#[test]
fn every_kind_of_list_is_an_array() {
    let rows = || vec![Some(vec![Some(1), Some(2)]), None, Some(vec![Some(3), None])];
    let expected = ["{1,2}", "NULL", "{3,NULL}"];
    assert_eq!(text(shared(ListArray::from_iter_primitive::<Int32Type, _, _>(rows()))), expected);
    assert_eq!(text(shared(LargeListArray::from_iter_primitive::<Int32Type, _, _>(rows()))), expected);
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>(rows(), 2);
    assert_eq!(text(shared(fixed.clone())), expected);
    assert_eq!(text(shared(fixed.slice(1, 2))), expected[1..]);
    assert_eq!(text(shared(ListArray::from_iter_primitive::<Int32Type, _, _>(rows()).slice(2, 1))), expected[2..]);
    let item = Arc::new(Field::new_list_field(DataType::Int32, true));
    let values = shared(Int32Array::from(vec![1, 2, 3]));
    let views = ListViewArray::new(item, vec![1, 0].into(), vec![2, 1].into(), values, None);
    assert_eq!(text(shared(views)), ["{2,3}", "{1}"]);
}

#[test]
fn more_dimensions() {
    let square = matrix(vec![Some(vec![Some(1), Some(2)]), Some(vec![Some(3), None])]);
    assert_eq!(pg_type(&field(&square)).oid, 1007);
    assert_eq!(text(square), ["{{1,2},{3,NULL}}"]);
    // `SELECT '{{},{}}'::int[]` is '{}'.
    assert_eq!(text(matrix(vec![Some(vec![]), Some(vec![])])), ["{}"]);
    assert_eq!(hex(matrix(vec![Some(vec![]), Some(vec![])])), ["000000000000000000000017"]);
    // Uneven lists can be shown but are no PostgreSQL array.
    let ragged = matrix(vec![Some(vec![Some(1)]), None, Some(vec![Some(2), Some(3)])]);
    assert_eq!(text(ragged.clone()), ["{{1},NULL,{2,3}}"]);
    assert_eq!(try_cells(field(&ragged), ragged, Format::Binary).unwrap_err().code, "2202E");
}

/// `SELECT to_json(row)`, zone Europe/Berlin.
#[test]
fn a_struct_is_json() {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("a", shared(Int32Array::from(vec![1]))),
        ("b", shared(StringArray::from(vec!["x\"y"]))),
        ("c", shared(Int32Array::from(vec![None::<i32>]))),
        ("d", list_of(shared(Int64Array::from(vec![1, 2])))),
        ("e", shared(TimestampSecondArray::from(vec![1_577_836_800]).with_timezone("Europe/Berlin"))),
        ("f", shared(Float64Array::from(vec![f64::NAN]))),
        ("g", shared(Decimal128Array::from(vec![150]).with_precision_and_scale(5, 2).unwrap())),
        ("h", shared(IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(0, 1, 0)]))),
        ("i", shared(Date32Array::from(vec![18_295]))),
        ("j", shared(BinaryArray::from(vec![&b"\x01\x02"[..]]))),
        ("k", shared(BooleanArray::from(vec![true]))),
        ("l", shared(StringViewArray::from(vec!["\u{1}\t"]))),
        ("m", shared(TimestampMillisecondArray::from(vec![1_580_702_706_500]))),
        ("n", shared(Float64Array::from(vec![1e20]))),
        ("o", shared(Date32Array::from(vec![-735_160]))),
        ("p", shared(NullArray::new(1))),
    ];
    let record = StructArray::try_from(columns).unwrap();
    let expected = concat!(
        r#"{"a":1,"b":"x\"y","c":null,"d":[1,2],"e":"2020-01-01T01:00:00+01:00","f":"NaN","g":1.50,"h":"1 day","i":"2020-02-03","#,
        r#""j":"\\x0102","k":true,"l":"\u0001\t","m":"2020-02-03T04:05:06.5","n":1e+20,"o":"0044-03-15 BC","p":null}"#
    );
    assert_eq!(pg_type(&field(&shared(record.clone()))).oid, oid::JSON);
    assert_eq!(text(shared(record.clone())), [expected]);
    assert_eq!(hex(shared(record))[0].len(), 2 * expected.len());
}

#[test]
fn structs_in_structs_and_lists_with_nulls() {
    let inner = StructArray::from(vec![(
        Arc::new(Field::new("x", DataType::Int32, true)),
        shared(Int32Array::from(vec![Some(1), None, Some(3)])),
    )]);
    let nulls = Some(NullBuffer::from(vec![true, true, false]));
    let (fields, columns, _) = inner.into_parts();
    let inner = StructArray::new(fields, columns, nulls);
    let outer = StructArray::from(vec![(Arc::new(Field::new("s", inner.data_type().clone(), true)), shared(inner.clone()))]);
    assert_eq!(text(shared(outer.clone())), [r#"{"s":{"x":1}}"#, r#"{"s":{"x":null}}"#, r#"{"s":null}"#]);
    assert_eq!(text(shared(outer.slice(2, 1))), [r#"{"s":null}"#]);
    let records = list_of(shared(inner));
    assert_eq!(pg_type(&field(&records)).oid, 199);
    assert_eq!(text(records), [r#"{"{\"x\":1}","{\"x\":null}",NULL}"#]);
}

#[test]
fn a_map_is_a_json_object() {
    let mut builder = MapBuilder::new(None, Int32Builder::new(), StringBuilder::new());
    builder.keys().append_value(1);
    builder.values().append_value("one");
    builder.keys().append_value(2);
    builder.values().append_null();
    builder.append(true).unwrap();
    builder.append(true).unwrap();
    builder.append(false).unwrap();
    let map = shared(builder.finish());
    assert_eq!(pg_type(&field(&map)).oid, oid::JSON);
    assert_eq!(text(map), [r#"{"1":"one","2":null}"#, "{}", "NULL"]);
}
