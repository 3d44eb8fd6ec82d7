//! Tables that this program wrote, as values: read before anyone else sees them, put under a name, renamed, removed.

use std::sync::Arc;

use super::discovery::TableName;
use super::error::{LakeError, Result};
use super::manifest::{self, Manifest};
use super::publish::{Grace, retire};
use super::table::TableFiles;
use super::{Lake, sweep};

use object_store::{ObjectStoreExt, PutMode, PutOptions};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The files of one version of a table.
#[derive(Clone, Debug)]
pub struct StoredTable {
    pub(super) manifest: Arc<Manifest>,
}

impl Serialize for StoredTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.manifest.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Manifest::deserialize(deserializer).map(|manifest| Self { manifest: Arc::new(manifest) })
    }
}

impl PartialEq for StoredTable {
    fn eq(&self, other: &Self) -> bool {
        self.manifest.version == other.manifest.version
    }
}

impl StoredTable {
    pub fn rows(&self) -> u64 {
        self.manifest.files.iter().map(|file| file.rows).sum()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.manifest.files.iter().map(|file| file.bytes).sum()
    }

    pub(super) fn files(&self) -> usize {
        self.manifest.files.len()
    }
}

/// What a name stood for, and what it shall stand for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TableChange {
    pub name: TableName,
    pub before: Option<StoredTable>,
    pub after: Option<StoredTable>,
}

impl Lake {
    /// The version of a table that this program wrote; `None` if there is no table of this name.
    ///
    /// # Errors
    /// `NotPublished` for a table of the lake's own files.
    pub async fn stored(&self, name: &TableName) -> Result<Option<StoredTable>> {
        match manifest::read(self.store().as_ref(), &manifest::path_of(name)).await? {
            Some(manifest) => Ok(Some(StoredTable { manifest: Arc::new(manifest) })),
            None if self.who_has(name).await?.1 => Err(LakeError::NotPublished { table: name.to_string() }),
            None => Ok(None),
        }
    }

    /// The files of a version, whatever name it has or will have.
    pub fn open_stored(&self, name: &TableName, table: &StoredTable) -> Result<Arc<TableFiles>> {
        let listing = Manifest::clone(&table.manifest).listing()?;
        Ok(Arc::new(TableFiles::new(name.clone(), listing, Arc::clone(&self.inner.files))))
    }

    /// Makes names stand for other versions, or for nothing. Each name changes at once for every reader; several change one after
    /// the other, first those that get a version, so that no version is without a name in between.
    ///
    /// # Errors
    /// `ReadOnly` unless `allow_write` is set; `Exists` if a name has been taken, `Changed` if one that is to go has got another version since
    /// `before` was read; or an error of the store. The names then stand for what they stood for, unless the store refuses that too.
    pub async fn change_tables(&self, changes: &[TableChange]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        self.require_write()?;
        for change in changes {
            let now = self.stored(&change.name).await?;
            match (&change.before, now) {
                (None, Some(_)) => return Err(LakeError::Exists { table: change.name.to_string() }),
                // Of two that replace a table the last one wins.
                (Some(_), Some(_)) if change.after.is_some() => {}
                (before, now) if *before != now => {
                    return Err(LakeError::Changed { file: manifest::path_of(&change.name).to_string() });
                }
                _ => {}
            }
        }
        let store = self.store().as_ref();
        let stays = |table: &StoredTable| changes.iter().any(|change| change.after.as_ref() == Some(table));
        for before in changes.iter().filter_map(|change| change.before.as_ref()).filter(|before| !stays(before)) {
            retire(store, &before.manifest.origin(), &before.manifest.version).await?;
        }
        let (given, gone): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.after.is_some());
        let mut made = vec![];
        for change in given.into_iter().chain(gone) {
            if let Err(error) = self.change_one(change).await {
                self.take_back(&made).await;
                return Err(error);
            }
            made.push(change.clone());
        }
        sweep::sweep_or_warn(self, Grace::default()).await;
        Ok(())
    }

    async fn change_one(&self, change: &TableChange) -> Result<()> {
        match (&change.before, &change.after) {
            (before, Some(after)) => {
                let mode = if before.is_none() { PutMode::Create } else { PutMode::Overwrite };
                put(self, &change.name, after, mode).await
            }
            (Some(_), None) => {
                let deleted = self.store().delete(&manifest::path_of(&change.name)).await;
                deleted.map_err(|error| LakeError::from_store(&error, format_args!("table \"{}\"", change.name)))?;
                self.forget(&change.name);
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    /// Has the names of changes stand again for what they stood for. Files of replaced versions are still there: they have their grace.
    pub async fn take_back(&self, made: &[TableChange]) {
        for change in made.iter().rev() {
            let back = TableChange { name: change.name.clone(), before: change.after.clone(), after: change.before.clone() };
            if let Err(error) = self.change_one(&back).await {
                tracing::error!(table = %change.name, %error, "a table keeps the version of a transaction that failed");
            }
        }
    }

    /// As [`Lake::take_back`], of changes of which nobody knows how far they came: names that stand for something else by now are left.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn restore(&self, changes: &[TableChange]) -> Result<()> {
        for TableChange { name, before, after } in changes.iter().rev() {
            let now = match self.stored(name).await {
                Err(LakeError::NotPublished { .. }) => continue,
                now => now?,
            };
            if before == after || now != *after {
                continue;
            }
            self.change_one(&TableChange { name: name.clone(), before: after.clone(), after: before.clone() }).await?;
        }
        Ok(())
    }

    /// Removes the files of a version that was never published.
    pub async fn discard(&self, table: &StoredTable) -> Result<()> {
        sweep::remove_version(self, &table.manifest.origin(), &table.manifest.version).await
    }
}

async fn put(lake: &Lake, name: &TableName, table: &StoredTable, mode: PutMode) -> Result<()> {
    let json = table.manifest.named(name).to_json()?;
    let put = lake.store().put_opts(&manifest::path_of(name), json.into(), PutOptions::from(mode)).await;
    put.map_err(|error| match error {
        object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. } => {
            LakeError::Exists { table: name.to_string() }
        }
        other => LakeError::from_store(&other, format_args!("the manifest of \"{name}\"")),
    })?;
    lake.forget(name);
    Ok(())
}
