//! Records as they are compared: what they say as numbers of texts, and records that say exactly the same as one.

use std::ops::Range;
use std::sync::Arc;

use super::field::Field;
use super::key::makes_key;
use super::order::sorted;
use super::parallel::Work;
use super::texts::Texts;
use super::values::{MISSING, Rows, Sketch, Values};

/// Bytes of a text that are compared with others.
const TEXT_MAX: usize = 200;

/// Bytes of a record's value, and those of a different text beside its letters: its place, its sketch, its count and its classes.
pub const VALUE_BYTES: usize = 8;
const TEXT_BYTES: usize = 64;

/// Fields of which a value that many share is nobody's.
const fn is_personal(field: Field) -> bool {
    matches!(field, Field::Email | Field::Phone | Field::NationalId)
}

/// What some records say: for each column of a field the texts of the records, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// In ascending order.
    pub fields: Vec<Field>,
    columns: Vec<Column>,
}

#[derive(Clone, Debug, Default)]
struct Column {
    letters: String,
    lengths: Vec<u8>,
}

impl Told {
    /// Columns of these fields, without records.
    pub fn new(fields: Vec<Field>) -> Self {
        let columns = vec![Column::default(); fields.len()];
        Self { fields, columns }
    }

    /// Adds what one record says in a column, up to 200 bytes; an empty text is nothing.
    pub fn push(&mut self, column: usize, text: &str) {
        let Some(column) = self.columns.get_mut(column) else { return };
        let text = text.get(..text.floor_char_boundary(TEXT_MAX)).unwrap_or_default();
        column.letters.push_str(text);
        column.lengths.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    }

    /// Whether there is something to learn from: two fields of which some record says something, with a key among what is said.
    pub fn says_enough(&self) -> bool {
        let said =
            || self.fields.iter().zip(&self.columns).filter(|(_, column)| !column.letters.is_empty()).map(|(field, _)| *field);
        let is_said = |field: Field| said().any(|other| other == field);
        said().next().is_some_and(|first| said().any(|other| other != first)) && makes_key(is_said)
    }

    /// Bytes of the texts.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|column| column.letters.len() + column.lengths.len()).sum()
    }
}

impl Column {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.lengths.iter().map(move |length| {
            let end = start + usize::from(*length);
            let text = self.letters.get(start..end).unwrap_or_default();
            start = end;
            text
        })
    }
}

/// Different contents of records, each once, in the order of their hashes, which no order of the records changes.
#[derive(Debug)]
pub struct People {
    pub fields: Vec<Values>,
    /// For each record the number of its content; none where it says nothing.
    pub contents: Vec<Option<u32>>,
    /// How many records have each content.
    pub sizes: Vec<u32>,
}

impl People {
    /// Brings the records of all parts together, in their order. `hashes` are those of the contents, 0 where a record says nothing.
    /// Addresses and numbers that more than `limit` contents share are left out. `None` when the work was stopped.
    pub fn new(parts: Vec<Told>, hashes: &[u64], limit: usize, work: &Work) -> Option<Self> {
        let parts = without_silent(parts);
        let all_columns = parts.first().map(|part| part.fields.clone()).unwrap_or_default();
        let mut fields: Vec<(Field, Range<usize>)> = vec![];
        for same in all_columns.chunk_by(|left, right| left == right) {
            let start = fields.last().map_or(0, |(_, before)| before.end);
            fields.extend(same.first().map(|field| (*field, start..start + same.len())));
        }
        let (contents, sizes) = contents(hashes);
        let numbered = work.in_parallel(fields.len(), |number| Numbered::new(&parts, &fields[number], work))?;
        drop(parts);
        let mut rows = Rows { width: all_columns.len(), numbers: vec![MISSING; all_columns.len() * sizes.len()] };
        let codes: Vec<&[u32]> = numbered.iter().flat_map(|numbered| &numbered.codes).map(Vec::as_slice).collect();
        fill(&mut rows, &contents, &codes, work)?;
        let counts = work.in_parallel(fields.len(), |number| {
            let limit = if is_personal(fields[number].0) { limit } else { usize::MAX };
            Some(counts(&rows, &fields[number].1, numbered[number].texts.count(), limit))
        })?;
        for ((_, columns), (_, crowded)) in fields.iter().zip(&counts).filter(|(_, (_, crowded))| !crowded.is_empty()) {
            work.goes_on()?;
            leave_out(&mut rows, columns, crowded);
        }
        let rows = Arc::new(rows);
        let values = fields.into_iter().zip(numbered).zip(counts).map(|(((field, columns), numbered), (counts, _))| {
            let Numbered { texts, sketches, .. } = numbered;
            Values { field, rows: Arc::clone(&rows), columns, texts, sketches, counts }
        });
        Some(Self { fields: values.collect(), contents, sizes })
    }

