//! Columns of numbers and of texts as the learners read them: all numbers.
//!
//! A text is one of the texts known of its feature, "another one", or missing. The known ones are the most frequent, at most
//! [`TEXTS_MAX`]; equally frequent ones in the order of their bytes, so that no order of rows reaches a model.

use std::collections::HashMap;

/// Texts that are told from each other in one feature.
pub const TEXTS_MAX: usize = 200;
/// The code of a missing text; known ones have their place in the list, and all others the number after the last place.
pub const MISSING_TEXT: f64 = -1.0;

/// The values of one feature, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// NaN is missing.
    Numbers(Vec<f64>),
    /// Places in a list of texts; a place beyond it is missing.
    Texts { list: Vec<String>, places: Vec<u32> },
}

impl Column {
    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Texts { places, .. } => places.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a model knows of the values of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Texts, the most frequent first.
    Text(Vec<String>),
}

/// A feature of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// By which its values are found.
    pub name: String,
    /// What they are.
    pub kind: Kind,
}

/// Why values cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    /// Nothing to learn from.
    #[error("features must name one column or more")]
    None,
    /// A feature that the model needs and that is not there.
    #[error("feature \"{0}\" is missing: the model was learned with it")]
    Missing(String),
    /// A feature that is there twice.
    #[error("feature \"{0}\" is named twice")]
    Twice(String),
    /// Another type than the one learned from.
    #[error("feature \"{0}\" must be {1}, as in the rows that the model was learned from")]
    Type(String, &'static str),
    /// An infinite number.
    #[error("feature \"{0}\" must be finite")]
    Infinite(String),
    /// Columns of different lengths.
    #[error("feature \"{0}\" must have one value a row")]
    Length(String),
}

impl Feature {
    /// What a column shows of its feature.
    #[must_use]
    pub fn of(name: &str, column: &Column) -> Self {
        let kind = match column {
            Column::Numbers(_) => Kind::Number,
            Column::Texts { list, places } => {
                let mut counts: HashMap<&str, usize> = HashMap::new();
                for text in places.iter().filter_map(|place| list.get(*place as usize)) {
                    *counts.entry(text).or_default() += 1;
                }
                let mut counts: Vec<_> = counts.into_iter().collect();
                counts.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
                Kind::Text(counts.into_iter().take(TEXTS_MAX).map(|(text, _)| text.to_string()).collect())
            }
        };
        Self { name: name.to_string(), kind }
    }

    /// The values of a column as numbers: those of numbers with NaN for missing ones, and codes of texts.
    ///
    /// # Errors
    /// A column of another type, or infinite numbers.
    pub fn encode(&self, column: &Column) -> Result<Vec<f64>, FeaturesError> {
        match (&self.kind, column) {
            (Kind::Number, Column::Numbers(values)) => {
                if values.iter().any(|value| value.is_infinite()) {
                    return Err(FeaturesError::Infinite(self.name.clone()));
                }
                // Negative zero would sort apart from zero, and one NaN apart from another.
                Ok(values.iter().map(|value| if value.is_nan() { f64::NAN } else { value + 0.0 }).collect())
            }
            (Kind::Text(known), Column::Texts { list, places }) => {
                let code_of: HashMap<&str, usize> = known.iter().enumerate().map(|(code, text)| (text.as_str(), code)).collect();
                let codes: Vec<f64> =
                    list.iter().map(|text| code_of.get(text.as_str()).map_or(known.len(), |code| *code) as f64).collect();
                Ok(places.iter().map(|place| codes.get(*place as usize).copied().unwrap_or(MISSING_TEXT)).collect())
            }
            (Kind::Number, _) => Err(FeaturesError::Type(self.name.clone(), "numbers")),
            (Kind::Text(_), _) => Err(FeaturesError::Type(self.name.clone(), "text")),
        }
    }
}

/// The features of named columns, and their values as numbers.
///
/// # Errors
/// The first rule of [`FeaturesError`] that is broken.
pub fn read(columns: &[(String, Column)], rows: usize) -> Result<(Vec<Feature>, Vec<Vec<f64>>), FeaturesError> {
    if columns.is_empty() {
        return Err(FeaturesError::None);
    }
    let (mut features, mut values): (Vec<Feature>, Vec<Vec<f64>>) = (vec![], vec![]);
    for (name, column) in columns {
        if features.iter().any(|feature| feature.name == *name) {
            return Err(FeaturesError::Twice(name.clone()));
        }
        if column.len() != rows {
            return Err(FeaturesError::Length(name.clone()));
        }
        let feature = Feature::of(name, column);
        values.push(feature.encode(column)?);
        features.push(feature);
    }
    Ok((features, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_frequency_whatever_their_places() {
        let list = ["b", "a", "rare", "c"].map(String::from).to_vec();
        let column = Column::Texts { list, places: vec![3, 0, 1, 3, 1, 0, 2, u32::MAX] };
        let feature = Feature::of("x", &column);
        assert_eq!(feature.kind, Kind::Text(["a", "b", "c", "rare"].map(String::from).to_vec()));
        assert_eq!(feature.encode(&column).expect("text"), [2.0, 1.0, 0.0, 2.0, 0.0, 1.0, 3.0, MISSING_TEXT]);
        let other = Column::Texts { list: vec!["new".to_string(), "b".to_string()], places: vec![0, 1] };
        assert_eq!(feature.encode(&other).expect("text"), [4.0, 1.0]);
        assert!(feature.encode(&Column::Numbers(vec![1.0])).is_err());
    }

    #[test]
    fn what_cannot_be_read() {
        let column = |values: &[f64]| Column::Numbers(values.to_vec());
        let named = |name: &str, values: &[f64]| (name.to_string(), column(values));
        assert_eq!(read(&[], 0), Err(FeaturesError::None));
        assert_eq!(read(&[named("a", &[]), named("a", &[])], 0), Err(FeaturesError::Twice("a".to_string())));
        assert_eq!(read(&[named("a", &[1.0])], 2), Err(FeaturesError::Length("a".to_string())));
        assert_eq!(read(&[named("a", &[f64::NEG_INFINITY])], 1), Err(FeaturesError::Infinite("a".to_string())));
    }
}
