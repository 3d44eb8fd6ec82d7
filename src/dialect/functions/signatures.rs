//! Which types PostgreSQL's functions take. The engine's functions of the same names take more: `upper(5)`, `string_agg(s, 1)`. A call is
//! refused as PostgreSQL refuses it if no function of the name takes its arguments (its manual, 10.3); what the arguments become then
//! is the business of others.

use std::collections::HashMap;
use std::sync::LazyLock;

use cilake_wire::types::{oid, pg_type};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::DFSchema;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use super::callable::POSTGRES;
use crate::dialect::failure::failed;
use crate::dialect::texts::operators::field;
use crate::dialect::types::agreement;
use crate::dialect::types::operators::unknown;
use crate::error::SqlState;

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Type(u32),
    ArrayOf(u32),
    Any,
    /// One type for all of them: any, one that is no array, the element of an array.
    Element,
    NonArray,
    Array,
    /// As these, of types that go together.
    Compatible,
    CompatibleNonArray,
    CompatibleArray,
    /// A type of the catalogs, which are numbers, texts and their arrays here.
    Catalog,
    /// A type that this database does not have.
    Missing,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// A literal without a type.
    Literal,
    Type(u32),
    /// Of elements of the type, or of none.
    ArrayOf(Option<u32>),
    /// Not judged here.
    Other,
}

/// The arguments of one function, of which so many have no default; the last may stand for any number.
#[derive(Debug)]
struct Signature {
    arguments: Vec<Wanted>,
    least: usize,
    is_variadic: bool,
}

/// Types that are judged, by the names of `pg_type`.
const TYPES: [(&str, u32); 20] = [
    ("bool", oid::BOOL),
    ("bpchar", oid::BPCHAR),
    ("bytea", oid::BYTEA),
    ("date", oid::DATE),
    ("float4", oid::FLOAT4),
    ("float8", oid::FLOAT8),
    ("int2", oid::INT2),
    ("int4", oid::INT4),
    ("int8", oid::INT8),
    ("interval", oid::INTERVAL),
    ("json", oid::JSON),
    ("jsonb", oid::JSONB),
    ("name", oid::NAME),
    ("numeric", oid::NUMERIC),
    ("text", oid::TEXT),
    ("time", oid::TIME),
    ("timestamp", oid::TIMESTAMP),
    ("timestamptz", oid::TIMESTAMPTZ),
    ("uuid", oid::UUID),
    ("varchar", oid::VARCHAR),
];

/// Types of the catalogs, which are numbers and texts here.
const OF_CATALOGS: [&str; 18] = [
    "_aclitem",
    "_char",
    "_name",
    "_oid",
    "aclitem",
    "char",
    "cid",
    "int2vector",
    "oid",
    "oidvector",
    "pg_node_tree",
    "refcursor",
    "regclass",
    "regnamespace",
    "regproc",
    "regprocedure",
    "regtype",
    "xid",
];

/// Functions whose calls have other arguments when they are planned, and those of operators and casts, which are checked as such.
const ELSEWHERE: [&str; 34] = [
    "array_ge",
    "array_gt",
    "array_le",
    "array_lt",
    "count",
    "date",
    "date_mi",
    "date_pli",
    "grouping",
    "interval",
    "interval_div",
    "interval_mul",
    "json_array_element",
    "json_array_element_text",
    "json_object_agg",
    "json_object_field",
    "json_object_field_text",
    "jsonb_array_element",
    "jsonb_cmp",
    "jsonb_delete",
    "jsonb_delete_path",
    "jsonb_object_agg",
    "jsonb_object_field",
    "mode",
    "numeric_div",
    "numeric_uplus",
    "percentile_cont",
    "percentile_disc",
    "row_to_json",
    "text",
    "time",
    "timestamp",
    "timestamp_mi",
    "timestamptz",
];

static SIGNATURES: LazyLock<HashMap<&'static str, Vec<Signature>>> = LazyLock::new(|| {
    let mut signatures: HashMap<_, Vec<_>> = HashMap::new();
    for line in POSTGRES.lines() {
        let mut words = line.split(' ');
        let Some(name) = words.next().filter(|name| !ELSEWHERE.contains(name)) else { continue };
        let (mut arguments, mut least, mut is_variadic) = (vec![], 0, false);
        for word in words {
            is_variadic = word.ends_with('*');
            least += usize::from(!word.ends_with('?'));
            arguments.push(wanted(word.trim_end_matches(['*', '?'])));
        }
        signatures.entry(name).or_default().push(Signature { arguments, least, is_variadic });
    }
    signatures
});

