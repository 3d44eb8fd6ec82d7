//! Operators, casts and calls in the planner's words.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, DataType, Expr, Function, FunctionArgumentList, FunctionArguments, Ident, ObjectName, Subscript,
    VisitorMut,
};

use super::arrays;
use super::build::{call, cast, function_name, parts, text, type_name};
use super::calls;
use crate::catalog::pg::REGISTERED;

/// Words that call a function without parentheses.
const SESSION_WORDS: &[&str] = &["current_user", "session_user", "user", "current_role", "current_catalog", "current_schema"];

pub struct Expressions {
    /// The statement reads catalogs, whose columns have types that Arrow's types do not tell.
    on_catalogs: bool,
    /// A function that looks for names outside the catalog tables is called.
    pub resolves_names: bool,
    /// `col_description` is called.
    pub describes_columns: bool,
    /// Lists to unnest are nested in this many calls of `unnest`.
    pub(super) inside_unnest: usize,
}

impl VisitorMut for Expressions {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if matches!(expression, Expr::Function(function) if arrays::is_unnested(function)) {
            self.inside_unnest += 1;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if matches!(expression, Expr::Function(function) if arrays::is_unnested(function)) {
            self.inside_unnest = self.inside_unnest.saturating_sub(1);
        }
        if let Some(replaced) = self.replaced(expression) {
            *expression = replaced;
        }
        ControlFlow::Continue(())
    }
}

impl Expressions {
    pub fn new(on_catalogs: bool) -> Self {
        Self { on_catalogs, resolves_names: false, describes_columns: false, inside_unnest: 0 }
    }

    fn replaced(&mut self, expression: &mut Expr) -> Option<Expr> {
        match expression {
            Expr::BinaryOp { op, .. } => {
                if let BinaryOperator::PGCustomBinaryOperator(names) = op {
                    *op = operator(names.last()?)?;
                }
                None
            }
            // Every text is compared byte by byte, as the collations of the C locale do.
            Expr::Collate { expr, .. } => Some(std::mem::replace(expr.as_mut(), text(""))),
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } if arrays::of_uuids(right).is_some() => {
                let list = arrays::of_uuids(right)?;
                let expr = Box::new(std::mem::replace(left.as_mut(), text("")));
                Some(Expr::InList { expr, list, negated: false })
            }
            Expr::AnyOp { right, .. } | Expr::AllOp { right, .. } => {
                **right = arrays::from_text(right)?;
                None
            }
            Expr::Like { pattern, escape_char, .. } | Expr::ILike { pattern, escape_char, .. } => {
                let escape = escape_char.take()?;
                let inner = std::mem::replace(pattern.as_mut(), text(""));
                **pattern = call("like_escape", vec![inner, Expr::Value(escape)]);
                None
            }
            Expr::Cast { expr, data_type, .. } => self.cast(expr, data_type),
            Expr::Function(function) => self.function(function),
            Expr::Subquery(query) => arrays::names_of_key(query),
            // The one word of the session that the parser takes for a column.
            Expr::Identifier(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("current_schema") => {
                self.resolves_names = true;
                Some(call("current_schema", Vec::new()))
            }
            Expr::Identifier(column) if self.on_catalogs => calls::system_column(std::slice::from_ref(column)),
            Expr::CompoundIdentifier(names) if self.on_catalogs => calls::system_column(names),
            Expr::CompoundFieldAccess { root, access_chain } => {
                field_access(root, access_chain);
                access_chain.is_empty().then(|| std::mem::replace(root.as_mut(), text("")))
            }
            _ => None,
        }
    }

    fn cast(&mut self, inner: &mut Expr, data_type: &mut DataType) -> Option<Expr> {
        let name = type_name(data_type);
        if REGISTERED.contains(&name.as_str()) {
            self.resolves_names = true;
            return Some(call(&format!("{name}in"), vec![inner.clone()]));
        }
        if name.starts_with('_') {
            arrays::type_empty(inner, &name);
        }
        if matches!(data_type, DataType::Array(_)) {
            if let Some(array) = arrays::from_text(inner) {
                *inner = array;
            }
            return None;
        }
        // A registered object as text is its name.
        if let Some(registered) = registered(inner)
            && matches!(name.as_str(), "text" | "varchar" | "name")
        {
            return Some(call(&format!("{registered}out"), vec![inner.clone()]));
        }
        // A cast takes the metadata away only if it names a type as `pg_type` does.
        if self.on_catalogs
            && matches!(name.as_str(), "text" | "bool" | "int2" | "int4" | "int8" | "float4" | "float8" | "varchar")
        {
            *data_type = DataType::Custom(ObjectName::from(vec![Ident::new(name)]), Vec::new());
        }
        None
    }

