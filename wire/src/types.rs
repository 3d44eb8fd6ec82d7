//! Arrow types and PostgreSQL types: what a column is described as, and what Arrow type a parameter is given.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, IntervalUnit, TimeUnit};

/// Metadata key of a field whose PostgreSQL type is not the one that its Arrow type maps to; the value is the type's name in `pg_type`.
pub const PG_TYPE_KEY: &str = "pg:type";

/// Metadata key of a field whose values are shown with as many decimals as their size asks for, as [`Shown`] writes it.
pub const SHOWN_KEY: &str = "pg:shown";

/// Metadata key of the fields of a struct that is shown as a row, `(1,a)`, and not as JSON.
pub const RECORD_KEY: &str = "pg:record";

/// Whether a struct of these fields is a row.
pub fn is_record(fields: &Fields) -> bool {
    fields.first().is_none_or(|field| field.metadata().contains_key(RECORD_KEY))
}

/// The type of a `numeric` without precision and scale, whose values have as many decimals as they need.
pub const UNCONSTRAINED: DataType = DataType::Decimal256(76, 38);
/// Metadata keys of a result's field that is a column of a relation: the relation's OID, and the number of the column from 1.
pub const RELATION_KEY: &str = "pg:relation";
pub const COLUMN_KEY: &str = "pg:column";
/// Arrow's own key for extension types; `arrow.uuid` and `arrow.json` are known.
const ARROW_EXTENSION_KEY: &str = "ARROW:extension:name";

/// Type oids, from `pg_type` of PostgreSQL 15.
pub mod oid {
    pub const BOOL: u32 = 16;
    pub const BYTEA: u32 = 17;
    pub const CHAR: u32 = 18;
    pub const NAME: u32 = 19;
    pub const INT8: u32 = 20;
    pub const INT2: u32 = 21;
    pub const INT2VECTOR: u32 = 22;
    pub const INT4: u32 = 23;
    pub const REGPROC: u32 = 24;
    pub const TEXT: u32 = 25;
    pub const OID: u32 = 26;
    pub const XID: u32 = 28;
    pub const OIDVECTOR: u32 = 30;
    pub const JSON: u32 = 114;
    pub const PG_NODE_TREE: u32 = 194;
    pub const FLOAT4: u32 = 700;
    pub const FLOAT8: u32 = 701;
    pub const UNKNOWN: u32 = 705;
    pub const ACLITEM: u32 = 1033;
    pub const BPCHAR: u32 = 1042;
    pub const VARCHAR: u32 = 1043;
    pub const DATE: u32 = 1082;
    pub const TIME: u32 = 1083;
    pub const TIMESTAMP: u32 = 1114;
    pub const TIMESTAMPTZ: u32 = 1184;
    pub const INTERVAL: u32 = 1186;
    pub const BIT: u32 = 1560;
    pub const VARBIT: u32 = 1562;
    pub const NUMERIC: u32 = 1700;
    pub const REGCLASS: u32 = 2205;
    pub const REGTYPE: u32 = 2206;
    pub const ANYARRAY: u32 = 2277;
    pub const RECORD: u32 = 2249;
    pub const VOID: u32 = 2278;
    pub const UUID: u32 = 2950;
    pub const JSONB: u32 = 3802;
    pub const REGNAMESPACE: u32 = 4089;
    pub const REGROLE: u32 = 4096;
}

