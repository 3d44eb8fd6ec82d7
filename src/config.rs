//! Every setting with its default, its unit and its limit. Flags win over the environment (`CILAKE_…`), the environment over
//! the configuration file, the file over the defaults below.

use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::Value;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, SqlState};

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
    /// One page of a Parquet file, unpacked, in bytes; a query that would read a larger one gets an error.
    pub page_bytes_max: usize,
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
            page_bytes_max: 256 << 20,
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
    /// Where the server keeps what clients create: users, grants, masks, views; without it views end with the program, and there
    /// are no users.
    pub state_dir: Option<PathBuf>,
    /// The audit log; `audit.jsonl` in the state's folder by default, and none without such a folder.
    pub audit_file: Option<PathBuf>,
    /// Longest file of the audit log in bytes, and how many older ones are kept beside it.
    pub audit_bytes_max: u64,
    pub audit_files_max: usize,
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
            state_dir: None,
            audit_file: None,
            audit_bytes_max: 64 << 20,
            audit_files_max: 10,
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
    /// Another address than one of this machine's own needs users and TLS.
    pub host: String,
    pub port: u16,
    /// Sessions at one time.
    pub connections_max: usize,
    /// Connections that have not logged in yet; one more ends the oldest of them.
    pub starting_max: usize,
    /// From the connection to the end of the login.
    pub startup_timeout_ms: u64,
    /// How long running statements may go on after the signal to stop.
    pub grace_ms: u64,
    /// Longest message of a client, in bytes.
    pub message_bytes_max: usize,
    /// Whether connections are encrypted; by default they may be if there is a certificate.
    pub tls: Option<TlsMode>,
    /// The server's certificate and those between it and the authority (PEM), and its key (PKCS#8, PKCS#1 or SEC1). They are read
    /// again when they change.
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    /// Authorities whose certificates clients may show (PEM), and what a client's certificate is for.
    pub tls_client_ca: Option<PathBuf>,
    pub tls_client_cert: ClientCertificate,
    /// Wrong passwords of one user from one address until logins are refused; 0 never refuses.
    pub login_failures_max: u32,
    /// How long the first refusal lasts; each further failure doubles it, up to the second value. After that time without a failure
    /// earlier ones are forgotten.
    pub login_refusal_ms: u64,
    pub login_refusal_max_ms: u64,
    /// Where `/metrics`, `/health` and `/ready` are served; without a port, nowhere. Everybody who reaches it may read them.
    pub admin_host: String,
    pub admin_port: Option<u16>,
    /// Lets everybody who reaches the server read the lake.
    pub unsafe_listen_without_authentication: bool,
}

/// Whether connections are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// Never.
    Off,
    /// If the client asks for it.
    Allow,
    /// Always; a connection in the clear is refused.
    Required,
}

/// What the certificate of a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum ClientCertificate {
    /// A client may show one, which must then be good.
    Optional,
    /// A client must show one, and knows its password besides.
    Required,
    /// A client must show one; its common name must be the user's, and takes the place of the password.
    Login,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 5432,
            connections_max: 1_000,
            starting_max: 1_024,
            startup_timeout_ms: 10_000,
            grace_ms: 10_000,
            message_bytes_max: 64 << 20,
            tls: None,
            tls_cert: None,
            tls_key: None,
            tls_client_ca: None,
            tls_client_cert: ClientCertificate::Optional,
            login_failures_max: 10,
            login_refusal_ms: 10_000,
            login_refusal_max_ms: 900_000,
            admin_host: "127.0.0.1".into(),
            admin_port: None,
            unsafe_listen_without_authentication: false,
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

/// Settings given as flags: dotted name and value.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    values: Vec<(&'static str, Value)>,
}

impl Overrides {
    /// Keeps a flag that was given.
    pub fn set(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.values.extend(value.map(|value| (name, value.into())));
    }
}

/// Every setting by its dotted name: its value as text (secrets hidden) and where it comes from.
pub type Sources = Vec<(String, String, String)>;

/// Names whose values are never shown.
const SECRETS: [&str; 3] = ["access_key_id", "secret_access_key", "session_token"];

