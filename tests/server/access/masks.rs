//! Masks of columns.

use super::{ask, company, expect};

const SETUP: &str = "CREATE ROLE analyst; CREATE USER ann PASSWORD 'x' IN ROLE analyst; CREATE USER bob PASSWORD 'x';
    GRANT USAGE, SELECT ON SCHEMA crm TO PUBLIC; SECURITY LABEL FOR anon ON ROLE analyst IS 'MASKED'";

#[test]
fn members_of_a_masked_role_see_masks_and_others_do_not() {
    company(SETUP, async |engine| {
        let mut root = engine.session("root");
        for (column, mask) in [
            ("name", "FUNCTION anon.partial(name, 1, '***', 1)"),
            ("email", "FUNCTION anon.partial_email(email)"),
            ("age", "FUNCTION anon.generalize(age, 10)"),
            ("credit", "VALUE NULL"),
            ("born", "FUNCTION anon.generalize(born, 'year')"),
            ("country", "VALUE 'XX'"),
        ] {
            root.collect(&format!(
                "SECURITY LABEL FOR anon ON COLUMN crm.contacts.{column} IS 'MASKED WITH {}'",
                mask.replace('\'', "''")
            ))
            .await
            .unwrap();
        }
        let all = "SELECT * FROM crm.contacts WHERE id IN (1, 4) ORDER BY id";
        let raw = "1|Ann Miller|ann@example.com|30|1200.50|DE|1994-03-05 4|Dan|dan@example.com|64|5.25|FR|1960-01-01";
        assert_eq!(ask(&mut root, all).await, raw);
        assert_eq!(ask(&mut engine.session("bob"), all).await, raw);
        let masked = "1|A***r|an******@ex******.com|30|NULL|XX|1994-01-01 4|D***n|da******@ex******.com|60|NULL|XX|1960-01-01";
        let mut ann = engine.session("ann");
        assert_eq!(ask(&mut ann, all).await, masked);
        // The types are those of the table.
        let types =
            "SELECT arrow_typeof(age), arrow_typeof(born), arrow_typeof(credit), arrow_typeof(email) FROM crm.contacts LIMIT 1";
        let (raw_types, masked_types) = (ask(&mut root, types).await, ask(&mut ann, types).await);
        assert_eq!(masked_types, raw_types);
        root.collect("SECURITY LABEL FOR anon ON COLUMN crm.contacts.country IS NULL").await.unwrap();
        assert_eq!(ask(&mut ann, "SELECT DISTINCT country FROM crm.contacts ORDER BY 1").await, "DE FR");
        root.collect("SECURITY LABEL FOR anon ON ROLE analyst IS NULL").await.unwrap();
        assert_eq!(ask(&mut ann, "SELECT email FROM crm.contacts WHERE id = 1").await, "ann@example.com");
    });
}

#[test]
fn hashes_are_the_same_each_time_and_keep_the_type() {
    company(SETUP, async |engine| {
        let (mut root, mut ann) = (engine.session("root"), engine.session("ann"));
        for (column, mask) in [("email", "anon.hash(email)"), ("id", "anon.hash(id)")] {
            root.collect(&format!("SECURITY LABEL ON COLUMN crm.contacts.{column} IS 'MASKED WITH FUNCTION {mask}'"))
                .await
                .unwrap();
        }
        let hashes = ask(&mut ann, "SELECT email FROM crm.contacts ORDER BY age").await;
        assert_eq!(ask(&mut ann, "SELECT email FROM crm.contacts ORDER BY age").await, hashes);
        assert_eq!(ask(&mut root, "SELECT anon.hash(email) FROM crm.contacts ORDER BY age").await, hashes);
        assert!(hashes.split(' ').all(|hash| hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit())), "{hashes}");
        let ids = ask(&mut ann, "SELECT id FROM crm.contacts ORDER BY age").await;
        assert!(ids.split(' ').all(|id| id.parse::<i32>().is_ok_and(|id| id > 4)), "{ids}");
        // The same person has the same hash, so that counting and joining go on.
        assert_eq!(ask(&mut ann, "SELECT count(DISTINCT email), count(*) FROM crm.contacts").await, "4|4");
        // Nobody else computes it.
        assert_eq!(ask(&mut ann, "SELECT anon.hash('ann@example.com')").await, "42883 function anon.hash does not exist");
    });
}

