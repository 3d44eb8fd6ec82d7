//! Functions whose results may be far larger than their arguments, such as `lpad` and `repeat`: what they would make of one batch of
//! rows is computed first, and refused as PostgreSQL refuses a text that is too long.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Int64Type};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::error::DataFusionError;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::error::{Error, SqlState};

/// What a call may make of one batch, in bytes.
const BYTES_MAX: u64 = 256 << 20;

/// How large the result of one row is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Size {
    /// The number in the second argument.
    Padded,
    /// The first argument so many times.
    Repeated,
    /// The first argument with the second replaced by the third.
    Replaced,
    /// The same, where the second is a pattern that may match everywhere.
    Matched,
}

const FUNCTIONS: [(&str, Size); 5] = [
    ("lpad", Size::Padded),
    ("regexp_replace", Size::Matched),
    ("repeat", Size::Repeated),
    ("replace", Size::Replaced),
    ("rpad", Size::Padded),
];

/// Gives these functions their bounds.
///
/// # Errors
/// None at present: a state takes every function.
pub fn bound(state: &mut SessionState) -> Result<()> {
    for (name, size) in FUNCTIONS {
        if let Some(inner) = state.scalar_functions().get(name).cloned() {
            state.register_udf(Arc::new(ScalarUDF::from(Bounded { inner, size })))?;
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Bounded {
    inner: Arc<ScalarUDF>,
    size: Size,
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        let inner = Arc::new(self.inner.inner().with_updated_config(config)?);
        Some(ScalarUDF::from(Self { inner, size: self.size }))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn simplify(&self, args: Vec<Expr>, context: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.inner.simplify(args, context)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let bytes = (0..rows).try_fold(0, {
            let size = self.size_of_rows(&args.args, rows)?;
            move |sum: u64, row| Some(sum.saturating_add(size(row))).filter(|sum| *sum <= BYTES_MAX)
        });
        if bytes.is_none() {
            let error = Error::new(SqlState("54000"), "requested length too large");
            let hint = format!("{} may make {} MB of {rows} rows", self.name(), BYTES_MAX >> 20);
            return Err(DataFusionError::External(Box::new(error.hint(hint))));
        }
        self.inner.invoke_with_args(args)
    }
}

type SizeOfRow = Box<dyn Fn(usize) -> u64>;

impl Bounded {
    fn size_of_rows(&self, args: &[ColumnarValue], rows: usize) -> Result<SizeOfRow> {
        let number = |place: usize| numbers(args, place, rows);
        let text = |place: usize| texts(args, place, rows);
        Ok(match self.size {
            Size::Padded => {
                let length = number(1)?;
                Box::new(move |row| length(row).unwrap_or(0).max(0).unsigned_abs())
            }
            Size::Repeated => {
                let (text, times) = (text(0)?, number(1)?);
                Box::new(move |row| length(&text, row).saturating_mul(times(row).unwrap_or(0).max(0).unsigned_abs()))
            }
            Size::Replaced => {
                let (text, sought, new) = (text(0)?, text(1)?, text(2)?);
                Box::new(move |row| {
                    let (Some(value), Some(sought)) = (value(&text, row), value(&sought, row)) else { return 0 };
                    let most = (value.len() as u64 + 1).saturating_mul(length(&new, row));
                    // Counting takes time, and is only done where it matters.
                    let count = if most < BYTES_MAX / 8_192 { 0 } else { value.matches(sought).count() as u64 };
                    count.saturating_mul(length(&new, row))
                })
            }
            Size::Matched => {
                let (text, new) = (text(0)?, text(2)?);
                // Hardly any pattern matches everywhere.
                Box::new(move |row| (length(&text, row) + 1).saturating_mul(length(&new, row)) / 16)
            }
        })
    }
}

fn column(args: &[ColumnarValue], place: usize, rows: usize) -> Result<Option<ArrayRef>> {
    args.get(place).map(|arg| arg.to_array_of_size(rows)).transpose()
}

/// The numbers of an argument; None where it is none, or not there.
fn numbers(args: &[ColumnarValue], place: usize, rows: usize) -> Result<Box<dyn Fn(usize) -> Option<i64>>> {
    let numbers = column(args, place, rows)?.filter(|column| column.data_type().is_integer());
    let numbers = numbers.map(|column| cast(&column, &DataType::Int64)).transpose()?;
    Ok(Box::new(move |row| {
        let numbers = numbers.as_ref()?.as_primitive::<Int64Type>();
        numbers.is_valid(row).then(|| numbers.value(row))
    }))
}

fn texts(args: &[ColumnarValue], place: usize, rows: usize) -> Result<Option<ArrayRef>> {
    // One text for all rows is not copied for each of them.
    let rows = if matches!(args.get(place), Some(ColumnarValue::Scalar(_))) { 1 } else { rows };
    let texts = column(args, place, rows)?.filter(|column| column.data_type().is_string());
    Ok(texts.map(|column| cast(&column, &DataType::Utf8View)).transpose()?)
}

fn value(texts: &Option<ArrayRef>, row: usize) -> Option<&str> {
    let texts = texts.as_ref()?.as_string_view();
    let row = if texts.len() == 1 { 0 } else { row };
    (row < texts.len() && texts.is_valid(row)).then(|| texts.value(row))
}

fn length(texts: &Option<ArrayRef>, row: usize) -> u64 {
    value(texts, row).map_or(0, |text| text.len() as u64)
}
