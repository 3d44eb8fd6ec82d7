//! The lake, from files on a disk and in a bucket to rows: one suite of conformance tests for both, and what only S3 can get
//! wrong. The S3 server runs in this process, on a port of its own.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod answers;
mod catalogs;
mod changes;
mod faults;
mod files;
mod formats;
mod publishing;
mod schemas;
mod server;
mod tables;
mod test_lake;

/// A record batch from names, types and values. Arrow's own macro of this name asks its caller for a crate of Arrow's parts.
#[macro_export]
macro_rules! record_batch {
    ($(($name:expr, $type:ident, $values:expr)),+ $(,)?) => {
        datafusion::arrow::array::RecordBatch::try_from_iter([
            $(($name, datafusion::arrow::array::create_array!($type, Vec::from($values)) as datafusion::arrow::array::ArrayRef)),+
        ])
    };
}

/// Runs each test of a module over a local folder and over S3.
#[macro_export]
macro_rules! on_disk_and_s3 {
    ($($test:ident),+ $(,)?) => {
        mod on_disk {
            $(#[tokio::test] async fn $test() { super::$test($crate::test_lake::TestLake::on_disk()).await; })+
        }
        mod on_s3 {
            $(#[tokio::test] async fn $test() { super::$test($crate::test_lake::TestLake::on_s3().await).await; })+
        }
    };
}
