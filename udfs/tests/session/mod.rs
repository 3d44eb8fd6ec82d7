//! A session with the functions, and statements in it.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion_functions_customer::doc::Kind;
use datafusion_functions_customer::relation::rewrite;
use datafusion_functions_customer::{functions, register_all};

pub fn session(threads: usize, memory_bytes: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(threads).with_batch_size(512);
    let runtime = RuntimeEnvBuilder::new().with_memory_limit(memory_bytes, 1.0).build_arc().expect("a runtime");
    let builder = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features();
    SessionContext::new_with_state(register_all(builder).build())
}

pub async fn plan_of(context: &SessionContext, sql: &str) -> Result<LogicalPlan> {
    let dialect = datafusion::sql::sqlparser::dialect::PostgreSqlDialect {};
    let mut statement = DFParser::parse_sql_with_dialect(sql, &dialect)?.pop_front().expect("a statement");
    if let Statement::Statement(statement) = &mut statement {
        let tables: Vec<_> = functions().iter().copied().filter(|doc| doc.kind == Kind::Table).collect();
        rewrite(statement, &tables)?;
    }
    context.state().statement_to_plan(statement).await
}

/// Not every test file uses it.
#[allow(dead_code)]
pub async fn query(context: &SessionContext, sql: &str) -> Result<Vec<RecordBatch>> {
    let plan = plan_of(context, sql).await?;
    context.execute_logical_plan(plan).await?.collect().await
}
