//! `micro_segments`: customers that are alike in whatever is known of them.

use datafusion::common::{Result, ScalarValue};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col};

use crate::aggregate::micro_segment::{MEMBER, SEGMENTS_MAX, Wanted, micro_segment};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::feature_columns::{NUMBERS, is_number};
use crate::options::Call;
use crate::relation::TableFunction;

/// The arguments of both functions of segments.
pub const ARGUMENTS: [Argument; 4] = [
    Argument::required("rel", Takes::Relation, "customers, one row each"),
    Argument::required("id", Takes::Column, "the customer; rows without one are left out"),
    Argument::required(
        "features",
        Takes::ColumnList,
        "what is known of them: numbers, truth values (1 and 0), dates or timestamps",
    ),
    Argument::optional(
        "k",
        Takes::Value("integer, or 'auto'"),
        "'auto'",
        "how many segments, 1 to 100; 'auto': as many, from 2 to 10, as are best apart (mean silhouette of up to 2000 rows)",
    ),
];

/// What both say of them.
pub const NOTES: &str = "Each feature is measured from its median in ranges between its quartiles (where that range is 0, two values are 1 apart, and others are measured in standard deviations), and \
     what is farther from a quartile than three such ranges counts as that far, so that a few large customers do not make all others alike. Then k-means: the \
     best of twenty searches, on a sample of 2000 rows where there are more. Segments are numbered from 1, the largest; there are fewer than `k` where \
     fewer customers differ. NULL and NaN count as the median; a feature with one value says nothing. No rows give none. The result depends neither on the order of \
     rows nor on threads. Errors: 22023 for a `k` that cannot be, and for a value beyond ±1e100; 42701 for a feature named twice; 42804 for one \
     that is no number. Memory: 8 bytes for each value, and the ids.";

pub const SOURCE: &str = "Lloyd 1982, \"Least squares quantization in PCM\"; Arthur and Vassilvitskii 2007, \"k-means++: the advantages of careful seeding\"; \
     Rousseeuw 1987, \"Silhouettes\"; Tukey 1977, \"Exploratory data analysis\", 2D, for the fences.";

static DOC: Doc = Doc {
    name: "micro_segments",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "Segments of customers who are alike in whatever is known of them, found and not laid down.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new("id", "as the id column", "the customer"),
        Column::new("segment", "bigint", "from 1, the largest; what it is like says `describe_segments`"),
        Column::new(
            "distance",
            "double precision",
            "from the centre of the segment, in ranges between the quartiles: how typical the customer is",
        ),
    ],
    notes: NOTES,
    source: SOURCE,
    example: "SELECT * FROM micro_segments((SELECT * FROM (VALUES (1, 2, 20.0), (2, 3, 25.0), (3, 2, 21.0), (4, 40, 310.0), (5, 43, 290.0)) AS c(customer, orders, spend)),\n\
              \u{20}                            id => 'customer', features => ARRAY['orders', 'spend'], k => 2) ORDER BY id;",
};

/// The list of rows, or one of them.
const ROWS: &str = "rows";

#[derive(Debug)]
pub struct MicroSegments;

impl TableFunction for MicroSegments {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        plan(call, |_| Wanted::Members, &MEMBER)
    }
}

/// The rows of what is wanted, given the names of the features, in the order of their first three columns.
pub fn plan(call: &Call, wanted: impl Fn(Vec<String>) -> Wanted, columns: &[&str]) -> Result<LogicalPlan> {
    let (names, features): (Vec<String>, Vec<Expr>) = call.columns("features", NUMBERS, is_number)?.into_iter().unzip();
    let arguments = std::iter::once(call.required_column("id")?).chain(features).collect();
    let rows = micro_segment(wanted(names), number(call)?, arguments).alias(ROWS);
    let columns: Vec<Expr> = columns.iter().map(|name| get_field(col(ROWS), *name).alias(*name)).collect();
    LogicalPlanBuilder::from(call.relation()?.plan.clone())
        .aggregate(Vec::<Expr>::new(), vec![rows])?
        .unnest_column(ROWS)?
        .filter(col(ROWS).is_not_null())?
        .project(columns)?
        .build()
}

/// How many segments; `None` for 'auto'. A number may be a text, as parameters are.
fn number(call: &Call) -> Result<Option<u64>> {
    let text = call.given("k").and_then(ScalarValue::try_as_str).flatten();
    if call.given("k").is_none() || text.is_some_and(|text| text.eq_ignore_ascii_case("auto")) {
        return Ok(None);
    }
    let (k, shown) = match text {
        Some(text) => (text.trim().parse().ok(), format!("'{text}'")),
        None => call.integer("k").map(|k| (k, k.unwrap_or_default().to_string()))?,
    };
    match k.and_then(|k: i64| u64::try_from(k).ok()).filter(|k| (1..=SEGMENTS_MAX).contains(k)) {
        Some(k) => Ok(Some(k)),
        None => Err(call.impossible("k", format!("must be a whole number from 1 to {SEGMENTS_MAX}, or 'auto', not {shown}"))),
    }
}
