//! Which tables there are, by names of folders and files alone: no file is opened and no table's files are listed.
//!
//! ```text
//! <lake>/<schema>/<table>/**            a table of a schema; folders k=v are its partitions
//! <lake>/<schema>/<table>.parquet       the same as one file, in a folder that also has table folders
//! <lake>/<table>/*.parquet, k=v/        a root folder with data and no other folders: a table of schema public
//! <lake>/<table>.parquet                a table of schema public
//! <lake>/_cilake/tables/*.json          tables written by CREATE TABLE
//! ```
//! Names beginning with `_` or `.` are hidden, and `<lake>/sql/` holds views.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ListResult, ObjectStore};
use serde::{Deserialize, Serialize};

use super::error::{LakeError, Result};
use super::listing::{Format, is_hidden};
use super::manifest;
use super::partition::{percent_decode, read_folder};

/// The schema of tables that lie directly in the lake.
pub const DEFAULT_SCHEMA: &str = "public";

/// The folder of views, which is never a schema.
const VIEWS_FOLDER: &str = "sql";

/// Folders listed at a time.
const LISTINGS_AT_ONCE: usize = 16;

/// The name of a table, as in `sales.orders`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub struct TableName {
    pub schema: String,
    pub table: String,
}

impl TableName {
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        Self { schema: schema.into(), table: table.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

/// Where the files of a table are found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Folder(Path),
    File(Path),
    /// The manifest of a table written by `CREATE TABLE`.
    Manifest(Path),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "folder \"{path}\""),
            Self::File(path) => write!(f, "file \"{path}\""),
            Self::Manifest(_) => f.write_str("a table made by CREATE TABLE"),
        }
    }
}

/// The tables of a lake at one moment.
#[derive(Debug, Default)]
pub(super) struct Discovery {
    pub names: Arc<BTreeSet<TableName>>,
    places: BTreeMap<TableName, Vec<Place>>,
}

impl Discovery {
    /// Where a table lies.
    ///
    /// # Errors
    /// `Ambiguous` if a folder, a file or a published table share the name.
    pub(super) fn place(&self, name: &TableName) -> Result<Option<&Place>> {
        match self.places(name) {
            [] => Ok(None),
            [place] => Ok(Some(place)),
            [first, second, ..] => {
                Err(LakeError::Ambiguous { table: name.to_string(), first: first.to_string(), second: second.to_string() })
            }
        }
    }

