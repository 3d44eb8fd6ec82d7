//! Which column of each relation says what about a person: by its name, or as `match_on` says.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::Expr;

use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::options::{Call, Relation};
use crate::relation::column;
use crate::type_name::type_name;

/// The fields to compare, and for each relation the column that holds each of them, if it has one.
#[derive(Debug)]
pub struct MatchColumns {
    pub fields: Vec<Field>,
    pub columns: Vec<Vec<Option<Expr>>>,
}

/// One entry of `match_on`: a column and what it means; nothing where it is left out.
struct Meaning {
    column: String,
    field: Option<Field>,
}

/// What columns mean by their names and by `match_on`.
pub struct Meanings(Vec<Meaning>);

impl Meanings {
    pub fn read(call: &Call) -> Result<Self> {
        Ok(Self(call.text("match_on")?.map(|text| meanings(call, &text)).transpose()?.unwrap_or_default()))
    }

    fn given(&self, name: &str) -> Option<&Meaning> {
        self.0.iter().find(|meaning| meaning.column.eq_ignore_ascii_case(name))
    }

    /// The field of a column that is not the id.
    pub fn of(&self, name: &str) -> Option<Field> {
        match self.given(name) {
            Some(meaning) => meaning.field,
            None => Field::of_column(name).filter(|field| self.0.iter().all(|meaning| meaning.field != Some(*field))),
        }
    }
}

impl MatchColumns {
    /// Reads `match_on` and the columns' names.
    ///
    /// A field that `match_on` names is looked for in the columns that it gives only. E-mail addresses and telephones may have
    /// several columns in a relation, of any other field the first counts. Errors: 22023 a field that is not known, 42703 a
    /// column that no relation has, 42804 a column that is no text.
    pub fn read(call: &Call) -> Result<Self> {
        let meanings = Meanings::read(call)?;
        let id = call.text("id")?.unwrap_or_default();
        let mut found = vec![];
        for relation in call.relations() {
            found.push(fields_of(call, relation, &meanings, &id)?);
        }
        let mut fields: Vec<Field> = vec![];
        for columns in &found {
            for (field, _) in columns {
                let wanted = columns.iter().filter(|(other, _)| other == field).count();
                let there = fields.iter().filter(|other| *other == field).count();
                fields.extend(std::iter::repeat_n(*field, wanted.saturating_sub(there)));
            }
        }
        fields.sort_unstable();
        let columns = found.into_iter().map(|columns| in_order(&fields, columns)).collect();
        Ok(Self { fields, columns })
    }
}

/// The columns of a relation at the places of their fields.
fn in_order(fields: &[Field], mut columns: Vec<(Field, Expr)>) -> Vec<Option<Expr>> {
    let mut take = |field: &Field| {
        let at = columns.iter().position(|(other, _)| other == field)?;
        Some(columns.remove(at).1)
    };
    fields.iter().map(&mut take).collect()
}

fn fields_of(call: &Call, relation: &Relation, meanings: &Meanings, id: &str) -> Result<Vec<(Field, Expr)>> {
    let mut columns: Vec<(Field, Expr)> = vec![];
    for (_, field) in relation.plan.schema().iter() {
        let name = field.name();
        let given = meanings.given(name);
        let meant = if given.is_none() && name == id { None } else { meanings.of(name) };
        let Some(meant) = meant else { continue };
        if !is_readable(field.data_type()) {
            if given.is_none() {
                continue;
            }
            let message = format!(
                "{}: match_on needs columns of text, whole numbers or dates, but \"{name}\" is {}",
                call.doc().name,
                type_name(field.data_type())
            );
            return Err(CustomerError::wrong_type(message).into());
        }
        let is_repeatable = matches!(meant, Field::Email | Field::Phone);
        if is_repeatable || columns.iter().all(|(other, _)| *other != meant) {
            columns.push((meant, column(call.doc(), "match_on", name, relation)?));
        }
    }
    Ok(columns)
}

pub fn is_readable(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_readable(values),
        // Whole numbers of any size.
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => *scale <= 0,
        DataType::Null | DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) => true,
        other => other.is_string() || other.is_integer(),
    }
}

/// Reads `'email: mail, birth_date: born'`.
fn meanings(call: &Call, text: &str) -> Result<Vec<Meaning>> {
    let mut meanings = vec![];
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let Some((field, name)) = entry.split_once(':').map(|(field, name)| (field.trim().to_lowercase(), name.trim())) else {
            return Err(call.impossible("match_on", format!("is a list such as 'email: mail, birth_date: born', not '{text}'")));
        };
        let known = Field::named(&field);
        if known.is_none() && field != "none" {
            let names: Vec<&str> = Field::names().collect();
            let message = format!("{}: match_on knows no field {field}; it knows {} and none", call.doc().name, names.join(", "));
            return Err(CustomerError::invalid_value(message).suggest(&field, names).into());
        }
        let is_there =
            |relation: &Relation| relation.plan.schema().fields().iter().any(|field| field.name().eq_ignore_ascii_case(name));
        if !call.relations().iter().any(is_there) {
            column(call.doc(), "match_on", name, call.relation()?)?;
        }
        meanings.push(Meaning { column: name.to_owned(), field: known });
    }
    Ok(meanings)
}
