//! Names in a statement and what they stand for: the planner's view of one session.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{DFSchema, Result, TableReference};
use datafusion::datasource::cte_worktable::CteWorkTable;
use datafusion::datasource::provider_as_source;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner, RelationPlanner, TypePlanner};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{AggregateUDF, Expr, HigherOrderUDF, ScalarUDF, TableSource, WindowUDF};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion_functions_customer::doc::Kind;
use datafusion_functions_customer::error::nearest;

use crate::dialect::{instead, is_callable};
use crate::error::{Error, SqlState};

/// Tables that were resolved before planning, and the functions of a session.
pub struct Names<'a> {
    pub state: &'a SessionState,
    /// The first that knows an operator plans it.
    pub planners: Vec<Arc<dyn ExprPlanner>>,
    pub tables: HashMap<TableReference, Arc<dyn TableSource>>,
    /// What could have been meant by a name that is not there: as it would be typed, and as it must be written.
    pub known: Vec<(String, String)>,
    /// The functions of masks, for those who may use them.
    pub masking: Option<&'a HashMap<String, Arc<ScalarUDF>>>,
}

/// Functions may be called with the schema that clients write before them.
fn bare(name: &str) -> &str {
    name.strip_prefix("pg_catalog.").or_else(|| name.strip_prefix("cilake.")).unwrap_or(name)
}

impl ContextProvider for Names<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let missing = || {
            let typed = shown(&name);
            let error = Error::new(SqlState::UNDEFINED_TABLE, format!("relation \"{typed}\" does not exist"));
            let near = nearest(&typed, self.known.iter().map(|(name, _)| name.as_str()));
            let error = match self.known.iter().find(|(name, _)| Some(name.as_str()) == near) {
                Some((_, there)) => error.hint(format!("Did you mean \"{there}\"?")),
                None => error,
            };
            error.into()
        };
        self.tables.get(&name).cloned().ok_or_else(missing)
    }

    fn get_table_function_source(&self, name: &str, args: Vec<Expr>) -> Result<Arc<dyn TableSource>> {
        let name = bare(name);
        let Some(function) = self.state.table_functions().get(name) else {
            // Those of this database are planned before; only LATERAL is left to the planner.
            if datafusion_functions_customer::functions().iter().any(|doc| doc.kind == Kind::Table && doc.name == name) {
                let error =
                    Error::unsupported(format!("LATERAL {name}(…) is not supported")).hint("Write the call without LATERAL");
                return Err(error.into());
            }
            let known = datafusion_functions_customer::functions();
            let known = known.iter().filter(|d| d.kind == Kind::Table).map(|d| d.name);
            let message = format!("function {name} does not exist in FROM");
            let error = datafusion_functions_customer::error::CustomerError::undefined_function(message);
            return Err(error.suggest(name, known).into());
        };
        // A function of literals, such as the length of an array, is a literal to the function.
        let context = SimplifyContext::builder()
            .with_config_options(Arc::clone(self.state.config_options()))
            .with_query_execution_start_time(self.state.execution_props().query_execution_start_time)
            .build();
        let simplifier = ExprSimplifier::new(context);
        let empty = DFSchema::empty();
        let simple = |arg| simplifier.coerce(arg, &empty).and_then(|arg| simplifier.simplify(arg));
        let args = args.into_iter().map(simple).collect::<Result<Vec<_>>>()?;
        let args = datafusion::catalog::TableFunctionArgs::new(&args, self.state);
        Ok(provider_as_source(function.create_table_provider_with_args(args)?))
    }

    fn create_cte_work_table(&self, name: &str, schema: SchemaRef) -> Result<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(CteWorkTable::new(name, schema))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_relation_planners(&self) -> &[Arc<dyn RelationPlanner>] {
        self.state.relation_planners()
    }

    fn get_type_planner(&self) -> Option<Arc<dyn TypePlanner>> {
        Some(Arc::new(crate::catalog::pg::PgTypePlanner))
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        let masking = || self.masking?.get(name);
        self.state.scalar_functions().get(bare(name)).or_else(masking).cloned()
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.state.higher_order_functions().get(bare(name)).cloned()
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.state.aggregate_functions().get(bare(name)).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.state.window_functions().get(bare(name)).cloned()
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        self.state.scalar_functions().keys().cloned().collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        self.state.higher_order_functions().keys().cloned().collect()
    }

    fn udaf_names(&self) -> Vec<String> {
        self.state.aggregate_functions().keys().cloned().collect()
    }

    fn udwf_names(&self) -> Vec<String> {
        self.state.window_functions().keys().cloned().collect()
    }
}

/// The name of the function that an error says does not exist.
pub fn undefined_function(error: &Error) -> Option<&str> {
    let missing = error.message.strip_prefix("function ").and_then(|rest| rest.strip_suffix(" does not exist"));
    missing.filter(|_| error.state == SqlState::UNDEFINED_FUNCTION).map(bare)
}

/// What else a function's name that the planner does not know may stand for.
pub fn with_function_hint(error: Error, state: &SessionState) -> Error {
    let Some(name) = undefined_function(&error).map(str::to_string) else {
        return error;
    };
    if is_callable(&name) && state.window_functions().contains_key(&name) {
        let message = format!("window function {name} requires an OVER clause");
        return Error { message, state: SqlState::WRONG_OBJECT_TYPE, ..error };
    }
    if let Some(instead) = instead(&name) {
        return error.hint(format!("Write {instead}"));
    }
    let documented = datafusion_functions_customer::functions();
    if documented.iter().any(|doc| doc.kind == Kind::Table && doc.name == name) {
        let message = format!("{name} is a table function");
        let error = Error { message, state: SqlState::WRONG_OBJECT_TYPE, ..error };
        return error.hint(format!("Write SELECT … FROM {name}(…)"));
    }
    let known = state.scalar_functions().keys().chain(state.aggregate_functions().keys()).chain(state.window_functions().keys());
    let known = known.map(String::as_str).filter(|known| is_callable(known));
    match nearest(&name, known.chain(documented.iter().map(|doc| doc.name))) {
        Some(there) => error.hint(format!("Did you mean {there}?")),
        None => error,
    }
}

/// A name as a person writes it.
pub fn shown(name: &TableReference) -> String {
    match name.schema() {
        Some(schema) => format!("{schema}.{}", name.table()),
        None => name.table().to_string(),
    }
}
