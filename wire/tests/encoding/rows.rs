//! Cells of one column, as the encoder writes them.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema};
use cilake_wire::backend::SqlError;
use cilake_wire::encode::{Format, RowEncoder};

/// The cells of a column; `None` is NULL.
pub fn try_cells(field: Field, array: ArrayRef, format: Format) -> Result<Vec<Option<Vec<u8>>>, SqlError> {
    let schema = Arc::new(Schema::new(vec![field]));
    let encoder = RowEncoder::new(&schema, &[format])?;
    let batch = RecordBatch::try_new(schema, vec![array]).unwrap();
    let mut out = Vec::new();
    encoder.bind(&batch)?.write(0, batch.num_rows(), usize::MAX, &mut out)?;
    let mut cells = Vec::new();
    let mut rest = out.as_slice();
    while let [kind, length @ .., _] = rest.first_chunk::<8>().map_or(&[][..], |head| &head[..]) {
        let total = 1 + u32::from_be_bytes(length[..4].try_into().unwrap()) as usize;
        let (message, next) = rest.split_at(total);
        assert_eq!((*kind, &message[5..7]), (b'D', &[0, 1][..]), "a DataRow of one column");
        let size = i32::from_be_bytes(message[7..11].try_into().unwrap());
        assert_eq!(message.len() as i32, 11 + size.max(0), "the row's length is that of its cell");
        cells.push((size >= 0).then(|| message[11..].to_vec()));
        rest = next;
    }
    assert_eq!(cells.len(), batch.num_rows());
    Ok(cells)
}

pub fn field(array: &ArrayRef) -> Field {
    Field::new("c", array.data_type().clone(), true)
}

/// Text cells; NULL as the word.
pub fn text(array: ArrayRef) -> Vec<String> {
    text_of(field(&array), array)
}

pub fn text_of(field: Field, array: ArrayRef) -> Vec<String> {
    let cells = try_cells(field, array, Format::Text).unwrap();
    cells.into_iter().map(|cell| cell.map_or("NULL".to_owned(), |cell| String::from_utf8(cell).unwrap())).collect()
}

/// Binary cells in hexadecimal; NULL as the word.
pub fn hex(array: ArrayRef) -> Vec<String> {
    hex_of(field(&array), array)
}

pub fn hex_of(field: Field, array: ArrayRef) -> Vec<String> {
    let cells = try_cells(field, array, Format::Binary).unwrap();
    let digits = |cell: Vec<u8>| cell.iter().map(|byte| format!("{byte:02x}")).collect();
    cells.into_iter().map(|cell| cell.map_or("NULL".to_owned(), digits)).collect()
}

/// An array as a shared one.
pub fn shared(array: impl arrow::array::Array + 'static) -> ArrayRef {
    Arc::new(array)
}
