//! The audit log.

use super::{HERE, ask, company};

#[test]
fn statements_logins_and_refusals_are_in_the_log_without_values() {
    let setup =
        "CREATE USER ann PASSWORD 'sesame'; GRANT USAGE, SELECT ON SCHEMA crm TO ann; CREATE ROLE readers; GRANT readers TO ann;
        CREATE VIEW crm.names AS SELECT id, name FROM crm.contacts";
    company(setup, async |engine| {
        engine.audit_login("ann", HERE, Some("28P01"));
        let mut ann = engine.log_in("ann", HERE, true).unwrap();
        ask(&mut ann, "SELECT * FROM crm.names WHERE name = 'Ann Miller' AND id < 12345").await;
        ask(&mut ann, "SELECT * FROM hr.salaries").await;
        ask(&mut ann, "SET ROLE readers").await;
        ask(&mut ann, "SELECT 1 / (id - 1) FROM crm.contacts").await;
        let refused = ann.parse("SELECT * FROM hr.salaries").unwrap().remove(0);
        ann.statement_starts(100);
        assert!(ann.prepare(&refused, &[]).await.is_err());
        ann.statement_ended(100, 0, Some("42501"));
        engine.flush_audit();
        let folder = engine.config().engine.state_dir.clone().unwrap();
        let log = std::fs::read_to_string(folder.join("audit.jsonl")).unwrap();
        for value in ["sesame", "Ann Miller", "12345", "SCRAM"] {
            assert!(!log.contains(value), "{value}: {log}");
        }
        let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of_ann: Vec<String> = lines
            .iter()
            .filter(|line| line["user"] == "ann")
            .map(|line| {
                let tables: Vec<_> = line["tables"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
                assert_eq!(line["from"], "127.0.0.1:4711");
                assert!(line["at"].as_str().unwrap().ends_with('Z') && line["milliseconds"].is_f64());
                let role = line["role"].as_str().unwrap_or("-");
                format!(
                    "{} {} {} {role} [{}]",
                    line["class"].as_str().unwrap(),
                    line["rows"],
                    line["sqlstate"].as_str().unwrap(),
                    tables.join(",")
                )
            })
            .collect();
        assert_eq!(
            of_ann,
            [
                "LOGIN 0 28P01 - []",
                "LOGIN 0 00000 - []",
                "SELECT 1 00000 - [crm.contacts,crm.names]",
                "SELECT 0 42501 - [hr.salaries]",
                "SET 0 00000 - []",
                "SELECT 0 42501 readers [crm.contacts]",
                "SELECT 0 42501 readers [hr.salaries]",
            ]
        );
        let owner: Vec<&str> =
            lines.iter().filter(|line| line["user"] == "cilake").map(|line| line["class"].as_str().unwrap()).collect();
        let made = [
            "CREATE SCHEMA",
            "CREATE SCHEMA",
            "CREATE SCHEMA",
            "CREATE TABLE AS",
            "CREATE TABLE AS",
            "CREATE TABLE AS",
            "CREATE ROLE",
            "CREATE ROLE",
            "GRANT",
            "CREATE ROLE",
            "GRANT ROLE",
            "CREATE VIEW",
        ];
        assert_eq!(owner, made);
    });
}