    /// Bytes of the texts beside their letters.
    pub fn text_bytes(&self) -> usize {
        self.fields.iter().map(|values| values.texts.count() * TEXT_BYTES).sum()
    }

    /// How many different contents there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.sizes.len()).unwrap_or(u32::MAX)
    }
}

/// Without the columns in which no record says anything, where another one does: they are nothing to learn from.
fn without_silent(mut parts: Vec<Told>) -> Vec<Told> {
    let count = parts.first().map_or(0, |part| part.columns.len());
    let says = |column: usize| parts.iter().any(|part| part.columns.get(column).is_some_and(|said| !said.letters.is_empty()));
    let spoken: Vec<bool> = (0..count).map(says).collect();
    if spoken.contains(&true) {
        for part in &mut parts {
            let mut of_field = spoken.iter();
            part.fields.retain(|_| of_field.next() == Some(&true));
            let mut of_column = spoken.iter();
            part.columns.retain(|_| of_column.next() == Some(&true));
        }
    }
    parts
}

/// The number of each record's content, in the order of their hashes, and how many records have each.
fn contents(hashes: &[u64]) -> (Vec<Option<u32>>, Vec<u32>) {
    let known: Vec<(u64, u32)> = hashes.iter().copied().zip(0..).filter(|(hash, _)| *hash != 0).collect();
    let (mut contents, mut sizes) = (vec![None; hashes.len()], vec![]);
    for (number, same) in (0..).zip(sorted(&known).chunk_by(|left, right| left.0 == right.0)) {
        sizes.push(u32::try_from(same.len()).unwrap_or(u32::MAX));
        for (_, record) in same {
            if let Some(content) = contents.get_mut(*record as usize) {
                *content = Some(number);
            }
        }
    }
    (contents, sizes)
}

/// The columns of one field with a number for each text, the same in all parts and columns.
struct Numbered {
    texts: Texts,
    sketches: Vec<Sketch>,
    /// For each column the number of each record's text.
    codes: Vec<Vec<u32>>,
}

impl Numbered {
    /// `None` when the work was stopped.
    fn new(parts: &[Told], (field, columns): &(Field, Range<usize>), work: &Work) -> Option<Self> {
        let mut texts = Texts::default();
        let mut of_column = |column: usize| -> Option<Vec<u32>> {
            let columns = parts.iter().filter_map(|part| part.columns.get(column));
            let written = columns.flat_map(Column::texts).enumerate();
            written.map(|(step, text)| work.goes_on_at(step).map(|()| texts.number(text))).collect()
        };
        let codes = columns.clone().map(&mut of_column).collect::<Option<_>>()?;
        texts.finish();
        let sketches = texts.iter().enumerate().map(|(step, text)| work.goes_on_at(step).map(|()| Sketch::of(*field, text)));
        Some(Self { sketches: sketches.collect::<Option<_>>()?, texts, codes })
    }
}

/// Writes the numbers of records to the rows of their contents. `None` when the work was stopped.
fn fill(rows: &mut Rows, contents: &[Option<u32>], codes: &[&[u32]], work: &Work) -> Option<()> {
    let width = rows.width;
    for (record, content) in contents.iter().enumerate() {
        work.goes_on_at(record)?;
        let Some(content) = content else { continue };
        let start = *content as usize * width;
        let Some(row) = rows.numbers.get_mut(start..start + width) else { continue };
        for (number, codes) in row.iter_mut().zip(codes) {
            *number = codes.get(record).copied().unwrap_or(MISSING);
        }
    }
    Some(())
}

