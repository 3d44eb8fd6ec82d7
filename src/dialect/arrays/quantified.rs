//! `x = ANY (array)` and `x <> ALL (array)` with every operator: true and false as soon as an element decides, NULL where a NULL might
//! have (PostgreSQL's manual, 9.24.3). The engine's own forget the NULLs of the array.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Datum, ListArray, UInt32Array};
use datafusion::arrow::compute::kernels::cmp;
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::binary::comparison_coercion;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr as Syntax, Value};

use crate::catalog::pg::build;
use crate::dialect::casts::uuids::is_uuid;
use crate::dialect::comparisons::keys;
use crate::dialect::failure::undefined;

/// An operator with its kernel.
type Compare = fn(&dyn Datum, &dyn Datum) -> Result<BooleanArray, ArrowError>;

/// The functions that such expressions become: the name, whether all elements must fulfil it, and the comparison.
const FUNCTIONS: [(&str, bool, Compare); 12] = [
    ("any_eq", false, cmp::eq),
    ("any_ne", false, cmp::neq),
    ("any_lt", false, cmp::lt),
    ("any_le", false, cmp::lt_eq),
    ("any_gt", false, cmp::gt),
    ("any_ge", false, cmp::gt_eq),
    ("all_eq", true, cmp::eq),
    ("all_ne", true, cmp::neq),
    ("all_lt", true, cmp::lt),
    ("all_le", true, cmp::lt_eq),
    ("all_gt", true, cmp::gt),
    ("all_ge", true, cmp::gt_eq),
];

/// The expression of the planner's grammar that a quantified one means.
pub fn planned(expression: &Syntax) -> Option<Syntax> {
    let (left, operator, right, all) = match expression {
        Syntax::AnyOp { left, compare_op, right, .. } => (left, compare_op, right, false),
        Syntax::AllOp { left, compare_op, right } => (left, compare_op, right, true),
        _ => return None,
    };
    // Two that the grammar has other words for, and the planner makes joins of.
    let is_in = match (operator, all) {
        (BinaryOperator::Eq, false) => Some(false),
        (BinaryOperator::NotEq, true) => Some(true),
        _ => None,
    };
    match (inner(right), is_in) {
        (Syntax::Subquery(query), Some(negated)) => {
            return Some(Syntax::InSubquery { expr: left.clone(), subquery: query.clone(), negated });
        }
        (Syntax::Subquery(_), None) => return None,
        (Syntax::Array(array), Some(negated))
            if !array.elem.is_empty() && !array.elem.iter().any(|e| matches!(e, Syntax::Array(_))) =>
        {
            let list = if array.named { of_texts(&array.elem) } else { array.elem.clone() };
            return Some(Syntax::Nested(Box::new(Syntax::InList { expr: left.clone(), list, negated })));
        }
        _ => {}
    }
    let suffix = match operator {
        BinaryOperator::Eq => "eq",
        BinaryOperator::NotEq => "ne",
        BinaryOperator::Lt => "lt",
        BinaryOperator::LtEq => "le",
        BinaryOperator::Gt => "gt",
        BinaryOperator::GtEq => "ge",
        _ => return None,
    };
    let name = format!("{}_{suffix}", if all { "all" } else { "any" });
    let mut right = inner(right).clone();
    if let Syntax::Array(array) = &mut right
        && array.named
    {
        array.elem = of_texts(&array.elem);
    }
    Some(build::call(&name, vec![left.as_ref().clone(), right]))
}

/// The operator of one of these functions.
pub fn operator(function: &str) -> Option<&'static str> {
    let (_, suffix) = function.split_once('_').filter(|_| FUNCTIONS.iter().any(|(name, ..)| *name == function))?;
    Some(match suffix {
        "eq" => "=",
        "ne" => "<>",
        "lt" => "<",
        "le" => "<=",
        "gt" => ">",
        _ => ">=",
    })
}

/// The elements of an array that is written as one, and not as a text: literals alone make texts, whatever they are compared with.
fn of_texts(elements: &[Syntax]) -> Vec<Syntax> {
    let is_literal = |element: &Syntax, null: bool| match inner(element) {
        Syntax::Value(value) => value.value.clone().into_string().is_some() || (null && value.value == Value::Null),
        _ => false,
    };
    let are_literals = elements.iter().all(|element| is_literal(element, true));
    let text = |element: &Syntax| match are_literals && is_literal(element, false) {
        true => build::cast(element.clone(), "text"),
        false => element.clone(),
    };
    elements.iter().map(text).collect()
}

