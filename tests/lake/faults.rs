//! What only a remote store can do wrong: refuse, stay silent, slow down, break off.

use std::time::{Duration, Instant};

use cilake::config::{LakeConfig, S3Config};
use cilake::lake::{Lake, LakeError};

use crate::answers::{answer, failure, try_answer};
use crate::record_batch;
use crate::server::{Fault, SECRET_KEY};
use crate::test_lake::{TestLake, session};

/// An error must come within seconds, not minutes.
const SOON: Duration = Duration::from_secs(12);

async fn open_error(config: &LakeConfig) -> LakeError {
    let begun = Instant::now();
    let error = Lake::open(config).await.map(|_| ()).unwrap_err();
    let took = begun.elapsed();
    assert!(took < SOON, "the error took {took:?}: {error}");
    assert!(!error.to_string().contains(SECRET_KEY) && !format!("{error:?}").contains(SECRET_KEY), "{error:?}");
    error
}

#[tokio::test]
async fn a_bucket_that_does_not_exist() {
    let mut lake = TestLake::on_s3().await;
    lake.config.url = "s3://nowhere/lake".into();
    let error = open_error(&lake.config).await;
    assert_eq!(error.to_string(), "the bucket of the lake does not exist");
    assert_eq!(error.sqlstate().0, "58P01");
}

#[tokio::test]
async fn wrong_keys() {
    let mut lake = TestLake::on_s3().await;
    lake.config.s3.secret_access_key = Some("another secret".into());
    let error = open_error(&lake.config).await;
    assert!(matches!(&error, LakeError::Denied { reason, .. } if reason == "SignatureDoesNotMatch, status 403"), "{error:?}");
    assert_eq!(error.sqlstate().0, "42501");
    lake.config.s3.access_key_id = Some("AKIDUNKNOWN".into());
    let error = open_error(&lake.config).await;
    assert!(matches!(&error, LakeError::Denied { .. }), "{error:?}");
    assert!(!error.to_string().contains("AKIDUNKNOWN"), "{error}");
}

#[tokio::test]
async fn unsigned_requests_of_a_private_bucket() {
    let mut lake = TestLake::on_s3().await;
    lake.config.s3 = S3Config { endpoint: lake.config.s3.endpoint.clone(), anonymous: Some(true), ..S3Config::default() };
    assert!(matches!(open_error(&lake.config).await, LakeError::Denied { .. }));
}

#[tokio::test]
async fn an_endpoint_that_nobody_listens_on() {
    let mut lake = TestLake::on_s3().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    lake.config.s3.endpoint = Some(format!("http://{}", free.local_addr().unwrap()));
    drop(free);
    let error = open_error(&lake.config).await;
    assert!(matches!(error, LakeError::Unreachable { .. }), "{error:?}");
    assert_eq!(error.sqlstate().0, "58030");
}

#[tokio::test]
async fn an_endpoint_that_never_answers() {
    let mut lake = TestLake::on_s3().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    lake.config.s3.endpoint = Some(format!("http://{}", silent.local_addr().unwrap()));
    let error = open_error(&lake.config).await;
    assert!(matches!(error, LakeError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn throttling_is_answered_by_trying_again() {
    let lake = TestLake::on_s3().await;
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1, 2])).unwrap());
    let opened = lake.open().await;
    let server = lake.server.as_ref().unwrap();
    server.inject(Fault::SlowDown, 2);
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT sum(id * 2) FROM t").await, ["6"]);
    assert_eq!(server.injected(), 2);
}

#[tokio::test]
async fn endless_throttling_is_an_error() {
    let mut lake = TestLake::on_s3().await;
    lake.config.retries_max = 2;
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1, 2])).unwrap());
    let opened = lake.open().await;
    lake.server.as_ref().unwrap().inject(Fault::SlowDown, usize::MAX);
    let begun = Instant::now();
    let error = failure(&opened, &[("s", "t")], "SELECT sum(id * 2) FROM t").await;
    assert!(matches!(error, LakeError::Throttled { .. }), "{error:?}");
    assert_eq!(error.sqlstate().0, "53000");
    assert!(begun.elapsed() < SOON);
}

#[tokio::test]
async fn silence_is_an_error_or_tried_again() {
    let mut lake = TestLake::on_s3().await;
    lake.config.request_timeout_ms = 300;
    lake.config.retries_max = 2;
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1, 2])).unwrap());
    let opened = lake.open().await;
    let server = lake.server.as_ref().unwrap();
    server.inject(Fault::Silence, 1);
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT sum(id * 2) FROM t").await, ["6"]);
    let context = session(&opened, &[("s", "t")]).await.unwrap();
    server.inject(Fault::Silence, usize::MAX);
    let begun = Instant::now();
    let error = LakeError::find(&try_answer(&context, "SELECT sum(id * 2) FROM t").await.unwrap_err()).unwrap();
    assert!(matches!(error, LakeError::Unreachable { .. }), "{error:?}");
    assert!(begun.elapsed() < SOON);
}

#[tokio::test]
async fn an_answer_cut_off_is_an_error_and_never_wrong_rows() {
    let mut lake = TestLake::on_s3().await;
    lake.config.retries_max = 3;
    let ids: Vec<i64> = (0..100_000).collect();
    let column = std::sync::Arc::new(datafusion::arrow::array::Int64Array::from(ids)) as _;
    lake.write("s/t/a.parquet", &datafusion::arrow::array::RecordBatch::try_from_iter([("id", column)]).unwrap());
    let opened = lake.open().await;
    let server = lake.server.as_ref().unwrap();
    // Once: the rest is asked for again.
    server.inject(Fault::HalfBody, 1);
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT sum(id) FROM t").await, ["4999950000"]);
    // Always: an error.
    let context = session(&opened, &[("s", "t")]).await.unwrap();
    server.inject(Fault::HalfBody, usize::MAX);
    let error = LakeError::find(&try_answer(&context, "SELECT sum(id) FROM t").await.unwrap_err()).unwrap();
    assert!(error.to_string().contains("s/t/a.parquet"), "{error}");
    server.inject(Fault::HalfBody, 0);
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT sum(id) FROM t").await, ["4999950000"]);
}

#[tokio::test]
async fn a_missing_folder_is_told_and_a_file_is_no_lake() {
    let lake = TestLake::on_disk();
    lake.write_bytes("a.txt", "x");
    let missing = LakeConfig { url: format!("{}/nowhere", lake.config.url), ..LakeConfig::default() };
    assert!(matches!(open_error(&missing).await, LakeError::NotFound { .. }));
    let file = LakeConfig { url: format!("{}/a.txt", lake.config.url), ..LakeConfig::default() };
    assert!(matches!(open_error(&file).await, LakeError::Configuration { .. }));
}
