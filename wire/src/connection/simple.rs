//! Simple queries: one message with any number of statements, whose results come as text.

use pgwire::messages::response::EmptyQueryResponse;

use super::copy::{copy_in, copy_out};
use super::rows::{Progress, Rows, shown};
use super::{Connection, Running};
use crate::backend::{Outcome, Session};
use crate::channel::{Failure, Stop};
use crate::encode::describe;

impl<S: Session> Connection<S> {
    /// Runs the statements of a text in order, up to the first error. Several of them are one transaction.
    pub(super) async fn query(&mut self, sql: &str) -> Result<(), Failure> {
        // As in PostgreSQL, a simple query takes the place of the unnamed statement and portal.
        self.close_portals(|name, _| name.is_empty());
        self.statements.remove("");
        let running = self.begin_statement();
        let statements = self.session.parse(sql)?;
        if statements.is_empty() {
            self.channel.push(&EmptyQueryResponse::new())?;
        }
        let answered = self.query_all(&statements, running).await;
        if let Err(Failure::Sql(_)) = &answered {
            self.session.statement_failed();
            // What is taken back is of less interest than why.
            let _ = self.session.end_block().await;
        }
        answered?;
        self.ready().await
    }

    async fn query_all(&mut self, statements: &[S::Statement], mut running: Running) -> Result<(), Failure> {
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                drop(running);
                running = self.begin_statement();
            }
            if statements.len() > 1 {
                self.session.begin_block();
            }
            let number = self.start_statement();
            let mut rows = 0;
            let mut result = self.query_one(statement, &running.stop, &mut rows).await;
            if result.is_ok() && index > 0 && index + 1 == statements.len() {
                let ended = self.channel.run(&running.stop, self.session.end_block()).await;
                result = result.and_then(|tag| Ok(ended.map(|ended| ended.map(|()| tag))??));
            }
            self.end_statement(number, rows, result.as_ref().err());
            match result? {
                Some(tag) => self.channel.push_complete(&mut self.session, &tag)?,
                None => self.channel.push(&EmptyQueryResponse::new())?,
            }
        }
        Ok(())
    }

    /// The command tag; none of a statement without content.
    async fn query_one(&mut self, statement: &S::Statement, stop: &Stop, count: &mut u64) -> Result<Option<String>, Failure> {
        let Self { channel, session, .. } = self;
        let prepared = channel.run(stop, session.prepare(statement, &[])).await??;
        let format = session.format(&prepared.plan);
        let tag = match channel.run(stop, session.execute(&prepared.plan, Vec::new())).await?? {
            Outcome::Empty => None,
            Outcome::Command { tag } => Some(tag),
            Outcome::Rows { schema, batches, tag } => {
                // Where nothing has been described yet, the batches say what they are.
                let schema =
                    prepared.columns.as_deref().map_or(Ok(schema.as_ref().clone()), |told| shown(Some(told), &schema))?;
                let formats = vec![format; schema.fields().len()];
                let mut rows = Rows::new(&schema, &formats, batches, tag)?;
                channel.push(&describe(&schema, &formats))?;
                match rows.send(channel, stop, 0, count).await? {
                    Progress::Complete { tag } => Some(tag),
                    Progress::Suspended => None,
                }
            }
            Outcome::CopyOut { schema, batches, format } => {
                copy_out(channel, stop, &schema, batches, format, count).await?;
                Some(format!("COPY {count}"))
            }
            Outcome::CopyIn { schema, format, table, mut sink } => {
                copy_in(channel, stop, schema, table, format, sink.as_mut(), count).await?;
                Some(format!("COPY {count}"))
            }
        };
        self.forget_deallocated();
        Ok(tag)
    }
}
