//! Extended queries: statements are parsed, bound to parameters and executed by messages of their own.

use std::sync::Arc;

use arrow::array::ArrayRef;
use pgwire::messages::data::{NoData, ParameterDescription};
use pgwire::messages::extendedquery::{BindComplete, CloseComplete, ParseComplete, PortalSuspended};
use pgwire::messages::response::EmptyQueryResponse;

use super::Connection;
use super::copy::{copy_in, copy_out};
use super::rows::{Progress, Rows, shown};
use crate::backend::{Deallocated, Outcome, Prepared, RowsTag, Session, SqlError};
use crate::channel::{Channel, Failure, Stop};
use crate::decode::decode_parameters;
use crate::encode::{Format, describe};
use crate::frontend::{Bind, Target};

/// A statement as Parse left it; `None` for an empty text.
pub(super) struct Statement<S: Session> {
    prepared: Option<Prepared<S::Plan>>,
}

/// A statement bound to parameters.
pub(super) struct Portal<S: Session> {
    statement: Arc<Statement<S>>,
    parameters: Vec<ArrayRef>,
    /// One for each column.
    formats: Vec<Format>,
    state: State,
    /// Of its statement, once that runs.
    number: u64,
    /// Rows sent.
    rows: u64,
}

enum State {
    Bound,
    Running(Box<Rows>),
    /// All rows have just been sent, or a command has just run.
    Ending(Option<RowsTag>),
    /// All rows have been sent; executing again sends none.
    Exhausted(RowsTag),
    /// A command, which runs once.
    Done,
}

impl<S: Session> Connection<S> {
    pub(super) async fn parse(&mut self, name: String, sql: &str, parameter_types: &[u32]) -> Result<(), Failure> {
        if name.is_empty() {
            self.statements.remove("");
        } else if self.statements.contains_key(&name) {
            return Err(SqlError::new("42P05", format!("prepared statement \"{name}\" already exists")).into());
        } else if self.statements.len() >= self.statements_max {
            let message = format!("a session can have at most {} prepared statements", self.statements_max);
            return Err(SqlError::new("53400", message).into());
        }
        let running = self.begin_message();
        let prepared = match self.session.parse(sql)?.as_slice() {
            [] => None,
            [statement] => Some(self.prepare(statement, parameter_types, &running.stop).await?),
            _ => return Err(SqlError::new("42601", "cannot insert multiple commands into a prepared statement").into()),
        };
        if !name.is_empty() {
            self.session.statement_named(&name);
        }
        self.statements.insert(name, Arc::new(Statement { prepared }));
        self.channel.push(&ParseComplete::new())?;
        Ok(())
    }

    async fn prepare(&mut self, statement: &S::Statement, types: &[u32], stop: &Stop) -> Result<Prepared<S::Plan>, Failure> {
        let number = self.start_statement();
        let prepared = match self.channel.run(stop, self.session.prepare(statement, types)).await {
            Ok(prepared) => prepared.map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &prepared {
            self.end_statement(number, 0, Some(failure));
        }
        prepared
    }

    pub(super) fn bind(&mut self, bind: Bind) -> Result<(), Failure> {
        let statement = Arc::clone(self.statement(&bind.statement)?);
        if bind.portal.is_empty() {
            self.close_portals(|name, _| name.is_empty());
        } else if self.portals.contains_key(&bind.portal) {
            return Err(SqlError::new("42P03", format!("portal \"{}\" already exists", bind.portal)).into());
        } else if self.portals.len() >= self.statements_max {
            let message = format!("a session can have at most {} portals", self.statements_max);
            return Err(SqlError::new("53400", message).into());
        }
        let (expected, columns) = match &statement.prepared {
            Some(prepared) => {
                (prepared.parameters.as_slice(), prepared.columns.as_ref().map_or(0, |schema| schema.fields().len()))
            }
            None => (&[][..], 0),
        };
        let parameters = decode_parameters(&bind, expected)?;
        let formats = result_formats(&bind.result_formats, columns)?;
        self.portals.insert(bind.portal, Portal { statement, parameters, formats, state: State::Bound, number: 0, rows: 0 });
        self.channel.push(&BindComplete::new())?;
        Ok(())
    }

    pub(super) fn describe(&mut self, target: &Target) -> Result<(), Failure> {
        let (columns, formats) = match target {
            Target::Statement(name) => {
                let statement = Arc::clone(self.statement(name)?);
                let parameters = statement.prepared.iter().flat_map(|prepared| &prepared.parameters);
                self.channel.push(&ParameterDescription::new(parameters.map(|parameter| parameter.oid).collect()))?;
                (statement.columns().cloned(), Vec::new())
            }
            Target::Portal(name) => match self.portals.get(name) {
                Some(portal) => (portal.statement.columns().cloned(), portal.formats.clone()),
                None => (Some(self.session.cursor_columns(name).ok_or_else(|| unknown_portal(name))?), Vec::new()),
            },
        };
        match columns {
            Some(schema) => self.channel.push(&describe(&schema, &formats))?,
            None => self.channel.push(&NoData::new())?,
        }
        Ok(())
    }

    pub(super) async fn execute(&mut self, name: String, rows_max: u32) -> Result<(), Failure> {
        let running = self.begin_message();
        // Taken out while it runs: a portal that fails is gone.
        let mut portal = self.portals.remove(&name).ok_or_else(|| unknown_portal(&name))?;
        if let State::Bound = portal.state {
            portal.number = self.start_statement();
        }
        let goes_on = matches!(portal.state, State::Bound | State::Running(_));
        let result = portal.run(&mut self.channel, &mut self.session, &running.stop, rows_max, &name).await;
        if goes_on && (result.is_err() || portal.ends()) {
            let (number, rows) = (portal.number, portal.rows);
            if result.is_err() {
                // The plan stops before its end is told.
                drop(portal);
            } else {
                self.portals.insert(name, portal);
            }
            self.end_statement(number, rows, result.as_ref().err());
        } else if result.is_ok() {
            self.portals.insert(name, portal);
        }
        self.deadline = None;
        result?;
        self.forget_deallocated();
        Ok(())
    }

    pub(super) fn close(&mut self, target: &Target) -> Result<(), Failure> {
        match target {
            Target::Statement(name) => {
                self.remove_statement(name);
                self.session.statement_closed(name);
            }
            Target::Portal(name) => {
                self.close_portals(|portal, _| portal == name);
                self.session.cursor_closed(name);
            }
        }
        self.channel.push(&CloseComplete::new())?;
        Ok(())
    }

    /// Removes the statements that DEALLOCATE or DISCARD has removed on the side of the session.
    pub(super) fn forget_deallocated(&mut self) {
        match self.session.take_deallocated() {
            Deallocated::Nothing => {}
            Deallocated::Named(names) => names.iter().for_each(|name| self.remove_statement(name)),
            Deallocated::All => self.statements.clear(),
        }
    }

    /// Closing a statement closes its portals too.
    fn remove_statement(&mut self, name: &str) {
        if let Some(statement) = self.statements.remove(name) {
            self.close_portals(|_, portal| Arc::ptr_eq(&portal.statement, &statement));
        }
    }

    fn statement(&self, name: &str) -> Result<&Arc<Statement<S>>, SqlError> {
        self.statements.get(name).ok_or_else(|| match name {
            "" => SqlError::new("26000", "unnamed prepared statement does not exist"),
            _ => SqlError::new("26000", format!("prepared statement \"{name}\" does not exist")),
        })
    }
}

fn unknown_portal(name: &str) -> SqlError {
    SqlError::new("34000", format!("portal \"{name}\" does not exist"))
}

/// One format for each column from none, one for all, or one for each.
fn result_formats(codes: &[u16], columns: usize) -> Result<Vec<Format>, SqlError> {
    match codes {
        [] => Ok(vec![Format::Text; columns]),
        [all] => Ok(vec![Format::from_code(*all)?; columns]),
        each if each.len() == columns => each.iter().map(|code| Format::from_code(*code)).collect(),
        each => {
            let message = format!("bind message has {} result formats but query has {columns} columns", each.len());
            Err(SqlError::new("08P01", message))
        }
    }
}

impl<S: Session> Statement<S> {
    fn columns(&self) -> Option<&arrow::datatypes::SchemaRef> {
        self.prepared.as_ref().and_then(|prepared| prepared.columns.as_ref())
    }
}

impl<S: Session> Portal<S> {
    /// The number and the rows of a statement that goes on.
    pub(super) fn running(&self) -> Option<(u64, u64)> {
        matches!(self.state, State::Running(_)).then_some((self.number, self.rows))
    }

