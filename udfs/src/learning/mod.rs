//! What will a customer do? Answers yes or no with a probability, learned from features: plain Rust over columns.
//!
//! * [`features`]: columns of numbers and of texts as the learners read them;
//! * [`folds`]: one order of the rows and five parts of them, whatever the order they came in;
//! * [`scores`]: how good probabilities are;
//! * [`platt`]: probabilities from log-odds that are right in their order only;
//! * [`logistic`]: logistic regression;
//! * [`bins`], [`tree`], [`boosting`]: trees, each of which corrects those before it;
//! * [`shapley`]: what each feature contributes to what the trees say;
//! * [`model`], [`model_bytes`]: a learned model, what it says and why, and its bytes;
//! * [`leakage`]: features that know the answer;
//! * [`propensity`]: all of this: the model of a set of customers, with how good it is.

pub mod bins;
pub mod boosting;
pub mod features;
pub mod folds;
pub mod leakage;
pub mod logistic;
pub mod model;
pub mod model_bytes;
pub mod platt;
pub mod propensity;
pub mod scores;
pub mod shapley;
#[cfg(test)]
mod tests;
pub mod tree;
