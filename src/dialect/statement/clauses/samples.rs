//! TABLESAMPLE: each row is taken or left by chance; with REPEATABLE by a hash of what it has, so that it is the same rows each time.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Ident, ObjectNamePart, SetExpr, TableFactor, TableSample, TableSampleKind, TableSampleMethod,
    TableWithJoins, Value,
};

use crate::catalog::pg::build::{all, call, derived, number, select, text};
use crate::error::{Error, Result, SqlState};

/// Puts a sub-query in the place of a table of which a sample is wanted.
pub fn filtered(factor: &mut TableFactor) -> Result<()> {
    let TableFactor::Table { name, alias, sample, args: None, .. } = factor else { return Ok(()) };
    let Some(TableSampleKind::BeforeTableAlias(wanted) | TableSampleKind::AfterTableAlias(wanted)) = sample.take() else {
        return Ok(());
    };
    let share = share(&wanted)?;
    let Some(alias) = alias.clone().map(|alias| alias.name).or_else(|| last(name.0.last())) else { return Ok(()) };
    let Some(percent) = share.filter(|percent| *percent < 100.0) else { return Ok(()) };
    let row = Expr::Identifier(alias.clone());
    let mut rows = select(vec![all()], vec![TableWithJoins { relation: factor.clone(), joins: vec![] }]);
    if let SetExpr::Select(rows) = rows.body.as_mut() {
        let share = Expr::Value(Value::Number((percent / 100.0).to_string(), false).with_empty_span());
        let share = if percent > 0.0 { share } else { number(0) };
        let taken = match &wanted.seed {
            Some(seed) => call("row_sampled", vec![text(&percent.to_string()), text(&seed.value.to_string()), row]),
            None => Expr::BinaryOp { left: Box::new(call("random", vec![])), op: BinaryOperator::Lt, right: Box::new(share) },
        };
        rows.selection = Some(taken);
    }
    *factor = derived(rows, alias);
    Ok(())
}

fn last(part: Option<&ObjectNamePart>) -> Option<Ident> {
    part.and_then(ObjectNamePart::as_ident).cloned()
}

/// The percentage of rows.
fn share(sample: &TableSample) -> Result<Option<f64>> {
    if !matches!(sample.name, Some(TableSampleMethod::Bernoulli | TableSampleMethod::System)) {
        return Err(Error::new(SqlState::UNDEFINED_OBJECT, "the tablesample methods are bernoulli and system"));
    }
    let percent = sample.quantity.as_ref().map(|quantity| quantity.value.to_string());
    let Some(percent) = percent.and_then(|percent| percent.parse::<f64>().ok()) else {
        return Err(Error::unsupported("the percentage of TABLESAMPLE must be a number").hint("Write WHERE random() < …"));
    };
    if !(0.0..=100.0).contains(&percent) {
        return Err(Error::new(SqlState("2202H"), "sample percentage must be between 0 and 100"));
    }
    Ok(Some(percent))
}
