//! OIDs that stay the same from connection to connection and from start to start, since BI tools keep them.
//!
//! An OID is a hash of the object's qualified name, in the range that PostgreSQL gives to users' objects. Of two names with one hash the
//! second in order of names takes the next free number, so the same set of names always has the same OIDs.

use std::collections::{BTreeMap, BTreeSet};

/// First OID of users' objects (`FirstNormalObjectId` of PostgreSQL).
pub const FIRST_USER_OID: u32 = 16_384;
/// Some drivers read an OID as a signed integer.
const LAST_OID: u32 = i32::MAX as u32;

/// Catalog `pg_namespace`, `pg_class`, `pg_proc` and `pg_type` themselves: the `classoid` of what belongs to them.
pub const PG_CLASS: u32 = 1259;
pub const PG_PROC: u32 = 1255;
pub const PG_TYPE: u32 = 1247;
pub const PG_NAMESPACE: u32 = 2615;
pub const PG_DATABASE: u32 = 1262;
pub const PG_AUTHID: u32 = 1260;

/// The schemas and the role that every PostgreSQL database has.
pub const PG_CATALOG_SCHEMA: u32 = 11;
pub const TOAST_SCHEMA: u32 = 99;
pub const PUBLIC_SCHEMA: u32 = 2200;
pub const INFORMATION_SCHEMA: u32 = 13_207;
pub const OWNER: u32 = 10;
/// Owns `public`: whoever owns the database.
pub const PG_DATABASE_OWNER: u32 = 6171;

/// Gives each of the names its OID.
pub fn assign<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, u32> {
    assign_beside(names, BTreeSet::new())
}

/// Gives each of the names an OID that is not taken.
pub fn assign_beside<'a>(names: impl IntoIterator<Item = &'a str>, mut taken: BTreeSet<u32>) -> BTreeMap<&'a str, u32> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let mut oids = BTreeMap::new();
    for name in names {
        let mut oid = hash(name);
        while !taken.insert(oid) {
            oid = if oid == LAST_OID { FIRST_USER_OID } else { oid + 1 };
        }
        oids.insert(name, oid);
    }
    oids
}

/// FNV-1a, folded into the range; not the standard library's hash, which may change with the compiler.
fn hash(name: &str) -> u32 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in name.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let range = u64::from(LAST_OID - FIRST_USER_OID + 1);
    FIRST_USER_OID + u32::try_from((state ^ (state >> 32)) % range).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_do_not_depend_on_the_order_of_names() {
        let names: Vec<String> = (0..50_000).map(|i| format!("schema.table_{i}")).collect();
        let forward = assign(names.iter().map(String::as_str));
        let backward = assign(names.iter().rev().map(String::as_str));
        assert_eq!(forward, backward);
        assert_eq!(forward.values().collect::<BTreeSet<_>>().len(), names.len());
        assert!(forward.values().all(|oid| (FIRST_USER_OID..=LAST_OID).contains(oid)));
    }

    /// A restart or a new version must not change what a tool has stored.
    #[test]
    fn oids_are_the_same_in_every_version() {
        let oids = assign(["relation sales.orders", "schema sales"]);
        assert_eq!(oids["relation sales.orders"], hash("relation sales.orders"));
        assert_eq!(
            hash(""),
            FIRST_USER_OID + ((0xcbf2_9ce4_8422_2325_u64 ^ 0xcbf2_9ce4) % u64::from(LAST_OID - FIRST_USER_OID + 1)) as u32
        );
    }
}
