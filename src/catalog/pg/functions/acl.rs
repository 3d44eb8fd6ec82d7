//! Lists of privileges, `{reader=r/owner}`: what is in them, and what they are before anything is granted.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, StringArray, StructArray, UInt32Array};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{Caller, SystemFunction, oid, text};
use crate::catalog::pg::rows::Value;
use crate::catalog::pg::tables::{role_name, role_oid};
use crate::catalog::pg::types;

pub const FUNCTIONS: &[SystemFunction] = &[SystemFunction::new("acldefault", 2..=2, "_aclitem", default)];

/// Letters of `aclitem` and the privileges that they stand for.
const LETTERS: &[(char, &str)] = &[
    ('a', "INSERT"),
    ('r', "SELECT"),
    ('w', "UPDATE"),
    ('d', "DELETE"),
    ('D', "TRUNCATE"),
    ('x', "REFERENCES"),
    ('t', "TRIGGER"),
    ('X', "EXECUTE"),
    ('U', "USAGE"),
    ('C', "CREATE"),
    ('T', "TEMPORARY"),
    ('c', "CONNECT"),
    ('s', "SET"),
    ('A', "ALTER SYSTEM"),
];

/// Of a kind of object, what PUBLIC and the owner have of it.
fn default(catalog: &Caller<'_>, arguments: &[Value]) -> Result<Value> {
    let (public, owner) = match text(arguments, 0) {
        "c" => ("", ""),
        "r" => ("", "arwdDxt"),
        "s" => ("", "rwU"),
        "d" => ("Tc", "CTc"),
        "f" => ("X", "X"),
        "l" | "T" => ("U", "U"),
        "L" => ("", "rw"),
        "n" => ("", "UC"),
        "t" => ("", "C"),
        "F" | "S" => ("", "U"),
        "p" => ("", "sA"),
        kind => return exec_err!("unrecognized object type abbreviation: {kind}"),
    };
    let name = role_name(catalog, oid(arguments, 1)).unwrap_or_default();
    let items = [("", public), (name.as_str(), owner)].into_iter().filter(|(_, letters)| !letters.is_empty());
    Ok(Value::List(items.map(|(role, letters)| format!("{role}={letters}/{name}").into()).collect()))
}

/// One privilege of a list.
struct Granted {
    grantor: u32,
    grantee: u32,
    privilege: &'static str,
    grantable: bool,
}

/// The privileges of `role=letters/grantor`, where a star after a letter allows to grant it on.
fn privileges(item: &str) -> Vec<Granted> {
    let parts =
        item.split_once('=').and_then(|(role, rest)| rest.rsplit_once('/').map(|(letters, grantor)| (role, letters, grantor)));
    let Some((role, letters, grantor)) = parts else { return Vec::new() };
    let unquoted = |name: &str| name.trim_matches('"').replace("\"\"", "\"");
    let grantee = if role.is_empty() { 0 } else { role_oid(&unquoted(role)) };
    let (grantor, mut granted) = (role_oid(&unquoted(grantor)), Vec::<Granted>::new());
    for letter in letters.chars() {
        match LETTERS.iter().find(|(known, _)| *known == letter) {
            Some((_, privilege)) => granted.push(Granted { grantor, grantee, privilege, grantable: false }),
            None => granted.iter_mut().next_back().into_iter().for_each(|last| last.grantable = letter == '*'),
        }
    }
    granted
}

/// `aclexplode`: a list of privileges one by one. It returns a list, and [`crate::catalog::pg::rewrite()`] unnests it where PostgreSQL
/// returns rows.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct AclExplode {
    signature: Signature,
}

impl AclExplode {
    pub fn new() -> Self {
        Self { signature: Signature::any(1, Volatility::Stable) }
    }
}

fn columns() -> Fields {
    let names = [("grantor", "oid"), ("grantee", "oid"), ("privilege_type", "text"), ("is_grantable", "bool")];
    names.iter().map(|(name, type_name)| types::field(name, type_name, true)).collect()
}

impl ScalarUDFImpl for AclExplode {
    fn name(&self) -> &str {
        "aclexplode"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(columns()), true))))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let Some(array) = arrays.first() else { return exec_err!("aclexplode expects one argument") };
        let texts = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
        let exploded: ArrayRef = Arc::new(explode(cast(array, &texts)?.as_list::<i32>())?);
        Ok(match arguments.number_rows == 1 {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&exploded, 0)?),
            false => ColumnarValue::Array(exploded),
        })
    }
}

fn explode(lists: &ListArray) -> Result<ListArray> {
    let of = |row: usize| -> Vec<Granted> {
        let items = lists.is_valid(row).then(|| lists.value(row));
        items
            .iter()
            .flat_map(|items| items.as_string::<i32>().iter().flatten().flat_map(privileges).collect::<Vec<_>>())
            .collect()
    };
    let rows: Vec<Vec<Granted>> = (0..lists.len()).map(of).collect();
    let granted: Vec<&Granted> = rows.iter().flatten().collect();
    let values: Vec<ArrayRef> = vec![
        Arc::new(granted.iter().map(|one| Some(one.grantor)).collect::<UInt32Array>()),
        Arc::new(granted.iter().map(|one| Some(one.grantee)).collect::<UInt32Array>()),
        Arc::new(granted.iter().map(|one| Some(one.privilege)).collect::<StringArray>()),
        Arc::new(granted.iter().map(|one| Some(one.grantable)).collect::<BooleanArray>()),
    ];
    let structs = StructArray::try_new(columns(), values, None)?;
    let item = Arc::new(Field::new_list_field(DataType::Struct(columns()), true));
    let nulls = NullBuffer::from_iter((0..lists.len()).map(|row| lists.is_valid(row)));
    Ok(ListArray::try_new(item, OffsetBuffer::from_lengths(rows.iter().map(Vec::len)), Arc::new(structs), Some(nulls))?)
}

#[cfg(test)]
mod tests {
    use super::privileges;

    /// PostgreSQL 15: `SELECT grantee = 0, privilege_type, is_grantable FROM aclexplode('{=U/postgres,postgres=U*C/postgres}'::aclitem[])`.
    #[test]
    fn items_are_read_as_postgres_reads_them() {
        let read =
            |item: &str| privileges(item).iter().map(|one| (one.grantee == 0, one.privilege, one.grantable)).collect::<Vec<_>>();
        assert_eq!(read("=U/postgres"), [(true, "USAGE", false)]);
        assert_eq!(read("postgres=U*C/postgres"), [(false, "USAGE", true), (false, "CREATE", false)]);
        assert!(read("nothing").is_empty());
    }
}
