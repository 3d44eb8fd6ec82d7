//! Many values of one column, as COPY brings them.

use arrow::array::ArrayRef;
use arrow::datatypes::Field;
use bytes::Bytes;

use super::{Fault, Value, build, decode_value};
use crate::backend::{PgParameter, SqlError};
use crate::encode::Format;
use crate::types::{pg_type, type_name};

/// Collects the values of one column.
pub(crate) struct ColumnDecoder {
    column: PgParameter,
    name: String,
    values: Vec<Option<Value>>,
}

impl ColumnDecoder {
    pub(crate) fn new(field: &Field) -> Self {
        let column = PgParameter { oid: pg_type(field).oid, data_type: field.data_type().clone() };
        Self { column, name: field.name().clone(), values: Vec::new() }
    }

    /// # Errors
    /// Those of a parameter of this type.
    pub(crate) fn push(&mut self, bytes: Option<&Bytes>, format: Format) -> Result<(), SqlError> {
        let value = decode_value(bytes, format, &self.column).map_err(|fault| self.error(fault))?;
        self.values.push(value);
        Ok(())
    }

    /// The values so far as an array.
    ///
    /// # Errors
    /// 22003 and 22008 for a value that the column's type does not hold.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, SqlError> {
        let values = std::mem::take(&mut self.values);
        build::array(&values, &self.column.data_type).map_err(|fault| self.error(fault))
    }

    fn error(&self, fault: Fault) -> SqlError {
        let type_name = type_name(self.column.oid).unwrap_or_else(|| self.column.oid.to_string());
        fault.into_error(&type_name, &self.column.data_type, &format!("column \"{}\"", self.name))
    }
}
