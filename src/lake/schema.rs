//! One schema for a table from the schemas of its files, by column name.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use datafusion::parquet::basic::Type as PhysicalType;
use datafusion::parquet::schema::types::SchemaDescriptor;

use super::error::{LakeError, Result, type_name};
use super::uuid;

/// The metadata of a field that says what its values mean, as in `arrow.uuid`; all other metadata is the writer's own.
const MEANING_PREFIX: &str = "ARROW:extension:";

/// The schema in which a file is read: text and binary as views, which are sliced instead of copied, and the 96-bit
/// timestamps of old writers as microseconds, since nanoseconds would overflow outside the years 1677 to 2262.
pub(super) fn read_schema(schema: &Schema, parquet: &SchemaDescriptor) -> SchemaRef {
    let int96: BTreeSet<&str> = parquet
        .columns()
        .iter()
        .filter(|column| column.path().parts().len() == 1 && column.physical_type() == PhysicalType::INT96)
        .map(|column| column.name())
        .collect();
    let mut leaves = parquet.columns().iter();
    let fields = schema.fields().iter().map(|field| {
        let field = uuid::marked(field, &mut leaves);
        let data_type = match field.data_type() {
            DataType::Timestamp(_, zone) if int96.contains(field.name().as_str()) => {
                DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
            }
            other => as_view(other),
        };
        let metadata = field.metadata().iter().filter(|(key, _)| key.starts_with(MEANING_PREFIX));
        let metadata = metadata.map(|(key, value)| (key.clone(), value.clone())).collect();
        Field::new(field.name(), data_type, field.is_nullable()).with_metadata(metadata)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn as_view(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, value) => as_view(value),
        other => other.clone(),
    }
}

/// A file's path and schema.
pub(super) type FileSchema<'a> = (&'a str, &'a Schema);

/// The type that holds the values of two, if there is one.
pub(super) type CommonType = fn(&DataType, &DataType) -> Option<DataType>;

/// Merges the schemas of all files, in their order. Columns named in `partitions` are left out: the folder's value holds.
///
/// # Errors
/// `Clash` if no type holds both of two files without loss; `Spelling` if files differ in the case of a column's name and
/// none has both spellings; `Corrupt` if one file has two columns of one name.
pub(super) fn merge(files: &[FileSchema<'_>], partitions: &BTreeSet<&str>, common_type: CommonType) -> Result<SchemaRef> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for &(file, schema) in files {
        let mut seen = BTreeSet::new();
        for field in schema.fields() {
            let name = field.name().as_str();
            if partitions.contains(name) {
                continue;
            }
            if !seen.insert(name) {
                let reason = format!("it has two columns named \"{name}\"");
                return Err(LakeError::Corrupt { file: file.to_owned(), reason });
            }
            let field = &uuid::held(field);
            let known = positions.get(name).and_then(|&position| columns.get_mut(position));
            match known {
                Some(column) => column.add(file, field, common_type)?,
                None => {
                    positions.insert(name, columns.len());
                    columns.push(Column { field: Arc::clone(field), files: 1, first_file: file, type_file: file });
                }
            }
        }
    }
    refuse_other_spellings(files, &columns)?;
    let fields: Vec<FieldRef> = columns
        .into_iter()
        .map(|column| {
            let missing_somewhere = column.files < files.len();
            if missing_somewhere { Arc::new(column.field.as_ref().clone().with_nullable(true)) } else { column.field }
        })
        .collect();
    Ok(Arc::new(Schema::new(fields)))
}

struct Column<'a> {
    field: FieldRef,
    files: usize,
    first_file: &'a str,
    /// The file that gave the column its present type.
    type_file: &'a str,
}