fn inner(expression: &Syntax) -> &Syntax {
    match expression {
        Syntax::Nested(nested) => inner(nested),
        other => other,
    }
}

/// All of them, for a session.
pub fn functions() -> impl Iterator<Item = Quantified> {
    FUNCTIONS.into_iter().map(|(name, all, compare)| Quantified {
        name,
        all,
        compare,
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

#[derive(Debug)]
pub struct Quantified {
    name: &'static str,
    all: bool,
    compare: Compare,
    signature: Signature,
}

impl PartialEq for Quantified {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Quantified {}

impl std::hash::Hash for Quantified {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Quantified {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [value, list] = types else { return Err(undefined(self.name, types)) };
        let element = match list {
            DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => element.data_type(),
            DataType::Null => value,
            _ => return Err(undefined(self.name, types)),
        };
        let common = match (value, element) {
            (value, element) if value.is_null() => element.clone(),
            (value, element) if element.is_null() => value.clone(),
            // A literal is read when the plan is settled.
            (value, element) if value.is_string() && is_uuid(element) => return Ok(vec![value.clone(), list.clone()]),
            (value, element) => comparison_coercion(value, element).ok_or_else(|| undefined(self.name, types))?,
        };
        Ok(vec![common.clone(), DataType::new_list(common, true)])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    /// A list of literals is what `IN` takes, which may skip files.
    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let negated = match self.name {
            "any_eq" => false,
            "all_ne" => true,
            _ => return Ok(ExprSimplifyResult::Original(args)),
        };
        let [value, Expr::Literal(ScalarValue::List(list), _)] = args.as_slice() else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        if list.is_null(0) || list.value(0).is_empty() {
            return Ok(ExprSimplifyResult::Original(args));
        }
        let elements = list.value(0);
        let literal = |row| ScalarValue::try_from_array(&elements, row).map(|value| Expr::Literal(value, None));
        let list = (0..elements.len()).map(literal).collect::<Result<Vec<_>>>()?;
        let list = keys::both(list).data;
        Ok(ExprSimplifyResult::Simplified(Expr::InList(InList { expr: Box::new(value.clone()), list, negated })))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let [values, lists] = args.args.as_slice() else { return internal_err!("{} takes two arguments", self.name) };
        let (values, lists) = (values.to_array(count)?, lists.to_array(count)?);
        let lists = match lists.data_type() {
            DataType::List(_) => lists,
            _ => cast(&lists, &DataType::new_list(values.data_type().clone(), true))?,
        };
        let answers: ArrayRef = Arc::new(self.answers(&values, lists.as_list::<i32>())?);
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&answers, 0)?),
            false => ColumnarValue::Array(answers),
        })
    }
}

impl Quantified {
    fn answers(&self, values: &ArrayRef, lists: &ListArray) -> Result<BooleanArray> {
        // Each value beside each element of its list.
        let rows = (0..lists.len()).flat_map(|row| {
            let length = if lists.is_null(row) { 0 } else { usize::try_from(lists.value_length(row)).unwrap_or(0) };
            std::iter::repeat_n(row as u32, length)
        });
        let beside = take(values, &UInt32Array::from_iter_values(rows), None)?;
        let elements = (0..lists.len()).filter(|row| lists.is_valid(*row)).map(|row| lists.value(row)).collect::<Vec<_>>();
        let elements = match elements.is_empty() {
            true => lists.values().slice(0, 0),
            false => datafusion::arrow::compute::concat(&elements.iter().map(AsRef::as_ref).collect::<Vec<_>>())?,
        };
        let compared = (self.compare)(&keys::one_of_equals(&beside), &keys::one_of_equals(&elements))?;
        let mut next = 0;
        Ok((0..lists.len())
            .map(|row| {
                if lists.is_null(row) {
                    return None;
                }
                let length = usize::try_from(lists.value_length(row)).unwrap_or(0);
                let of_row = compared.slice(next, length);
                next += length;
                let decided = of_row.iter().any(|answer| answer == Some(!self.all));
                if decided { Some(!self.all) } else { (of_row.null_count() == 0).then_some(self.all) }
            })
            .collect())
    }
}
