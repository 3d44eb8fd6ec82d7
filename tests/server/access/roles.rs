//! Roles and logins. Messages and SQLSTATEs are those of PostgreSQL 15.

use super::{HERE, ask, company, expect};
use cilake::config::Config;
use cilake::engine::Engine;

#[test]
fn the_first_user_is_a_superuser_and_the_last_superuser_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.lake.url = folder.path().to_string_lossy().into_owned();
    config.engine.state_dir = Some(folder.path().join("state"));
    cilake::runtime::new().unwrap().block_on(async {
        let engine = Engine::open(config).await.unwrap();
        let (mut first, mut other, mut before_ann) = (engine.session("tester"), engine.session("cilake"), engine.session("ann"));
        assert!(!engine.has_users() && engine.verifier("ann").is_none());
        let refused = "2BP01 no superuser would be able to log in";
        expect(
            &mut first,
            &[
                ("SHOW is_superuser", "on"),
                ("CREATE USER ann PASSWORD 'x'", refused),
                ("CREATE USER ann SUPERUSER", refused),
                ("CREATE ROLE readers", ""),
                ("CREATE USER ann PASSWORD 'x' SUPERUSER", ""),
                ("ALTER USER ann NOLOGIN", ""),
            ],
        )
        .await;
        assert!(!engine.has_users());
        expect(
            &mut first,
            &[
                ("ALTER USER ann LOGIN", ""),
                ("CREATE USER bob PASSWORD 'x'", ""),
                ("DROP USER ann", refused),
                ("ALTER USER ann NOSUPERUSER", refused),
                ("ALTER USER ann NOLOGIN", refused),
                ("ALTER USER ann PASSWORD NULL", refused),
                ("ALTER USER ann VALID UNTIL '2001-01-01'", refused),
                ("SHOW is_superuser", "on"),
            ],
        )
        .await;
        // Whoever was let in without a password has no rights any more, under whatever name.
        let ended = "28000 this session was opened before there were users";
        for session in [&mut other, &mut before_ann] {
            expect(session, &[("CREATE ROLE x", ended), ("SELECT 1", ended), ("SELECT * FROM pg_roles", ended)]).await;
        }
        assert_eq!(ask(&mut engine.session("tester"), "CREATE ROLE x").await, "42501 permission denied to create role");
        assert_eq!(engine.log_in("tester", HERE, true).err().map(|error| error.sqlstate()), Some("28000"));
        // Who was not asked for a password because there were no users a moment ago.
        assert_eq!(engine.log_in("ann", HERE, false).err().map(|error| error.sqlstate()), Some("28000"));
    });
}

#[test]
fn without_a_folder_there_are_no_users() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.lake.url = folder.path().to_string_lossy().into_owned();
    cilake::runtime::new().unwrap().block_on(async {
        let mut session = Engine::open(config).await.unwrap().session("tester");
        let error = session.collect("CREATE USER ann PASSWORD 'x' SUPERUSER").await.unwrap_err();
        assert_eq!((error.sqlstate(), error.hint.as_deref()), ("55000", Some("Start cilake with --state DIR")));
    });
}

#[test]
fn roles_are_made_changed_and_dropped_as_in_postgresql() {
    company("CREATE ROLE readers; CREATE USER ann PASSWORD 'x' IN ROLE readers", async |engine| {
        let mut root = engine.session("root");
        expect(
            &mut root,
            &[
                ("CREATE ROLE readers", "42710 role \"readers\" already exists"),
                ("CREATE ROLE pg_x", "42939 role name \"pg_x\" is reserved"),
                ("CREATE ROLE a LOGIN LOGIN", "42601 conflicting or redundant options"),
                ("CREATE ROLE a CREATEDB", "0A000 CREATEDB is not supported: superusers administer roles"),
                ("CREATE ROLE a NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT CONNECTION LIMIT -1", ""),
                ("ALTER ROLE nobody LOGIN", "42704 role \"nobody\" does not exist"),
                ("GRANT readers TO nobody", "42704 role \"nobody\" does not exist"),
                ("GRANT ann TO readers", "0LP01 role \"ann\" is a member of role \"readers\""),
                ("GRANT readers TO readers", "0LP01 role \"readers\" is a member of role \"readers\""),
                ("DROP ROLE nobody", "42704 role \"nobody\" does not exist"),
                ("DROP ROLE IF EXISTS nobody", ""),
                ("DROP ROLE root", "55006 current user cannot be dropped"),
                ("GRANT SELECT ON crm.contacts TO readers", ""),
                ("DROP ROLE readers", "2BP01 role \"readers\" cannot be dropped because some objects depend on it"),
                ("DROP OWNED BY readers", ""),
                ("DROP ROLE readers", ""),
                ("ALTER ROLE a RENAME TO b", ""),
                ("DROP ROLE b, ann", ""),
                ("CREATE USER \"Ann\" PASSWORD 'x'", ""),
                ("DROP USER ann", "42704 role \"ann\" does not exist"),
                ("CREATE USER c PASSWORD 'x' WITH y", "42601 syntax error at or near \"WITH\""),
                ("CREATE USER c PASWORD 'x'", "42601 syntax error at or near \"PASWORD\""),
                ("CREATE USER c PASSWORD x", "42601 syntax error at or near \"x\""),
                ("CREATE USER c VALID UNTIL 'never'", "22007 invalid input syntax for type timestamp with time zone"),
            ],
        )
        .await;
    });
}

