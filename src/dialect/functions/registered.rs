//! The functions of a session that are PostgreSQL's and not the engine's; those of the engine with the same names go, with their other
//! names, under which they would come back.

use std::sync::Arc;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

use super::overloaded::{Definition, Overloaded};
use super::series::{GenerateSeries, IntegerSeries};
use super::{beside, record, written};
use crate::dialect::aggregates::intervals::Average;
use crate::dialect::aggregates::percentile::Percentile;
use crate::dialect::aggregates::quantiles::OfSorted;
use crate::dialect::arrays::{self, quantified};
use crate::dialect::casts::as_text;
use crate::dialect::formats::to_char::ToChar;
use crate::dialect::formats::to_number::ToNumber;
use crate::dialect::formats::to_timestamp::ToTimestamp;
use crate::dialect::moments::at_time_zone::AtTimeZone;
use crate::dialect::moments::calendar;
use crate::dialect::moments::fields::Extract;
use crate::dialect::moments::overlaps::Overlaps;
use crate::dialect::moments::truncation::DateTrunc;
use crate::dialect::numbers::signs::Plus;
use crate::dialect::numbers::{bits, maths};
use crate::dialect::subqueries::recursion;
use crate::dialect::texts;

/// What a session has until its own zone is set.
const ZONE: &str = "UTC";

/// Registers the functions.
///
/// # Errors
/// None at present: a state takes every function.
pub fn register(state: &mut SessionState) -> Result<()> {
    // Whole numbers are made one by one, where all else is an array.
    if let Some(series) = state.table_functions().get("generate_series").cloned() {
        state.register_udtf("bigint_series", Arc::clone(series.function()));
    }
    state.register_udtf("integer_series", Arc::new(IntegerSeries));
    let overloaded = |definition: &'static Definition| ScalarUDF::from(Overloaded::new(definition, ZONE));
    let single = [
        ScalarUDF::from(AtTimeZone::new(ZONE)),
        ScalarUDF::from(ToChar::new(ZONE)),
        ScalarUDF::from(ToNumber::default()),
        ScalarUDF::from(ToTimestamp::new(true, ZONE)),
        ScalarUDF::from(ToTimestamp::new(false, ZONE)),
        ScalarUDF::from(Extract::numeric()),
        ScalarUDF::from(Extract::date_part()),
        ScalarUDF::from(DateTrunc::new(ZONE)),
        ScalarUDF::from(GenerateSeries::new(ZONE)),
        ScalarUDF::from(Overlaps::default()),
        ScalarUDF::from(Plus::default()),
        ScalarUDF::from(bits::Not::default()),
        beside::function(),
        as_text::function(),
        record::function(),
        recursion::function(),
        written::function(),
    ];
    state.deregister_udf("struct")?;
    let functions = single
        .into_iter()
        .chain(calendar::FUNCTIONS.iter().map(overloaded))
        .chain(maths::EXACT_FUNCTIONS.iter().map(overloaded))
        .chain(maths::functions())
        .chain(arrays::functions())
        .chain(quantified::functions().map(ScalarUDF::from))
        .chain(OfSorted::all().map(ScalarUDF::from));
    for function in functions {
        state.deregister_udf(function.name())?;
        state.register_udf(Arc::new(function))?;
    }
    texts::register(state)?;
    state.deregister_udaf("avg")?;
    state.register_udaf(Arc::new(AggregateUDF::from(Average::default())))?;
    state.deregister_udaf("percentile_cont")?;
    state.register_udaf(Arc::new(AggregateUDF::from(Percentile::default())))?;
    Ok(())
}
