//! `CREATE`, `ALTER` and `DROP POLICY`, and `ALTER TABLE … ROW LEVEL SECURITY`.

use super::words::Words;
use super::{AccessStatement, NewPolicy, PolicyChange, RoleName};
use crate::error::{Error, Result};

pub fn create(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["CREATE", "POLICY"])?;
    let name = words.name()?;
    words.expect(&["ON"])?;
    let table = words.object()?;
    let permissive = match words.take(&["AS"]) {
        true if words.take(&["RESTRICTIVE"]) => false,
        true => words.expect(&["PERMISSIVE"]).map(|()| true)?,
        false => true,
    };
    if words.take(&["FOR"]) && !words.take(&["ALL"]) && !words.take(&["SELECT"]) {
        return Err(Error::unsupported("policies are for SELECT: the rows of a table are only read"));
    }
    let roles = if words.take(&["TO"]) { words.list(Words::role)? } else { vec![RoleName::Public] };
    let using = if words.take(&["USING"]) { Some(Box::new(words.condition()?)) } else { None };
    refuse_check(words)?;
    Ok(AccessStatement::CreatePolicy(NewPolicy { name, table, permissive, roles, using }))
}

pub fn alter(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["ALTER", "POLICY"])?;
    let name = words.name()?;
    words.expect(&["ON"])?;
    let table = words.object()?;
    if words.take(&["RENAME", "TO"]) {
        let change = PolicyChange::Rename(words.name()?);
        return Ok(AccessStatement::AlterPolicy { name, table, change });
    }
    let roles = if words.take(&["TO"]) { Some(words.list(Words::role)?) } else { None };
    let using = if words.take(&["USING"]) { Some(Box::new(words.condition()?)) } else { None };
    refuse_check(words)?;
    Ok(AccessStatement::AlterPolicy { name, table, change: PolicyChange::Replace { roles, using } })
}

fn refuse_check(words: &mut Words) -> Result<()> {
    if words.take(&["WITH", "CHECK"]) {
        return Err(Error::unsupported("WITH CHECK is not supported: the rows of a table are only read"));
    }
    Ok(())
}

pub fn drop(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["DROP", "POLICY"])?;
    let if_exists = words.take(&["IF", "EXISTS"]);
    let name = words.name()?;
    words.expect(&["ON"])?;
    let table = words.object()?;
    if !words.take(&["RESTRICT"]) {
        words.take(&["CASCADE"]);
    }
    Ok(AccessStatement::DropPolicy { name, table, if_exists })
}

pub fn row_security(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["ALTER", "TABLE"])?;
    words.take(&["ONLY"]);
    let table = words.object()?;
    if words.take(&["FORCE"]) || words.take(&["NO", "FORCE"]) {
        return Err(Error::unsupported("FORCE is not supported: policies hold for a table's owner in any case"));
    }
    let enable = words.take(&["ENABLE"]);
    if !enable {
        words.expect(&["DISABLE"])?;
    }
    words.expect(&["ROW", "LEVEL", "SECURITY"])?;
    Ok(AccessStatement::RowSecurity { table, enable })
}
