//! What footers say about the rows: counts, NULLs, least and greatest values – for one file, and for many together.
//!
//! What is marked exact here may answer a query without reading a row, so it is marked so only where it is.

use std::cmp::Ordering;

use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Statistics};
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::scalar::ScalarValue;

use super::partition::PartitionColumn;

/// The statistics of one file, for the columns of `schema` in which it is read.
pub(super) fn of_file(metadata: &ParquetMetaData, schema: &SchemaRef) -> Statistics {
    let rows = metadata.file_metadata().num_rows();
    let num_rows = usize::try_from(rows).map_or(Precision::Absent, Precision::Exact);
    let Ok(mut statistics) = DFParquetMetadata::statistics_from_parquet_metadata(metadata, schema) else {
        return Statistics::new_unknown(schema).with_num_rows(num_rows);
    };
    statistics.num_rows = num_rows;
    for (column, field) in statistics.column_statistics.iter_mut().zip(schema.fields()) {
        let known = has_bounds_everywhere(metadata, field.name());
        column.min_value = if known { bound(&column.min_value) } else { Precision::Absent };
        column.max_value = if known { bound(&column.max_value) } else { Precision::Absent };
        if field.data_type().is_floating() {
            // Writers leave NaN out of the bounds, and NaN is the greatest value: only the least one is known.
            column.max_value = column.max_value.clone().to_inexact();
        }
    }
    statistics
}

/// Whether each row group with a value in a column says its bounds. Where one does not, those of the others are no bounds of
/// the column.
fn has_bounds_everywhere(metadata: &ParquetMetaData, column: &str) -> bool {
    let leaves = metadata.file_metadata().schema_descr().columns();
    let Some(leaf) = leaves.iter().position(|leaf| leaf.path().parts() == [column]) else { return false };
    metadata.row_groups().iter().all(|group| {
        let statistics = group.columns().get(leaf).and_then(|column| column.statistics());
        let rows = u64::try_from(group.num_rows()).ok();
        statistics.is_some_and(|known| {
            (known.min_bytes_opt().is_some() && known.max_bytes_opt().is_some()) || known.null_count_opt() == rows
        })
    })
}

/// A bound that is NULL or NaN says nothing. Writers put -0 for a least value of 0, so that readers who tell the two apart
/// miss neither; here they are one.
fn bound(value: &Precision<ScalarValue>) -> Precision<ScalarValue> {
    match value.get_value() {
        Some(ScalarValue::Float64(Some(0.0))) => value.clone().map(|_| ScalarValue::Float64(Some(0.0))),
        Some(ScalarValue::Float32(Some(0.0))) => value.clone().map(|_| ScalarValue::Float32(Some(0.0))),
        Some(known) if !known.is_null() && !is_nan(known) => value.clone(),
        _ => Precision::Absent,
    }
}

fn is_nan(value: &ScalarValue) -> bool {
    match value {
        ScalarValue::Float16(Some(value)) => value.is_nan(),
        ScalarValue::Float32(Some(value)) => value.is_nan(),
        ScalarValue::Float64(Some(value)) => value.is_nan(),
        _ => false,
    }
}

/// Turns the statistics of a file into those of the table's columns: widened, NULL where the file lacks a column, and the
/// constant values of its partition columns at the end.
pub(super) fn for_table(
    of_file: &Statistics,
    file_schema: &Schema,
    table_schema: &Schema,
    partitions: &[PartitionColumn],
    partition_values: &[ScalarValue],
) -> Statistics {
    let rows = of_file.num_rows;
    let own_columns = table_schema.fields().len().saturating_sub(partitions.len());
    let mut columns = Vec::with_capacity(table_schema.fields().len());
    for field in table_schema.fields().iter().take(own_columns) {
        let known = file_schema.index_of(field.name()).ok().and_then(|index| of_file.column_statistics.get(index));
        columns.push(match known {
            Some(column) => widen(column, field.data_type()),
            None => ColumnStatistics::new_unknown().with_null_count(rows),
        });
    }
    for value in partition_values {
        columns.push(if value.is_null() {
            ColumnStatistics::new_unknown().with_null_count(rows)
        } else {
            ColumnStatistics::new_unknown()
                .with_null_count(Precision::Exact(0))
                .with_min_value(Precision::Exact(value.clone()))
                .with_max_value(Precision::Exact(value.clone()))
        });
    }
    Statistics { num_rows: rows, total_byte_size: of_file.total_byte_size, column_statistics: columns }
}

