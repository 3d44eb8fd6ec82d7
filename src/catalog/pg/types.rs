//! PostgreSQL's types: their OIDs, their names as `pg_type`, `format_type` and people write them, and the Arrow types that hold them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cilake_wire::types::is_record;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, IntervalUnit, TimeUnit};

/// Metadata key of a field whose PostgreSQL type is not the one that its Arrow type maps to; the value is the type's name in `pg_type`.
pub const PG_TYPE_KEY: &str = "pg:type";

const TYPES: &str = include_str!("postgres15/pg_type.tsv");

/// What a type needs to be named and found.
#[derive(Debug)]
pub struct BuiltinType {
    pub oid: u32,
    pub name: &'static str,
    /// Bytes of a value; -1 for variable length, -2 for a C string.
    pub length: i16,
    /// The array's element type, for a subscriptable type; 0 otherwise.
    pub element: u32,
    pub array: u32,
    pub collation: u32,
    /// `typalign` and `typstorage`: one letter each.
    pub alignment: &'static str,
    pub storage: &'static str,
    pub by_value: bool,
}

static BUILTIN: LazyLock<Vec<BuiltinType>> = LazyLock::new(|| {
    let mut lines = TYPES.lines();
    let head: Vec<&str> = lines.next().map(|line| line.split('\t').collect()).unwrap_or_default();
    let position = |name: &str| head.iter().position(|column| *column == name);
    let columns = ["oid", "typname", "typlen", "typelem", "typarray", "typcollation", "typalign", "typstorage", "typbyval"];
    let places = columns.map(position);
    lines.filter_map(|line| parse(&line.split('\t').collect::<Vec<_>>(), &places)).collect()
});

static BY_OID: LazyLock<HashMap<u32, &BuiltinType>> =
    LazyLock::new(|| builtin().iter().map(|entry| (entry.oid, entry)).collect());

static BY_NAME: LazyLock<HashMap<&str, &BuiltinType>> =
    LazyLock::new(|| builtin().iter().map(|entry| (entry.name, entry)).collect());

fn parse(cells: &[&'static str], places: &[Option<usize>; 9]) -> Option<BuiltinType> {
    let cell = |index: usize| places.get(index).copied().flatten().and_then(|place| cells.get(place).copied());
    Some(BuiltinType {
        oid: cell(0)?.parse().ok()?,
        name: cell(1)?,
        length: cell(2)?.parse().ok()?,
        element: cell(3)?.parse().ok()?,
        array: cell(4)?.parse().ok()?,
        collation: cell(5)?.parse().ok()?,
        alignment: cell(6)?,
        storage: cell(7)?,
        by_value: cell(8)? == "t",
    })
}

/// All types that PostgreSQL 15 has before anybody creates one, the rows of its catalogs apart.
pub fn builtin() -> &'static [BuiltinType] {
    &BUILTIN
}

pub fn by_oid(oid: u32) -> Option<&'static BuiltinType> {
    BY_OID.get(&oid).copied()
}

pub fn by_name(name: &str) -> Option<&'static BuiltinType> {
    BY_NAME.get(name).copied()
}

/// How the SQL standard, and so `format_type`, calls types whose name in `pg_type` is another one.
const STANDARD_NAMES: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("char", "\"char\""),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("numeric", "numeric"),
    ("varchar", "character varying"),
    ("bpchar", "character"),
    ("varbit", "bit varying"),
    ("time", "time without time zone"),
    ("timetz", "time with time zone"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
];

/// Other words that are read as a type's name.
const SYNONYMS: &[(&str, &str)] = &[
    ("int", "int4"),
    ("decimal", "numeric"),
    ("float", "float8"),
    ("string", "text"),
    ("char", "bpchar"),
    ("double", "float8"),
    ("boolean", "bool"),
];

