//! Of which type each parameter ($1, $2, …) is: what its use asks for, as PostgreSQL infers it.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::DFSchema;
use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};

/// Arguments of functions: the name, the place counted from 0, and the type.
const ARGUMENTS: &[(&str, usize, DataType)] = &[
    ("format_type", 0, DataType::Int64),
    ("format_type", 1, DataType::Int32),
    ("left", 1, DataType::Int32),
    ("lpad", 1, DataType::Int32),
    ("repeat", 1, DataType::Int32),
    ("right", 1, DataType::Int32),
    ("round", 1, DataType::Int32),
    ("rpad", 1, DataType::Int32),
    ("set_config", 2, DataType::Boolean),
    ("split_part", 2, DataType::Int32),
    ("substr", 1, DataType::Int32),
    ("substr", 2, DataType::Int32),
    ("timezone", 0, DataType::Utf8),
    ("trunc", 1, DataType::Int32),
];

/// The parameters of a plan by name, with the type of the first use that asks for one; `None` where none does.
pub fn wanted(plan: &LogicalPlan) -> Result<HashMap<String, Option<DataType>>> {
    let mut wanted = Wanted::default();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Limit(limit) = node {
            limit.skip.iter().chain(&limit.fetch).for_each(|expr| wanted.open(expr, || Some(DataType::Int64)));
        }
        let schema = merge_schema(&node.inputs());
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                wanted.by(expr, &schema);
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    let Wanted { mut certain, open } = wanted;
    for (name, data_type) in open {
        let known = certain.entry(name).or_default();
        *known = known.take().or(Some(data_type));
    }
    Ok(certain)
}

#[derive(Default)]
struct Wanted {
    /// What the planner itself has found.
    certain: HashMap<String, Option<DataType>>,
    open: HashMap<String, DataType>,
}

impl Wanted {
    /// A use of an expression that may be a parameter, and the type that it asks for.
    fn open(&mut self, expr: &Expr, data_type: impl FnOnce() -> Option<DataType>) {
        if let Expr::Placeholder(Placeholder { id, field: None }) = expr
            && !self.open.contains_key(id)
            && let Some(data_type) = data_type().filter(|data_type| !data_type.is_null())
        {
            self.open.insert(id.clone(), data_type);
        }
    }

    fn by(&mut self, expr: &Expr, schema: &DFSchema) {
        match expr {
            Expr::Placeholder(Placeholder { id, field }) => {
                let known = self.certain.entry(id.clone()).or_default();
                *known = known.take().or_else(|| field.as_ref().map(|field| field.data_type().clone()));
            }
            Expr::Cast(cast) => self.open(&cast.expr, || Some(cast.field.data_type().clone())),
            Expr::Case(case) if case.expr.is_none() => {
                case.when_then_expr.iter().for_each(|(when, _)| self.open(when, || Some(DataType::Boolean)));
            }
            Expr::ScalarFunction(call) => self.by_call(call.name(), &call.args, schema),
            _ => {}
        }
    }

    fn by_call(&mut self, name: &str, arguments: &[Expr], schema: &DFSchema) {
        match (name, arguments) {
            // x = ANY(list)
            (quantified, [element, list]) if quantified.starts_with("any_") || quantified.starts_with("all_") => {
                let list_of = |element: DataType| DataType::List(Arc::new(Field::new_list_field(element, true)));
                self.open(list, || shown(element, schema).map(list_of));
                self.open(element, || match shown(list, schema)? {
                    DataType::List(element) | DataType::LargeList(element) => Some(element.data_type().clone()),
                    _ => None,
                });
            }
            ("coalesce" | "greatest" | "least" | "nullif", arguments) => {
                let data_type = arguments.iter().find_map(|argument| shown(argument, schema));
                arguments.iter().for_each(|argument| self.open(argument, || data_type.clone()));
            }
            (name, arguments) => {
                for (_, place, data_type) in ARGUMENTS.iter().filter(|(known, ..)| *known == name) {
                    if let Some(argument) = arguments.get(*place) {
                        self.open(argument, || Some(data_type.clone()));
                    }
                }
            }
        }
    }
}

/// The type of an expression that shows one; small whole numbers are integers, as PostgreSQL reads them.
fn shown(expr: &Expr, schema: &DFSchema) -> Option<DataType> {
    match expr {
        Expr::Literal(ScalarValue::Int64(Some(number)), _) if i32::try_from(*number).is_ok() => Some(DataType::Int32),
        Expr::Placeholder(_) => None,
        expr => expr.get_type(schema).ok().filter(|data_type| !data_type.is_null()).map(|data_type| match data_type {
            DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
            other => other,
        }),
    }
}

/// The plan whose parameters have these types, in the order of their numbers.
pub fn typed(plan: LogicalPlan, types: &[DataType]) -> Result<LogicalPlan> {
    let field = |id: &str| -> Option<FieldRef> {
        let number: usize = id.strip_prefix('$')?.parse().ok()?;
        let data_type = types.get(number.checked_sub(1)?)?;
        Some(Arc::new(Field::new(id, data_type.clone(), true)))
    };
    let typed = |expr: Expr| {
        expr.transform_up(|expr| match expr {
            Expr::Placeholder(Placeholder { id, .. }) => {
                let field = field(&id);
                Ok(Transformed::yes(Expr::Placeholder(Placeholder::new_with_field(id, field))))
            }
            other => Ok(Transformed::no(other)),
        })
    };
    let plan = plan.transform_up_with_subqueries(|node| node.map_expressions(typed)?.map_data(LogicalPlan::recompute_schema))?;
    Ok(plan.data)
}