    fn function(&mut self, function: &mut Function) -> Option<Expr> {
        if let FunctionArguments::Subquery(query) = &function.args {
            return arrays::is_array_query(&function.name).then(|| arrays::from_query(query)).flatten();
        }
        if let [schema, name] = parts(&function.name).as_slice()
            && (schema == "pg_catalog" || (schema == "information_schema" && name == "_pg_expandarray"))
        {
            function.name = ObjectName::from(vec![Ident::new(name.clone())]);
        }
        let name = function_name(function);
        if matches!(function.args, FunctionArguments::None) && SESSION_WORDS.contains(&name.as_str()) {
            function.args = FunctionArguments::List(FunctionArgumentList {
                duplicate_treatment: None,
                args: Vec::new(),
                clauses: Vec::new(),
            });
        }
        self.describes_columns |= name == "col_description";
        self.resolves_names |= ["to_reg", "reg", "pg_", "current_", "obj_", "col_", "format_", "has_", "row_security_"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        // The planner counts rows without a sign, which would make `row_number() OVER () - 2` wrap around.
        if function.over.is_some() && matches!(name.as_str(), "row_number" | "rank" | "dense_rank" | "ntile") {
            let counted = if name == "ntile" { "int4" } else { "int8" };
            return Some(cast(Expr::Function(function.clone()), counted));
        }
        if name == "regr_count" {
            return Some(cast(Expr::Function(function.clone()), "int8"));
        }
        if let Some(replaced) = calls::in_other_words(function) {
            return Some(replaced);
        }
        match (name.as_str(), self.inside_unnest) {
            ("_pg_expandarray", 1..) => None,
            _ => arrays::returning_rows(function),
        }
    }
}

/// `OPERATOR(pg_catalog.~)` is `~`.
fn operator(symbol: &str) -> Option<BinaryOperator> {
    Some(match symbol {
        "~" => BinaryOperator::PGRegexMatch,
        "~*" => BinaryOperator::PGRegexIMatch,
        "!~" => BinaryOperator::PGRegexNotMatch,
        "!~*" => BinaryOperator::PGRegexNotIMatch,
        "~~" => BinaryOperator::PGLikeMatch,
        "~~*" => BinaryOperator::PGILikeMatch,
        "!~~" => BinaryOperator::PGNotLikeMatch,
        "!~~*" => BinaryOperator::PGNotILikeMatch,
        "=" => BinaryOperator::Eq,
        "<>" => BinaryOperator::NotEq,
        "<" => BinaryOperator::Lt,
        ">" => BinaryOperator::Gt,
        "<=" => BinaryOperator::LtEq,
        ">=" => BinaryOperator::GtEq,
        "||" => BinaryOperator::StringConcat,
        "+" => BinaryOperator::Plus,
        "-" => BinaryOperator::Minus,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Modulo,
        _ => return None,
    })
}

/// The type of an expression that reads a registered object: `regclass` for `regclassin(…)`.
fn registered(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::Nested(inner) => registered(inner),
        Expr::Function(function) => {
            let name = function_name(function);
            REGISTERED.iter().find(|registered| name.strip_suffix("in") == Some(registered)).copied()
        }
        _ => None,
    }
}

/// `(row).field` is `row['field']`.
fn field_access(root: &mut Box<Expr>, chain: &mut Vec<AccessExpr>) {
    // `table.column[1]` is an element of a column.
    if let Expr::Identifier(first) = root.as_ref() {
        let named = |access: &AccessExpr| match access {
            AccessExpr::Dot(Expr::Identifier(name)) => Some(name.clone()),
            _ => None,
        };
        let names: Vec<Ident> = std::iter::once(first.clone()).chain(chain.iter().map_while(named)).collect();
        if names.len() > 1 {
            chain.drain(..names.len() - 1);
            **root = Expr::CompoundIdentifier(names);
        }
    }
    if !matches!(root.as_ref(), Expr::Nested(_)) {
        return;
    }
    let mut fields = false;
    for access in chain.iter_mut() {
        if let AccessExpr::Dot(Expr::Identifier(field)) = access {
            *access = AccessExpr::Subscript(Subscript::Index { index: text(&super::build::folded(field)) });
            fields = true;
        }
    }
    if fields && let Expr::Nested(inner) = root.as_mut() {
        **root = std::mem::replace(inner.as_mut(), text(""));
    }
}
