//! Which functions a statement may call: those that PostgreSQL has, and those of this database. What else the engine knows is not
//! PostgreSQL's word for anything, and its own rewritten calls are not for statements.

use std::collections::HashSet;
use std::sync::LazyLock;

/// PostgreSQL 15's functions, a name and the types of its arguments on each line, without those that only its own code can call. Behind a
/// type, `?` stands for an argument with a default and `*` for any number of arguments.
pub const POSTGRES: &str = include_str!("../../catalog/pg/postgres15/functions.txt");

/// Calls that are words of PostgreSQL's grammar.
const WORDS: [&str; 20] = [
    "all",
    "any",
    "array",
    "coalesce",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "greatest",
    "grouping",
    "least",
    "localtime",
    "localtimestamp",
    "nullif",
    "row",
    "some",
    "trim",
    "user",
    "xmlserialize",
];

/// Functions of the engine that this database has, too: models are structs, and files have types that no cast names.
const OF_THE_ENGINE: [&str; 2] = ["arrow_cast", "named_struct"];

static CALLABLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let documented = datafusion_functions_customer::functions().iter().map(|doc| doc.name);
    let of_postgres = POSTGRES.lines().filter_map(|line| line.split(' ').next());
    of_postgres.chain(WORDS).chain(OF_THE_ENGINE).chain(documented).collect()
});

/// Whether statements may call the function, whose schema is left out. Those of masks have a schema of their own.
pub fn is_callable(name: &str) -> bool {
    name.contains('.') || CALLABLE.contains(name)
}

/// Whether PostgreSQL has the function for windows only.
pub fn is_for_windows(name: &str) -> bool {
    matches!(name, "row_number" | "ntile" | "lag" | "lead" | "first_value" | "last_value" | "nth_value")
}

/// What to write for a function of other databases.
pub fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "median" => "percentile_cont(0.5) WITHIN GROUP (ORDER BY …)",
        "approx_median" | "approx_percentile_cont" | "quantile_cont" => "percentile_cont(…) WITHIN GROUP (ORDER BY …)",
        "approx_distinct" | "approx_count_distinct" => "count(DISTINCT …)",
        "any_value" => "min(…)",
        "array_sort" | "list_sort" => "ARRAY(SELECT x FROM unnest(…) AS x ORDER BY x)",
        "array_distinct" | "list_distinct" => "ARRAY(SELECT DISTINCT x FROM unnest(…) AS x)",
        "array_contains" | "array_has" | "list_contains" => "… = ANY (…)",
        "isnan" => "… = 'NaN'",
        "nanvl" => "coalesce(nullif(…, 'NaN'), …)",
        "iszero" => "… = 0",
        "signum" => "sign(…)",
        "ifnull" | "nvl" => "coalesce(…)",
        "nvl2" | "iff" | "if" => "CASE WHEN … THEN … ELSE … END",
        "instr" | "locate" | "charindex" => "strpos(…)",
        "len" => "length(…)",
        "ucase" => "upper(…)",
        "lcase" => "lower(…)",
        "log2" => "log(2, …)",
        "to_unixtime" | "unix_timestamp" => "extract(epoch FROM …)",
        "from_unixtime" | "to_timestamp_seconds" => "to_timestamp(…)",
        "datetrunc" => "date_trunc(…)",
        "datepart" | "year" | "month" | "day" | "hour" | "minute" | "second" => "extract(… FROM …)",
        "date_format" => "to_char(…)",
        "datediff" | "date_diff" => "one date minus the other",
        "dateadd" | "date_add" => "… + interval '…'",
        "today" | "curdate" => "current_date",
        "getdate" | "sysdate" => "now()",
        "regexp_extract" => "substring(… FROM …)",
        "range" => "generate_series(…)",
        "group_concat" | "listagg" => "string_agg(…)",
        "uuid" => "gen_random_uuid()",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_of_postgres_nor_documented_is_not_called() {
        for name in ["sum", "lower", "coalesce", "named_struct", "rfm_score", "anon.hash"] {
            assert!(is_callable(name), "{name}");
        }
        for name in ["median", "approx_distinct", "row_of", "bigint_series", "make_array", "any_value"] {
            assert!(!is_callable(name), "{name}");
        }
    }
}
