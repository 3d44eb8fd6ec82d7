//! Lists as PostgreSQL arrays of any number of dimensions.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field};

use super::column::ColumnEncoder;
use super::{Cells, Column, Format};
use crate::backend::SqlError;
use crate::types::{element_oid, oid, pg_type};
use crate::values::CellError;
use crate::values::quoting::write_array_element;

/// Encodes a list by its elements.
pub(super) struct ListEncoder {
    element: ColumnEncoder,
    /// Oid of the innermost element.
    element_oid: u32,
    format: Format,
    shape: Shape,
}

/// The three ways in which PostgreSQL shows a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `{1,2}`, counted from 1.
    Array,
    /// `1 2`, counted from 0: int2vector and oidvector.
    Vector,
}

impl ListEncoder {
    pub(super) fn new(element: &Field, format: Format) -> Result<Self, SqlError> {
        let described = pg_type(element).oid;
        // Of nested lists the type is already the array type of the innermost element.
        let nested = pg_list(element.data_type()).is_some() && element_oid(described).is_some();
        let element_oid = if nested { element_oid(described).unwrap_or(oid::TEXT) } else { described };
        Ok(Self { element: ColumnEncoder::new(element, format)?, element_oid, format, shape: Shape::Array })
    }

    /// A list that the catalog shows as int2vector (elements 21) or oidvector (elements 26).
    pub(super) fn vector(element: &Field, element_oid: u32, format: Format) -> Result<Self, SqlError> {
        Ok(Self { element: ColumnEncoder::new(element, format)?, element_oid, format, shape: Shape::Vector })
    }

    /// A list whose elements are declared to be of another type than theirs.
    pub(super) fn declared(element: &Field, element_oid: u32, format: Format) -> Result<Self, SqlError> {
        Ok(Self { element: ColumnEncoder::new(element, format)?, element_oid, format, shape: Shape::Array })
    }

    pub(super) fn cells<'a>(&'a self, array: &'a dyn Array) -> Result<Cells<'a>, SqlError> {
        let mut list = self.bind(array)?;
        Ok(match (self.format, self.shape) {
            (Format::Text, Shape::Array) => Box::new(move |row, out| list.write_text(row, out)),
            (Format::Text, Shape::Vector) => Box::new(move |row, out| list.write_vector(row, out)),
            (Format::Binary, shape) => {
                let lower_bound = i32::from(shape == Shape::Array);
                Box::new(move |row, out| list.write_binary(row, lower_bound, out))
            }
        })
    }

    fn bind<'a>(&'a self, array: &'a dyn Array) -> Result<List<'a>, SqlError> {
        let (values, range) = ranges(array)?;
        let element = match self.element.as_list() {
            Some(inner) => Element::List(Box::new(inner.bind(values.as_ref())?)),
            None => Element::Scalar(self.element.bind(values.as_ref())?),
        };
        let quoted = !matches!(
            self.element_oid,
            oid::BOOL | oid::INT2 | oid::INT4 | oid::INT8 | oid::OID | oid::FLOAT4 | oid::FLOAT8 | oid::NUMERIC | oid::UUID
        );
        Ok(List { range, nulls: array.logical_nulls(), element, element_oid: self.element_oid, quoted, scratch: Vec::new() })
    }
}

/// The element of any list type.
pub(super) fn pg_list(data_type: &DataType) -> Option<&Field> {
    match data_type {
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::FixedSizeList(element, _)
        | DataType::ListView(element)
        | DataType::LargeListView(element) => Some(element),
        _ => None,
    }
}

/// Which elements a row has.
pub(super) type Ranges<'a> = Box<dyn Fn(usize) -> Range<usize> + Send + 'a>;

/// The elements of any list or map array, and those of each row.
pub(super) fn ranges(array: &dyn Array) -> Result<(&ArrayRef, Ranges<'_>), SqlError> {
    fn between<O: Copy + TryInto<usize>>(offsets: &[O], row: usize) -> Range<usize> {
        let place = |index: usize| offsets.get(index).and_then(|offset| (*offset).try_into().ok()).unwrap_or(0);
        place(row)..place(row + 1)
    }
    Ok(match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            (list.values(), Box::new(move |row| between(list.value_offsets(), row)))
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            (list.values(), Box::new(move |row| between(list.value_offsets(), row)))
        }
        DataType::FixedSizeList(_, size) => {
            let list = array.as_fixed_size_list();
            let size = usize::try_from(*size).unwrap_or(0);
            (list.values(), Box::new(move |row| row * size..(row + 1) * size))
        }
        DataType::ListView(_) => {
            let list = array.as_list_view::<i32>();
            (list.values(), Box::new(move |row| view(list.value_offset(row), list.value_size(row))))
        }
        DataType::LargeListView(_) => {
            let list = array.as_list_view::<i64>();
            (list.values(), Box::new(move |row| view(list.value_offset(row), list.value_size(row))))
        }
        other => return Err(SqlError::new("XX000", format!("expected a list, this is {other}"))),
    })
}

