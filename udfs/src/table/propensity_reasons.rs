//! `propensity_reasons`: why a model scores customers as it does.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::functions::core::expr_fn::{get_field, named_struct};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col, lit, scalar_subquery};

use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::feature_columns::is_feature;
use crate::options::{Call, Relation};
use crate::relation::TableFunction;
use crate::scalar::model_reasons::{REASON, function};

static DOC: Doc = Doc {
    name: "propensity_reasons",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "Why `propensity` is what it is for each customer: what each feature contributes to the log-odds of the score.",
    arguments: &[
        Argument::required(
            "rel",
            Takes::Relation,
            "customers, one row each, with the features of the model in columns of their names",
        ),
        Argument::required(
            "model",
            Takes::Row,
            "the model of `propensity_fit`: (SELECT model FROM m), or a table with one row and a column model",
        ),
        Argument::required("id", Takes::Column, "the customer"),
    ],
    returns: &[
        Column::new("id", "as the id column", "the customer"),
        Column::new("feature", "text", "the feature; '(base)' for what all contributions are added to"),
        Column::new("value", "text", "its value for this customer; NULL where it is missing, and for the base"),
        Column::new(
            "contribution",
            "double precision",
            "to the log-odds: above 0 it makes the customer likelier, below 0 less likely; exp(contribution) multiplies the odds",
        ),
    ],
    notes: "The contributions of a customer, that of the base among them, add up to the log-odds of `propensity`: ln(p / (1 − p)). For trees they are Shapley values (path-dependent), \
            for logistic regression what a feature adds beyond its mean. No rows for customers without a model (NULL). Errors: 22023 for bytes that are no model and for infinite numbers; \
            42703 for a feature of the model that is no column; 42804 for one of another type; 21000 for more than one model.",
    source: "Lundberg, Erion and Lee 2018, \"Consistent individualized feature attribution for tree ensembles\".",
    example: "WITH t AS (SELECT i, i % 7 AS visits, i % 7 > 3 AND i % 5 > 0 AS bought FROM generate_series(1, 200) AS g(i)),\n\
              \u{20}    m AS (SELECT model FROM propensity_fit((SELECT * FROM t), label => 'bought', features => ARRAY['visits']))\n\
              SELECT id, feature, value, round(contribution::numeric, 2) AS contribution\n\
              FROM propensity_reasons((SELECT * FROM t WHERE i IN (1, 4)), model => (SELECT model FROM m), id => 'i') ORDER BY id, feature;",
};

/// The list of reasons, or one of them.
const ROWS: &str = "reasons";

#[derive(Debug)]
pub struct PropensityReasons;

impl TableFunction for PropensityReasons {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let model = call.relation_option("model").ok_or_else(|| call.impossible("model", "must not be NULL"))?;
        let reasons = function().call(vec![model_of(model)?, features(call.relation()?)]);
        let columns = REASON.iter().map(|name| get_field(col(ROWS), *name).alias(*name));
        let columns: Vec<Expr> = std::iter::once(col("id")).chain(columns).collect();
        LogicalPlanBuilder::from(call.relation()?.plan.clone())
            .project([call.required_column("id")?.alias("id"), reasons.alias(ROWS)])?
            .unnest_column(ROWS)?
            .filter(col(ROWS).is_not_null())?
            .project(columns)?
            .build()
    }
}

/// The one model of a relation: its column `model`, or its only one.
fn model_of(relation: &Relation) -> Result<Expr> {
    let columns = relation.plan.schema().columns();
    let found = match columns.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|column| column.name == "model"),
    };
    let Some(model) = found else {
        let message = format!("{}: relation {} has no column model", DOC.name, relation.name);
        return Err(CustomerError::undefined_column(message).hint("Write model => (SELECT model FROM …)").into());
    };
    let plan = LogicalPlanBuilder::from(relation.plan.clone()).project([Expr::Column(model.clone())])?.build()?;
    Ok(scalar_subquery(Arc::new(plan)))
}

/// All columns that may be features: which of them the model asks for is in the model.
fn features(relation: &Relation) -> Expr {
    let schema = relation.plan.schema();
    let mut times: HashMap<&str, usize> = HashMap::new();
    schema.fields().iter().for_each(|field| *times.entry(field.name()).or_default() += 1);
    let usable = schema.iter().filter(|(_, field)| times.get(field.name().as_str()) == Some(&1) && is_feature(field.data_type()));
    named_struct(usable.flat_map(|(qualifier, field)| [lit(field.name()), Expr::from((qualifier, field))]).collect())
}
