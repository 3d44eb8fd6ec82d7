//! The folder in which a server keeps what its clients create – users, grants, masks, views –, one document each.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result, SqlState};

/// Held by the program that uses the folder.
const LOCK: &str = "lock";

/// A folder of documents; or none, and nothing outlasts the program.
#[derive(Debug, Default)]
pub struct StateDir {
    folder: Option<PathBuf>,
    _lock: Option<File>,
}

impl StateDir {
    /// Opens the folder, which is made if it is not there, readable for its owner only.
    ///
    /// # Errors
    /// 58030 if it cannot be made or locked, 55006 if another program has it open.
    pub fn open(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        let failed = |error: std::io::Error| in_folder(folder, "cannot be used", &error);
        make(folder).map_err(failed)?;
        let lock = private_file(&folder.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: Some(folder.to_owned()), _lock: Some(lock) }),
            Err(fs::TryLockError::WouldBlock) => {
                let message = format!("the state folder {} is in use by another cilake", folder.display());
                Err(Error::new(SqlState("55006"), message).hint("Connect to the running server instead"))
            }
            Err(fs::TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Whether documents outlast the program.
    pub fn lasts(&self) -> bool {
        self.folder.is_some()
    }

    /// The folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A document, or the default if there is none yet.
    ///
    /// # Errors
    /// 58030 if it cannot be read, XX001 if it is not what was written.
    pub fn read<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        let Some(folder) = &self.folder else { return Ok(T::default()) };
        let bytes = match fs::read(document(folder, name)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(T::default()),
            Err(error) => return Err(in_folder(folder, &format!("has an unreadable document \"{name}\""), &error)),
        };
        // The reason may hold a part of the document.
        serde_json::from_slice(&bytes).map_err(|error| {
            let message =
                format!("the document \"{name}\" of the state folder {} is broken at line {}", folder.display(), error.line());
            Error::new(SqlState::DATA_CORRUPTED, message)
        })
    }

    /// Removes a document, if there is one.
    ///
    /// # Errors
    /// 58030 if it cannot be removed.
    pub fn remove(&self, name: &str) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let remove = || match fs::remove_file(document(folder, name)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.and_then(|()| File::open(folder)?.sync_all()),
        };
        remove().map_err(|error| in_folder(folder, &format!("cannot remove the document \"{name}\""), &error))
    }

    /// Replaces a document: a reader, and a program that starts after a crash, see the old one or the new one.
    ///
    /// # Errors
    /// 58030 if it cannot be written; the old one is then still there.
    pub fn write(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(value).map_err(|error| Error::internal(error.to_string()))?;
        let file = document(folder, name);
        let new = file.with_extension("new");
        let replace = || {
            let mut writer = private_file(&new)?;
            writer.set_len(0)?;
            writer.write_all(&bytes)?;
            writer.sync_all()?;
            fs::rename(&new, &file)?;
            File::open(folder)?.sync_all()
        };
        replace().map_err(|error| in_folder(folder, &format!("cannot keep the document \"{name}\""), &error))
    }
}

fn document(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}

fn in_folder(folder: &Path, what: &str, error: &std::io::Error) -> Error {
    Error::new(SqlState::IO_ERROR, format!("the state folder {} {what}: {error}", folder.display()))
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_last_and_belong_to_one_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let state = StateDir::open(Some(&path)).unwrap();
        assert_eq!(state.read::<Vec<String>>("names").unwrap(), Vec::<String>::new());
        state.write("names", &["ann", "bob"]).unwrap();
        assert_eq!(StateDir::open(Some(&path)).unwrap_err().sqlstate(), "55006");
        drop(state);
        let state = StateDir::open(Some(&path)).unwrap();
        assert_eq!(state.read::<Vec<String>>("names").unwrap(), ["ann", "bob"]);
        state.remove("names").unwrap();
        state.remove("names").unwrap();
        assert_eq!(state.read::<Vec<String>>("names").unwrap(), Vec::<String>::new());
        fs::write(path.join("names.json"), "[\"ann\", oops").unwrap();
        let error = state.read::<Vec<String>>("names").unwrap_err();
        assert_eq!(error.sqlstate(), "XX001");
        assert!(!error.message.contains("oops"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        StateDir::open(Some(&path)).unwrap().write("names", &["ann"]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join("names.json"))), (0o700, 0o600));
    }
}
