//! `selftest`: the published results, derived again on this machine.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, internal_err};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{
    ColumnarValue, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, col, lit,
};

use crate::doc::{Column, Doc, Kind};
use crate::models::self_test::{CHECKS, World};
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "selftest",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "The published results of the models of value and churn, derived again on this machine from the data of the papers.",
    arguments: &[],
    returns: &[
        Column::new("test", "text", "the model, and what of it"),
        Column::new("expected", "double precision", "as published"),
        Column::new("actual", "double precision", "as fitted or forecast now; NULL where the fit did not converge"),
        Column::new(
            "tolerance",
            "double precision",
            "how far the two may be apart: half a unit of the last published digit, or one",
        ),
        Column::new("source", "text", "where it is published"),
        Column::new("passed", "boolean", "whether they are no further apart"),
    ],
    notes: "The data (CDNOW's sample of 2,357 customers with weeks as in the published table, 11,104 donors, the \"Regular\" subscribers) are part of the \
            program as counts of equal customers; `actual` is computed when the rows are read and stored nowhere.",
    source: "Named in each row.",
    example: "SELECT count(*) AS tests, count(*) FILTER (WHERE passed) AS passed FROM selftest();",
};

#[derive(Debug)]
pub struct SelfTest;

impl TableFunction for SelfTest {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, _: &Call) -> Result<LogicalPlan> {
        let rows = CHECKS.iter().map(|c| vec![lit(c.test), lit(c.expected), lit(c.tolerance), lit(c.source)]).collect();
        let derived = ScalarUDF::from(Derived { signature: Signature::exact(vec![DataType::Utf8], Volatility::Volatile) });
        let (expected, actual, tolerance) = (|| col("expected"), || col("actual"), || col("tolerance"));
        let within = actual().between(expected() - tolerance(), expected() + tolerance());
        LogicalPlanBuilder::values(rows)?
            .project([
                col("column1").alias("test"),
                col("column2").alias("expected"),
                derived.call(vec![col("column1")]).alias("actual"),
                col("column3").alias("tolerance"),
                col("column4").alias("source"),
            ])?
            .project([
                col("test"),
                expected(),
                actual(),
                tolerance(),
                col("source"),
                coalesce(vec![within, lit(false)]).alias("passed"),
            ])?
            .build()
    }
}

/// The number of a test, derived. Volatile, so that the planner neither computes it nor asks for it twice.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Derived {
    signature: Signature,
}

impl ScalarUDFImpl for Derived {
    fn name(&self) -> &str {
        "derived"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [tests] = args.args.as_slice() else { return internal_err!("derived takes a test") };
        let tests = tests.to_array(args.number_rows)?;
        let world = World::default();
        let of =
            |test: Option<&str>| CHECKS.iter().find(|check| Some(check.test) == test).and_then(|check| (check.actual)(&world));
        let actual: Float64Array = tests.as_string::<i32>().iter().map(of).collect();
        Ok(ColumnarValue::Array(Arc::new(actual)))
    }
}
