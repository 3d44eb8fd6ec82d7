//! PostgreSQL's regular expressions (manual, 9.7.3). Of all matches that begin first it takes the longest or the shortest, whichever the
//! expression as a whole prefers, and then its parts from the left; engines that try alternatives in their order find other matches.
//!
//! | module | what |
//! |---|---|
//! | [`syntax`] | the text of an expression and its options |
//! | [`parse`], [`escapes`] | its tree, with what each part prefers |
//! | [`automaton`] | where a part may end that begins at a place |
//! | [`dissect`] | what each pair of parentheses matches |
//! | [`quick`] | whether there is a match at all, by an engine that is faster |
//! | [`similar`] | the expressions of SIMILAR TO |

mod automaton;
mod characters;
mod dissect;
mod escapes;
mod parse;
mod quick;
pub mod similar;
mod syntax;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use datafusion::common::Result;
use datafusion::error::DataFusionError;

use crate::dialect::failure::failed;
use crate::error::SqlState;
pub use characters::{capital, small};
use dissect::Search;
use parse::{Parsed, Part};
pub use syntax::Options;

/// Compiled expressions that a thread keeps.
const KEPT_MAX: usize = 64;

thread_local! {
    static KEPT: RefCell<HashMap<(String, Options), Rc<Pattern>>> = RefCell::default();
}

/// A compiled expression.
pub struct Pattern {
    whole: Part,
    /// Pairs of parentheses that capture.
    groups: usize,
    /// Capitals and small letters are the same.
    folds: bool,
    quick: Option<regex::Regex>,
}

/// Places in characters: of the whole match first, then of each pair of parentheses.
pub type Captures = Vec<Option<(usize, usize)>>;

/// # Errors
/// 2201B for what is no regular expression.
pub fn compiled(text: &str, options: Options) -> Result<Rc<Pattern>> {
    KEPT.with_borrow_mut(|kept| {
        let key = (text.to_owned(), options);
        if let Some(pattern) = kept.get(&key) {
            return Ok(Rc::clone(pattern));
        }
        let pattern = Rc::new(Pattern::new(text, options)?);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, Rc::clone(&pattern));
        Ok(pattern)
    })
}

fn invalid(what: &str) -> DataFusionError {
    failed(SqlState("2201B"), format!("invalid regular expression: {what}"))
}

impl Pattern {
    fn new(text: &str, options: Options) -> Result<Self> {
        let Parsed { whole, groups, folds } = parse::parsed(text, options)?;
        let quick = quick::translated(&whole.node);
        Ok(Self { whole, groups, folds, quick })
    }

    /// How many pairs of parentheses capture.
    pub fn groups(&self) -> usize {
        self.groups
    }

    pub fn is_match(&self, text: &str) -> Result<bool> {
        match &self.quick {
            Some(quick) => Ok(quick.is_match(text)),
            None => Ok(self.find(&Text::new(text), 0)?.is_some()),
        }
    }

    /// The first match from this character on.
    pub fn find(&self, text: &Text<'_>, from: usize) -> Result<Option<Captures>> {
        let mut from = from;
        // Where the match begins is the same for every engine.
        if let Some(quick) = &self.quick {
            match text.byte_of(from).and_then(|at| quick.find_at(text.text, at)) {
                Some(found) => from = text.character_at(found.start()),
                None => return Ok(None),
            }
        }
        Search::new(self, &text.characters).first(from)
    }
}

/// A text and its characters.
pub struct Text<'a> {
    pub text: &'a str,
    pub characters: Vec<char>,
    /// Where each character begins, and the end.
    bytes: Vec<usize>,
}

impl<'a> Text<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self { text, characters: text.chars().collect(), bytes }
    }

    fn byte_of(&self, character: usize) -> Option<usize> {
        self.bytes.get(character).copied()
    }

    fn character_at(&self, byte: usize) -> usize {
        self.bytes.partition_point(|at| *at < byte)
    }

    pub fn len(&self) -> usize {
        self.characters.len()
    }

    /// The text between two characters.
    pub fn between(&self, from: usize, to: usize) -> &'a str {
        match (self.byte_of(from), self.byte_of(to)) {
            (Some(from), Some(to)) => self.text.get(from..to).unwrap_or_default(),
            _ => "",
        }
    }
}
