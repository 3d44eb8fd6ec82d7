//! `SECURITY LABEL`, with which `postgresql_anonymizer` says what is masked for whom.

use datafusion::sql::sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use super::words::Words;
use super::{AccessStatement, Labelled};
use crate::error::{Error, Result};

/// The provider where a label names none.
const PROVIDER: &str = "anon";

pub fn label(words: &mut Words) -> Result<AccessStatement> {
    words.expect(&["SECURITY", "LABEL"])?;
    let provider = if words.take(&["FOR"]) { words.name()? } else { PROVIDER.to_string() };
    words.expect(&["ON"])?;
    let object = if words.take(&["COLUMN"]) {
        column(words)?
    } else if words.take(&["ROLE"]) {
        Labelled::Role(words.name()?)
    } else {
        return Err(Error::unsupported("security labels are for columns and roles"));
    };
    words.expect(&["IS"])?;
    let label = if words.take(&["NULL"]) { None } else { Some(words.literal()?) };
    Ok(AccessStatement::Label { provider, object, label })
}

fn column(words: &mut Words) -> Result<Labelled> {
    let mut parts = words.object()?.0;
    let column = parts.pop().and_then(|part| part.as_ident().map(folded));
    match column {
        Some(column) if !parts.is_empty() => {
            Ok(Labelled::Column { table: ObjectName(parts.into_iter().collect::<Vec<ObjectNamePart>>()), column })
        }
        _ => Err(Error::unsupported("a column is named with its table").hint("Write schema.table.column")),
    }
}

fn folded(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}
