//! Advisory locks. Migrations and pools take them around work of their own; nothing here waits for them, so each is granted at once.
//! As none is kept, what gives one back says that there was none, as PostgreSQL says to whoever holds none.

use datafusion::error::Result;

use super::{Call, Caller, SystemFunction};
use crate::catalog::pg::rows::Value;

pub const FUNCTIONS: &[SystemFunction] = &[
    // Readers wait for nobody's lock.
    SystemFunction::new("pg_blocking_pids", 1..=1, "_int4", |_, _| Ok(Value::List(Vec::new()))),
    lock("pg_advisory_lock", granted),
    lock("pg_advisory_lock_shared", granted),
    lock("pg_advisory_xact_lock", granted),
    lock("pg_advisory_xact_lock_shared", granted),
    answer("pg_try_advisory_lock", |_, _| Ok(true.into())),
    answer("pg_try_advisory_lock_shared", |_, _| Ok(true.into())),
    answer("pg_try_advisory_xact_lock", |_, _| Ok(true.into())),
    answer("pg_try_advisory_xact_lock_shared", |_, _| Ok(true.into())),
    answer("pg_advisory_unlock", |_, _| Ok(false.into())),
    answer("pg_advisory_unlock_shared", |_, _| Ok(false.into())),
    SystemFunction::new("pg_advisory_unlock_all", 0..=0, "void", granted).volatile(),
];

/// A key is one number or two.
const fn lock(name: &'static str, call: Call) -> SystemFunction {
    SystemFunction::new(name, 1..=2, "void", call).volatile()
}

const fn answer(name: &'static str, call: Call) -> SystemFunction {
    SystemFunction::new(name, 1..=2, "bool", call).volatile()
}

/// The written form of `void`.
fn granted(_: &Caller<'_>, _: &[Value]) -> Result<Value> {
    Ok("".into())
}
