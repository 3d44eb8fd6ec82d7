//! `(a, b) IN (SELECT c, d …)`: how many rows are equal, and for how many that is not known.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Ident, SelectItem, TableAliasColumnDef, TableFactor, TableWithJoins, UnaryOperator, Value,
};

use crate::catalog::pg::build::{boolean, call, derived, number, select};
use crate::error::{Error, Result};

pub fn counted(expr: &mut Expr) -> Result<()> {
    let Expr::InSubquery { expr: row, subquery, negated } = expr else { return Ok(()) };
    let Expr::Tuple(members) = row.as_ref() else { return Ok(()) };
    if members.len() < 2 {
        return Ok(());
    }
    // Within the sub-query a call might be taken for an aggregate of its rows, and a name for one of its columns.
    if !members.iter().all(|member| matches!(member, Expr::CompoundIdentifier(_) | Expr::Identifier(_) | Expr::Value(_))) {
        let error = Error::unsupported("only columns and literals are compared with the rows of a sub-query");
        return Err(error.hint("Compute them in a sub-query of FROM"));
    }
    let names: Vec<Ident> = (1..=members.len()).map(|number| Ident::new(format!("__member_{number}"))).collect();
    let mut relation = derived(subquery.as_ref().clone(), Ident::new("__rows"));
    if let TableFactor::Derived { alias: Some(alias), .. } = &mut relation {
        alias.columns = names.iter().map(|name| TableAliasColumnDef { name: name.clone(), data_type: None }).collect();
    }
    let equal = members
        .iter()
        .zip(&names)
        .map(|(member, name)| binary(member.clone(), BinaryOperator::Eq, Expr::Identifier(name.clone())));
    let Some(equal) = equal.reduce(|one, other| binary(one, BinaryOperator::And, other)) else { return Ok(()) };
    let equal = Expr::Nested(Box::new(equal));
    let some = |condition: Expr| {
        let counted = call("count", vec![case(vec![(condition, number(1))], None)]);
        binary(counted, BinaryOperator::Gt, number(0))
    };
    let null = Expr::Value(Value::Null.with_empty_span());
    let decided = case(
        vec![(some(equal.clone()), boolean(true)), (some(Expr::IsNull(Box::new(equal))), null)],
        Some(Box::new(boolean(false))),
    );
    let item = SelectItem::ExprWithAlias { expr: decided, alias: Ident::new("__holds") };
    let holds = Expr::Subquery(Box::new(select(vec![item], vec![TableWithJoins { relation, joins: vec![] }])));
    *expr = if *negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(holds) } } else { holds };
    Ok(())
}

fn case(branches: Vec<(Expr, Expr)>, otherwise: Option<Box<Expr>>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: branches.into_iter().map(|(condition, result)| CaseWhen { condition, result }).collect(),
        else_result: otherwise,
    }
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}
