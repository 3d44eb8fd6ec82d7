//! Which column of which relation each column of a result is, for clients that show, edit or document it.
//!
//! As in PostgreSQL a column that is more than a column is of none, and one that comes through sub-queries is of the relation in the
//! innermost FROM; a view is a relation, whatever it selects from.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::{JoinType, TableReference};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion_functions_customer::operator::ForgetKeys;

use super::outcome::Outcome;
use super::session::Session;
use crate::lake::TableName;

/// Metadata keys of a result's field, which the wire reads: the OID of its relation and the number of the column, from 1.
const RELATION_KEY: &str = "pg:relation";
const COLUMN_KEY: &str = "pg:column";

/// The database of a name that marks the plan of a view: no statement reads another database.
const VIEW: &str = "view";

/// The name that a view's plan has beneath the name that a statement gives it.
pub(super) fn of_view(name: &TableName) -> TableReference {
    TableReference::full(VIEW, name.schema.as_str(), name.table.as_str())
}

impl Session {
    /// The rows of a plan with the origins of their columns.
    pub(super) async fn told(&self, outcome: Outcome, plan: &LogicalPlan) -> Outcome {
        match outcome {
            Outcome::Rows { schema, batches, tag } => {
                Outcome::Rows { schema: self.with_origins(plan, schema).await, batches, tag }
            }
            other => other,
        }
    }

    /// The columns of a plan's result, each with its origin in its metadata.
    pub(super) async fn with_origins(&self, plan: &LogicalPlan, columns: SchemaRef) -> SchemaRef {
        let mut origins = self.origins(plan, columns.fields().len());
        if origins.contains(&Some(UNKNOWN)) {
            self.facts.follow(self);
            // Without names no column has an origin, and the query runs.
            if self.catalogs.refresh().await.is_ok() {
                origins = self.origins(plan, columns.fields().len());
            }
        }
        let known = |origin: &Option<(u32, usize)>| origin.is_some_and(|origin| origin != UNKNOWN);
        if !origins.iter().any(known) {
            return columns;
        }
        let fields = columns.fields().iter().zip(origins).map(|(field, origin)| match origin {
            None | Some(UNKNOWN) => field.as_ref().clone(),
            Some((oid, number)) => {
                let mut metadata = field.metadata().clone();
                metadata.insert(RELATION_KEY.into(), oid.to_string());
                metadata.insert(COLUMN_KEY.into(), number.to_string());
                field.as_ref().clone().with_metadata(metadata)
            }
        });
        Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), columns.metadata().clone()))
    }

    fn origins(&self, plan: &LogicalPlan, columns: usize) -> Vec<Option<(u32, usize)>> {
        let path = self.settings.search_path();
        let relation = |name: &TableReference| self.catalogs.known_relation(name.schema(), name.table(), &path);
        (0..columns).map(|index| origin(plan, index, &relation)).collect()
    }
}

/// Of a column of a relation that was not there when names were listed last.
const UNKNOWN: (u32, usize) = (0, 0);

/// A relation's OID by its name.
type Relations<'a> = dyn Fn(&TableReference) -> Option<u32> + 'a;

/// The relation's OID and the column's number.
fn origin(plan: &LogicalPlan, index: usize, relations: &Relations<'_>) -> Option<(u32, usize)> {
    match plan {
        LogicalPlan::Projection(projection) => through(projection.expr.get(index)?, &projection.input, relations),
        LogicalPlan::Aggregate(aggregate) => through(aggregate.group_expr.get(index)?, &aggregate.input, relations),
        LogicalPlan::Filter(filter) => origin(&filter.input, index, relations),
        LogicalPlan::Sort(sort) => origin(&sort.input, index, relations),
        LogicalPlan::Limit(limit) => origin(&limit.input, index, relations),
        LogicalPlan::Distinct(distinct) => origin(distinct.input(), index, relations),
        LogicalPlan::Window(window) => {
            (index < window.input.schema().fields().len()).then(|| origin(&window.input, index, relations)).flatten()
        }
        LogicalPlan::Join(join)
            if matches!(join.join_type, JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full) =>
        {
            let left = join.left.schema().fields().len();
            match index.checked_sub(left) {
                None => origin(&join.left, index, relations),
                Some(index) => origin(&join.right, index, relations),
            }
        }
        LogicalPlan::SubqueryAlias(alias) => match alias.alias.catalog() {
            Some(VIEW) => Some(relations(&alias.alias).map_or(UNKNOWN, |oid| (oid, index + 1))),
            _ => origin(&alias.input, index, relations),
        },
        LogicalPlan::Extension(extension) if extension.node.as_any().is::<ForgetKeys>() => {
            origin(extension.node.inputs().first()?, index, relations)
        }
        LogicalPlan::TableScan(scan) => {
            let Some(oid) = relations(&scan.table_name) else { return Some(UNKNOWN) };
            let name = scan.projected_schema.fields().get(index)?.name();
            Some((oid, scan.source.schema().index_of(name).ok()? + 1))
        }
        _ => None,
    }
}

/// Where an expression on the input comes from, if it is a column.
fn through(expression: &Expr, input: &LogicalPlan, relations: &Relations<'_>) -> Option<(u32, usize)> {
    match expression {
        Expr::Alias(alias) => through(&alias.expr, input, relations),
        Expr::Column(column) => origin(input, input.schema().index_of_column(column).ok()?, relations),
        _ => None,
    }
}
