//! Types called as functions, `date('2024-01-01')` and `int4(5.6)`, which are casts; literals in quotes that are numbers because a function
//! asks for one, as in `abs('-5')`; and fields of `extract` in quotes.

use datafusion::sql::sqlparser::ast::{DateTimeField, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident};

use crate::catalog::pg::build::{cast, function_name, literal};

/// Types that are names of functions in PostgreSQL's grammar.
const TYPES: [&str; 8] = ["bool", "date", "float4", "float8", "int2", "int4", "int8", "text"];

/// Functions of which the one for `double precision` is preferred.
const OF_DOUBLES: [&str; 13] =
    ["abs", "cbrt", "ceil", "ceiling", "degrees", "exp", "floor", "ln", "radians", "round", "sign", "sqrt", "trunc"];

/// Replaces such a call.
pub fn meant(expression: &mut Expr) {
    match expression {
        Expr::Extract { field: DateTimeField::Custom(field), .. } if field.quote_style.is_some() => {
            *field = Ident::new(field.value.to_lowercase());
        }
        // The parser has these apart from other functions.
        Expr::Ceil { expr: argument, .. } | Expr::Floor { expr: argument, .. } if literal(argument).is_some() => {
            let taken = std::mem::replace(argument.as_mut(), Expr::Identifier(Ident::new("")));
            **argument = cast(taken, "float8");
        }
        Expr::Function(function) if function.over.is_none() && function.filter.is_none() => {
            let name = function_name(function);
            let FunctionArguments::List(list) = &mut function.args else { return };
            let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = list.args.as_mut_slice() else { return };
            if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
                return;
            }
            if TYPES.contains(&name.as_str()) {
                let taken = std::mem::replace(argument, Expr::Identifier(Ident::new("")));
                *expression = cast(taken, &name);
            } else if OF_DOUBLES.contains(&name.as_str()) && literal(argument).is_some() {
                let taken = std::mem::replace(argument, Expr::Identifier(Ident::new("")));
                *argument = cast(taken, "float8");
            }
        }
        _ => {}
    }
}
