//! From a syntax tree to a logical plan: names are resolved first, because that may list files; planning itself waits for nothing.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, TableSource};
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::planner::{ParserOptions, SqlToRel, object_name_to_table_reference};
use datafusion::sql::sqlparser::ast::{ObjectName, Statement as Ast};
use datafusion_functions_customer::doc::{Doc, Kind};
use datafusion_functions_customer::relation::rewrite;
use futures::future::{BoxFuture, FutureExt};

use super::constants;
use super::define::TEMPORARY_SCHEMA;
use super::error::from_datafusion;
use super::masking;
use super::names::{Names, shown, undefined_function, with_function_hint};
use super::origins::of_view;
use super::probe::Probe;
use super::protected::Reader;
use super::session::Session;
use super::system;
use crate::access::rights::Rights;
use crate::catalog::{Found, View, pg};
use crate::dialect::{self, DateOrder, Operators, TextOperators};
use crate::error::{Error, Result, SqlState};
use crate::lake::TableName;
use crate::runtime;

/// The name of the only database.
pub const DATABASE: &str = "cilake";

/// Views that stand on views, at most.
const VIEW_DEPTH_MAX: usize = 64;

/// Where a query stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Schemas in which its unqualified names are looked for.
    pub path: &'a [String],
    /// How many views it is below the statement.
    pub depth: usize,
    /// Whether a name may mean what is temporary: what a view reads is not for its readers to replace.
    pub temporary: bool,
}

