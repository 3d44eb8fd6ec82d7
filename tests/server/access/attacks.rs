//! What somebody would try who wants to see what is hidden from him. Each attack is a line of docs/security.md.

use super::{ask, company, expect};
use cilake::engine::{Engine, Outcome};
use futures::TryStreamExt;

/// `eve` may read contacts and orders: e-mail addresses and ages are masked, and only rows of Germany are hers. `mia` sees all rows,
/// masked.
const SETUP: &str = "CREATE USER eve PASSWORD 'x'; CREATE USER mia PASSWORD 'x' BYPASSRLS; CREATE USER bob PASSWORD 'x';
    GRANT ALL ON SCHEMA crm, sales, public TO eve, mia; GRANT SELECT ON SCHEMA crm TO eve, mia, bob;
    GRANT SELECT ON SCHEMA sales TO eve, mia; GRANT USAGE ON SCHEMA crm TO bob;
    SECURITY LABEL FOR anon ON ROLE eve IS 'MASKED'; SECURITY LABEL FOR anon ON ROLE mia IS 'MASKED';
    SECURITY LABEL FOR anon ON COLUMN crm.contacts.email IS 'MASKED WITH FUNCTION anon.partial_email(email)';
    SECURITY LABEL FOR anon ON COLUMN crm.contacts.age IS 'MASKED WITH FUNCTION anon.generalize(age, 50)';
    SECURITY LABEL FOR anon ON COLUMN sales.orders.contact_id IS 'MASKED WITH FUNCTION anon.hash(contact_id)';
    CREATE POLICY german ON crm.contacts USING (country = 'DE'); ALTER TABLE crm.contacts ENABLE ROW LEVEL SECURITY";

fn attacked(test: impl AsyncFnOnce(Engine)) {
    company(SETUP, test);
}

#[test]
fn a_masked_column_is_no_oracle() {
    attacked(async |engine| {
        let mut mia = engine.session("mia");
        expect(
            &mut mia,
            &[
                ("SELECT id FROM crm.contacts WHERE email = 'ann@example.com'", ""),
                ("SELECT count(*) FROM crm.contacts WHERE email LIKE 'ann@%'", "0"),
                ("SELECT count(*) FROM crm.contacts WHERE email IN (SELECT 'ann@example.com')", "0"),
                ("SELECT count(*) FROM crm.contacts WHERE lower(email) = 'ann@example.com' OR age = 57", "0"),
                ("SELECT count(*) FROM crm.contacts WHERE age BETWEEN 55 AND 60", "0"),
                ("SELECT min(age), max(age) FROM crm.contacts", "0|50"),
                ("SELECT count(DISTINCT age), sum(age) FROM crm.contacts", "2|100"),
                ("SELECT age, count(*) FROM crm.contacts GROUP BY age ORDER BY age", "0|2 50|2"),
                ("SELECT age, count(*) FROM crm.contacts GROUP BY age HAVING max(email) > 'zzz'", ""),
                // Sorting by the raw age would put 64 before 57.
                ("SELECT id FROM crm.contacts ORDER BY age DESC, id LIMIT 1", "3"),
                ("SELECT id FROM (SELECT id, row_number() OVER (ORDER BY age DESC, id) AS n FROM crm.contacts) t WHERE n = 1", "3"),
                ("SELECT c.id FROM crm.contacts c JOIN (VALUES ('ann@example.com')) v(e) ON c.email = v.e", ""),
                ("SELECT c.id FROM (VALUES (57)) v(a) JOIN crm.contacts c ON c.age = v.a", ""),
                ("SELECT id FROM crm.contacts NATURAL JOIN (SELECT 64 AS age) t", ""),
                ("SELECT (SELECT max(email) FROM crm.contacts c WHERE c.id = o.id) FROM (SELECT 1 AS id) o", "an******@ex******.com"),
                ("SELECT CASE WHEN email = 'ann@example.com' THEN 'found' ELSE 'no' END FROM crm.contacts WHERE id = 1", "no"),
                ("WITH t AS (SELECT * FROM crm.contacts) SELECT email FROM t WHERE id = 1", "an******@ex******.com"),
                ("SELECT email FROM crm.contacts WHERE id = 1 UNION ALL SELECT email FROM crm.contacts WHERE email = 'ann@example.com'", "an******@ex******.com"),
            ],
        )
        .await;
        expect(
            &mut mia,
            &[
                ("SELECT \"email\" FROM \"crm\".\"contacts\" WHERE id = 1", "an******@ex******.com"),
                ("SELECT EMAIL FROM CRM.CONTACTS WHERE id = 1", "an******@ex******.com"),
                ("SELECT c.e FROM cilake.crm.contacts AS c(i, n, e, a, b, d, f) WHERE c.i = 1", "an******@ex******.com"),
                ("SELECT 1 / (age - 57) FROM crm.contacts WHERE id = 3", "0"),
            ],
        )
        .await;
    });
}

