//! Statements about who may do what, as PostgreSQL 15 writes them: roles, privileges, row policies and security labels. They are read here
//! word by word, because the parser knows only a part of them, and because a password must not come into an error or a tree that is printed.

mod labels;
mod policies;
mod privileges;
mod roles;
mod words;

use std::fmt;

use datafusion::sql::sqlparser::ast::{Expr, ObjectName};
use datafusion::sql::sqlparser::parser::Parser;

use crate::error::Result;
use words::Words;

/// One statement about access.
#[derive(Clone, Debug)]
pub enum AccessStatement {
    CreateRole {
        name: String,
        options: RoleOptions,
    },
    AlterRole {
        role: RoleName,
        options: RoleOptions,
    },
    RenameRole {
        name: String,
        to: String,
    },
    /// `ALTER ROLE … SET`; without a value the setting is reset, without a name all are.
    SetForRole {
        role: RoleName,
        setting: Option<String>,
        value: Option<String>,
    },
    DropRoles {
        names: Vec<String>,
        if_exists: bool,
    },
    /// Takes away everything that was granted to the roles.
    DropOwned {
        roles: Vec<RoleName>,
    },
    Privileges {
        give: bool,
        privileges: Vec<Privilege>,
        objects: Objects,
        roles: Vec<RoleName>,
    },
    Membership {
        give: bool,
        roles: Vec<String>,
        members: Vec<RoleName>,
    },
    RowSecurity {
        table: ObjectName,
        enable: bool,
    },
    CreatePolicy(NewPolicy),
    AlterPolicy {
        name: String,
        table: ObjectName,
        change: PolicyChange,
    },
    DropPolicy {
        name: String,
        table: ObjectName,
        if_exists: bool,
    },
    Label {
        provider: String,
        object: Labelled,
        label: Option<String>,
    },
}

/// What CREATE ROLE and ALTER ROLE say; what they do not say stays as it is.
#[derive(Clone, Debug, Default)]
pub struct RoleOptions {
    pub login: Option<bool>,
    pub superuser: Option<bool>,
    pub bypass_row_security: Option<bool>,
    pub inherit: Option<bool>,
    /// `PASSWORD NULL` is `Some(None)`.
    pub password: Option<Option<Secret>>,
    pub connection_limit: Option<i32>,
    pub valid_until: Option<String>,
    /// Roles that it becomes a member of.
    pub in_roles: Vec<String>,
    /// Roles that become its members.
    pub members: Vec<String>,
}

/// A password. It is never printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A role as a statement names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleName {
    Named(String),
    CurrentUser,
    SessionUser,
    Public,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privilege {
    Select,
    Usage,
    Create,
    /// All that the kind of object has.
    All,
}

/// What a privilege is about.
#[derive(Clone, Debug)]
pub enum Objects {
    Tables(Vec<ObjectName>),
    Schemas(Vec<String>),
    /// The tables that these schemas have now.
    TablesInSchemas(Vec<String>),
}

#[derive(Clone, Debug)]
pub struct NewPolicy {
    pub name: String,
    pub table: ObjectName,
    pub permissive: bool,
    pub roles: Vec<RoleName>,
    /// None lets every row through.
    pub using: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub enum PolicyChange {
    Rename(String),
    Replace { roles: Option<Vec<RoleName>>, using: Option<Box<Expr>> },
}

/// What a security label is on.
#[derive(Clone, Debug)]
pub enum Labelled {
    Column { table: ObjectName, column: String },
    Role(String),
}

impl AccessStatement {
    /// Whether its text must not be kept.
    pub fn has_secret(&self) -> bool {
        matches!(self, Self::CreateRole { options, .. } | Self::AlterRole { options, .. } if options.password.is_some())
    }

    /// The command tag.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "CREATE ROLE",
            Self::AlterRole { .. } | Self::RenameRole { .. } | Self::SetForRole { .. } => "ALTER ROLE",
            Self::DropRoles { .. } => "DROP ROLE",
            Self::DropOwned { .. } => "DROP OWNED",
            Self::Privileges { give: true, .. } => "GRANT",
            Self::Privileges { .. } => "REVOKE",
            Self::Membership { give: true, .. } => "GRANT ROLE",
            Self::Membership { .. } => "REVOKE ROLE",
            Self::RowSecurity { .. } => "ALTER TABLE",
            Self::CreatePolicy(_) => "CREATE POLICY",
            Self::AlterPolicy { .. } => "ALTER POLICY",
            Self::DropPolicy { .. } => "DROP POLICY",
            Self::Label { .. } => "SECURITY LABEL",
        }
    }
}

/// Reads the statement that begins here, if it is one of these.
///
/// # Errors
/// 42601 with the place, 0A000 for what PostgreSQL has and this server has not.
pub fn parse(parser: &mut Parser<'_>, text: &str) -> Option<Result<AccessStatement>> {
    let mut words = Words::new(parser, text);
    let first = words.peek(0)?;
    let second = words.peek(1).unwrap_or_default();
    let read: fn(&mut Words) -> Result<AccessStatement> = match (first.as_str(), second.as_str()) {
        ("CREATE", "USER" | "ROLE" | "GROUP") => roles::create,
        ("ALTER", "USER" | "ROLE" | "GROUP") => roles::alter,
        ("DROP", "USER" | "ROLE" | "GROUP") => roles::drop,
        ("DROP", "OWNED") => roles::drop_owned,
        ("GRANT", _) => privileges::grant,
        ("REVOKE", _) => privileges::revoke,
        ("CREATE", "POLICY") => policies::create,
        ("ALTER", "POLICY") => policies::alter,
        ("DROP", "POLICY") => policies::drop,
        ("ALTER", "TABLE") if words.has_ahead(&["ROW", "LEVEL", "SECURITY"]) => policies::row_security,
        ("SECURITY", "LABEL") => labels::label,
        _ => return None,
    };
    Some(read(&mut words).and_then(|statement| words.end().map(|()| statement)))
}
