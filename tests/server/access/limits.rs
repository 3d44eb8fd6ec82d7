//! Limits and settings of roles.

use super::{HERE, ask, company, expect};

#[test]
fn settings_of_a_role_are_those_of_its_sessions() {
    let setup = "CREATE USER ann PASSWORD 'x'; ALTER USER ann SET search_path = 'crm, sales'; ALTER ROLE ann SET TIME ZONE 'Europe/Paris'";
    company(setup, async |engine| {
        let mut ann = engine.session("ann");
        expect(
            &mut ann,
            &[
                ("SHOW search_path", "crm, sales"),
                ("SHOW timezone", "Europe/Paris"),
                ("SET search_path = public", ""),
                ("RESET ALL", ""),
                ("SHOW search_path", "crm, sales"),
            ],
        )
        .await;
        let mut root = engine.session("root");
        expect(
            &mut root,
            &[
                ("ALTER ROLE ann SET nothing = 1", "42704 unrecognized configuration parameter \"nothing\""),
                (
                    "ALTER ROLE ann SET timezone = 'Mars/Olympus'",
                    "22023 invalid value for parameter \"TimeZone\": \"Mars/Olympus\"",
                ),
                ("ALTER ROLE ann RESET search_path", ""),
                ("ALTER ROLE ann RESET ALL", ""),
            ],
        )
        .await;
        assert_eq!(ask(&mut engine.session("ann"), "SHOW timezone").await, "UTC");
    });
}

#[test]
fn nobody_lifts_his_own_limits() {
    let setup =
        "CREATE USER ann PASSWORD 'x'; ALTER USER ann SET cilake.rows_max = 100; ALTER USER ann SET cilake.memory_limit = '1MB';
        ALTER USER ann SET cilake.statement_time_max = '30s'; GRANT USAGE, SELECT ON SCHEMA crm TO ann";
    company(setup, async |engine| {
        let mut ann = engine.session("ann");
        assert_eq!(ann.statement_timeout(), Some(std::time::Duration::from_secs(30)));
        expect(
            &mut ann,
            &[
                ("SELECT count(*) FROM generate_series(1, 100)", "100"),
                ("SELECT count(*) FROM generate_series(1, 101)", "101"),
                ("SET cilake.rows_max = 0", "42501 permission denied to set parameter \"cilake.rows_max\""),
                ("SET CILAKE.ROWS_MAX TO DEFAULT", "42501 permission denied to set parameter \"cilake.rows_max\""),
                ("SET LOCAL cilake.memory_limit = 0", "42501 permission denied to set parameter \"cilake.memory_limit\""),
                ("SELECT set_config('Cilake.rows_max', '0', false)", "0A000 set_config cannot change \"Cilake.rows_max\""),
                ("RESET ALL", ""),
                ("RESET cilake.rows_max", "42501 permission denied to set parameter \"cilake.rows_max\""),
                ("DISCARD ALL", ""),
                (
                    "SELECT x FROM generate_series(1, 101) AS t(x)",
                    "53400 the result has more than 100 rows, the limit of this role",
                ),
            ],
        )
        .await;
        let sorted = "SELECT count(*) FROM (SELECT DISTINCT x::text || 'some longer text to fill the memory' FROM generate_series(1, 200000) AS t(x)) u";
        let answer = ask(&mut ann, sorted).await;
        assert!(answer.starts_with("53200 ") || answer == "200000", "{answer}");
        let big = "SELECT array_length(array_agg(x::text || 'some longer text to fill the memory'), 1) FROM generate_series(1, 200000) AS t(x)";
        let answer = ask(&mut ann, big).await;
        assert!(answer.starts_with("53200 "), "{answer}");
        let mut root = engine.session("root");
        assert_eq!(ask(&mut root, big).await, "200000");
        expect(
            &mut root,
            &[
                ("SET cilake.rows_max = 2", ""),
                ("SELECT x FROM generate_series(1, 3) AS t(x)", "53400 the result has more than 2 rows, the limit of this role"),
            ],
        )
        .await;
        assert_eq!(
            ask(&mut root, "ALTER ROLE ann SET cilake.memory_limit = '1 mb'").await,
            "22023 invalid value for parameter \"cilake.memory_limit\": \"1 mb\""
        );
    });
}

#[test]
fn a_user_has_so_many_connections() {
    company("CREATE USER ann PASSWORD 'x' CONNECTION LIMIT 1", async |engine| {
        let first = engine.log_in("ann", HERE, true).unwrap();
        assert_eq!(
            engine.log_in("ann", HERE, true).err().map(|error| (error.sqlstate(), error.message)),
            Some(("53300", "too many connections for role \"ann\"".into()))
        );
        drop(first);
        assert!(engine.log_in("ann", HERE, true).is_ok());
    });
}
