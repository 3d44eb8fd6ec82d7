//! Who a session belongs to, and what that lets it do.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::session::Session;
use super::settings::Settings;
use super::{Engine, Shared};
use crate::access::OWNER;
use crate::access::rights::Rights;
use crate::error::{Error, Result, SqlState};

/// The setting that SET ROLE changes, and its value where the user is who logged in.
const ROLE: &str = "role";
const NO_ROLE: &str = "none";

/// Settings that only superusers change: limits that nobody lifts for himself.
const LIMITS: [&str; 3] = ["cilake.memory_limit", "cilake.rows_max", "cilake.statement_time_max"];

/// Settings that a function must not change while a statement runs, because rights depend on them.
pub(super) fn is_guarded(name: &str) -> bool {
    name.eq_ignore_ascii_case(ROLE) || LIMITS.iter().any(|limit| name.eq_ignore_ascii_case(limit))
}

/// Who has opened a session.
pub(super) struct Identity {
    user: String,
    /// Whether it may do everything without a role that says so: the owner of the state's folder, and whoever created the first user.
    trusted: bool,
    /// Whether anybody has asked who it is. One that came while there were no users ends with the first user, whatever its name.
    known: bool,
    from: Option<SocketAddr>,
    /// As of the last statement.
    rights: Mutex<Option<Arc<Rights>>>,
    _connection: Option<Connection>,
}

impl Identity {
    pub fn new(user: &str, trusted: bool, known: bool) -> Self {
        Self { user: user.to_string(), trusted, known, from: None, rights: Mutex::new(None), _connection: None }
    }

    pub fn user(&self) -> &str {
        &self.user
    }

    /// The address that the client has connected from.
    pub fn from(&self) -> Option<SocketAddr> {
        self.from
    }

    pub fn known(&self) -> bool {
        self.known
    }

    pub fn trusted(&self) -> bool {
        self.trusted
    }
}

/// Open connections by user.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<HashMap<String, usize>>);

/// One of them, until it is dropped.
struct Connection {
    shared: Arc<Shared>,
    user: String,
}

impl Connection {
    /// 53300 if the user has as many as it may have; a negative limit means any number.
    fn open(shared: &Arc<Shared>, user: &str, limit: i32) -> Result<Self> {
        let mut open = shared.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user.to_string()).or_default();
        if usize::try_from(limit).is_ok_and(|limit| *count >= limit) {
            return Err(Error::new(SqlState("53300"), format!("too many connections for role \"{user}\"")));
        }
        *count += 1;
        Ok(Self { shared: Arc::clone(shared), user: user.to_string() })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.shared.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
        }
        open.retain(|_, count| *count > 0);
    }
}

impl Engine {
    /// Whether clients must log in.
    pub fn has_users(&self) -> bool {
        self.shared.access.state().has_users()
    }

    /// What a client must know to log in under this name; None if everybody may come in.
    pub fn verifier(&self, user: &str) -> Option<cilake_wire::Verifier> {
        self.shared.access.verifier(user)
    }

    /// A session for a client; it counts as one of the user's connections. `asked` says whether the client had to prove who it is.
    ///
    /// # Errors
    /// 28000 if the role has gone meanwhile or cannot log in, or if there are users and the client was not asked; 53300 if the role
    /// has too many connections.
    pub fn log_in(&self, user: &str, from: SocketAddr, asked: bool) -> Result<Session> {
        let opened = self.open_session(user, from, asked);
        self.audit_login(user, from, opened.as_ref().err().map(Error::sqlstate));
        opened
    }

    fn open_session(&self, user: &str, from: SocketAddr, asked: bool) -> Result<Session> {
        let state = self.shared.access.state();
        let role = state.roles.get(user);
        if state.has_users() && !(asked && role.is_some_and(|role| role.can_login)) {
            return Err(Error::new(SqlState("28000"), format!("role \"{user}\" is not permitted to log in")));
        }
        let limit = role.filter(|role| !role.superuser).map_or(-1, |role| role.connection_limit);
        let connection = Connection::open(&self.shared, user, limit)?;
        let mut session = self.session(user);
        session.identity.known &= asked;
        session.identity.from = Some(from);
        session.identity._connection = Some(connection);
        Ok(session)
    }
}

