//! The planner's and the kernels' own messages, which are texts, as PostgreSQL's.

use datafusion_functions_customer::type_name::type_name;

use super::values::scrubbed;
use crate::error::{Error, SqlState};

/// A part of a message, the SQLSTATE, and what PostgreSQL says.
const KNOWN: &[(&str, &str, &str)] = &[
    ("Invalid input syntax for type interval", "22007", "invalid input syntax for type interval"),
    ("NTILE requires a positive integer", "22014", "argument of ntile must be greater than zero"),
    (
        "ORDER BY expressions must appear in argument list",
        "42P10",
        "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list",
    ),
    ("Function 'coalesce' user-defined coercion failed", "42804", "COALESCE types cannot be matched"),
    ("Function 'greatest' user-defined coercion failed", "42804", "GREATEST types cannot be matched"),
    ("Function 'least' user-defined coercion failed", "42804", "LEAST types cannot be matched"),
    ("regex parse error", "2201B", "invalid regular expression"),
    ("Regular expression did not compile", "2201B", "invalid regular expression"),
    ("Aggregate functions are not allowed in the WHERE clause", "42803", "aggregate functions are not allowed in WHERE"),
    ("Aggregate function calls cannot be nested", "42803", "aggregate function calls cannot be nested"),
    ("logical expression WindowFunction", "42P20", "window functions are not allowed in WHERE, GROUP BY or HAVING"),
    ("UNION queries have different number of columns", "42601", "each UNION query must have the same number of columns"),
    ("EXCEPT queries have different number of columns", "42601", "each EXCEPT query must have the same number of columns"),
    ("INTERSECT queries have different number of columns", "42601", "each INTERSECT query must have the same number of columns"),
    ("Inconsistent data type across values list", "42804", "VALUES types cannot be matched"),
    ("Inconsistent metadata across values list", "42804", "VALUES types cannot be matched"),
    ("Inconsistent data length across values list", "42601", "VALUES lists must all be the same length"),
    (
        "SELECT DISTINCT ON expressions must match",
        "42P10",
        "SELECT DISTINCT ON expressions must match initial ORDER BY expressions",
    ),
    (
        "For SELECT DISTINCT, ORDER BY expressions",
        "42P10",
        "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
    ),
    ("Order by index starts at 1", "42P10", "ORDER BY position 0 is not in select list"),
    ("SELECT * with no tables specified", "42601", "SELECT * with no tables specified is not valid"),
    ("The subquery should only return one column", "42601", "subquery must return only one column"),
    ("Join condition must be boolean", "42804", "argument of JOIN/ON must be type boolean"),
    (
        "to grouping function is not in grouping",
        "42803",
        "arguments to GROUPING must be grouping expressions of the associated query level",
    ),
    ("NTILE requires a positive integer", "22014", "argument of ntile must be greater than zero"),
    ("FILTER clause can only be used", "0A000", "FILTER is not implemented for non-aggregate window functions"),
    ("Aggregate function calls cannot contain window", "42803", "aggregate function calls cannot contain window function calls"),
    ("LIMIT must be >=", "2201W", "LIMIT must not be negative"),
    ("OFFSET must be >=", "2201X", "OFFSET must not be negative"),
    ("non-boolean predicate", "42804", "argument of WHERE or HAVING must be type boolean"),
    ("Unary operator 'NOT' requires", "42804", "argument of NOT must be type boolean"),
    ("Unary operator '-' only supports", "42883", "operator - does not exist before what is no number and no interval"),
    ("square root of a negative number", "2201F", "cannot take square root of a negative number"),
    ("Step cannot be zero", "22023", "step size cannot equal zero"),
    ("invalid Unicode scalar value", "22023", "the number is of no character"),
    ("Timestamp out of range", "22008", "timestamp out of range"),
    ("Date out of range", "22008", "date out of range"),
    ("can be represented as nanoseconds", "22008", "timestamp out of range: 1677-09-21 to 2262-04-11 can be stored"),
    ("more than one row", "21000", "more than one row returned by a subquery used as an expression"),
    ("is too large to store in a Decimal", "22003", "numeric field overflow"),
    ("is too small to store in a Decimal", "22003", "numeric field overflow"),
];

/// Messages that name something: before the name, behind it, the SQLSTATE, and PostgreSQL's words around it.
const NAMING: &[(&str, &str, &str, &str, &str)] = &[
    ("Field ", " not found in struct", "42703", "column \"", "\" not found in data type record"),
    ("Invalid qualifier ", "", "42P01", "missing FROM-clause entry for table \"", "\""),
    ("Order by column out of bounds, specified: ", ",", "42P10", "ORDER BY position ", " is not in select list"),
    ("Cannot find column with position ", " ", "42P10", "GROUP BY position ", " is not in select list"),
    ("WITH query name \"", "\"", "42712", "WITH query name \"", "\" specified more than once"),
    ("Unsupported SQL type ", "", "42704", "type \"", "\" does not exist"),
    ("Placeholder '", "'", "42P02", "there is no parameter ", ""),
];

