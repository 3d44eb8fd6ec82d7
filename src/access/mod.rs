//! Who may do what: roles, privileges, row policies and masks, as one document of the server's state.
//!
//! | module | what |
//! |---|---|
//! | [`roles`] | roles, their passwords and memberships |
//! | [`privileges`] | what a role may do with schemas and relations |
//! | [`policies`] | which rows of a table a role sees |
//! | [`masks`] | which columns a role sees in another form |
//! | [`rights`] | all of it for one user at one moment |

pub mod masks;
pub mod policies;
pub mod privileges;
pub mod rights;
pub mod roles;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, RwLock};

use cilake_wire::Verifier;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::state::StateDir;
use privileges::{Acl, Relation, Schema};
use roles::Role;

/// The role that owns the lake and what nobody else owns; nobody logs in as it.
pub const OWNER: &str = "cilake";

/// The name of the document in the state's folder.
const DOCUMENT: &str = "access";
const SECRET_BYTES: usize = 32;

/// Everything about access, at one moment.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Key of what must be the same each time and that nobody can compute: hashes of masked values, challenges for unknown names.
    secret: Secret,
    pub roles: BTreeMap<String, Role>,
    pub schemas: BTreeMap<String, Schema>,
}

/// Random bytes; kept as hexadecimal digits, never printed.
#[derive(Clone, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(transparent)]
struct Secret(String);

