//! UUIDs, which are sixteen bytes to the engine: read from texts and written as texts, arrays of them too, and cast to nothing else.

use std::sync::Arc;

use cilake_wire::types::is_record;
use cilake_wire::values::quoting::{parse_uuid, uuid_text};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, ListArray, StringArray};
use datafusion::arrow::buffer::{OffsetBuffer, ScalarBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::{Between, Case, Cast, ScalarFunction};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use datafusion_functions_customer::type_name::type_name;

use super::literals::{self, DateOrder};
use crate::dialect::failure::{failed, undefined};
use crate::dialect::types::operators::unknown;
use crate::error::SqlState;

const BYTES: i32 = 16;

/// Whether values of the type are UUIDs: nothing else has sixteen bytes of fixed length.
pub fn is_uuid(data_type: &DataType) -> bool {
    *data_type == DataType::FixedSizeBinary(BYTES)
}

/// Whether values of the type are bytes of any number.
pub fn is_bytes(data_type: &DataType) -> bool {
    data_type.is_binary() && !is_uuid(data_type)
}

/// The UUID that a text is.
///
/// # Errors
/// 22P02, without the text.
pub fn read(text: &str) -> Result<Expr> {
    Ok(lit(ScalarValue::FixedSizeBinary(BYTES, Some(parsed(text)?.to_vec()))))
}

fn parsed(text: &str) -> Result<[u8; 16]> {
    let fault = || failed(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type uuid");
    parse_uuid(text).ok_or_else(fault)
}

/// `x BETWEEN 'a' AND 'b'`, where the literals have x's type.
pub fn between(between: Between, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    match may_be_uuid(&between.expr).then(|| between.expr.get_type(schema)) {
        Some(Ok(data_type)) if is_uuid(&data_type) => {
            let read = |bound: Box<Expr>| literals::as_other(*bound, Operator::LtEq, &data_type, order).map(Box::new);
            let (low, high) = (read(between.low)?, read(between.high)?);
            Ok(Transformed::yes(Expr::Between(Between { low, high, ..between })))
        }
        _ => Ok(Transformed::no(Expr::Between(between))),
    }
}

/// `CASE` with literals beside UUIDs: those of its results, and those that its operand is compared with.
pub fn case(mut case: Case, schema: &DFSchema, order: DateOrder) -> Result<Transformed<Expr>> {
    let uuid = DataType::FixedSizeBinary(BYTES);
    let is = |expr: &Expr| may_be_uuid(expr) && expr.get_type(schema).is_ok_and(|data_type| is_uuid(&data_type));
    let read = |expr: &mut Box<Expr>| -> Result<()> {
        let inner = std::mem::replace(expr.as_mut(), lit(ScalarValue::Null));
        **expr = literals::as_other(inner, Operator::Eq, &uuid, order)?;
        Ok(())
    };
    if case.expr.as_deref().is_some_and(is) {
        case.when_then_expr.iter_mut().try_for_each(|(when, _)| read(when))?;
    }
    if case.when_then_expr.iter().map(|(_, then)| then.as_ref()).chain(case.else_expr.as_deref()).any(is) {
        case.when_then_expr.iter_mut().map(|(_, then)| then).chain(case.else_expr.as_mut()).try_for_each(read)?;
    }
    Ok(Transformed::yes(Expr::Case(case)))
}

/// The elements of an array: literals and NULL beside UUIDs are UUIDs.
pub fn elements(elements: Vec<Expr>, schema: &DFSchema, order: DateOrder) -> Result<Vec<Expr>> {
    let is = |expr: &Expr| may_be_uuid(expr) && expr.get_type(schema).is_ok_and(|data_type| is_uuid(&data_type));
    if !elements.iter().any(is) {
        return Ok(elements);
    }
    let read = |element| match element {
        Expr::Literal(ScalarValue::Null, _) => Ok(lit(ScalarValue::FixedSizeBinary(BYTES, None))),
        element => literals::as_other(element, Operator::Eq, &DataType::FixedSizeBinary(BYTES), order),
    };
    elements.into_iter().map(read).collect()
}

/// A text as a UUID, or a UUID as a text.
pub fn converted_to(expr: Expr, target: DataType) -> Expr {
    converted(Cast::new(Box::new(expr), target))
}

/// The expression with casts from and to UUIDs in the words of this module, and without what UUIDs do not have.
///
/// # Errors
/// 42846 for a cast that PostgreSQL has not, and 42883 for the least and the greatest UUID and row.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::Cast(cast) => meant_cast(cast, schema),
        Expr::AggregateFunction(ref call) if matches!(call.func.name(), "min" | "max") => {
            match call.params.args.first().map(|argument| argument.get_type(schema)) {
                Some(Ok(data_type)) if is_uuid(&data_type) => Err(no_extreme(call.func.name(), "uuid")),
                Some(Ok(DataType::Struct(fields))) if is_record(&fields) => Err(no_extreme(call.func.name(), "record")),
                _ => Ok(Transformed::no(expr)),
            }
        }
        Expr::ScalarFunction(call) if takes_elements(call.name()) => beside(call, schema),
        other => Ok(Transformed::no(other)),
    })
}

