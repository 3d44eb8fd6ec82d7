//! Removing the files of versions that no manifest names: replaced, dropped, or never finished.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::discovery::TableName;
use super::error::{LakeError, Result};
use super::publish::Grace;
use super::{Lake, manifest};

/// As [`sweep`], for those whose own work is done: leftovers are no reason to fail.
pub(super) async fn sweep_or_warn(lake: &Lake, grace: Grace) {
    if let Err(error) = sweep(lake, grace).await {
        tracing::warn!(%error, "files of replaced tables could not be removed; a later publication will try again");
    }
}

/// Removes versions whose grace time is over; returns how many.
pub(super) async fn sweep(lake: &Lake, grace: Grace) -> Result<usize> {
    let now = Utc::now();
    let mut removed = 0;
    // The versions are listed before the manifests are read, so that one published in between is seen as current.
    let listed = list_versions(lake.store().as_ref()).await?;
    // A renamed table's files lie under its first name.
    let current = manifest::current_versions(lake.store().as_ref()).await?;
    for (name, versions) in listed {
        let old = versions.into_iter().filter(|version| begun_at(version).is_none_or(|begun| begun < now));
        for version in old.filter(|version| !current.contains(version)) {
            if is_over(lake.store().as_ref(), &name, &version, grace, now).await? {
                remove_version(lake, &name, &version).await?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

async fn is_over(store: &dyn ObjectStore, name: &TableName, version: &str, grace: Grace, now: DateTime<Utc>) -> Result<bool> {
    let mark = manifest::retired_mark(name, version);
    match store.head(&mark).await {
        Ok(mark) => Ok(is_older(mark.last_modified, grace.retired, now)),
        Err(object_store::Error::NotFound { .. }) => {
            // Never published, or replaced by another writer at the same moment. A version under a foreign name stays.
            Ok(begun_at(version).is_some_and(|begun| is_older(begun, grace.abandoned, now)))
        }
        Err(error) => Err(LakeError::from_file(&error, mark.as_ref())),
    }
}

fn is_older(moment: DateTime<Utc>, age: Duration, now: DateTime<Utc>) -> bool {
    TimeDelta::from_std(age).is_ok_and(|age| now - moment >= age)
}

/// When a version was begun: its name starts with the milliseconds since 1970.
fn begun_at(version: &str) -> Option<DateTime<Utc>> {
    let (milliseconds, _) = version.split_once('-')?;
    DateTime::from_timestamp_millis(milliseconds.parse().ok()?)
}

/// Removes all files of a version and its mark.
pub(super) async fn remove_version(lake: &Lake, name: &TableName, version: &str) -> Result<()> {
    let store = lake.store();
    let folder = manifest::data_folder(Some(name)).join(version);
    let failed = |error: object_store::Error| LakeError::from_store(&error, format_args!("folder \"{folder}\""));
    let files = store.list(Some(&folder)).map_ok(|meta| meta.location).boxed();
    store.delete_stream(files).try_for_each(|_| std::future::ready(Ok(()))).await.map_err(failed)?;
    if let Some(root) = lake.url().folder() {
        // On a disk the folder stays, with the hidden beginnings of files whose writer was killed.
        let on_disk = root.join(folder.as_ref());
        if let Err(error) = tokio::fs::remove_dir_all(&on_disk).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(LakeError::Io { what: format!("folder \"{folder}\""), reason: error.kind().to_string() });
        }
    }
    match store.delete(&manifest::retired_mark(name, version)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// The versions of all published tables that have files.
async fn list_versions(store: &dyn ObjectStore) -> Result<BTreeMap<TableName, Vec<String>>> {
    let mut versions: BTreeMap<TableName, Vec<String>> = BTreeMap::new();
    for schema in sub_folders(store, &manifest::data_folder(None)).await? {
        for table in sub_folders(store, &schema).await? {
            let Some(name) = table_of(&schema, &table) else { continue };
            for version in sub_folders(store, &table).await? {
                if let Some(version) = version.filename() {
                    versions.entry(name.clone()).or_default().push(version.to_owned());
                }
            }
        }
    }
    Ok(versions)
}

fn table_of(schema: &Path, table: &Path) -> Option<TableName> {
    Some(TableName::new(manifest::unescape(schema.filename()?)?, manifest::unescape(table.filename()?)?))
}

async fn sub_folders(store: &dyn ObjectStore, folder: &Path) -> Result<Vec<Path>> {
    let listed = store.list_with_delimiter(Some(folder)).await;
    Ok(listed.map_err(|error| LakeError::from_store(&error, format_args!("folder \"{folder}\"")))?.common_prefixes)
}
