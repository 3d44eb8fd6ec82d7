//! From records, and what is said of them, to what [`LinkRecords`](super::LinkRecords) returns.

use std::sync::Arc;
use std::sync::Mutex;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{Result, exec_datafusion_err, internal_err};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::MemoryReservation;

use super::link_changes::{ChangesOf, change_rows, refusal_rows};
use super::link_pairs::PairRows;
use super::link_records::{LinkOptions, Output, RecordName, no_key_error};
use super::link_records_exec::{Found, Kept, Outcome, Read, ReadSide, separate_ids, text_of};
use super::link_report::{block_rows, model_rows, step_rows};
use super::link_sides::{labels_of, previous_of, rules_of};
use crate::error::CustomerError;
use crate::linkage::clusters::{LINK_BYTES_PER_RECORD, Records, link};
use crate::linkage::households::{HOUSEHOLD_BYTES, households};
use crate::linkage::key::{KeySet, makes_key};
use crate::linkage::links::{Joined, LEARN_MIN, LINKS_BYTES, Links, by_keys, reason};
use crate::linkage::matching::{KEY_BYTES, MATCH_BYTES, Pair, matched};
use crate::linkage::pairs::{PAIR_BYTES, RecordPairs};
use crate::linkage::parallel::Work;
use crate::linkage::people::{People, Told, VALUE_BYTES};
use crate::linkage::previous::Previous;
use crate::linkage::protection::{Protection, add_twins};
use crate::linkage::refusals::refusals;
use crate::linkage::rules::Rules;
use crate::linkage::sides::Sides;
use crate::linkage::standing::{STANDING_BYTES, Standing};
use crate::linkage::waterfall::{key_steps, waterfall};

/// Pairs of which the odds are farther from even are no doubtful ones: 1,000 to 1.
const DOUBT_BITS: f64 = 10.0;

/// How records are linked.
pub(super) struct Linking {
    pub(super) options: LinkOptions,
    pub(super) slots: Vec<usize>,
    pub(super) work: Work,
    pub(super) schema: SchemaRef,
    pub(super) reservation: MemoryReservation,
}

/// All records of a call, and what is said of them.
struct Input<'a> {
    records: Records,
    partitions: &'a [Kept],
    sides: &'a Sides,
    rules: Rules,
    /// Records that say the same and are contents of their own.
    twins: Vec<[u32; 2]>,
    /// The earlier result, if there is one.
    previous: Option<Previous>,
}

impl Input<'_> {
    /// The earlier profiles that stand, where only what is new is compared.
    fn standing(&self, people: &People, options: &LinkOptions) -> Option<Standing> {
        let previous = self.previous.as_ref().filter(|_| options.incremental)?;
        Some(Standing::new(previous, people, &Protection::new(&self.rules, people)))
    }
}

