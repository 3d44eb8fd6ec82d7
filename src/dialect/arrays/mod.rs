//! Functions of arrays (PostgreSQL's manual, table 9.54) and their operators. The engine's own of the same names differ in NULLs, in which
//! of several equal elements they take, in empty arrays and in the types of what they count.
//!
//! The elements of all arguments stand in one pool; what a function makes of a row is a list of places in the pool.

mod casts;
mod dimensions;
mod operators;
mod order;
mod pool;
pub mod quantified;

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Int32Array, ListArray, UInt32Array};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::binary::comparison_coercion;
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::dialect::casts::uuids::is_uuid;
use crate::dialect::failure::{failed, undefined};
pub use casts::cast;
use dimensions::Dimensions;
pub use dimensions::SUBSCRIPT;
pub use operators::{accessed, planned, rectangular};
pub use order::compared;
use pool::Pool;

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    Array,
    Element,
    Integer,
    Integers,
}

/// What a function makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Returns {
    Array,
    Integer,
    Integers,
    Boolean,
}

/// An argument of one row.
#[derive(Clone, Debug)]
enum Given {
    /// Places in the pool.
    Array(Range<usize>),
    Element(usize),
    Integer(i64),
    Integers(Vec<Option<i32>>),
    Null,
}

/// The result of one row.
enum Made {
    Null,
    Array(Vec<usize>),
    Integer(usize),
    Integers(Vec<usize>),
    Boolean(bool),
}

struct Definition {
    name: &'static str,
    parameters: &'static [Parameter],
    /// How many of the last may be missing.
    optional: usize,
    returns: Returns,
    call: fn(&Pool, &[Given]) -> Result<Made>,
}

use Parameter::{Array as A, Element as E, Integer as I, Integers as L};

const FUNCTIONS: [Definition; 16] = [
    Definition { name: "array_append", parameters: &[A, E], optional: 0, returns: Returns::Array, call: append },
    Definition { name: "array_prepend", parameters: &[E, A], optional: 0, returns: Returns::Array, call: append },
    Definition { name: "array_cat", parameters: &[A, A], optional: 0, returns: Returns::Array, call: append },
    Definition { name: "array_remove", parameters: &[A, E], optional: 0, returns: Returns::Array, call: remove },
    Definition { name: "array_replace", parameters: &[A, E, E], optional: 0, returns: Returns::Array, call: replace },
    Definition { name: "array_position", parameters: &[A, E, I], optional: 1, returns: Returns::Integer, call: position },
    Definition { name: "array_positions", parameters: &[A, E], optional: 0, returns: Returns::Integers, call: positions },
    Definition { name: "trim_array", parameters: &[A, I], optional: 0, returns: Returns::Array, call: trim },
    Definition { name: "array_fill", parameters: &[E, L, L], optional: 1, returns: Returns::Array, call: fill },
    Definition { name: BUCKET, parameters: &[E, A], optional: 0, returns: Returns::Integer, call: bucket },
    Definition { name: "arraycontains", parameters: &[A, A], optional: 0, returns: Returns::Boolean, call: contains },
    Definition { name: "arraycontained", parameters: &[A, A], optional: 0, returns: Returns::Boolean, call: contained },
    Definition { name: "arrayoverlap", parameters: &[A, A], optional: 0, returns: Returns::Boolean, call: overlap },
    Definition { name: "array_slice", parameters: &[A, I, I], optional: 0, returns: Returns::Array, call: slice },
    Definition { name: "array_slice_to", parameters: &[A, I], optional: 0, returns: Returns::Array, call: slice_to },
    Definition { name: "array_slice_from", parameters: &[A, I], optional: 0, returns: Returns::Array, call: slice_from },
];

/// A call of one of them.
pub fn call(name: &str, arguments: Vec<Expr>) -> Result<Expr> {
    match functions().find(|function| function.name() == name) {
        Some(function) => Ok(function.call(arguments)),
        None => internal_err!("no function of arrays is named {name}"),
    }
}

/// All of them, for a session.
pub fn functions() -> impl Iterator<Item = ScalarUDF> {
    let pooled = |definition: &'static Definition| {
        ScalarUDF::from(OfArrays { definition, signature: Signature::user_defined(Volatility::Immutable) })
    };
    const { &FUNCTIONS }.iter().map(pooled).chain(Dimensions::all().map(ScalarUDF::from))
}

/// Those that join two arrays, or an array and an element. NULL is an empty array, unless both are.
fn append(_: &Pool, given: &[Given]) -> Result<Made> {
    if given.iter().all(|given| matches!(given, Given::Null)) {
        return Ok(Made::Null);
    }
    let places = given.iter().flat_map(|given| match given {
        Given::Array(range) => range.clone(),
        Given::Element(place) => *place..*place + 1,
        _ => 0..0,
    });
    Ok(Made::Array(places.collect()))
}