fn widen(column: &ColumnStatistics, data_type: &DataType) -> ColumnStatistics {
    let cast = |value: &Precision<ScalarValue>| match value.get_value() {
        Some(known) if known.data_type() != *data_type => value.cast_to(data_type).unwrap_or(Precision::Absent),
        _ => value.clone(),
    };
    let mut widened = column.clone();
    widened.min_value = cast(&column.min_value);
    widened.max_value = cast(&column.max_value);
    widened.sum_value = Precision::Absent;
    widened
}

/// The statistics of many files together. Columns of which one file says nothing are unknown.
pub(super) fn merge<'a>(files: impl IntoIterator<Item = &'a Statistics>, columns: usize) -> Statistics {
    let mut files = files.into_iter().filter(|file| file.num_rows != Precision::Exact(0));
    let mut merged = match files.next() {
        Some(first) => first.clone(),
        None => {
            let empty = ColumnStatistics::new_unknown().with_null_count(Precision::Exact(0));
            return Statistics {
                num_rows: Precision::Exact(0),
                total_byte_size: Precision::Exact(0),
                column_statistics: vec![empty; columns],
            };
        }
    };
    for file in files {
        for (into, from) in merged.column_statistics.iter_mut().zip(&file.column_statistics) {
            merge_column(into, merged.num_rows, from, file.num_rows);
        }
        merged.num_rows = merged.num_rows.add(&file.num_rows);
        merged.total_byte_size = merged.total_byte_size.add(&file.total_byte_size);
    }
    merged
}

fn merge_column(into: &mut ColumnStatistics, into_rows: Precision<usize>, from: &ColumnStatistics, from_rows: Precision<usize>) {
    let all_null = |column: &ColumnStatistics, rows| matches!(rows, Precision::Exact(_)) && column.null_count == rows;
    // A file whose values are all NULL has no bounds and moves none.
    if all_null(into, into_rows) {
        into.min_value = from.min_value.clone();
        into.max_value = from.max_value.clone();
    } else if !all_null(from, from_rows) {
        into.min_value = outer(&into.min_value, &from.min_value, Ordering::Less);
        into.max_value = outer(&into.max_value, &from.max_value, Ordering::Greater);
    }
    into.null_count = into.null_count.add(&from.null_count);
    into.byte_size = into.byte_size.add(&from.byte_size);
    into.distinct_count = Precision::Absent;
    into.sum_value = Precision::Absent;
}

fn outer(left: &Precision<ScalarValue>, right: &Precision<ScalarValue>, wanted: Ordering) -> Precision<ScalarValue> {
    let (Some(left_value), Some(right_value)) = (left.get_value(), right.get_value()) else { return Precision::Absent };
    let Some(order) = left_value.partial_cmp(right_value) else { return Precision::Absent };
    let value = if order == wanted { left_value.clone() } else { right_value.clone() };
    let exact = left.is_exact() == Some(true) && right.is_exact() == Some(true);
    if exact { Precision::Exact(value) } else { Precision::Inexact(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: usize, nulls: usize, bounds: Option<(i64, i64)>) -> Statistics {
        let exact = |value: i64| Precision::Exact(ScalarValue::Int64(Some(value)));
        let mut column = ColumnStatistics::new_unknown().with_null_count(Precision::Exact(nulls));
        if let Some((min, max)) = bounds {
            column = column.with_min_value(exact(min)).with_max_value(exact(max));
        }
        Statistics {
            num_rows: Precision::Exact(rows),
            total_byte_size: Precision::Exact(8 * rows),
            column_statistics: vec![column],
        }
    }

    fn bounds(files: &[Statistics]) -> (Precision<usize>, Precision<ScalarValue>, Precision<ScalarValue>) {
        let merged = merge(files, 1);
        let column = &merged.column_statistics[0];
        (merged.num_rows, column.min_value.clone(), column.max_value.clone())
    }

    #[test]
    fn files_without_values_move_no_bound() {
        let exact = |value: i64| Precision::Exact(ScalarValue::Int64(Some(value)));
        let parts = [file(2, 2, None), file(3, 0, Some((5, 9))), file(0, 0, None), file(1, 0, Some((-1, -1)))];
        assert_eq!(bounds(&parts), (Precision::Exact(6), exact(-1), exact(9)));
    }

    #[test]
    fn one_file_without_statistics_makes_the_bound_unknown() {
        let parts = [file(3, 0, Some((5, 9))), file(3, 0, None)];
        assert_eq!(bounds(&parts), (Precision::Exact(6), Precision::Absent, Precision::Absent));
    }

    #[test]
    fn no_files_are_no_rows() {
        assert_eq!(merge([], 2).num_rows, Precision::Exact(0));
        assert_eq!(merge([], 2).column_statistics.len(), 2);
    }
}
