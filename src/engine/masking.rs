//! The functions of masks, named as those of `postgresql_anonymizer`. Only masks and superusers can call them: with `anon.hash` at hand
//! anybody could compare guesses with masked values.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::functions::datetime::date_trunc;
use datafusion::functions::math::floor;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast as cast_to,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::dialect::is_uuid;

/// All functions of masks by their names.
pub fn functions(secret: &[u8]) -> HashMap<String, Arc<ScalarUDF>> {
    let kinds = [Kind::Hash, Kind::Partial, Kind::PartialEmail, Kind::Generalize];
    let function = |kind| Mask { kind, key: secret.to_vec(), signature: Signature::variadic_any(Volatility::Immutable) };
    kinds.into_iter().map(|kind| (kind.name().to_string(), Arc::new(ScalarUDF::from(function(kind))))).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// HMAC-SHA-256 (RFC 2104) with the key of the state: 64 hexadecimal digits of a text, a number of a number's type, a UUID of a UUID.
    Hash,
    /// `partial(text, prefix, padding, suffix)`: the first and last characters around the padding.
    Partial,
    /// The first two characters of the name and of the host, and the top-level domain: `da******@gm******.com`.
    PartialEmail,
    /// A number down to a multiple of the step, a time to the beginning of the `year`, `month`, `day`, …
    Generalize,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Hash => "anon.hash",
            Self::Partial => "anon.partial",
            Self::PartialEmail => "anon.partial_email",
            Self::Generalize => "anon.generalize",
        }
    }

    fn arguments(self) -> usize {
        match self {
            Self::Hash | Self::PartialEmail => 1,
            Self::Generalize => 2,
            Self::Partial => 4,
        }
    }
}

struct Mask {
    kind: Kind,
    key: Vec<u8>,
    signature: Signature,
}

/// Plans are printed; the key is not.
impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())
    }
}

impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.key == other.key
    }
}

impl Eq for Mask {}

impl Hash for Mask {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

impl ScalarUDFImpl for Mask {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let name = self.kind.name();
        let (Some(first), true) = (types.first(), types.len() == self.kind.arguments()) else {
            return plan_err!("Invalid function '{name}': it takes {} arguments, not {}", self.kind.arguments(), types.len());
        };
        match self.kind {
            Kind::Hash if first.is_integer() || is_uuid(first) => Ok(first.clone()),
            Kind::Hash | Kind::Partial | Kind::PartialEmail if first.is_string() || first.is_null() => Ok(DataType::Utf8),
            Kind::Generalize if first.is_numeric() || is_time(first) => Ok(first.clone()),
            _ => plan_err!("Invalid function '{name}': it does not take {first}"),
        }
    }