#[test]
fn two_masks_of_a_column_make_it_null() {
    let setup = format!(
        "{SETUP}; SECURITY LABEL FOR strict ON ROLE ann IS 'MASKED';
        SECURITY LABEL FOR anon ON COLUMN crm.contacts.email IS 'MASKED WITH FUNCTION anon.partial_email(email)';
        SECURITY LABEL FOR strict ON COLUMN crm.contacts.email IS 'MASKED WITH VALUE ''hidden''';
        CREATE USER eva PASSWORD 'x'; GRANT analyst TO eva"
    );
    company(&setup, async |engine| {
        assert_eq!(ask(&mut engine.session("ann"), "SELECT count(email), count(*) FROM crm.contacts").await, "0|4");
        assert_eq!(ask(&mut engine.session("eva"), "SELECT email FROM crm.contacts WHERE id = 1").await, "an******@ex******.com");
    });
}

#[test]
fn masks_are_checked_when_they_are_defined() {
    company(SETUP, async |engine| {
        let label = |mask: &str| {
            format!("SECURITY LABEL FOR anon ON COLUMN crm.contacts.age IS 'MASKED WITH FUNCTION {}'", mask.replace('\'', "''"))
        };
        let mut root = engine.session("root");
        for (mask, state) in [
            ("anon.partial_email(email)", "42804"),
            ("'x'", "42804"),
            ("born", "42804"),
            ("nothing", "42703"),
            ("anon.nothing(age)", "42883"),
            ("anon.hash(age, 2)", "42883"),
            ("age FROM hr.salaries --", "42601"),
            ("age) AS a, (age", "42601"),
            ("(SELECT salary FROM hr.salaries)", "0A000"),
            ("count(*)", "42601"),
        ] {
            assert!(ask(&mut root, &label(mask)).await.starts_with(state), "{mask}: {}", ask(&mut root, &label(mask)).await);
        }
        expect(
            &mut root,
            &[
                ("SECURITY LABEL ON COLUMN crm.contacts.age IS 'hide it'", "42602 a label of a column says how it is masked"),
                (
                    "SECURITY LABEL ON COLUMN crm.contacts.nothing IS NULL",
                    "42703 column \"nothing\" of relation \"contacts\" does not exist",
                ),
                ("SECURITY LABEL ON COLUMN crm.nothing.age IS NULL", "42P01 relation \"crm.nothing\" does not exist"),
                ("SECURITY LABEL ON ROLE analyst IS 'SHOWN'", "42602 the label of a role is 'MASKED' or NULL"),
                ("SECURITY LABEL ON TABLE crm.contacts IS 'x'", "0A000 security labels are for columns and roles"),
            ],
        )
        .await;
        let mut ann = engine.session("ann");
        assert_eq!(ask(&mut ann, &label("NULL")).await, "42501 must be owner of table contacts");
        assert_eq!(
            ask(&mut ann, "SECURITY LABEL FOR anon ON ROLE analyst IS NULL").await,
            "42501 permission denied to label a role"
        );
    });
}

/// A job that swaps a table for a new one, and one that drops it and makes it again, uncover nothing: neither the new nor the old.
#[test]
fn what_is_hidden_stays_hidden_when_a_table_is_swapped() {
    company(SETUP, async |engine| {
        let (mut root, mut ann) = (engine.session("root"), engine.session("ann"));
        let label = "SECURITY LABEL FOR anon ON COLUMN crm.contacts.email IS 'MASKED WITH FUNCTION anon.partial_email(email)'";
        root.collect(label).await.unwrap();
        let of = |table: &str| format!("SELECT email FROM crm.{table} WHERE id = 1");
        root.collect(
            "BEGIN; CREATE TABLE crm.contacts_new AS SELECT * FROM crm.contacts; ALTER TABLE crm.contacts RENAME TO contacts_old;
             ALTER TABLE crm.contacts_new RENAME TO contacts; COMMIT",
        )
        .await
        .unwrap();
        for table in ["contacts", "contacts_old"] {
            assert_eq!(ask(&mut root, &of(table)).await, "ann@example.com", "{table}");
            assert_eq!(ask(&mut ann, &of(table)).await, "an******@ex******.com", "{table}");
        }
        root.collect("DROP TABLE crm.contacts; CREATE TABLE crm.contacts AS SELECT * FROM crm.contacts_old").await.unwrap();
        assert_eq!(ask(&mut ann, &of("contacts")).await, "an******@ex******.com");
    });
}
