//! Columns whose metadata declares another type, as those of a system catalog do.

use std::sync::Arc;

use arrow::array::*;
use arrow::datatypes::{DataType, Field, Int16Type, Int64Type};
use cilake_wire::encode::Format;
use cilake_wire::types::{PG_TYPE_KEY, pg_type};

use crate::rows::{field, hex_of, shared, text_of, try_cells};

fn declare(array: &ArrayRef, name: &str) -> Field {
    field(array).with_metadata([(PG_TYPE_KEY.to_owned(), name.to_owned())].into_iter().collect())
}

fn named(oid: u32, name: &str) -> ArrayRef {
    let oid = (Arc::new(Field::new("oid", DataType::UInt32, true)), shared(UInt32Array::from(vec![oid])));
    let name = (Arc::new(Field::new("name", DataType::Utf8, true)), shared(StringArray::from(vec![name])));
    shared(StructArray::from(vec![oid, name]))
}

#[test]
fn types_of_the_catalog() {
    for (name, array, oid, text, hex) in [
        ("name", shared(StringArray::from(vec!["pg_class"])), 19, "pg_class", "70675f636c617373"),
        ("oid", shared(Int64Array::from(vec![4_294_967_295])), 26, "4294967295", "ffffffff"),
        ("oid", shared(UInt32Array::from(vec![1_259])), 26, "1259", "000004eb"),
        ("\"char\"", shared(StringArray::from(vec!["r"])), 18, "r", "72"),
        ("char", shared(Int8Array::from(vec![b'r' as i8])), 18, "r", "72"),
        ("int4", shared(Int64Array::from(vec![-5])), 23, "-5", "fffffffb"),
        ("regproc", shared(Int64Array::from(vec![0])), 24, "0", "00000000"),
        ("regproc", shared(StringArray::from(vec!["boolin"])), 24, "boolin", "refused"),
        // `SELECT 'boolin'::regproc`: in binary its OID, 1242.
        ("regproc", named(1_242, "boolin"), 24, "boolin", "000004da"),
        ("regrole", named(10, "postgres"), 4096, "postgres", "0000000a"),
        ("json", shared(StringArray::from(vec!["{}"])), 114, "{}", "7b7d"),
        ("jsonb", shared(StringArray::from(vec!["{\"a\": 1}"])), 3802, "{\"a\": 1}", "017b2261223a20317d"),
        (
            "uuid",
            shared(StringArray::from(vec!["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"])),
            2950,
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        ),
        // `int2vectorsend('1 2 3')`, `oidvectorsend('10 20')`
        (
            "int2vector",
            shared(StringArray::from(vec!["1 2 3"])),
            22,
            "1 2 3",
            "0000000100000000000000150000000300000000000000020001000000020002000000020003",
        ),
        (
            "int2vector",
            shared(ListArray::from_iter_primitive::<Int16Type, _, _>([Some([1, 2, 3].map(Some))])),
            22,
            "1 2 3",
            "0000000100000000000000150000000300000000000000020001000000020002000000020003",
        ),
        (
            "int2vector",
            shared(ListArray::from_iter_primitive::<Int16Type, _, _>([Some(Vec::<Option<i16>>::new())])),
            22,
            "",
            "0000000100000000000000150000000000000000",
        ),
        (
            "oidvector",
            shared(ListArray::from_iter_primitive::<Int64Type, _, _>([Some([10, 20].map(Some))])),
            30,
            "10 20",
            "00000001000000000000001a0000000200000000000000040000000a0000000400000014",
        ),
        (
            "oid[]",
            shared(ListArray::from_iter_primitive::<Int64Type, _, _>([Some([7].map(Some))])),
            1028,
            "{7}",
            "00000001000000000000001a0000000100000001",
        ),
    ] {
        let declared = declare(&array, name);
        assert_eq!(pg_type(&declared).oid, oid, "{name}");
        assert_eq!(text_of(declared.clone(), array.clone()), [text], "{name}");
        match hex {
            "refused" => assert_eq!(try_cells(declared, array, Format::Binary).unwrap_err().code, "22P02", "{name}"),
            _ => assert!(hex_of(declared, array)[0].starts_with(hex), "{name}"),
        }
    }
}

#[test]
fn a_uuid_of_sixteen_bytes() {
    let bytes: Vec<u8> = (0..16).collect();
    let array = shared(FixedSizeBinaryArray::try_from_iter([bytes].into_iter()).unwrap());
    let declared = declare(&array, "uuid");
    assert_eq!(text_of(declared.clone(), array.clone()), ["00010203-0405-0607-0809-0a0b0c0d0e0f"]);
    assert_eq!(hex_of(declared, array.clone()), ["000102030405060708090a0b0c0d0e0f"]);
    // Nothing else has sixteen bytes; Arrow's own extension type says so too.
    assert_eq!(pg_type(&field(&array)).oid, 2950);
    let extension = [("ARROW:extension:name".to_owned(), "arrow.uuid".to_owned())].into_iter().collect();
    assert_eq!(pg_type(&field(&array).with_metadata(extension)).oid, 2950);
}

#[test]
fn what_cannot_be_shown_as_declared_is_refused() {
    let array = shared(Float64Array::from(vec![1.5]));
    assert_eq!(try_cells(declare(&array, "uuid"), array, Format::Text).unwrap_err().code, "0A000");
    let array = shared(StringArray::from(vec!["not a uuid"]));
    assert_eq!(try_cells(declare(&array, "uuid"), array, Format::Binary).unwrap_err().code, "22P02");
    let array = shared(Int64Array::from(vec![i64::MAX]));
    assert_eq!(try_cells(declare(&array, "oid"), array, Format::Binary).unwrap_err().code, "22P02");
}

#[test]
fn an_unknown_declaration_is_no_declaration() {
    let array = shared(Int64Array::from(vec![1]));
    assert_eq!(pg_type(&declare(&array, "box")).oid, 20);
    assert_eq!(text_of(declare(&array, "box"), array), ["1"]);
    assert_eq!(pg_type(&Field::new("c", DataType::Utf8View, true)).oid, 25);
}