impl<'a> Column<'a> {
    fn add(&mut self, file: &'a str, field: &FieldRef, common_type: CommonType) -> Result<()> {
        self.files += 1;
        if self.field == *field {
            return Ok(());
        }
        let (mine, its) = (self.field.data_type(), field.data_type());
        let Some(data_type) = common_type(mine, its) else {
            return Err(LakeError::Clash {
                column: field.name().clone(),
                first_type: type_name(mine),
                first_file: self.type_file.to_owned(),
                second_type: type_name(its),
                second_file: file.to_owned(),
            });
        };
        if data_type != *mine {
            self.type_file = file;
        }
        // What the files do not agree on is not a meaning of the column.
        let metadata = if self.field.metadata() == field.metadata() { field.metadata().clone() } else { HashMap::new() };
        let nullable = self.field.is_nullable() || field.is_nullable();
        self.field = Arc::new(Field::new(field.name(), data_type, nullable).with_metadata(metadata));
        Ok(())
    }
}

/// `Amount` in one file and `amount` in another would silently be two columns, each half NULL.
fn refuse_other_spellings(files: &[FileSchema<'_>], columns: &[Column<'_>]) -> Result<()> {
    let mut spellings: BTreeMap<String, Vec<&Column<'_>>> = BTreeMap::new();
    for column in columns {
        spellings.entry(column.field.name().to_lowercase()).or_default().push(column);
    }
    for same in spellings.values() {
        let [first, second, ..] = same.as_slice() else { continue };
        let has = |schema: &Schema, column: &Column<'_>| schema.fields().find(column.field.name()).is_some();
        let meant = files.iter().any(|(_, schema)| has(schema, first) && has(schema, second));
        if !meant {
            return Err(LakeError::Spelling {
                first_name: first.field.name().clone(),
                first_file: first.first_file.to_owned(),
                second_name: second.field.name().clone(),
                second_file: second.first_file.to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::widen::common_type;

    fn schema(fields: &[(&str, DataType, bool)]) -> Schema {
        Schema::new(
            fields.iter().map(|(name, data_type, nullable)| Field::new(*name, data_type.clone(), *nullable)).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn a_column_missing_in_a_file_is_nullable_and_types_widen() {
        let old = schema(&[("id", DataType::Int32, false)]);
        let new = schema(&[("id", DataType::Int64, false), ("email", DataType::Utf8View, false)]);
        let merged = merge(&[("old", &old), ("new", &new)], &BTreeSet::new(), common_type).unwrap();
        assert_eq!(*merged, schema(&[("id", DataType::Int64, false), ("email", DataType::Utf8View, true)]));
    }

    #[test]
    fn a_clash_names_column_types_and_the_two_files_that_brought_them() {
        let narrow = schema(&[("amount", DataType::Int8, false)]);
        let wide = schema(&[("amount", DataType::Int64, false)]);
        let text = schema(&[("amount", DataType::Utf8View, false)]);
        let error = merge(&[("a", &narrow), ("b", &wide), ("c", &text)], &BTreeSet::new(), common_type).unwrap_err();
        assert_eq!(error.to_string(), "column \"amount\" is Int64 in \"b\" but text in \"c\"");
        assert_eq!(error.sqlstate().0, "42804");
    }

    #[test]
    fn two_spellings_are_refused_unless_one_file_has_both() {
        let upper = schema(&[("Amount", DataType::Int64, false)]);
        let lower = schema(&[("amount", DataType::Int64, false)]);
        let both = schema(&[("Amount", DataType::Int64, false), ("amount", DataType::Int64, false)]);
        let error = merge(&[("a", &upper), ("b", &lower)], &BTreeSet::new(), common_type).unwrap_err();
        assert!(matches!(error, LakeError::Spelling { .. }), "{error}");
        let merged = merge(&[("a", &upper), ("b", &both)], &BTreeSet::new(), common_type).unwrap();
        assert!(!merged.field(0).is_nullable() && merged.field(1).is_nullable());
    }

    #[test]
    fn a_partition_column_in_the_file_gives_way_to_the_folder() {
        let file = schema(&[("year", DataType::Int64, false), ("id", DataType::Int64, false)]);
        let merged = merge(&[("a", &file)], &BTreeSet::from(["year"]), common_type).unwrap();
        assert_eq!(*merged, schema(&[("id", DataType::Int64, false)]));
    }
}
