//! Privileges on schemas, tables and views.

use super::{ask, company, expect};

#[test]
fn a_user_reads_what_was_granted_and_nothing_else() {
    company("CREATE USER ann PASSWORD 'x'", async |engine| {
        let (mut root, mut ann) = (engine.session("root"), engine.session("ann"));
        let count = "SELECT count(*) FROM crm.contacts";
        let no_schema = "42501 permission denied for schema crm";
        let no_table = "42501 permission denied for table contacts";
        for (statement, answer) in [
            ("CREATE ROLE readers", no_schema),
            ("GRANT SELECT ON crm.contacts TO ann", no_schema),
            ("GRANT USAGE ON SCHEMA crm TO ann", "4"),
            ("REVOKE SELECT ON TABLE crm.contacts FROM ann CASCADE", no_table),
            ("GRANT SELECT ON SCHEMA crm TO readers", no_table),
            ("GRANT readers TO ann", "4"),
            ("REVOKE readers FROM ann", no_table),
            ("GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA crm TO GROUP ann", "4"),
            ("REVOKE ALL ON crm.contacts FROM ann", no_table),
            ("GRANT SELECT ON crm.contacts TO PUBLIC", "4"),
            ("REVOKE USAGE ON SCHEMA crm FROM ann", no_schema),
            ("GRANT USAGE ON SCHEMA crm TO PUBLIC", "4"),
            ("ALTER USER ann RENAME TO anna", no_schema),
        ] {
            root.collect(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
            if statement.contains("RENAME") {
                break;
            }
            assert_eq!(ask(&mut ann, count).await, answer, "{statement}");
        }
        expect(
            &mut root,
            &[
                ("GRANT SELECT ON crm.nothing TO PUBLIC", "42P01 relation \"crm.nothing\" does not exist"),
                ("GRANT USAGE ON SCHEMA nothing TO PUBLIC", "3F000 schema \"nothing\" does not exist"),
                ("GRANT USAGE ON crm.contacts TO PUBLIC", "0LP01 invalid privilege type USAGE for relation"),
                ("GRANT SELECT (id) ON crm.contacts TO PUBLIC", "42601 syntax error at or near \"(\""),
                (
                    "GRANT SELECT ON crm.contacts TO anna WITH GRANT OPTION",
                    "0A000 WITH GRANT OPTION is not supported: superusers and owners grant",
                ),
            ],
        )
        .await;
    });
}

#[test]
fn future_tables_belong_to_a_schema_but_not_to_all_its_tables() {
    let statements = "CREATE USER ann PASSWORD 'x'; CREATE USER bob PASSWORD 'x'; GRANT USAGE ON SCHEMA crm TO PUBLIC;
        GRANT SELECT ON SCHEMA crm TO ann; GRANT SELECT ON ALL TABLES IN SCHEMA crm TO bob; CREATE TABLE crm.late AS SELECT 7 AS a";
    company(statements, async |engine| {
        expect(&mut engine.session("ann"), &[("SELECT * FROM crm.late", "7"), ("SELECT count(*) FROM crm.contacts", "4")]).await;
        let denied = "42501 permission denied for table late";
        expect(&mut engine.session("bob"), &[("SELECT * FROM crm.late", denied), ("SELECT count(*) FROM crm.contacts", "4")])
            .await;
    });
}

#[test]
fn a_view_reads_with_the_privileges_of_its_owner() {
    let statements = "CREATE USER ann PASSWORD 'x'; CREATE USER bob PASSWORD 'x'; GRANT ALL ON SCHEMA crm TO ann;
        GRANT SELECT ON crm.contacts TO ann; GRANT USAGE ON SCHEMA crm TO bob";
    company(statements, async |engine| {
        let (mut root, mut ann, mut bob) = (engine.session("root"), engine.session("ann"), engine.session("bob"));
        expect(
            &mut ann,
            &[
                ("CREATE VIEW crm.germans AS SELECT id FROM crm.contacts WHERE country = 'DE'", ""),
                ("CREATE VIEW crm.pay AS SELECT * FROM hr.salaries", "42501 permission denied for schema hr"),
                ("CREATE VIEW public.pay AS SELECT 1 AS a", "42501 permission denied for schema public"),
                ("CREATE TABLE sales.pay AS SELECT 1 AS a", "42501 permission denied for schema sales"),
            ],
        )
        .await;
        expect(
            &mut bob,
            &[
                ("SELECT * FROM crm.germans", "42501 permission denied for view germans"),
                ("DROP VIEW crm.germans", "42501 must be owner of view germans"),
                ("DROP TABLE crm.contacts", "42501 must be owner of table contacts"),
                ("CREATE TEMP TABLE mine AS SELECT 1 AS a", ""),
                ("SELECT * FROM mine", "1"),
            ],
        )
        .await;
        // The owner of the view may grant it.
        expect(
            &mut ann,
            &[
                ("GRANT SELECT ON crm.germans TO bob", ""),
                ("CREATE OR REPLACE TABLE crm.contacts AS SELECT 1 AS a", "42501 must be owner of table contacts"),
            ],
        )
        .await;
        assert_eq!(ask(&mut bob, "SELECT * FROM crm.germans ORDER BY id").await, "1 2");
        root.collect("REVOKE SELECT ON crm.contacts FROM ann").await.unwrap();
        assert_eq!(ask(&mut bob, "SELECT * FROM crm.germans").await, "42501 permission denied for table contacts");
        expect(
            &mut root,
            &[
                ("DROP OWNED BY ann", ""),
                ("DROP ROLE ann", "2BP01 role \"ann\" cannot be dropped because some objects depend on it"),
                ("CREATE OR REPLACE VIEW crm.germans AS SELECT 5 AS id", ""),
                ("DROP ROLE ann", ""),
            ],
        )
        .await;
        // A new query of a view leaves the privileges on it.
        assert_eq!(ask(&mut bob, "SELECT * FROM crm.germans").await, "5");
    });
}

#[test]
fn who_makes_a_table_owns_it() {
    let statements = "CREATE USER ann PASSWORD 'x'; CREATE USER bob PASSWORD 'x'; GRANT ALL ON SCHEMA crm TO ann, bob";
    company(statements, async |engine| {
        let (mut ann, mut bob) = (engine.session("ann"), engine.session("bob"));
        expect(&mut ann, &[("CREATE TABLE crm.own AS SELECT 1 AS a", ""), ("SELECT * FROM crm.own", "1")]).await;
        expect(
            &mut bob,
            &[
                ("SELECT * FROM crm.own", "42501 permission denied for table own"),
                ("CREATE OR REPLACE TABLE crm.own AS SELECT 2 AS a", "42501 must be owner of table own"),
                ("DROP TABLE crm.own", "42501 must be owner of table own"),
            ],
        )
        .await;
        expect(&mut ann, &[("GRANT SELECT ON crm.own TO bob", ""), ("DROP TABLE crm.own", "")]).await;
        // A new table of the same name is another one.
        expect(&mut ann, &[("CREATE TABLE crm.own AS SELECT 2 AS a", "")]).await;
        assert_eq!(ask(&mut bob, "SELECT * FROM crm.own").await, "42501 permission denied for table own");
    });
}
