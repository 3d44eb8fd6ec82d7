//! Rows a second from record batches to DataRow messages, without a socket: eight mixed columns, as in the end-to-end measurement.
//! Run with `cargo bench --workspace --bench rows`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};
use cilake_wire::encode::{Format, RowEncoder};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const ROWS: usize = 8_192;
/// As the server does: the output leaves when it is larger than this.
const OUTPUT_BYTES: usize = 64 << 10;

fn batch() -> RecordBatch {
    let numbers = || 0..ROWS as i64;
    let columns: [(&str, ArrayRef); 8] = [
        ("id", Arc::new(Int64Array::from_iter_values(numbers()))),
        ("customer", Arc::new(Int64Array::from_iter_values(numbers().map(|n| n * 7_919 % 500_000)))),
        ("at", Arc::new(TimestampMicrosecondArray::from_iter_values(numbers().map(|n| 1_600_000_000_000_000 + n * 1_234_567)))),
        ("score", Arc::new(Float64Array::from_iter_values(numbers().map(|n| n as f64 * 0.37 + 0.001)))),
        ("name", Arc::new(StringViewArray::from_iter_values(numbers().map(|n| format!("customer number {n}"))))),
        ("amount", Arc::new(Decimal128Array::from_iter_values(numbers().map(|n| i128::from(n * 1_237 % 1_000_000))))),
        ("day", Arc::new(Date32Array::from_iter_values(numbers().map(|n| 18_000 + (n % 1_000) as i32)))),
        ("active", Arc::new(BooleanArray::from_iter(numbers().map(|n| Some(n % 3 == 0))))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn rows(criterion: &mut Criterion) {
    let batch = batch();
    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, format) in [("text", Format::Text), ("binary", Format::Binary)] {
        let encoder = RowEncoder::new(&batch.schema(), &vec![format; batch.num_columns()]).unwrap();
        let mut out = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut rows = encoder.bind(&batch).unwrap();
                let mut row = 0;
                while row < ROWS {
                    row = rows.write(row, ROWS, OUTPUT_BYTES, &mut out).unwrap();
                    black_box(&out);
                    out.clear();
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, rows);
criterion_main!(benches);