#[test]
fn copies_hold_masked_values_and_only_ones_own_rows() {
    attacked(async |engine| {
        let mut eve = engine.session("eve");
        expect(
            &mut eve,
            &[
                ("CREATE TEMP TABLE copied AS SELECT * FROM crm.contacts", ""),
                ("SELECT id, email, age FROM copied ORDER BY id", "1|an******@ex******.com|0 2|bo******@ex******.org|0"),
                ("CREATE TABLE public.copied AS SELECT * FROM crm.contacts", ""),
                ("SELECT id, email FROM public.copied ORDER BY id", "1|an******@ex******.com 2|bo******@ex******.org"),
                ("CREATE VIEW public.seen AS SELECT id, email FROM crm.contacts", ""),
                ("SELECT * FROM public.seen ORDER BY id", "1|an******@ex******.com 2|bo******@ex******.org"),
                ("CREATE VIEW public.seen2 AS SELECT * FROM public.seen WHERE email LIKE 'ann%'", ""),
                ("SELECT count(*) FROM public.seen2", "0"),
            ],
        )
        .await;
    });
}

/// Whoever owns the views between, what is hidden follows who reads.
#[test]
fn views_of_others_hide_the_same() {
    attacked(async |engine| {
        let (mut root, mut eve) = (engine.session("root"), engine.session("eve"));
        for sql in [
            "CREATE VIEW public.v1 AS SELECT * FROM crm.contacts",
            "CREATE VIEW public.v2 AS SELECT id, lower(email) AS email, age FROM public.v1 ORDER BY age",
            "CREATE VIEW public.pay AS SELECT * FROM hr.salaries",
            "GRANT SELECT ON public.v2 TO eve",
        ] {
            root.collect(sql).await.unwrap();
        }
        expect(
            &mut eve,
            &[
                ("SELECT * FROM public.v2 ORDER BY id", "1|an******@ex******.com|0 2|bo******@ex******.org|0"),
                ("SELECT count(*) FROM public.v2 WHERE email = 'ann@example.com'", "0"),
                ("SELECT * FROM public.v1", "42501 permission denied for view v1"),
                ("SELECT * FROM public.pay", "42501 permission denied for view pay"),
                ("SELECT * FROM hr.salaries", "42501 permission denied for schema hr"),
                ("SELECT * FROM (SELECT * FROM hr.salaries) t", "42501 permission denied for schema hr"),
                ("WITH t AS (SELECT * FROM HR.Salaries) SELECT 1", "42501 permission denied for schema hr"),
                ("SELECT 1 WHERE EXISTS (SELECT 1 FROM \"hr\".\"salaries\")", "42501 permission denied for schema hr"),
                (
                    "SELECT 1 FROM generate_series(1, (SELECT max(salary) FROM hr.salaries)) t",
                    "42501 permission denied for schema hr",
                ),
                ("EXPLAIN SELECT * FROM hr.salaries", "42501 permission denied for schema hr"),
                ("CREATE TEMP TABLE t AS SELECT * FROM cilake.hr.salaries", "42501 permission denied for schema hr"),
                (
                    "SELECT * FROM rfm_score(hr.salaries, customer => 'id', at => 'id', amount => 'salary')",
                    "42501 permission denied for schema hr",
                ),
                ("SET search_path = hr, public", ""),
                ("SELECT * FROM salaries", "42P01 relation \"salaries\" does not exist"),
            ],
        )
        .await;
        // eve makes a view on what she may read, and bob, who sees everything but is German rows only, is no way around for her.
        expect(
            &mut eve,
            &[("CREATE VIEW public.mine AS SELECT id, email FROM crm.contacts", ""), ("GRANT SELECT ON public.mine TO bob", "")],
        )
        .await;
        assert_eq!(
            ask(&mut engine.session("bob"), "SELECT * FROM public.mine ORDER BY id").await,
            "1|ann@example.com 2|bob@example.org"
        );
    });
}