/// Oid, name, oid of the array type, length in bytes (-1 variable, -2 ended by a zero byte); from `pg_type` of PostgreSQL 15.
const TYPES: &[(u32, &str, u32, i16)] = &[
    (oid::BOOL, "bool", 1000, 1),
    (oid::BYTEA, "bytea", 1001, -1),
    (oid::CHAR, "char", 1002, 1),
    (oid::NAME, "name", 1003, 64),
    (oid::INT8, "int8", 1016, 8),
    (oid::INT2, "int2", 1005, 2),
    (oid::INT2VECTOR, "int2vector", 1006, -1),
    (oid::INT4, "int4", 1007, 4),
    (oid::REGPROC, "regproc", 1008, 4),
    (oid::TEXT, "text", 1009, -1),
    (oid::OID, "oid", 1028, 4),
    (oid::XID, "xid", 1011, 4),
    (oid::OIDVECTOR, "oidvector", 1013, -1),
    (oid::JSON, "json", 199, -1),
    (oid::PG_NODE_TREE, "pg_node_tree", 0, -1),
    (oid::FLOAT4, "float4", 1021, 4),
    (oid::FLOAT8, "float8", 1022, 8),
    (oid::UNKNOWN, "unknown", 0, -2),
    (oid::ACLITEM, "aclitem", 1034, 12),
    (oid::BPCHAR, "bpchar", 1014, -1),
    (oid::VARCHAR, "varchar", 1015, -1),
    (oid::DATE, "date", 1182, 4),
    (oid::TIME, "time", 1183, 8),
    (oid::TIMESTAMP, "timestamp", 1115, 8),
    (oid::TIMESTAMPTZ, "timestamptz", 1185, 8),
    (oid::INTERVAL, "interval", 1187, 16),
    (oid::BIT, "bit", 1561, -1),
    (oid::VARBIT, "varbit", 1563, -1),
    (oid::NUMERIC, "numeric", 1231, -1),
    (oid::REGCLASS, "regclass", 2210, 4),
    (oid::REGTYPE, "regtype", 2211, 4),
    (oid::ANYARRAY, "anyarray", 0, -1),
    (oid::RECORD, "record", 2287, -1),
    (oid::VOID, "void", 0, 4),
    (oid::UUID, "uuid", 2951, 16),
    (oid::JSONB, "jsonb", 3807, -1),
    (oid::REGNAMESPACE, "regnamespace", 4090, 4),
    (oid::REGROLE, "regrole", 4097, 4),
];

/// A column's type as RowDescription and `pg_attribute` tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PgType {
    pub oid: u32,
    /// Bytes of a value; -1 for variable length.
    pub size: i16,
    /// Precision and scale of a numeric; -1 for none.
    pub modifier: i32,
}

impl PgType {
    fn plain(oid: u32) -> Self {
        let size = TYPES.iter().find(|entry| entry.0 == oid).map_or(-1, |entry| entry.3);
        Self { oid, size, modifier: -1 }
    }

    /// A numeric with precision and scale, encoded as `numeric(p, s)` is in `pg_attribute.atttypmod`.
    fn numeric(precision: u8, scale: i8) -> Self {
        let modifier = (i32::from(precision) << 16 | (i32::from(scale) & 0x7ff)) + 4;
        Self { modifier, ..Self::plain(oid::NUMERIC) }
    }
}

/// The PostgreSQL type of a field: its `pg:type` if it has one, else what its Arrow type maps to. A list is an array of its innermost
/// element's type (PostgreSQL has one array type for all numbers of dimensions); a struct and a map are `json`, a row is a `record`, sixteen bytes are a `uuid`.
pub fn pg_type(field: &Field) -> PgType {
    match declared_oid(field) {
        Some(oid) => PgType { modifier: declared_modifier(field), ..PgType::plain(oid) },
        None if Shown::of(field).is_some() => PgType::plain(oid::NUMERIC),
        None => pg_type_of(field.data_type()),
    }
}

/// Which decimals are shown of numbers that are computed with more of them than PostgreSQL has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    pub rule: Rule,
    /// The fewest.
    pub least: i8,
}

/// How PostgreSQL gets from the size of a result to 16 significant digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// In groups of four digits.
    Quotient,
    /// By the size of the number under the root.
    Root,
    /// By the size of the logarithm to the base of e.
    Logarithm,
    CommonLogarithm,
    Power,
    /// Not at all: only the fewest count.
    WholePower,
}

impl Rule {
    const ALL: [(&'static str, Self); 6] = [
        ("quotient", Self::Quotient),
        ("root", Self::Root),
        ("logarithm", Self::Logarithm),
        ("common_logarithm", Self::CommonLogarithm),
        ("power", Self::Power),
        ("whole_power", Self::WholePower),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, rule)| *rule == self).map_or("", |(name, _)| name)
    }
}

impl Shown {
    /// As metadata of a field whose numbers have so many decimals: `quotient/2/20`.
    pub fn written(self, scale: i8) -> String {
        format!("{}/{}/{scale}", self.rule.name(), self.least)
    }

