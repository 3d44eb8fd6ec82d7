//! `CREATE`, `ALTER` and `DROP` of roles, users and groups, which are three words for one thing.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::words::Words;
use super::{AccessStatement, RoleName, RoleOptions, Secret};
use crate::error::{Error, Result, SqlState};

pub fn create(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["CREATE"])?;
    let is_user = words.word()? == "USER";
    let name = words.name()?;
    words.take(&["WITH"]);
    let mut options = options(words)?;
    options.login = options.login.or(Some(is_user));
    Ok(AccessStatement::CreateRole { name, options })
}

pub fn alter(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["ALTER"])?;
    let is_group = words.word()? == "GROUP";
    if words.take(&["ALL", "SET"]) || words.take(&["ALL", "RESET"]) {
        return Err(Error::unsupported("settings for all roles are not supported").hint("Name the role"));
    }
    let role = words.role()?;
    if words.take(&["RENAME", "TO"]) {
        let RoleName::Named(name) = role else { return words.unexpected() };
        return Ok(AccessStatement::RenameRole { name, to: words.name()? });
    }
    if is_group {
        return Err(Error::unsupported("ALTER GROUP is not supported").hint("Use GRANT role TO member"));
    }
    if words.take(&["IN", "DATABASE"]) {
        return Err(Error::unsupported("settings for one database are not supported").hint("There is only one: leave it out"));
    }
    if words.take(&["SET"]) {
        return set(words, role);
    }
    if words.take(&["RESET"]) {
        let setting = if words.take(&["ALL"]) { None } else { Some(setting(words)?) };
        return Ok(AccessStatement::SetForRole { role, setting, value: None });
    }
    words.take(&["WITH"]);
    Ok(AccessStatement::AlterRole { role, options: options(words)? })
}

fn set(words: &mut Words, role: RoleName) -> Result<AccessStatement> {
    let setting = if words.take(&["TIME", "ZONE"]) {
        "TimeZone".to_string()
    } else {
        let setting = setting(words)?;
        if !words.symbol(&Token::Eq) {
            words.expect(&["TO"])?;
        }
        setting
    };
    let value = if words.take(&["DEFAULT"]) { None } else { Some(words.value()?) };
    Ok(AccessStatement::SetForRole { role, setting: Some(setting), value })
}

fn setting(words: &mut Words) -> Result<String> {
    let mut name = words.name()?;
    while words.symbol(&Token::Period) {
        name = format!("{name}.{}", words.name()?);
    }
    Ok(name)
}

pub fn drop(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["DROP"])?;
    words.word()?;
    let if_exists = words.take(&["IF", "EXISTS"]);
    Ok(AccessStatement::DropRoles { names: words.list(Words::name)?, if_exists })
}

pub fn drop_owned(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["DROP", "OWNED", "BY"])?;
    let roles = words.list(Words::role)?;
    if !words.take(&["RESTRICT"]) {
        words.take(&["CASCADE"]);
    }
    Ok(AccessStatement::DropOwned { roles })
}

fn options(words: &mut Words) -> Result<RoleOptions> {
    let mut options = RoleOptions::default();
    let mut seen: Vec<String> = vec![];
    while words.end().is_err() {
        let word = match words.peek(0) {
            Some(word) => word,
            None => return words.unexpected(),
        };
        let (kind, on) = match word.strip_prefix("NO") {
            Some(kind)
                if ["LOGIN", "SUPERUSER", "BYPASSRLS", "INHERIT", "CREATEDB", "CREATEROLE", "REPLICATION"].contains(&kind) =>
            {
                (kind.to_string(), false)
            }
            _ => (word.clone(), true),
        };
        if seen.contains(&kind) {
            return Err(Error::new(SqlState::SYNTAX_ERROR, "conflicting or redundant options"));
        }
        seen.push(kind.clone());
        match kind.as_str() {
            "LOGIN" | "SUPERUSER" | "BYPASSRLS" | "INHERIT" | "CREATEDB" | "CREATEROLE" | "REPLICATION" => {
                words.word()?;
                flag(&mut options, &kind, on)?;
            }
            "ENCRYPTED" | "PASSWORD" => {
                words.take(&["ENCRYPTED"]);
                words.expect(&["PASSWORD"])?;
                options.password = Some(if words.take(&["NULL"]) { None } else { Some(Secret(words.literal()?)) });
            }
            "CONNECTION" => {
                words.expect(&["CONNECTION", "LIMIT"])?;
                options.connection_limit = Some(words.integer()?);
            }
            "VALID" => {
                words.expect(&["VALID", "UNTIL"])?;
                options.valid_until = Some(words.literal()?);
            }
            "IN" => {
                words.expect(&["IN"])?;
                if !words.take(&["ROLE"]) {
                    words.expect(&["GROUP"])?;
                }
                options.in_roles = words.list(Words::name)?;
            }
            "ROLE" | "USER" => {
                words.word()?;
                options.members = words.list(Words::name)?;
            }
            "ADMIN" => return Err(Error::unsupported("ADMIN is not supported: superusers administer roles")),
            _ => return words.unexpected(),
        }
    }
    Ok(options)
}

fn flag(options: &mut RoleOptions, kind: &str, on: bool) -> Result<()> {
    match kind {
        "LOGIN" => options.login = Some(on),
        "SUPERUSER" => options.superuser = Some(on),
        "BYPASSRLS" => options.bypass_row_security = Some(on),
        "INHERIT" => options.inherit = Some(on),
        other if on => return Err(Error::unsupported(format!("{other} is not supported: superusers administer roles"))),
        _ => {}
    }
    Ok(())
}
