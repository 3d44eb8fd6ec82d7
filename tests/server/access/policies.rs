//! Row policies. Where PostgreSQL 15 has the same statements, it gives the same rows.

use super::{ask, company, expect};

const SETUP: &str = "CREATE ROLE sellers; CREATE USER ann PASSWORD 'x' IN ROLE sellers; CREATE USER bob PASSWORD 'x';
    CREATE USER all_seeing PASSWORD 'x' BYPASSRLS; GRANT USAGE, SELECT ON SCHEMA crm TO PUBLIC;
    ALTER TABLE crm.contacts ENABLE ROW LEVEL SECURITY";

const IDS: &str = "SELECT id FROM crm.contacts ORDER BY id";

#[test]
fn without_a_policy_there_are_no_rows() {
    company(SETUP, async |engine| {
        assert_eq!(ask(&mut engine.session("ann"), "SELECT count(*), max(age) FROM crm.contacts").await, "0|NULL");
        assert_eq!(ask(&mut engine.session("all_seeing"), IDS).await, "1 2 3 4");
        let mut root = engine.session("root");
        assert_eq!(ask(&mut root, IDS).await, "1 2 3 4");
        root.collect("ALTER TABLE crm.contacts DISABLE ROW LEVEL SECURITY").await.unwrap();
        assert_eq!(ask(&mut engine.session("ann"), IDS).await, "1 2 3 4");
    });
}

