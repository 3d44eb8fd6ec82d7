//! `pg_roles`, `pg_authid` and `pg_user`: the owner of everything, and the user of this session.

use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::table::Scan;
use crate::catalog::pg::{OWNER, PgCatalog, oid};

pub fn rows(scan: &Scan<'_>) -> Vec<Row> {
    let row = |(name, oid): (String, u32)| {
        vec![
            ("oid", oid.into()),
            ("rolname", name.into()),
            ("rolsuper", Value::Bool(oid == oid::OWNER)),
            ("rolinherit", true.into()),
            ("rolcanlogin", Value::Bool(oid != oid::PG_DATABASE_OWNER)),
            ("rolconnlimit", (-1).into()),
        ]
    };
    all(scan.catalog).into_iter().map(row).collect()
}

pub fn users(scan: &Scan<'_>) -> Vec<Row> {
    let row = |(name, oid): (String, u32)| {
        vec![("usename", name.into()), ("usesysid", oid.into()), ("usesuper", Value::Bool(oid == oid::OWNER))]
    };
    all(scan.catalog).into_iter().filter(|(_, oid)| *oid != oid::PG_DATABASE_OWNER).map(row).collect()
}

/// The name of a role, by its OID.
pub fn role_name(catalog: &PgCatalog, oid: u32) -> Option<String> {
    all(catalog).into_iter().find(|(_, role)| *role == oid).map(|(name, _)| name)
}

fn all(catalog: &PgCatalog) -> Vec<(String, u32)> {
    let user = catalog.session.user();
    let oid = role_oid(&user);
    let mut roles = vec![(OWNER.to_owned(), oid::OWNER), ("pg_database_owner".to_owned(), oid::PG_DATABASE_OWNER)];
    if oid != oid::OWNER {
        roles.push((user, oid));
    }
    roles
}

/// The OID of a role, by its name alone: any name may connect.
pub fn role_oid(name: &str) -> u32 {
    if name == OWNER {
        return oid::OWNER;
    }
    oid::assign([name]).into_values().next().unwrap_or(oid::OWNER)
}
