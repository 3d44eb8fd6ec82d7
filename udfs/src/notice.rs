//! What a function has to say beside its result, for whoever runs the session to show.

use std::any::Any;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::common::{Result, plan_err};

/// The notices of one session. A clone reports to the same place. A text that was said before is not said again until it is taken.
#[derive(Clone, Debug, Default)]
pub struct Notices(Arc<Mutex<BTreeSet<String>>>);

impl Notices {
    pub fn say(&self, text: impl Into<String>) {
        self.texts().insert(text.into());
    }

    /// What was said since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.texts()).into_iter().collect()
    }

    fn texts(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Two functions that differ only in where they report are the same function.
impl PartialEq for Notices {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Notices {}

impl Hash for Notices {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Table functions find the notices of their session in its configuration: they are planned without anything else of it.
impl ConfigExtension for Notices {
    const PREFIX: &'static str = "customer_notices";
}

impl ExtensionOptions for Notices {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, _: &str) -> Result<()> {
        plan_err!("{}.{key} is not a setting", Self::PREFIX)
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![]
    }
}
