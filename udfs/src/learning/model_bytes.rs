//! A model as bytes, and back. Bytes that are no model are told from one, whatever they are, in time and memory that grow with their number.
//!
//! A version, then features, learner and line; numbers are little-endian, counts have four bytes, and texts are UTF-8 after their count.

use super::features::{Feature, Kind, TEXTS_MAX};
use super::logistic::{Logistic, Look, Term};
use super::model::{Learner, Model};
use super::platt::Line;
use super::tree::{Node, Question, Tree};

/// The first byte. A later format has another one.
const VERSION: u8 = 1;
/// A feature of numbers.
const NUMBER: u8 = 0;
/// A feature of texts.
const TEXT: u8 = 1;

/// Why bytes are not a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BytesError {
    /// Another version wrote them.
    #[error("the model has the format {0}, and this version reads format 1: learn it again with propensity_fit")]
    Version(u8),
    /// They are cut, changed, or something else.
    #[error("not a model: these bytes do not come from propensity_fit")]
    Malformed,
}

impl Model {
    /// The model as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer(vec![VERSION]);
        writer.count(self.features.len());
        for feature in &self.features {
            writer.text(&feature.name);
            match &feature.kind {
                Kind::Number => writer.byte(NUMBER),
                Kind::Text(list) => {
                    writer.byte(TEXT);
                    writer.count(list.len());
                    list.iter().for_each(|text| writer.text(text));
                }
            }
        }
        writer.number(self.line.slope);
        writer.number(self.line.intercept);
        match &self.learner {
            Learner::Logistic(logistic) => {
                writer.byte(0);
                writer.number(logistic.intercept);
                writer.count(logistic.terms.len());
                logistic.terms.iter().for_each(|term| writer.term(term));
            }
            Learner::Trees { start, trees } => {
                writer.byte(1);
                writer.number(*start);
                writer.count(trees.len());
                for tree in trees {
                    writer.count(tree.nodes().len());
                    tree.nodes().iter().for_each(|node| writer.node(node));
                }
            }
        }
        writer.0
    }

    /// The model of these bytes.
    ///
    /// # Errors
    /// They are those of another version, or of no model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BytesError> {
        let (version, rest) = bytes.split_first().ok_or(BytesError::Malformed)?;
        if *version != VERSION {
            return Err(BytesError::Version(*version));
        }
        let mut reader = Reader(rest);
        let model = reader.model().ok_or(BytesError::Malformed)?;
        if reader.0.is_empty() { Ok(model) } else { Err(BytesError::Malformed) }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Names and texts in memory are far below 4 GB.
    fn count(&mut self, count: usize) {
        self.0.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn number(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    fn term(&mut self, term: &Term) {
        self.count(term.feature);
        match term.look {
            Look::Number => self.byte(0),
            Look::Missing => self.byte(1),
            Look::Is(code) => {
                self.byte(2);
                self.number(code);
            }
        }
        [term.mean, term.spread, term.coefficient].iter().for_each(|number| self.number(*number));
    }

    fn node(&mut self, node: &Node) {
        match *node {
            Node::Leaf { value, rows } => {
                self.byte(0);
                self.number(value);
                self.number(rows);
            }
            Node::Split { feature, question, yes, no, rows } => {
                let (kind, number) = match question {
                    Question::UpTo { limit, missing_yes } => (1 + u8::from(missing_yes), limit),
                    Question::Is { code } => (3, code),
                };
                self.byte(kind);
                [feature, yes, no].iter().for_each(|count| self.count(*count));
                self.number(number);
                self.number(rows);
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }

    /// Only finite numbers are written.
    fn number(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.array()?)).filter(|number| number.is_finite())
    }

    fn text(&mut self) -> Option<String> {
        let count = self.count()?;
        let (text, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    /// A count and so many things. Memory grows with what is read, and not with the count.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.count()?).map(|_| one(self)).collect()
    }

    fn model(&mut self) -> Option<Model> {
        let features = self.list(Self::feature)?;
        let line = Line { slope: self.number().filter(|slope| *slope >= 0.0)?, intercept: self.number()? };
        let learner = match self.byte()? {
            0 => {
                Learner::Logistic(Logistic { intercept: self.number()?, terms: self.list(|reader| reader.term(features.len()))? })
            }
            1 => Learner::Trees {
                start: self.number()?,
                trees: self.list(|reader| Tree::new(reader.list(Self::node)?, features.len()))?,
            },
            _ => return None,
        };
        Some(Model { features, learner, line })
    }

    fn feature(&mut self) -> Option<Feature> {
        let name = self.text()?;
        let kind = match self.byte()? {
            NUMBER => Kind::Number,
            TEXT => Kind::Text(self.list(Self::text).filter(|list| list.len() <= TEXTS_MAX)?),
            _ => return None,
        };
        Some(Feature { name, kind })
    }

    fn term(&mut self, features: usize) -> Option<Term> {
        let feature = self.count().filter(|feature| *feature < features)?;
        let look = match self.byte()? {
            0 => Look::Number,
            1 => Look::Missing,
            2 => Look::Is(self.number()?),
            _ => return None,
        };
        let (mean, spread) = (self.number()?, self.number().filter(|spread| *spread > 0.0)?);
        Some(Term { feature, look, mean, spread, coefficient: self.number()? })
    }

    fn node(&mut self) -> Option<Node> {
        let kind = self.byte()?;
        if kind == 0 {
            return Some(Node::Leaf { value: self.number()?, rows: self.number()? });
        }
        let (feature, yes, no, number) = (self.count()?, self.count()?, self.count()?, self.number()?);
        let question = match kind {
            1 | 2 => Question::UpTo { limit: number, missing_yes: kind == 2 },
            3 => Question::Is { code: number },
            _ => return None,
        };
        Some(Node::Split { feature, question, yes, no, rows: self.number()? })
    }
}