    /// Everything that has this name.
    pub(super) fn places(&self, name: &TableName) -> &[Place] {
        self.places.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Lists the root of the lake, each of its folders once, and the published tables.
pub(super) async fn discover(store: &dyn ObjectStore) -> Result<Discovery> {
    let root = list(store, &Path::default()).await?;
    let folders: Vec<_> = root.common_prefixes.iter().filter(|folder| is_schema_or_table(folder)).cloned().collect();
    let listed: Vec<(Path, ListResult)> = stream::iter(folders)
        .map(|folder| async move { list_unless_denied(store, folder).await })
        .buffered(LISTINGS_AT_ONCE)
        .try_collect()
        .await?;
    let published = list(store, &manifest::folder()).await?;

    let mut places: BTreeMap<TableName, Vec<Place>> = BTreeMap::new();
    let mut add = |name: TableName, place: Place| places.entry(name).or_default().push(place);
    for (table, file) in data_files(&root) {
        add(TableName::new(DEFAULT_SCHEMA, table), Place::File(file));
    }
    for (folder, content) in &listed {
        classify(folder, content, &mut add);
    }
    for object in published.objects {
        if let Some(name) = manifest::name_of(&object.location) {
            add(name, Place::Manifest(object.location));
        }
    }
    Ok(Discovery { names: Arc::new(places.keys().cloned().collect()), places })
}

/// A root folder is a table or a schema.
fn classify(folder: &Path, content: &ListResult, add: &mut impl FnMut(TableName, Place)) {
    let Some(name) = folder.filename().map(percent_decode) else { return };
    let (partitions, tables): (Vec<_>, Vec<_>) = content
        .common_prefixes
        .iter()
        .filter(|sub_folder| !sub_folder.filename().is_none_or(is_hidden))
        .partition(|sub_folder| sub_folder.filename().is_some_and(|name| read_folder(name).is_some()));
    let files = data_files(content);
    if tables.is_empty() {
        if !files.is_empty() || !partitions.is_empty() {
            add(TableName::new(DEFAULT_SCHEMA, name), Place::Folder(folder.clone()));
        }
        return;
    }
    if !partitions.is_empty() {
        tracing::warn!(folder = %folder, "a folder with tables also has partition folders, which belong to no table");
    }
    for table in tables {
        if let Some(table_name) = table.filename().map(percent_decode) {
            add(TableName::new(&name, table_name), Place::Folder(table.clone()));
        }
    }
    for (table, file) in files {
        add(TableName::new(&name, table), Place::File(file));
    }
}

/// The data files directly in a folder, with their names up to the extension.
fn data_files(content: &ListResult) -> Vec<(String, Path)> {
    content
        .objects
        .iter()
        .filter_map(|object| {
            let file_name = object.location.filename()?;
            if is_hidden(file_name) {
                return None;
            }
            Format::of(file_name)?;
            let (stem, _) = file_name.rsplit_once('.')?;
            Some((percent_decode(stem), object.location.clone()))
        })
        .collect()
}

fn is_schema_or_table(folder: &Path) -> bool {
    folder.filename().is_some_and(|name| !is_hidden(name) && name != VIEWS_FOLDER)
}

async fn list(store: &dyn ObjectStore, folder: &Path) -> Result<ListResult> {
    let prefix = if folder.as_ref().is_empty() { None } else { Some(folder) };
    store.list_with_delimiter(prefix).await.map_err(|error| LakeError::from_store(&error, "the lake"))
}

/// A folder that may not be listed hides its tables, not those of the other folders.
async fn list_unless_denied(store: &dyn ObjectStore, folder: Path) -> Result<(Path, ListResult)> {
    match list(store, &folder).await {
        Err(LakeError::Denied { reason, .. }) => {
            tracing::warn!(folder = %folder, reason, "a folder of the lake cannot be listed; its tables are not shown");
            Ok((folder, ListResult { common_prefixes: Vec::new(), objects: Vec::new() }))
        }
        other => other.map(|content| (folder, content)),
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt;
    use object_store::memory::InMemory;

    use super::*;

    async fn tables_of(files: &[&str]) -> Vec<String> {
        let store = InMemory::new();
        for file in files {
            store.put(&Path::parse(file).unwrap(), "x".into()).await.unwrap();
        }
        let discovery = discover(&store).await.unwrap();
        discovery.names.iter().map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn schemas_tables_and_single_files() {
        let files = [
            "sales/orders/part-0.parquet",
            "sales/lines/year=2025/month=01/a.parquet",
            "sales/nested/a/b/c.parquet",
            "sales/products.parquet",
            "customers/part-0.parquet",
            "events/day=2025-01-01/a.parquet",
            "regions.csv",
            "notes.ndjson",
        ];
        let expected = [
            "public.customers",
            "public.events",
            "public.notes",
            "public.regions",
            "sales.lines",
            "sales.nested",
            "sales.orders",
            "sales.products",
        ];
        assert_eq!(tables_of(&files).await, expected);
    }

    #[tokio::test]
    async fn hidden_names_views_and_other_files_are_no_tables() {
        let files = [
            "_tmp/orders/a.parquet",
            ".git/orders/a.parquet",
            "sql/views/orders.sql",
            "sql/a.parquet",
            "sales/_staging/a.parquet",
            "sales/orders/a.parquet",
            "sales/.hidden.parquet",
            "docs/readme.md",
            "README.md",
            ".parquet",
        ];
        assert_eq!(tables_of(&files).await, ["sales.orders"]);
    }

    #[tokio::test]
    async fn an_empty_lake_has_no_tables() {
        assert!(tables_of(&[]).await.is_empty());
    }

    #[tokio::test]
    async fn one_name_in_two_places_is_told_when_it_is_asked_for() {
        let store = InMemory::new();
        for file in ["sales/orders/a.parquet", "sales/orders.parquet", "sales/lines/a.parquet"] {
            store.put(&Path::from(file), "x".into()).await.unwrap();
        }
        let discovery = discover(&store).await.unwrap();
        let error = discovery.place(&TableName::new("sales", "orders")).unwrap_err();
        assert!(matches!(error, LakeError::Ambiguous { .. }), "{error}");
        assert!(discovery.place(&TableName::new("sales", "lines")).unwrap().is_some());
        assert!(discovery.place(&TableName::new("sales", "nothing")).unwrap().is_none());
    }

    #[tokio::test]
    async fn published_tables_are_found_by_their_manifests() {
        let name = TableName::new("Über", "a.b/c");
        let store = InMemory::new();
        store.put(&manifest::path_of(&name), "{}".into()).await.unwrap();
        store.put(&Path::from("_cilake/data/x/y/1/part-0.parquet"), "x".into()).await.unwrap();
        let discovery = discover(&store).await.unwrap();
        assert_eq!(discovery.names.iter().cloned().collect::<Vec<_>>(), [name]);
    }
}
