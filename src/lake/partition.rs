//! Hive partitions: the folders `year=2025/month=01/` of a table become its columns `year` and `month`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::scalar::ScalarValue;

/// What Hive writes for NULL.
const NULL_FOLDER: &str = "__HIVE_DEFAULT_PARTITION__";

/// A column that stands in folder names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionColumn {
    pub name: String,
    /// `Int64` if all its values are whole numbers, `Date32` if all are dates as `2025-01-31`, else `Utf8View`.
    pub data_type: DataType,
}

/// The name and value of a folder `name=value`, both without percent-encoding; `None` for any other folder.
pub(super) fn read_folder(folder: &str) -> Option<(String, Option<String>)> {
    let (name, value) = folder.split_once('=')?;
    if name.is_empty() {
        return None;
    }
    let value = if value == NULL_FOLDER { None } else { Some(percent_decode(value)) };
    Some((percent_decode(name), value))
}

/// Types the partition columns of a table from the folders of all its files.
///
/// `folders` holds for each file the folders above it, outermost first. Columns come in the order in which they are first
/// seen; a file without one of the columns has NULL there.
pub(super) fn type_columns(folders: &[Vec<(String, Option<String>)>]) -> (Vec<PartitionColumn>, Vec<Vec<ScalarValue>>) {
    let mut positions = BTreeMap::new();
    let mut kinds: Vec<(String, Kind)> = Vec::new();
    for (name, value) in folders.iter().flatten() {
        let position = *positions.entry(name.as_str()).or_insert_with(|| {
            kinds.push((name.clone(), Kind::Unknown));
            kinds.len() - 1
        });
        if let (Some((_, kind)), Some(value)) = (kinds.get_mut(position), value) {
            *kind = kind.with(value);
        }
    }
    let columns: Vec<_> =
        kinds.iter().map(|(name, kind)| PartitionColumn { name: name.clone(), data_type: kind.data_type() }).collect();
    let values = folders
        .iter()
        .map(|of_file| {
            let value_of = |column: &PartitionColumn| {
                let value = of_file.iter().find(|(name, _)| *name == column.name).and_then(|(_, value)| value.as_deref());
                scalar(value, &column.data_type)
            };
            columns.iter().map(value_of).collect()
        })
        .collect();
    (columns, values)
}

#[derive(Clone, Copy)]
enum Kind {
    Unknown,
    Integer,
    Date,
    Text,
}

impl Kind {
    fn with(self, value: &str) -> Self {
        match self {
            Self::Unknown | Self::Integer if integer(value).is_some() => Self::Integer,
            Self::Unknown | Self::Date if date(value).is_some() => Self::Date,
            _ => Self::Text,
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Int64,
            Self::Date => DataType::Date32,
            Self::Unknown | Self::Text => DataType::Utf8View,
        }
    }
}

fn scalar(value: Option<&str>, data_type: &DataType) -> ScalarValue {
    match data_type {
        DataType::Int64 => ScalarValue::Int64(value.and_then(integer)),
        DataType::Date32 => ScalarValue::Date32(value.and_then(date)),
        _ => ScalarValue::Utf8View(value.map(str::to_owned)),
    }
}

fn integer(value: &str) -> Option<i64> {
    if value.starts_with('+') { None } else { value.parse().ok() }
}

/// Days since 1970-01-01 of a date of exactly ten characters.
fn date(value: &str) -> Option<i32> {
    if value.len() != 10 {
        return None;
    }
    let date = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok()?;
    Some(Date32Type::from_naive_date(date))
}

/// Undoes `%3A` and the like; what is not a valid escape stays as it is.
pub(super) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = if first == b'%' { tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()) } else { None };
        match escaped.filter(|hex| !hex.starts_with('+')).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(files: &[&[&str]]) -> Vec<Vec<(String, Option<String>)>> {
        files.iter().map(|names| names.iter().filter_map(|name| read_folder(name)).collect()).collect()
    }

    #[test]
    fn whole_numbers_dates_and_text() {
        let (columns, values) = type_columns(&folders(&[
            &["year=2025", "day=2025-01-31", "country=de"],
            &["year=-4", "day=__HIVE_DEFAULT_PARTITION__", "country=7"],
        ]));
        let types: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.data_type.clone())).collect();
        assert_eq!(types, [("year", DataType::Int64), ("day", DataType::Date32), ("country", DataType::Utf8View)]);
        // 2025-01-31 is day 20119 since 1970-01-01: date '2025-01-31' - date '1970-01-01' in PostgreSQL.
        let first = [ScalarValue::Int64(Some(2025)), ScalarValue::Date32(Some(20_119)), ScalarValue::Utf8View(Some("de".into()))];
        assert_eq!(values[0], first);
        let second = [ScalarValue::Int64(Some(-4)), ScalarValue::Date32(None), ScalarValue::Utf8View(Some("7".into()))];
        assert_eq!(values[1], second);
    }

    #[test]
    fn a_mixture_is_text_and_a_missing_folder_is_null() {
        let (columns, values) = type_columns(&folders(&[&["k=1"], &["k=2025-01-01"], &[], &["k=99999999999999999999"]]));
        assert_eq!(columns[0].data_type, DataType::Utf8View);
        assert_eq!(values[2], [ScalarValue::Utf8View(None)]);
        assert_eq!(values[1], [ScalarValue::Utf8View(Some("2025-01-01".into()))]);
    }

    #[test]
    fn folder_names_are_decoded() {
        assert_eq!(read_folder("at=10%3A30"), Some(("at".into(), Some("10:30".into()))));
        assert_eq!(read_folder("a%zz=%C3%A4%"), Some(("a%zz".into(), Some("ä%".into()))));
        assert_eq!(read_folder("plain"), None);
        assert_eq!(read_folder("=x"), None);
    }
}
