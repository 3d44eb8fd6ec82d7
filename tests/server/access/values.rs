//! Values of masked columns and of hidden rows, through what is not a query: errors, plans, figures, logs.

use super::{ask, company};

/// `mia` sees all rows with masks, `eve` only German ones.
const SETUP: &str =
    "CREATE USER eve PASSWORD 'x'; CREATE USER mia PASSWORD 'x' BYPASSRLS; GRANT ALL ON SCHEMA crm, sales, public TO eve, mia;
    GRANT SELECT ON SCHEMA crm, sales TO eve, mia;
    SECURITY LABEL FOR anon ON ROLE eve IS 'MASKED'; SECURITY LABEL FOR anon ON ROLE mia IS 'MASKED';
    SECURITY LABEL FOR anon ON COLUMN crm.contacts.email IS 'MASKED WITH FUNCTION anon.partial_email(email)';
    SECURITY LABEL FOR anon ON COLUMN crm.contacts.name IS 'MASKED WITH VALUE NULL';
    SECURITY LABEL FOR anon ON COLUMN crm.contacts.age IS 'MASKED WITH FUNCTION anon.generalize(age, 50)';
    CREATE POLICY german ON crm.contacts USING (country = 'DE'); ALTER TABLE crm.contacts ENABLE ROW LEVEL SECURITY";

/// What nobody but root may see anywhere: beginnings of addresses and names, in small letters.
const SECRETS: [&str; 6] = ["ann@", "bob@", "cid@", "dan@", "miller", "carter"];