#[test]
fn names_that_may_not_be_seen_are_not_told() {
    attacked(async |engine| {
        let mut bob = engine.session("bob");
        for sql in
            ["SELECT * FROM hr.salaries", "SELECT * FROM hr.salarie", "SELECT * FROM hr.nothing", "SELECT * FROM hrr.salaries"]
        {
            let error = bob.collect(sql).await.unwrap_err();
            assert_eq!((error.sqlstate(), &error.hint), ("42501", &None), "{sql}: {error}");
        }
        let error = bob.collect("SELECT * FROM salarie").await.unwrap_err();
        assert_eq!((error.sqlstate(), error.hint), ("42P01", None));
        let error = bob.collect("SELECT * FROM crm.contact").await.unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("Did you mean \"crm.contacts\"?"));
    });
}

/// A condition that fails on a hidden row would tell that the row is there, and one that takes long as well.
#[test]
fn hidden_rows_make_no_errors_and_take_no_part() {
    attacked(async |engine| {
        let mut eve = engine.session("eve");
        expect(
            &mut eve,
            &[
                ("SELECT count(*) FROM crm.contacts", "2"),
                ("SELECT count(*) FROM crm.contacts WHERE 1 / (id - 3) < 5", "2"),
                ("SELECT count(*) FROM crm.contacts WHERE 1 / (id - 3) < 5 AND country = 'FR'", "0"),
                ("SELECT max(1 / (id - 4)) FROM crm.contacts", "0"),
                ("SELECT count(*) FROM crm.contacts WHERE CAST(replace(name, 'Cid Carter', 'x') AS text) = 'x'", "0"),
                ("SELECT count(*) FROM crm.contacts WHERE CASE WHEN country = 'FR' THEN CAST(name AS int) ELSE 1 END = 1", "2"),
                ("SELECT min(id), max(id), sum(id) FROM crm.contacts", "1|2|3"),
                ("SELECT id FROM crm.contacts ORDER BY id DESC LIMIT 1", "2"),
                ("SELECT count(*) FROM crm.contacts LIMIT 1", "2"),
                ("SELECT count(*) FROM crm.contacts c LEFT JOIN (SELECT 4 AS id) t ON c.id = t.id WHERE t.id IS NOT NULL", "0"),
                (
                    "SELECT o.order_id FROM sales.orders o WHERE o.order_id - 10 IN (SELECT id FROM crm.contacts) ORDER BY 1",
                    "11 12",
                ),
            ],
        )
        .await;
        assert!(ask(&mut eve, "SELECT 1 / (id - 2) FROM crm.contacts").await.starts_with("22012"), "her own rows may fail");
        // The condition of the statement stays above the closed scan.
        for condition in ["1 / (id - 3) < 5", "name LIKE '%x%'", "random() < 2", "length('x') = id"] {
            let plan = ask(&mut eve, &format!("EXPLAIN SELECT name FROM crm.contacts WHERE {condition}")).await;
            let (filter, scan) = (plan.find("FilterExec").unwrap(), plan.find("ProtectedScanExec").unwrap());
            assert!(filter < scan, "{plan}");
        }
    });
}

#[test]
fn explain_stops_at_the_closed_scan() {
    attacked(async |engine| {
        let (mut eve, mut mia) = (engine.session("eve"), engine.session("mia"));
        for explain in ["EXPLAIN", "EXPLAIN VERBOSE", "EXPLAIN ANALYZE", "EXPLAIN ANALYZE VERBOSE", "EXPLAIN (ANALYZE, VERBOSE)"]
        {
            for sql in [
                "SELECT * FROM crm.contacts",
                "SELECT count(*) FROM crm.contacts WHERE email = 'x' AND id > 1",
                "SELECT email FROM crm.contacts c JOIN sales.orders o ON o.contact_id = c.id ORDER BY age LIMIT 3",
            ] {
                for session in [&mut eve, &mut mia] {
                    let plan = ask(session, &format!("{explain} {sql}")).await;
                    assert!(plan.contains("ProtectedScanExec: table=crm.contacts"), "{plan}");
                    for hidden in ["parquet", "anon.", "'DE'", "= DE", "DataSourceExec"] {
                        assert!(!plan.contains(hidden), "{hidden} in {plan}");
                    }
                }
            }
        }
        let all = ask(&mut engine.session("root"), "EXPLAIN SELECT * FROM crm.contacts").await;
        assert!(all.contains("DataSourceExec") && !all.contains("Protected"), "{all}");
    });
}

