//! Rows as values, PostgreSQL's type `record`: `(1,a)`.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Fields;

use super::column::ColumnEncoder;
use super::{Cells, Format};
use crate::backend::SqlError;
use crate::types::pg_type;
use crate::values::quoting::write_record_field;

/// Encodes a row by its fields.
pub(super) struct RecordEncoder {
    /// With the oids of their types.
    fields: Vec<(u32, ColumnEncoder)>,
    format: Format,
}

impl RecordEncoder {
    pub(super) fn new(fields: &Fields, format: Format) -> Result<Self, SqlError> {
        let encoder = |field: &arrow::datatypes::FieldRef| Ok((pg_type(field).oid, ColumnEncoder::new(field, format)?));
        Ok(Self { fields: fields.iter().map(encoder).collect::<Result<_, SqlError>>()?, format })
    }

    pub(super) fn cells<'a>(&'a self, array: &'a dyn Array) -> Result<Cells<'a>, SqlError> {
        let Some(rows) = array.as_struct_opt() else {
            return Err(SqlError::new("XX000", format!("expected rows, this is {}", array.data_type())));
        };
        let bind = |((oid, encoder), column): (&'a (u32, ColumnEncoder), &'a arrow::array::ArrayRef)| {
            Ok((*oid, encoder.bind(column.as_ref())?))
        };
        let mut fields = self.fields.iter().zip(rows.columns()).map(bind).collect::<Result<Vec<_>, SqlError>>()?;
        if self.format == Format::Binary {
            // The form of `record_send`: the number of fields, and of each its type and its value.
            return Ok(Box::new(move |row, out| {
                out.extend_from_slice(&(fields.len() as u32).to_be_bytes());
                fields.iter_mut().try_for_each(|(oid, column)| {
                    out.extend_from_slice(&oid.to_be_bytes());
                    column.write_cell(row, out)
                })
            }));
        }
        let mut scratch = Vec::new();
        Ok(Box::new(move |row, out| {
            out.push(b'(');
            for (place, (_, column)) in fields.iter_mut().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                if !column.is_null(row) {
                    scratch.clear();
                    (column.write)(row, &mut scratch)?;
                    write_record_field(&scratch, out);
                }
            }
            out.push(b')');
            Ok(())
        }))
    }
}
