//! Every setting with its default, its unit and its limit. Flags win over the environment (`CILAKE_…`), the environment over
//! the configuration file, the file over the defaults below.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The whole configuration. Every field has a default, so an empty file is a valid one.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub lake: LakeConfig,
    pub engine: EngineConfig,
    pub server: ServerConfig,
}

/// Where the files are and how to reach them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LakeConfig {
    /// `./lake`, `/abs/lake`, `file:///abs/lake` or `s3://bucket/prefix`.
    pub url: String,
    /// How long the list of schemas and tables may be reused. The files of a table that a query names are listed for each query.
    pub discovery_ttl_ms: u64,
    /// How long the list of one table's files may be reused; 0 lists them for each query that names the table.
    pub listing_ttl_ms: u64,
    /// Upper bound of files in one table; beyond it the table gives an error instead of exhausting memory.
    pub table_files_max: usize,
    /// Footers (schema and statistics of a file) kept in memory, in bytes.
    pub footer_cache_bytes: usize,
    /// One request to the bucket, from sending it to the last byte of the answer.
    pub request_timeout_ms: u64,
    /// Opening a connection to the bucket.
    pub connect_timeout_ms: u64,
    /// Repetitions after a throttled or failed request, and the longest time that all of them may take.
    pub retries_max: usize,
    pub retry_timeout_ms: u64,
    /// `CREATE TABLE … AS` and `DROP TABLE` of tables so made.
    pub allow_write: bool,
    pub s3: S3Config,
}

/// Settings of S3 and what speaks its protocol. What is not set here comes from AWS's own variables (`AWS_REGION`,
/// `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, …), then from the web identity or the instance.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Config {
    pub region: Option<String>,
    pub endpoint: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
    pub session_token: Option<String>,
    /// `https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`.
    pub path_style: Option<bool>,
    /// Unsigned requests, for public buckets.
    pub anonymous: Option<bool>,
    pub allow_http: Option<bool>,
}

impl std::fmt::Debug for S3Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = |value: &Option<String>| value.as_ref().map(|_| "…");
        f.debug_struct("S3Config")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("access_key_id", &hidden(&self.access_key_id))
            .field("secret_access_key", &hidden(&self.secret_access_key))
            .field("session_token", &hidden(&self.session_token))
            .field("path_style", &self.path_style)
            .field("anonymous", &self.anonymous)
            .field("allow_http", &self.allow_http)
            .finish()
    }
}

impl Default for LakeConfig {
    fn default() -> Self {
        Self {
            url: "./lake".into(),
            discovery_ttl_ms: 5_000,
            listing_ttl_ms: 0,
            table_files_max: 100_000,
            footer_cache_bytes: 128 << 20,
            request_timeout_ms: 30_000,
            connect_timeout_ms: 3_000,
            retries_max: 4,
            retry_timeout_ms: 10_000,
            allow_write: false,
            s3: S3Config::default(),
        }
    }
}

/// How queries run.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineConfig {
    /// Memory of all running queries together, in bytes; sorts, joins and aggregates spill to disk beyond it.
    pub memory_limit_bytes: usize,
    /// Where spilled data goes; the system's temporary folder by default.
    pub spill_dir: Option<PathBuf>,
    /// Spilled data on disk at most, in bytes.
    pub spill_limit_bytes: u64,
    /// Threads of one query; 0 means one for each core.
    pub threads: usize,
    /// Rows in one batch.
    pub batch_rows: usize,
    /// Longest text of a statement, in bytes.
    pub statement_bytes_max: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            memory_limit_bytes: 4 << 30,
            spill_dir: None,
            spill_limit_bytes: 100 << 30,
            threads: 0,
            batch_rows: 8192,
            statement_bytes_max: 4 << 20,
        }
    }
}

/// How clients connect.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    pub host: String,
    pub port: u16,
    pub connections_max: usize,
    /// From the connection to the end of the start-up messages.
    pub startup_timeout_ms: u64,
    /// How long running statements may go on after the signal to stop.
    pub grace_ms: u64,
    /// Longest message of a client, in bytes.
    pub message_bytes_max: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 5432,
            connections_max: 1_000,
            startup_timeout_ms: 10_000,
            grace_ms: 10_000,
            message_bytes_max: 64 << 20,
        }
    }
}

impl LakeConfig {
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    pub fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub fn retry_timeout(&self) -> Duration {
        Duration::from_millis(self.retry_timeout_ms)
    }
}
