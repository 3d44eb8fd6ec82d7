//! Notices, which the sqllogictests do not show.

use futures::StreamExt;
use tokio_postgres::{AsyncMessage, NoTls};

/// Runs a query twice; returns the first column of all rows, and what was said.
async fn said_twice(port: u16, sql: &str) -> (Vec<Option<f64>>, Vec<(String, String)>) {
    let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
    let (client, mut connection) = tokio_postgres::connect(&options, NoTls).await.unwrap();
    let (send, notices) = futures::channel::mpsc::unbounded();
    tokio::spawn(async move {
        let mut messages = futures::stream::poll_fn(|context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notice(notice) = message {
                send.unbounded_send(notice).unwrap();
            }
        }
    });
    let mut values = vec![];
    for _ in 0..2 {
        values.extend(client.query(sql, &[]).await.unwrap().iter().map(|row| row.get::<_, Option<f64>>(0)));
    }
    client.simple_query("SELECT 1").await.unwrap();
    drop(client);
    let said = notices.map(|notice| (notice.severity().to_string(), notice.message().to_string())).collect().await;
    (values, said)
}

fn twice(message: &str) -> [(String, String); 2] {
    [(); 2].map(|()| ("NOTICE".to_string(), message.to_string()))
}

#[test]
fn a_window_without_a_model_says_why_once() {
    super::served(|port| async move {
        // Two partitions without a repeat purchase, one with a row that is not known.
        let sql = "SELECT churn_prob(x, t, age) OVER (PARTITION BY g) FROM (VALUES ('a', 0, 0, 3), ('b', 0, 0, 9), ('b', 0, NULL, 9)) AS c(g, x, t, age)";
        let (values, said) = said_twice(port, sql).await;
        assert!(values.len() == 6 && values.iter().all(Option::is_none));
        assert_eq!(said, twice("churn_prob is NULL where no model can be fitted: no repeat purchases"));
    });
}

/// The histories of tests/slt/functions/churn_prob.slt, as purchases: 37 of 103 customers purchased again.
const PURCHASES: &str = "WITH groups(x, t_x, age, n) AS (
  VALUES (0, 0, 10, 14), (0, 0, 25, 22), (0, 0, 38, 30), (1, 3, 30, 6), (1, 12, 38, 7), (1, 20, 22, 3), (2, 9, 38, 4), (2, 24, 26, 3),
         (3, 12, 38, 2), (3, 30, 35, 4), (5, 11, 39, 2), (6, 36, 38, 2), (9, 37, 39, 1), (4, 33, 36, 2), (14, 39, 39, 1)
), customers AS (
  SELECT 100 * row_number() OVER (ORDER BY x, t_x, age, i) AS customer, x, t_x, age FROM groups JOIN generate_series(1, 30) AS ones(i) ON i <= n
), purchases AS (
  SELECT customer, DATE '1970-01-01' + (20119 - age)::int AS day FROM customers
  UNION ALL SELECT customer, DATE '1970-01-01' + (20119 - age + t_x)::int FROM customers WHERE x > 0
  UNION ALL SELECT customer, DATE '1970-01-01' + (20119 - age + i)::int FROM customers JOIN generate_series(1, 30) AS ones(i) ON i < x
)";

/// A choice is said once for each query; a model asked for by name is not spoken of.
#[test]
fn a_chosen_model_says_why() {
    super::served(|port| async move {
        let call = |option: &str| {
            format!(
                "{PURCHASES} SELECT avg(churn_prob) FROM churn_prob((SELECT * FROM purchases), customer => 'customer', at => 'day'{option})"
            )
        };
        let (values, said) = said_twice(port, &call("")).await;
        assert!(values.iter().all(Option::is_some));
        assert_eq!(said, twice("churn_prob uses mbgnbd: too few to choose by: 37 repeat customers, fewer than 100"));
        let (values, said) = said_twice(port, &call(", model => 'mbgnbd'")).await;
        assert!(values.iter().all(Option::is_some) && said.is_empty());
    });
}