/// Reads the configuration: flags over `CILAKE_…` variables (`CILAKE_LAKE__URL` for `lake.url`) over the file over defaults.
///
/// # Errors
/// F0000 with the name of a setting that is unknown or has the wrong type, or a file that cannot be read.
pub fn load(file: Option<&Path>, overrides: Overrides) -> Result<(Config, Sources)> {
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    if let Some(file) = file {
        if !file.is_file() {
            return Err(Error::new(SqlState::CONFIG_FILE_ERROR, format!("there is no configuration file {}", file.display())));
        }
        figment = figment.merge(Toml::file_exact(file));
    }
    // Every setting lies in a section; other variables of this prefix belong to the command line and to scripts.
    let variables = Env::prefixed("CILAKE_").filter(|name| name.as_str().contains("__")).split("__");
    figment = figment.merge(variables);
    for (name, value) in overrides.values {
        figment = figment.merge(Serialized::default(name, value));
    }
    let config: Config =
        figment.extract().map_err(|error| Error::new(SqlState::CONFIG_FILE_ERROR, format!("configuration: {error}")))?;
    let mut sources = Sources::new();
    if let Ok(value) = figment.find_value("") {
        describe(&figment, "", &value, &mut sources);
    }
    Ok((config, sources))
}

fn describe(figment: &Figment, name: &str, value: &Value, sources: &mut Sources) {
    let below = |key: &str| if name.is_empty() { key.to_string() } else { format!("{name}.{key}") };
    match value {
        Value::Dict(_, entries) => entries.iter().for_each(|(key, value)| describe(figment, &below(key), value, sources)),
        value => {
            let secret = SECRETS.iter().any(|secret| name.ends_with(secret));
            let shown = match value {
                Value::Empty(..) => "unset".to_string(),
                _ if secret => "(hidden)".to_string(),
                Value::String(_, text) => text.clone(),
                other => {
                    other.to_u128().map(|n| n.to_string()).or_else(|| other.to_bool().map(|b| b.to_string())).unwrap_or_default()
                }
            };
            sources.push((name.to_string(), shown, source_of(figment, name)));
        }
    }
}

fn source_of(figment: &Figment, name: &str) -> String {
    let Some(metadata) = figment.find_metadata(name) else { return "default".into() };
    match (&metadata.source, metadata.name.as_ref()) {
        (Some(figment::Source::File(path)), _) => format!("file {}", path.display()),
        (_, kind) if kind.contains("environment") => format!("environment CILAKE_{}", name.to_uppercase().replace('.', "__")),
        (_, kind) if kind.contains("Config") => "default".into(),
        _ => "flag".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_files_and_files_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cilake.toml");
        std::fs::write(&file, "[server]\nport = 1234\n[lake]\nurl = 's3://b/p'\n[lake.s3]\nsecret_access_key = 'hush'\n")
            .unwrap();
        let mut overrides = Overrides::default();
        overrides.set("server.port", Some(4321_u16));
        overrides.set("engine.threads", None::<usize>);
        let (config, sources) = load(Some(&file), overrides).unwrap();
        assert_eq!((config.server.port, config.lake.url.as_str()), (4321, "s3://b/p"));
        let find = |name: &str| sources.iter().find(|(n, _, _)| n == name).cloned().unwrap();
        assert_eq!(find("server.port").2, "flag");
        assert!(find("lake.url").2.starts_with("file "));
        assert_eq!(find("server.host"), ("server.host".into(), "127.0.0.1".into(), "default".into()));
        assert_eq!(find("lake.s3.secret_access_key").1, "(hidden)");
    }

    /// The sample names every setting: with its default, or commented out where there is none.
    #[test]
    fn the_sample_file_holds_every_setting_and_its_default() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/cilake.toml");
        let (config, _) = load(Some(&file), Overrides::default()).unwrap();
        let tree = |config: &Config| serde_json::to_value(config).unwrap();
        assert_eq!(tree(&config), tree(&Config::default()));
        let text = std::fs::read_to_string(file).unwrap();
        let (mut section, mut named, mut commented) = (String::new(), vec![], false);
        for line in text.lines() {
            let setting = line.trim_start_matches("# ").split_once(" = ").map(|(name, _)| name);
            match setting.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')) {
                Some(name) => {
                    assert!(commented, "{name} has no comment");
                    named.push(format!("{section}.{name}"));
                }
                None if line.starts_with('[') => section = line.trim_matches(['[', ']']).to_string(),
                None => {}
            }
            commented = line.starts_with('#') || (commented && setting.is_some());
        }
        named.sort();
        let (_, sources) = load(None, Overrides::default()).unwrap();
        let mut all: Vec<String> = sources.into_iter().map(|(name, ..)| name).collect();
        all.sort();
        assert_eq!(named, all);
    }

    #[test]
    fn a_misspelt_setting_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cilake.toml");
        std::fs::write(&file, "[server]\nprot = 1\n").unwrap();
        let error = load(Some(&file), Overrides::default()).unwrap_err();
        assert!(error.message.contains("prot"), "{error}");
    }
}