fn no_extreme(function: &str, of: &str) -> DataFusionError {
    failed(SqlState::UNDEFINED_FUNCTION, format!("function {function}({of}) does not exist"))
}

/// Functions that take an array and elements of its type, or two values of one type.
fn takes_elements(name: &str) -> bool {
    name == "nullif" || name.starts_with("any_") || name.starts_with("all_") || name.starts_with("array_")
}

/// The call with the literals beside UUIDs read as such.
///
/// # Errors
/// 42883 for a text beside them that is no literal.
fn beside(mut call: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let types = call.args.iter().map(|argument| argument.get_type(schema)).collect::<Result<Vec<_>>>()?;
    if !types.iter().any(|of| is_uuid(innermost(of))) || !types.iter().any(DataType::is_string) {
        return Ok(Transformed::no(Expr::ScalarFunction(call)));
    }
    for (argument, of) in call.args.iter_mut().zip(&types) {
        if of.is_string() {
            let text = unknown(argument).ok_or_else(|| undefined(call.func.name(), &types))?;
            *argument = read(text)?;
        }
    }
    Ok(Transformed::yes(Expr::ScalarFunction(call)))
}

fn meant_cast(cast: Cast, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let target = cast.field.data_type();
    let unchanged = |cast| Ok(Transformed::no(Expr::Cast(cast)));
    if !is_uuid(innermost(target)) && !may_be_uuid(&cast.expr) {
        return unchanged(cast);
    }
    let Ok(source) = cast.expr.get_type(schema) else { return unchanged(cast) };
    let (from, to) = (innermost(&source), innermost(target));
    let target_is_one = is_uuid(target);
    match (is_uuid(from), is_uuid(to)) {
        (false, false) => unchanged(cast),
        (true, true) if source == *target => Ok(Transformed::yes(*cast.expr)),
        (true, true) => unchanged(cast),
        (true, false) if to.is_string() => Ok(Transformed::yes(converted(cast))),
        (false, true) if from.is_string() && (source.is_string() == target_is_one) => Ok(Transformed::yes(converted(cast))),
        _ if from.is_null() => unchanged(cast),
        _ => {
            let message = format!("cannot cast type {} to {}", type_name(&source), type_name(target));
            Err(failed(SqlState("42846"), message))
        }
    }
}

/// Whether it is worth asking for the type: no operator gives a UUID, and chains of operators are asked once too often as it is.
fn may_be_uuid(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value, _) => matches!(value, ScalarValue::FixedSizeBinary(..)),
        other => !matches!(other, Expr::BinaryExpr(_) | Expr::Case(_) | Expr::Negative(_) | Expr::Not(_)),
    }
}

/// The type of what an array or dictionary holds.
fn innermost(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => {
            innermost(element.data_type())
        }
        DataType::Dictionary(_, value) => innermost(value),
        other => other,
    }
}

fn converted(cast: Cast) -> Expr {
    let target = cast.field.data_type().clone();
    ScalarUDF::from(Conversion { target, signature: Signature::any(1, Volatility::Immutable) }).call(vec![*cast.expr])
}

/// A text as a UUID, or a UUID as a text, and arrays of either.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Conversion {
    target: DataType,
    signature: Signature,
}

