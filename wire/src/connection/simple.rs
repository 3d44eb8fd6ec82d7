//! Simple queries: one message with any number of statements, whose results come as text.

use pgwire::messages::response::EmptyQueryResponse;

use super::Connection;
use super::rows::{Progress, Rows, shown};
use crate::backend::{Outcome, Session};
use crate::channel::{Failure, Stop};
use crate::encode::describe;

impl<S: Session> Connection<S> {
    /// Runs the statements of a text in order, up to the first error.
    pub(super) async fn query(&mut self, sql: &str) -> Result<(), Failure> {
        // As in PostgreSQL, a simple query takes the place of the unnamed statement and portal.
        self.portals.remove("");
        self.statements.remove("");
        let running = self.begin_statement();
        let statements = self.session.parse(sql)?;
        if statements.is_empty() {
            self.channel.push(&EmptyQueryResponse::new())?;
        }
        for statement in &statements {
            self.query_one(statement, &running.stop).await?;
        }
        drop(running);
        self.ready().await
    }

    async fn query_one(&mut self, statement: &S::Statement, stop: &Stop) -> Result<(), Failure> {
        let Self { channel, session, .. } = self;
        let prepared = channel.run(stop, session.prepare(statement, &[])).await??;
        match channel.run(stop, session.execute(&prepared.plan, Vec::new())).await?? {
            Outcome::Empty => channel.push(&EmptyQueryResponse::new())?,
            Outcome::Command { tag } => channel.push_complete(session, &tag)?,
            Outcome::Rows { schema, batches, tag } => {
                // Where nothing has been described yet, the batches say what they are.
                let schema =
                    prepared.columns.as_deref().map_or(Ok(schema.as_ref().clone()), |told| shown(Some(told), &schema))?;
                let mut rows = Rows::new(&schema, &[], batches, tag)?;
                channel.push(&describe(&schema, &[]))?;
                if let Progress::Complete { tag } = rows.send(channel, stop, 0).await? {
                    channel.push_complete(session, &tag)?;
                }
            }
        }
        self.forget_deallocated();
        Ok(())
    }
}