impl Session {
    /// The rights of the current user, as of now.
    pub(super) fn rights(&self) -> Result<Arc<Rights>> {
        let state = self.shared.access.state();
        let user = current_user(&self.settings);
        let mut known = self.identity.rights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rights) = known.as_ref().filter(|rights| rights.are_of(&state, &self.identity.user, user)) {
            return Ok(Arc::clone(rights));
        }
        let rights = Arc::new(rights_of(state, &self.identity, user)?);
        *known = Some(Arc::clone(&rights));
        Ok(rights)
    }

    /// Settings that the role starts with, and what depends on it.
    pub(super) fn take_role_settings(&mut self) {
        let state = self.shared.access.state();
        for (name, value) in state.roles.get(&self.identity.user).map(|role| role.settings.clone()).unwrap_or_default() {
            if let Err(error) = self.settings.set(&name, &value).and_then(|name| self.setting_changed(name)) {
                self.notice("01000", &format!("setting \"{name}\" of the role cannot be used: {}", error.message));
            }
        }
        self.follow_role();
        self.settings.keep_as_initial();
    }

    /// Refuses values that are not for this user to set.
    pub(super) fn check_setting(&self, name: &str, value: Option<&str>) -> Result<()> {
        let name = name.to_lowercase();
        if LIMITS.contains(&name.as_str()) {
            self.rights()?.require_superuser(&format!("permission denied to set parameter \"{name}\""))?;
        }
        match value {
            Some(role) if name == ROLE => {
                rights_of(self.shared.access.state(), &self.identity, role_or_user(role, &self.settings)).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// SET SESSION AUTHORIZATION, to the user who is it already; that takes off any role.
    pub(super) fn set_session_authorization(&mut self, user: Option<&str>) -> Result<()> {
        let own = &self.identity.user;
        if let Some(user) = user.filter(|user| user != own) {
            let state = self.shared.access.state();
            if !state.roles.contains_key(user) {
                return Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, format!("role \"{user}\" does not exist")));
            }
            if !self.identity.trusted && !state.roles.get(own).is_some_and(|role| role.superuser) {
                let message = format!("permission denied to set session authorization \"{user}\"");
                return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, message));
            }
            let error = Error::unsupported("SET SESSION AUTHORIZATION to another user is not supported");
            return Err(error.hint("SET ROLE takes another role's privileges"));
        }
        self.set(ROLE, Some(NO_ROLE), false)
    }

    /// Keeps `is_superuser` as the current user is.
    pub(super) fn follow_role(&mut self) {
        let superuser = self.rights().is_ok_and(|rights| rights.is_superuser());
        self.settings.note_superuser(superuser);
    }

    /// Whoever creates the first user goes on as before.
    pub(super) fn stay_trusted(&mut self) {
        self.identity.trusted = true;
    }

    /// Who owns what this session makes.
    pub(super) fn owner_of_new(&self) -> Result<String> {
        let rights = self.rights()?;
        let is_role = rights.state().roles.contains_key(rights.user());
        Ok(if is_role { rights.user().to_string() } else { OWNER.to_string() })
    }
}

/// The user whose rights a session has: who logged in, or the role that SET ROLE has taken.
pub(super) fn current_user(settings: &Settings) -> &str {
    role_or_user(settings.get(ROLE).unwrap_or(NO_ROLE), settings)
}

fn role_or_user<'a>(role: &'a str, settings: &'a Settings) -> &'a str {
    if role == NO_ROLE { settings.get("session_authorization").unwrap_or_default() } else { role }
}

/// The rights of `user`, whom the session may only be if its own user is a member or a superuser: 42501, or 22023 if there is no such role.
pub(super) fn rights_of(state: Arc<crate::access::State>, identity: &Identity, user: &str) -> Result<Rights> {
    let everything = identity.trusted || !state.has_users();
    if !everything && !identity.known {
        let error = Error::new(SqlState("28000"), "this session was opened before there were users");
        return Err(error.hint("Connect again, and log in"));
    }
    if user != identity.user {
        let own = state.roles.get(&identity.user);
        if !state.roles.contains_key(user) {
            return Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, format!("role \"{user}\" does not exist")));
        }
        let superuser = everything || own.is_some_and(|role| role.superuser);
        if !superuser && !state.memberships(&identity.user).contains(user) {
            return Err(Error::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied to set role \"{user}\"")));
        }
    }
    Ok(Rights::new(state, &identity.user, user, everything))
}