/// The type's name as PostgreSQL's `format_type(oid, modifier)` gives it; None for an OID that is no built-in type.
pub fn format_type(oid: u32, modifier: Option<i32>) -> Option<String> {
    let entry = by_oid(oid)?;
    if entry.element != 0 && entry.length == -1 && entry.name.starts_with('_') {
        return Some(format!("{}[]", format_type(entry.element, modifier)?));
    }
    let name = standard_name(entry.name);
    Some(match (entry.name, modifier) {
        // Told that it has no length, and not just of no length.
        ("bpchar", Some(..0)) => "bpchar".to_owned(),
        (_, Some(..0)) => name.to_owned(),
        ("numeric", Some(modifier)) if modifier >= 4 => {
            let (precision, scale) = precision_and_scale(modifier);
            format!("numeric({precision},{scale})")
        }
        ("varchar" | "bpchar", Some(modifier)) if modifier >= 4 => format!("{name}({})", modifier - 4),
        ("bit" | "varbit", Some(modifier)) => format!("{name}({modifier})"),
        ("time" | "timetz" | "timestamp" | "timestamptz", Some(modifier)) => match name.split_once(' ') {
            Some((first, rest)) => format!("{first}({modifier}) {rest}"),
            None => format!("{name}({modifier})"),
        },
        _ => name.to_owned(),
    })
}

/// The name of a type in standard SQL: `integer` for `int4`.
pub fn standard_name(name: &str) -> &str {
    STANDARD_NAMES.iter().find(|(internal, _)| *internal == name).map_or(name, |(_, standard)| standard)
}

/// Precision and scale of `atttypmod` of a numeric.
pub fn precision_and_scale(modifier: i32) -> (i32, i32) {
    let packed = modifier - 4;
    // The scale is signed, of eleven bits.
    let scale = packed & 0x7ff;
    ((packed >> 16) & 0xffff, if scale >= 1024 { scale - 2048 } else { scale })
}

/// The built-in type that a person means by this text: `int`, `double precision`, `numeric(10,2)`, `text[]`, `pg_catalog.int8`.
pub fn parse_type(text: &str) -> Option<&'static BuiltinType> {
    let text = text.trim();
    let text = text.strip_prefix("pg_catalog.").unwrap_or(text);
    if let Some(element) = text.strip_suffix("[]") {
        return by_oid(parse_type(element)?.array);
    }
    if let Some(quoted) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return by_name(quoted);
    }
    let lower = text.to_lowercase();
    let plain = match (lower.find('('), lower.find(')')) {
        (Some(open), Some(close)) if open < close => {
            let (before, after) = (lower.get(..open).unwrap_or(""), lower.get(close + 1..).unwrap_or(""));
            format!("{}{after}", before.trim_end())
        }
        _ => lower,
    };
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(from, _)| *from == plain).map(|(_, to)| *to);
    let standard = STANDARD_NAMES.iter().find(|(_, standard)| *standard == plain).map(|(internal, _)| *internal);
    by_name(find(SYNONYMS).or(standard).unwrap_or(&plain))
}

/// OID and modifier of the PostgreSQL type by which clients are told of a column.
pub fn of_field(field: &Field) -> (u32, i32) {
    let declared = field.metadata().get(PG_TYPE_KEY).and_then(|name| parse_declared(name));
    let extension = match field.metadata().get("ARROW:extension:name").map(String::as_str) {
        Some("arrow.uuid") => by_name("uuid"),
        Some("arrow.json") => by_name("json"),
        _ => None,
    };
    match declared.or(extension) {
        Some(entry) => (entry.oid, cilake_wire::types::pg_type(field).modifier),
        None => of_arrow(field.data_type()),
    }
}

/// `name`, `"char"`, `_text` or `text[]`: names of `pg_type`, so `char` is the type of one byte.
fn parse_declared(name: &str) -> Option<&'static BuiltinType> {
    let name = name.trim_matches('"');
    let name = name.split_once('(').map_or(name, |(name, _)| name);
    match name.strip_suffix("[]") {
        Some(element) => by_oid(by_name(element)?.array),
        None => by_name(name),
    }
}

fn of_arrow(data_type: &DataType) -> (u32, i32) {
    let name = match data_type {
        DataType::Boolean => "bool",
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => "int2",
        DataType::Int32 | DataType::UInt16 => "int4",
        DataType::Int64 | DataType::UInt32 => "int8",
        DataType::UInt64 => "numeric",
        DataType::Float16 | DataType::Float32 => "float4",
        DataType::Float64 => "float8",
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            let modifier = (i32::from(*precision) << 16 | (i32::from(*scale) & 0x7ff)) + 4;
            return (by_name("numeric").map_or(0, |entry| entry.oid), modifier);
        }
        DataType::FixedSizeBinary(16) => "uuid",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "bytea",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        DataType::Timestamp(_, None) => "timestamp",
        DataType::Timestamp(_, Some(_)) => "timestamptz",
        DataType::Interval(_) | DataType::Duration(_) => "interval",
        DataType::Struct(fields) if is_record(fields) => "record",
        DataType::Struct(_) | DataType::Map(_, _) => "json",
        DataType::Dictionary(_, value) => return of_arrow(value),
        DataType::RunEndEncoded(_, value) => return of_field(value),
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::FixedSizeList(element, _)
        | DataType::ListView(element)
        | DataType::LargeListView(element) => {
            let (oid, modifier) = of_field(element);
            // PostgreSQL has one array type for all numbers of dimensions.
            let array = by_oid(oid).map_or(oid, |entry| if entry.array == 0 { oid } else { entry.array });
            return (array, modifier);
        }
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Union(_, _) => "text",
    };
    (by_name(name).map_or(0, |entry| entry.oid), -1)
}

