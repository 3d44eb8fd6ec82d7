//! `GRANT` and `REVOKE` of privileges and of membership.

use super::words::Words;
use super::{AccessStatement, Objects, Privilege};
use crate::error::{Error, Result};

pub fn grant(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["GRANT"])?;
    let statement = read(words, true)?;
    for (option, name) in [(["WITH", "GRANT", "OPTION"], "WITH GRANT OPTION"), (["WITH", "ADMIN", "OPTION"], "WITH ADMIN OPTION")]
    {
        if words.take(&option) {
            return Err(Error::unsupported(format!("{name} is not supported: superusers and owners grant")));
        }
    }
    Ok(statement)
}

pub fn revoke(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["REVOKE"])?;
    for option in [["GRANT", "OPTION", "FOR"], ["ADMIN", "OPTION", "FOR"]] {
        if words.take(&option) {
            return Err(Error::unsupported(format!("{} is not supported", option.join(" "))));
        }
    }
    let statement = read(words, false)?;
    if !words.take(&["RESTRICT"]) {
        words.take(&["CASCADE"]);
    }
    Ok(statement)
}

fn read(words: &mut Words, give: bool) -> Result<AccessStatement> {
    // What comes before ON are privileges; without ON they are roles.
    let named = words.list(|words| {
        let capitals = words.peek(0);
        let name = words.name()?;
        if capitals.as_deref() == Some("ALL") {
            words.take(&["PRIVILEGES"]);
        }
        Ok((capitals, name))
    })?;
    let direction = if give { "TO" } else { "FROM" };
    if !words.take(&["ON"]) {
        words.expect(&[direction])?;
        let members = words.list(Words::role)?;
        return Ok(AccessStatement::Membership { give, roles: named.into_iter().map(|(_, name)| name).collect(), members });
    }
    let privileges = named.iter().map(|(capitals, name)| privilege(capitals.as_deref().unwrap_or(name)));
    let privileges = privileges.collect::<Result<Vec<_>>>()?;
    let objects = objects(words)?;
    words.expect(&[direction])?;
    let roles = words.list(|words| {
        words.take(&["GROUP"]);
        words.role()
    })?;
    if words.take(&["GRANTED", "BY"]) {
        words.role()?;
    }
    Ok(AccessStatement::Privileges { give, privileges, objects, roles })
}

fn privilege(name: &str) -> Result<Privilege> {
    match name {
        "SELECT" => Ok(Privilege::Select),
        "USAGE" => Ok(Privilege::Usage),
        "CREATE" => Ok(Privilege::Create),
        "ALL" => Ok(Privilege::All),
        other => Err(Error::unsupported(format!("the privilege {other} is not supported"))
            .hint("There are SELECT on tables and schemas, USAGE and CREATE on schemas")),
    }
}

fn objects(words: &mut Words) -> Result<Objects> {
    if words.take(&["ALL", "TABLES", "IN", "SCHEMA"]) {
        return Ok(Objects::TablesInSchemas(words.list(Words::name)?));
    }
    if words.take(&["SCHEMA"]) {
        return Ok(Objects::Schemas(words.list(Words::name)?));
    }
    let kind = words.peek(0).unwrap_or_default();
    let others = [
        "DATABASE",
        "SEQUENCE",
        "FUNCTION",
        "PROCEDURE",
        "ROUTINE",
        "LANGUAGE",
        "TABLESPACE",
        "TYPE",
        "DOMAIN",
        "PARAMETER",
        "ALL",
    ];
    if others.contains(&kind.as_str()) && words.peek(1).is_some_and(|next| next != "TO" && next != "FROM") {
        return Err(Error::unsupported(format!("privileges on {kind} are not supported")));
    }
    words.take(&["TABLE"]);
    Ok(Objects::Tables(words.list(Words::object)?))
}