fn wanted(name: &str) -> Wanted {
    let known = |name: &str| TYPES.iter().find(|(known, _)| *known == name).map(|(_, oid)| *oid);
    match name {
        "any" => Wanted::Any,
        "anyelement" => Wanted::Element,
        "anynonarray" => Wanted::NonArray,
        "anyarray" => Wanted::Array,
        "anycompatible" => Wanted::Compatible,
        "anycompatiblenonarray" => Wanted::CompatibleNonArray,
        "anycompatiblearray" => Wanted::CompatibleArray,
        name if OF_CATALOGS.contains(&name) => Wanted::Catalog,
        name => match (known(name), name.strip_prefix('_').and_then(known)) {
            (Some(oid), _) => Wanted::Type(oid),
            (None, Some(oid)) => Wanted::ArrayOf(oid),
            (None, None) => Wanted::Missing,
        },
    }
}

/// # Errors
/// 42883 where PostgreSQL has functions of the name, and none for such arguments; 42804 and 42725 where literals do not tell which.
pub fn check(name: &str, arguments: &[Expr], schema: &DFSchema) -> Result<()> {
    let Some(signatures) = SIGNATURES.get(name) else { return Ok(()) };
    let fields = arguments.iter().map(|argument| field(argument, schema)).collect::<Option<Vec<_>>>();
    let Some(fields) = fields else { return Ok(()) };
    let given = arguments.iter().zip(&fields).map(|(argument, field)| given(argument, field)).collect::<Vec<_>>();
    let mut taking = signatures.iter().filter(|signature| signature.takes(&given)).peekable();
    if taking.peek().is_some() {
        let count = taking.clone().count();
        if !taking.all(|signature| signature.is_undetermined(&given)) {
            return Ok(());
        }
        return Err(match count {
            1 => failed(SqlState::DATATYPE_MISMATCH, "could not determine polymorphic type because input has type unknown"),
            _ => failed("42725", format!("function {name}(unknown) is not unique")),
        });
    }
    let shown = given.iter().zip(&fields).map(|(given, field)| match given {
        Given::Literal => "unknown".to_owned(),
        _ => agreement::name(field),
    });
    let message = format!("function {name}({}) does not exist", shown.collect::<Vec<_>>().join(", "));
    Err(failed("42883", message))
}

fn given(argument: &Expr, field: &Field) -> Given {
    let judged = |of: u32| TYPES.iter().any(|(_, oid)| *oid == of).then_some(of);
    let is_literal =
        unknown(argument).is_some() || matches!(argument, Expr::Literal(ScalarValue::Null, _) | Expr::Placeholder(_));
    match field.data_type() {
        _ if is_literal => Given::Literal,
        DataType::Null => Given::Literal,
        DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => {
            Given::ArrayOf(judged(pg_type(element).oid))
        }
        // Of statements, small numbers are `integer`; this one is the planner's own.
        DataType::Int64 if matches!(argument, Expr::Literal(..)) => Given::Other,
        _ => judged(pg_type(field).oid).map_or(Given::Other, Given::Type),
    }
}

impl Signature {
    /// Whether its result or its arguments are of any type, and only literals without one are given.
    fn is_undetermined(&self, given: &[Given]) -> bool {
        let is_any = |wanted: &Wanted| matches!(wanted, Wanted::Element | Wanted::NonArray | Wanted::Array);
        let mut of_any = self.arguments.iter().zip(given).filter(|(wanted, _)| is_any(wanted)).peekable();
        of_any.peek().is_some() && of_any.all(|(_, given)| *given == Given::Literal)
    }

    fn takes(&self, given: &[Given]) -> bool {
        if given.len() < self.least || (given.len() > self.arguments.len() && !self.is_variadic) {
            return false;
        }
        let last = self.arguments.len().saturating_sub(1);
        let pairs = given.iter().enumerate().filter_map(|(place, given)| Some((*self.arguments.get(place.min(last))?, *given)));
        let (mut element, mut compatible) = (None, None);
        for (wanted, given) in pairs {
            let fits = match wanted {
                Wanted::Element | Wanted::NonArray | Wanted::Array => {
                    same(&mut element, wanted, given, |one, other| one == other)
                }
                Wanted::Compatible | Wanted::CompatibleNonArray | Wanted::CompatibleArray => {
                    same(&mut compatible, wanted, given, |one, other| implicit(one, other) || implicit(other, one))
                }
                _ => fits(wanted, given),
            };
            if !fits {
                return false;
            }
        }
        true
    }
}