fn remove(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Element(sought)] = given else { return Ok(Made::Null) };
    Ok(Made::Array(range.clone().filter(|place| !pool.same(*place, *sought)).collect()))
}

fn replace(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Element(sought), Given::Element(new)] = given else { return Ok(Made::Null) };
    let replaced = range.clone().map(|place| if pool.same(place, *sought) { *new } else { place });
    Ok(Made::Array(replaced.collect()))
}

fn position(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Element(sought), rest @ ..] = given else { return Ok(Made::Null) };
    let from = match rest {
        [] => 0,
        [Given::Integer(from)] => usize::try_from(from - 1).unwrap_or(0),
        _ => return Err(failed("22004", "initial position must not be null")),
    };
    let found = range.clone().skip(from).position(|place| pool.same(place, *sought));
    Ok(found.map_or(Made::Null, |found| Made::Integer(found + from + 1)))
}

fn positions(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Element(sought)] = given else { return Ok(Made::Null) };
    let found = range.clone().zip(1..).filter(|(place, _)| pool.same(*place, *sought)).map(|(_, number)| number);
    Ok(Made::Integers(found.collect()))
}

fn trim(_: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Integer(count)] = given else { return Ok(Made::Null) };
    match usize::try_from(*count).ok().filter(|count| *count <= range.len()) {
        Some(count) => Ok(Made::Array((range.start..range.end - count).collect())),
        None => Err(failed("2202E", format!("number of elements to trim must be between 0 and {}", range.len()))),
    }
}

/// Elements that an array of fills may have.
const FILL_MAX: usize = 134_217_727;

fn fill(_: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Element(element), Given::Integers(lengths), rest @ ..] = given else {
        return Err(failed("22004", "dimension array or low bound array cannot be null"));
    };
    if !matches!(rest, [] | [Given::Integers(_)]) {
        return Err(failed("22004", "dimension array or low bound array cannot be null"));
    }
    if rest.iter().any(|bounds| matches!(bounds, Given::Integers(bounds) if bounds.iter().any(|bound| *bound != Some(1)))) {
        return Err(failed("0A000", "arrays whose first subscript is not 1 are not supported"));
    }
    match lengths.as_slice() {
        [] => Ok(Made::Array(vec![])),
        [None] => Err(failed("22004", "dimension values cannot be null")),
        [Some(length)] => match usize::try_from(*length).ok().filter(|length| *length <= FILL_MAX) {
            Some(length) => Ok(Made::Array(vec![*element; length])),
            None => Err(failed("54000", "array size exceeds the maximum allowed (134217727)")),
        },
        _ => Err(failed("0A000", "array_fill makes arrays of one dimension")),
    }
}

/// `width_bucket` of a value and of an array, which must be in order.
pub const BUCKET: &str = "width_bucket_of";

/// How many bounds are not above the value.
fn bucket(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Element(value), Given::Array(bounds)] = given else { return Ok(Made::Null) };
    if pool.is_null(*value) {
        return Ok(Made::Null);
    }
    if bounds.clone().any(|bound| pool.is_null(bound)) {
        return Err(failed("22004", "thresholds array must not contain NULLs"));
    }
    let (mut low, mut high) = (bounds.start, bounds.end);
    while low < high {
        let middle = low.midpoint(high);
        if pool.is_above(middle, *value) { high = middle } else { low = middle + 1 }
    }
    Ok(Made::Integer(low - bounds.start))
}

/// NULL is in no array.
fn has(pool: &Pool, range: &Range<usize>, sought: usize) -> bool {
    !pool.is_null(sought) && range.clone().any(|place| pool.same(place, sought))
}

fn contains(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(whole), Given::Array(part)] = given else { return Ok(Made::Null) };
    Ok(Made::Boolean(part.clone().all(|place| has(pool, whole, place))))
}

fn contained(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [part, whole] = given else { return Ok(Made::Null) };
    contains(pool, &[whole.clone(), part.clone()])
}

fn overlap(pool: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(one), Given::Array(other)] = given else { return Ok(Made::Null) };
    Ok(Made::Boolean(one.clone().any(|place| has(pool, other, place))))
}

fn slice(_: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Integer(first), Given::Integer(last)] = given else { return Ok(Made::Null) };
    Ok(sliced(range, *first, *last))
}

fn slice_to(_: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Integer(last)] = given else { return Ok(Made::Null) };
    Ok(sliced(range, 1, *last))
}

fn slice_from(_: &Pool, given: &[Given]) -> Result<Made> {
    let [Given::Array(range), Given::Integer(first)] = given else { return Ok(Made::Null) };
    Ok(sliced(range, *first, i64::MAX))
}

/// Elements are counted from 1; what is outside is left away.
fn sliced(range: &Range<usize>, first: i64, last: i64) -> Made {
    let inside = range.clone().zip(1..).filter(|(_, number)| (first..=last).contains(number));
    Made::Array(inside.map(|(place, _)| place).collect())
}

