//! What the catalogs say of roles and privileges, compared with what PostgreSQL 15 answers after the same statements.

use super::{ask, company, expect};

const SETUP: &str = "CREATE ROLE readers; CREATE USER ann PASSWORD 'x' IN ROLE readers CONNECTION LIMIT 5; CREATE USER bob PASSWORD 'x' NOINHERIT BYPASSRLS;
    GRANT readers TO bob; GRANT USAGE ON SCHEMA crm TO readers; GRANT SELECT ON crm.contacts TO readers, PUBLIC;
    ALTER ROLE ann SET timezone = 'UTC'; ALTER TABLE crm.contacts ENABLE ROW LEVEL SECURITY;
    CREATE POLICY german ON crm.contacts TO readers, bob USING (country = 'DE'); CREATE POLICY every ON crm.contacts AS RESTRICTIVE USING (id > 0);
    SECURITY LABEL FOR anon ON ROLE ann IS 'MASKED'; SECURITY LABEL FOR anon ON COLUMN crm.contacts.email IS 'MASKED WITH VALUE NULL'";

#[test]
fn roles_are_listed_without_their_passwords() {
    company(SETUP, async |engine| {
        let roles = "SELECT rolname, rolsuper, rolinherit, rolcanlogin, rolconnlimit, rolbypassrls FROM pg_roles WHERE rolname IN ('ann', 'bob', 'readers', 'root') ORDER BY 1";
        let expected = "ann|false|true|true|5|false bob|false|false|true|-1|true readers|false|true|false|-1|false root|true|true|true|-1|false";
        for user in ["root", "ann"] {
            let mut session = engine.session(user);
            expect(
                &mut session,
                &[
                    (roles, expected),
                    ("SELECT count(*) FROM pg_authid WHERE rolpassword IS NOT NULL", "0"),
                    ("SELECT DISTINCT rolpassword FROM pg_roles", "********"),
                    (
                        "SELECT m.rolname, g.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid ORDER BY 1",
                        "ann|readers bob|readers",
                    ),
                    (
                        "SELECT r.rolname, ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid) WHERE m.member = r.oid) AS memberof FROM pg_catalog.pg_roles r WHERE r.rolname IN ('ann', 'root') ORDER BY 1",
                        "ann|[readers] root|[]",
                    ),
                    ("SELECT rolname, setconfig FROM pg_db_role_setting s JOIN pg_roles r ON s.setrole = r.oid", "ann|[TimeZone=UTC]"),
                    ("SELECT count(*) FROM pg_user WHERE usename = 'readers'", "0"),
                ],
            )
            .await;
        }
    });
}

#[test]
fn privileges_are_told_for_any_user() {
    company(SETUP, async |engine| {
        let mut root = engine.session("root");
        for (question, answer) in [
            ("has_table_privilege('ann', 'crm.contacts', 'SELECT')", "true"),
            ("has_table_privilege('ann', 'crm.contacts', 'INSERT')", "false"),
            ("has_table_privilege('ann', 'sales.orders', 'SELECT')", "false"),
            ("has_table_privilege('sales.orders', 'INSERT, SELECT')", "true"),
            ("has_table_privilege('root', 'hr.salaries'::regclass, 'SELECT')", "true"),
            ("has_column_privilege('ann', 'sales.orders', 'amount', 'SELECT')", "false"),
            ("has_schema_privilege('ann', 'crm', 'USAGE')", "true"),
            ("has_schema_privilege('ann', 'crm', 'CREATE')", "false"),
            ("has_schema_privilege('bob', 'crm', 'USAGE')", "false"),
            ("has_schema_privilege('ann', 'public', 'USAGE')", "true"),
            ("has_schema_privilege('hr', 'CREATE')", "true"),
            ("pg_has_role('ann', 'readers', 'USAGE')", "true"),
            ("pg_has_role('bob', 'readers', 'USAGE')", "false"),
            ("pg_has_role('bob', 'readers', 'MEMBER')", "true"),
            ("pg_has_role('ann', 'bob', 'MEMBER')", "false"),
            ("pg_has_role('readers', 'USAGE')", "true"),
            ("row_security_active('crm.contacts')", "false"),
            ("has_table_privilege('nobody', 'crm.contacts', 'SELECT')", "42704 role \"nobody\" does not exist"),
            ("has_table_privilege('ann', 'crm.nothing', 'SELECT')", "42P01 relation \"crm.nothing\" does not exist"),
        ] {
            assert_eq!(ask(&mut root, &format!("SELECT {question}")).await, answer, "{question}");
        }
        expect(
            &mut engine.session("ann"),
            &[
                ("SELECT has_table_privilege('crm.contacts', 'SELECT'), row_security_active('crm.contacts')", "true|true"),
                ("SELECT has_table_privilege('hr.salaries', 'SELECT')", "42P01 relation \"hr.salaries\" does not exist"),
                ("SELECT role_name FROM information_schema.enabled_roles ORDER BY 1", "ann readers"),
                ("SELECT grantee, role_name FROM information_schema.applicable_roles", "ann|readers"),
                (
                    "SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges WHERE table_schema = 'crm' ORDER BY 1",
                    "PUBLIC|contacts|SELECT readers|contacts|SELECT",
                ),
            ],
        )
        .await;
    });
}

