//! `json_to_record(document) AS r (a int, b text)` and its like in FROM: a sub-query that reads the members by name, and casts them.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, SelectItem, TableAlias,
    TableFactor,
};

use crate::catalog::pg::build::{call, cast, folded, literal, parts, select, text};
use crate::error::{Error, Result, SqlState};

/// Puts the sub-query in the place of the call.
pub fn spelled_out(factor: &mut TableFactor) -> Result<()> {
    let (name, alias, arguments) = match &*factor {
        TableFactor::Table { name, alias, args: Some(arguments), .. } => (name, alias, &arguments.args),
        TableFactor::Function { name, alias, args, .. } => (name, alias, args),
        _ => return Ok(()),
    };
    let Some(function) = function(name) else { return Ok(()) };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(document))] = arguments.as_slice() else { return Ok(()) };
    let columns = alias.iter().flat_map(|alias| &alias.columns);
    let columns = columns.map(|column| Some((column.name.clone(), column.data_type.clone()?))).collect::<Option<Vec<_>>>();
    let (Some(alias), Some(columns)) = (alias, columns.filter(|columns| !columns.is_empty())) else {
        let message = "a column definition list is required for functions returning \"record\"";
        return Err(Error::new(SqlState::SYNTAX_ERROR, message).hint(format!("Write {name}(…) AS r (a integer, b text)")));
    };
    let kind = if function.starts_with("jsonb") { "jsonb" } else { "json" };
    // A literal is no document yet.
    let document = match literal(document) {
        Some(_) => cast(document.clone(), kind),
        None => document.clone(),
    };
    let row = match function.ends_with("set") {
        true => call(&format!("{kind}_array_elements"), vec![document]),
        false => call(&format!("{kind}_record"), vec![document]),
    };
    let items = columns.into_iter().map(|(name, data_type)| member(&row, name, data_type)).collect::<Result<_>>()?;
    let alias = TableAlias { explicit: true, name: alias.name.clone(), columns: vec![], at: None };
    *factor = TableFactor::Derived { lateral: true, subquery: Box::new(select(items, vec![])), alias: Some(alias), sample: None };
    Ok(())
}

fn function(name: &ObjectName) -> Option<String> {
    const NAMES: [&str; 4] = ["json_to_record", "json_to_recordset", "jsonb_to_record", "jsonb_to_recordset"];
    parts(name).pop().filter(|name| NAMES.contains(&name.as_str()))
}

/// A member of the row as a column of the type.
fn member(row: &Expr, name: Ident, data_type: DataType) -> Result<SelectItem> {
    if matches!(data_type, DataType::Array(_)) {
        let error = Error::unsupported("arrays of members of JSON are not supported");
        return Err(error.hint("Take them as jsonb, and their elements with jsonb_array_elements_text(…)"));
    }
    let is_json = matches!(data_type, DataType::JSON | DataType::JSONB);
    let op = if is_json { BinaryOperator::Arrow } else { BinaryOperator::LongArrow };
    let read = Expr::BinaryOp { left: Box::new(row.clone()), op, right: Box::new(text(&folded(&name))) };
    let read = Box::new(Expr::Nested(Box::new(read)));
    let expr = Expr::Cast { kind: CastKind::Cast, expr: read, data_type, array: false, format: None };
    Ok(SelectItem::ExprWithAlias { expr, alias: name })
}
