//! One column: which of the forms its type has on the wire, decided once for a result.

use arrow::array::{Array, AsArray, RunArray};
use arrow::datatypes::{DataType, Field, Int16Type, Int32Type, Int64Type, RunEndIndexType};

use super::declared::Declared;
use super::json::JsonEncoder;
use super::list::ListEncoder;
use super::record::RecordEncoder;
use super::{Cells, Column, Format, scalar, temporal};
use crate::backend::SqlError;
use crate::types::{Shown, declared_oid, is_record, pg_type};
use crate::values::datetime::Layout;
use crate::values::zone::Zone;

/// Encodes one column, or the elements of a nested one.
pub(super) struct ColumnEncoder {
    data_type: DataType,
    format: Format,
    form: Form,
}

enum Form {
    /// As the Arrow type says.
    Plain,
    /// A timestamp shown in this zone.
    Zoned(Zone),
    List(Box<ListEncoder>),
    /// Keys or runs before values.
    Indirect(Box<ColumnEncoder>),
    Json(Box<JsonEncoder>),
    /// A number with as many decimals as its size asks for.
    Shown(Shown),
    Record(Box<RecordEncoder>),
    /// As the field's metadata says.
    Declared(Box<Declared>),
}

impl ColumnEncoder {
    pub(super) fn new(field: &Field, format: Format) -> Result<Self, SqlError> {
        let data_type = field.data_type().clone();
        let natural = pg_type(&Field::new("", data_type.clone(), true)).oid;
        let form = match declared_oid(field).filter(|declared| *declared != natural) {
            Some(declared) => Form::Declared(Box::new(Declared::new(declared, &data_type, format)?)),
            None => match Shown::of(field) {
                Some(shown) => Form::Shown(shown),
                None => Self::form_of(&data_type, format)?,
            },
        };
        Ok(Self { data_type, format, form })
    }

    fn form_of(data_type: &DataType, format: Format) -> Result<Form, SqlError> {
        Ok(match data_type {
            DataType::Timestamp(_, Some(zone)) if format == Format::Text => Form::Zoned(temporal::zone_of(zone)?),
            DataType::List(element)
            | DataType::LargeList(element)
            | DataType::FixedSizeList(element, _)
            | DataType::ListView(element)
            | DataType::LargeListView(element) => Form::List(Box::new(ListEncoder::new(element, format)?)),
            DataType::Dictionary(_, value) => {
                Form::Indirect(Box::new(Self::new(&Field::new("", value.as_ref().clone(), true), format)?))
            }
            DataType::RunEndEncoded(_, values) => Form::Indirect(Box::new(Self::new(values, format)?)),
            DataType::Struct(fields) if is_record(fields) => Form::Record(Box::new(RecordEncoder::new(fields, format)?)),
            DataType::Struct(_) | DataType::Map(_, _) => {
                Form::Json(Box::new(JsonEncoder::new(&Field::new("", data_type.clone(), true))?))
            }
            DataType::Union(_, _) => {
                return Err(SqlError::new("0A000", format!("type {data_type} has no form on the Postgres wire")));
            }
            _ => Form::Plain,
        })
    }

    /// The list below this column, where it is one.
    pub(super) fn as_list(&self) -> Option<&ListEncoder> {
        match &self.form {
            Form::List(list) => Some(list),
            _ => None,
        }
    }

    /// # Errors
    /// XX000 if the array is of another type than the encoder was built for.
    pub(super) fn bind<'a>(&'a self, array: &'a dyn Array) -> Result<Column<'a>, SqlError> {
        if array.data_type() != &self.data_type && !array.data_type().equals_datatype(&self.data_type) {
            let message = format!("expected batches with type {}, this one has {}", self.data_type, array.data_type());
            return Err(SqlError::new("XX000", message));
        }
        let write = match &self.form {
            Form::Plain => scalar::cells(array, self.format)?,
            Form::Zoned(zone) => temporal::zoned_cells(array, *zone, Layout::Sql)?,
            Form::List(list) => list.cells(array)?,
            Form::Indirect(values) => indirect_cells(array, values)?,
            Form::Json(json) => json.cells(array)?,
            Form::Shown(shown) => scalar::shown_cells(array, self.format, *shown)?,
            Form::Record(record) => record.cells(array)?,
            Form::Declared(declared) => declared.cells(array)?,
        };
        Ok(Column { nulls: array.logical_nulls().filter(|nulls| nulls.null_count() > 0), write })
    }
}

/// Cells of a dictionary or run-end encoded array, which are those of its values at other places.
fn indirect_cells<'a>(array: &'a dyn Array, values: &'a ColumnEncoder) -> Result<Cells<'a>, SqlError> {
    let (target, place) = places(array)?;
    let mut write = values.bind(target)?.write;
    Ok(Box::new(move |row, out| write(place(row), out)))
}

/// Where the value of a row is.
pub(super) type Place<'a> = Box<dyn Fn(usize) -> usize + Send + 'a>;

/// The values of a dictionary or run-end encoded array, and the place of each row's value among them.
pub(super) fn places(array: &dyn Array) -> Result<(&dyn Array, Place<'_>), SqlError> {
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        if dictionary.values().is_empty() {
            // Every row is NULL, and NULL rows are not looked up.
            return Ok((dictionary.values().as_ref(), Box::new(|_| 0)));
        }
        let keys = dictionary.normalized_keys();
        return Ok((dictionary.values().as_ref(), Box::new(move |row| keys.get(row).copied().unwrap_or(0))));
    }
    if let Some(run) = array.as_any().downcast_ref::<RunArray<Int16Type>>() {
        return Ok(run_places(run));
    }
    if let Some(run) = array.as_any().downcast_ref::<RunArray<Int32Type>>() {
        return Ok(run_places(run));
    }
    if let Some(run) = array.as_any().downcast_ref::<RunArray<Int64Type>>() {
        return Ok(run_places(run));
    }
    Err(SqlError::new("XX000", format!("type {} has no values of its own", array.data_type())))
}

fn run_places<R: RunEndIndexType>(run: &RunArray<R>) -> (&dyn Array, Place<'_>) {
    (run.values().as_ref(), Box::new(move |row| run.get_physical_index(row)))
}