impl Linking {
    pub(super) async fn all(
        self,
        tasks: Vec<SpawnedTask<Result<Read>>>,
        said: Vec<SpawnedTask<Result<ReadSide>>>,
    ) -> Result<Outcome> {
        let mut records = Records::with_slots(self.slots.len());
        let (mut partitions, mut told) = (vec![], vec![]);
        for task in tasks {
            let mut read = task.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))??;
            read.kept.start = records.len();
            records.append(read.records);
            partitions.push(read.kept);
            told.push(read.told);
        }
        let (mut sides, mut reservations) = (Sides::default(), vec![]);
        for task in said {
            let (side, said, reservation) =
                task.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))??;
            side.put(said, &mut sides);
            reservations.push(reservation);
        }
        if u32::try_from(records.len()).is_err() {
            let message =
                format!("{} links up to {} records in one call, not {}", self.options.function, u32::MAX, records.len());
            return Err(CustomerError::limit_exceeded(message).into());
        }
        let linking = SpawnedTask::spawn_blocking(move || {
            separate_ids(self.options.function, &mut records.ids, &partitions)?;
            let batches = || partitions.iter().flat_map(|kept| &kept.batches);
            let rules = rules_of(&sides, &self.options, &records.ids, batches)?;
            let twins = if rules.is_empty() { vec![] } else { rules.tell_apart(&records.ids, &mut records.contents) };
            let previous = previous_of(&sides, &records.ids, self.options.function)?;
            if let Some(previous) = previous.as_ref().filter(|_| self.options.incremental) {
                previous.tell_apart(&mut records.contents);
            }
            let input = Input { records, partitions: &partitions, sides: &sides, rules, twins, previous };
            let found = self.found(&input, told)?;
            drop(reservations);
            Ok::<_, DataFusionError>((found, partitions, self.reservation))
        });
        let linked = linking.join_unwind().await.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e)))?;
        let (found, partitions, _reservation) = linked?;
        let partitions = partitions.into_iter().map(|kept| Mutex::new(Some(kept))).collect();
        Ok(Outcome { found, partitions, _reservation })
    }

    /// By what a model learns of them, or by keys where they are too few to learn from.
    fn found(&self, input: &Input, told: Vec<Told>) -> Result<Found> {
        let records = &input.records;
        let (columns, texts) = (told.first().map_or(0, |told| told.fields.len()), told.iter().map(Told::bytes).sum::<usize>());
        self.reservation.try_grow(records.len() * (LINKS_BYTES + VALUE_BYTES * columns) + texts)?;
        self.work.begins("numbering values");
        let people = People::new(told, &records.contents, self.options.key_limit, &self.work).ok_or_else(stopped)?;
        self.reservation.try_grow(people.text_bytes())?;
        if let Some(rest) = self.options.no_key.as_ref().filter(|_| !records.ids.is_empty() && !has_key(&people)) {
            let found = people.fields.iter().map(|values| values.field.name()).collect::<Vec<_>>().join(", ");
            return Err(no_key_error(self.options.function, &found, rest));
        }
        // Records that agree on nothing that is somebody's own, such as a given name and a city, agree by chance.
        if people.count() >= LEARN_MIN && people.fields.len() >= 2 && has_key(&people) {
            return self.by_model(input, &people);
        }
        if let Output::Model | Output::Blocks = self.options.output {
            let message = format!(
                "{}: there are {} different records with {} fields; from fewer than {LEARN_MIN}, or from one field, nothing is learnt",
                self.options.function,
                people.count(),
                people.fields.len()
            );
            let error = CustomerError::invalid_value(message);
            return Err(error.hint("unify_profiles links so few by keys, which matched_by names").into());
        }
        self.reservation.try_grow(records.len() * LINK_BYTES_PER_RECORD)?;
        self.by_keys(input, &people)
    }

    fn by_model(&self, input: &Input, people: &People) -> Result<Found> {
        let Input { records, sides, rules, .. } = input;
        let LinkOptions { output, threshold, .. } = self.options;
        self.reservation.try_grow(people.count() as usize * (MATCH_BYTES + KEY_BYTES * self.work.threads()))?;
        let least = if let Output::Doubtful(_) = output { -DOUBT_BITS } else { 0.0 };
        let labels = labels_of(sides, &records.ids, people);
        if self.options.incremental {
            self.reservation.try_grow(people.count() as usize * STANDING_BYTES)?;
        }
        let standing = input.standing(people, &self.options);
        let mut matched = matched(people, &labels, least, standing, &self.work).ok_or_else(stopped)?;
        self.work.begins("joining records");
        add_twins(&mut matched, people, &input.twins);
        let joined = || Joined::by_model(people, &matched, rules, threshold, &self.work).ok_or_else(stopped);
        let text = |pattern: u64| reason(&matched.model, pattern);
        Ok(match output {
            Output::Profiles | Output::Households { .. } => {
                let links = joined()?.links(people, &records.ids, &self.work, text).ok_or_else(stopped)?;
                self.of_links(people, Self::lasting(links, input))?
            }
            Output::Model => Found::Rows(model_rows(&matched, &self.schema)?),
            Output::Blocks => Found::Rows(block_rows(people, &matched, &self.schema)?),
            Output::Pairs | Output::Doubtful(_) => {
                self.reservation.try_grow((matched.pairs.len() + records.len()) * PAIR_BYTES)?;
                let least = if output == Output::Pairs { matched.least_weight(threshold) } else { least };
                let pairs = RecordPairs::by_model(people, &matched, &records.ids, least, &self.work);
                self.pairs(pairs.ok_or_else(stopped)?, input)?
            }
            Output::Steps => {
                let content = |record: u32| people.contents.get(record as usize).copied().flatten();
                let [left, right] = self.two(input)?.map(content);
                Found::Rows(step_rows(&waterfall(&matched.model, &people.fields, left, right), &self.schema)?)
            }
            Output::Changes | Output::Refused => {
                self.reservation.try_grow((matched.pairs.len() + records.len()) * PAIR_BYTES)?;
                let pairs = RecordPairs::by_model(people, &matched, &records.ids, 0.0, &self.work).ok_or_else(stopped)?;
                self.changes(input, people, &joined()?, &matched.pairs, &pairs, text)?
            }
        })
    }

    fn by_keys(&self, input: &Input, people: &People) -> Result<Found> {
        let Input { records, rules, .. } = input;
        let LinkOptions { output, key_limit, .. } = self.options;
        self.work.begins("joining records");
        let standing = input.standing(people, &self.options);
        let content = |record: u32| people.contents.get(record as usize).copied().flatten();
        let is_open = |left: u32, right: u32| match (&standing, content(left), content(right)) {
            (Some(standing), Some(left), Some(right)) => standing.is_open(left, right),
            _ => true,
        };
        let pairs = || {
            let mut found = RecordPairs::by_keys(records, &self.slots, key_limit, |pairs| {
                self.work.goes_on().ok_or_else(stopped)?;
                self.reservation.try_grow(2 * pairs * PAIR_BYTES)
            })?;
            found.pairs.retain(|pair| is_open(pair.left, pair.right));
            Ok::<_, DataFusionError>(found)
        };
        let joined = |found: &RecordPairs| Joined::by_keys(people, found, &standing, rules, &self.work).ok_or_else(stopped);
        let text = |pattern: u64| KeySet::of(pattern).names();
        match output {
            Output::Pairs | Output::Doubtful(_) => self.pairs(pairs()?, input),
            Output::Steps => {
                let [left, right] = self.two(input)?;
                Ok(Found::Rows(step_rows(&key_steps(records, &self.slots, key_limit, left, right), &self.schema)?))
            }
            Output::Changes | Output::Refused => {
                let found = pairs()?;
                let of_contents = found.pairs.iter().filter_map(|pair| {
                    let (left, right) = (content(pair.left)?, content(pair.right)?);
                    Some(Pair { left, right, pattern: pair.pattern, weight: pair.weight })
                });
                let of_contents: Vec<Pair> = of_contents.collect();
                self.changes(input, people, &joined(&found)?, &of_contents, &found, text)
            }
            _ if rules.is_empty() && standing.is_none() => {
                let links = link(records, &self.slots, key_limit, &self.work).map(by_keys).ok_or_else(stopped)?;
                self.of_links(people, Self::lasting(links, input))
            }
            _ => {
                let links = joined(&pairs()?)?.links(people, &records.ids, &self.work, text).ok_or_else(stopped)?;
                self.of_links(people, Self::lasting(links, input))
            }
        }
    }

    /// The links with the ids that their profiles had before.
    fn lasting(mut links: Links, input: &Input) -> Links {
        if let Some(previous) = &input.previous {
            let lasting = previous.lasting(&links.profiles);
            for profile in &mut links.profiles {
                *profile = lasting.get(profile).map_or(*profile, |id| id.cast_unsigned());
            }
        }
        links
    }

    /// What became of earlier profiles, or the links that were not made.
    fn changes(
        &self,
        input: &Input,
        people: &People,
        joined: &Joined,
        pairs: &[Pair],
        found: &RecordPairs,
        text: impl Fn(u64) -> String,
    ) -> Result<Found> {
        let ids = &input.records.ids;
        let links = joined.links(people, ids, &self.work, &text).ok_or_else(stopped)?;
        let protection = Protection::new(&input.rules, people);
        let nothing = Previous::default();
        let previous = input.previous.as_ref().unwrap_or(&nothing);
        let lasting = previous.lasting(&links.profiles);
        let of = ChangesOf {
            people,
            protection: &protection,
            partitions: input.partitions,
            sources: &self.options.sources,
            profiles: &links.profiles,
            lasting: &lasting,
            ids,
            schema: &self.schema,
        };
        let rows = if self.options.output == Output::Refused {
            let refused = refusals(people, joined, &protection, pairs, ids, &self.work).ok_or_else(stopped)?;
            refusal_rows(&of, &refused, text)?
        } else {
            change_rows(&of, previous, found, &input.rules.must_link)?
        };
        Ok(Found::Rows(rows))
    }

    fn of_links(&self, people: &People, links: Links) -> Result<Found> {
        let Output::Households { limit } = self.options.output else { return Ok(Found::Links(links)) };
        self.reservation.try_grow(links.profiles.len() * HOUSEHOLD_BYTES)?;
        let households = households(people, &links.profiles, limit, &self.work).ok_or_else(stopped)?;
        Ok(Found::Households(households, links))
    }

    fn pairs(&self, mut pairs: RecordPairs, input: &Input) -> Result<Found> {
        if let Output::Doubtful(n) = self.options.output {
            pairs = pairs.doubtful(n, &input.records.ids, &self.work).ok_or_else(stopped)?;
        }
        let batches = input.partitions.iter().flat_map(|kept| &kept.batches);
        Ok(Found::Pairs(Arc::new(PairRows::new(pairs, batches, Arc::clone(&self.schema)))))
    }

    /// The two records of [`Output::Steps`].
    fn two(&self, input: &Input) -> Result<[u32; 2]> {
        match &self.options.pair {
            Some([left, right]) => two_records(left, right, input.partitions),
            None => internal_err!("explain_match has no records"),
        }
    }
}

