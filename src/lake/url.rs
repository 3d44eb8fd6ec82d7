//! Where a lake lies: a folder of this machine, or a bucket of S3 and the prefix in it.

use std::fmt;
use std::path::{Path as FilePath, PathBuf};

use object_store::path::Path;

use super::error::{LakeError, Result};

/// A lake's address, as `./lake`, `/abs/lake`, `file:///abs/lake` or `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LakeUrl {
    Local(PathBuf),
    S3 { bucket: String, prefix: Path },
}

impl LakeUrl {
    /// Reads an address. A text without `://` is a folder, relative to where the program runs.
    ///
    /// # Errors
    /// `Configuration` for an empty address, an unknown scheme, a bucket that is missing, or keys inside the address.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| LakeError::Configuration { what: why.to_owned() };
        if text.trim().is_empty() {
            return Err(refuse("the URL of the lake is empty"));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::Local(PathBuf::from(text)));
        };
        match scheme {
            "file" => url::Url::parse(text)
                .ok()
                .and_then(|url| url.to_file_path().ok())
                .map(Self::Local)
                .ok_or_else(|| refuse("a file URL has the form file:///folder")),
            "s3" | "s3a" => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.contains('@') {
                    // The text is not repeated here: it holds a key.
                    return Err(refuse("the URL of the lake must not hold keys: set them in the configuration or environment"));
                }
                if bucket.is_empty() || prefix.contains(['?', '#']) {
                    return Err(refuse("an S3 URL has the form s3://bucket/prefix"));
                }
                let prefix =
                    Path::parse(prefix.trim_matches('/')).map_err(|_| refuse("the prefix of the S3 URL is not valid"))?;
                Ok(Self::S3 { bucket: bucket.to_owned(), prefix })
            }
            other => Err(LakeError::Unsupported {
                what: format!("a lake cannot be opened at \"{other}://\": it is a local folder or s3://bucket/prefix"),
            }),
        }
    }

    /// The folder of a local lake.
    pub fn folder(&self) -> Option<&FilePath> {
        match self {
            Self::Local(folder) => Some(folder),
            Self::S3 { .. } => None,
        }
    }
}

impl fmt::Display for LakeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(folder) => write!(f, "{}", folder.display()),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(bucket: &str, prefix: &str) -> LakeUrl {
        LakeUrl::S3 { bucket: bucket.into(), prefix: Path::from(prefix) }
    }

    #[test]
    fn reads_folders_and_buckets() {
        assert_eq!(LakeUrl::parse("./lake"), Ok(LakeUrl::Local("./lake".into())));
        assert_eq!(LakeUrl::parse("/abs/lake"), Ok(LakeUrl::Local("/abs/lake".into())));
        assert_eq!(LakeUrl::parse("file:///abs/my%20lake"), Ok(LakeUrl::Local("/abs/my lake".into())));
        assert_eq!(LakeUrl::parse("s3://b"), Ok(s3("b", "")));
        assert_eq!(LakeUrl::parse("s3://b/"), Ok(s3("b", "")));
        assert_eq!(LakeUrl::parse("s3://b/a/lake/"), Ok(s3("b", "a/lake")));
    }

    #[test]
    fn refuses_what_it_cannot_open_without_repeating_keys() {
        for bad in ["", " ", "s3://", "s3:///x", "file://host/x", "s3://b/x?versionId=1"] {
            assert!(matches!(LakeUrl::parse(bad), Err(LakeError::Configuration { .. })), "{bad}");
        }
        assert!(matches!(LakeUrl::parse("gs://b/x"), Err(LakeError::Unsupported { .. })));
        let error = LakeUrl::parse("s3://AKIA:topsecret@bucket/x").unwrap_err().to_string();
        assert!(!error.contains("topsecret") && !error.contains("AKIA"), "{error}");
    }
}