#[test]
fn lists_of_privileges_policies_and_labels() {
    company(SETUP, async |engine| {
        let (mut root, mut ann) = (engine.session("root"), engine.session("ann"));
        expect(
            &mut root,
            &[
                (
                    "SELECT relacl, relrowsecurity FROM pg_class WHERE relname = 'contacts'",
                    "[cilake=r/cilake, =r/cilake, readers=r/cilake]|true",
                ),
                ("SELECT nspacl FROM pg_namespace WHERE nspname = 'crm'", "[cilake=UC/cilake, readers=U/cilake]"),
                ("SELECT tableowner, rowsecurity FROM pg_tables WHERE tablename = 'contacts'", "cilake|true"),
                (
                    "SELECT policyname, permissive, roles, cmd, qual FROM pg_policies ORDER BY 1",
                    "every|RESTRICTIVE|[public]|SELECT|id > 0 german|PERMISSIVE|[bob, readers]|SELECT|country = 'DE'",
                ),
                (
                    "SELECT objtype, objname, provider, label FROM pg_seclabels ORDER BY 1",
                    "column|crm.contacts.email|anon|MASKED WITH FUNCTION NULL role|ann|anon|MASKED",
                ),
            ],
        )
        .await;
        expect(
            &mut ann,
            &[
                ("SELECT policyname, qual FROM pg_policies ORDER BY 1", "every|NULL german|NULL"),
                ("SELECT count(*) FROM pg_policy WHERE polqual IS NOT NULL", "0"),
                ("SELECT count(*) FROM pg_seclabels", "0"),
                (
                    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('crm', 'sales', 'hr')",
                    "crm|contacts",
                ),
            ],
        )
        .await;
    });
}

/// What `\dp` and `\d` of psql 15 ask of policies.
#[test]
fn psql_shows_policies() {
    company(SETUP, async |engine| {
        let of_table = "SELECT pol.polname, pol.polpermissive,
              CASE WHEN pol.polroles = '{0}' THEN NULL ELSE pg_catalog.array_to_string(array(select rolname from pg_catalog.pg_roles where oid = any (pol.polroles) order by 1),',') END,
              pg_catalog.pg_get_expr(pol.polqual, pol.polrelid), pg_catalog.pg_get_expr(pol.polwithcheck, pol.polrelid),
              CASE pol.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' END AS cmd
            FROM pg_catalog.pg_policy pol WHERE pol.polrelid = (SELECT oid FROM pg_class WHERE relname = 'contacts') ORDER BY 1";
        let mut root = engine.session("root");
        assert_eq!(
            ask(&mut root, of_table).await,
            "every|false|NULL|id > 0|NULL|SELECT german|true|bob,readers|country = 'DE'|NULL|SELECT"
        );
        let listed = "SELECT c.relname, pg_catalog.array_to_string(c.relacl, E'\\n') AS acl,
              pg_catalog.array_to_string(ARRAY(SELECT polname
                || CASE WHEN NOT polpermissive THEN E' (RESTRICTIVE)' ELSE '' END
                || CASE WHEN polcmd != '*' THEN E' (' || polcmd::pg_catalog.text || E'):' ELSE E':' END
                || CASE WHEN polqual IS NOT NULL THEN E'\\n  (u): ' || pg_catalog.pg_get_expr(polqual, polrelid) ELSE E'' END
                || CASE WHEN polroles <> '{0}' THEN E'\\n  to: ' || pg_catalog.array_to_string(
                   ARRAY(SELECT rolname FROM pg_catalog.pg_roles WHERE oid = ANY (polroles) ORDER BY 1), E', ') ELSE E'' END
                FROM pg_catalog.pg_policy pol WHERE polrelid = c.oid), E'\\n') AS \"Policies\"
            FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r','v') AND n.nspname = 'crm' ORDER BY 1";
        let answer = ask(&mut root, listed).await;
        assert!(answer.contains("german (r):\n  (u): country = 'DE'\n  to: bob, readers"), "{answer}");
        assert!(answer.contains("every (RESTRICTIVE) (r):\n  (u): id > 0"), "{answer}");
    });
}