/// Whether what the records say makes a key.
fn has_key(people: &People) -> bool {
    makes_key(|field| people.fields.iter().any(|values| values.field == field && values.texts.count() > 1))
}

pub(super) fn stopped() -> DataFusionError {
    exec_datafusion_err!("LinkRecords was stopped")
}

/// The numbers of two records; 22023 unless both are there.
fn two_records(left: &RecordName, right: &RecordName, partitions: &[Kept]) -> Result<[u32; 2]> {
    let mut found: [Option<usize>; 2] = [None; 2];
    for kept in partitions {
        let mut start = kept.start;
        for batch in &kept.batches {
            let texts = batch.columns().iter().take(2).map(text_of).collect::<Result<Vec<StringArray>>>()?;
            let [sources, ids] = texts.as_slice() else { return internal_err!("LinkRecords needs source and record_id") };
            for (slot, name) in found.iter_mut().zip([left, right]) {
                let is_it = |(source, id): (Option<&str>, Option<&str>)| source == Some(&name.source) && id == Some(&name.id);
                *slot = slot.or(sources.iter().zip(ids).position(is_it).map(|row| start + row));
            }
            start += batch.num_rows();
        }
    }
    let number = |(found, name, option): (Option<usize>, &RecordName, &str)| {
        found.and_then(|record| u32::try_from(record).ok()).ok_or_else(|| {
            CustomerError::invalid_value(format!(
                "explain_match: source {} has no record with the {option} that was given",
                name.source
            ))
        })
    };
    let [of_left, of_right] = found;
    Ok([number((of_left, left, "left_id"))?, number((of_right, right, "right_id"))?])
}
