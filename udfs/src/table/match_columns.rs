//! Which column of each relation says what about a person: by its name, as `match_on` says, or by what it holds where its name says nothing.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, cast, col, lit, when};

use crate::aggregate::content_kind::content_kind;
use crate::error::CustomerError;
use crate::linkage::content::KINDS;
use crate::linkage::field::{Field, says_nothing};
use crate::operator::append_aggregates;
use crate::options::{Call, Relation};
use crate::relation::column;
use crate::type_name::type_name;

/// The fields to compare, and for each relation the column that holds each of them, if it has one.
#[derive(Debug)]
pub struct MatchColumns {
    pub fields: Vec<Field>,
    pub columns: Vec<Vec<Option<Expr>>>,
    /// For each relation the fields that its columns are, each with the name of the column as an expression over `plans`: NULL where it is another
    /// column, or none.
    pub names: Vec<Vec<(Field, Expr)>>,
    /// The relations, with the kinds of the columns that are known by what they hold alone.
    pub plans: Vec<LogicalPlan>,
    /// Whether there are such columns, so that it is not known before they are read what there is to match on.
    pub looks_into: bool,
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
    pub fn named(call: &Call) -> Result<Self> {
        Self::read_as(call, false)
    }

    /// As [`named`](Self::named), and of columns whose names say nothing what they hold.
    pub fn read(call: &Call) -> Result<Self> {
        Self::read_as(call, true)
    }

    fn read_as(call: &Call, looks_into: bool) -> Result<Self> {
        let meanings = Meanings::read(call)?;
        let id = call.text("id")?.unwrap_or_default();
        let (mut found, mut names, mut plans, mut is_looked_into) = (vec![], vec![], vec![], false);
        for relation in call.relations() {
            let mut fields = fields_of(call, relation, &meanings, &id)?;
            let unnamed = if looks_into { unnamed(relation, &meanings, &id) } else { vec![] };
            let name = name_of_anything(&fields, &meanings).filter(|_| looks_into);
            is_looked_into |= !unnamed.is_empty();
            let looked_into: Vec<Expr> = unnamed.iter().chain(&name).cloned().collect();
            plans.push(with_kinds(relation, &looked_into)?);
            let more = |fields: &[(Field, Expr)], text: &dyn Fn(&Expr) -> Expr| {
                let mut more = held(&unnamed, fields, text)?;
                if let Some(name) = &name {
                    let is_company = || kind_of(unnamed.len()).eq(lit(Field::Company.name()));
                    more.push((Field::Name, when(is_company().is_not_true(), text(name)).end()?));
                    more.push((Field::Company, when(is_company(), text(name)).end()?));
                }
                Ok::<_, DataFusionError>(more)
            };
            let (texts, named) = (more(&fields, &text_of)?, more(&fields, &name_of)?);
            if name.is_some() {
                fields.retain(|(field, _)| *field != Field::Name);
            }
            names.push(fields.iter().map(|(field, column)| (*field, name_of(column))).chain(named).collect());
            fields.extend(texts);
            found.push(fields);
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
        Ok(Self { fields, columns, names, plans, looks_into: is_looked_into })
    }
}

/// So many columns of a relation are looked into.
const UNNAMED_MAX: usize = 8;

/// Columns of texts and days whose names say nothing; a column of numbers may be anything.
fn unnamed(relation: &Relation, meanings: &Meanings, id: &str) -> Vec<Expr> {
    let columns = relation.plan.schema().iter().filter(|(_, field)| {
        let is_text = |data_type: &DataType| data_type.is_string() || matches!(data_type, DataType::Date32);
        let is_text = match field.data_type() {
            DataType::Dictionary(_, values) => is_text(values),
            other => is_text(other),
        };
        is_text && field.name() != id && meanings.given(field.name()).is_none() && says_nothing(field.name())
    });
    columns.map(Expr::from).take(UNNAMED_MAX).collect()
}

/// The column `name`, where nothing else tells whether it is that of a person or of a business.
fn name_of_anything(fields: &[(Field, Expr)], meanings: &Meanings) -> Option<Expr> {
    let tells = |field: Field| {
        matches!(
            field,
            Field::GivenName | Field::MiddleName | Field::FamilyName | Field::BirthDate | Field::BirthYear | Field::Company
        )
    };
    let name = fields.iter().find(|(field, _)| *field == Field::Name).map(|(_, column)| column)?;
    let is_plain = matches!(name, Expr::Column(column) if column.name.eq_ignore_ascii_case("name") && meanings.given(&column.name).is_none());
    (is_plain && !fields.iter().any(|(field, _)| tells(*field))).then(|| name.clone())
}

/// The name of the column that has the kind of such a column.
fn kind_of(number: usize) -> Expr {
    col(format!("content kind {number}"))
}

fn text_of(column: &Expr) -> Expr {
    cast(column.clone(), DataType::Utf8)
}

fn name_of(column: &Expr) -> Expr {
    lit(column.qualified_name().1)
}

/// The relation with a column for the kind of each of these columns.
fn with_kinds(relation: &Relation, unnamed: &[Expr]) -> Result<LogicalPlan> {
    if unnamed.is_empty() {
        return Ok(relation.plan.clone());
    }
    let kind = |(number, column): (usize, &Expr)| content_kind(text_of(column)).alias(format!("content kind {number}"));
    append_aggregates(relation.plan.clone(), unnamed.iter().enumerate().map(kind).collect())
}

/// What these columns may hold: each an address and a number of its own, of any other kind that no name tells the first that is of it; with what is
/// said of the column.
fn held(unnamed: &[Expr], named: &[(Field, Expr)], said: &dyn Fn(&Expr) -> Expr) -> Result<Vec<(Field, Expr)>> {
    let is_of = |number: usize, kind: Field| kind_of(number).eq(lit(kind.name()));
    let mut held = vec![];
    for kind in KINDS.into_iter().filter(|_| !unnamed.is_empty()) {
        if matches!(kind, Field::Email | Field::Phone) {
            for (number, column) in unnamed.iter().enumerate() {
                held.push((kind, when(is_of(number, kind), said(column)).end()?));
            }
            continue;
        }
        let is_named = named.iter().any(|(field, _)| *field == kind || (kind == Field::BirthDate && *field == Field::BirthYear));
        if let (false, Some((first, others))) = (is_named, unnamed.split_first()) {
            let mut case = when(is_of(0, kind), said(first));
            for (number, column) in (1..).zip(others) {
                case.when(is_of(number, kind), said(column));
            }
            held.push((kind, case.end()?));
        }
    }
    Ok(held)
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
        let Some(meant) = meant.map(|meant| if given.is_none() { in_company(name, meant, relation, meanings) } else { meant })
        else {
            continue;
        };
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

/// What a column means beside the others of its relation: the Spanish `nombre` and the French `nom` are the whole name where no other column
/// has the other half of it.
fn in_company(name: &str, meant: Field, relation: &Relation, meanings: &Meanings) -> Field {
    let other = match name.to_lowercase().as_str() {
        "nombre" => Field::FamilyName,
        "nom" => Field::GivenName,
        _ => return meant,
    };
    let is_halved = relation.plan.schema().fields().iter().any(|field| meanings.of(field.name()) == Some(other));
    if is_halved { meant } else { Field::Name }
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
