//! Tables as Parquet files: columns as typed builders, batches of 8,192 rows, row groups of 262,144.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int16Builder, Int32Builder, Int64Builder,
    RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, Encoding};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::schema::types::ColumnPath;

use super::calendar::FIRST_DAY;
use crate::error::{Error, Result, SqlState};

const BATCH_ROWS: usize = 8_192;
const ROW_GROUP_ROWS: usize = 1 << 18;
const SECONDS_PER_DAY: i64 = 86_400;

/// A column under construction.
pub trait Column {
    fn new() -> Self;
    fn data_type() -> DataType;
    /// How values are written where a dictionary of them would only cost time: they hardly repeat.
    fn encoding() -> Option<Encoding>;
    fn finish(&mut self) -> ArrayRef;
}

macro_rules! column {
    ($(#[$doc:meta])* $name:ident($builder:ty), $value:ty, $data_type:expr, $encoding:expr, $new:expr, $convert:expr) => {
        $(#[$doc])*
        pub struct $name($builder);

        impl $name {
            pub fn push(&mut self, value: impl Into<Option<$value>>) {
                let convert: fn($value) -> _ = $convert;
                self.0.append_option(value.into().map(convert));
            }
        }

        impl Column for $name {
            fn new() -> Self {
                Self($new)
            }

            fn data_type() -> DataType {
                $data_type
            }

            fn encoding() -> Option<Encoding> {
                $encoding
            }

            fn finish(&mut self) -> ArrayRef {
                Arc::new(self.0.finish())
            }
        }
    };
}

/// Microseconds since 1970 of a time given in seconds since the first day of the lake.
fn micros(seconds: u32) -> i64 {
    (i64::from(FIRST_DAY) * SECONDS_PER_DAY + i64::from(seconds)) * 1_000_000
}

const MONEY: DataType = DataType::Decimal128(12, 2);
const LOCAL: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

const DELTA: Option<Encoding> = Some(Encoding::DELTA_BINARY_PACKED);

column!(BigInt(Int64Builder), i64, DataType::Int64, DELTA, Int64Builder::new(), |value| value);
column!(Int(Int32Builder), i32, DataType::Int32, None, Int32Builder::new(), |value| value);
column!(SmallInt(Int16Builder), i16, DataType::Int16, None, Int16Builder::new(), |value| value);
column!(Real(Float64Builder), f64, DataType::Float64, Some(Encoding::PLAIN), Float64Builder::new(), |value| value);
column!(Flag(BooleanBuilder), bool, DataType::Boolean, None, BooleanBuilder::new(), |value| value);
column!(
    /// Days since 1970.
    Date(Date32Builder), i32, DataType::Date32, None, Date32Builder::new(), |value| value
);
column!(
    /// Cents, stored as decimal(12, 2).
    Money(Decimal128Builder), i64, MONEY, Some(Encoding::PLAIN), Decimal128Builder::new().with_data_type(MONEY), i128::from
);
column!(
    /// Seconds since the first day, stored without a time zone.
    Time(TimestampMicrosecondBuilder), u32, LOCAL, DELTA, TimestampMicrosecondBuilder::new(), micros
);
column!(
    /// Seconds since the first day, stored as an instant of UTC.
    Instant(TimestampMicrosecondBuilder), u32, instant(), DELTA, TimestampMicrosecondBuilder::new().with_data_type(instant()), micros
);

/// Words, names and ids.
pub struct Text(StringBuilder);

impl Text {
    pub fn push<'a>(&mut self, value: impl Into<Option<&'a str>>) {
        self.0.append_option(value.into());
    }
}

impl Column for Text {
    fn new() -> Self {
        Self(StringBuilder::new())
    }

    fn data_type() -> DataType {
        DataType::Utf8
    }

    fn encoding() -> Option<Encoding> {
        None
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// The columns of one table.
pub trait Rows {
    /// `schema.table`.
    const TABLE: &'static str;
    fn new() -> Self;
    fn schema() -> SchemaRef;
    /// For each column in turn, see [`Column::encoding`].
    fn encodings() -> Vec<Option<Encoding>>;
    fn finish(&mut self) -> Vec<ArrayRef>;
}

/// Declares a table: `columns! { Name => "schema.table" { column: Kind, … } }`.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident => $table:literal { $($column:ident: $kind:ident),+ $(,)? }) => {
        $(#[$doc])*
        pub struct $name {
            $($column: $crate::demo::table::$kind),+
        }

        impl $crate::demo::table::Rows for $name {
            const TABLE: &'static str = $table;

            fn new() -> Self {
                use $crate::demo::table::Column;
                Self { $($column: $crate::demo::table::$kind::new()),+ }
            }

            fn schema() -> datafusion::arrow::datatypes::SchemaRef {
                use $crate::demo::table::Column;
                use datafusion::arrow::datatypes::{Field, Schema};
                std::sync::Arc::new(Schema::new(vec![
                    $(Field::new(stringify!($column), $crate::demo::table::$kind::data_type(), true)),+
                ]))
            }

            fn encodings() -> Vec<Option<datafusion::parquet::basic::Encoding>> {
                use $crate::demo::table::Column;
                vec![$($crate::demo::table::$kind::encoding()),+]
            }

            fn finish(&mut self) -> Vec<datafusion::arrow::array::ArrayRef> {
                use $crate::demo::table::Column;
                vec![$(self.$column.finish()),+]
            }
        }
    };
}
pub(super) use columns;

/// Rows written to a table: its name and their number.
pub type Written = (&'static str, u64);

/// One file of a table.
pub struct TableFile<R: Rows> {
    rows: R,
    pending: usize,
    total: u64,
    schema: SchemaRef,
    writer: ArrowWriter<BufWriter<File>>,
}

impl<R: Rows> TableFile<R> {
    /// Creates `<lake>/<schema>/<table>/part-<part>.parquet`. Errors: 58030 where the folder or the file cannot be written.
    pub fn create(lake: &Path, part: usize) -> Result<Self> {
        let mut folder = lake.to_owned();
        folder.extend(R::TABLE.split('.'));
        std::fs::create_dir_all(&folder).map_err(|error| io_error(&folder, &error))?;
        let path = folder.join(format!("part-{part:05}.parquet"));
        let file = File::create(&path).map_err(|error| io_error(&path, &error))?;
        let schema = R::schema();
        let mut properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_max_row_group_row_count(Some(ROW_GROUP_ROWS));
        for (field, encoding) in schema.fields().iter().zip(R::encodings()) {
            if let Some(encoding) = encoding {
                let column = ColumnPath::from(field.name().as_str());
                properties =
                    properties.set_column_dictionary_enabled(column.clone(), false).set_column_encoding(column, encoding);
            }
        }
        let properties = properties.build();
        let writer =
            ArrowWriter::try_new(BufWriter::new(file), Arc::clone(&schema), Some(properties)).map_err(parquet_error::<R>)?;
        Ok(Self { rows: R::new(), pending: 0, total: 0, schema, writer })
    }

    /// Adds the row that `fill` pushes, one value to every column.
    pub fn add(&mut self, fill: impl FnOnce(&mut R)) -> Result<()> {
        fill(&mut self.rows);
        self.pending += 1;
        if self.pending == BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), self.rows.finish()).map_err(arrow_error::<R>)?;
        self.writer.write(&batch).map_err(parquet_error::<R>)?;
        self.total += self.pending as u64;
        self.pending = 0;
        Ok(())
    }

    pub fn finish(mut self) -> Result<Written> {
        self.flush()?;
        self.writer.close().map_err(parquet_error::<R>)?;
        Ok((R::TABLE, self.total))
    }
}

/// An error of the file system, with the path.
pub fn io_error(path: &Path, error: &std::io::Error) -> Error {
    let state = match error.kind() {
        std::io::ErrorKind::StorageFull => SqlState::DISK_FULL,
        _ => SqlState::IO_ERROR,
    };
    Error::new(state, format!("cannot write \"{}\": {error}", path.display()))
}

fn parquet_error<R: Rows>(error: ParquetError) -> Error {
    Error::new(SqlState::IO_ERROR, format!("cannot write table \"{}\": {error}", R::TABLE))
}

fn arrow_error<R: Rows>(error: ArrowError) -> Error {
    Error::internal(format!("columns of table \"{}\" do not fit together: {error}", R::TABLE))
}
