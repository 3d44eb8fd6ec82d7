//! The files of one table, as one listing of its folder shows them.

use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::error::{LakeError, Result};
use super::partition::{PartitionColumn, read_folder, type_columns};

/// How the rows of a table are stored. Parquet is the format of the lake; the other two are a convenience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Parquet,
    /// With a header line.
    Csv,
    /// One object a line.
    Json,
}

impl Format {
    /// By the end of a file's name; `None` for what is not data.
    pub fn of(file_name: &str) -> Option<Self> {
        let (stem, extension) = file_name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        match extension {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            "json" | "ndjson" | "jsonl" => Some(Self::Json),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// One file of a table: what the store says about it, and the values of its partition columns.
#[derive(Clone, Debug, PartialEq)]
pub struct DataFile {
    pub meta: ObjectMeta,
    pub partition_values: Vec<ScalarValue>,
}

/// All files of a table at one moment, ordered by path.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    pub format: Format,
    pub partitions: Vec<PartitionColumn>,
    pub files: Vec<DataFile>,
}

/// Names that begin with `_` or `.` are not data, whether folder or file.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with(['_', '.'])
}

/// The names and values of the folders `name=value` above a file.
type Folders = Vec<(String, Option<String>)>;

/// Lists the folder of a table and everything below it. `None` if there is no data file.
///
/// # Errors
/// `TooManyFiles`, `Unsupported` for a Delta or Iceberg table (whose folder also holds rows that were deleted), or an error of the store.
pub(super) async fn list_folder(
    store: &dyn ObjectStore,
    folder: &Path,
    table: &str,
    files_max: usize,
) -> Result<Option<Listing>> {
    let mut found: Vec<(Format, ObjectMeta, Folders)> = Vec::new();
    let mut objects = store.list(Some(folder));
    while let Some(meta) =
        objects.try_next().await.map_err(|error| LakeError::from_store(&error, format_args!("table \"{table}\"")))?
    {
        let Some(parts) = meta.location.prefix_match(folder) else { continue };
        let parts: Vec<_> = parts.collect();
        let Some((file_name, folders)) = parts.split_last() else { continue };
        refuse_other_table_formats(table, file_name.as_ref(), folders.first().map(AsRef::as_ref))?;
        if parts.iter().any(|part| is_hidden(part.as_ref())) {
            continue;
        }
        let Some(format) = Format::of(file_name.as_ref()) else { continue };
        if found.len() >= files_max {
            return Err(LakeError::TooManyFiles { table: table.to_owned(), limit: files_max });
        }
        let partition = folders.iter().filter_map(|folder| read_folder(folder.as_ref())).collect();
        found.push((format, meta, partition));
    }
    // A folder of Parquet files may hold a description or an export beside them: those are not rows of the table.
    let Some(format) = found.iter().map(|(format, ..)| *format).min() else { return Ok(None) };
    found.retain(|(of_file, ..)| *of_file == format);
    found.sort_by(|(_, left, _), (_, right, _)| left.location.cmp(&right.location));
    let (metas, folders): (Vec<_>, Vec<_>) = found.into_iter().map(|(_, meta, folders)| (meta, folders)).unzip();
    let (partitions, values) = type_columns(&folders);
    let files = metas.into_iter().zip(values).map(|(meta, partition_values)| DataFile { meta, partition_values }).collect();
    Ok(Some(Listing { format, partitions, files }))
}

fn refuse_other_table_formats(table: &str, file_name: &str, first_folder: Option<&str>) -> Result<()> {
    let kind = match first_folder {
        Some("_delta_log") => "a Delta Lake table",
        Some("metadata") if file_name.ends_with(".metadata.json") => "an Iceberg table",
        _ => return Ok(()),
    };
    // Reading its Parquet files as they lie would bring back rows that were deleted.
    Err(LakeError::Unsupported { what: format!("\"{table}\" is {kind}, which cannot be read yet") })
}

/// Looks at a table that is one file. `None` if it is not there any more.
pub(super) async fn list_file(store: &dyn ObjectStore, file: &Path) -> Result<Option<Listing>> {
    let Some(format) = file.filename().and_then(Format::of) else { return Ok(None) };
    match store.head(file).await {
        Ok(meta) => {
            // A store with a prefix answers with the path in its bucket.
            let meta = ObjectMeta { location: file.clone(), ..meta };
            Ok(Some(Listing { format, partitions: Vec::new(), files: vec![DataFile { meta, partition_values: Vec::new() }] }))
        }
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(LakeError::from_file(&error, file.as_ref())),
    }
}
