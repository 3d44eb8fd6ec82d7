//! The elements of all arguments of a batch of rows, beside each other, and which of them are the same.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, NullArray, new_empty_array};
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{DataType, Int32Type};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::Result;

use super::{Given, Parameter, element};

pub(super) struct Pool {
    elements: ArrayRef,
    rows: Option<Rows>,
    arguments: Vec<Argument>,
}

enum Argument {
    /// Where the elements of each row are; None for NULL.
    Arrays(Vec<Option<Range<usize>>>),
    /// Where the element of the first row is.
    Elements(usize),
    Integers(ArrayRef),
    Lists(ArrayRef),
}

impl Pool {
    pub fn of(parameters: &[Parameter], columns: &[ArrayRef]) -> Result<Self> {
        let (mut parts, mut next, mut arguments): (Vec<ArrayRef>, usize, _) = (vec![], 0, vec![]);
        for (parameter, column) in parameters.iter().zip(columns) {
            arguments.push(match parameter {
                Parameter::Array => {
                    let lists = match column.data_type() {
                        DataType::List(_) => Arc::clone(column),
                        other => cast(column, &DataType::new_list(element(other).cloned().unwrap_or(DataType::Null), true))?,
                    };
                    let lists = lists.as_list::<i32>();
                    let ranges = (0..lists.len()).map(|row| {
                        lists.is_valid(row).then(|| {
                            let elements = lists.value(row);
                            let range = next..next + elements.len();
                            next = range.end;
                            parts.push(elements);
                            range
                        })
                    });
                    Argument::Arrays(ranges.collect())
                }
                Parameter::Element => {
                    let first = next;
                    next += column.len();
                    parts.push(Arc::clone(column));
                    Argument::Elements(first)
                }
                Parameter::Integer => Argument::Integers(cast(column, &DataType::Int32)?),
                Parameter::Integers => Argument::Lists(cast(column, &DataType::new_list(DataType::Int32, true))?),
            });
        }
        let of_none = || {
            let list = columns.iter().find_map(|column| element(column.data_type()));
            list.map_or_else(|| Arc::new(NullArray::new(0)) as ArrayRef, new_empty_array)
        };
        let elements = match parts.is_empty() {
            true => of_none(),
            false => concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())?,
        };
        // Of what cannot be compared nothing is sought.
        let rows = RowConverter::new(vec![SortField::new(elements.data_type().clone())])
            .and_then(|converter| converter.convert_columns(&[Arc::clone(&elements)]))
            .ok();
        Ok(Self { elements, rows, arguments })
    }

    pub fn elements(&self) -> &ArrayRef {
        &self.elements
    }

    pub fn is_null(&self, place: usize) -> bool {
        self.elements.is_null(place)
    }

    /// Whether two elements are the same; NULL is the same as NULL.
    pub fn same(&self, one: usize, other: usize) -> bool {
        self.rows.as_ref().is_some_and(|rows| rows.row(one) == rows.row(other))
    }

    /// Whether the first of two elements comes after the other.
    pub fn is_above(&self, one: usize, other: usize) -> bool {
        self.rows.as_ref().is_some_and(|rows| rows.row(one) > rows.row(other))
    }

    /// The arguments of a row.
    pub fn given(&self, row: usize) -> Vec<Given> {
        let given = |argument: &Argument| match argument {
            Argument::Arrays(ranges) => match ranges.get(row) {
                Some(Some(range)) => Given::Array(range.clone()),
                _ => Given::Null,
            },
            Argument::Elements(first) => Given::Element(first + row),
            Argument::Integers(numbers) => match numbers.is_valid(row) {
                true => Given::Integer(i64::from(numbers.as_primitive::<Int32Type>().value(row))),
                false => Given::Null,
            },
            Argument::Lists(lists) => match lists.is_valid(row) {
                true => Given::Integers(lists.as_list::<i32>().value(row).as_primitive::<Int32Type>().iter().collect()),
                false => Given::Null,
            },
        };
        self.arguments.iter().map(given).collect()
    }
}