fn view<O: TryInto<usize>>(offset: O, size: O) -> Range<usize> {
    let (offset, size) = (offset.try_into().unwrap_or(0), size.try_into().unwrap_or(0));
    offset..offset + size
}

/// The lists of one batch.
struct List<'a> {
    range: Ranges<'a>,
    nulls: Option<NullBuffer>,
    element: Element<'a>,
    element_oid: u32,
    quoted: bool,
    scratch: Vec<u8>,
}

enum Element<'a> {
    List(Box<List<'a>>),
    Scalar(Column<'a>),
}

impl List<'_> {
    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Number of innermost elements.
    fn count(&self, row: usize) -> usize {
        match &self.element {
            Element::Scalar(_) => (self.range)(row).len(),
            Element::List(inner) => {
                (self.range)(row).map(|index| if inner.is_null(index) { 1 } else { inner.count(index) }).sum()
            }
        }
    }

    fn write_text(&mut self, row: usize, out: &mut Vec<u8>) -> Result<(), CellError> {
        if self.count(row) == 0 {
            out.extend_from_slice(b"{}");
            return Ok(());
        }
        let mut separator = b'{';
        for index in (self.range)(row) {
            out.push(separator);
            separator = b',';
            match &mut self.element {
                Element::List(inner) if inner.is_null(index) => out.extend_from_slice(b"NULL"),
                Element::List(inner) => inner.write_text(index, out)?,
                Element::Scalar(column) if column.is_null(index) => out.extend_from_slice(b"NULL"),
                Element::Scalar(column) if !self.quoted => (column.write)(index, out)?,
                Element::Scalar(column) => {
                    self.scratch.clear();
                    (column.write)(index, &mut self.scratch)?;
                    write_array_element(&self.scratch, out);
                }
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn write_vector(&mut self, row: usize, out: &mut Vec<u8>) -> Result<(), CellError> {
        let Element::Scalar(column) = &mut self.element else { return Err(CellError::RaggedArray) };
        for (place, index) in (self.range)(row).enumerate() {
            if place > 0 {
                out.push(b' ');
            }
            (column.write)(index, out)?;
        }
        Ok(())
    }

    /// The form of `array_send`: dimensions, whether there are NULLs, element type, length and lower bound of each dimension, elements.
    fn write_binary(&mut self, row: usize, lower_bound: i32, out: &mut Vec<u8>) -> Result<(), CellError> {
        let mut dimensions = Vec::new();
        if self.count(row) > 0 || lower_bound == 0 {
            self.measure(row, 0, &mut dimensions)?;
        }
        out.extend_from_slice(&(dimensions.len() as u32).to_be_bytes());
        let flags = out.len();
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.element_oid.to_be_bytes());
        for length in &dimensions {
            out.extend_from_slice(&(*length as u32).to_be_bytes());
            out.extend_from_slice(&lower_bound.to_be_bytes());
        }
        if !dimensions.is_empty()
            && self.write_elements(row, out)?
            && let Some(flag) = out.get_mut(flags + 3)
        {
            *flag = 1;
        }
        Ok(())
    }

    /// The length of each dimension; all lists of one depth must have the same.
    fn measure(&self, row: usize, depth: usize, dimensions: &mut Vec<usize>) -> Result<(), CellError> {
        let range = (self.range)(row);
        match dimensions.get(depth) {
            None => dimensions.push(range.len()),
            Some(length) if *length == range.len() => {}
            Some(_) => return Err(CellError::RaggedArray),
        }
        if let Element::List(inner) = &self.element {
            for index in range {
                if inner.is_null(index) {
                    return Err(CellError::RaggedArray);
                }
                inner.measure(index, depth + 1, dimensions)?;
            }
        }
        Ok(())
    }

    /// Writes the innermost elements in order and says whether one of them is NULL.
    fn write_elements(&mut self, row: usize, out: &mut Vec<u8>) -> Result<bool, CellError> {
        let mut has_null = false;
        for index in (self.range)(row) {
            match &mut self.element {
                Element::List(inner) => has_null |= inner.write_elements(index, out)?,
                Element::Scalar(column) => {
                    has_null |= column.is_null(index);
                    column.write_cell(index, out)?;
                }
            }
        }
        Ok(has_null)
    }
}