/// A message that is known, in PostgreSQL's words. None of these repeats a value.
pub fn known(message: &str) -> Option<Error> {
    if let Some((_, state, text)) = KNOWN.iter().find(|(part, ..)| message.contains(part)) {
        return Some(Error::new(SqlState(state), *text));
    }
    if let Some(rest) = message.split("Can't cast value ").nth(1) {
        let arrow = rest.rsplit(' ').next().unwrap_or_default();
        return Some(Error::new(
            SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
            format!("value out of range for type {}", sql_type(arrow)),
        ));
    }
    NAMING.iter().find_map(|(before, behind, state, text, end)| {
        let rest = message.split_once(before)?.1;
        let name = if behind.is_empty() { rest.lines().next()? } else { rest.split_once(behind)?.0 };
        Some(Error::new(SqlState(state), format!("{text}{name}{end}")))
    })
}

/// The SQL name of a type that arrow wrote.
fn sql_type(arrow: &str) -> String {
    arrow.parse().map_or_else(|_| arrow.to_string(), |data_type| type_name(&data_type))
}

/// A message of the planner, which repeats the statement at most.
pub fn of_plan(message: &str) -> Error {
    if let Some(name) = message.strip_prefix("Invalid function '").and_then(|rest| rest.split('\'').next()) {
        return Error::new(SqlState::UNDEFINED_FUNCTION, format!("function {name} does not exist"));
    }
    if let Some(error) = known(message) {
        return error;
    }
    let has = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    let state = if has(&[
        "Invalid function",
        "No function matches",
        "Cannot coerce arithmetic expression Date32",
        "Cannot coerce arithmetic expression Timestamp",
        "Cannot coerce arithmetic expression Interval",
        "Cannot get result type for temporal operation",
        "unnest() can only be applied to array",
        "Failed to coerce",
        "failed to coerce",
        "There isn't a common type to coerce",
        "does not support zero arguments",
        "expects",
    ]) {
        SqlState::UNDEFINED_FUNCTION
    } else if has(&["Cannot coerce", "Cannot infer common argument type", "must be a boolean"]) {
        SqlState::DATATYPE_MISMATCH
    } else if has(&["must be in the GROUP BY", "must appear in the GROUP BY", "could not be resolved from available columns"]) {
        SqlState::GROUPING_ERROR
    } else {
        SqlState("42000")
    };
    Error::new(state, without_dump(message))
}

/// A message of something that a statement does at run time, without the values that it repeats.
pub fn of_execution(message: &str) -> Error {
    known(message).unwrap_or_else(|| Error::new(SqlState("22000"), scrubbed(message)))
}

/// A message of the planner without the inside of its data structures, and without its request to report a bug.
pub fn without_dump(message: &str) -> String {
    let message = message.split("\nThis issue was likely").next().unwrap_or(message);
    let Some((before, _)) = message.split_once(" {") else { return message.to_string() };
    // `… expression WindowFunction(WindowFunction { fun: …`: the name of the structure goes as well.
    let words = before.rsplit_once(' ').map_or("", |(words, _)| words);
    format!("{words} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_postgresqls() {
        for (message, state, text) in [
            ("Order by column out of bounds, specified: 7, max: 1", "42P10", "ORDER BY position 7 is not in select list"),
            ("Field nope not found in struct", "42703", "column \"nope\" not found in data type record"),
            ("Can't cast value 70000 to type Int16", "22003", "value out of range for type smallint"),
            ("Can't cast value 300 to type Int8", "22003", "value out of range for type smallint"),
            ("Invalid qualifier nope", "42P01", "missing FROM-clause entry for table \"nope\""),
            ("Unsupported SQL type nope", "42704", "type \"nope\" does not exist"),
        ] {
            let error = known(message).unwrap();
            assert_eq!((error.sqlstate(), error.message.as_str()), (state, text));
        }
        assert!(known("something else").is_none());
    }

    #[test]
    fn structures_are_not_printed() {
        assert_eq!(without_dump("no such thing as Window(Window { fun: x, of: Y { z } })"), "no such thing as …");
        assert_eq!(without_dump("a plain message"), "a plain message");
        assert_eq!(without_dump("Internal: x\nThis issue was likely caused by"), "Internal: x");
    }
}
