//! `pg_roles`, `pg_authid`, `pg_user` and `pg_auth_members`: the owner of everything, roles, and the user of this session. No table
//! shows what is kept of a password.

use crate::access::roles::Role;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::{OWNER, PgCatalog, oid};

/// What PostgreSQL shows in the place of a password.
const HIDDEN: &str = "********";

pub fn roles(scan: &Scan<'_>) -> Vec<Row> {
    let all = all(scan.catalog);
    let row = |(name, oid, role): (String, u32, Role)| {
        let mut row = described(&name, oid, &role);
        row.push(("rolpassword", HIDDEN.into()));
        row
    };
    all.into_iter().map(row).collect()
}

pub fn authid(scan: &Scan<'_>) -> Vec<Row> {
    all(scan.catalog).into_iter().map(|(name, oid, role)| described(&name, oid, &role)).collect()
}

fn described(name: &str, oid: u32, role: &Role) -> Row {
    vec![
        ("oid", oid.into()),
        ("rolname", name.into()),
        ("rolsuper", role.superuser.into()),
        ("rolinherit", role.inherit.into()),
        // Superusers do both; nobody else can be given them.
        ("rolcreaterole", false.into()),
        ("rolcreatedb", false.into()),
        ("rolreplication", false.into()),
        ("rolcanlogin", role.can_login.into()),
        ("rolbypassrls", role.bypass_row_security.into()),
        ("rolconnlimit", role.connection_limit.into()),
        ("rolvaliduntil", role.valid_until.into()),
        ("rolconfig", settings(role)),
    ]
}

pub fn users(scan: &Scan<'_>) -> Vec<Row> {
    let row = |(name, oid, role): (String, u32, Role)| {
        vec![
            ("usename", name.into()),
            ("usesysid", oid.into()),
            ("usesuper", role.superuser.into()),
            ("usebypassrls", role.bypass_row_security.into()),
            ("passwd", HIDDEN.into()),
            ("valuntil", role.valid_until.into()),
            ("useconfig", settings(&role)),
        ]
    };
    all(scan.catalog).into_iter().filter(|(_, _, role)| role.can_login).map(row).collect()
}

pub fn members(scan: &Scan<'_>) -> Vec<Row> {
    let state = scan.catalog.session.rights();
    let of = |(name, role): (&String, &Role)| -> Vec<Row> {
        let member = role_oid(name);
        let row = |group: &String| -> Row {
            vec![("roleid", role_oid(group).into()), ("member", member.into()), ("grantor", oid::OWNER.into())]
        };
        role.member_of.iter().map(row).collect()
    };
    state.state().roles.iter().flat_map(of).collect()
}

/// `pg_db_role_setting`: what the sessions of a role start with.
pub fn role_settings(scan: &Scan<'_>) -> Vec<Row> {
    let with_settings = all(scan.catalog).into_iter().filter(|(_, _, role)| !role.settings.is_empty());
    with_settings.map(|(_, oid, role)| vec![("setrole", oid.into()), ("setconfig", settings(&role))]).collect()
}

fn settings(role: &Role) -> Value {
    let texts = role.settings.iter().map(|(name, value)| Value::from(format!("{name}={value}")));
    if role.settings.is_empty() { Value::Null } else { Value::List(texts.collect()) }
}

/// The name of a role, by its OID.
pub fn role_name(catalog: &PgCatalog, oid: u32) -> Option<String> {
    // It owns nearly everything.
    if oid == oid::OWNER {
        return Some(OWNER.to_owned());
    }
    all(catalog).into_iter().find(|(_, role, _)| *role == oid).map(|(name, ..)| name)
}

fn all(catalog: &PgCatalog) -> Vec<(String, u32, Role)> {
    let rights = catalog.session.rights();
    let owner = Role { can_login: true, superuser: true, bypass_row_security: true, ..Role::default() };
    let mut roles =
        vec![(OWNER.to_owned(), oid::OWNER, owner), ("pg_database_owner".to_owned(), oid::PG_DATABASE_OWNER, Role::default())];
    roles.extend(rights.state().roles.iter().map(|(name, role)| (name.clone(), role_oid(name), role.clone())));
    // As long as there are no users, any name may connect.
    for user in [catalog.session.user(), catalog.session.session_user()] {
        if !roles.iter().any(|(name, ..)| *name == user) {
            let role = Role { can_login: true, superuser: rights.is_superuser(), ..Role::default() };
            roles.push((user.clone(), role_oid(&user), role));
        }
    }
    roles
}

/// The OID of a role, by its name alone; of everybody, 0.
pub fn role_oid(name: &str) -> u32 {
    match name {
        OWNER => oid::OWNER,
        crate::access::privileges::PUBLIC => 0,
        name => oid::assign([name]).into_values().next().unwrap_or(oid::OWNER),
    }
}
