//! Paths of SQL/JSON (PostgreSQL's manual, 9.16.2): `$.a[*] ? (@.b > 1)`.
//!
//! | module | what |
//! |---|---|
//! | [`parse`] | the text of a path as a tree |
//! | [`evaluate`] | what a path finds in a document |

mod evaluate;
mod parse;

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::document::{Value, read};
use crate::dialect::failure::failed;
use crate::dialect::texts::{Outcome, Row};
use crate::error::SqlState;
use evaluate::{Failure, Search};
use parse::Path;

/// What is found, and the error before which it was.
struct Answer {
    values: Vec<String>,
    failure: Option<Failure>,
}

impl Answer {
    /// With the variables and the wish for silence that the last arguments are.
    fn of(row: &Row<'_>) -> Result<(Self, bool)> {
        let variables = read(if row.len() > 2 { row.text(2) } else { "{}" })?;
        if !matches!(variables.value, Value::Object(_)) {
            return Err(failed(SqlState::INVALID_PARAMETER_VALUE, "\"vars\" argument is not an object"));
        }
        let is_silent = row.len() > 3 && row.boolean(3);
        let (document, path) = (read(row.text(0))?, Path::read(row.text(1))?);
        let mut values = vec![];
        let done = Search::new(&document, &variables, path.is_strict).each(&path.expr, &mut |value| {
            values.push(value.text().to_owned());
            Ok(())
        });
        let failure = match done {
            Err(Failure::Other(error)) => return Err(error),
            done => done.err(),
        };
        Ok((Self { values, failure }, is_silent))
    }

    /// The values, in silence those before an error.
    fn values(row: &Row<'_>) -> Result<Vec<String>> {
        match Self::of(row)? {
            (Self { failure: Some(failure), .. }, false) => Err(failure.into()),
            (answer, _) => Ok(answer.values),
        }
    }

    /// Whether there is any value.
    fn presence(self) -> std::result::Result<Option<bool>, Failure> {
        self.failure.map_or(Ok(Some(!self.values.is_empty())), Err)
    }

    /// The one truth value that is found.
    fn truth(self) -> std::result::Result<Option<bool>, Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        match self.values.as_slice() {
            [one] if one == "true" => Ok(Some(true)),
            [one] if one == "false" => Ok(Some(false)),
            [one] if one == "null" => Ok(None),
            _ => Err(Failure::OfDocument("22038", "single boolean result is expected".to_owned())),
        }
    }
}

fn told(answer: std::result::Result<Option<bool>, Failure>, is_silent: bool) -> Result<Outcome> {
    match answer {
        Err(_) if is_silent => Ok(Outcome::Null),
        answer => Ok(answer?.into()),
    }
}

impl From<Failure> for DataFusionError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::OfDocument(state, message) => failed(state, message),
            Failure::Other(error) => error,
        }
    }
}

/// `jsonb_path_query`: a row for each value.
pub fn query(row: &Row<'_>) -> Result<Outcome> {
    Ok(Outcome::List(Answer::values(row)?.into_iter().map(Outcome::from).collect()))
}

pub fn first(row: &Row<'_>) -> Result<Outcome> {
    Ok(Answer::values(row)?.into_iter().next().into())
}

pub fn array(row: &Row<'_>) -> Result<Outcome> {
    Ok(format!("[{}]", Answer::values(row)?.join(", ")).into())
}

pub fn exists(row: &Row<'_>) -> Result<Outcome> {
    let (answer, is_silent) = Answer::of(row)?;
    told(answer.presence(), is_silent)
}

/// `document @? path`: NULL in the place of an error.
pub fn exists_silently(row: &Row<'_>) -> Result<Outcome> {
    told(Answer::of(row)?.0.presence(), true)
}

pub fn matches(row: &Row<'_>) -> Result<Outcome> {
    let (answer, is_silent) = Answer::of(row)?;
    told(answer.truth(), is_silent)
}

/// `document @@ path`: NULL in the place of an error.
pub fn matches_silently(row: &Row<'_>) -> Result<Outcome> {
    told(Answer::of(row)?.0.truth(), true)
}