#[test]
fn only_superusers_change_roles_and_everybody_his_own_password() {
    company("CREATE USER ann PASSWORD 'x'; CREATE USER bob PASSWORD 'x'", async |engine| {
        let mut ann = engine.session("ann");
        let before = engine.verifier("ann").unwrap();
        expect(
            &mut ann,
            &[
                ("SHOW is_superuser", "off"),
                ("CREATE ROLE x", "42501 permission denied to create role"),
                ("DROP ROLE bob", "42501 permission denied to drop role"),
                ("ALTER USER bob PASSWORD 'y'", "42501 permission denied"),
                ("ALTER USER ann SUPERUSER", "42501 permission denied"),
                ("ALTER USER ann PASSWORD 'y' SUPERUSER", "42501 permission denied"),
                ("ALTER USER ann PASSWORD 'y' VALID UNTIL 'infinity'", "42501 permission denied"),
                ("ALTER ROLE ann SET search_path = 'crm'", "42501 permission denied"),
                ("GRANT root TO ann", "42501 must have admin option on role \"root\""),
                ("GRANT SELECT ON hr.salaries TO ann", "42501 permission denied for schema hr"),
                ("GRANT ALL ON SCHEMA hr TO ann", "42501 permission denied for schema hr"),
                ("ALTER USER CURRENT_USER PASSWORD 'y'", ""),
                ("SET ROLE root", "42501 permission denied to set role \"root\""),
                ("SET SESSION AUTHORIZATION root", "42501 permission denied to set session authorization \"root\""),
                ("SET session_authorization = root", "42501 permission denied to set session authorization \"root\""),
                ("SET is_superuser = on", "55P02 parameter \"is_superuser\" cannot be changed"),
                ("SELECT set_config('role', 'root', false)", "0A000 set_config cannot change \"role\""),
            ],
        )
        .await;
        assert_ne!(engine.verifier("ann").unwrap(), before);
    });
}

#[test]
fn set_role_takes_the_rights_of_a_role_one_is_a_member_of() {
    let statements = "CREATE ROLE readers; CREATE USER ann PASSWORD 'x' NOINHERIT IN ROLE readers;
        GRANT USAGE, SELECT ON SCHEMA crm TO readers";
    company(statements, async |engine| {
        let mut ann = engine.session("ann");
        expect(
            &mut ann,
            &[
                ("SELECT count(*) FROM crm.contacts", "42501 permission denied for schema crm"),
                ("SET ROLE readers", ""),
                ("SELECT current_user, session_user, user", "readers|ann|readers"),
                ("SELECT count(*) FROM crm.contacts", "4"),
                ("RESET ROLE", ""),
                ("SELECT count(*) FROM crm.contacts", "42501 permission denied for schema crm"),
                ("BEGIN", ""),
                ("SET LOCAL ROLE readers", ""),
                ("SELECT current_user", "readers"),
                ("COMMIT", ""),
                ("SELECT current_user", "ann"),
                ("SET ROLE readers", ""),
                ("SET ROLE NONE", ""),
                ("SELECT current_user", "ann"),
                ("SET ROLE readers", ""),
            ],
        )
        .await;
        // Membership counts when a statement runs, not when the role was taken.
        engine.session("root").collect("REVOKE readers FROM ann").await.unwrap();
        assert_eq!(ask(&mut ann, "SELECT count(*) FROM crm.contacts").await, "42501 permission denied to set role \"readers\"");
        expect(&mut ann, &[("SET ROLE NONE", ""), ("SELECT current_user", "ann")]).await;
    });
}

#[test]
fn passwords_are_in_no_text_that_is_kept() {
    company("CREATE USER ann PASSWORD 'x'", async |engine| {
        let session = engine.session("root");
        for sql in
            ["ALTER USER ann PASSWORD 'sesame'", "SELECT 1; CREATE USER b PASSWORD 'sesame'", "CREATE ROLE c PASSWORD E'sesame'"]
        {
            let parsed = session.parse(sql).unwrap();
            assert!(!format!("{parsed:?}").contains("sesame"), "{parsed:?}");
        }
        for sql in [
            "CREATE USER b PASSWORD 'sesame' 'open'",
            "CREATE USER b 'sesame'",
            "ALTER USER b PASWORD 'sesame'",
            "ALTER USER b RENAME TO 'sesame'",
            "ALTER USER b PASSWORD \"sesame\"",
            "ALTER USER b PASSWORD $$sesame$$ SUPERUSR",
        ] {
            let error = session.parse(sql).unwrap_err();
            assert!(!format!("{error:?}").contains("sesame"), "{error:?}");
        }
    });
}

#[test]
fn a_verifier_stands_for_its_password() {
    // PostgreSQL 15: SELECT rolpassword FROM pg_authid after CREATE ROLE pencil PASSWORD 'pencil', with the salt of RFC 7677.
    let verifier = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    company(&format!("CREATE USER ann PASSWORD '{verifier}'"), async |engine| {
        assert_eq!(engine.verifier("ann").unwrap().to_string(), verifier);
        let nobody = engine.verifier("nobody").unwrap();
        assert_eq!(engine.verifier("nobody").unwrap(), nobody);
        let mut root = engine.session("root");
        for sql in ["ALTER USER ann VALID UNTIL '2001-01-01 00:00:00+00'", "ALTER USER ann VALID UNTIL 'infinity' NOLOGIN"] {
            root.collect(sql).await.unwrap();
            assert_ne!(engine.verifier("ann").unwrap().to_string(), verifier, "{sql}");
        }
    });
}
