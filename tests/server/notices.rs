//! Notices, which the sqllogictests do not show.

use futures::StreamExt;
use tokio_postgres::{AsyncMessage, NoTls};

#[test]
fn a_window_without_a_model_says_why_once() {
    super::served(|port| async move {
        let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
        let (client, mut connection) = tokio_postgres::connect(&options, NoTls).await.unwrap();
        let (send, mut notices) = futures::channel::mpsc::unbounded();
        tokio::spawn(async move {
            let mut messages = futures::stream::poll_fn(|context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notice(notice) = message {
                    send.unbounded_send(notice).unwrap();
                }
            }
        });
        // Two partitions without a repeat purchase, one with a row that is not known.
        let sql = "SELECT churn_prob(x, t, age) OVER (PARTITION BY g) FROM (VALUES ('a', 0, 0, 3), ('b', 0, 0, 9), ('b', 0, NULL, 9)) AS c(g, x, t, age)";
        for _ in 0..2 {
            let rows = client.query(sql, &[]).await.unwrap();
            assert!(rows.iter().all(|row| row.get::<_, Option<f64>>(0).is_none()));
        }
        client.simple_query("SELECT 1").await.unwrap();
        drop(client);
        let said: Vec<_> =
            notices.by_ref().map(|notice| (notice.severity().to_string(), notice.message().to_string())).collect().await;
        let expected = ("NOTICE".to_string(), "churn_prob is NULL where no model can be fitted: no repeat purchases".to_string());
        assert_eq!(said, [expected.clone(), expected]);
    });
}