/// The Arrow type that holds values of a type of the catalogs, named as in `pg_type`. What has no Arrow type is held as its text.
pub fn arrow_type(name: &str) -> DataType {
    match name {
        "bool" => DataType::Boolean,
        "int2" => DataType::Int16,
        "int4" => DataType::Int32,
        "int8" => DataType::Int64,
        "oid" | "xid" | "cid" | "regproc" | "regtype" | "regclass" | "regnamespace" | "regrole" | "regoper" | "regprocedure" => {
            DataType::UInt32
        }
        "float4" => DataType::Float32,
        "float8" => DataType::Float64,
        "numeric" => DataType::Decimal128(38, 0),
        "bytea" => DataType::Binary,
        "uuid" => DataType::FixedSizeBinary(16),
        "timestamptz" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "date" => DataType::Date32,
        "interval" => DataType::Interval(IntervalUnit::MonthDayNano),
        "int2vector" => list("int2"),
        "oidvector" => list("oid"),
        "anyarray" => list("text"),
        name => match name.strip_prefix('_') {
            Some(element) => list(element),
            None => DataType::Utf8,
        },
    }
}

fn list(element: &str) -> DataType {
    DataType::List(field("item", element, true))
}

/// A field of a type named as in `pg_type`, with the metadata that tells clients so.
pub fn field(name: &str, type_name: &str, nullable: bool) -> FieldRef {
    let data_type = arrow_type(type_name);
    let field = Field::new(name, data_type, nullable);
    // Where Arrow's type says it all, metadata would only stick to what is computed from the column.
    let plain = matches!(
        type_name,
        "bool"
            | "int2"
            | "int4"
            | "int8"
            | "float4"
            | "float8"
            | "text"
            | "bytea"
            | "uuid"
            | "timestamptz"
            | "timestamp"
            | "date"
            | "interval"
    );
    match plain {
        true => Arc::new(field),
        false => Arc::new(field.with_metadata([(PG_TYPE_KEY.to_owned(), type_name.to_owned())].into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT format_type(oid, modifier)`.
    #[test]
    fn types_are_named_as_postgres_names_them() {
        for (oid, modifier, name) in [
            (23, None, "integer"),
            (1700, Some(786_438), "numeric(12,2)"),
            (1700, Some(-1), "numeric"),
            (1043, Some(14), "character varying(10)"),
            (1114, Some(3), "timestamp(3) without time zone"),
            (1184, Some(-1), "timestamp with time zone"),
            (1042, None, "character"),
            (1042, Some(-1), "bpchar"),
            (1042, Some(14), "character(10)"),
            (1014, Some(-1), "bpchar[]"),
            (1009, Some(-1), "text[]"),
            (1231, Some(786_438), "numeric(12,2)[]"),
            (18, None, "\"char\""),
            (19, None, "name"),
            (22, None, "int2vector"),
        ] {
            assert_eq!(format_type(oid, modifier).as_deref(), Some(name));
        }
        assert_eq!(format_type(99_999, None), None);
    }

    /// PostgreSQL 15: `SELECT to_regtype(text)::oid`.
    #[test]
    fn types_are_found_by_what_people_call_them() {
        for (text, oid) in [
            ("int", 23),
            ("pg_catalog.int8", 20),
            ("double precision", 701),
            ("numeric(10,2)", 1700),
            ("timestamp(3) with time zone", 1184),
            ("TEXT[]", 1009),
            ("char", 1042),
            ("\"char\"", 18),
            ("_int4", 1007),
        ] {
            assert_eq!(parse_type(text).map(|entry| entry.oid), Some(oid), "{text}");
        }
        assert!(parse_type("hstore").is_none());
    }
}
