//! What PostgreSQL's SQL says and the planner's does not, in other words: a step over the syntax tree, before planning.
//!
//! Each rule goes by what an expression means, never by the text of a client's query, so that the next version of the client works too.
//! In order: [`columns`] names the columns of results as PostgreSQL does, [`lateral`] takes apart what the planner takes in parts only,
//! [`relations`] finds the catalog tables, [`typed`] keeps types
//! that the planner would lose, [`kinds`] and [`empty`] drop what can have no rows,
//! [`members`] joins by the columns of keys, [`expressions`] puts operators, casts and calls into the planner's words.

mod arrays;
pub mod build;
mod calls;
mod columns;
mod empty;
mod expressions;
mod gathered;
mod kinds;
mod lateral;
mod members;
mod memberships;
mod relations;
mod scope;
mod typed;

use datafusion::sql::sqlparser::ast::{Statement, VisitMut};

pub use arrays::{elements as array_elements, from_text as array_from_text};
pub use columns::{output_name, repeated_name};

/// What the step found out about a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The statement names a catalog table or a system function that resolves names, so the names must be fresh before it is planned.
    pub uses_catalog: bool,
    /// It asks for comments on columns by a function, which cannot wait for columns to be read.
    pub describes_columns: bool,
}

/// Rewrites a statement, once.
pub fn rewrite(statement: &mut Statement) -> Rewritten {
    columns::name_columns(statement);
    let mut relations = relations::Relations::of(statement);
    let _ = statement.visit(&mut relations);
    let _ = statement.visit(&mut lateral::Laterals);
    if relations.found {
        let _ = statement.visit(&mut typed::Types);
        let _ = statement.visit(&mut kinds::Kinds);
        let _ = statement.visit(&mut empty::EmptySelects);
        let _ = statement.visit(&mut members::Members);
    }
    let mut expressions = expressions::Expressions::new(relations.found);
    let _ = statement.visit(&mut expressions);
    let uses_catalog = relations.found || expressions.resolves_names;
    Rewritten { uses_catalog, describes_columns: expressions.describes_columns }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    fn rewritten(sql: &str) -> String {
        let mut statement = Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap().remove(0);
        rewrite(&mut statement);
        statement.to_string()
    }

    /// What the planner has no word for; expected texts are what PostgreSQL's manual says each means.
    #[test]
    fn postgres_expressions_become_the_planners() {
        for (from, to) in [
            ("SELECT pg_catalog.version()", "SELECT version() AS version"),
            ("SELECT current_user", "SELECT current_user() AS current_user"),
            (
                "SELECT 1 FROM pg_class WHERE relname OPERATOR(pg_catalog.~) '^(a)$' COLLATE pg_catalog.default",
                "SELECT 1 AS \"?column?\" FROM pg_catalog.pg_class WHERE relname ~ '^(a)$'",
            ),
            ("SELECT 'pg_class'::regclass::oid", "SELECT regclassin('pg_class')::oid AS oid"),
            ("SELECT a.x::pg_catalog.regtype::text FROM a", "SELECT regtypeout(regtypein(a.x)) AS x FROM a"),
            ("SELECT a = ANY('{x,y}') FROM t", "SELECT a = ANY(['x', 'y']) AS \"?column?\" FROM t"),
            ("SELECT '{1,2}'::int[]", "SELECT ['1', '2']::INT[] AS int4"),
            (
                "SELECT generate_subscripts(a, 1) FROM t",
                "SELECT unnest(generate_series(1, array_upper(a, 1))) AS generate_subscripts FROM t",
            ),
            ("SELECT (information_schema._pg_expandarray(a)).n FROM t", "SELECT unnest(_pg_expandarray(a))['n'] AS n FROM t"),
            ("SELECT a FROM pg_catalog.generate_series(1, 3) a", "SELECT a FROM generate_series(1, 3) a"),
        ] {
            assert_eq!(rewritten(from), to);
        }
    }

    #[test]
    fn selects_that_can_have_no_row_lose_their_subqueries() {
        assert_eq!(
            rewritten("SELECT (SELECT string_agg(a, ',') FROM pg_class) AS x FROM pg_trigger"),
            "SELECT CAST(NULL AS text) AS x FROM pg_catalog.pg_trigger"
        );
        assert_eq!(
            rewritten(
                "SELECT (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid) FROM pg_attribute a"
            ),
            "SELECT CAST(NULL AS text) AS pg_get_expr FROM pg_catalog.pg_attribute a"
        );
        // An aggregate of nothing is one row.
        assert_eq!(
            rewritten("SELECT (SELECT count(*) FROM pg_attrdef WHERE adrelid = a.attrelid LIMIT 1) FROM pg_attribute a"),
            "SELECT CAST(0 AS int8) AS count FROM pg_catalog.pg_attribute a"
        );
        let counted = rewritten("SELECT (SELECT count(*) FROM pg_attrdef LIMIT 0) FROM pg_attribute");
        assert!(counted.contains("SELECT count(*)"), "{counted}");
        assert_eq!(
            rewritten("SELECT relname FROM pg_class WHERE oid NOT IN (SELECT inhrelid FROM pg_inherits)"),
            "SELECT relname FROM pg_catalog.pg_class WHERE true"
        );
    }

    #[test]
    fn functions_in_from_see_the_table_before_them() {
        for (from, to) in [
            ("SELECT id, n FROM t, unnest(t.list) AS u(n)", "SELECT id, n FROM (SELECT *, unnest(t.list) AS n FROM t) AS t"),
            (
                "SELECT u.n FROM t CROSS JOIN unnest(t.list) u(n) ORDER BY u.n",
                "SELECT t.n AS n FROM (SELECT *, unnest(t.list) AS n FROM t) AS t ORDER BY t.n",
            ),
            (
                "SELECT id, d.grantee FROM t x CROSS JOIN aclexplode(x.acl) d JOIN s ON s.id = x.id",
                "SELECT id, d.grantee AS grantee FROM (SELECT *, unnest(aclexplode(x.acl)) AS d FROM t x) AS x JOIN s ON s.id = x.id",
            ),
            ("SELECT n FROM unnest(ARRAY[1]) n", "SELECT n FROM UNNEST(ARRAY[1]) n (n)"),
        ] {
            assert_eq!(rewritten(from), to);
        }
    }

    #[test]
    fn a_table_of_the_user_is_left_alone() {
        let sql = "WITH pg_type AS (SELECT 1 AS a) SELECT a FROM pg_type";
        assert_eq!(rewritten(sql), sql);
        assert_eq!(rewritten("SELECT a FROM sales.pg_type"), "SELECT a FROM sales.pg_type");
    }
}
