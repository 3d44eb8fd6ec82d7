//! A lake for one test: a temporary folder, which may also be served as a bucket.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use cilake::catalog::LakeTable;
use cilake::config::{LakeConfig, S3Config};
use cilake::lake::{Lake, LakeError, TableName};
use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::{SessionConfig, SessionContext};
use tempfile::TempDir;

use crate::server::{ACCESS_KEY, SECRET_KEY, Server};

/// The bucket of tests on S3, and the prefix of the lake in it.
const BUCKET: &str = "company";
const PREFIX: &str = "some/lake";

/// A lake whose files a test writes directly, and which the code under test reads from a folder or from S3.
pub struct TestLake {
    pub config: LakeConfig,
    pub server: Option<Server>,
    folder: PathBuf,
    _root: TempDir,
}

impl TestLake {
    pub fn on_disk() -> Self {
        let root = TempDir::new().unwrap();
        let folder = root.path().join("a lake");
        std::fs::create_dir_all(&folder).unwrap();
        let url = folder.to_str().unwrap().to_owned();
        let config = LakeConfig { url, allow_write: true, ..LakeConfig::default() };
        Self { config, server: None, folder, _root: root }
    }

    pub async fn on_s3() -> Self {
        let root = TempDir::new().unwrap();
        let folder = root.path().join(BUCKET).join(PREFIX);
        std::fs::create_dir_all(&folder).unwrap();
        let server = Server::start(root.path()).await;
        let s3 = S3Config {
            region: Some("eu-central-1".into()),
            endpoint: Some(server.endpoint.clone()),
            access_key_id: Some(ACCESS_KEY.into()),
            secret_access_key: Some(SECRET_KEY.into()),
            ..S3Config::default()
        };
        let url = format!("s3://{BUCKET}/{PREFIX}");
        let config = LakeConfig { url, allow_write: true, s3, ..LakeConfig::default() };
        Self { config, server: Some(server), folder, _root: root }
    }

    pub async fn open(&self) -> Lake {
        Lake::open(&self.config).await.unwrap()
    }

    /// Where a path of the lake lies on the disk; its folder exists.
    pub fn path(&self, path: &str) -> PathBuf {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    pub fn write_bytes(&self, path: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(path), bytes).unwrap();
    }

    pub fn write(&self, path: &str, batch: &RecordBatch) {
        self.write_with(path, batch, WriterProperties::default());
    }

    pub fn write_with(&self, path: &str, batch: &RecordBatch, properties: WriterProperties) {
        let file = File::create(self.path(path)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.join(path)).unwrap();
    }

    /// All files below a folder of the lake, hidden ones too.
    pub fn files_below(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.join(path)];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&self.folder).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }
}

/// A table's provider, or why there is none.
pub async fn provider(lake: &Lake, schema: &str, table: &str) -> Result<Arc<LakeTable>, LakeError> {
    let name = TableName::new(schema, table);
    let files = lake.table(&name).await?.ok_or_else(|| LakeError::NotFound { what: format!("table \"{name}\"") })?;
    Ok(Arc::new(LakeTable::open(files).await?))
}

/// A session in which the given tables are registered by their bare names.
pub async fn session(lake: &Lake, tables: &[(&str, &str)]) -> Result<SessionContext, LakeError> {
    let config = SessionConfig::new().with_target_partitions(2).with_collect_statistics(true);
    let context = SessionContext::new_with_config(config);
    for (schema, table) in tables {
        context.register_table(*table, provider(lake, schema, table).await?).unwrap();
    }
    Ok(context)
}
