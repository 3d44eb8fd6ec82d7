//! `retention_curve`: how long customers with a contract stay, seen and projected.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, col, lit};

use crate::aggregate::tenure_curve::{COUNTS, PERIODS_MAX, SHARES, tenure_curve};
use crate::args::is_truth;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "retention_curve",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "How many customers with a contract are there still after each renewal: as seen, with those who have not left yet, and as projected beyond.",
    arguments: &[
        Argument::required("rel", Takes::Relation, "customers, one row each; or counts of them"),
        Argument::required(
            "tenure",
            Takes::Column,
            "the renewal at which a customer left, counted from 1, or the last one so far: a whole number, at most 1000000",
        ),
        Argument::required(
            "churned",
            Takes::Column,
            "whether the customer left at that renewal: boolean, 1 and 0, or 'yes' and 'no'",
        ),
        Argument::optional(
            "customers",
            Takes::Column,
            "NULL",
            "how many customers the row stands for: a whole number, zero or more",
        ),
        Argument::optional("by", Takes::Column, "NULL", "a curve for each group"),
        Argument::optional("horizon", Takes::Integer, "NULL", "the last period, at most 10000; NULL for the last that was seen"),
    ],
    returns: &[
        Column::new("grp", "text", "the group; NULL without `by`"),
        Column::new("period", "bigint", "the renewal, from 1 on"),
        Column::new("at_risk", "bigint", "customers who were there until then: with this tenure or a longer one"),
        Column::new("churned", "bigint", "of these, how many left at this renewal"),
        Column::new(
            "survival",
            "double precision",
            "P(still there after it), estimated; NULL after the last period that was seen",
        ),
        Column::new("low", "double precision", "lower end of its 95 % band, point by point"),
        Column::new("high", "double precision", "upper end"),
        Column::new(
            "hazard",
            "double precision",
            "churned / at_risk: P(leaves now | was there until now); NULL where nobody was",
        ),
        Column::new(
            "projected",
            "double precision",
            "P(still there after it) by the model that fits, shifted beta-geometric or beta-discrete-Weibull; NULL where neither converges",
        ),
    ],
    notes: "Customers who have not left count for as long as they were seen (right-censored). The estimate is the product-limit one, its variance Greenwood's, its band symmetric \
            on the scale of ln(−ln S). Of the two models the one with the smaller AIC projects. Rows with a NULL in tenure or churned are left out. A tenure that is not \
            a whole number from 0 to 1000000, or 0 of who has churned, and a `churned` that says neither yes nor no are errors, 22023; periods beyond 10000 need a `horizon` (54000).",
    source: "Kaplan and Meier 1958, \"Nonparametric estimation from incomplete observations\", JASA 53; Kalbfleisch and Prentice 2002, \"The statistical analysis of failure \
             time data\", 1.4; Fader and Hardie 2007, Fader et al. 2018 as `sbg_fit` and `bdw_fit`.",
    example: "SELECT period, at_risk, churned, round(survival::numeric, 3) AS survival\n\
              FROM retention_curve((SELECT * FROM (VALUES (1, true, 369), (2, true, 163), (3, true, 86), (3, false, 382)) AS c(years, gone, n)),\n\
              \u{20}                    tenure => 'years', churned => 'gone', customers => 'n') ORDER BY period;",
};

/// The group, and the list of rows or one of them.
const GROUP: &str = "grp";
const ROWS: &str = "curve";

fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric() || *data_type == DataType::Null
}

#[derive(Debug)]
pub struct RetentionCurve;

impl TableFunction for RetentionCurve {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let horizon = call.integer("horizon")?;
        let horizon = horizon.map(|horizon| {
            let periods = u64::try_from(horizon).ok().filter(|periods| (1..=PERIODS_MAX).contains(periods));
            periods.ok_or_else(|| call.impossible("horizon", format!("must be from 1 to {PERIODS_MAX}, not {horizon}")))
        });
        let tenure = call.required_column("tenure")?;
        call.expect_type("tenure", &tenure, "numbers", is_number)?;
        let churned = call.required_column("churned")?;
        call.expect_type("churned", &churned, "booleans, of 1 and 0, or of 'yes' and 'no'", is_truth)?;
        let customers = call.column("customers")?;
        customers.as_ref().map(|column| call.expect_type("customers", column, "numbers", is_number)).transpose()?;
        let group = call.column("by")?.map_or(lit(ScalarValue::Utf8(None)), |by| cast(by, DataType::Utf8));
        let columns = [
            group.alias(GROUP),
            tenure.alias("tenure"),
            churned.alias("left"),
            customers.unwrap_or(lit(1_i64)).alias("customers"),
        ];
        let curve = tenure_curve(horizon.transpose()?, ["tenure", "left", "customers"].map(col).to_vec()).alias(ROWS);
        let rows = COUNTS.iter().chain(&SHARES).map(|name| get_field(col(ROWS), *name).alias(*name));
        let columns_of_rows: Vec<Expr> = std::iter::once(col(GROUP)).chain(rows).collect();
        LogicalPlanBuilder::from(call.relation()?.plan.clone())
            .project(columns)?
            .aggregate(vec![col(GROUP)], vec![curve])?
            .unnest_column(ROWS)?
            .project(columns_of_rows)?
            .sort([col(GROUP).sort(true, true), col(COUNTS[0]).sort(true, false)])?
            .build()
    }
}
