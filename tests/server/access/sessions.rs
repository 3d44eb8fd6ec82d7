//! What goes on in a session while its rights change, and who the session is; PostgreSQL 15 answers the same.

use super::{ask, company, expect};

const SETUP: &str =
    "CREATE USER ann PASSWORD 'x'; GRANT USAGE, SELECT ON SCHEMA crm TO ann; CREATE ROLE staff; CREATE USER bob PASSWORD 'x';
    GRANT staff TO bob";

const DENIED: &str = "42501 permission denied for table contacts";

/// A cursor was allowed when it was declared, and goes on, held or not; a prepared statement is asked each time.
#[test]
fn cursors_outlast_a_revoke_and_prepared_statements_do_not() {
    company(SETUP, async |engine| {
        let (mut root, mut ann) = (engine.session("root"), engine.session("ann"));
        expect(
            &mut ann,
            &[
                ("PREPARE p AS SELECT email FROM crm.contacts WHERE id = 3", ""),
                ("BEGIN", ""),
                ("DECLARE held CURSOR WITH HOLD FOR SELECT id FROM crm.contacts ORDER BY id", ""),
                ("FETCH 1 FROM held", "1"),
                ("COMMIT", ""),
                ("BEGIN", ""),
                ("DECLARE open CURSOR FOR SELECT id FROM crm.contacts ORDER BY id", ""),
                ("FETCH 1 FROM open", "1"),
            ],
        )
        .await;
        root.collect("SECURITY LABEL FOR anon ON ROLE ann IS 'MASKED'").await.unwrap();
        root.collect("SECURITY LABEL FOR anon ON COLUMN crm.contacts.email IS 'MASKED WITH FUNCTION anon.partial_email(email)'")
            .await
            .unwrap();
        assert_eq!(ask(&mut ann, "EXECUTE p").await, "ci******@ex******.net");
        root.collect("ALTER TABLE crm.contacts ENABLE ROW LEVEL SECURITY").await.unwrap();
        assert_eq!(ask(&mut ann, "EXECUTE p").await, "");
        root.collect("REVOKE SELECT ON SCHEMA crm FROM ann").await.unwrap();
        expect(
            &mut ann,
            &[
                ("FETCH 1 FROM open", "2"),
                ("FETCH 1 FROM held", "2"),
                ("COMMIT", ""),
                ("EXECUTE p", DENIED),
                ("SELECT id FROM crm.contacts", DENIED),
                ("FETCH ALL FROM held", "3 4"),
            ],
        )
        .await;
    });
}

/// A held cursor has its rows, even of a table that is gone.
#[test]
fn a_held_cursor_outlasts_its_table() {
    company(SETUP, async |engine| {
        let mut root = engine.session("root");
        expect(
            &mut root,
            &[
                ("DECLARE held CURSOR WITH HOLD FOR SELECT id FROM crm.contacts ORDER BY id", ""),
                ("FETCH 1 FROM held", "1"),
                ("DROP TABLE crm.contacts", ""),
                ("FETCH ALL FROM held", "2 3 4"),
            ],
        )
        .await;
    });
}

#[test]
fn who_one_is() {
    company(SETUP, async |engine| {
        let who = "SELECT current_user, session_user";
        let mut bob = engine.session("bob");
        expect(
            &mut bob,
            &[
                (who, "bob|bob"),
                ("SET ROLE staff", ""),
                (who, "staff|bob"),
                ("SHOW role", "staff"),
                ("RESET ROLE", ""),
                (who, "bob|bob"),
                ("SHOW role", "none"),
                ("SET ROLE root", "42501 permission denied to set role \"root\""),
                ("SET ROLE nobody", "22023 role \"nobody\" does not exist"),
                ("SET ROLE 'staff'", ""),
                (who, "staff|bob"),
                ("SET ROLE none", ""),
                ("SET SESSION AUTHORIZATION ann", "42501 permission denied to set session authorization \"ann\""),
                ("SET SESSION AUTHORIZATION nobody", "22023 role \"nobody\" does not exist"),
                ("SET ROLE staff", ""),
                ("SET SESSION AUTHORIZATION bob", ""),
                (who, "bob|bob"),
                ("SET ROLE staff", ""),
                ("RESET SESSION AUTHORIZATION", ""),
                (who, "bob|bob"),
                ("SET SESSION AUTHORIZATION DEFAULT", ""),
                ("SET LOCAL ROLE staff", ""),
                (who, "bob|bob"),
                ("BEGIN", ""),
                ("SET LOCAL ROLE staff", ""),
                (who, "staff|bob"),
                ("COMMIT", ""),
                (who, "bob|bob"),
                ("BEGIN", ""),
                ("SET ROLE staff", ""),
                ("ROLLBACK", ""),
                (who, "bob|bob"),
            ],
        )
        .await;
        let mut root = engine.session("root");
        expect(
            &mut root,
            &[
                ("SET SESSION AUTHORIZATION bob", "0A000 SET SESSION AUTHORIZATION to another user is not supported"),
                ("SET session_authorization = root", ""),
                ("SET session_authorization = nobody", "22023 role \"nobody\" does not exist"),
                (who, "root|root"),
            ],
        )
        .await;
    });
}
