//! Which columns a golden record has, and which column of each relation they are.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::type_coercion::binary::type_union_resolution;
use datafusion::logical_expr::{Expr, cast, lit};

use super::match_columns::{Meanings, is_readable};
use super::unify_profiles::type_of;
use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::options::Call;

/// A column of the result.
#[derive(Debug)]
pub struct GoldenColumn {
    pub name: String,
    pub field: Option<Field>,
    /// For each relation the column that it comes from, all of one type; NULL where a relation has none.
    pub values: Vec<Expr>,
}

/// A column of a relation.
struct Source {
    relation: usize,
    name: String,
    field: Option<Field>,
    expr: Expr,
    data_type: DataType,
}

/// All columns of all relations but the ids. What is recognised as one field is one column of the field's name, as `email` for `mail` and
/// `e_mail`; where a relation has a field several times, as a telephone at home and a mobile one, its columns keep their names, and those of
/// other relations go with the one of their name, or else with the first. All other columns go by their names.
/// Errors: 42701 two columns of one name.
pub fn golden_columns(call: &Call) -> Result<Vec<GoldenColumn>> {
    let sources = sources(call)?;
    let mut columns: Vec<(String, Option<Field>, Vec<&Source>)> = vec![];
    for source in &sources {
        let name = merged_name(source, &sources);
        match columns.iter_mut().find(|(other, field, _)| *field == source.field && other.eq_ignore_ascii_case(name)) {
            Some((_, _, of_column)) => of_column.push(source),
            None => columns.push((name.to_owned(), source.field, vec![source])),
        }
    }
    let relations = call.relations().len();
    let merged = |(name, field, sources): (String, Option<Field>, Vec<&Source>)| {
        let values = values_of(&sources, relations);
        GoldenColumn { name, field, values }
    };
    Ok(columns.into_iter().map(merged).collect())
}

fn sources(call: &Call) -> Result<Vec<Source>> {
    let (meanings, id) = (Meanings::read(call)?, call.text("id")?.unwrap_or_default());
    let mut sources = vec![];
    for (number, relation) in call.relations().iter().enumerate() {
        for (qualifier, field) in relation.plan.schema().iter().filter(|(_, field)| *field.name() != id) {
            let expr = Expr::from((qualifier, field));
            let data_type = type_of(relation, &expr)?;
            let meant = meanings.of(field.name()).filter(|_| is_readable(&data_type));
            sources.push(Source { relation: number, name: field.name().clone(), field: meant, expr, data_type });
        }
    }
    Ok(sources)
}

/// The name of the column that a source goes into.
fn merged_name<'a>(source: &'a Source, sources: &'a [Source]) -> &'a str {
    let Some(field) = source.field else { return &source.name };
    let of_field = || sources.iter().filter(|other| other.field == Some(field));
    let is_one_of_several = |source: &Source| of_field().filter(|other| other.relation == source.relation).count() > 1;
    let mut several = of_field().filter(|other| is_one_of_several(other)).map(|other| other.name.as_str()).peekable();
    match several.peek().copied() {
        None => field.name(),
        Some(first) => several.find(|name| name.eq_ignore_ascii_case(&source.name)).unwrap_or(first),
    }
}

/// For each relation its value, in the type of all of them: text where they have none in common.
fn values_of(sources: &[&Source], relations: usize) -> Vec<Expr> {
    let mut types: Vec<DataType> = sources.iter().map(|source| source.data_type.clone()).filter(|of| !of.is_null()).collect();
    types.dedup();
    let is_time = |of: &DataType| matches!(of, DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _));
    let common = match types.as_slice() {
        [] => Some(DataType::Utf8),
        [one] => Some(one.clone()),
        several if several.iter().all(DataType::is_numeric) || several.iter().all(is_time) => type_union_resolution(several),
        _ => None,
    };
    let common = common.unwrap_or(DataType::Utf8);
    let value = |source: &&&Source| {
        if source.data_type == common { source.expr.clone() } else { cast(source.expr.clone(), common.clone()) }
    };
    let none = || lit(ScalarValue::try_from(&common).unwrap_or(ScalarValue::Utf8(None)));
    (0..relations)
        .map(|number| sources.iter().find(|source| source.relation == number).as_ref().map_or_else(none, value))
        .collect()
}

/// 42701 where the result would have two columns of one name.
pub fn refuse_repeated<'a>(call: &Call, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| matches!(pair, [one, other] if one == other)) {
        Some(pair) => {
            let name = pair.first().copied().unwrap_or_default();
            let message = format!("{}: the result would have two columns \"{name}\"", call.doc().name);
            Err(CustomerError::duplicate_column(message).hint("Give the column another name in a query").into())
        }
        None => Ok(()),
    }
}