const ATTACKS: &[&str] = &[
    // Errors that tell what they failed on.
    "SELECT email::int FROM crm.contacts",
    "SELECT CAST(name AS double precision) FROM crm.contacts",
    "SELECT email::date FROM crm.contacts",
    "SELECT email::uuid FROM crm.contacts",
    "SELECT email::timestamptz FROM crm.contacts",
    "SELECT email::boolean FROM crm.contacts",
    "SELECT ('{' || email)::int[] FROM crm.contacts",
    "SELECT now() AT TIME ZONE email FROM crm.contacts",
    "SELECT date_trunc(email, now()) FROM crm.contacts",
    "SELECT to_date(email, 'YYYY') FROM crm.contacts",
    "SELECT to_timestamp(name) FROM crm.contacts",
    "SELECT regexp_replace('x', email || '(', '') FROM crm.contacts",
    "SELECT current_setting(email) FROM crm.contacts",
    "SELECT set_config('app.x', email, false), current_setting('app.x') FROM crm.contacts",
    "SELECT email::regclass FROM crm.contacts",
    "SELECT to_regclass(email) FROM crm.contacts",
    "SELECT encode(email::bytea, 'nothing') FROM crm.contacts",
    "SELECT decode(email, 'hex') FROM crm.contacts",
    "SELECT (email || 'x')::interval FROM crm.contacts",
    "SELECT 1 / (age - age) FROM crm.contacts",
    "SELECT age::smallint * 30000::smallint FROM crm.contacts",
    "SELECT generate_series(1, 2, email::int) FROM crm.contacts",
    // Rows as a whole, and their parts.
    "SELECT row_to_json(c) FROM crm.contacts c",
    "SELECT to_json(c) FROM crm.contacts c",
    "SELECT c FROM crm.contacts c",
    "SELECT (c).email FROM crm.contacts c",
    "SELECT ROW(c.*) FROM crm.contacts c",
    "SELECT named_struct('e', email) FROM crm.contacts",
    "SELECT array_agg(email), string_agg(name, ',') FROM crm.contacts",
    "SELECT first_value(email) OVER (ORDER BY age), lag(email) OVER (ORDER BY id) FROM crm.contacts",
    "SELECT min(email), max(name), median(age), approx_percentile_cont(age, 0.9), stddev(age), var_pop(age) FROM crm.contacts",
    "SELECT approx_distinct(email), count(DISTINCT name), bit_xor(age), histogram(age) FROM crm.contacts",
    "SELECT md5(email), sha256(email), digest(email, 'md5'), length(name), ascii(name) FROM crm.contacts",
    "SELECT arrow_cast(email, 'Binary'), arrow_typeof(email) FROM crm.contacts",
    // Queries of other kinds.
    "WITH RECURSIVE t AS (SELECT id, email, age FROM crm.contacts UNION ALL SELECT id + 10, email, age FROM t WHERE id < 10) SELECT * FROM t",
    "SELECT * FROM crm.contacts c, LATERAL (SELECT c.email AS e) l",
    "SELECT email FROM crm.contacts EXCEPT SELECT 'ann@' || 'example.com'",
    "SELECT email FROM crm.contacts GROUP BY GROUPING SETS ((email), (name), ())",
    "SELECT email FROM crm.contacts GROUP BY ROLLUP (email, age)",
    "SELECT DISTINCT ON (age) email FROM crm.contacts ORDER BY age DESC",
    "VALUES ((SELECT max(email) FROM crm.contacts))",
    "SELECT email FROM crm.contacts TABLESAMPLE SYSTEM (100)",
    "SELECT unnest(ARRAY[email, name]) FROM crm.contacts",
    "SELECT pg_typeof(email), quote_literal(email), format('%s', name) FROM crm.contacts",
    // JSON, arrays and patterns.
    "SELECT json_agg(c), jsonb_agg(c), json_object_agg(id, c) FROM crm.contacts c",
    "SELECT to_jsonb(c), jsonb_pretty(to_jsonb(c)), to_jsonb(c) - 'id' FROM crm.contacts c",
    "SELECT row_to_json(c)->>'email', to_jsonb(c)#>>'{name}', to_jsonb(c) @> '{\"age\": 57}' FROM crm.contacts c",
    "SELECT json_build_object('c', c), json_build_array(c, email), json_object_keys(row_to_json(c)) FROM crm.contacts c",
    "SELECT e.* FROM (SELECT row_to_json(c) AS j FROM crm.contacts c) s, json_each(s.j) e",
    "SELECT e.* FROM (SELECT json_agg(c) AS j FROM crm.contacts c) s, json_array_elements(s.j) e",
    "SELECT email::json, name::jsonb FROM crm.contacts",
    "SELECT regexp_matches(email, '(.*)@(.*)'), regexp_substr(email, '.*'), regexp_split_to_array(email, '@') FROM crm.contacts",
    "SELECT regexp_split_to_table(email, '@'), string_to_table(name, ' ') FROM crm.contacts",
    "SELECT 'x' ~ email, substring(email similar '%' escape '#') FROM crm.contacts",
    "SELECT ARRAY(SELECT email FROM crm.contacts), 'ann@' = ANY (ARRAY(SELECT left(email, 4) FROM crm.contacts))",
    "SELECT string_agg(email, ',' ORDER BY age), array_to_string(array_agg(name), ',') FROM crm.contacts",
    "SELECT format('%s %I %L', email, age, name), concat_ws(',', email, name), quote_nullable(email) FROM crm.contacts",
    "SELECT format(email, 1), to_char(age, email), to_char(born, 'YYYY-MM-DD') FROM crm.contacts",
    "SELECT encode(convert_to(email, 'UTF8'), 'escape'), translate(email, '*', ''), overlay(email placing '' from 1 for 0) FROM crm.contacts",
    // Rows that one query makes of another.
    "SELECT l.* FROM (VALUES (1), (2), (3)) v(i), LATERAL (SELECT * FROM crm.contacts c WHERE c.id = v.i) l",
    "SELECT (SELECT c.email FROM crm.contacts c WHERE c.id = v.i) FROM (VALUES (1), (2), (3)) v(i)",
    "SELECT v.i, c.email FROM (VALUES (1)) v(i) LEFT JOIN crm.contacts c ON c.email = (SELECT max(email) FROM crm.contacts)",
    "SELECT DISTINCT ON (country) (SELECT max(email) FROM crm.contacts o WHERE o.id = c.id) FROM crm.contacts c",
    "SELECT generate_series(min(age), max(age)), min(email) FROM crm.contacts",
    "SELECT * FROM generate_series((SELECT min(born) FROM crm.contacts), (SELECT max(born) FROM crm.contacts), '5 years')",
    "SELECT * FROM rfm_score((SELECT row_to_json(c)::text AS c, born, credit FROM crm.contacts c), customer => 'c', at => 'born', amount => 'credit')",
    "CREATE TABLE crm.copied AS SELECT to_jsonb(c) AS j FROM crm.contacts c; SELECT * FROM crm.copied; DROP TABLE crm.copied",
    "SELECT set_config('search_path', email, false) FROM crm.contacts; SHOW search_path; RESET search_path",
    // Plans, prepared statements and cursors.
    "EXPLAIN ANALYZE VERBOSE SELECT email FROM crm.contacts WHERE age > 56 ORDER BY email LIMIT 1",
    "EXPLAIN (ANALYZE, VERBOSE, COSTS, BUFFERS) SELECT c.email FROM crm.contacts c JOIN sales.orders o ON o.contact_id = c.id",
    "PREPARE a AS SELECT email FROM crm.contacts WHERE name LIKE $1; EXECUTE a('%'); DEALLOCATE a",
    "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM crm.contacts; FETCH ALL FROM c; CLOSE c",
    "CREATE TEMP TABLE stolen AS SELECT * FROM crm.contacts; SELECT * FROM stolen; DROP TABLE stolen",
    "CREATE TEMP TABLE stolen (e text); INSERT INTO stolen SELECT email FROM crm.contacts; SELECT * FROM stolen; DROP TABLE stolen",
    "CREATE TEMP VIEW seen AS SELECT * FROM crm.contacts; SELECT * FROM seen; SELECT pg_get_viewdef('seen'); DROP VIEW seen",
    // Figures.
    "SELECT * FROM pg_stats",
    "SELECT * FROM pg_statistic",
    "SELECT relname, reltuples, relpages FROM pg_class WHERE relname = 'contacts'",
    "SELECT * FROM pg_stat_user_tables",
    "SELECT pg_total_relation_size('crm.contacts'), pg_relation_size('crm.contacts')",
    "SELECT * FROM cilake.tables",
    "SELECT * FROM cilake.statements",
    "SELECT * FROM cilake.activity",
    "SELECT * FROM cilake.settings",
    "SELECT * FROM pg_stat_activity",
    "SELECT * FROM pg_prepared_statements",
    "SELECT * FROM pg_cursors",
    "SELECT * FROM pg_seclabels",
    "SELECT * FROM pg_policies",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM information_schema.columns WHERE table_schema = 'crm'",
    "SELECT * FROM pg_attribute",
    "SELECT * FROM pg_views",
    // Functions over tables.
    "SELECT * FROM unify_profiles((SELECT id, name, email FROM crm.contacts))",
    "SELECT * FROM unify_profiles(crm.contacts, explain => true)",
    "SELECT * FROM golden_profiles((SELECT id, name, email FROM crm.contacts), provenance => true)",
    "SELECT * FROM golden_profiles(crm.contacts, survivorship => '*: longest')",
    "SELECT * FROM households(crm.contacts)",
    "SELECT * FROM identify(crm.contacts, id => 'id', name => 'Ann Lee')",
    "SELECT * FROM identify(crm.contacts, id => 'email', birth_date => DATE '1971-06-24', match_on => 'birth_date: born')",
    "SELECT * FROM explain_match(crm.contacts, 1, 2)",
    "SELECT * FROM review_pairs((SELECT id, name, email FROM crm.contacts), (SELECT 9 AS id, 'Ann' AS name, 'x@example.com' AS email))",
    "SELECT * FROM review_pairs((SELECT email AS id, 'x@example.com' AS mail, name FROM crm.contacts))",
    "SELECT * FROM review_pairs((SELECT id, 'x@example.com' AS email, name, country FROM crm.contacts))",
    "SELECT * FROM refused_links((SELECT email AS id, 'x@example.com' AS mail FROM crm.contacts), one_per_source => true)",
    "SELECT * FROM refused_links((SELECT id, 'x@example.com' AS email, name FROM crm.contacts), limits => 'name: 1')",
    "SELECT * FROM profile_changes((SELECT id, email FROM crm.contacts), previous => (SELECT id AS record_id, 7 AS profile_id FROM crm.contacts))",
    "SELECT * FROM profile_changes((SELECT email AS id, 'x@example.com' AS mail FROM crm.contacts), previous => (SELECT email AS record_id, id AS profile_id FROM crm.contacts))",
    "SELECT * FROM profile_changes((SELECT id, email FROM crm.contacts), previous => (SELECT name AS source, id AS record_id, email AS profile_id FROM crm.contacts))",
    "SELECT * FROM unify_profiles((SELECT id, email FROM crm.contacts), previous => (SELECT email AS source, id AS record_id, 7 AS profile_id FROM crm.contacts))",
    "SELECT * FROM unify_profiles((SELECT id, email FROM crm.contacts), labels => (SELECT email AS left_id, name AS right_id, true AS is_match FROM crm.contacts))",
    "SELECT * FROM unify_profiles((SELECT id, email FROM crm.contacts), labels => (SELECT id AS left_id, id AS right_id, email AS is_match FROM crm.contacts))",
    "SELECT * FROM unify_profiles((SELECT id, email FROM crm.contacts), must_link => (SELECT email AS left_source, id AS left_id, name AS right_source, id AS right_id FROM crm.contacts))",
    "SELECT * FROM unify_profiles((SELECT id, email FROM crm.contacts), must_link => (SELECT email AS left_id, name AS right_id FROM crm.contacts))",
    "SELECT * FROM refused_links((SELECT id, email FROM crm.contacts), cannot_link => (SELECT email AS left_id, name AS right_id FROM crm.contacts))",
    "SELECT * FROM match_pairs(crm.contacts)",
    "SELECT * FROM block_stats(crm.contacts)",
    "SELECT * FROM rfm_score(crm.contacts, customer => 'email', at => 'born', amount => 'credit')",
    "SELECT * FROM rfm_cuts(crm.contacts, customer => 'email', at => 'born', amount => 'credit')",
    "SELECT * FROM purchase_summary(crm.contacts, customer => 'email', at => 'born')",
    "SELECT * FROM churn_prob(crm.contacts, customer => 'name', at => 'born', horizon => '90 days')",
    // Files of the server.
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "COPY crm.contacts TO '/tmp/stolen'",
    "COPY crm.contacts TO PROGRAM 'cat'",
    "CREATE EXTERNAL TABLE x (a int) STORED AS CSV LOCATION '/etc/passwd'",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM \"/etc/passwd\"",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('crm/contacts/*.parquet')",
    "SELECT * FROM parquet_metadata('crm/contacts.parquet')",
    "SELECT * FROM metadata_cache()",
    "SELECT * FROM statistics_cache()",
    "SELECT * FROM list_files_cache()",
    "LOAD 'plugin'",
    "CREATE EXTENSION file_fdw",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DO 'x'",
    "SELECT dblink('host=localhost', 'SELECT 1')",
];

