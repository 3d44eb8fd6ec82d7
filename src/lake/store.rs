//! From an address to an object store whose root is the lake, with times and retries that end in seconds.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use super::error::{LakeError, Result};
use super::url::LakeUrl;
use crate::config::LakeConfig;

/// The longest pause between two attempts of one request.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// An object store in which the empty path is the lake itself.
///
/// # Errors
/// `NotFound` or `Configuration` for a local folder that is missing or is a file; `Configuration` for settings of S3 that
/// contradict one another. Nothing is sent to S3 here.
pub fn open_store(url: &LakeUrl, config: &LakeConfig) -> Result<Arc<dyn ObjectStore>> {
    match url {
        LakeUrl::Local(folder) => {
            let what = || format!("the folder of the lake, \"{}\",", folder.display());
            let metadata = std::fs::metadata(folder).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => LakeError::NotFound { what: what() },
                std::io::ErrorKind::PermissionDenied => LakeError::Denied { what: what(), reason: error.kind().to_string() },
                kind => LakeError::Io { what: what(), reason: kind.to_string() },
            })?;
            if !metadata.is_dir() {
                return Err(LakeError::Configuration { what: format!("\"{}\" is a file; a lake is a folder", folder.display()) });
            }
            let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| LakeError::from_store(&error, what()))?;
            Ok(Arc::new(store))
        }
        LakeUrl::S3 { bucket, prefix } => open_s3(bucket, prefix, config),
    }
}

fn open_s3(bucket: &str, prefix: &Path, config: &LakeConfig) -> Result<Arc<dyn ObjectStore>> {
    let s3 = &config.s3;
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    if let Some(region) = &s3.region {
        builder = builder.with_region(region);
    }
    if let Some(key) = &s3.access_key_id {
        builder = builder.with_access_key_id(key);
    }
    if let Some(secret) = &s3.secret_access_key {
        builder = builder.with_secret_access_key(secret);
    }
    if let Some(token) = &s3.session_token {
        builder = builder.with_token(token);
    }
    if let Some(anonymous) = s3.anonymous {
        builder = builder.with_skip_signature(anonymous);
    }
    let endpoint = s3
        .endpoint
        .clone()
        .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::S3Endpoint))
        .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint));
    let virtual_host = s3.path_style.map(|path_style| !path_style);
    if let Some(virtual_host) = virtual_host {
        builder = builder.with_virtual_hosted_style_request(virtual_host);
    }
    let mut plain_http = s3.allow_http.unwrap_or(false);
    if let Some(endpoint) = endpoint {
        let parsed = url::Url::parse(&endpoint).map_err(|_| LakeError::Configuration {
            what: "the endpoint of S3 is not a URL such as https://s3.example.com or http://127.0.0.1:9000".into(),
        })?;
        plain_http |= s3.allow_http.is_none() && parsed.scheme() == "http";
        let address = if virtual_host == Some(true) { with_bucket_in_host(&endpoint, &parsed, bucket) } else { endpoint };
        // Both are set: the second would win over the first if it came from the environment.
        builder = builder.with_endpoint(&address).with_config(AmazonS3ConfigKey::S3Endpoint, &address);
    }
    let client = ClientOptions::new()
        .with_timeout(config.request_timeout())
        .with_connect_timeout(config.connect_timeout())
        .with_allow_http(plain_http);
    let backoff = BackoffConfig { max_backoff: PAUSE_MAX, ..BackoffConfig::default() };
    let store = builder
        .with_client_options(client)
        .with_retry(RetryConfig { backoff, max_retries: config.retries_max, retry_timeout: config.retry_timeout() })
        .build()
        .map_err(|error| LakeError::from_store(&error, format_args!("bucket \"{bucket}\"")))?;
    if prefix.as_ref().is_empty() { Ok(Arc::new(store)) } else { Ok(Arc::new(PrefixStore::new(store, prefix.clone()))) }
}

/// `https://host` becomes `https://bucket.host`, unless it is so already.
fn with_bucket_in_host(endpoint: &str, parsed: &url::Url, bucket: &str) -> String {
    let host = parsed.host_str().unwrap_or_default();
    if host.starts_with(&format!("{bucket}.")) {
        return endpoint.to_owned();
    }
    endpoint.replacen(host, &format!("{bucket}.{host}"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_the_bucket_into_the_host_once() {
        let once = |endpoint: &str| with_bucket_in_host(endpoint, &url::Url::parse(endpoint).unwrap(), "b");
        assert_eq!(once("https://s3.example.com:9000"), "https://b.s3.example.com:9000");
        assert_eq!(once("https://b.s3.example.com"), "https://b.s3.example.com");
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_it() {
        let url = LakeUrl::parse("/no/such/lake").unwrap();
        let error = open_store(&url, &LakeConfig::default()).unwrap_err();
        assert_eq!(error.to_string(), "the folder of the lake, \"/no/such/lake\", does not exist");
    }
}
