//! What became of earlier profiles, and the links that were not made, as rows.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, Int64Builder, ListBuilder, RecordBatch, StringArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;

use super::link_pairs::PairRows;
use super::link_records_exec::{Kept, id_of};
use crate::linkage::changes::{Bridge, Compared};
use crate::linkage::links::{MUST_LINK, SAID};
use crate::linkage::matching::probability_of;
use crate::linkage::pairs::RecordPairs;
use crate::linkage::people::People;
use crate::linkage::previous::Previous;
use crate::linkage::protection::{Apart, Protection};
use crate::linkage::refusals::Refusal;

/// What is told of records that have been linked.
pub(super) struct ChangesOf<'a> {
    pub(super) people: &'a People,
    pub(super) protection: &'a Protection<'a>,
    pub(super) partitions: &'a [Kept],
    pub(super) sources: &'a [String],
    /// The profile of each record, and the lasting id of each.
    pub(super) profiles: &'a [u64],
    pub(super) lasting: &'a HashMap<u64, i64>,
    pub(super) ids: &'a [u64],
    pub(super) schema: &'a SchemaRef,
}

impl ChangesOf<'_> {
    fn reason(&self, apart: Option<Apart>) -> String {
        match apart {
            Some(Apart::CannotLink) => "cannot_link".to_owned(),
            Some(Apart::OnePerSource(source)) => {
                format!("one_per_source: {}", self.sources.get(source as usize).map_or("", String::as_str))
            }
            Some(Apart::Limit(field, values)) => format!("limits: {values} values of {}", field.name()),
            None => "the other records of both speak against it".to_owned(),
        }
    }

    fn profile(&self, record: u32) -> Option<i64> {
        let profile = self.profiles.get(record as usize)?;
        self.lasting.get(profile).copied().or(Some(profile.cast_signed()))
    }

    /// Which rule keeps the records of two profiles apart.
    fn apart(&self, ones: &[u32], others: &[u32]) -> Option<String> {
        let contents = |records: &[u32]| {
            let of = |record: &u32| self.people.contents.get(*record as usize).copied().flatten();
            records.iter().filter_map(of).collect::<Vec<u32>>()
        };
        self.protection.apart(&contents(ones), &contents(others)).map(|apart| self.reason(Some(apart)))
    }
}

/// A row for each profile and each that is gone.
pub(super) fn change_rows(
    of: &ChangesOf,
    previous: &Previous,
    found: &RecordPairs,
    must_link: &[[u32; 2]],
) -> Result<RecordBatch> {
    let said = must_link.iter().map(|records| Bridge { records: *records, weight: f64::INFINITY, text: MUST_LINK });
    let bridges =
        found.pairs.iter().map(|pair| Bridge { records: [pair.left, pair.right], weight: pair.weight, text: pair.pattern });
    let name = |record: u32| id_of(record, of.partitions).map_or_else(|_| String::new(), |(source, id)| format!("{source} {id}"));
    let text = |pattern: u64| match pattern {
        MUST_LINK => SAID.to_owned(),
        pattern => found.reasons.get(&pattern).cloned().unwrap_or_default(),
    };
    let compared = Compared { previous, profiles: of.profiles, lasting: of.lasting, ids: of.ids };
    let changes = compared.changes(said.chain(bridges), name, text, |ones, others| of.apart(ones, others));
    let mut from = ListBuilder::new(Int64Builder::new());
    for change in &changes {
        from.values().append_slice(&change.from);
        from.append(true);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(changes.iter().map(|change| Some(change.profile)).collect::<Int64Array>()),
        Arc::new(changes.iter().map(|change| Some(change.change)).collect::<StringArray>()),
        Arc::new(from.finish()),
        Arc::new(changes.iter().map(|change| change.reason.as_deref()).collect::<StringArray>()),
    ];
    Ok(RecordBatch::try_new(Arc::clone(of.schema), columns)?)
}

/// A row for each two profiles that a link would have made one.
pub(super) fn refusal_rows(of: &ChangesOf, refusals: &[Refusal], text: impl Fn(u64) -> String) -> Result<RecordBatch> {
    if refusals.is_empty() {
        // Perhaps there are no records either, of which a row could be taken.
        return Ok(RecordBatch::new_empty(Arc::clone(of.schema)));
    }
    let batches = of.partitions.iter().flat_map(|kept| &kept.batches);
    let rows = PairRows::new(RecordPairs::default(), batches, Arc::clone(of.schema));
    let of_side = |side: usize| refusals.iter().map(move |refusal| refusal.records[side]);
    let (left_source, left_id) = rows.who(of_side(0))?;
    let (right_source, right_id) = rows.who(of_side(1))?;
    let profiles = |side: usize| -> ArrayRef { Arc::new(of_side(side).map(|record| of.profile(record)).collect::<Int64Array>()) };
    let columns: Vec<ArrayRef> = vec![
        left_source,
        left_id,
        right_source,
        right_id,
        profiles(0),
        profiles(1),
        Arc::new(refusals.iter().map(|refusal| Some(probability_of(refusal.weight))).collect::<Float64Array>()),
        Arc::new(refusals.iter().map(|refusal| Some(text(refusal.pattern))).collect::<StringArray>()),
        Arc::new(refusals.iter().map(|refusal| Some(of.reason(refusal.apart))).collect::<StringArray>()),
    ];
    Ok(RecordBatch::try_new(Arc::clone(of.schema), columns)?)
}
