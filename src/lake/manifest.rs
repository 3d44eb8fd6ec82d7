//! The manifest of a table written by `CREATE TABLE`: which files make up its current version. Putting it is what publishes
//! a version, and a store puts an object whole or not at all.
//!
//! ```text
//! <lake>/_cilake/tables/<schema>.<table>.json                        the manifest
//! <lake>/_cilake/data/<schema>/<table>/<version>/part-0.parquet      the files of a version
//! <lake>/_cilake/retired/<schema>/<table>/<version>                  put when a version was replaced or dropped
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};

use super::discovery::TableName;
use super::error::{LakeError, Result};
use super::listing::{DataFile, Format, Listing};

/// The hidden folder of everything that this program writes into a lake.
const ROOT: &str = "_cilake";

/// What a manifest written by this version of the program says in `format`.
const FORMAT: u32 = 1;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    format: u32,
    pub schema: String,
    pub table: String,
    pub version: String,
    pub created_at: DateTime<Utc>,
    pub files: Vec<ManifestFile>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct ManifestFile {
    /// From the root of the lake.
    pub path: String,
    pub bytes: u64,
    pub rows: u64,
    pub last_modified: DateTime<Utc>,
    pub e_tag: Option<String>,
}

impl Manifest {
    pub(super) fn new(name: &TableName, version: &str, files: Vec<ManifestFile>) -> Self {
        Self {
            format: FORMAT,
            schema: name.schema.clone(),
            table: name.table.clone(),
            version: version.to_owned(),
            created_at: Utc::now(),
            files,
        }
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self).map_err(|error| LakeError::Io { what: "a manifest".into(), reason: error.to_string() })
    }

    /// The same files under another name.
    pub(super) fn named(&self, name: &TableName) -> Self {
        Self { schema: name.schema.clone(), table: name.table.clone(), ..self.clone() }
    }

    /// The name under which the version was written, which is in the paths of its files.
    pub(super) fn origin(&self) -> TableName {
        let path = self.files.first().and_then(|file| Path::parse(&file.path).ok()).unwrap_or_default();
        let mut below = path.prefix_match(&data_folder(None)).into_iter().flatten();
        match (below.next(), below.next()) {
            (Some(schema), Some(table)) => {
                let name = |part: &str| unescape(part).unwrap_or_default();
                TableName::new(name(schema.as_ref()), name(table.as_ref()))
            }
            _ => TableName::new(&self.schema, &self.table),
        }
    }

    /// The files of the version, as a listing would show them.
    pub(super) fn listing(self) -> Result<Listing> {
        let files = self.files.into_iter().map(|file| {
            let location = Path::parse(&file.path).map_err(|_| LakeError::Corrupt {
                file: path_of(&TableName::new(&self.schema, &self.table)).to_string(),
                reason: "it names a file by a path that is not valid".into(),
            })?;
            let meta =
                ObjectMeta { location, last_modified: file.last_modified, size: file.bytes, e_tag: file.e_tag, version: None };
            Ok(DataFile { meta, partition_values: Vec::new() })
        });
        Ok(Listing { format: Format::Parquet, partitions: Vec::new(), files: files.collect::<Result<_>>()? })
    }
}

/// Reads a manifest. `None` if there is none (any more).
///
/// # Errors
/// `Corrupt` for what is not a manifest; `Unsupported` for one of a later version of this program.
pub(super) async fn read(store: &dyn ObjectStore, path: &Path) -> Result<Option<Manifest>> {
    let bytes = match store.get(path).await {
        Ok(object) => object.bytes().await.map_err(|error| LakeError::from_file(&error, path.as_ref()))?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(LakeError::from_file(&error, path.as_ref())),
    };
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|error| LakeError::Corrupt { file: path.to_string(), reason: format!("it is not a manifest: {error}") })?;
    if manifest.format > FORMAT {
        let what = format!("\"{path}\" was written by a later version of this program (format {})", manifest.format);
        return Err(LakeError::Unsupported { what });
    }
    Ok(Some(manifest))
}

/// The current versions of all tables, whatever their names.
pub(super) async fn current_versions(store: &dyn ObjectStore) -> Result<BTreeSet<String>> {
    let listed = store.list_with_delimiter(Some(&folder())).await;
    let listed = listed.map_err(|error| LakeError::from_store(&error, "the published tables"))?;
    let mut versions = BTreeSet::new();
    for object in listed.objects.iter().filter(|object| name_of(&object.location).is_some()) {
        versions.extend(read(store, &object.location).await?.map(|manifest| manifest.version));
    }
    Ok(versions)
}

/// The folder of all manifests.
pub(super) fn folder() -> Path {
    Path::from_iter([ROOT, "tables"])
}

/// The folder of the data of all published tables, or with a table's name that of its versions.
pub(super) fn data_folder(name: Option<&TableName>) -> Path {
    below(Path::from_iter([ROOT, "data"]), name)
}

/// The mark of a version that was replaced or dropped.
pub(super) fn retired_mark(name: &TableName, version: &str) -> Path {
    below(Path::from_iter([ROOT, "retired"]), Some(name)).join(version)
}

fn below(folder: Path, name: Option<&TableName>) -> Path {
    match name {
        Some(name) => folder.join(escape(&name.schema)).join(escape(&name.table)),
        None => folder,
    }
}

/// Where the manifest of a table lies.
pub(super) fn path_of(name: &TableName) -> Path {
    folder().join(format!("{}.{}.json", escape(&name.schema), escape(&name.table)))
}

/// The table of a manifest's path; `None` for other files.
pub(super) fn name_of(path: &Path) -> Option<TableName> {
    let (schema, table) = path.filename()?.strip_suffix(".json")?.split_once('.')?;
    Some(TableName::new(unescape(schema)?, unescape(table)?))
}

/// Letters, digits, `_` and `-` stay; every other byte becomes `!` and two hexadecimal digits. `%` would be escaped once
/// more by the store, and `.` separates schema and table.
pub(super) fn escape(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::with_capacity(name.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "!{byte:02x}");
        }
        escaped
    })
}

pub(super) fn unescape(text: &str) -> Option<String> {
    let mut pieces = text.split('!');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(piece.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(piece.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_survives_the_way_into_a_path_and_back() {
        for (schema, table) in [("sales", "orders"), ("a.b", "c/d"), ("Über", "x y"), ("%2F", "!21"), ("..", ".")] {
            let name = TableName::new(schema, table);
            let path = path_of(&name);
            assert_eq!(name_of(&path), Some(name), "{path}");
        }
    }

    #[test]
    fn other_files_are_no_manifests() {
        for path in ["_cilake/tables/readme.txt", "_cilake/tables/orders.json", "_cilake/tables/a!zz.b.json"] {
            assert_eq!(name_of(&Path::from(path)), None, "{path}");
        }
    }
}
