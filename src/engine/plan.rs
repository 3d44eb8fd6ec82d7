//! From a syntax tree to a logical plan: names are resolved first, because that may list files; planning itself waits for nothing.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::TableReference;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, TableSource};
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::planner::{ParserOptions, SqlToRel};
use datafusion::sql::sqlparser::ast::Statement as Ast;
use datafusion_functions_customer::doc::{Doc, Kind};
use datafusion_functions_customer::relation::rewrite;
use futures::future::{BoxFuture, FutureExt};

use super::error::from_datafusion;
use super::names::{Names, shown, with_function_hint};
use super::session::Session;
use super::system;
use crate::catalog::{Found, View, pg};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::runtime;

/// The name of the only database.
pub const DATABASE: &str = "cilake";

/// Views that stand on views, at most.
const VIEW_DEPTH_MAX: usize = 64;

impl Session {
    pub(super) fn table_functions(&self) -> Vec<&'static Doc> {
        datafusion_functions_customer::functions().iter().copied().filter(|doc| doc.kind == Kind::Table).collect()
    }

    pub(super) async fn plan(&self, ast: Ast, text: &str) -> Result<LogicalPlan> {
        let planned = self.plan_below(ast, text.len(), &self.settings.search_path(), 0).await;
        let checked = planned.and_then(|plan| super::weight::check(&plan).map(|()| plan));
        checked.map_err(|error| with_function_hint(from_datafusion(error, text), &self.state))
    }

    /// Plans a query that may be the definition of a view, whose names are looked for on a path of its own.
    fn plan_below<'a>(
        &'a self,
        mut ast: Ast,
        text_bytes: usize,
        path: &'a [String],
        depth: usize,
    ) -> BoxFuture<'a, Result<LogicalPlan, DataFusionError>> {
        async move {
            if depth > VIEW_DEPTH_MAX {
                let message = format!("views are nested more than {VIEW_DEPTH_MAX} deep, or a view refers to itself");
                return Err(DataFusionError::External(Box::new(Error::new(SqlState("42P17"), message))));
            }
            let rewritten = runtime::blocking(text_bytes, || {
                let uses_catalog = pg::rewrite(&mut ast).uses_catalog;
                rewrite(&mut ast, &self.table_functions())?;
                let statement = DfStatement::Statement(Box::new(ast.clone()));
                Ok::<_, DataFusionError>((uses_catalog, self.state.resolve_table_references(&statement)?))
            });
            let (uses_catalog, references) = rewritten?;
            if uses_catalog {
                self.facts.follow(self);
                self.catalogs.refresh().await?;
            }
            let (mut tables, mut known) = (HashMap::new(), vec![]);
            for name in references {
                match self.source(name.clone(), path, depth).await? {
                    Some(source) => drop(tables.insert(name, source)),
                    None => known = self.known_names(&name, path).await,
                }
            }
            let names = Names { state: &self.state, tables, known };
            let planner = SqlToRel::new_with_options(&names, self.parser_options());
            runtime::blocking(text_bytes, || planner.sql_statement_to_plan(ast))
        }
        .boxed()
    }

    /// Names that a mistyped one may stand for; none if they cannot be listed, because the error is about the name.
    async fn known_names(&self, name: &TableReference, path: &[String]) -> Vec<(String, String)> {
        let (tables, views) = (self.shared.catalog.lake().tables().await, self.shared.catalog.views().await);
        let mut known: Vec<TableName> = tables.map(|tables| tables.iter().cloned().collect()).unwrap_or_default();
        known.extend(views.map(|views| views.into_keys().collect::<Vec<_>>()).unwrap_or_default());
        let with_schema = name.schema().is_some();
        let typed_and_written = |known: &TableName| {
            let in_path = !with_schema && path.contains(&known.schema);
            let written = if in_path { known.table.clone() } else { known.to_string() };
            (if with_schema { known.to_string() } else { known.table.clone() }, written)
        };
        let temporary = self.temporary.keys().map(|name| (name.clone(), name.clone()));
        temporary.chain(known.iter().map(typed_and_written)).collect()
    }

    fn parser_options(&self) -> ParserOptions {
        let options = &self.state.config_options().sql_parser;
        ParserOptions {
            parse_float_as_decimal: options.parse_float_as_decimal,
            enable_ident_normalization: options.enable_ident_normalization,
            enable_options_value_normalization: options.enable_options_value_normalization,
            support_varchar_with_length: options.support_varchar_with_length,
            map_string_types_to_utf8view: options.map_string_types_to_utf8view,
            collect_spans: options.collect_spans,
            default_null_ordering: options.default_null_ordering.as_str().into(),
        }
    }

    /// What a name stands for: a temporary table, then the schemas of the path. `None` for a name that is not there, which the
    /// planner reports with its place in the statement unless a WITH defines it.
    fn source<'a>(
        &'a self,
        name: TableReference,
        path: &'a [String],
        depth: usize,
    ) -> BoxFuture<'a, Result<Option<Arc<dyn TableSource>>, DataFusionError>> {
        async move {
            if let Some(database) = name.catalog()
                && database != DATABASE
            {
                let message = format!("cross-database references are not implemented: \"{database}.{}\"", shown(&name));
                return Err(DataFusionError::External(Box::new(Error::unsupported(message))));
            }
            if matches!(name.schema(), None | Some("pg_temp"))
                && let Some(table) = self.temporary.get(name.table())
            {
                return Ok(Some(provider_as_source(Arc::clone(&table.table))));
            }
            let schemas = name.schema().map_or_else(|| path.to_vec(), |schema| vec![schema.to_string()]);
            for schema in schemas {
                if let Some(source) = self.source_in(TableName::new(schema, name.table()), depth).await? {
                    return Ok(Some(source));
                }
            }
            Ok(None)
        }
        .boxed()
    }

    async fn source_in(&self, name: TableName, depth: usize) -> Result<Option<Arc<dyn TableSource>>, DataFusionError> {
        if name.schema == system::SCHEMA {
            return Ok(system::table(self, name.table).await?.map(provider_as_source));
        }
        if let Some(table) = self.catalogs.table(&name.schema, &name.table) {
            return Ok(Some(provider_as_source(table)));
        }
        let found = self.shared.catalog.find(&name).await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        match found {
            None => Ok(None),
            Some(Found::Table(table)) => Ok(Some(provider_as_source(table))),
            Some(Found::View(view)) => self.view(view, depth).await.map(Some),
        }
    }

    /// The columns of a table or view, or `None` if it is not there.
    pub(super) async fn schema_of(&self, name: TableName) -> Result<Option<SchemaRef>, DataFusionError> {
        Ok(self.source_in(name, 0).await?.map(|source| source.schema()))
    }

    async fn view(&self, view: Arc<View>, depth: usize) -> Result<Arc<dyn TableSource>, DataFusionError> {
        let plan = self.plan_below(Ast::Query(view.query.clone()), view.text_bytes, &view.path, depth + 1).await?;
        let plan = view.with_column_names(plan)?;
        Ok(provider_as_source(Arc::new(ViewTable::new(plan, Some(view.definition())))))
    }
}

/// One row of literals, as in the `SELECT 1` of a connection pool: there is nothing to optimise.
pub(super) fn is_constant(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => {
            projection.expr.iter().all(is_literal)
                && matches!(projection.input.as_ref(), LogicalPlan::EmptyRelation(empty) if empty.produce_one_row)
        }
        _ => false,
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(..) => true,
        Expr::Alias(alias) => is_literal(&alias.expr),
        Expr::Cast(cast) => is_literal(&cast.expr),
        _ => false,
    }
}
