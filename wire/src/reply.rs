//! What the server says apart from rows: errors, notices, completions, built from pgwire's messages.

use pgwire::messages::response::{CommandComplete, ErrorResponse, NoticeResponse, ReadyForQuery, TransactionStatus as PgStatus};
use pgwire::messages::startup::ParameterStatus;

use crate::backend::{Session, SqlError, TransactionStatus};
use crate::channel::Channel;

/// The fields of an error or notice, in PostgreSQL's order.
fn fields(severity: &str, error: &SqlError) -> Vec<(u8, String)> {
    let mut fields =
        vec![(b'S', severity.to_owned()), (b'V', severity.to_owned()), (b'C', error.code.clone()), (b'M', text(&error.message))];
    fields.extend(error.detail.as_deref().map(|detail| (b'D', text(detail))));
    fields.extend(error.hint.as_deref().map(|hint| (b'H', text(hint))));
    fields.extend(error.position.map(|position| (b'P', position.to_string())));
    fields.extend(error.context.as_deref().map(|context| (b'W', text(context))));
    fields
}

/// A zero byte ends a text on the wire, so none may be inside.
fn text(text: &str) -> String {
    text.replace('\0', "")
}

impl Channel {
    pub(crate) fn push_error(&mut self, error: &SqlError) -> Result<(), SqlError> {
        let severity = if error.fatal { "FATAL" } else { "ERROR" };
        self.push(&ErrorResponse::new(fields(severity, error)))
    }

    /// Sends what the session wants to be told before a statement completes.
    pub(crate) fn push_notices(&mut self, session: &mut impl Session) -> Result<(), SqlError> {
        for notice in session.take_notices() {
            let severity = if ["01", "25"].iter().any(|class| notice.code.starts_with(class)) { "WARNING" } else { "NOTICE" };
            self.push(&NoticeResponse::new(fields(severity, &notice)))?;
        }
        Ok(())
    }

    pub(crate) fn push_complete(&mut self, session: &mut impl Session, tag: &str) -> Result<(), SqlError> {
        self.push_notices(session)?;
        self.push(&CommandComplete::new(text(tag)))
    }

    pub(crate) fn push_parameter_changes(&mut self, session: &mut impl Session) -> Result<(), SqlError> {
        for (name, value) in session.take_parameter_changes() {
            self.push(&ParameterStatus::new(text(&name), text(&value)))?;
        }
        Ok(())
    }

    pub(crate) fn push_ready(&mut self, session: &mut impl Session) -> Result<(), SqlError> {
        self.push_notices(session)?;
        self.push_parameter_changes(session)?;
        let status = match session.transaction_status() {
            TransactionStatus::Idle => PgStatus::Idle,
            TransactionStatus::InTransaction => PgStatus::Transaction,
            TransactionStatus::Failed => PgStatus::Error,
        };
        session.waits();
        self.push(&ReadyForQuery::new(status))
    }
}
