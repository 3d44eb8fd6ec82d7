//! The running of statements, one after the other.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::Statement as Ast;
use futures::TryStreamExt;

use std::sync::Arc;

use super::define;
use super::describe::{FRESH, Prepared};
use super::error::from_datafusion;
use super::outcome::Outcome;
use super::parameters;
use super::session::Session;
use super::statement::{Request, Statement};
use crate::error::{Error, Result, SqlState};

impl Session {
    /// Runs a prepared statement; the rows come while the plan computes them.
    pub async fn execute(&mut self, prepared: &Prepared, values: Vec<ScalarValue>) -> Result<Outcome> {
        self.take_over_settings()?;
        let fresh = prepared.fresh.lock().ok().and_then(|mut fresh| fresh.take());
        if let Some((planned, plan, rights, alterations, named)) = fresh
            && planned.elapsed() < FRESH
            && alterations == self.alterations
            && Arc::ptr_eq(&rights, &self.rights()?)
        {
            self.works_on(&prepared.statement, true);
            self.named.put(named);
            self.keep_named();
            self.refuse_if_failed(&prepared.statement.request)?;
            self.refuse_if_read_only(&prepared.statement.request)?;
            self.state.mark_start_execution();
            let text = &prepared.statement.text;
            let plan = parameters::bind(plan, values).map_err(|error| from_datafusion(error, text))?;
            return self.stream(&plan, text).await;
        }
        self.run_one(prepared.statement.clone(), values).await
    }

    /// Parses and runs every statement of a text, one after the other, without parameters. Several of them are one transaction.
    pub async fn run(&mut self, text: &str) -> Result<Vec<Outcome>> {
        let statements = self.parse(text)?;
        let several = statements.len() > 1;
        let mut outcomes = vec![];
        for statement in statements {
            if several {
                self.begin_block();
            }
            self.statement_starts(self.statement + 1);
            let outcome = self.run_one(statement, vec![]).await;
            match self.ended(outcome) {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => {
                    self.statement_failed();
                    self.end_block().await?;
                    return Err(error);
                }
            }
        }
        self.end_block().await?;
        Ok(outcomes)
    }

    /// Runs one query and collects its rows.
    pub async fn collect(&mut self, text: &str) -> Result<Vec<RecordBatch>> {
        match self.run(text).await?.pop() {
            Some(Outcome::Rows { batches, .. }) => batches.try_collect().await,
            _ => Ok(vec![]),
        }
    }

    async fn run_one(&mut self, statement: Statement, values: Vec<ScalarValue>) -> Result<Outcome> {
        self.named.take();
        let outcome = self.answer(statement, values).await;
        self.keep_named();
        outcome
    }

    pub(super) async fn answer(&mut self, statement: Statement, values: Vec<ScalarValue>) -> Result<Outcome> {
        self.works_on(&statement, true);
        let Statement { text, request } = statement;
        self.refuse_if_failed(&request)?;
        self.take_over_settings()?;
        self.refuse_if_read_only(&request)?;
        self.state.mark_start_execution();
        // Of settings, names and temporary tables, whichever it was.
        self.alterations += u64::from(!matches!(request, Request::Query(_)));
        match request {
            Request::Query(ast) => {
                let plan = self.plan_with_values(*ast, values, &text).await?;
                let outcome = self.stream(&plan, &text).await?;
                Ok(self.told(outcome, &plan).await)
            }
            Request::Explain { statement, analyze, verbose } => {
                let plan = self.plan_with_values(*statement, values, &text).await?;
                self.explain(&plan, analyze, verbose, &text).await
            }
            Request::Show(name) => self.show(&name),
            Request::CreateView { name, query, columns, or_replace, if_not_exists, temporary } => {
                let view = define::NewView { name, query, columns, or_replace, if_not_exists, temporary };
                self.create_view(view, &text).await
            }
            Request::Drop { kind, names, if_exists, cascade } => self.drop_relations(kind, &names, if_exists, cascade).await,
            Request::Define(define) => self.define(define).await,
            Request::CreateTableAs { name, query, or_replace, if_not_exists, temporary } => {
                let plan = self.plan_with_values(Ast::Query(query), values, &text).await?;
                let table = super::write::NewTable { name, or_replace, if_not_exists, temporary };
                self.create_table(table, &plan, &text).await
            }
            Request::CreateTable { name, columns, if_not_exists, temporary } => {
                let table = super::write::NewTable { name, or_replace: false, if_not_exists, temporary };
                self.create_empty(table, columns, &text).await
            }
            Request::Prepare { name, types, statement } => self.prepare_named(name, &types, *statement).await,
            Request::Execute { name, arguments } => self.execute_named(name, arguments, &text).await,
            Request::Declare(declare) => self.declare(declare, values, &text).await,
            Request::Fetch(fetch) => self.fetch(fetch).await,
            Request::Close(name) => self.close(name.as_deref()),
            Request::Copy(copy) => self.copy(*copy, &text).await,
            Request::Modify(modification) => self.modify(*modification, values, &text).await,
            Request::Access(statement) => self.run_access(*statement).await,
            Request::Maintain(maintenance) => self.maintain(maintenance).await,
            request @ (Request::Commit { .. } | Request::Rollback { .. } | Request::RollbackTo(_)) => {
                self.refuse_chain(&request)?;
                self.end_changes(&request).await?;
                self.control(request)
            }
            other => self.control(other),
        }
    }

