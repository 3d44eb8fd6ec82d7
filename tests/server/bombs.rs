//! Files that are small and unpack to far more than memory is given for: an error that names the file, and the server lives on.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, GzipLevel, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;

use crate::{client, served_with};

const PAGE_BYTES_MAX: usize = 4 << 20;
/// Of one value.
const BOMB_BYTES: usize = 64 << 20;

/// A table of two columns, one with small values and one with a single large one.
fn write(lake: &Path, name: &str, bytes: usize, compression: Compression) {
    let columns: [(&str, ArrayRef); 2] =
        [("id", Arc::new(Int64Array::from(vec![1]))), ("note", Arc::new(StringArray::from(vec!["a".repeat(bytes)])))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    // Without statistics, which would hold the value as well.
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(datafusion::parquet::file::properties::EnabledStatistics::None)
        .set_compression(compression);
    let path = lake.join(format!("{name}.parquet"));
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(properties.build())).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let packed = std::fs::metadata(&path).unwrap().len();
    assert!(bytes < PAGE_BYTES_MAX || packed < bytes as u64 / 500, "{name} has {packed} bytes");
}

#[test]
fn a_page_that_unpacks_to_too_much_is_refused_by_name() {
    served_with(
        |config| {
            let lake = Path::new(&config.lake.url);
            write(lake, "zstd", BOMB_BYTES, Compression::ZSTD(ZstdLevel::try_new(1).unwrap()));
            write(lake, "gzip", BOMB_BYTES, Compression::GZIP(GzipLevel::try_new(9).unwrap()));
            write(lake, "plain", 1000, Compression::UNCOMPRESSED);
            config.lake.page_bytes_max = PAGE_BYTES_MAX;
        },
        |served| async move {
            let client = client(served.port).await;
            for table in ["zstd", "gzip"] {
                for sql in [format!("SELECT * FROM {table}"), format!("SELECT length(note) FROM {table} WHERE note LIKE '%a'")] {
                    let error = client.simple_query(&sql).await.unwrap_err();
                    let error = error.as_db_error().unwrap();
                    let (code, message) = (error.code().code(), error.message());
                    assert_eq!(code, "54000", "{sql}: {message}");
                    assert!(message.contains(&format!("{table}.parquet")) && message.contains("page_bytes_max"), "{message}");
                }
                // Other columns of the file can be read.
                assert_eq!(client.query_one(&format!("SELECT id FROM {table}"), &[]).await.unwrap().get::<_, i64>(0), 1);
            }
            let length = client.query_one("SELECT length(note)::int FROM plain", &[]).await.unwrap();
            assert_eq!(length.get::<_, i32>(0), 1000);
        },
    );
}