struct OfArrays {
    definition: &'static Definition,
    signature: Signature,
}

impl std::fmt::Debug for OfArrays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfArrays").field("name", &self.definition.name).finish_non_exhaustive()
    }
}

impl PartialEq for OfArrays {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for OfArrays {}

impl std::hash::Hash for OfArrays {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

/// What the elements of an array are.
fn element(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => Some(field.data_type()),
        _ => None,
    }
}

impl OfArrays {
    /// The type of the elements of all arguments together.
    fn common(&self, types: &[DataType]) -> Option<DataType> {
        let mut common = DataType::Null;
        for (parameter, given) in self.definition.parameters.iter().zip(types) {
            let own = match parameter {
                Parameter::Array if given.is_null() => continue,
                Parameter::Array => element(given)?,
                Parameter::Element => given,
                _ => continue,
            };
            common = match (&common, own) {
                (common, own) if own.is_null() => common.clone(),
                (DataType::Null, own) => own.clone(),
                // A literal takes the type of the others.
                (common, own) if own.is_string() && !common.is_string() => common.clone(),
                (common, own) if common.is_string() && !own.is_string() => own.clone(),
                (common, own) => comparison_coercion(common, own)?,
            };
        }
        Some(common)
    }
}

impl ScalarUDFImpl for OfArrays {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let parameters = self.definition.parameters;
        let counts = parameters.len() - self.definition.optional..=parameters.len();
        let missing = || undefined(self.name(), types);
        if !counts.contains(&types.len()) {
            return Err(missing());
        }
        let common = self.common(types).ok_or_else(missing)?;
        let coerced = parameters.iter().zip(types).map(|(parameter, given)| match parameter {
            Parameter::Array => Some(DataType::new_list(common.clone(), true)),
            // A literal is read when the plan is settled.
            Parameter::Element if is_uuid(&common) && given.is_string() => Some(given.clone()),
            Parameter::Element => Some(common.clone()),
            Parameter::Integer => (given.is_integer() || given.is_null() || given.is_string()).then_some(DataType::Int32),
            Parameter::Integers => {
                let fits = given.is_null() || element(given).is_some_and(|of| of.is_integer() || of.is_null());
                fits.then(|| DataType::new_list(DataType::Int32, true))
            }
        });
        coerced.collect::<Option<Vec<_>>>().ok_or_else(missing)
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(match self.definition.returns {
            Returns::Array => DataType::new_list(self.common(types).ok_or_else(|| undefined(self.name(), types))?, true),
            Returns::Integer => DataType::Int32,
            Returns::Integers => DataType::new_list(DataType::Int32, true),
            Returns::Boolean => DataType::Boolean,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let count = if constant { 1 } else { args.number_rows };
        let columns = args.args.iter().map(|argument| argument.to_array(count)).collect::<Result<Vec<_>>>()?;
        let pool = Pool::of(self.definition.parameters, &columns)?;
        let made = (0..count).map(|row| (self.definition.call)(&pool, &pool.given(row))).collect::<Result<Vec<_>>>()?;
        let array = match args.return_field.data_type() {
            DataType::List(field) => listed(made, field, (self.definition.returns == Returns::Array).then_some(&pool))?,
            DataType::Boolean => Arc::new(
                made.into_iter()
                    .map(|made| if let Made::Boolean(made) = made { Some(made) } else { None })
                    .collect::<BooleanArray>(),
            ),
            _ => {
                let number = |made| if let Made::Integer(number) = made { i32::try_from(number).ok() } else { None };
                Arc::new(made.into_iter().map(number).collect::<Int32Array>()) as ArrayRef
            }
        };
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?),
            false => ColumnarValue::Array(array),
        })
    }
}

/// Arrays of elements of the pool; without one, of the numbers themselves.
fn listed(made: Vec<Made>, field: &Arc<Field>, pool: Option<&Pool>) -> Result<ArrayRef> {
    let length = |made: &Made| match made {
        Made::Array(places) | Made::Integers(places) => places.len(),
        _ => 0,
    };
    let offsets = OffsetBuffer::from_lengths(made.iter().map(length));
    let nulls = NullBuffer::from_iter(made.iter().map(|made| !matches!(made, Made::Null)));
    let places = made.into_iter().flat_map(|made| match made {
        Made::Array(places) | Made::Integers(places) => places,
        _ => vec![],
    });
    let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let elements: ArrayRef = match pool {
        Some(pool) => take(pool.elements(), &UInt32Array::from_iter_values(places.map(narrow)), None)?,
        None => Arc::new(places.map(|number| i32::try_from(number).ok()).collect::<Int32Array>()),
    };
    if elements.data_type() != field.data_type() {
        return internal_err!("elements of {} in an array of {}", elements.data_type(), field.data_type());
    }
    Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, elements, Some(nulls))?))
}
