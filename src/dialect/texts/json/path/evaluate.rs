//! What a path finds in a document, by the rules of PostgreSQL's jsonpath_exec.c. A lax path takes a value for an array of one and an array
//! for its elements, and finds nothing where a strict one fails; a filter that fails is unknown.

use std::borrow::Cow;
use std::cmp::Ordering;

use datafusion::error::DataFusionError;

use super::parse::{Comparison, Expr, Place, Step};
use crate::dialect::failure::failed;
use crate::dialect::texts::json::document::{Node, Value, in_order, read, unescaped};
use crate::dialect::texts::json::order;
use crate::dialect::texts::patterns;
use crate::error::SqlState;

/// Why nothing is found.
pub enum Failure {
    /// With its SQLSTATE: the document is not as the path wants it.
    OfDocument(&'static str, String),
    Other(DataFusionError),
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        Self::Other(error)
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// A value of the document, or a scalar that is made.
#[derive(Clone, Debug)]
pub enum Found<'n, 'a> {
    Part(&'n Node<'a>),
    Made(String),
}

impl Found<'_, '_> {
    pub fn text(&self) -> &str {
        match self {
            Self::Part(node) => node.written,
            Self::Made(text) => text,
        }
    }

    /// The value alone.
    pub fn node(&self) -> Cow<'_, Node<'_>> {
        match self {
            Self::Part(node) => Cow::Borrowed(node),
            Self::Made(text) => Cow::Owned(read(text).unwrap_or(Node { written: "null", value: Value::Null })),
        }
    }
}

/// What is done with each value that is found.
type Take<'t, 'n, 'a> = &'t mut dyn FnMut(Found<'n, 'a>) -> Result<()>;

/// A step, and whether what it does not find is an error.
#[derive(Clone, Copy)]
struct Going<'s> {
    step: &'s Step,
    fails: bool,
}

pub struct Search<'n, 'a> {
    root: &'n Node<'a>,
    variables: &'n Node<'a>,
    is_strict: bool,
}

impl<'n, 'a> Search<'n, 'a> {
    pub fn new(root: &'n Node<'a>, variables: &'n Node<'a>, is_strict: bool) -> Self {
        Self { root, variables, is_strict }
    }

    /// Gives each value that is found to `take`, until an error.
    ///
    /// # Errors
    /// What a strict path does not find, and variables that are not given.
    pub fn each(&self, expr: &Expr, take: Take<'_, 'n, 'a>) -> Result<()> {
        if expr.is_predicate() {
            let answer = self.holds(expr, None)?;
            return take(Found::Made(answer.map_or_else(|| "null".to_owned(), |answer| answer.to_string())));
        }
        self.values(expr, None, take)
    }

    /// The values of an expression, where `@` is the current one.
    fn values(&self, expr: &Expr, current: Option<&Found<'n, 'a>>, take: Take<'_, 'n, 'a>) -> Result<()> {
        take(match expr {
            Expr::Current => current.cloned().unwrap_or(Found::Part(self.root)),
            Expr::Literal(text) => Found::Made(text.clone()),
            Expr::Variable(name) => match self.variables.member(name)? {
                Some(node) => Found::Part(node),
                None => {
                    let message = format!("could not find jsonpath variable \"{name}\"");
                    return Err(failed(SqlState::UNDEFINED_OBJECT, message).into());
                }
            },
            Expr::Step(of, step) => {
                // Behind `.**` a value is not as a step wants it for the most part.
                let fails = self.is_strict && !is_behind_levels(of);
                let going = Going { step, fails };
                return self.values(of, current, &mut |value| self.step(&value, going, !self.is_strict, take));
            }
            _ => Found::Part(self.root),
        })
    }

