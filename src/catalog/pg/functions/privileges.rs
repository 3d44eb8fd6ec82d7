//! `has_table_privilege` and its kind: everything may be read, nothing may be changed row by row.
//!
//! Each takes an optional user, an object by name or OID, and the privileges, of which one that is granted is enough.

use datafusion::error::Result;

use super::SystemFunction;
use crate::catalog::pg::PgCatalog;
use crate::catalog::pg::rows::Value;

pub const FUNCTIONS: &[SystemFunction] = &[
    SystemFunction::new("has_table_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_any_column_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_column_privilege", 3..=4, "bool", granted),
    SystemFunction::new("has_schema_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_database_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_function_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_type_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_language_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_tablespace_privilege", 2..=3, "bool", granted),
    SystemFunction::new("has_sequence_privilege", 2..=3, "bool", granted),
    SystemFunction::new("pg_has_role", 2..=3, "bool", |_, _| Ok(true.into())),
    SystemFunction::new("row_security_active", 1..=1, "bool", |_, _| Ok(false.into())),
];

fn granted(_: &PgCatalog, arguments: &[Value]) -> Result<Value> {
    let privileges = arguments.last().and_then(Value::as_text).unwrap_or("");
    let reads = |privilege: &str| matches!(privilege, "SELECT" | "USAGE" | "CONNECT" | "EXECUTE" | "TEMP" | "TEMPORARY");
    let one =
        privileges.split(',').any(|privilege| reads(privilege.trim().to_uppercase().trim_end_matches(" WITH GRANT OPTION")));
    Ok(one.into())
}
