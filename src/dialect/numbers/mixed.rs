//! `double precision` beside other numbers: in PostgreSQL the result is `double precision`, where the engine makes it a decimal with 15
//! decimals. (`func.sgml`, "Type Conversion": it is the preferred type of the numbers, and no number becomes `numeric` from it unasked.)

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Case, Cast, InList, ScalarFunction};
use datafusion::logical_expr::type_coercion::binary::type_union_resolution;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, ExprSchemable, Operator, binary_expr};
use datafusion_functions_customer::type_name::type_name;

use crate::dialect::comparisons::is_comparison;
use crate::dialect::texts;
use crate::error::{Error, SqlState};

/// An operator, CASE, list or call whose operands are told to be floating-point numbers where one of them is.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let mut changed = false;
    let mut floating = |operands: &mut [&mut Expr], find: fn(&[DataType]) -> Option<DataType>| {
        changed |= made_floating(operands, schema, find);
    };
    let expr = match expr {
        Expr::BinaryExpr(mut binary) if binary.op.is_numerical_operators() || is_comparison(binary.op) => {
            let BinaryExpr { left, op, right } = &mut binary;
            if *op == Operator::Modulo {
                refuse_floats("operator", &[left, right], schema, |left, right| format!("{left} % {right}"))?;
            }
            floating(&mut [left, right], of_operands);
            Expr::BinaryExpr(binary)
        }
        Expr::Between(mut between) => {
            let Between { expr, low, high, .. } = &mut between;
            floating(&mut [expr, low, high], of_operands);
            Expr::Between(between)
        }
        Expr::InList(mut list) => {
            let InList { expr, list: items, .. } = &mut list;
            floating(&mut std::iter::once(expr.as_mut()).chain(items).collect::<Vec<_>>(), of_operands);
            Expr::InList(list)
        }
        Expr::Case(mut case) => {
            let Case { expr, when_then_expr, else_expr } = &mut case;
            let (mut compared, mut results): (Vec<&mut Expr>, Vec<&mut Expr>) =
                when_then_expr.iter_mut().map(|(when, then)| (when.as_mut(), then.as_mut())).unzip();
            results.extend(else_expr.as_deref_mut());
            floating(&mut results, of_all_branches);
            if let Some(base) = expr {
                compared.push(base);
                floating(&mut compared, of_operands);
            }
            Expr::Case(case)
        }
        Expr::ScalarFunction(mut call) => {
            let ScalarFunction { func, args } = &mut call;
            if let ("mod", [left, right]) = (func.name(), &args[..]) {
                refuse_floats("function", &[left, right], schema, |left, right| format!("mod({left}, {right})"))?;
            }
            if let ("nullif", [value, other]) = (func.name(), &args[..])
                && let Some(case) = meant_nullif(value, other, schema)?
            {
                return Ok(Transformed::yes(case));
            }
            if texts::takes_as_is(func.name()) {
                return Ok(Transformed::no(Expr::ScalarFunction(call)));
            }
            let find = match func.name() {
                "coalesce" | "greatest" | "least" | "make_array" => of_branches,
                // Its last number counts, and stays whole.
                "width_bucket" => |_: &[DataType]| None,
                _ => of_arguments,
            };
            floating(&mut args.iter_mut().collect::<Vec<_>>(), find);
            Expr::ScalarFunction(call)
        }
        other => other,
    };
    Ok(if changed { Transformed::yes(expr) } else { Transformed::no(expr) })
}

