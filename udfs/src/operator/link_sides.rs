//! The small relations beside the records that [`LinkRecords`](super::LinkRecords) links: what each of them says, and how it is read.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::common::{Result, internal_err};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryReservation;
use futures::StreamExt;

use super::link_records::LinkOptions;
use super::link_records_exec::{record_hash, text_of};
use crate::error::CustomerError;
use crate::linkage::people::People;
use crate::linkage::previous::{InTwoProfiles, Previous};
use crate::linkage::rules::Rules;
use crate::linkage::sides::{Numbers, Said, Sides};

/// What a relation beside the records says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The profiles that records had: source, record_id (text), profile_id (bigint).
    Previous,
    /// Pairs that are one person: left_source, left_id, right_source, right_id (text).
    MustLink,
    /// Pairs that are not, with the same columns.
    CannotLink,
    /// Pairs to learn from: the same columns and is_match (double precision, 1 or 0).
    Labels,
}

impl Side {
    pub const ALL: [Self; 4] = [Self::Previous, Self::MustLink, Self::CannotLink, Self::Labels];

    /// The option that gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::MustLink => "must_link",
            Self::CannotLink => "cannot_link",
            Self::Labels => "labels",
        }
    }

    /// How many columns it has.
    pub(crate) fn columns(self) -> usize {
        match self {
            Self::Previous => 3,
            Self::MustLink | Self::CannotLink => 4,
            Self::Labels => 5,
        }
    }

    /// Puts what was read among the rest.
    pub(super) fn put(self, said: Vec<Said>, sides: &mut Sides) {
        match self {
            Self::Previous => sides.previous.get_or_insert_default().extend(said),
            Self::MustLink => sides.must_link.extend(said),
            Self::CannotLink => sides.cannot_link.extend(said),
            Self::Labels => sides.labels.extend(said),
        }
    }
}

/// Reads all partitions of a side. Rows with a NULL say nothing. Errors: 22023 where there are rows, and all of them are of other sources than
/// these.
pub(super) async fn read_side(
    side: Side,
    function: &'static str,
    partitions: Vec<SendableRecordBatchStream>,
    sources: Vec<String>,
    reservation: MemoryReservation,
) -> Result<(Side, Vec<Said>, MemoryReservation)> {
    let (mut said, mut rows) = (vec![], 0);
    for mut partition in partitions {
        while let Some(batch) = partition.next().await.transpose()? {
            let before = said.len();
            rows += batch.num_rows();
            read_rows(side, function, &batch, &sources, &mut said)?;
            reservation.try_grow((said.len() - before) * size_of::<Said>())?;
        }
    }
    if rows > 0 && said.is_empty() {
        let message = format!(
            "{function}: none of the rows of {} is of the sources {}, with all columns filled",
            side.name(),
            sources.join(", ")
        );
        let hint =
            "Relations go by their table's name, queries by their position, unless sources => ARRAY['crm', 'web'] names them";
        return Err(CustomerError::invalid_value(message).hint(hint).into());
    }
    Ok((side, said, reservation))
}

fn read_rows(side: Side, function: &str, batch: &RecordBatch, sources: &[String], said: &mut Vec<Said>) -> Result<()> {
    let texts = batch.columns().iter().map(text_of).collect::<Result<Vec<_>>>()?;
    let text = |column: usize, row: usize| {
        let column = texts.get(column)?;
        column.is_valid(row).then(|| column.value(row))
    };
    let record = |column: usize, row: usize| {
        let source = text(column, row).filter(|source| sources.iter().any(|known| known == source))?;
        Some(record_hash(source, text(column + 1, row)?))
    };
    for row in 0..batch.num_rows() {
        let (records, value) = match side {
            Side::Previous => {
                let Some(profiles) = batch.column(2).as_primitive_opt::<Int64Type>() else {
                    return internal_err!("previous has no profile_id");
                };
                (record(0, row).map(|id| [id, id]), profiles.is_valid(row).then(|| profiles.value(row)))
            }
            Side::MustLink | Side::CannotLink => {
                (record(0, row).zip(record(2, row)).map(<[u64; 2]>::from), Some(i64::from(side == Side::MustLink)))
            }
            Side::Labels => {
                let Some(labels) = batch.column(4).as_primitive_opt::<Float64Type>() else {
                    return internal_err!("labels has no is_match");
                };
                let value = labels.is_valid(row).then(|| labels.value(row));
                if value.is_some_and(|value| value != 0.0 && value != 1.0) {
                    let message = format!("{function}: is_match of labels must be true or false, or 1 or 0");
                    return Err(CustomerError::invalid_value(message).into());
                }
                (record(0, row).zip(record(2, row)).map(<[u64; 2]>::from), value.map(|value| i64::from(value == 1.0)))
            }
        };
        said.extend(records.zip(value).map(|(records, value)| Said { records, value }));
    }
    Ok(())
}

/// The earlier result, if there is one. Errors: 22023 where it has a record in two profiles.
pub(super) fn previous_of(sides: &Sides, ids: &[u64], function: &str) -> Result<Option<Previous>> {
    let Some(said) = &sides.previous else { return Ok(None) };
    let in_two = |InTwoProfiles| {
        let message = format!("{function}: previous has a record in two profiles");
        CustomerError::invalid_value(message).hint("Give one row for each record: its source, record_id and profile_id")
    };
    Ok(Some(Previous::new(said, &Numbers::new(ids), ids.len()).map_err(in_two)?))
}

/// What the sides and the options decide whatever the records say. `batches` have the sources of the records in their first column.
///
/// Errors: 22023 where must_link makes one person of records of which cannot_link makes two.
pub(super) fn rules_of<'a, B: Iterator<Item = &'a RecordBatch>>(
    sides: &Sides,
    options: &LinkOptions,
    ids: &[u64],
    batches: impl Fn() -> B,
) -> Result<Rules> {
    let mut rules = Rules { limits: options.limits.clone(), ..Rules::default() };
    if !sides.must_link.is_empty() || !sides.cannot_link.is_empty() {
        let numbers = Numbers::new(ids);
        let pairs = |said: &[Said]| numbers.pairs(said).into_iter().map(|(records, _)| records).collect();
        (rules.must_link, rules.cannot_link) = (pairs(&sides.must_link), pairs(&sides.cannot_link));
    }
    if options.one_per_source {
        let mut sources = Vec::with_capacity(ids.len());
        for batch in batches() {
            let number = |source: Option<&str>| options.sources.iter().position(|known| Some(known.as_str()) == source);
            let texts = text_of(batch.column(0))?;
            sources.extend(
                texts.iter().map(|source| number(source).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()),
            );
        }
        rules.sources = Some(sources);
    }
    if rules.contradict(u32::try_from(ids.len()).unwrap_or(u32::MAX)) {
        let message = format!("{}: must_link makes one person of records of which cannot_link makes two", options.function);
        let hint = "A chain of pairs in must_link counts too; join the two on left_id and right_id to find them";
        return Err(CustomerError::invalid_value(message).hint(hint).into());
    }
    Ok(rules)
}

/// Pairs of contents of which it is known whether they are one person.
pub(super) fn labels_of(sides: &Sides, ids: &[u64], people: &People) -> Vec<([u32; 2], bool)> {
    if sides.labels.is_empty() {
        return vec![];
    }
    let content = |record: u32| people.contents.get(record as usize).copied().flatten();
    let labels = Numbers::new(ids).pairs(&sides.labels).into_iter();
    labels.filter_map(|([left, right], value)| Some(([content(left)?, content(right)?], value == 1))).collect()
}
