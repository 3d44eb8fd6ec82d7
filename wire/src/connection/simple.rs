//! Simple queries: one message with any number of statements, whose results come as text.

use pgwire::messages::response::EmptyQueryResponse;

use super::Connection;
use super::copy::{copy_in, copy_out};
use super::rows::{Progress, Rows, shown};
use crate::backend::{Outcome, Session};
use crate::channel::{Failure, Stop};
use crate::encode::describe;

impl<S: Session> Connection<S> {
    /// Runs the statements of a text in order, up to the first error.
    pub(super) async fn query(&mut self, sql: &str) -> Result<(), Failure> {
        // As in PostgreSQL, a simple query takes the place of the unnamed statement and portal.
        self.close_portals(|name, _| name.is_empty());
        self.statements.remove("");
        let mut running = self.begin_statement();
        let statements = self.session.parse(sql)?;
        if statements.is_empty() {
            self.channel.push(&EmptyQueryResponse::new())?;
        }
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                drop(running);
                running = self.begin_statement();
            }
            let number = self.start_statement();
            let mut rows = 0;
            let result = self.query_one(statement, &running.stop, &mut rows).await;
            self.end_statement(number, rows, result.as_ref().err());
            result?;
        }
        drop(running);
        self.ready().await
    }

    async fn query_one(&mut self, statement: &S::Statement, stop: &Stop, count: &mut u64) -> Result<(), Failure> {
        let Self { channel, session, .. } = self;
        let prepared = channel.run(stop, session.prepare(statement, &[])).await??;
        let format = session.format(&prepared.plan);
        match channel.run(stop, session.execute(&prepared.plan, Vec::new())).await?? {
            Outcome::Empty => channel.push(&EmptyQueryResponse::new())?,
            Outcome::Command { tag } => channel.push_complete(session, &tag)?,
            Outcome::Rows { schema, batches, tag } => {
                // Where nothing has been described yet, the batches say what they are.
                let schema =
                    prepared.columns.as_deref().map_or(Ok(schema.as_ref().clone()), |told| shown(Some(told), &schema))?;
                let formats = vec![format; schema.fields().len()];
                let mut rows = Rows::new(&schema, &formats, batches, tag)?;
                channel.push(&describe(&schema, &formats))?;
                if let Progress::Complete { tag } = rows.send(channel, stop, 0, count).await? {
                    channel.push_complete(session, &tag)?;
                }
            }
            Outcome::CopyOut { schema, batches, format } => {
                copy_out(channel, stop, &schema, batches, format, count).await?;
                channel.push_complete(session, &format!("COPY {count}"))?;
            }
            Outcome::CopyIn { schema, format, table, mut sink } => {
                copy_in(channel, stop, schema, table, format, sink.as_mut(), count).await?;
                channel.push_complete(session, &format!("COPY {count}"))?;
            }
        }
        self.forget_deallocated();
        Ok(())
    }
}