    /// Whether its statement has just ended; true once.
    fn ends(&mut self) -> bool {
        let State::Ending(tag) = &mut self.state else { return false };
        self.state = tag.take().map_or(State::Done, State::Exhausted);
        true
    }

    /// Runs the portal, or goes on with it.
    async fn run(
        &mut self,
        channel: &mut Channel,
        session: &mut S,
        stop: &Stop,
        rows_max: u32,
        name: &str,
    ) -> Result<(), Failure> {
        if let State::Bound = self.state {
            self.start(channel, session, stop).await?;
        }
        match &mut self.state {
            State::Running(rows) => match rows.send(channel, stop, rows_max, &mut self.rows).await? {
                Progress::Suspended => channel.push(&PortalSuspended::new())?,
                Progress::Complete { tag } => {
                    self.state = State::Ending(Some(rows.tag().clone()));
                    channel.push_complete(session, &tag)?;
                }
            },
            State::Exhausted(tag) => {
                let tag = tag.text(0);
                channel.push_complete(session, &tag)?;
            }
            State::Ending(_) => {}
            State::Bound | State::Done => {
                return Err(SqlError::new("55000", format!("portal \"{name}\" cannot be run")).into());
            }
        }
        Ok(())
    }

    /// Starts the statement. What gives no rows is over with that.
    async fn start(&mut self, channel: &mut Channel, session: &mut S, stop: &Stop) -> Result<(), Failure> {
        let statement = Arc::clone(&self.statement);
        let Some(prepared) = &statement.prepared else {
            self.state = State::Ending(None);
            channel.push(&EmptyQueryResponse::new())?;
            return Ok(());
        };
        // Taken, not copied: a portal is started once.
        let parameters = std::mem::take(&mut self.parameters);
        match channel.run(stop, session.execute(&prepared.plan, parameters)).await?? {
            Outcome::Rows { schema, batches, tag } => {
                let schema = shown(prepared.columns.as_deref(), &schema)?;
                self.state = State::Running(Box::new(Rows::new(&schema, &self.formats, batches, tag)?));
                return Ok(());
            }
            Outcome::Empty => channel.push(&EmptyQueryResponse::new())?,
            Outcome::Command { tag } => channel.push_complete(session, &tag)?,
            Outcome::CopyOut { schema, batches, format } => {
                copy_out(channel, stop, &schema, batches, format, &mut self.rows).await?;
                channel.push_complete(session, &format!("COPY {}", self.rows))?;
            }
            Outcome::CopyIn { schema, format, table, mut sink } => {
                copy_in(channel, stop, schema, table, format, sink.as_mut(), &mut self.rows).await?;
                channel.push_complete(session, &format!("COPY {}", self.rows))?;
            }
        }
        self.state = State::Ending(None);
        Ok(())
    }
}