#[test]
fn table_functions_see_masked_input() {
    attacked(async |engine| {
        let (mut root, mut mia) = (engine.session("root"), engine.session("mia"));
        let scores = "SELECT customer FROM rfm_score(sales.orders, customer => 'contact_id', at => 'ordered_at', amount => 'amount') ORDER BY monetary";
        assert_eq!(ask(&mut root, scores).await, "2 1 3");
        let masked = ask(&mut mia, scores).await;
        assert_eq!(masked.split(' ').count(), 3);
        assert!(masked.split(' ').all(|id| id.parse::<i64>().is_ok_and(|id| id > 4)), "{masked}");
        let churn = "SELECT count(*), min(customer) > 4 FROM churn_prob(sales.orders, customer => 'contact_id', at => 'ordered_at', horizon => '90 days')";
        let answer = ask(&mut mia, churn).await;
        assert!(answer == "3|true" || answer.starts_with("22") || answer.starts_with("P0"), "{answer}");
        // By e-mail these two are one person, by the masked e-mail too; the name is not masked, so nothing else is used here.
        let people = "SELECT count(DISTINCT profile_id) FROM unify_profiles((SELECT id, email FROM crm.contacts), (SELECT 9 AS id, 'ann@example.com' AS email))";
        assert_eq!(ask(&mut root, people).await, "4");
        assert_eq!(ask(&mut mia, people).await, "5");
        // What is masked is not in a golden record, and nobody is found by it.
        for sql in [
            "SELECT count(*) FROM golden_profiles((SELECT id, email FROM crm.contacts)) WHERE email = 'ann@example.com'",
            "SELECT count(*) FROM identify((SELECT id AS profile_id, email FROM crm.contacts), email => 'ann@example.com')",
        ] {
            assert_eq!((ask(&mut root, sql).await.as_str(), ask(&mut mia, sql).await.as_str()), ("1", "0"), "{sql}");
        }
    });
}

/// What is said of records beside themselves is read under the same masks and policies: `mia` finds nobody by an address, and `eve` has no rows of
/// France.
#[test]
fn what_is_said_of_records_is_masked_too() {
    attacked(async |engine| {
        let people = "(SELECT * FROM (VALUES (1, 'a@example.com'), (3, 'c@example.com'), (9, 'c@example.com')) AS t(id, email))";
        let pairs = "(SELECT id AS left_id, 9 AS right_id FROM crm.contacts WHERE email = 'cid@example.net')";
        let others = "(SELECT id AS left_id, 1 AS right_id FROM crm.contacts WHERE email = 'cid@example.net')";
        let previous = "(SELECT id AS record_id, 300 AS profile_id FROM crm.contacts WHERE email = 'cid@example.net')";
        let count = "SELECT count(DISTINCT profile_id) FROM unify_profiles";
        let twin = "(SELECT id, email FROM crm.contacts), (SELECT 9 AS id, 'cid@example.net' AS email)";
        for (sql, all, hidden) in [
            (format!("SELECT count(*) FROM review_pairs({twin})"), "1", "0"),
            (format!("SELECT count(*) FROM refused_links({twin}, limits => 'email: 1')"), "0", "0"),
            (format!("{count}({people}, must_link => {others})"), "1", "2"),
            (format!("{count}({people}, cannot_link => {pairs})"), "3", "2"),
            (format!("SELECT count(*) FROM refused_links({people}, cannot_link => {pairs})"), "1", "0"),
            (format!("SELECT count(*) FROM unify_profiles({people}, previous => {previous}) WHERE profile_id = 300"), "2", "0"),
            (format!("SELECT count(*) FROM profile_changes({people}, previous => {previous}) WHERE change = 'grown'"), "1", "0"),
        ] {
            assert_eq!(ask(&mut engine.session("root"), &sql).await, all, "root: {sql}");
            for user in ["mia", "eve"] {
                assert_eq!(ask(&mut engine.session(user), &sql).await, hidden, "{user}: {sql}");
            }
        }
        // Labels teach where there is enough to learn from.
        let learnt = |labels: &str| {
            format!(
                "SELECT sum(match_weight)::numeric(20, 6) FROM match_pairs((SELECT n AS id, 'given' || n / 2 % 37 AS first_name, 'family' || n / 2 % 101 AS \
                 last_name, DATE '1950-01-01' + (n / 2 % 1301)::int AS dob, 'mail' || n / 2 % 700 || CASE WHEN n % 2 = 0 THEN 'a' ELSE 'xyz' END || '@example.com' AS email FROM generate_series(0, 2999) AS g(n)){labels})"
            )
        };
        let labels = learnt(
            ", labels => (SELECT 2 * id AS left_id, 2 * id + 1 AS right_id, false AS is_match FROM crm.contacts WHERE email = 'cid@example.net')",
        );
        let mut root = engine.session("root");
        let untaught = ask(&mut root, &learnt("")).await;
        assert_ne!(ask(&mut root, &labels).await, untaught);
        for user in ["mia", "eve"] {
            assert_eq!(ask(&mut engine.session(user), &labels).await, untaught, "{user}");
        }
    });
}

