//! Every type that a lake's files have, from the file to the client, as text and as the catalogs tell it.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::BytesMut;
use datafusion::arrow::array::*;
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Int32Type, Schema, i256};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::LogicalType;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::parquet::schema::parser::parse_message_type;
use datafusion::parquet::schema::types::SchemaDescriptor;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

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
            for column in ["d38", "d76"] {
                let sql = format!("SELECT count(*) FROM every WHERE {column} > $1");
                let small = client.prepare_typed(&sql, &[Type::INT4]).await.unwrap();
                assert_eq!(client.query_one(&small, &[&7_i32]).await.unwrap().get::<_, i64>(0), 1, "{column}");
                let large = client.prepare_typed(&sql, &[Type::INT8]).await.unwrap();
                assert_eq!(client.query_one(&large, &[&i64::MAX]).await.unwrap().get::<_, i64>(0), 1, "{column}");
                let float = client.prepare_typed(&sql, &[Type::FLOAT8]).await.unwrap();
                assert_eq!(float.params(), [Type::FLOAT8]);
                for (limit, above) in [(1.5, 1), (1e300, 0), (f64::NEG_INFINITY, 1), (f64::NAN, 0)] {
                    assert_eq!(client.query_one(&float, &[&limit]).await.unwrap().get::<_, i64>(0), above, "{column} {limit}");
                }
                assert_eq!(client.prepare(&sql).await.unwrap().params(), [Type::NUMERIC], "{column}");
            }
        },
    );
}

/// A UUID as the client sends it in binary.
#[derive(Debug)]
struct Uuid(u128);

impl ToSql for Uuid {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0.to_be_bytes());
        Ok(IsNull::No)
    }

    fn accepts(data_type: &Type) -> bool {
        *data_type == Type::UUID
    }

    to_sql_checked!();
}

/// The table `public.plain`, by a writer who knows nothing of Arrow: a UUID, other values of sixteen bytes, and UUIDs in a list.
fn write_plain(lake: &Path) {
    let schema = "message plain { optional fixed_len_byte_array(16) id (UUID); optional fixed_len_byte_array(16) hash;
        optional group ids (LIST) { repeated group list { optional fixed_len_byte_array(16) element (UUID); } } }";
    let schema = SchemaDescriptor::new(Arc::new(parse_message_type(schema).unwrap()));
    let ids = uuids();
    let element = Arc::new(Field::new("element", ids.data_type().clone(), true));
    let list = ListArray::new(element, OffsetBuffer::from_lengths([2, 0]), uuids(), Some(vec![true, false].into()));
    let columns: Vec<(&str, ArrayRef)> = vec![("id", uuids()), ("hash", ids), ("ids", Arc::new(list))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let options = ArrowWriterOptions::new().with_skip_arrow_metadata(true).with_parquet_schema(schema);
    let file = File::create(lake.join("plain.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new_with_options(file, batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn uuids_of_other_writers_and_our_own() {
    const ID: &str = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    served_with(
        |config| {
            write_plain(Path::new(&config.lake.url));
            config.lake.allow_write = true;
        },
        |served| async move {
            let client = client(served.port).await;
            client.batch_execute("CREATE TABLE copied AS SELECT * FROM plain").await.unwrap();
            for table in ["plain", "copied"] {
                let statement =
                    client.prepare(&format!("SELECT id, hash, ids, id::text FROM {table} WHERE id = $1")).await.unwrap();
                assert_eq!(statement.params(), [Type::UUID], "{table}");
                let types: Vec<&Type> = statement.columns().iter().map(|column| column.type_()).collect();
                assert_eq!(types, [&Type::UUID, &Type::BYTEA, &Type::UUID_ARRAY, &Type::TEXT], "{table}");
                let found = client.query_one(&statement, &[&Uuid(0xa0ee_bc99_9c0b_4ef8_bb6d_6bb9_bd38_0a11)]).await.unwrap();
                assert_eq!((found.get::<_, &[u8]>(1)[0], found.get::<_, &str>(3)), (0xa0, ID), "{table}");
                assert!(client.query(&statement, &[&Uuid(7)]).await.unwrap().is_empty(), "{table}");
                let shown = client.simple_query(&format!("SELECT id, hash, ids FROM {table} ORDER BY id")).await.unwrap();
                let SimpleQueryMessage::Row(row) = &shown[1] else { panic!("{shown:?}") };
                let cells = [row.get(0), row.get(1), row.get(2)].map(Option::unwrap);
                assert_eq!(cells, [ID, "\\xa0eebc999c0b4ef8bb6d6bb9bd380a11", &format!("{{{ID},NULL}}")], "{table}");
            }
            // Others that read the files know what they are, too.
            let data = walk(&served.lake.join("_cilake/data"));
            let reader = SerializedFileReader::new(File::open(&data[0]).unwrap()).unwrap();
            let columns = reader.metadata().file_metadata().schema_descr().columns();
            let is_uuid: Vec<bool> = columns.iter().map(|column| column.logical_type_ref() == Some(&LogicalType::Uuid)).collect();
            assert_eq!(is_uuid, [true, false, true]);
        },
    );
}

/// All files below a folder.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
