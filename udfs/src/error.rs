//! Errors with the SQLSTATE that a Postgres client expects. They name what was expected and what is there, never a value of a row.

use std::fmt;

use datafusion::error::DataFusionError;

/// An error of a function of this crate. It travels as `DataFusionError::External`; a server finds it there by downcast.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomerError {
    pub sqlstate: &'static str,
    pub message: String,
    pub hint: Option<String>,
}

impl CustomerError {
    fn new(sqlstate: &'static str, message: impl Into<String>) -> Self {
        Self { sqlstate, message: message.into(), hint: None }
    }

    /// 42883: no such function, option or combination of arguments.
    pub fn undefined_function(message: impl Into<String>) -> Self {
        Self::new("42883", message)
    }

    /// 42703: no such column.
    pub fn undefined_column(message: impl Into<String>) -> Self {
        Self::new("42703", message)
    }

    /// 42701: two columns of one name.
    pub fn duplicate_column(message: impl Into<String>) -> Self {
        Self::new("42701", message)
    }

    /// 42804: an argument of another type than the one expected.
    pub fn wrong_type(message: impl Into<String>) -> Self {
        Self::new("42804", message)
    }

    /// 22023: a value that cannot be, such as an infinite amount or no bins.
    pub fn invalid_value(message: impl Into<String>) -> Self {
        Self::new("22023", message)
    }

    /// 22003: a result that its type cannot hold.
    pub fn out_of_range(message: impl Into<String>) -> Self {
        Self::new("22003", message)
    }

    /// 22004: NULL where a value is required.
    pub fn null_value(message: impl Into<String>) -> Self {
        Self::new("22004", message)
    }

    /// 22007: a text that is no date, time or interval.
    pub fn invalid_time(message: impl Into<String>) -> Self {
        Self::new("22007", message)
    }

    /// 0A000: something that this version does not do.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new("0A000", message)
    }

    /// 54000: more than the documented limit.
    pub fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new("54000", message)
    }

    /// One with a SQLSTATE of those above.
    pub(crate) fn of_sqlstate(sqlstate: &str, message: String) -> Option<Self> {
        let known = ["42883", "42703", "42701", "42804", "22023", "22003", "22004", "22007", "0A000", "54000"];
        known.into_iter().find(|known| *known == sqlstate).map(|known| Self::new(known, message))
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds "did you mean" when one of the candidates is close to what was typed.
    pub fn suggest<'a>(self, typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(typed, candidates) {
            Some(name) => self.hint(format!("Did you mean \"{name}\"?")),
            None => self,
        }
    }
}

/// The candidate that a mistyped name most probably stands for, if one is near enough.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let (distance, name) = candidates
        .into_iter()
        .map(|name| (strsim::osa_distance(&typed, &name.to_lowercase()), name))
        .min_by_key(|(distance, name)| (*distance, *name))?;
    (distance <= 1 + typed.chars().count() / 4).then_some(name)
}

impl fmt::Display for CustomerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CustomerError {}

impl From<CustomerError> for DataFusionError {
    fn from(error: CustomerError) -> Self {
        Self::External(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typing_error_finds_its_column_and_a_stranger_finds_none() {
        assert_eq!(nearest("custmer", ["at", "customer", "amount"]), Some("customer"));
        assert_eq!(nearest("zebra", ["at", "customer", "amount"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