/// What a session answers to several statements: rows, errors with hint and detail, and notices.
async fn everything(session: &mut cilake::engine::Session, sql: &str) -> String {
    let mut said = vec![];
    for sql in sql.split("; ") {
        match session.collect(sql).await {
            Ok(batches) => said.push(super::text(&batches)),
            Err(error) => said.push(format!("{error:?}")),
        }
        said.extend(session.take_notices().iter().map(|notice| format!("{notice:?}")));
    }
    said.join(" ").to_lowercase()
}

#[test]
fn no_answer_holds_what_is_hidden() {
    company(SETUP, async |engine| {
        // What others run is in figures and lists.
        let mut root = engine.session("root");
        root.collect("SELECT * FROM crm.contacts WHERE email = 'ann@example.com' AND name = 'Ann Miller'").await.unwrap();
        root.collect("PREPARE roots AS SELECT 'carter'").await.unwrap();
        let mut leaks = vec![];
        for user in ["eve", "mia"] {
            let mut session = engine.session(user);
            for sql in ATTACKS {
                let answer = everything(&mut session, sql).await;
                // A text of one's own may come back.
                let own = sql.to_lowercase();
                let secrets = SECRETS.iter().filter(|secret| answer.contains(**secret) && !own.contains(**secret));
                let hidden = ["root:x", "root:", "scram-sha-256$", "/parquet", "anon.partial_email", "= 'de'"].into_iter();
                let found: Vec<_> = secrets.copied().chain(hidden.filter(|word| answer.contains(word))).collect();
                if !found.is_empty() {
                    leaks.push(format!("{user}: {sql}: {found:?} in {answer:.500}"));
                }
                // And none of it is a fault of the server.
                if answer.contains("xx000") {
                    leaks.push(format!("{user}: {sql}: {answer:.500}"));
                }
                assert_eq!(ask(&mut session, "ROLLBACK").await, "");
            }
        }
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    });
}
