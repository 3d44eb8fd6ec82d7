//! Masks: which columns a role sees in another form. The provider of a security label names the masking policy: a role that is
//! `MASKED` by a provider, and its members, see the provider's form of each column that has one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, SqlState};

/// What a role's label says.
const MASKED: &str = "MASKED";

/// Masks of a relation: by column and provider, SQL over the columns of the row.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Masks {
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
}

impl Masks {
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Adds the masks of another relation, where a column has none of that provider.
    pub fn add(&mut self, others: &Self) {
        for (column, masks) in &others.columns {
            let known = self.columns.entry(column.clone()).or_default();
            for (provider, mask) in masks {
                known.entry(provider.clone()).or_insert_with(|| mask.clone());
            }
        }
    }

    /// Sets or removes the mask of a column.
    pub fn set(&mut self, column: &str, provider: &str, mask: Option<String>) {
        let masks = self.columns.entry(column.to_string()).or_default();
        match mask {
            Some(mask) => drop(masks.insert(provider.to_string(), mask)),
            None => drop(masks.remove(provider)),
        }
        self.columns.retain(|_, masks| !masks.is_empty());
    }

    /// The columns that somebody under these providers sees in another form. Two forms of one column could tell together what neither
    /// may, so it is NULL then.
    pub fn under(&self, providers: &BTreeSet<String>) -> BTreeMap<String, String> {
        let of = |(column, masks): (&String, &BTreeMap<String, String>)| {
            let forms: BTreeSet<&String> = masks.iter().filter(|(p, _)| providers.contains(*p)).map(|(_, mask)| mask).collect();
            let form = match forms.len() {
                0 => return None,
                1 => forms.first().map(|form| (*form).clone())?,
                _ => "NULL".to_string(),
            };
            Some((column.clone(), form))
        };
        self.columns.iter().filter_map(of).collect()
    }
}

/// The expression in a column's label, `MASKED WITH FUNCTION f(…)` or `MASKED WITH VALUE v`.
pub fn expression(label: &str) -> Result<String> {
    let invalid = || {
        let error = Error::new(SqlState("42602"), "a label of a column says how it is masked");
        error.hint("Write 'MASKED WITH FUNCTION anon.partial_email(email)' or 'MASKED WITH VALUE NULL'")
    };
    let mut rest = label.trim();
    for word in [MASKED, "WITH"] {
        rest = word_first(rest, word).ok_or_else(invalid)?;
    }
    let expression = word_first(rest, "FUNCTION").or_else(|| word_first(rest, "VALUE")).ok_or_else(invalid)?;
    let expression = expression.trim();
    if expression.is_empty() { Err(invalid()) } else { Ok(expression.to_string()) }
}

/// What follows a word, in any case.
fn word_first<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (first, rest) = text.split_at_checked(word.len())?;
    (first.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

/// Checks the label of a role.
pub fn check_role_label(label: &str) -> Result<()> {
    if label.trim().eq_ignore_ascii_case(MASKED) {
        return Ok(());
    }
    Err(Error::new(SqlState("42602"), format!("the label of a role is '{MASKED}' or NULL")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_postgresql_anonymizer() {
        assert_eq!(expression("MASKED WITH FUNCTION anon.partial(a, 1, 'x', 2)").unwrap(), "anon.partial(a, 1, 'x', 2)");
        assert_eq!(expression(" masked  with value NULL").unwrap(), "NULL");
        for label in ["", "MASKED", "MASKED WITH", "MASKED WITH FUNCTION", "MASKED WITH FUNCTIONx()", "hidden", "é"] {
            assert_eq!(expression(label).unwrap_err().sqlstate(), "42602", "{label}");
        }
        assert!(check_role_label("masked").is_ok() && check_role_label("no").is_err());
    }

    #[test]
    fn two_forms_of_a_column_are_none() {
        let mut masks = Masks::default();
        masks.set("email", "anon", Some("f(email)".into()));
        masks.set("email", "strict", Some("NULL".into()));
        masks.set("name", "strict", Some("'x'".into()));
        let under = |providers: &[&str]| masks.under(&providers.iter().map(|p| p.to_string()).collect());
        assert_eq!(under(&["anon"]), [("email".to_string(), "f(email)".to_string())].into());
        assert_eq!(under(&["anon", "strict"])["email"], "NULL");
        assert!(under(&[]).is_empty() && under(&["other"]).is_empty());
    }
}