impl ScalarUDFImpl for Conversion {
    fn name(&self) -> &str {
        if is_uuid(innermost(&self.target)) { "uuid_in" } else { "uuid_out" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.target.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?;
        let Some(column) = columns.first() else { return Err(failed(SqlState::INTERNAL_ERROR, "no UUID is given")) };
        let converted = convert(column, &self.target)?;
        if constant {
            ScalarValue::try_from_array(&converted, 0).map(ColumnarValue::Scalar)
        } else {
            Ok(ColumnarValue::Array(converted))
        }
    }
}

fn convert(column: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    match (column.data_type(), target) {
        (DataType::List(_), DataType::List(element)) => {
            let list = column.as_list::<i32>();
            // A slice of an array keeps the elements of all rows, which may be none that can be read.
            let (first, last) = match list.value_offsets() {
                [first, .., last] => (*first, *last),
                _ => (0, 0),
            };
            let place = |offset: i32| usize::try_from(offset).unwrap_or(0);
            let values = convert(&list.values().slice(place(first), place(last - first)), element.data_type())?;
            let offsets: ScalarBuffer<i32> = list.value_offsets().iter().map(|offset| offset - first).collect();
            Ok(Arc::new(ListArray::try_new(Arc::clone(element), OffsetBuffer::new(offsets), values, list.nulls().cloned())?))
        }
        (DataType::LargeList(element) | DataType::FixedSizeList(element, _), _) => {
            convert(&cast(column, &DataType::List(Arc::clone(element)))?, target)
        }
        (DataType::List(_), _) => {
            let list = column.as_list::<i32>();
            let texts = (0..list.len()).map(|row| list.is_valid(row).then(|| literal(&list.value(row))).transpose());
            Ok(cast(&texts.collect::<Result<StringArray>>()?, target)?)
        }
        (of, _) if is_uuid(of) => {
            let uuids = column.as_fixed_size_binary();
            let texts: StringArray = uuids.iter().map(|uuid| uuid.map(uuid_text)).collect();
            Ok(cast(&texts, target)?)
        }
        _ => {
            let texts = cast(column, &DataType::Utf8View)?;
            let uuids = texts.as_string_view().iter().map(|text| text.map(parsed).transpose()).collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(uuids.into_iter(), BYTES)?))
        }
    }
}

/// The elements as the text of an array: `{a0ee…,NULL}`.
fn literal(elements: &ArrayRef) -> Result<String> {
    let texts = convert(elements, &DataType::Utf8)?;
    let texts: Vec<&str> = texts.as_string::<i32>().iter().map(|text| text.unwrap_or("NULL")).collect();
    Ok(format!("{{{}}}", texts.join(",")))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::ListBuilder;
    use datafusion::arrow::array::StringBuilder;
    use datafusion::arrow::datatypes::Field;

    use super::*;

    #[test]
    fn arrays_are_converted_within_their_rows() {
        let plain = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        let mut builder = ListBuilder::new(StringBuilder::new());
        for row in [vec![Some("no uuid")], vec![Some(plain), None], vec![]] {
            row.into_iter().for_each(|element| builder.values().append_option(element));
            builder.append(true);
        }
        builder.append(false);
        let texts: ArrayRef = Arc::new(builder.finish());
        let list_of = |element| DataType::List(Arc::new(Field::new_list_field(element, true)));
        let target = list_of(DataType::FixedSizeBinary(BYTES));
        assert!(convert(&texts, &target).is_err());
        let uuids = convert(&texts.slice(1, 3), &target).unwrap();
        let written = convert(&uuids, &DataType::Utf8).unwrap();
        let written: Vec<Option<&str>> = written.as_string::<i32>().iter().collect();
        assert_eq!(written, [Some("{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}"), Some("{}"), None]);
        assert_eq!(uuids.as_list::<i32>().value(0).as_fixed_size_binary().value(0), parse_uuid(plain).unwrap());
        assert_eq!(
            &convert(&uuids, &list_of(DataType::Utf8)).unwrap(),
            &cast(&texts.slice(1, 3), &list_of(DataType::Utf8)).unwrap()
        );
    }
}
