//! Roles: made, changed, renamed, dropped, and made members of each other.

use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::compute::kernels::cast_utils::string_to_datetime;

use crate::access::roles::{Password, Role};
use crate::engine::identity::current_user;
use crate::engine::session::Session;
use crate::engine::settings::Settings;
use crate::error::{Error, Result, SqlState};
use crate::syntax::access::{RoleName, RoleOptions};

impl Session {
    pub(super) fn create_role(&mut self, name: &str, options: RoleOptions) -> Result<()> {
        let rights = self.rights()?;
        rights.require_superuser("permission denied to create role")?;
        let had_users = rights.state().has_users();
        let members = options.members.clone();
        let role = with_options(Role::default(), options)?;
        self.change_access(|state| {
            let groups = role.member_of.clone();
            groups.iter().try_for_each(|group| state.role(group).map(drop))?;
            state.add_role(name, role)?;
            members.iter().try_for_each(|member| state.add_member(name, member).map(drop))
        })?;
        if !had_users && self.shared.access.state().has_users() {
            self.stay_trusted();
        }
        Ok(())
    }

    /// A superuser changes everything, everybody his own password.
    pub(super) fn alter_role(&mut self, role: &RoleName, options: RoleOptions) -> Result<()> {
        let name = self.role_name(role)?;
        let rights = self.rights()?;
        let only_password = RoleOptions { password: options.password.clone(), ..RoleOptions::default() };
        let own_password =
            options.password.is_some() && format!("{options:?}") == format!("{only_password:?}") && name == rights.user();
        if !own_password {
            rights.require_superuser("permission denied")?;
        }
        let had_users = rights.state().has_users();
        let members = options.members.clone();
        self.change_access(|state| {
            let changed = with_options(state.role(&name)?.clone(), options)?;
            *state.role_mut(&name)? = changed;
            members.iter().try_for_each(|member| state.add_member(&name, member).map(drop))
        })?;
        if !had_users && self.shared.access.state().has_users() {
            self.stay_trusted();
        }
        Ok(())
    }

    pub(super) fn rename_role(&mut self, name: &str, to: &str) -> Result<()> {
        self.rights()?.require_superuser("permission denied to rename role")?;
        if [current_user(&self.settings), self.session_user()].contains(&name) {
            return Err(Error::unsupported("session user cannot be renamed"));
        }
        self.change_access(|state| state.rename_role(name, to))
    }

    pub(super) fn set_for_role(&mut self, role: &RoleName, setting: Option<String>, value: Option<String>) -> Result<()> {
        let name = self.role_name(role)?;
        self.rights()?.require_superuser("permission denied")?;
        // What no session could set is refused now, not at the next login.
        let mut trial = Settings::new(&name);
        let setting = match (&setting, &value) {
            (Some(setting), Some(value)) => {
                self.check_setting(setting, Some(value))?;
                Some(trial.set(setting, value)?)
            }
            (Some(setting), None) => Some(trial.show(setting).map_or_else(|_| setting.to_lowercase(), |(name, _)| name)),
            (None, _) => None,
        };
        self.change_access(|state| {
            let settings = &mut state.role_mut(&name)?.settings;
            match (setting, value) {
                (Some(setting), Some(value)) => drop(settings.insert(setting, value)),
                (Some(setting), None) => drop(settings.remove(&setting)),
                (None, _) => settings.clear(),
            }
            Ok(())
        })
    }

    pub(super) async fn drop_roles(&mut self, names: &[String], if_exists: bool) -> Result<()> {
        self.rights()?.require_superuser("permission denied to drop role")?;
        let views = self.catalog().relations().await?.views;
        let owned = |role: &String| {
            let owned = views.iter().filter(|(_, view)| view.owner == *role);
            owned.map(|(name, _)| format!("owner of view {name}")).collect::<Vec<_>>()
        };
        let (current, session) = (current_user(&self.settings).to_string(), self.session_user().to_string());
        let missing = self.change_access(|state| {
            let mut missing = vec![];
            for name in names {
                if *name == current || *name == session {
                    return Err(Error::new(SqlState("55006"), "current user cannot be dropped"));
                }
                match state.drop_role(name, owned(name)) {
                    Err(error) if if_exists && error.state == SqlState::UNDEFINED_OBJECT => missing.push(name.clone()),
                    other => other?,
                }
            }
            Ok(missing)
        })?;
        missing.iter().for_each(|name| self.notice("00000", &format!("role \"{name}\" does not exist, skipping")));
        Ok(())
    }

    pub(super) fn drop_owned(&mut self, roles: &[RoleName]) -> Result<()> {
        self.rights()?.require_superuser("permission denied to drop objects")?;
        let names = roles.iter().map(|role| self.role_name(role)).collect::<Result<Vec<_>>>()?;
        self.change_access(|state| {
            for name in &names {
                state.role(name)?;
                state.drop_privileges(name);
            }
            Ok(())
        })
    }

    pub(super) fn grant_roles(&mut self, give: bool, roles: &[String], members: &[RoleName]) -> Result<()> {
        let names = members.iter().map(|role| self.role_name(role)).collect::<Result<Vec<_>>>()?;
        let rights = self.rights()?;
        if let Some(first) = roles.first() {
            rights.require_superuser(&format!("must have admin option on role \"{first}\""))?;
        }
        let notices = self.change_access(|state| {
            let mut notices = vec![];
            for role in roles {
                for member in &names {
                    state.role(role)?;
                    state.role(member)?;
                    if give && !state.add_member(role, member)? {
                        notices.push(("00000", format!("role \"{member}\" is already a member of role \"{role}\"")));
                    }
                    if !give && !state.role_mut(member)?.member_of.remove(role) {
                        notices.push(("01000", format!("role \"{member}\" is not a member of role \"{role}\"")));
                    }
                }
            }
            Ok(notices)
        })?;
        notices.iter().for_each(|(state, message)| self.notice(state, message));
        Ok(())
    }
}

fn with_options(role: Role, options: RoleOptions) -> Result<Role> {
    let password = match options.password {
        None => role.password,
        Some(None) => None,
        Some(Some(password)) if password.0.is_empty() => None,
        Some(Some(password)) => Some(Password::of(&password.0)),
    };
    let valid_until = options.valid_until.map(|text| moment(&text)).transpose()?;
    let mut member_of = role.member_of;
    member_of.extend(options.in_roles);
    Ok(Role {
        can_login: options.login.unwrap_or(role.can_login),
        superuser: options.superuser.unwrap_or(role.superuser),
        bypass_row_security: options.bypass_row_security.unwrap_or(role.bypass_row_security),
        inherit: options.inherit.unwrap_or(role.inherit),
        password,
        connection_limit: options.connection_limit.unwrap_or(role.connection_limit),
        valid_until: valid_until.unwrap_or(role.valid_until),
        member_of,
        masked_by: role.masked_by,
        settings: role.settings,
    })
}

/// A point in time in microseconds since 1970; None for `infinity`.
fn moment(text: &str) -> Result<Option<i64>> {
    if text.trim().eq_ignore_ascii_case("infinity") {
        return Ok(None);
    }
    let invalid = || Error::new(SqlState("22007"), "invalid input syntax for type timestamp with time zone");
    let utc: Tz = "+00:00".parse().map_err(|_| invalid())?;
    let moment = string_to_datetime(&utc, text.trim()).map_err(|_| invalid())?;
    Ok(Some(moment.timestamp_micros()))
}
