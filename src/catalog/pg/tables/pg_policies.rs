//! `pg_policies`, `pg_policy` and `pg_seclabels`: row policies and masks. What they say in detail is for superusers.

use super::pg_roles::role_oid;
use crate::access::policies::Policy;
use crate::access::privileges::PUBLIC;
use crate::access::rights::Rights;
use crate::catalog::pg::rows::{Row, Value};
use crate::catalog::pg::scan::Scan;
use crate::catalog::pg::{oid, quoted};
use crate::lake::TableName;

/// Each policy on a table that the user may know.
fn known(scan: &Scan<'_>, rights: &Rights) -> Vec<(TableName, u32, Policy)> {
    let of_table = |(name, relation): (TableName, &crate::access::privileges::Relation)| {
        let oid = scan.snapshot.relation_oids(&name.schema, &name.table)?.relation;
        Some(relation.policies.iter().map(|policy| (name.clone(), oid, policy.clone())).collect::<Vec<_>>())
    };
    rights.state().relations().filter_map(of_table).flatten().collect()
}

fn condition(rights: &Rights, policy: &Policy) -> Value {
    policy.using.as_deref().filter(|_| rights.is_superuser()).into()
}

pub fn policies(scan: &Scan<'_>) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    let row = |(name, _, policy): (TableName, u32, Policy)| -> Row {
        let role = |role: &String| Value::from(if role == PUBLIC { "public" } else { role });
        vec![
            ("schemaname", name.schema.into()),
            ("tablename", name.table.into()),
            ("policyname", policy.name.as_str().into()),
            ("permissive", if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" }.into()),
            ("roles", Value::List(policy.roles.iter().map(role).collect())),
            ("cmd", "SELECT".into()),
            ("qual", condition(&rights, &policy)),
        ]
    };
    known(scan, &rights).into_iter().map(row).collect()
}

pub fn policy(scan: &Scan<'_>) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    let row = |(name, table, policy): (TableName, u32, Policy)| -> Row {
        let key = format!("policy {} on {name}", policy.name);
        let own = oid::assign([key.as_str()]).into_values().next().unwrap_or_default();
        vec![
            ("oid", own.into()),
            ("polname", policy.name.as_str().into()),
            ("polrelid", table.into()),
            ("polcmd", "r".into()),
            ("polpermissive", policy.permissive.into()),
            ("polroles", Value::List(policy.roles.iter().map(|role| role_oid(role).into()).collect())),
            ("polqual", condition(&rights, &policy)),
        ]
    };
    known(scan, &rights).into_iter().map(row).collect()
}

/// Labels of columns and roles, for superusers.
pub fn labels(scan: &Scan<'_>) -> Vec<Row> {
    let rights = scan.catalog.session.rights();
    if !rights.is_superuser() {
        return vec![];
    }
    let mut rows: Vec<Row> = vec![];
    for (name, relation) in rights.state().relations() {
        let Some(oids) = scan.snapshot.relation_oids(&name.schema, &name.table) else { continue };
        for (column, masks) in &relation.masks.columns {
            rows.extend(masks.iter().map(|(provider, mask)| -> Row {
                vec![
                    ("objoid", oids.relation.into()),
                    ("classoid", oid::PG_CLASS.into()),
                    ("objtype", "column".into()),
                    ("objname", format!("{}.{}.{}", quoted(&name.schema), quoted(&name.table), quoted(column)).into()),
                    ("provider", provider.as_str().into()),
                    ("label", format!("MASKED WITH FUNCTION {mask}").into()),
                ]
            }));
        }
    }
    for (name, role) in &rights.state().roles {
        rows.extend(role.masked_by.iter().map(|provider| -> Row {
            vec![
                ("objoid", role_oid(name).into()),
                ("classoid", oid::PG_AUTHID.into()),
                ("objtype", "role".into()),
                ("objname", quoted(name).into()),
                ("provider", provider.as_str().into()),
                ("label", "MASKED".into()),
            ]
        }));
    }
    rows
}