    /// What the metadata of a field say.
    pub fn of(field: &Field) -> Option<Self> {
        if field.metadata().is_empty() {
            return None;
        }
        let mut parts = field.metadata().get(SHOWN_KEY)?.split('/');
        let (name, least, scale) = (parts.next()?, parts.next()?, parts.next()?);
        // A cast keeps the metadata of what it casts.
        let has_scale = match field.data_type() {
            DataType::Decimal128(_, of) | DataType::Decimal256(_, of) => scale.parse() == Ok(*of),
            _ => false,
        };
        let (_, rule) = Rule::ALL.into_iter().find(|(known, _)| *known == name)?;
        Some(Self { rule, least: least.parse().ok().filter(|_| has_scale)? })
    }
}

/// The oid that a field's metadata declares, if that names a known type.
pub(crate) fn declared_oid(field: &Field) -> Option<u32> {
    // Most fields have no metadata: no hashing for them.
    if field.metadata().is_empty() {
        return None;
    }
    if let Some(name) = field.metadata().get(PG_TYPE_KEY) {
        return match name.split_once('(') {
            // A cast keeps the metadata of what it casts, and what it makes has no such length.
            Some((name, _)) => oid_of_name(name).filter(|_| field.data_type().is_string()),
            None => oid_of_name(name),
        };
    }
    match field.metadata().get(ARROW_EXTENSION_KEY).map(String::as_str) {
        Some("arrow.uuid") => Some(oid::UUID),
        Some("arrow.json") => Some(oid::JSON),
        _ => None,
    }
}

/// The `atttypmod` of `varchar(10)`; -1 without a length.
fn declared_modifier(field: &Field) -> i32 {
    let name = field.metadata().get(PG_TYPE_KEY);
    let length = name.and_then(|name| name.split_once('(')?.1.strip_suffix(')')?.parse::<i32>().ok());
    length.map_or(-1, |length| length.saturating_add(4))
}

/// `name`, `"char"`, `text[]`, `_text` → oid.
pub fn oid_of_name(name: &str) -> Option<u32> {
    let name = name.trim_matches('"');
    let element = name.strip_suffix("[]").or_else(|| name.strip_prefix('_'));
    let find = |name: &str| TYPES.iter().find(|entry| entry.1 == name);
    match element {
        Some(element) => find(element).map(|entry| entry.2).filter(|oid| *oid != 0),
        None => find(name).map(|entry| entry.0),
    }
}

/// The name in `pg_type`; an array's begins with an underscore.
pub fn type_name(oid: u32) -> Option<String> {
    TYPES.iter().find_map(|entry| match oid {
        0 => None,
        _ if entry.0 == oid => Some(entry.1.to_owned()),
        _ if entry.2 == oid => Some(format!("_{}", entry.1)),
        _ => None,
    })
}

/// The array type of an element type.
pub fn array_oid(element: u32) -> Option<u32> {
    TYPES.iter().find(|entry| entry.0 == element).map(|entry| entry.2).filter(|oid| *oid != 0)
}

/// The element type of an array type.
pub fn element_oid(array: u32) -> Option<u32> {
    TYPES.iter().find(|entry| entry.2 == array && array != 0).map(|entry| entry.0)
}

fn pg_type_of(data_type: &DataType) -> PgType {
    let oid = match data_type {
        DataType::Boolean => oid::BOOL,
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => oid::INT2,
        DataType::Int32 | DataType::UInt16 => oid::INT4,
        DataType::Int64 | DataType::UInt32 => oid::INT8,
        DataType::UInt64 => oid::NUMERIC,
        DataType::Float16 | DataType::Float32 => oid::FLOAT4,
        DataType::Float64 => oid::FLOAT8,
        unconstrained if *unconstrained == UNCONSTRAINED => oid::NUMERIC,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => return PgType::numeric(*precision, *scale),
        DataType::FixedSizeBinary(16) => oid::UUID,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => oid::BYTEA,
        DataType::Date32 | DataType::Date64 => oid::DATE,
        DataType::Time32(_) | DataType::Time64(_) => oid::TIME,
        DataType::Timestamp(_, None) => oid::TIMESTAMP,
        DataType::Timestamp(_, Some(_)) => oid::TIMESTAMPTZ,
        DataType::Interval(_) | DataType::Duration(_) => oid::INTERVAL,
        DataType::Struct(fields) if is_record(fields) => oid::RECORD,
        DataType::Struct(_) | DataType::Map(_, _) => oid::JSON,
        DataType::Dictionary(_, value) => return pg_type_of(value),
        DataType::RunEndEncoded(_, value) => return pg_type(value),
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::FixedSizeList(element, _)
        | DataType::ListView(element)
        | DataType::LargeListView(element) => {
            let element = pg_type(element);
            let array = array_oid(element.oid).unwrap_or(element.oid);
            return PgType { modifier: element.modifier, ..PgType::plain(array) };
        }
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Union(_, _) => oid::TEXT,
    };
    PgType::plain(oid)
}

