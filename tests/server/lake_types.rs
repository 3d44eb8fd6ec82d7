//! Every type that a lake's files have, from the file to the client, as text and as the catalogs tell it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::*;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema, i256};
use datafusion::parquet::arrow::ArrowWriter;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

use crate::{client, served_with};

/// A column's name, its values – one and a NULL –, and the type and the text by which PostgreSQL 15 shows the first.
type Column = (&'static str, ArrayRef, Type, &'static str);

const WIDE: &str = "9999999999999999999999999999999999999999999999999999999999999999999999.123456";

fn lists() -> ArrayRef {
    let mut builder = ListBuilder::new(ListBuilder::new(Int32Builder::new()));
    for inner in [[1, 2], [3, 4]] {
        builder.values().values().append_slice(&inner);
        builder.values().append(true);
    }
    builder.append(true);
    builder.append(false);
    Arc::new(builder.finish())
}

fn map() -> ArrayRef {
    let mut builder = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    builder.keys().append_value("a");
    builder.values().append_value(1);
    builder.append(true).unwrap();
    builder.append(false).unwrap();
    Arc::new(builder.finish())
}

fn record() -> ArrayRef {
    let fields: Fields = vec![Field::new("a", DataType::Int32, true), Field::new("b", DataType::Utf8, true)].into();
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Int32Array::from(vec![Some(1), None])), Arc::new(StringArray::from(vec![Some("x"), None]))];
    Arc::new(StructArray::new(fields, columns, Some(vec![true, false].into())))
}

fn uuids() -> ArrayRef {
    let bytes = 0xa0ee_bc99_9c0b_4ef8_bb6d_6bb9_bd38_0a11_u128.to_be_bytes();
    Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size([Some(bytes), None].into_iter(), 16).unwrap())
}

fn columns() -> Vec<Column> {
    let half = Float16Array::from(vec![Some(half(1.5)), None]);
    let narrow = Decimal128Array::from(vec![Some(12_345_678_901_234_567_890_123_456_789_012_345_678), None]);
    let wide = Decimal256Array::from(vec![i256::from_string(&WIDE.replace('.', "")), None]);
    let tags: DictionaryArray<Int32Type> = vec![Some("red"), None].into_iter().collect();
    let nanos = TimestampNanosecondArray::from(vec![Some(1_735_689_600_123_456_789), None]);
    vec![
        (
            "d38",
            Arc::new(narrow.with_precision_and_scale(38, 10).unwrap()),
            Type::NUMERIC,
            "1234567890123456789012345678.9012345678",
        ),
        ("d76", Arc::new(wide.with_precision_and_scale(76, 6).unwrap()), Type::NUMERIC, WIDE),
        ("tiny", Arc::new(Int8Array::from(vec![Some(-128), None])), Type::INT2, "-128"),
        ("half", Arc::new(half), Type::FLOAT4, "1.5"),
        ("id", uuids(), Type::UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("map", map(), Type::JSON, r#"{"a":1}"#),
        ("record", record(), Type::JSON, r#"{"a":1,"b":"x"}"#),
        ("lists", lists(), Type::INT4_ARRAY, "{{1,2},{3,4}}"),
        ("large", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None])), Type::NUMERIC, "18446744073709551615"),
        ("tag", Arc::new(tags), Type::TEXT, "red"),
        ("real", Arc::new(Float64Array::from(vec![Some(f64::NEG_INFINITY), None])), Type::FLOAT8, "-Infinity"),
        ("moment", Arc::new(nanos), Type::TIMESTAMP, "2025-01-01 00:00:00.123456"),
    ]
}

fn half(value: f32) -> <datafusion::arrow::datatypes::Float16Type as ArrowPrimitiveType>::Native {
    <datafusion::arrow::datatypes::Float16Type as ArrowPrimitiveType>::Native::from_f32(value)
}

/// The table `public.every`.
fn write(lake: &Path) {
    let field = |name: &str, array: &ArrayRef| {
        let field = Field::new(name, array.data_type().clone(), true);
        match name {
            "id" => field.with_metadata([("ARROW:extension:name".to_owned(), "arrow.uuid".to_owned())].into()),
            _ => field,
        }
    };
    let columns = columns();
    let schema = Arc::new(Schema::new(columns.iter().map(|(name, array, ..)| field(name, array)).collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.into_iter().map(|(_, array, ..)| array).collect()).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(lake.join("every.parquet")).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn every_type_of_a_file_reaches_the_client() {
    served_with(
        |config| write(Path::new(&config.lake.url)),
        |served| async move {
            let client = client(served.port).await;
            let statement = client.prepare("SELECT * FROM every").await.unwrap();
            // Decimals of any width sort and compare; the NULL comes last.
            let rows = client.simple_query("SELECT * FROM every ORDER BY d76").await.unwrap();
            let rows: Vec<_> = rows
                .iter()
                .filter_map(|message| match message {
                    SimpleQueryMessage::Row(row) => Some(row),
                    _ => None,
                })
                .collect();
            let told =
                "SELECT atttypid::int8 FROM pg_attribute WHERE attrelid = 'every'::regclass AND attnum > 0 ORDER BY attnum";
            let told = client.query(told, &[]).await.unwrap();
            for (index, (name, _, data_type, text)) in columns().into_iter().enumerate() {
                assert_eq!((rows[0].get(index), rows[1].get(index)), (Some(text), None), "{name}");
                assert_eq!(statement.columns()[index].type_(), &data_type, "{name}");
                assert_eq!(told[index].get::<_, i64>(0), i64::from(data_type.oid()), "{name} in pg_attribute");
            }
            // In binary, too.
            let row = client.query_one("SELECT tiny, half, real FROM every WHERE tiny IS NOT NULL", &[]).await.unwrap();
            assert_eq!((row.get::<_, i16>(0), row.get::<_, f32>(1), row.get::<_, f64>(2)), (-128, 1.5, f64::NEG_INFINITY));
            client.query("SELECT * FROM every", &[]).await.unwrap();
        },
    );
}

/// Numbers of any type that the client says, against decimals of any width.
#[test]
fn parameters_of_any_number_compare_with_decimals() {
    served_with(
        |config| write(Path::new(&config.lake.url)),
        |served| async move {
            let client = client(served.port).await;
            for (column, floats) in [("d38", true), ("d76", false)] {
                let sql = format!("SELECT count(*) FROM every WHERE {column} > $1");
                let small = client.prepare_typed(&sql, &[Type::INT4]).await.unwrap();
                assert_eq!(client.query_one(&small, &[&7_i32]).await.unwrap().get::<_, i64>(0), 1, "{column}");
                let large = client.prepare_typed(&sql, &[Type::INT8]).await.unwrap();
                assert_eq!(client.query_one(&large, &[&i64::MAX]).await.unwrap().get::<_, i64>(0), 1, "{column}");
                let float = client.prepare_typed(&sql, &[Type::FLOAT8]).await.unwrap();
                assert_eq!(float.params(), [Type::FLOAT8]);
                if floats {
                    assert_eq!(client.query_one(&float, &[&1.5_f64]).await.unwrap().get::<_, i64>(0), 1, "{column}");
                }
                assert_eq!(client.prepare(&sql).await.unwrap().params(), [Type::NUMERIC], "{column}");
            }
        },
    );
}
