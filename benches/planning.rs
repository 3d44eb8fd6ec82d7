//! What it costs to mean what PostgreSQL means: the planning of dashboard queries, and their runs, here and by DataFusion alone over the
//! same file. The difference is the dialect, with names that are looked up in the lake and rights that are checked.
//! Run with `cargo bench --workspace --bench planning`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::hint::black_box;
use std::path::Path;

use cilake::config::Config;
use cilake::engine::{Engine, Session};
use criterion::{Criterion, criterion_group, criterion_main};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use tokio::runtime::Runtime;

const ORDERS: &str = "SELECT n AS order_id, n % 50000 AS customer_id, CAST('2023-01-01' AS date) + CAST(n % 700 AS int) AS ordered_on, \
                      CAST(n % 997 AS double precision) / 4 AS total, 'channel ' || CAST(n % 5 AS text) AS channel FROM generate_series(1, 1000000) AS t(n)";

/// What dashboards ask, in words that both understand, and mean the same by.
const QUERIES: [(&str, &str); 4] = [
    ("big number", "SELECT count(*) AS orders, min(total) AS least, max(total) AS most FROM orders WHERE total > 10"),
    (
        "time series",
        "SELECT date_trunc('month', ordered_on) AS month, channel, count(*) AS orders, max(total) AS most FROM orders \
         WHERE ordered_on >= DATE '2023-03-01' GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "best customers",
        "SELECT customer_id, count(*) AS orders, max(total) AS most FROM orders WHERE channel IN ('channel 1', 'channel 2') \
         GROUP BY customer_id HAVING count(*) > 3 ORDER BY most DESC, customer_id LIMIT 20",
    ),
    (
        "pivot",
        "SELECT channel, count(CASE WHEN total > 200 THEN 1 END) AS large, count(CASE WHEN total <= 200 THEN 1 END) AS small \
         FROM orders AS o JOIN (SELECT customer_id AS id FROM orders GROUP BY customer_id HAVING count(*) > 10) AS c ON c.id = o.customer_id \
         GROUP BY channel ORDER BY channel",
    ),
];

/// A lake with one table, opened here and by DataFusion alone.
fn both(runtime: &Runtime, lake: &Path) -> (Session, SessionContext) {
    let file = lake.join("orders.parquet");
    let context = SessionContext::new_with_config(SessionConfig::new());
    let mut config = Config::default();
    config.lake.url = lake.display().to_string();
    runtime.block_on(async {
        let writer = Engine::open(config.clone()).await.unwrap().owner_session();
        write(writer, &file).await;
        context.register_parquet("orders", file.display().to_string(), ParquetReadOptions::default()).await.unwrap();
        (Engine::open(config).await.unwrap().owner_session(), context)
    })
}

async fn write(mut session: Session, file: &Path) {
    let batches = session.collect(ORDERS).await.unwrap();
    let file = std::fs::File::create(file).unwrap();
    let mut writer = datafusion::parquet::arrow::ArrowWriter::try_new(file, batches[0].schema(), None).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.close().unwrap();
}

fn planning(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let lake = tempfile::tempdir().unwrap();
    let (mut session, context) = both(&runtime, lake.path());
    for (name, query) in QUERIES {
        let rows = runtime.block_on(session.collect(query)).unwrap().iter().map(|batch| batch.num_rows()).sum::<usize>();
        let of_datafusion = runtime.block_on(async { context.sql(query).await.unwrap().count().await.unwrap() });
        assert_eq!(rows, of_datafusion, "{name}");
        let explain = format!("EXPLAIN {query}");
        for (what, text) in [("plan", explain.as_str()), ("run", query)] {
            let mut group = criterion.benchmark_group(format!("{what}/{name}"));
            if what == "run" {
                group.sample_size(30);
            }
            group.bench_function("cilake", |bench| {
                bench.iter(|| black_box(runtime.block_on(session.collect(text)).unwrap()));
            });
            group.bench_function("datafusion", |bench| {
                bench.iter(|| black_box(runtime.block_on(async { context.sql(text).await.unwrap().collect().await.unwrap() })));
            });
            group.finish();
        }
    }
}

criterion_group!(benches, planning);
criterion_main!(benches);