/// `nullif` of two types of numbers or moments, which has the type that `=` makes of the first: its own where there is such an operator, and
/// else the wider of both. Of floating-point numbers in any case, for `=` knows that 0 and -0 are one.
fn meant_nullif(value: &Expr, other: &Expr, schema: &DFSchema) -> Result<Option<Expr>> {
    let types = (value.get_type(schema)?, other.get_type(schema)?);
    let are_moments = is_moment(&types.0) && is_moment(&types.1);
    let is_plain = types.0 == types.1 && (!types.0.is_floating() || value.is_volatile());
    if is_plain || !(are_moments || (types.0.is_numeric() && types.1.is_numeric())) {
        return Ok(None);
    }
    let equal = meant(binary_expr(value.clone(), Operator::Eq, other.clone()), schema)?.data;
    let answer = match &types {
        (whole, other) if whole.is_integer() && other.is_decimal() => match whole {
            DataType::Int8 | DataType::Int16 => DataType::Decimal128(5, 0),
            DataType::Int32 => DataType::Decimal128(10, 0),
            _ => DataType::Decimal128(20, 0),
        },
        (exact, other) if (exact.is_integer() || exact.is_decimal()) && other.is_floating() => DataType::Float64,
        (own, _) => own.clone(),
    };
    let nothing = Expr::Literal(ScalarValue::try_from(&answer)?, None);
    let value = match answer == types.0 {
        true => value.clone(),
        false => Expr::Cast(Cast::new(Box::new(value.clone()), answer)),
    };
    Ok(Some(Expr::Case(Case::new(None, vec![(Box::new(equal), Box::new(nothing))], Some(Box::new(value))))))
}

/// Whether values of the type are days or moments.
pub fn is_moment(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Timestamp(..))
}

/// PostgreSQL has no remainder of floating-point numbers.
fn refuse_floats(kind: &str, operands: &[&Expr; 2], schema: &DFSchema, shown: fn(&str, &str) -> String) -> Result<()> {
    let (Ok(left), Ok(right)) = (operands[0].get_type(schema), operands[1].get_type(schema)) else { return Ok(()) };
    if !left.is_floating() && !right.is_floating() {
        return Ok(());
    }
    let message = format!("{kind} does not exist: {}", shown(&type_name(&left), &type_name(&right)));
    let error = Error::new(SqlState::UNDEFINED_FUNCTION, message).hint("Cast the numbers: x::numeric.");
    Err(error.into())
}

/// Casts those that are not of the type that `find` says, and tells whether there were any.
fn made_floating(operands: &mut [&mut Expr], schema: &DFSchema, find: fn(&[DataType]) -> Option<DataType>) -> bool {
    let types = operands.iter().map(|operand| operand.get_type(schema)).collect::<Result<Vec<_>>>();
    let Ok(types) = types else { return false };
    let Some(target) = find(&types) else { return false };
    operands.iter_mut().zip(&types).fold(false, |changed, (operand, data_type)| cast(operand, data_type, &target) | changed)
}

/// Casts a number of another type to the target, and tells whether it was one.
pub fn cast(operand: &mut Expr, data_type: &DataType, target: &DataType) -> bool {
    let is_other = data_type.is_numeric() && data_type != target;
    if is_other {
        *operand = Expr::Cast(Cast::new(Box::new(std::mem::take(operand)), target.clone()));
    }
    is_other
}

/// Of operands: all are `double precision` where one is a floating-point number and another is not, or not as long.
pub fn of_operands(types: &[DataType]) -> Option<DataType> {
    let numbers = types.iter().filter(|data_type| data_type.is_numeric());
    let first = numbers.clone().next()?;
    (numbers.clone().any(DataType::is_floating) && numbers.clone().any(|number| number != first)).then_some(DataType::Float64)
}

/// Of branches: the longest of the floating-point numbers among them.
pub fn of_branches(types: &[DataType]) -> Option<DataType> {
    let longest = match types {
        _ if types.contains(&DataType::Float64) => DataType::Float64,
        _ if types.contains(&DataType::Float32) => DataType::Float32,
        _ => return None,
    };
    types.iter().any(|data_type| data_type.is_numeric() && *data_type != longest).then_some(longest)
}

/// Of branches whose type the planner tells by the first: what they have in common.
fn of_all_branches(types: &[DataType]) -> Option<DataType> {
    of_branches(types).or_else(|| {
        let numbers = types.iter().filter(|data_type| !data_type.is_null()).cloned().collect::<Vec<_>>();
        let differ = numbers.iter().any(|number| Some(number) != numbers.first());
        (differ && numbers.iter().all(DataType::is_numeric)).then(|| type_union_resolution(&numbers)).flatten()
    })
}

/// Of arguments: decimals beside floating-point numbers become such; whole numbers may be counts.
fn of_arguments(types: &[DataType]) -> Option<DataType> {
    (types.iter().any(DataType::is_floating) && types.iter().any(DataType::is_decimal)).then_some(DataType::Float64)
}
