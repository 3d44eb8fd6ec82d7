//! Literals in quotes: `active = 't'`, `day > 'Jan 5, 2024'`, `'today'::date`. PostgreSQL gives them the type of the other side and reads
//! booleans, dates and times in more forms than the engine, to which they are written in its one form, and UUIDs, which it does not know.

use cilake_wire::decode::read_interval;
use datafusion::arrow::array::{BooleanArray, StringArray};
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::ScalarValue;
use datafusion::common::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::functions::datetime::{current_date::CurrentDateFunc, now::NowFunc};
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{Expr, Operator, ScalarUDF, lit};
use datafusion_functions_customer::type_name::type_name;

use super::float_text;
use super::text_input;
use super::uuids::{self, is_uuid};
use crate::dialect::failure::failed;
use crate::dialect::moments::calendar::days_after;
use crate::dialect::types::operators::unknown;
pub use moment::DateOrder;
use moment::{Fault, Moment};

mod moment;

/// Whether literals of the type are read here.
pub fn has_forms(data_type: &DataType) -> bool {
    is_uuid(data_type)
        || matches!(data_type, DataType::Boolean | DataType::Date32 | DataType::Timestamp(..) | DataType::Time64(_))
}

/// The literal as the type of the operand on the other side; any other expression as it is.
pub fn as_other(expr: Expr, operator: Operator, other: &DataType, order: DateOrder) -> Result<Expr> {
    let Some(text) = unknown(&expr) else { return Ok(expr) };
    // Nothing else is added to a moment.
    if operator == Operator::Plus && matches!(other, DataType::Timestamp(..)) {
        return Ok(Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval(text)?)), None));
    }
    let converts = match operator {
        Operator::Plus => false,
        Operator::Minus => has_forms(other),
        _ if matches!(other, DataType::List(_)) => text_input::is_read(other),
        _ => has_forms(other) || other.is_signed_integer() || other.is_floating() || matches!(other, DataType::Interval(_)),
    };
    if !converts {
        return Ok(expr);
    }
    let value = read(text, other, order)?.unwrap_or_else(|| expr.clone());
    Ok(cast(value, other))
}

/// The text of a boolean, date, time or UUID in the engine's form; `None` where that is the engine's to read.
///
/// # Errors
/// 22P02, 22007 and 22008 as PostgreSQL's, without the text; 0A000 for the infinite.
pub fn read(text: &str, target: &DataType, order: DateOrder) -> Result<Option<Expr>> {
    if *target == DataType::Boolean {
        let value = boolean(text).ok_or_else(|| failed("22P02", "invalid input syntax for type boolean"))?;
        return Ok(Some(lit(value)));
    }
    if matches!(target, DataType::Interval(_)) {
        return Ok(Some(Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval(text)?)), None)));
    }
    if text_input::is_read(target) && !target.is_decimal() && !target.is_floating() {
        let read = text_input::read(&StringArray::from(vec![text]), target, order)?;
        return ScalarValue::try_from_array(&read, 0).map(|value| Some(Expr::Literal(value, None)));
    }
    if is_uuid(target) {
        return uuids::read(text).map(Some);
    }
    if float_text::is_float(target) {
        return float_text::literal(text, target).map(Some);
    }
    if !has_forms(target) {
        return Ok(None);
    }
    let word = text.trim().to_lowercase();
    if let Some(expr) = special(&word, target)? {
        return Ok(Some(expr));
    }
    written(&word, target, order).map(|text| Some(lit(text)))
}

/// An interval in any of PostgreSQL's forms.
///
/// # Errors
/// 22007 and 22015.
pub fn interval(text: &str) -> Result<IntervalMonthDayNano> {
    let read = read_interval(text, None)
        .map_err(|error| failed(if error.code == "22015" { "22015" } else { "22007" }, &error.message))?;
    let nanoseconds = read.micros.checked_mul(1_000).ok_or_else(|| failed("22015", "interval field value out of range"))?;
    Ok(IntervalMonthDayNano::new(read.months, read.days, nanoseconds))
}

/// The text of a date or time, which a row has, in the engine's form.
///
/// # Errors
/// As [`read`]; 0A000 for words that mean another moment each day.
pub fn canonical(text: &str, target: &DataType, order: DateOrder) -> Result<String> {
    let word = text.trim().to_lowercase();
    match special(&word, target)? {
        Some(Expr::Literal(ScalarValue::Utf8(Some(text)), _)) => Ok(text),
        Some(_) => Err(failed("0A000", "words such as now and today are only read where a statement has them")),
        None => written(&word, target, order),
    }
}

fn written(word: &str, target: &DataType, order: DateOrder) -> Result<String> {
    let name = type_name(target);
    match Moment::read(word, target, order).and_then(|moment| moment.written(target)) {
        Ok(text) => Ok(text),
        Err(Fault::Syntax) => Err(failed("22007", format!("invalid input syntax for type {name}"))),
        Err(Fault::Range) => Err(failed("22008", "date/time field value out of range")),
        Err(Fault::BeforeChrist) => Err(failed("0A000", "years before Christ are not supported")),
    }
}

/// The unique beginnings of PostgreSQL's words for true and false.
fn boolean(text: &str) -> Option<bool> {
    let word = text.trim().to_lowercase();
    let begins = |whole: &str, least: usize| word.len() >= least && whole.starts_with(&word);
    if word == "1" || begins("true", 1) || begins("yes", 1) || begins("on", 2) {
        return Some(true);
    }
    (word == "0" || begins("false", 1) || begins("no", 1) || begins("off", 2)).then_some(false)
}

/// The texts as truth values.
///
/// # Errors
/// 22P02.
pub fn booleans(texts: &StringArray) -> Result<BooleanArray> {
    let read = |text| boolean(text).ok_or_else(|| failed("22P02", "invalid input syntax for type boolean"));
    texts.iter().map(|text| text.map(read).transpose()).collect()
}

/// Words that stand for a date or time.
fn special(word: &str, target: &DataType) -> Result<Option<Expr>> {
    let today = || ScalarUDF::new_from_impl(CurrentDateFunc::new()).call(vec![]);
    let is_time = matches!(target, DataType::Time64(_));
    Ok(Some(match word {
        "now" => ScalarUDF::new_from_impl(NowFunc::new_with_config(&ConfigOptions::default())).call(vec![]),
        "epoch" if !is_time => lit("1970-01-01 00:00:00"),
        "today" if !is_time => today(),
        "tomorrow" if !is_time => days_after(today(), lit(1_i64)),
        "yesterday" if !is_time => days_after(today(), lit(-1_i64)),
        "allballs" if is_time => lit("00:00:00"),
        "infinity" | "-infinity" | "inf" | "-inf" | "+infinity" if !is_time => {
            let message = format!("infinite values of type {} are not supported", type_name(target));
            return Err(failed("0A000", &message));
        }
        _ => return Ok(None),
    }))
}

fn cast(expr: Expr, data_type: &DataType) -> Expr {
    match &expr {
        Expr::Literal(ScalarValue::Boolean(_) | ScalarValue::FixedSizeBinary(..), _) => expr,
        _ => Expr::Cast(Cast::new(Box::new(expr), data_type.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15: `SELECT '…'::boolean`.
    #[test]
    fn booleans() {
        for text in ["t", "TRUE", "tr", "y", "yes", "on", "1", " true "] {
            assert_eq!(boolean(text), Some(true), "{text}");
        }
        for text in ["f", "fals", "n", "no", "of", "off", "0"] {
            assert_eq!(boolean(text), Some(false), "{text}");
        }
        for text in ["", "o", "2", "truely", "yess"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }
}