/// The Arrow type that a parameter of this type is given, unless the plan asks for another one. Numerics have 22 digits before the point
/// and 16 behind it.
pub fn arrow_type(oid: u32) -> Option<DataType> {
    let data_type = match oid {
        oid::BOOL => DataType::Boolean,
        oid::INT2 => DataType::Int16,
        oid::INT4 => DataType::Int32,
        oid::INT8 | oid::OID | oid::XID => DataType::Int64,
        oid::FLOAT4 => DataType::Float32,
        oid::FLOAT8 => DataType::Float64,
        oid::NUMERIC => DataType::Decimal128(38, 16),
        oid::TEXT
        | oid::VARCHAR
        | oid::BPCHAR
        | oid::NAME
        | oid::UNKNOWN
        | oid::CHAR
        | oid::JSON
        | oid::JSONB
        | oid::REGCLASS
        | oid::REGTYPE
        | oid::REGPROC
        | oid::REGNAMESPACE
        | oid::REGROLE => DataType::Utf8,
        oid::BYTEA => DataType::Binary,
        oid::DATE => DataType::Date32,
        oid::TIME => DataType::Time64(TimeUnit::Microsecond),
        oid::TIMESTAMP => DataType::Timestamp(TimeUnit::Microsecond, None),
        oid::TIMESTAMPTZ => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        oid::INTERVAL => DataType::Interval(IntervalUnit::MonthDayNano),
        oid::UUID => DataType::FixedSizeBinary(16),
        _ => {
            let element = arrow_type(element_oid(oid)?)?;
            return Some(DataType::List(Arc::new(Field::new_list_field(element, true))));
        }
    };
    Some(data_type)
}

/// The PostgreSQL type of a parameter whose Arrow type the plan has inferred.
pub fn parameter_oid(data_type: &DataType) -> u32 {
    pg_type_of(data_type).oid
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT atttypmod FROM pg_attribute` of columns numeric(18,2), numeric(38,10), numeric(5,0), numeric(3,-2).
    #[test]
    fn numeric_modifiers_are_those_of_postgres() {
        for (precision, scale, modifier) in [(18, 2, 1_179_654), (38, 10, 2_490_382), (5, 0, 327_684), (3, -2, 198_658)] {
            assert_eq!(pg_type_of(&DataType::Decimal128(precision, scale)).modifier, modifier);
        }
    }

    #[test]
    fn metadata_overrides_the_mapping() {
        let field = |name: &str| {
            Field::new("c", DataType::Utf8, true).with_metadata([(PG_TYPE_KEY.to_owned(), name.to_owned())].into_iter().collect())
        };
        assert_eq!(pg_type(&field("name")), PgType { oid: 19, size: 64, modifier: -1 });
        assert_eq!(pg_type(&field("\"char\"")), PgType { oid: 18, size: 1, modifier: -1 });
        assert_eq!(pg_type(&field("varchar(10)")), PgType { oid: 1043, size: -1, modifier: 14 });
        assert_eq!(pg_type(&field("bpchar(3)")), PgType { oid: 1042, size: -1, modifier: 7 });
        assert_eq!(pg_type(&field("name[]")), PgType { oid: 1003, size: -1, modifier: -1 });
        assert_eq!(pg_type(&field("_text")), PgType { oid: 1009, size: -1, modifier: -1 });
        assert_eq!(pg_type(&field("no such type")).oid, oid::TEXT);
    }

    #[test]
    fn lists_of_lists_are_one_array_type() {
        let inner = DataType::List(Arc::new(Field::new_list_field(DataType::Int32, true)));
        let outer = DataType::List(Arc::new(Field::new_list_field(inner, true)));
        assert_eq!(pg_type_of(&outer).oid, 1007);
    }

    #[test]
    fn a_parameter_type_maps_back_to_its_oid() {
        for entry in TYPES {
            let kept = !matches!(entry.1, "oid" | "xid" | "unknown") && arrow_type(entry.0).is_some_and(|t| t != DataType::Utf8);
            if kept {
                assert_eq!(parameter_oid(&arrow_type(entry.0).unwrap()), entry.0, "{}", entry.1);
            }
        }
    }
}
