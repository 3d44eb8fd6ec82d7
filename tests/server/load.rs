//! Many clients at once, and one that asks for too much.

use std::time::Duration;

use tokio_postgres::NoTls;

use crate::{client, served};

#[test]
fn five_hundred_clients_at_once() {
    served(|port| async move {
        let asks = (0..500_i64).map(|number| {
            tokio::spawn(async move {
                let client = client(port).await;
                let row = client.query_one("SELECT $1::bigint + 1", &[&number]).await.unwrap();
                (client, row.get::<_, i64>(0))
            })
        });
        let mut open = vec![];
        for (number, ask) in asks.collect::<Vec<_>>().into_iter().enumerate() {
            let (client, answer) = ask.await.unwrap();
            assert_eq!(usize::try_from(answer), Ok(number + 1));
            open.push(client);
        }
    });
}

#[test]
fn a_join_that_takes_all_threads_holds_nobody_up_and_stops() {
    served(|port| async move {
        let (busy, other) = (client(port).await, client(port).await);
        let cancel = busy.cancel_token();
        let join =
            "SELECT count(*) FROM generate_series(1, 2000000) AS a(x), generate_series(1, 2000000) AS b(y) WHERE x * y = -1";
        let join = tokio::spawn(async move { busy.simple_query(join).await.err().and_then(|error| error.code().cloned()) });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!join.is_finished());
        other.simple_query("SELECT 1").await.unwrap();
        cancel.cancel_query(NoTls).await.unwrap();
        let code = tokio::time::timeout(Duration::from_secs(5), join).await.expect("it went on").unwrap();
        assert_eq!(code.expect("an error").code(), "57014");
    });
}
