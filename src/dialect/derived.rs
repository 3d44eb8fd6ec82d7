//! Numbers computed from quotients and means, `coalesce(avg(n), 0) * 2`: they are shown as those are, not with all decimals for which their
//! type has room. A function that gives back its argument says so, since only the field of a function can.

use cilake_wire::types::quotient_decimals;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, internal_err};
use datafusion::error::Result;
use datafusion::logical_expr::{BinaryExpr, ColumnarValue, Operator};
use datafusion::logical_expr::{
    Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::quotient::{SCALE, digits, shown_as_quotient};

/// The expression marked, if it is one of quotients and does not say so itself.
pub fn meant(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let may_lose = match &expr {
        Expr::BinaryExpr(binary) => matches!(binary.op, Operator::Plus | Operator::Minus | Operator::Multiply),
        Expr::Case(_) | Expr::Negative(_) | Expr::ScalarFunction(_) => true,
        _ => false,
    };
    if !may_lose {
        return Ok(Transformed::no(expr));
    }
    let (mut least, mut has_quotient) = (0, false);
    let is_product = matches!(&expr, Expr::BinaryExpr(BinaryExpr { op: Operator::Multiply, .. }));
    expr.apply_children(|operand| {
        let Ok((_, field)) = operand.to_field(schema) else { return Ok(TreeNodeRecursion::Continue) };
        let of_quotient = quotient_decimals(&field);
        has_quotient |= of_quotient.is_some();
        let decimals = of_quotient.or(digits(field.data_type()).map(|(_, scale)| scale)).unwrap_or(0);
        least = if is_product { decimals.saturating_add(least) } else { decimals.max(least) };
        Ok(TreeNodeRecursion::Continue)
    })?;
    if !has_quotient {
        return Ok(Transformed::no(expr));
    }
    let (_, field) = expr.to_field(schema)?;
    let is_long = digits(field.data_type()).is_some_and(|(_, scale)| scale >= SCALE && field.data_type().is_decimal());
    if !is_long || quotient_decimals(&field).is_some() {
        return Ok(Transformed::no(expr));
    }
    let function = Derived { least, signature: Signature::any(1, Volatility::Immutable) };
    Ok(Transformed::yes(ScalarUDF::new_from_impl(function).call(vec![expr])))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Derived {
    least: i8,
    signature: Signature,
}

impl ScalarUDFImpl for Derived {
    fn name(&self) -> &str {
        "numeric"
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        Ok(args.first().map(ToString::to_string).unwrap_or_default())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match types {
            [data_type] => Ok(data_type.clone()),
            _ => internal_err!("numeric takes one argument"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        match args.arg_fields {
            [field] => Ok(shown_as_quotient(field.as_ref().clone().with_name(self.name()), self.least)),
            _ => internal_err!("numeric takes one argument"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(number) => Ok(number),
            None => internal_err!("numeric takes one argument"),
        }
    }
}
