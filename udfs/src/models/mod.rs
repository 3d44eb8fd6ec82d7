//! The mathematics: plain Rust over numbers, no columns, no plans.
//!
//! * [`compensated`], [`quantile`]: sums and cuts that do not depend on the order of their input;
//! * [`rising`]: logarithms of rising factorials with their derivatives, from which the likelihoods are made;
//! * [`log_gamma`], [`log_concave`]: the gamma function, and integrals of functions with one peak;
//! * [`trust_region`]: minimises a smooth function of a few variables by its analytic Hessian;
//! * [`histories`]: purchase histories: checked, grouped, and in one order whatever the order of the rows was;
//! * [`purchase_log`]: purchases of many customers, from which their histories are made;
//! * [`simulation`]: seeded customers of a world that is exactly as a model says;
//! * [`thinned_poisson`]: the expected purchases of a customer who may leave after any of them;
//! * [`beta_geometric`]: BG/NBD and MBG/NBD: what a fitted model says about a customer;
//! * [`beta_geometric_likelihood`]: their log-likelihood with gradient and Hessian;
//! * [`beta_geometric_fit`]: maximum likelihood, standard errors, and a status that tells convergence from its failures;
//! * [`fitted`]: what a fit returns, whatever the model, and the search that fits share;
//! * [`prediction`]: what every model of purchases can be asked, and the list of these models;
//! * [`negative_binomial`], [`mixture`]: counts of events, and logarithms of sums, from which the other likelihoods are made;
//! * [`pareto_nbd`], [`bgbb`], [`cnbd`], each with its fit: leaving at any time, purchases at opportunities, regular purchases;
//! * [`covariates`], [`covariate_fit`]: customers of whom more is known than their purchases, and models whose parameters depend on that;
//! * [`gamma_gamma`]: what a purchase is worth;
//! * [`tenures`]: how long customers with a contract stay; [`survival`]: the same with no model;
//! * [`clusters`]: points near one another; [`segments`]: customers that are alike, by whatever is known of them;
//! * [`outcomes`]: histories with what came after them; [`choice`], [`calibration`], [`backtest`]: which model foretells that best, what
//!   corrects its probabilities, and how good it is;
//! * [`interval`], [`customer_value`]: how certain a number is that depends on fitted parameters, and the one that does most: what a
//!   customer is worth;
//! * [`published`], [`self_test`]: the data of the literature, and its results derived again from them.

pub mod backtest;
pub mod beta_geometric;
pub mod beta_geometric_fit;
pub mod beta_geometric_likelihood;
pub mod bgbb;
pub mod bgbb_fit;
pub mod calibration;
pub mod choice;
pub mod clusters;
pub mod cnbd;
pub mod cnbd_fit;
pub mod compensated;
pub mod counted;
pub mod covariate_fit;
pub mod covariates;
pub mod customer_value;
pub mod fitted;
pub mod gamma_gamma;
pub mod histories;
pub mod interval;
pub mod log_concave;
pub mod log_gamma;
pub mod mixture;
pub mod negative_binomial;
pub mod outcomes;
pub mod pareto_nbd;
pub mod pareto_nbd_fit;
pub mod pareto_nbd_likelihood;
pub mod prediction;
pub mod published;
pub mod purchase_log;
pub mod quantile;
pub mod rising;
pub mod segments;
#[cfg(test)]
mod segments_tests;
pub mod self_test;
pub mod simulation;
pub mod survival;
pub mod tenures;
pub mod thinned_poisson;
pub mod trust_region;
