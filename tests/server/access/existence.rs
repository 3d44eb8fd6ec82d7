//! Whoever may not use a schema learns nothing of what is in it: each statement gives the same answer for what is there as for what is not.

use super::{ask, company};

const SETUP: &str = "CREATE USER eve PASSWORD 'x'; GRANT USAGE, SELECT ON SCHEMA crm TO eve; GRANT ALL ON SCHEMA public TO eve;
    CREATE VIEW hr.seen AS SELECT * FROM hr.salaries";

/// Statements that name a relation as `$`.
const STATEMENTS: [&str; 37] = [
    "SELECT * FROM $",
    "TABLE $",
    "EXPLAIN ANALYZE SELECT * FROM $",
    "PREPARE p AS SELECT * FROM $",
    "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM $",
    "COPY $ TO STDOUT",
    "COPY $ FROM STDIN",
    "COPY (SELECT * FROM $) TO STDOUT",
    "INSERT INTO $ VALUES (1)",
    "INSERT INTO $ SELECT 1",
    "DELETE FROM $",
    "TRUNCATE $",
    "UPDATE $ SET id = 2",
    "DROP TABLE $",
    "DROP VIEW $",
    "DROP TABLE IF EXISTS $",
    "ALTER TABLE $ RENAME TO mine",
    "ALTER VIEW $ RENAME TO mine",
    "ALTER TABLE $ SET SCHEMA public",
    "ALTER TABLE $ ENABLE ROW LEVEL SECURITY",
    "COMMENT ON TABLE $ IS 'x'",
    "COMMENT ON VIEW $ IS 'x'",
    "COMMENT ON COLUMN $.salary IS 'x'",
    "CREATE POLICY p ON $ USING (true)",
    "DROP POLICY p ON $",
    "SECURITY LABEL FOR anon ON COLUMN $.salary IS 'MASKED WITH VALUE NULL'",
    "GRANT SELECT ON $ TO eve",
    "REVOKE SELECT ON $ FROM eve",
    "ANALYZE $",
    "VACUUM $",
    "CREATE VIEW public.v AS SELECT * FROM $",
    "CREATE TABLE $ AS SELECT 1 AS a",
    "CREATE VIEW $ AS SELECT 1 AS a",
    "SELECT '$'::regclass",
    "SELECT to_regclass('$')",
    "SELECT has_table_privilege('$', 'SELECT')",
    "SELECT * FROM rfm_score($, customer => 'id', at => 'id', amount => 'salary')",
];

#[test]
fn what_is_there_is_told_to_nobody_who_may_not_look() {
    company(SETUP, async |engine| {
        let mut leaks = vec![];
        for (path, names) in [
            ("public", ["hr.salaries", "hr.seen", "hr.nothing", "hrr.nothing"]),
            ("hr, public", ["salaries", "seen", "nothing", "nothing"]),
            ("hr", ["salaries", "seen", "nothing", "nothing"]),
        ] {
            for statement in STATEMENTS {
                let mut answers = vec![];
                for name in names {
                    let mut eve = engine.session("eve");
                    eve.collect(&format!("SET search_path = {path}")).await.unwrap();
                    let answer = ask(&mut eve, &statement.replace('$', name)).await;
                    // The names themselves may be said again.
                    let (schema, bare) = name.split_once('.').unwrap_or(("", name));
                    let answer = answer.replace(bare, "X");
                    answers.push(if schema.is_empty() { answer } else { answer.replace(schema, "S") });
                    eve.collect("DROP VIEW IF EXISTS public.v").await.unwrap();
                }
                if answers.iter().any(|answer| *answer != answers[2]) {
                    leaks.push(format!("{statement} with {path}: {answers:?}"));
                }
            }
        }
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    });
}
