//! Windows that build on a named one, `OVER (w ORDER BY …)`, with all that the named one says; and what a window cannot say.

use datafusion::sql::sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArguments, Ident, NamedWindowDefinition, NamedWindowExpr, OrderBy, Select,
    UnaryOperator, Value, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use crate::catalog::pg::build::{arguments, folded, function_name};
use crate::dialect::statement::level;
use crate::error::{Error, Result, SqlState};

const WINDOWING_ERROR: SqlState = SqlState("42P20");

/// Completes the windows of a SELECT and of what it is sorted by.
pub fn complete(select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
    let mut named: Vec<(String, WindowSpec)> = vec![];
    for NamedWindowDefinition(name, definition) in &mut select.named_window {
        let spec = match definition {
            NamedWindowExpr::NamedWindow(base) => find(&named, base)?.clone(),
            NamedWindowExpr::WindowSpec(spec) => {
                build(spec, &named)?;
                spec.clone()
            }
        };
        named.push((folded(name), spec));
    }
    let change = |expr: &mut Expr| match expr {
        Expr::Function(function) => over(function, &named),
        _ => Ok(()),
    };
    level::each(select, change)?;
    order_by.map_or(Ok(()), |order_by| level::each(order_by, change))
}

fn find<'a>(named: &'a [(String, WindowSpec)], name: &Ident) -> Result<&'a WindowSpec> {
    let written = folded(name);
    let found = named.iter().find(|(known, _)| *known == written).map(|(_, spec)| spec);
    found.ok_or_else(|| Error::new(SqlState::UNDEFINED_OBJECT, format!("window \"{written}\" does not exist")))
}

fn over(function: &mut Function, named: &[(String, WindowSpec)]) -> Result<()> {
    match &mut function.over {
        None => return Ok(()),
        Some(WindowType::NamedWindow(name)) => drop(find(named, name)?),
        Some(WindowType::WindowSpec(spec)) => build(spec, named)?,
    }
    if let FunctionArguments::List(list) = &function.args
        && list.duplicate_treatment == Some(DuplicateTreatment::Distinct)
    {
        return Err(Error::unsupported("DISTINCT is not implemented for window functions"));
    }
    let positive = |position: usize, state| match arguments(function).get(position).map(|argument| is_positive(argument)) {
        Some(Some(false)) => {
            let message = format!("argument of {} must be greater than zero", function_name(function));
            Err(Error::new(SqlState(state), message))
        }
        _ => Ok(()),
    };
    match function_name(function).as_str() {
        "ntile" => positive(0, "22014"),
        "nth_value" => positive(1, "22016"),
        _ => Ok(()),
    }
}

/// Whether a number is greater than zero, if the expression is one.
fn is_positive(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse::<i64>().ok().map(|number| number > 0),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => is_positive(expr).map(|_| false),
        _ => None,
    }
}

fn build(spec: &mut WindowSpec, named: &[(String, WindowSpec)]) -> Result<()> {
    if let Some(name) = spec.window_name.take() {
        let base = find(named, &name)?;
        let refuse = |what: &str| Err(Error::new(WINDOWING_ERROR, format!("cannot {what} of window \"{}\"", folded(&name))));
        if !spec.partition_by.is_empty() {
            return refuse("override PARTITION BY clause");
        }
        if !spec.order_by.is_empty() && !base.order_by.is_empty() {
            return refuse("override ORDER BY clause");
        }
        if base.window_frame.is_some() {
            let message = format!("cannot copy window \"{}\" because it has a frame clause", folded(&name));
            return Err(Error::new(WINDOWING_ERROR, message));
        }
        spec.partition_by.clone_from(&base.partition_by);
        if spec.order_by.is_empty() {
            spec.order_by.clone_from(&base.order_by);
        }
    }
    match &spec.window_frame {
        Some(frame) => check(frame, spec.order_by.len()),
        None => Ok(()),
    }
}

/// Refuses what PostgreSQL does before it looks at a row.
fn check(frame: &WindowFrame, sorts: usize) -> Result<()> {
    use WindowFrameBound::{CurrentRow, Following, Preceding};
    let refuse = |message: &str| Err(Error::new(WINDOWING_ERROR, message));
    let end = frame.end_bound.as_ref().unwrap_or(&CurrentRow);
    match (&frame.start_bound, end) {
        (Following(None), _) => return refuse("frame start cannot be UNBOUNDED FOLLOWING"),
        (_, Preceding(None)) => return refuse("frame end cannot be UNBOUNDED PRECEDING"),
        (CurrentRow, Preceding(_)) => return refuse("frame starting from current row cannot have preceding rows"),
        (Following(_), Preceding(_) | CurrentRow) => {
            return refuse("frame starting from following row cannot have preceding rows");
        }
        _ => {}
    }
    let offset = |bound: &WindowFrameBound| match bound {
        Preceding(Some(offset)) | Following(Some(offset)) => Some(offset.as_ref().clone()),
        _ => None,
    };
    let offsets = [("starting", offset(&frame.start_bound)), ("ending", offset(end))];
    for (which, offset) in &offsets {
        if let Some(Expr::UnaryOp { op: UnaryOperator::Minus, .. }) = offset {
            return Err(Error::new(SqlState("22013"), format!("frame {which} offset must not be negative")));
        }
    }
    match frame.units {
        WindowFrameUnits::Range if sorts != 1 && offsets.iter().any(|(_, offset)| offset.is_some()) => {
            refuse("RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column")
        }
        WindowFrameUnits::Groups if sorts == 0 => refuse("GROUPS mode requires an ORDER BY clause"),
        _ => Ok(()),
    }
}