impl Session {
    pub(super) fn table_functions(&self) -> Vec<&'static Doc> {
        datafusion_functions_customer::functions().iter().copied().filter(|doc| doc.kind == Kind::Table).collect()
    }

    pub(super) async fn plan(&self, ast: Ast, text: &str) -> Result<LogicalPlan> {
        let reader = Reader::new(self.rights()?);
        let planned = self
            .plan_below(ast, text.len(), Place { path: &self.settings.search_path(), depth: 0, temporary: true }, &reader)
            .await;
        let checked = planned.and_then(|plan| super::weight::check(&plan).map(|()| plan));
        // Types come together when all parameters have theirs.
        let settled = |plan: LogicalPlan| match plan.get_parameter_names()?.is_empty() {
            true => self.settled(plan),
            false => Ok(plan),
        };
        let checked = checked.and_then(settled);
        checked.map_err(|error| {
            let error = from_datafusion(error, text);
            if let Some(name) = undefined_function(&error) {
                self.shared.probes.lacks(Probe::Function, name);
            }
            with_function_hint(error, &self.state)
        })
    }

    /// The plan that runs, with the types that it will have.
    pub(super) fn settled(&self, plan: LogicalPlan) -> Result<LogicalPlan, DataFusionError> {
        if constants::literals(&plan).is_some() {
            return Ok(plan);
        }
        dialect::settled(plan, self.state.config_options(), self.settings.date_order())
    }

    /// As [`Self::settled`], of what was defined once and means the same for whoever reads.
    pub(super) fn settled_definition(&self, plan: LogicalPlan) -> Result<LogicalPlan, DataFusionError> {
        dialect::settled(plan, self.state.config_options(), DateOrder::default())
    }

    /// 0A000 where dates in what is being defined would be read in another order each time that it is used.
    pub(super) fn require_usual_dates(&self) -> Result<()> {
        if self.settings.date_order() == DateOrder::default() {
            return Ok(());
        }
        let error = Error::unsupported("views, masks and policies are defined with DateStyle at \"ISO, MDY\"");
        Err(error.hint("SET DateStyle TO 'ISO, MDY' before"))
    }

    /// Plans a query that may be the definition of a view, whose names are looked for on a path of its own.
    pub(super) fn plan_below<'a>(
        &'a self,
        mut ast: Ast,
        text_bytes: usize,
        place: Place<'a>,
        reader: &'a Reader,
    ) -> BoxFuture<'a, Result<LogicalPlan, DataFusionError>> {
        async move {
            if place.depth > VIEW_DEPTH_MAX {
                let message = format!("views are nested more than {VIEW_DEPTH_MAX} deep, or a view refers to itself");
                return Err(Error::new(SqlState("42P17"), message).into());
            }
            let rewritten = runtime::blocking(text_bytes, || {
                dialect::check(&ast)?;
                let catalog = pg::rewrite(&mut ast);
                dialect::rewrite(&mut ast)?;
                rewrite(&mut ast, &self.table_functions())?;
                dialect::with_integers(&mut ast);
                let statement = DfStatement::Statement(Box::new(ast));
                let references = self.state.resolve_table_references(&statement)?;
                Ok::<_, DataFusionError>((catalog, references, statement))
            });
            let (catalog, references, mut statement) = rewritten?;
            if catalog.uses_catalog {
                self.facts.follow(self);
                self.catalogs.refresh().await?;
            }
            if catalog.describes_columns {
                self.catalogs.read_column_comments().await;
            }
            let (mut tables, mut known) = (HashMap::new(), vec![]);
            for name in references {
                match self.source(name.clone(), place, reader).await? {
                    Some(source) => drop(tables.insert(name, source)),
                    None => {
                        self.shared.probes.lacks_table(&name);
                        known = self.known_names(&name, place.path, &reader.checked).await;
                    }
                }
            }
            if let DfStatement::Statement(ast) = &mut statement {
                let columns = |name: &ObjectName| {
                    let source = tables.get(&object_name_to_table_reference(name.clone(), true).ok()?)?;
                    Some(source.schema().fields().iter().map(|field| field.name().clone()).collect())
                };
                dialect::scoped(ast, &columns)?;
            }
            let masking = reader.checked.is_superuser().then(|| {
                // The key stays the same as long as the program runs.
                self.shared.masking.get_or_init(|| masking::functions(reader.checked.state().secret()))
            });
            // What a view or policy means does not depend on who reads.
            let order = if place.depth == 0 { self.settings.date_order() } else { DateOrder::default() };
            let mut planners = self.state.expr_planners().to_vec();
            planners.insert(0, Arc::new(Operators { order }));
            planners.insert(0, Arc::new(TextOperators));
            let names = Names { state: &self.state, planners, tables, known, masking };
            let planner = SqlToRel::new_with_options(&names, self.parser_options());
            runtime::blocking(text_bytes, || planner.statement_to_plan(statement))
        }
        .boxed()
    }

    /// Names that a mistyped one may stand for; none if they cannot be listed, because the error is about the name.
    async fn known_names(&self, name: &TableReference, path: &[String], rights: &Rights) -> Vec<(String, String)> {
        let (mut known, views) = match self.catalog().relations().await {
            Ok(relations) => (relations.tables.into_iter().collect::<Vec<_>>(), relations.views),
            Err(_) => Default::default(),
        };
        known.retain(|name| rights.may_read(name, None));
        known.extend(views.into_iter().filter(|(name, view)| rights.may_read(name, Some(&view.owner))).map(|(name, _)| name));
        let with_schema = name.schema().is_some();
        let typed_and_written = |known: &TableName| {
            let in_path = !with_schema && path.contains(&known.schema);
            let written = if in_path { known.table.clone() } else { known.to_string() };
            (if with_schema { known.to_string() } else { known.table.clone() }, written)
        };
        let temporary = self.temporary.keys().chain(self.temporary_views.keys()).map(|name| (name.clone(), name.clone()));
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
    pub(super) fn source<'a>(
        &'a self,
        name: TableReference,
        place: Place<'a>,
        reader: &'a Reader,
    ) -> BoxFuture<'a, Result<Option<Arc<dyn TableSource>>, DataFusionError>> {
        async move {
            if let Some(database) = name.catalog()
                && database != DATABASE
            {
                let message = format!("cross-database references are not implemented: \"{database}.{}\"", shown(&name));
                return Err(Error::unsupported(message).into());
            }
            if let Some(source) = reader.base_of(&name) {
                return Ok(Some(source));
            }
            if place.temporary && matches!(name.schema(), None | Some(TEMPORARY_SCHEMA)) {
                if let Some(table) = self.temporary.get(name.table()) {
                    let table = provider_as_source(Arc::clone(&table.table) as Arc<dyn TableProvider>);
                    return self.in_zone(&name, table).map(Some);
                }
                if let Some(temporary) = self.temporary_views.get(name.table()) {
                    return self.view(Arc::clone(&temporary.view), place.depth, reader).await.map(Some);
                }
            }
            if let Some(schema) = name.schema() {
                let within = TableName::new(schema, name.table());
                self.named.note(&within);
                // Whether something is there is not told to who may not look.
                reader.checked.require_usage(schema)?;
                return self.source_in(within, place.depth, reader).await;
            }
            for schema in place.path.iter().filter(|schema| reader.checked.may_use(schema)) {
                if let Some(source) = self.source_in(TableName::new(schema, name.table()), place.depth, reader).await? {
                    return Ok(Some(source));
                }
            }
            Ok(None)
        }
        .boxed()
    }

    /// What a name in a schema stands for, for those who may read it. Every relation that any statement reads comes from here.
    async fn source_in(
        &self,
        name: TableName,
        depth: usize,
        reader: &Reader,
    ) -> Result<Option<Arc<dyn TableSource>>, DataFusionError> {
        if name.schema == system::SCHEMA {
            return Ok(system::table(self, name.table).await?.map(provider_as_source));
        }
        if let Some(table) = self.catalogs.table(&name.schema, &name.table) {
            return Ok(Some(provider_as_source(table)));
        }
        let found = self.found(&name).await?;
        if found.is_some() {
            self.named.note(&name);
        }
        match found {
            None => Ok(None),
            Some(Found::Table(table)) => {
                reader.checked.require_read(&name, None)?;
                match reader.reading.hidden(&name) {
                    None => self.in_zone(&TableReference::partial(name.schema, name.table), provider_as_source(table)).map(Some),
                    Some(hidden) => self.protected(&name, table, hidden, depth).await.map(Some),
                }
            }
            Some(Found::View(view)) => {
                reader.checked.require_read(&name, Some(&view.owner))?;
                self.view(view, depth, reader).await.map(Some)
            }
        }
    }

    /// The columns of a table or view, or `None` if it is not there.
    pub(super) async fn schema_of(&self, name: TableName) -> Result<Option<SchemaRef>, DataFusionError> {
        let rights = self.rights()?;
        let Some(source) = self.source_in(name, 0, &Reader::new(rights)).await? else { return Ok(None) };
        let Some(plan) = source.get_logical_plan() else { return Ok(Some(source.schema())) };
        super::weight::check(&plan)?;
        Ok(Some(Arc::new(self.settled(plan.into_owned())?.schema().as_arrow().clone())))
    }

    /// What a view reads its owner must be allowed to read; what is hidden follows the reader.
    async fn view(&self, view: Arc<View>, depth: usize, reader: &Reader) -> Result<Arc<dyn TableSource>, DataFusionError> {
        let reader = reader.through_view_of(&view.owner);
        let place = Place { path: &view.path, depth: depth + 1, temporary: view.name.schema == TEMPORARY_SCHEMA };
        let plan = self.plan_below(Ast::Query(view.query.clone()), view.text_bytes, place, &reader).await?;
        let plan = if self.settings.date_order() == DateOrder::default() { plan } else { self.settled_definition(plan)? };
        let plan = view.with_column_names(plan)?;
        // The statement may know it by another name.
        let plan = LogicalPlanBuilder::from(plan).alias(of_view(&view.name))?.build()?;
        Ok(provider_as_source(Arc::new(ViewTable::new(plan, Some(view.definition())))))
    }
}
