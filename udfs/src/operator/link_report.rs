//! What the linking of records learnt, as rows.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;

use crate::linkage::chances::{HOUSEHOLD, PERSON, STRANGERS};
use crate::linkage::levels::{EQUAL, levels};
use crate::linkage::matching::Matched;
use crate::linkage::people::People;
use crate::linkage::waterfall::Step;

struct ModelRow {
    field: &'static str,
    level: &'static str,
    m: f64,
    u: Option<f64>,
    weight: f64,
    pairs: f64,
}

/// A row for each level of each field, and one each for the pairs of one person and of one household among all pairs.
pub(super) fn model_rows(matched: &Matched, schema: &SchemaRef) -> Result<RecordBatch> {
    let model = &matched.model;
    let mut rows = vec![];
    for (index, chances) in model.fields.iter().enumerate() {
        let both = chances.of[PERSON].iter().zip(&chances.of[STRANGERS]);
        for ((number, level), (m, u)) in (EQUAL..).zip(levels(chances.field)).zip(both) {
            let (field, weight, pairs) = (chances.field.name(), model.bits(index, number), m * chances.pairs);
            rows.push(ModelRow { field, level, m: *m, u: Some(*u), weight, pairs });
        }
    }
    let level = if model.has_converged { "converged" } else { "not converged" };
    for (field, class) in [("one person", PERSON), ("one household", HOUSEHOLD)] {
        let m = model.shares[class];
        rows.push(ModelRow { field, level, m, u: None, weight: m.log2(), pairs: m * matched.all_pairs });
    }
    let texts = |text: fn(&ModelRow) -> &'static str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(text(row))).collect::<StringArray>())
    };
    let numbers =
        |number: fn(&ModelRow) -> Option<f64>| -> ArrayRef { Arc::new(rows.iter().map(number).collect::<Float64Array>()) };
    let columns = vec![
        texts(|row| row.field),
        texts(|row| row.level),
        numbers(|row| Some(row.m)),
        numbers(|row| row.u),
        numbers(|row| Some(row.weight)),
        numbers(|row| Some(row.pairs)),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// A row for each rule of blocking, in the order in which they were taken.
pub(super) fn block_rows(people: &People, matched: &Matched, schema: &SchemaRef) -> Result<RecordBatch> {
    let (blocking, fields) = (&matched.blocking, people.fields.as_slice());
    let texts = |text: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new((0..blocking.rules.len()).map(text).collect::<StringArray>())
    };
    let numbers = |number: fn(&crate::linkage::matching::BlockFigures) -> u64| -> ArrayRef {
        Arc::new(matched.figures.iter().map(|figures| i64::try_from(number(figures)).ok()).collect::<Int64Array>())
    };
    let largest = |rule: usize| blocking.key(blocking.rules.get(rule)?, fields, matched.figures.get(rule)?.largest_content);
    let columns = vec![
        texts(&|rule| blocking.rules.get(rule).map(|rule| blocking.name(rule, fields))),
        numbers(|figures| figures.keys),
        numbers(|figures| figures.pairs),
        numbers(|figures| figures.new_pairs),
        texts(&largest),
        numbers(|figures| figures.largest),
        numbers(|figures| figures.skipped),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// A row for each step to a weight.
pub(super) fn step_rows(steps: &[Step], schema: &SchemaRef) -> Result<RecordBatch> {
    let texts =
        |text: fn(&Step) -> Option<&'static str>| -> ArrayRef { Arc::new(steps.iter().map(text).collect::<StringArray>()) };
    let numbers = |number: fn(&Step) -> Option<f64>| -> ArrayRef { Arc::new(steps.iter().map(number).collect::<Float64Array>()) };
    let columns = vec![
        Arc::new((1..).zip(steps).map(|(number, _)| Some(number)).collect::<Int32Array>()) as ArrayRef,
        texts(|step| Some(step.field)),
        texts(|step| step.level),
        numbers(|step| step.m),
        numbers(|step| step.u),
        numbers(|step| step.rarity),
        numbers(|step| Some(step.weight)),
        numbers(|step| step.running_weight),
        numbers(|step| step.running_probability),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}
