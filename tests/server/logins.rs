//! Users over the wire: passwords, and what one user sees of another.

use tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage};

use super::served_with;

async fn log_in(port: u16, user: &str, password: &str) -> Result<Client, Error> {
    let options = format!("host=127.0.0.1 port={port} user={user} password={password} dbname=cilake");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn row(client: &Client, sql: &str) -> Vec<Option<String>> {
    let messages = client.simple_query(sql).await.unwrap();
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|i| row.get(i).map(str::to_owned)).collect()),
        _ => None,
    });
    row.unwrap_or_default()
}

/// The SQLSTATE of a refusal.
fn refused<T>(result: Result<T, Error>) -> String {
    result.err().and_then(|error| error.code().map(|code| code.code().to_owned())).unwrap_or_default()
}

#[test]
fn everybody_logs_in_and_sees_only_what_is_his() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("state");
    served_with(
        |config| config.engine.state_dir = Some(folder),
        |served| async move {
            let port = served.port;
            let root = log_in(port, "anybody", "").await.unwrap();
            for sql in [
                "CREATE USER root PASSWORD 'Tr0ub4dor' SUPERUSER",
                "CREATE USER ann PASSWORD 'horse'",
                "CREATE USER bob PASSWORD 'staple'",
                "CREATE USER blank PASSWORD ''",
                "CREATE VIEW secret AS SELECT 42 AS answer",
                "GRANT SELECT ON secret TO ann",
            ] {
                root.simple_query(sql).await.unwrap();
            }
            // An empty password is none, and none opens.
            for (user, password) in [("ann", "wrong"), ("nobody", "horse"), ("blank", "horse"), ("blank", "''")] {
                assert_eq!(refused(log_in(port, user, password).await), "28P01", "{user}");
            }
            let ann = log_in(port, "ann", "horse").await.unwrap();
            let bob = log_in(port, "bob", "staple").await.unwrap();
            assert_eq!(
                row(&ann, "SELECT answer, current_user FROM secret").await,
                [Some("42".to_owned()), Some("ann".to_owned())]
            );
            assert_eq!(refused(bob.simple_query("SELECT * FROM secret").await), "42501");
            assert_eq!(refused(bob.simple_query("CREATE USER eve PASSWORD 'x' SUPERUSER").await), "42501");
            // What a session does is for its user and for superusers to see, and to stop.
            let pid = row(&ann, "SELECT pg_backend_pid()").await.remove(0).unwrap();
            let activity = format!("SELECT usename, query, state FROM pg_stat_activity WHERE pid = {pid}");
            assert_eq!(row(&bob, &activity).await, [Some("ann".to_owned()), Some("<insufficient privilege>".to_owned()), None]);
            assert_eq!(row(&root, &activity).await[1], Some("SELECT pg_backend_pid()".to_owned()));
            for function in ["pg_cancel_backend", "pg_terminate_backend"] {
                assert_eq!(refused(bob.simple_query(&format!("SELECT {function}({pid})")).await), "42501");
            }
            let figures = "SELECT count(*) FROM cilake.statements WHERE usename = 'ann'";
            assert_eq!(row(&bob, figures).await, [Some("0".to_owned())]);
            assert_ne!(row(&root, figures).await, [Some("0".to_owned())]);
        },
    );
}