/// How many rows have each number in these columns, and the numbers of more than `limit`, which count none.
fn counts(rows: &Rows, columns: &Range<usize>, texts: usize, limit: usize) -> (Vec<u32>, Vec<bool>) {
    let mut counts = vec![0_u32; texts];
    for row in rows.numbers.chunks_exact(rows.width.max(1)) {
        let row = row.get(columns.clone()).unwrap_or_default();
        for (at, code) in row.iter().enumerate().filter(|(_, code)| **code != MISSING) {
            if !row[..at].contains(code) {
                counts[*code as usize] += 1;
            }
        }
    }
    if counts.iter().all(|count| *count as usize <= limit) {
        return (counts, vec![]);
    }
    let crowded: Vec<bool> = counts.iter().map(|count| *count as usize > limit).collect();
    counts.iter_mut().zip(&crowded).filter(|(_, is_crowded)| **is_crowded).for_each(|(count, _)| *count = 0);
    (counts, crowded)
}

/// Makes the crowded numbers of these columns missing.
fn leave_out(rows: &mut Rows, columns: &Range<usize>, crowded: &[bool]) {
    for row in rows.numbers.chunks_exact_mut(rows.width.max(1)) {
        for code in row.get_mut(columns.clone()).unwrap_or_default() {
            if crowded.get(*code as usize) == Some(&true) {
                *code = MISSING;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rows: &[[&str; 3]]) -> Told {
        let mut told = Told::new(vec![Field::Email, Field::Email, Field::City]);
        for row in rows {
            row.iter().enumerate().for_each(|(column, text)| told.push(column, text));
        }
        told
    }

    #[test]
    fn texts_have_one_number_in_all_parts_and_columns() {
        let parts = vec![told(&[["a@x", "", "Ulm"], ["b@x", "a@x", ""]]), told(&[["", "b@x", "Ulm"]])];
        let people = People::new(parts, &[7, 9, 3], 50, &Work::on(2)).unwrap();
        let texts = |content: u32, field: usize| -> Vec<&str> {
            let values = &people.fields[field];
            values.of(content).map(|code| values.text(code)).collect()
        };
        // Contents are in the order of their hashes.
        assert_eq!(people.contents, [Some(1), Some(2), Some(0)]);
        assert_eq!((texts(0, 0), texts(1, 0), texts(2, 0)), (vec!["b@x"], vec!["a@x"], vec!["b@x", "a@x"]));
        assert_eq!((texts(0, 1), texts(2, 1)), (vec!["Ulm"], vec![]));
        let count =
            |field: usize, content: u32| people.fields[field].of(content).map(|code| people.fields[field].count(code)).max();
        assert_eq!((count(0, 1), count(1, 1)), (Some(2), Some(2)));
    }

    #[test]
    fn records_that_say_the_same_are_one_and_those_that_say_nothing_none() {
        let people =
            People::new(vec![told(&[["a@x", "", ""], ["a@x", "", ""], ["", "", ""]])], &[7, 7, 0], 50, &Work::on(2)).unwrap();
        assert_eq!((people.contents.as_slice(), people.sizes.as_slice()), ([Some(0), Some(0), None].as_slice(), [2].as_slice()));
    }

    #[test]
    fn addresses_that_many_share_are_nobodys() {
        let rows: Vec<[String; 3]> = (0..4).map(|row| ["info@x".to_owned(), format!("{row}@x"), "Ulm".to_owned()]).collect();
        let rows: Vec<[&str; 3]> = rows.iter().map(|row| [row[0].as_str(), row[1].as_str(), row[2].as_str()]).collect();
        let people = People::new(vec![told(&rows)], &[1, 2, 3, 4], 3, &Work::on(2)).unwrap();
        assert!(people.fields[0].of(0).all(|code| people.fields[0].text(code) == "0@x"));
        assert_eq!(people.fields[1].of(0).count(), 1);
    }
}