    pub(super) async fn plan_with_values(&self, mut ast: Ast, values: Vec<ScalarValue>, text: &str) -> Result<LogicalPlan> {
        parameters::fill_in(&mut ast, self.table_functions(), &values)?;
        let plan = self.plan(ast, text).await?;
        self.bound(plan, values).map_err(|error| from_datafusion(error, text))
    }

    /// Settings and transactions.
    fn control(&mut self, request: Request) -> Result<Outcome> {
        let tag = match request {
            Request::Set { name, value, local } => {
                self.set(&name, value.as_deref(), local)?;
                "SET"
            }
            Request::Reset(Some(name)) => {
                self.set(&name, None, false)?;
                "RESET"
            }
            Request::Reset(None) => {
                self.reset_all()?;
                "RESET"
            }
            Request::DiscardAll => {
                if self.transaction.is_some() {
                    return Err(Error::new(SqlState("25001"), "DISCARD ALL cannot run inside a transaction block"));
                }
                self.temporary.clear();
                self.temporary_views.clear();
                self.cursors.clear();
                self.deallocate(None)?;
                self.reset_all()?;
                "DISCARD ALL"
            }
            Request::DiscardTemporary => {
                self.temporary.clear();
                self.temporary_views.clear();
                "DISCARD TEMP"
            }
            Request::Deallocate(name) => self.deallocate(name)?,
            Request::Accept(tag) => tag,
            other => self.transaction_control(other)?,
        };
        Ok(Outcome::Done(tag.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use datafusion::common::tree_node::Transformed;
    use datafusion::execution::SessionStateBuilder;
    use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

    use super::*;
    use crate::config::Config;
    use crate::engine::Engine;

    /// Counts how often plans are optimised.
    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    impl OptimizerRule for Counting {
        fn name(&self) -> &str {
            "counting"
        }

        fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> datafusion::error::Result<Transformed<LogicalPlan>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Transformed::no(plan))
        }
    }

    /// A statement that is described first would be optimised for that, and again when it runs.
    #[test]
    fn a_statement_is_optimised_once() {
        let lake = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.lake.url = lake.path().to_string_lossy().into_owned();
        crate::runtime::new().unwrap().block_on(async {
            let mut session = Engine::open(config).await.unwrap().owner_session();
            let rule = Arc::new(Counting::default());
            let counting = Arc::clone(&rule) as Arc<dyn OptimizerRule + Send + Sync>;
            session.state = SessionStateBuilder::new_from_existing(session.state.clone()).with_optimizer_rule(counting).build();
            let count = || rule.0.swap(0, Ordering::Relaxed);
            let sql = "SELECT a % 7 AS a, count(*) FROM generate_series(1, 100) AS t(a) WHERE a > 1 GROUP BY 1 ORDER BY 1";
            let statement = session.parse(sql).unwrap().remove(0);
            let Request::Query(ast) = &statement.request else { panic!("{statement:?}") };
            let plan = session.plan(ast.as_ref().clone(), sql).await.unwrap();
            assert_eq!(count(), 0);
            session.state.optimize(&plan).unwrap();
            let once = count();
            assert!(once > 0);
            let prepared = session.prepare(&statement, &[]).await.unwrap();
            assert_eq!(count(), 0, "to describe it");
            for execution in ["the first", "the second"] {
                let Outcome::Rows { batches, .. } = session.execute(&prepared, vec![]).await.unwrap() else { panic!("{sql}") };
                assert_eq!(batches.try_collect::<Vec<_>>().await.unwrap()[0].num_rows(), 7);
                assert_eq!(count(), once, "{execution} execution");
            }
            session.collect(sql).await.unwrap();
            assert_eq!(count(), once, "as a simple query");
        });
    }
}
