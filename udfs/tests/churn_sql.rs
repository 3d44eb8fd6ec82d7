//! The churn functions through SQL.

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::error::Result;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion_functions_customer::doc::Kind;
use datafusion_functions_customer::relation::rewrite;
use datafusion_functions_customer::{functions, register_all};

fn session() -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(2);
    let builder = SessionStateBuilder::new_with_default_features().with_config(config);
    SessionContext::new_with_state(register_all(builder).build())
}

async fn query(context: &SessionContext, sql: &str) -> Result<RecordBatch> {
    let dialect = datafusion::sql::sqlparser::dialect::PostgreSqlDialect {};
    let mut statement = DFParser::parse_sql_with_dialect(sql, &dialect)?.pop_front().expect("a statement");
    if let Statement::Statement(statement) = &mut statement {
        let tables: Vec<_> = functions().into_iter().filter(|doc| doc.kind == Kind::Table).collect();
        rewrite(statement, &tables)?;
    }
    let plan = context.state().statement_to_plan(statement).await?;
    let batches = context.execute_logical_plan(plan).await?.collect().await?;
    let schema = batches.first().map(|batch| batch.schema()).expect("a batch");
    Ok(concat_batches(&schema, &batches)?)
}

#[tokio::test]
async fn probe() {
    let context = session();
    let file = "/work/main/../shared/data/lake/cdnow/orders/part-0.parquet";
    context.register_parquet("orders", file, Default::default()).await.expect("orders");
    let file = "/work/main/../shared/data/lake/online_retail/invoice_lines/part-0.parquet";
    context.register_parquet("lines", file, Default::default()).await.expect("lines");
    for sql in std::fs::read_to_string("/tmp/probe.sql").expect("probe").split(";\n").filter(|s| !s.trim().is_empty()) {
        println!("-- {sql}");
        let start = std::time::Instant::now();
        match query(&context, sql).await {
            Ok(batch) => println!("{} {:?}", datafusion::arrow::util::pretty::pretty_format_batches(&[batch]).expect("table"), start.elapsed()),
            Err(error) => println!("ERROR {error}"),
        }
    }
    let _ = |batch: &RecordBatch| (batch.column(0).as_primitive::<Int64Type>().value(0), batch.column(0).as_primitive::<Float64Type>().value(0));
}