    /// A number or time in steps is made of the planner's own functions.
    fn simplify(&self, args: Vec<Expr>, context: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let ([value, step], Kind::Generalize) = (args.as_slice(), self.kind) else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let data_type = value.get_type(context.schema())?;
        let coarse = if is_time(&data_type) {
            // Dates are no times to that function.
            let is_date = matches!(data_type, DataType::Date32 | DataType::Date64);
            let time = DataType::Timestamp(TimeUnit::Microsecond, None);
            let value = if is_date { cast_to(value.clone(), time) } else { value.clone() };
            date_trunc().call(vec![step.clone(), value])
        } else {
            let step = cast_to(step.clone(), DataType::Float64);
            let steps = floor().call(vec![cast_to(value.clone(), DataType::Float64) / step.clone()]);
            steps * step
        };
        Ok(ExprSimplifyResult::Simplified(cast_to(coarse, data_type)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?;
        let Some(first) = columns.first() else { return exec_err!("{} without arguments", self.kind.name()) };
        let result: ArrayRef = match self.kind {
            Kind::Hash if first.data_type().is_integer() => return self.hash_numbers(first).map(ColumnarValue::Array),
            Kind::Hash if is_uuid(first.data_type()) => self.hash_uuids(first)?,
            Kind::Hash => {
                Arc::new(texts(first)?.iter().map(|text| text.map(|text| self.hex(text.as_bytes()))).collect::<StringArray>())
            }
            Kind::PartialEmail => Arc::new(texts(first)?.iter().map(|text| text.map(partial_email)).collect::<StringArray>()),
            Kind::Partial => partial_column(&columns, rows)?,
            Kind::Generalize => return exec_err!("{} is planned as other functions", self.kind.name()),
        };
        let constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        if constant {
            ScalarValue::try_from_array(&result, 0).map(ColumnarValue::Scalar)
        } else {
            Ok(ColumnarValue::Array(result))
        }
    }
}

impl Mask {
    fn mac(&self, bytes: &[u8]) -> [u8; 32] {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return [0; 32] };
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    fn hex(&self, bytes: &[u8]) -> String {
        self.mac(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As many bytes of the hash as a UUID has.
    fn hash_uuids(&self, column: &ArrayRef) -> Result<ArrayRef> {
        let uuids = column.as_fixed_size_binary();
        let hashed = uuids.iter().map(|uuid| uuid.map(|uuid| self.mac(uuid).into_iter().take(16).collect::<Vec<_>>()));
        Ok(Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(hashed, uuids.value_length())?))
    }

    /// A number of the same type, never negative: as many bits of the hash as it has room for.
    fn hash_numbers(&self, column: &ArrayRef) -> Result<ArrayRef> {
        let bits = match column.data_type() {
            DataType::Int8 | DataType::UInt8 => 7,
            DataType::Int16 | DataType::UInt16 => 15,
            DataType::Int32 | DataType::UInt32 => 31,
            _ => 63,
        };
        // The text of a number is the same in every type.
        let hashed = texts(column)?;
        let hashed = hashed.iter().map(|text| {
            text.map(|text| {
                let mut first = [0; 8];
                first.copy_from_slice(&self.mac(text.as_bytes())[..8]);
                i64::try_from(u64::from_be_bytes(first) >> (64 - bits)).unwrap_or_default()
            })
        });
        let numbers: datafusion::arrow::array::PrimitiveArray<Int64Type> = hashed.collect();
        Ok(cast(&numbers, column.data_type())?)
    }
}

fn is_time(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
}

fn texts(column: &ArrayRef) -> Result<StringArray> {
    Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn partial_column(columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let [text, prefix, padding, suffix] = columns else { return exec_err!("anon.partial takes 4 arguments") };
    let (text, padding) = (texts(text)?, texts(padding)?);
    let (prefix, suffix) = (cast(prefix, &DataType::Int64)?, cast(suffix, &DataType::Int64)?);
    let (prefix, suffix) = (prefix.as_primitive::<Int64Type>(), suffix.as_primitive::<Int64Type>());
    let one = |row: usize| {
        let known = text.is_valid(row) && padding.is_valid(row) && prefix.is_valid(row) && suffix.is_valid(row);
        known.then(|| partial(text.value(row), prefix.value(row), padding.value(row), suffix.value(row)))
    };
    Ok(Arc::new((0..rows.min(text.len())).map(one).collect::<StringArray>()))
}

/// A text no longer than what would be shown of it is hidden as a whole.
fn partial(text: &str, prefix: i64, padding: &str, suffix: i64) -> String {
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    let (prefix, suffix, length) = (count(prefix), count(suffix), text.chars().count());
    if prefix.saturating_add(suffix) >= length {
        return padding.to_string();
    }
    let first: String = text.chars().take(prefix).collect();
    let last: String = text.chars().skip(length - suffix).collect();
    format!("{first}{padding}{last}")
}

fn partial_email(email: &str) -> String {
    const HIDDEN: &str = "******";
    let two = |text: &str| text.chars().take(2).collect::<String>();
    match email.rsplit_once('@') {
        Some((name, host)) => {
            let (host, top) = host.rsplit_once('.').map_or((host, String::new()), |(host, top)| (host, format!(".{top}")));
            format!("{}{HIDDEN}@{}{HIDDEN}{top}", two(name), two(host))
        }
        None => HIDDEN.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of postgresql_anonymizer's manual, "Partial Scrambling".
    #[test]
    fn parts_of_texts_are_shown() {
        assert_eq!(partial("abcdefgh", 1, "xxxx", 3), "axxxxfgh");
        assert_eq!(partial_email("daamien@gmail.com"), "da******@gm******.com");
        assert_eq!(partial("abc", 1, "***", 2), "***");
        assert_eq!(partial("äöü", 1, "*", -1), "ä*");
        assert_eq!((partial_email("nobody"), partial_email("a@b")), ("******".into(), "a******@b******".into()));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn hashes_are_hmacs() {
        let mask = Mask { kind: Kind::Hash, key: b"Jefe".to_vec(), signature: Signature::variadic_any(Volatility::Immutable) };
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(mask.hex(b"what do ya want for nothing?"), expected);
        assert!(!format!("{mask:?}").contains("Jefe"));
    }
}
