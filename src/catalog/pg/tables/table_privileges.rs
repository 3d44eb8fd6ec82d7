//! `information_schema.table_privileges` and `role_table_grants`, and which roles the user is.

use super::information_schema::database;
use crate::access::privileges::{PUBLIC, Privilege};
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::lake::TableName;

/// Grants to roles of the user and to everybody.
pub fn table_privileges(scan: &Scan<'_>) -> Vec<Row> {
    grants(scan, true)
}

/// Grants to roles of the user.
pub fn role_table_grants(scan: &Scan<'_>) -> Vec<Row> {
    grants(scan, false)
}

fn grants(scan: &Scan<'_>, to_everybody: bool) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    let mut rows = vec![];
    for relation in &scan.snapshot.names.relations {
        let known = rights.state().relation(&TableName::new(&relation.schema, &relation.name));
        let granted =
            known.iter().flat_map(|known| &known.acl.grants).filter(|(_, granted)| granted.contains(&Privilege::Select));
        let grantees = granted.map(|(role, _)| role.as_str()).chain([relation.owner.as_str()]);
        for role in grantees.filter(|role| if *role == PUBLIC { to_everybody } else { rights.is(role) }) {
            rows.push(vec![
                ("grantor", relation.owner.as_str().into()),
                ("grantee", Value::from(if role == PUBLIC { "PUBLIC" } else { role })),
                ("table_catalog", database(scan)),
                ("table_schema", relation.schema.as_str().into()),
                ("table_name", relation.name.as_str().into()),
                ("privilege_type", Privilege::Select.name().into()),
                ("is_grantable", if role == relation.owner { "YES" } else { "NO" }.into()),
                ("with_hierarchy", "YES".into()),
            ]);
        }
    }
    rows
}

/// The roles whose privileges the user has.
pub fn enabled_roles(scan: &Scan<'_>) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    rights.state().inherited(rights.user()).into_iter().map(|role| vec![("role_name", role.into())]).collect()
}

/// The roles that were granted to roles of the user.
pub fn applicable_roles(scan: &Scan<'_>) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    let state = rights.state();
    let mut rows = vec![];
    for member in state.inherited(rights.user()) {
        for group in state.roles.get(&member).iter().flat_map(|role| &role.member_of) {
            let row: Row =
                vec![("grantee", member.as_str().into()), ("role_name", group.as_str().into()), ("is_grantable", "NO".into())];
            rows.push(row);
        }
    }
    rows
}
