//! Which columns are UUIDs. Parquet's type says so, and Arrow's extension type in the schema beside it; to the rest of the program
//! sixteen bytes of fixed length are a UUID, and nothing else is.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::parquet::arrow::ArrowSchemaConverter;
use datafusion::parquet::basic::LogicalType;
use datafusion::parquet::errors::Result;
use datafusion::parquet::schema::types::{ColumnDescPtr, SchemaDescriptor, Type, TypePtr};

const EXTENSION_KEY: &str = "ARROW:extension:name";
const EXTENSION: &str = "arrow.uuid";
const UUID: DataType = DataType::FixedSizeBinary(16);

/// A file's field, and all within it, with the extension type where Parquet's type says UUID. `leaves` are the columns of the file from
/// this field on.
pub(super) fn marked(field: &FieldRef, leaves: &mut std::slice::Iter<'_, ColumnDescPtr>) -> FieldRef {
    if let Some(data_type) = with_fields(field.data_type(), &mut |inner| marked(inner, leaves)) {
        return Arc::new(field.as_ref().clone().with_data_type(data_type));
    }
    let is_uuid = leaves.next().is_some_and(|leaf| leaf.logical_type_ref() == Some(&LogicalType::Uuid));
    if !is_uuid || *field.data_type() != UUID {
        return Arc::clone(field);
    }
    let mut metadata = field.metadata().clone();
    metadata.insert(EXTENSION_KEY.into(), EXTENSION.into());
    Arc::new(field.as_ref().clone().with_metadata(metadata))
}

/// The column of a table that a file's column is: its UUIDs are known by their type alone, and other values of sixteen bytes are bytes
/// like those of any length.
pub(super) fn held(field: &FieldRef) -> FieldRef {
    if *field.data_type() != UUID {
        return match with_fields(field.data_type(), &mut held) {
            Some(data_type) if data_type != *field.data_type() => Arc::new(field.as_ref().clone().with_data_type(data_type)),
            _ => Arc::clone(field),
        };
    }
    let is_uuid = field.metadata().get(EXTENSION_KEY).is_some_and(|name| name == EXTENSION);
    let data_type = if is_uuid { UUID } else { DataType::BinaryView };
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()))
}

/// A nested type with its fields changed; `None` for a type that is one column of a file.
fn with_fields(data_type: &DataType, change: &mut dyn FnMut(&FieldRef) -> FieldRef) -> Option<DataType> {
    Some(match data_type {
        DataType::List(element) => DataType::List(change(element)),
        DataType::LargeList(element) => DataType::LargeList(change(element)),
        DataType::FixedSizeList(element, size) => DataType::FixedSizeList(change(element), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(change).collect()),
        DataType::Map(entries, sorted) => DataType::Map(change(entries), *sorted),
        _ => return None,
    })
}

/// Parquet's schema of a table that is written, whose columns of sixteen bytes are UUIDs.
///
/// # Errors
/// Those of types that Parquet has not.
pub(super) fn parquet_schema(schema: &Schema) -> Result<SchemaDescriptor> {
    let plain = ArrowSchemaConverter::new().convert(schema)?;
    Ok(SchemaDescriptor::new(with_uuids(&plain.root_schema_ptr())?))
}

fn with_uuids(written: &TypePtr) -> Result<TypePtr> {
    let info = written.get_basic_info();
    Ok(match written.as_ref() {
        Type::GroupType { fields, .. } => {
            let fields = fields.iter().map(with_uuids).collect::<Result<_>>()?;
            let mut group = Type::group_type_builder(info.name())
                .with_converted_type(info.converted_type())
                .with_logical_type(info.logical_type_ref().cloned())
                .with_fields(fields)
                .with_id(info.has_id().then(|| info.id()));
            if info.has_repetition() {
                group = group.with_repetition(info.repetition());
            }
            Arc::new(group.build()?)
        }
        Type::PrimitiveType { physical_type, type_length: 16, .. } if info.logical_type_ref().is_none() => {
            let column = Type::primitive_type_builder(info.name(), *physical_type).with_length(16);
            let column = column.with_repetition(info.repetition()).with_id(info.has_id().then(|| info.id()));
            Arc::new(column.with_logical_type(Some(LogicalType::Uuid)).build()?)
        }
        Type::PrimitiveType { .. } => Arc::clone(written),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_known_by_parquets_type_or_arrows() {
        let list = |element: DataType| DataType::List(Arc::new(Field::new_list_field(element, true)));
        let schema = Schema::new(vec![
            Field::new("id", UUID, false),
            Field::new("name", DataType::Utf8, true),
            Field::new("ids", list(UUID), true),
            Field::new("amount", DataType::Decimal128(38, 2), true),
        ]);
        let written = parquet_schema(&schema).unwrap();
        let is_uuid = |column: &ColumnDescPtr| column.logical_type_ref() == Some(&LogicalType::Uuid);
        assert_eq!(written.columns().iter().map(is_uuid).collect::<Vec<_>>(), [true, false, true, false]);
        let read = |written: &SchemaDescriptor| {
            let mut leaves = written.columns().iter();
            schema.fields().iter().map(|field| held(&marked(field, &mut leaves))).collect::<Vec<_>>()
        };
        assert_eq!(read(&written), schema.fields().to_vec());
        let plain = read(&ArrowSchemaConverter::new().convert(&schema).unwrap());
        assert_eq!((plain[0].data_type(), plain[2].data_type()), (&DataType::BinaryView, &list(DataType::BinaryView)));
        let marked = Field::new("id", UUID, false).with_metadata([(EXTENSION_KEY.into(), EXTENSION.into())].into());
        assert_eq!(*held(&Arc::new(marked)), Field::new("id", UUID, false));
    }
}