fn fits(wanted: Wanted, given: Given) -> bool {
    match (wanted, given) {
        (Wanted::Any, _) | (_, Given::Literal | Given::Other) => true,
        (Wanted::Catalog, Given::Type(from)) => implicit(from, oid::TEXT) || implicit(from, oid::INT8),
        (Wanted::Catalog, Given::ArrayOf(_)) => true,
        (Wanted::Type(to), Given::Type(from)) | (Wanted::ArrayOf(to), Given::ArrayOf(Some(from))) => implicit(from, to),
        (Wanted::ArrayOf(_), Given::ArrayOf(None)) => true,
        _ => false,
    }
}

/// Whether an argument of any type has the type of the others, or that of their elements.
fn same(known: &mut Option<u32>, wanted: Wanted, given: Given, goes_with: fn(u32, u32) -> bool) -> bool {
    let element = match (wanted, given) {
        (_, Given::Literal | Given::Other) => return true,
        (Wanted::Array | Wanted::CompatibleArray, Given::ArrayOf(element)) => element,
        (Wanted::Array | Wanted::CompatibleArray, Given::Type(_)) => return false,
        (Wanted::NonArray | Wanted::CompatibleNonArray, Given::ArrayOf(_)) => return false,
        // Arrays as elements are only told apart from what is none.
        (_, Given::ArrayOf(_)) => return known.is_none(),
        (_, Given::Type(of)) => Some(of),
    };
    let Some(element) = element else { return true };
    known.replace(element).is_none_or(|before| goes_with(before, element))
}

/// PostgreSQL 15: `SELECT castsource::regtype, casttarget::regtype FROM pg_cast WHERE castcontext = 'i'`.
fn implicit(from: u32, to: u32) -> bool {
    const NUMBERS: [u32; 6] = [oid::INT2, oid::INT4, oid::INT8, oid::NUMERIC, oid::FLOAT4, oid::FLOAT8];
    const TEXTS: [u32; 4] = [oid::TEXT, oid::VARCHAR, oid::BPCHAR, oid::NAME];
    let wider = |order: &[u32]| {
        let place = |of: u32| order.iter().position(|known| *known == of);
        place(from).zip(place(to)).is_some_and(|(from, to)| from <= to)
    };
    from == to
        || wider(&NUMBERS)
        || (TEXTS.contains(&from) && TEXTS.contains(&to))
        || wider(&[oid::DATE, oid::TIMESTAMP, oid::TIMESTAMPTZ])
        || wider(&[oid::TIME, oid::INTERVAL])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(name: &str, given: &[Given]) -> bool {
        SIGNATURES[name].iter().any(|signature| signature.takes(given))
    }

    /// What PostgreSQL 15 says to calls with such arguments.
    #[test]
    fn arguments_are_those_of_postgres() {
        use Given::{ArrayOf, Literal, Type};
        let (text, int4, int8, float8) = (Type(oid::TEXT), Type(oid::INT4), Type(oid::INT8), Type(oid::FLOAT8));
        for (name, given, exists) in [
            ("upper", vec![text], true),
            ("upper", vec![int4], false),
            ("upper", vec![Literal], true),
            ("string_agg", vec![text, int4], false),
            ("left", vec![text, int4], true),
            ("left", vec![text, int8], false),
            ("abs", vec![int8], true),
            ("sqrt", vec![int4], true),
            ("round", vec![float8, int4], false),
            ("concat", vec![], false),
            ("concat", vec![int4, text, float8], true),
            ("array_position", vec![ArrayOf(Some(oid::INT4)), int8], true),
            ("array_position", vec![ArrayOf(Some(oid::INT4)), text], false),
            ("array_position", vec![int4, int4], false),
            ("max", vec![Type(oid::BOOL)], false),
            ("max", vec![ArrayOf(Some(oid::TEXT))], true),
            ("make_interval", vec![], true),
        ] {
            assert_eq!(takes(name, &given), exists, "{name} of {given:?}");
        }
    }
}