impl Secret {
    fn new() -> Self {
        let bytes: [u8; SECRET_BYTES] = rand::rng().random();
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl State {
    /// The key of masked values.
    pub fn secret(&self) -> &[u8] {
        self.secret.0.as_bytes()
    }

    /// Whether somebody can log in; everybody must then.
    pub fn has_users(&self) -> bool {
        self.roles.values().any(|role| role.can_login)
    }

    /// What is known of a relation; nothing if nothing was ever said.
    pub fn relation(&self, name: &TableName) -> Option<&Relation> {
        self.schemas.get(&name.schema)?.relations.get(&name.table)
    }

    pub fn relation_mut(&mut self, name: &TableName) -> &mut Relation {
        self.schemas.entry(name.schema.clone()).or_default().relations.entry(name.table.clone()).or_default()
    }

    pub fn schema_mut(&mut self, name: &str) -> &mut Schema {
        self.schemas.entry(name.to_string()).or_default()
    }

    /// Forgets who owned and who might read a relation that was dropped. Its masks and policies stay with the name: a job that drops a
    /// table and makes it again must not show what was hidden.
    pub fn forget(&mut self, name: &TableName) {
        let Some(schema) = self.schemas.get_mut(&name.schema) else { return };
        if let Some(relation) = schema.relations.get_mut(&name.table) {
            (relation.owner, relation.acl) = (None, Acl::default());
            if !relation.hides() {
                schema.relations.remove(&name.table);
            }
        }
    }

    /// Has what is known of a relation be what it was.
    pub fn restore(&mut self, name: &TableName, known: Option<Relation>) {
        match known {
            Some(known) => *self.relation_mut(name) = known,
            None => drop(self.schemas.get_mut(&name.schema).map(|schema| schema.relations.remove(&name.table))),
        }
    }

    /// Hides in one relation what is hidden in another.
    pub fn hide_as_well(&mut self, from: &TableName, to: &TableName) {
        if let Some(known) = self.relation(from).filter(|known| known.hides()).cloned() {
            self.relation_mut(to).hide_as(&known);
        }
    }

    /// A relation goes on under another name: its owner and its privileges go with it. What is hidden in it is hidden in both, as when
    /// one is dropped.
    pub fn rename_relation(&mut self, from: &TableName, to: &TableName) {
        self.hide_as_well(from, to);
        if let Some(known) = self.relation(from).cloned() {
            let renamed = self.relation_mut(to);
            (renamed.owner, renamed.acl) = (known.owner, known.acl);
            self.forget(from);
        }
    }

    /// All relations of which something is known.
    pub fn relations(&self) -> impl Iterator<Item = (TableName, &Relation)> {
        self.schemas.iter().flat_map(|(schema, known)| {
            known.relations.iter().map(move |(table, relation)| (TableName::new(schema, table), relation))
        })
    }

    /// All lists of privileges, with what each is about.
    fn acls(&self) -> impl Iterator<Item = (String, &Acl)> {
        let schemas = self.schemas.iter().map(|(name, schema)| (format!("schema {name}"), &schema.acl));
        schemas.chain(self.relations().map(|(name, relation)| (format!("table {name}"), &relation.acl)))
    }

    /// Somebody must be able to log in and to grant, as soon as anybody must log in.
    fn check(&self, now_micros: i64) -> Result<()> {
        let opens = |role: &Role| role.superuser && role.can_login && role.password.is_some() && !role.has_expired(now_micros);
        if !self.has_users() || self.roles.values().any(opens) {
            return Ok(());
        }
        Err(Error::new(SqlState("2BP01"), "no superuser would be able to log in")
            .hint("The first user must be a superuser: CREATE USER name PASSWORD '…' SUPERUSER"))
    }
}

/// The state of access: readers take what is there, changes are written before they are seen.
#[derive(Debug)]
pub struct Access {
    current: RwLock<Arc<State>>,
    changing: Mutex<()>,
}

impl Access {
    /// Reads the state.
    ///
    /// # Errors
    /// Those of [`StateDir::read`] and [`StateDir::write`].
    pub fn open(folder: &StateDir) -> Result<Self> {
        let mut state: State = folder.read(DOCUMENT)?;
        if state.secret == Secret::default() {
            state.secret = Secret::new();
            folder.write(DOCUMENT, &state)?;
        }
        Ok(Self { current: RwLock::new(Arc::new(state)), changing: Mutex::new(()) })
    }

    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Changes the state, all of the change or nothing.
    ///
    /// # Errors
    /// 55000 without a folder, 2BP01 if no superuser could log in any more, those of the change, and those of [`StateDir::write`].
    pub fn change<R>(&self, folder: &StateDir, change: impl FnOnce(&mut State) -> Result<R>) -> Result<R> {
        if !folder.lasts() {
            let error = Error::new(SqlState("55000"), "there is no folder to keep roles, privileges and policies in");
            return Err(error.hint("Start cilake with --state DIR"));
        }
        let _one_at_a_time = self.changing.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut state = self.state().as_ref().clone();
        let result = change(&mut state)?;
        state.check(chrono::Utc::now().timestamp_micros())?;
        folder.write(DOCUMENT, &state)?;
        *self.current.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(state);
        Ok(result)
    }

    /// What a client must know to log in under a name; None as long as there are no users. For a name under which nobody can log in
    /// it looks like any other.
    pub fn verifier(&self, name: &str) -> Option<Verifier> {
        let state = self.state();
        if !state.has_users() {
            return None;
        }
        let now = chrono::Utc::now().timestamp_micros();
        let role = state.roles.get(name).filter(|role| role.can_login && !role.has_expired(now));
        let known = role.and_then(|role| role.password.as_ref()).map(|password| password.verifier().clone());
        Some(known.unwrap_or_else(|| Verifier::of_nobody(name, state.secret())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::roles::Password;

    fn superuser() -> Role {
        Role { can_login: true, superuser: true, password: Some(Password::of("pencil")), ..Role::default() }
    }

    #[test]
    fn a_change_is_kept_or_has_not_happened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let dir = StateDir::open(Some(&path)).unwrap();
        let access = Access::open(&dir).unwrap();
        let secret = access.state().secret().to_vec();
        assert_eq!(secret.len(), 2 * SECRET_BYTES);
        let add = |name: &str, role: Role| access.change(&dir, |state| Ok(state.roles.insert(name.into(), role)));
        let reader = Role { superuser: false, ..superuser() };
        assert_eq!(add("ann", reader).unwrap_err().sqlstate(), "2BP01");
        assert!(access.state().roles.is_empty());
        add("root", superuser()).unwrap();
        drop(access);
        let again = Access::open(&dir).unwrap();
        assert!(again.state().has_users());
        assert_eq!(again.state().secret(), secret);
        assert_eq!(again.verifier("nobody"), again.verifier("nobody"));
        let document = std::fs::read_to_string(path.join("access.json")).unwrap();
        assert!(document.contains("SCRAM-SHA-256$4096:") && !document.contains("pencil"));
        let printed = format!("{:?}", again.state());
        assert!(!printed.contains("SCRAM-SHA-256$") && !printed.contains(std::str::from_utf8(&secret).unwrap()), "{printed}");
    }

    #[test]
    fn privileges_go_with_a_relation_and_what_is_hidden_stays_with_its_name() {
        let mut state = State::default();
        let (from, to) = (TableName::new("crm", "contacts"), TableName::new("old", "people"));
        let before = state.relation_mut(&from);
        before.row_security = true;
        before.masks.set("email", "anon", Some("NULL".into()));
        before.acl.grant("ann", &[privileges::Privilege::Select]);
        state.relation_mut(&to).masks.set("phone", "anon", Some("NULL".into()));
        state.rename_relation(&from, &to);
        let roles = ["ann".to_string()].into();
        let masked = |state: &State, name| {
            state.relation(name).unwrap().masks.under(&["anon".to_string()].into()).into_keys().collect::<Vec<_>>()
        };
        assert!(state.relation_allows(&to, &roles) && !state.relation_allows(&from, &roles));
        assert_eq!(masked(&state, &to), ["email", "phone"]);
        assert_eq!(masked(&state, &from), ["email"]);
        assert!(state.relation(&from).unwrap().row_security && state.relation(&to).unwrap().row_security);
        state.forget(&to);
        assert!(!state.relation_allows(&to, &roles));
        assert_eq!(masked(&state, &to), ["email", "phone"]);
        let plain = TableName::new("crm", "plain");
        state.relation_mut(&plain).acl.grant("ann", &[privileges::Privilege::Select]);
        state.forget(&plain);
        assert!(state.relation(&plain).is_none());
    }

    #[test]
    fn without_a_folder_nothing_is_granted() {
        let dir = StateDir::default();
        let access = Access::open(&dir).unwrap();
        let error = access.change(&dir, |state| Ok(state.roles.insert("root".into(), superuser()))).unwrap_err();
        assert_eq!(error.sqlstate(), "55000");
        assert!(access.verifier("ann").is_none());
    }
}