    /// `unwraps`: an array stands for its elements.
    fn step(&self, value: &Found<'n, 'a>, going: Going<'_>, unwraps: bool, take: Take<'_, 'n, 'a>) -> Result<()> {
        let kind = match value {
            Found::Part(node) => &node.value,
            Found::Made(_) => &Value::Null,
        };
        let goes_into = matches!(going.step, Step::Member(_) | Step::Members | Step::Filter(_));
        if let (Value::Array(elements), true, true) = (kind, goes_into, unwraps) {
            return elements.iter().try_for_each(|element| self.step(&Found::Part(element), going, false, take));
        }
        let missing = |state, message: &str| match going.fails {
            true => Err(Failure::OfDocument(state, message.to_owned())),
            false => Ok(()),
        };
        match (going.step, kind) {
            (Step::Member(name), Value::Object(_)) => {
                let Found::Part(node) = value else { return Ok(()) };
                match node.member(name)? {
                    Some(member) => take(Found::Part(member)),
                    None => missing("2203A", &format!("JSON object does not contain key \"{name}\"")),
                }
            }
            (Step::Member(_), _) => missing("2203A", "jsonpath member accessor can only be applied to an object"),
            (Step::Members, Value::Object(members)) => {
                in_order(members)?.into_iter().try_for_each(|(_, member)| take(Found::Part(member)))
            }
            (Step::Members, _) => missing("2203C", "jsonpath wildcard member accessor can only be applied to an object"),
            (Step::All, Value::Array(elements)) => elements.iter().try_for_each(|element| take(Found::Part(element))),
            (Step::All, _) if self.is_strict => {
                missing("22039", "jsonpath wildcard array accessor can only be applied to an array")
            }
            (Step::All, _) => take(value.clone()),
            (Step::Elements(places), Value::Array(elements)) => {
                let elements: Vec<_> = elements.iter().map(Found::Part).collect();
                self.elements(places, &elements, going.fails, take)
            }
            (Step::Elements(_), _) if self.is_strict => {
                missing("22039", "jsonpath array accessor can only be applied to an array")
            }
            (Step::Elements(places), _) => self.elements(places, std::slice::from_ref(value), going.fails, take),
            (Step::Below(from, to), _) => below(value, 0, *from, *to, take),
            (Step::Filter(filter), _) => match self.holds(filter, Some(value))? {
                Some(true) => take(value.clone()),
                _ => Ok(()),
            },
            (Step::Type, _) => take(Found::Made(format!("\"{}\"", value.node().kind()))),
            (Step::Size, Value::Array(elements)) => take(Found::Made(elements.len().to_string())),
            (Step::Size, _) if self.is_strict => missing("22039", "jsonpath item method .size() can only be applied to an array"),
            (Step::Size, _) => take(Found::Made("1".to_owned())),
        }
    }

    fn elements(&self, places: &[(Place, Place)], elements: &[Found<'n, 'a>], fails: bool, take: Take<'_, 'n, 'a>) -> Result<()> {
        let count = i64::try_from(elements.len()).unwrap_or(i64::MAX);
        let place = |place: Place| match place {
            Place::First(place) => place,
            Place::Last(before) => count - 1 - before,
        };
        for (from, to) in places {
            let (from, to) = (place(*from), place(*to));
            if fails && (from < 0 || from > to || to >= count) {
                let message = "jsonpath array subscript is out of bounds".to_owned();
                return Err(Failure::OfDocument("22033", message));
            }
            let mut within = (0..count).zip(elements).filter(|(place, _)| (from..=to).contains(place));
            within.try_for_each(|(_, element)| take(element.clone()))?;
        }
        Ok(())
    }

    /// True, false, or unknown.
    fn holds(&self, expr: &Expr, current: Option<&Found<'n, 'a>>) -> Result<Option<bool>> {
        Ok(match expr {
            Expr::And(left, right) => match self.holds(left, current)? {
                Some(false) => Some(false),
                left => match self.holds(right, current)? {
                    Some(true) => left,
                    right => right,
                },
            },
            Expr::Or(left, right) => match self.holds(left, current)? {
                Some(true) => Some(true),
                left => match self.holds(right, current)? {
                    Some(false) => left,
                    right => right,
                },
            },
            Expr::Not(inner) => self.holds(inner, current)?.map(|answer| !answer),
            Expr::IsUnknown(inner) => Some(self.holds(inner, current)?.is_none()),
            Expr::Exists(inner) => self.all(inner, current)?.map(|values| !values.is_empty()),
            Expr::Compare(comparison, left, right) => {
                let (Some(left), Some(right)) = (self.operands(left, current)?, self.operands(right, current)?) else {
                    return Ok(None);
                };
                let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
                self.any(pairs.map(|(left, right)| compared(*comparison, &left.node(), &right.node())))?
            }
            Expr::StartsWith(text, start) => {
                let (Some(texts), Some(starts)) = (self.operands(text, current)?, self.operands(start, current)?) else {
                    return Ok(None);
                };
                let start = starts.first().map(Found::node);
                let begins = |text: &Found<'_, '_>| match (&text.node().value, start.as_deref().map(|start| &start.value)) {
                    (Value::String(text), Some(Value::String(start))) => {
                        Ok(Some(unescaped(text)?.starts_with(unescaped(start)?.as_ref())))
                    }
                    _ => Ok(None),
                };
                self.any(texts.iter().map(begins))?
            }
            Expr::Like(text, pattern, options) => {
                let Some(texts) = self.operands(text, current)? else { return Ok(None) };
                let pattern = patterns::compiled(pattern, *options)?;
                let is_like = |text: &Found<'_, '_>| match &text.node().value {
                    Value::String(text) => Ok(Some(pattern.is_match(&unescaped(text)?)?)),
                    _ => Ok(None),
                };
                self.any(texts.iter().map(is_like))?
            }
            _ => None,
        })
    }

