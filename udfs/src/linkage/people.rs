//! Records as they are compared: what they say as numbers of texts, and records that say exactly the same as one.

use std::collections::HashMap;

use super::field::Field;
use super::parallel::in_parallel;
use super::values::{MISSING, Values};

/// Fields of which a value that many share is nobody's.
const fn is_personal(field: Field) -> bool {
    matches!(field, Field::Email | Field::Phone | Field::NationalId)
}

/// Bytes of a text beside its letters: where it is kept twice, its sketch and its classes.
const TEXT_BYTES: usize = 160;

/// What some records say: for each column of a field the number of each record's text, and the texts.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub fields: Vec<Field>,
    numbers: Vec<HashMap<String, u32>>,
    columns: Vec<Vec<u32>>,
    bytes: usize,
}

impl Told {
    /// Columns of these fields, without records.
    pub fn new(fields: Vec<Field>) -> Self {
        let (numbers, columns) = (vec![HashMap::new(); fields.len()], vec![vec![]; fields.len()]);
        Self { fields, numbers, columns, bytes: 0 }
    }

    /// Adds what one record says in a column; an empty text is nothing.
    pub fn push(&mut self, column: usize, text: &str) {
        let (Some(numbers), Some(codes)) = (self.numbers.get_mut(column), self.columns.get_mut(column)) else { return };
        let code = match numbers.get(text) {
            _ if text.is_empty() => MISSING,
            Some(code) => *code,
            None => {
                let next = u32::try_from(numbers.len() + 1).unwrap_or(MISSING);
                numbers.insert(text.to_owned(), next);
                self.bytes += text.len() + TEXT_BYTES;
                next
            }
        };
        codes.push(code);
        self.bytes += size_of::<u32>();
    }

    /// Bytes of texts and numbers.
    pub fn bytes(&self) -> usize {
        self.bytes
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
    /// Addresses and numbers that more than `limit` contents share are left out. Works on some threads.
    pub fn new(parts: Vec<Told>, hashes: &[u64], limit: usize, threads: usize) -> Self {
        let mut order: Vec<(u64, u32)> = hashes.iter().copied().zip(0..).filter(|(hash, _)| *hash != 0).collect();
        order.sort_unstable();
        let mut contents = vec![None; hashes.len()];
        let (mut sizes, mut firsts) = (vec![], vec![]);
        for (number, same) in (0..).zip(order.chunk_by(|left, right| left.0 == right.0)) {
            sizes.push(u32::try_from(same.len()).unwrap_or(u32::MAX));
            firsts.extend(same.first().map(|(_, record)| *record));
            for (_, record) in same {
                if let Some(content) = contents.get_mut(*record as usize) {
                    *content = Some(number);
                }
            }
        }
        let columns = parts.first().map(|part| part.fields.clone()).unwrap_or_default();
        let mut fields: Vec<Field> = columns.clone();
        fields.dedup();
        let of_field = |number: usize| {
            let field = fields[number];
            let columns = columns.iter().enumerate().filter(|(_, other)| **other == field).map(|(column, _)| column);
            values_of(field, &columns.collect::<Vec<_>>(), &parts, &firsts, limit)
        };
        Self { fields: in_parallel(fields.len(), threads, of_field), contents, sizes }
    }

    /// How many different contents there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.sizes.len()).unwrap_or(u32::MAX)
    }
}

/// The values of a field in the chosen records, with one number for each text over all parts and columns.
fn values_of(field: Field, columns: &[usize], parts: &[Told], chosen: &[u32], limit: usize) -> Values {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut texts: Vec<&str> = vec![""];
    // The numbers of each part's texts in each column, as numbers of all.
    let mut renumbered: Vec<Vec<Vec<u32>>> = vec![];
    for part in parts {
        let of_part = columns.iter().map(|column| {
            let Some(of_column) = part.numbers.get(*column) else { return vec![] };
            let mut codes = vec![MISSING; of_column.len() + 1];
            for (text, code) in of_column {
                let next = u32::try_from(texts.len()).unwrap_or(MISSING);
                let number = *numbers.entry(text).or_insert(next);
                if number == next {
                    texts.push(text);
                }
                if let Some(slot) = codes.get_mut(*code as usize) {
                    *slot = number;
                }
            }
            codes
        });
        renumbered.push(of_part.collect());
    }
    let starts: Vec<usize> = parts
        .iter()
        .scan(0, |start, part| {
            let here = *start;
            *start += part.columns.first().map_or(0, Vec::len);
            Some(here)
        })
        .collect();
    let mut codes: Vec<Vec<u32>> = vec![Vec::with_capacity(chosen.len()); columns.len()];
    let mut counts = vec![0_u32; texts.len()];
    let mut of_record: Vec<u32> = vec![];
    for record in chosen {
        let record = *record as usize;
        let part = starts.partition_point(|start| *start <= record) - 1;
        of_record.clear();
        for (place, column) in columns.iter().enumerate() {
            let own = parts[part].columns[*column][record - starts[part]];
            let code = renumbered[part][place].get(own as usize).copied().unwrap_or(MISSING);
            codes[place].push(code);
            if code != MISSING && !of_record.contains(&code) {
                of_record.push(code);
                counts[code as usize] += 1;
            }
        }
    }
    if is_personal(field) {
        for code in codes.iter_mut().flatten() {
            if counts[*code as usize] as usize > limit {
                *code = MISSING;
            }
        }
        for count in counts.iter_mut().filter(|count| **count as usize > limit) {
            *count = 0;
        }
    }
    Values::new(field, codes, texts.into_iter().map(str::to_owned).collect(), counts)
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
        let people = People::new(parts, &[7, 9, 3], 50, 2);
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
        let people = People::new(vec![told(&[["a@x", "", ""], ["a@x", "", ""], ["", "", ""]])], &[7, 7, 0], 50, 2);
        assert_eq!((people.contents.as_slice(), people.sizes.as_slice()), ([Some(0), Some(0), None].as_slice(), [2].as_slice()));
    }

    #[test]
    fn addresses_that_many_share_are_nobodys() {
        let rows: Vec<[String; 3]> = (0..4).map(|row| ["info@x".to_owned(), format!("{row}@x"), "Ulm".to_owned()]).collect();
        let rows: Vec<[&str; 3]> = rows.iter().map(|row| [row[0].as_str(), row[1].as_str(), row[2].as_str()]).collect();
        let people = People::new(vec![told(&rows)], &[1, 2, 3, 4], 3, 2);
        assert!(people.fields[0].of(0).all(|code| people.fields[0].text(code) == "0@x"));
        assert_eq!(people.fields[1].of(0).count(), 1);
    }
}