#[test]
fn policies_are_for_roles() {
    company(SETUP, async |engine| {
        let (mut root, mut ann, mut bob) = (engine.session("root"), engine.session("ann"), engine.session("bob"));
        for (statement, for_ann, for_bob) in [
            ("CREATE POLICY german ON crm.contacts TO sellers USING (country = 'DE')", "1 2", ""),
            ("CREATE POLICY old ON crm.contacts FOR SELECT TO PUBLIC USING (age > 60)", "1 2 4", "4"),
            ("CREATE POLICY rich ON crm.contacts AS RESTRICTIVE USING (credit > 1)", "1 4", "4"),
            ("ALTER POLICY rich ON crm.contacts USING (credit > 100)", "1", ""),
            ("ALTER POLICY rich ON crm.contacts TO bob", "1 2 4", ""),
            ("DROP POLICY rich ON crm.contacts", "1 2 4", "4"),
            ("CREATE POLICY own ON crm.contacts USING (name ILIKE current_user || '%')", "1 2 4", "2 4"),
            ("ALTER POLICY own ON crm.contacts RENAME TO self", "1 2 4", "2 4"),
            ("DROP POLICY german ON crm.contacts", "1 4", "2 4"),
        ] {
            root.collect(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
            assert_eq!(ask(&mut ann, IDS).await, for_ann, "{statement}");
            assert_eq!(ask(&mut bob, IDS).await, for_bob, "{statement}");
        }
        expect(
            &mut root,
            &[
                (
                    "CREATE POLICY self ON crm.contacts USING (true)",
                    "42710 policy \"self\" for table \"contacts\" already exists",
                ),
                ("DROP POLICY german ON crm.contacts", "42704 policy \"german\" for table \"contacts\" does not exist"),
                ("DROP POLICY IF EXISTS german ON crm.contacts", ""),
                ("CREATE POLICY p ON crm.contacts USING (age)", "42804 argument of POLICY must be type boolean"),
                ("CREATE POLICY p ON crm.contacts TO nobody", "42704 role \"nobody\" does not exist"),
                (
                    "CREATE POLICY p ON crm.contacts FOR INSERT",
                    "0A000 policies are for SELECT: the rows of a table are only read",
                ),
            ],
        )
        .await;
        assert_eq!(ask(&mut bob, "CREATE POLICY p ON crm.contacts USING (true)").await, "42501 must be owner of table contacts");
        assert_eq!(
            ask(&mut bob, "ALTER TABLE crm.contacts DISABLE ROW LEVEL SECURITY").await,
            "42501 must be owner of table contacts"
        );
    });
}

/// A policy may look into tables that the reader may not read, and is not fooled by tables of the reader.
#[test]
fn policies_look_up_who_may_see_what() {
    let setup = format!("{SETUP}; CREATE TABLE hr.regions AS SELECT 'ann' AS who, 'FR' AS country;
        SET search_path = hr; CREATE POLICY region ON crm.contacts USING (country IN (SELECT r.country FROM regions r WHERE r.who = current_user))");
    company(&setup, async |engine| {
        let (mut ann, mut bob) = (engine.session("ann"), engine.session("bob"));
        assert_eq!((ask(&mut ann, IDS).await, ask(&mut bob, IDS).await), ("3 4".into(), String::new()));
        bob.collect("CREATE TEMP TABLE regions AS SELECT 'bob' AS who, 'DE' AS country").await.unwrap();
        bob.collect("SET search_path = pg_temp, hr").await.unwrap();
        assert_eq!(ask(&mut bob, IDS).await, "");
        assert_eq!(
            ask(&mut ann, "SELECT c.id, d.id FROM crm.contacts c JOIN crm.contacts d ON c.id = d.id AND c.age > 60").await,
            "4|4"
        );
    });
}

#[test]
fn a_policy_may_ask_for_a_setting() {
    let setup = format!("{SETUP}; CREATE POLICY tenant ON crm.contacts USING (country = current_setting('app.country', true))");
    company(&setup, async |engine| {
        let mut ann = engine.session("ann");
        expect(&mut ann, &[(IDS, ""), ("SET app.country = 'FR'", ""), (IDS, "3 4")]).await;
    });
}

/// A day is that of the session's zone, to conditions and masks as to everything else; the rows are PostgreSQL 15's.
#[test]
fn conditions_and_masks_speak_of_the_sessions_zone() {
    let setup = "CREATE USER ann PASSWORD 'x'; CREATE USER mia PASSWORD 'x' BYPASSRLS;
        CREATE TABLE crm.events AS SELECT * FROM (VALUES (1::int, '2024-12-31 23:30+00'::timestamptz), (2, '2025-01-01 00:30+00'::timestamptz),
            (3, '2025-01-01 23:30+00'::timestamptz), (4, '2025-01-02 04:30+00'::timestamptz)) AS t(id, at);
        GRANT USAGE, SELECT ON SCHEMA crm TO PUBLIC; ALTER TABLE crm.events ENABLE ROW LEVEL SECURITY;
        SECURITY LABEL FOR anon ON ROLE mia IS 'MASKED';
        SECURITY LABEL FOR anon ON COLUMN crm.events.at IS 'MASKED WITH FUNCTION date_trunc(''day'', at)';
        CREATE POLICY day ON crm.events USING (at::date = '2025-01-01')";
    company(setup, async |engine| {
        let (mut ann, mut mia) = (engine.session("ann"), engine.session("mia"));
        for (zone, rows, first) in [
            ("UTC", "2 3", "2024-12-31"),
            ("America/New_York", "3 4", "2024-12-31"),
            ("Asia/Tokyo", "1 2", "2025-01-01"),
            ("+02", "1 2", "2025-01-01"),
        ] {
            for session in [&mut ann, &mut mia] {
                session.collect(&format!("SET TIME ZONE '{zone}'")).await.unwrap();
            }
            assert_eq!(ask(&mut ann, "SELECT id FROM crm.events ORDER BY id").await, rows, "{zone}");
            let masked = "SELECT at::date, extract(hour FROM at)::int FROM crm.events WHERE id = 1";
            assert_eq!(ask(&mut mia, masked).await, format!("{first}|0"), "{zone}");
        }
    });
}

/// What a condition means does not depend on how its reader writes dates.
#[test]
fn the_readers_date_style_changes_no_condition() {
    let setup =
        format!("{SETUP}; CREATE POLICY old ON crm.contacts USING (born < '05/03/1994' AND born >= '01/02/1960'::date - 1)");
    company(&setup, async |engine| {
        let mut ann = engine.session("ann");
        expect(
            &mut ann,
            &[
                ("SELECT id FROM crm.contacts ORDER BY id", "1 2 3 4"),
                ("SET DateStyle = 'ISO, DMY'", ""),
                ("SELECT id FROM crm.contacts ORDER BY id", "1 2 3 4"),
                ("SELECT id FROM crm.contacts WHERE born >= '05/03/1994'", "1"),
                ("CREATE TEMP VIEW v AS SELECT 1", "0A000 views, masks and policies are defined with DateStyle at \"ISO, MDY\""),
            ],
        )
        .await;
    });
}
