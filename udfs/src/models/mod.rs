//! The mathematics: plain Rust over numbers, no columns, no plans.
//!
//! * [`compensated`], [`quantile`]: sums and cuts that do not depend on the order of their input;
//! * [`rising`]: logarithms of rising factorials with their derivatives, from which the likelihoods are made;
//! * [`trust_region`]: minimises a smooth function of a few variables by its analytic Hessian;
//! * [`histories`]: purchase histories: checked, grouped, and in one order whatever the order of the rows was;
//! * [`simulation`]: seeded customers of a world that is exactly as a model says;
//! * [`thinned_poisson`]: the expected purchases of a customer who may leave after any of them;
//! * [`beta_geometric`]: BG/NBD and MBG/NBD: what a fitted model says about a customer;
//! * [`beta_geometric_likelihood`]: their log-likelihood with gradient and Hessian;
//! * [`beta_geometric_fit`]: maximum likelihood, standard errors, and a status that tells convergence from its failures.

pub mod beta_geometric;
pub mod beta_geometric_fit;
pub mod beta_geometric_likelihood;
pub mod compensated;
pub mod histories;
pub mod quantile;
pub mod rising;
pub mod simulation;
pub mod thinned_poisson;
pub mod trust_region;