    /// All values of an expression; `None` where there was an error.
    fn all(&self, expr: &Expr, current: Option<&Found<'n, 'a>>) -> Result<Option<Vec<Found<'n, 'a>>>> {
        let mut all = vec![];
        let done = self.values(expr, current, &mut |value| {
            all.push(value);
            Ok(())
        });
        match done {
            Err(Failure::OfDocument(..)) => Ok(None),
            done => done.map(|()| Some(all)),
        }
    }

    /// What is compared: of arrays, in a lax path, their elements. `None` where there was an error.
    fn operands(&self, expr: &Expr, current: Option<&Found<'n, 'a>>) -> Result<Option<Vec<Found<'n, 'a>>>> {
        let Some(values) = self.all(expr, current)? else { return Ok(None) };
        let mut operands = vec![];
        for value in values {
            match &value {
                Found::Part(Node { value: Value::Array(elements), .. }) if !self.is_strict => {
                    operands.extend(elements.iter().map(Found::Part));
                }
                _ => operands.push(value),
            }
        }
        Ok(Some(operands))
    }

    /// A lax path takes the first that is true; a strict one wants to know of all.
    fn any(&self, answers: impl Iterator<Item = Result<Option<bool>>>) -> Result<Option<bool>> {
        let (mut is_true, mut is_unknown) = (false, false);
        for answer in answers {
            match answer? {
                Some(true) if !self.is_strict => return Ok(Some(true)),
                None if self.is_strict => return Ok(None),
                Some(true) => is_true = true,
                Some(false) => {}
                None => is_unknown = true,
            }
        }
        Ok(if is_true { Some(true) } else { (!is_unknown).then_some(false) })
    }
}

fn is_behind_levels(expr: &Expr) -> bool {
    match expr {
        Expr::Step(of, step) => matches!(step, Step::Below(..)) || is_behind_levels(of),
        _ => false,
    }
}

fn below<'n, 'a>(value: &Found<'n, 'a>, level: u32, from: u32, to: u32, take: Take<'_, 'n, 'a>) -> Result<()> {
    let Found::Part(node) = value else { return Ok(()) };
    let children: Vec<Found<'n, 'a>> = match &node.value {
        Value::Array(elements) => elements.iter().map(Found::Part).collect(),
        Value::Object(members) => in_order(members)?.into_iter().map(|(_, member)| Found::Part(member)).collect(),
        _ => vec![],
    };
    // `last` is the level of what has nothing below it.
    let is_wanted = if from == u32::MAX { children.is_empty() } else { (from..=to).contains(&level) };
    if is_wanted {
        take(value.clone())?;
    }
    if level < to {
        children.iter().try_for_each(|child| below(child, level + 1, from, to, take))?;
    }
    Ok(())
}

/// Of values of two kinds nothing is known, but that null is nothing else.
fn compared(comparison: Comparison, left: &Node<'_>, right: &Node<'_>) -> Result<Option<bool>> {
    let is_null = |node: &Node<'_>| matches!(node.value, Value::Null);
    if left.kind() != right.kind() {
        return Ok((is_null(left) || is_null(right)).then_some(comparison == Comparison::Unequal));
    }
    if matches!(left.value, Value::Array(_) | Value::Object(_)) {
        return Ok(None);
    }
    let order = order::key(left)?.cmp(&order::key(right)?);
    Ok(Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::Unequal => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }))
}