#[test]
fn system_tables_tell_no_counts_of_hidden_rows() {
    attacked(async |engine| {
        let mut eve = engine.session("eve");
        let tables = "SELECT schema, name, rows, files IS NULL, bytes IS NULL FROM cilake.tables ORDER BY 1, 2";
        assert_eq!(ask(&mut eve, tables).await, "crm|contacts|NULL|true|true sales|orders|4|false|false");
        assert_eq!(ask(&mut engine.session("root"), "SELECT count(*) FROM cilake.tables WHERE rows > 0").await, "3");
        expect(
            &mut eve,
            &[
                ("SELECT count(*) FROM pg_class WHERE relname = 'salaries'", "0"),
                ("SELECT count(*) FROM pg_namespace WHERE nspname = 'hr'", "0"),
                ("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'hr'", "0"),
                ("SELECT to_regclass('hr.salaries')", "NULL"),
                ("SELECT reltuples, relpages FROM pg_class WHERE relname = 'contacts'", "-1.0|0"),
                ("SELECT count(*) FROM pg_stats WHERE tablename = 'contacts'", "0"),
                ("SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL", ""),
                ("SELECT count(*) FROM pg_shadow WHERE passwd IS NOT NULL AND passwd <> '********'", "0"),
            ],
        )
        .await;
    });
}

/// Prepared statements and cached plans are planned with the rights of the moment.
#[test]
fn a_prepared_statement_has_the_rights_of_its_execution() {
    attacked(async |engine| {
        let (mut root, mut bob) = (engine.session("root"), engine.session("bob"));
        let sql = "SELECT email FROM crm.contacts WHERE id = 1";
        let statement = bob.parse(sql).unwrap().remove(0);
        let prepared = bob.prepare(&statement, &[]).await.unwrap();
        let mut run = async || match bob.execute(&prepared, vec![]).await {
            Ok(Outcome::Rows { batches, .. }) => super::text(&batches.try_collect::<Vec<_>>().await.unwrap()),
            Ok(_) => "no rows".to_string(),
            Err(error) => error.message,
        };
        root.collect("SECURITY LABEL FOR anon ON ROLE bob IS 'MASKED'").await.unwrap();
        assert_eq!(run().await, "an******@ex******.com");
        root.collect("REVOKE SELECT ON SCHEMA crm FROM bob").await.unwrap();
        assert_eq!(run().await, "permission denied for table contacts");
    });
}

/// SET ROLE to a role that is not masked does not take the mask off.
#[test]
fn a_mask_stays_on_whatever_role_is_taken() {
    attacked(async |engine| {
        let mut root = engine.session("root");
        root.collect("CREATE ROLE open NOINHERIT").await.unwrap();
        root.collect("GRANT USAGE, SELECT ON SCHEMA crm TO open").await.unwrap();
        root.collect("GRANT open TO mia").await.unwrap();
        let mut mia = engine.session("mia");
        expect(&mut mia, &[("SET ROLE open", ""), ("SELECT email FROM crm.contacts WHERE id = 1", "an******@ex******.com")])
            .await;
    });
}

/// Names that look like what a policy or mask calls.
#[test]
fn nothing_of_the_users_own_stands_in_for_what_a_policy_means() {
    attacked(async |engine| {
        let mut eve = engine.session("eve");
        expect(
            &mut eve,
            &[
                ("CREATE TEMP TABLE contacts AS SELECT 'FR' AS country", ""),
                ("CREATE VIEW public.upper AS SELECT 1 AS a", ""),
                ("CREATE VIEW public.current_user AS SELECT 'root' AS a", ""),
                ("SET search_path = pg_temp, public", ""),
                ("SELECT count(*) FROM crm.contacts", "2"),
                ("SET row_security = off", ""),
                ("SELECT count(*) FROM crm.contacts", "2"),
                ("SELECT * FROM \"\u{1}base\"", "42P01 relation \"\u{1}base\" does not exist"),
            ],
        )
        .await;
    });
}
