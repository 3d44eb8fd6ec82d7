//! Functions by name. Those that no session knows by name, because table functions alone plan them, are written with what they hold.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::common::{Result, not_impl_err, plan_err};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};

use super::messages::{self, TenureCurve as TenureCurveMessage, read_message, write_message};
use crate::aggregate::micro_segment::{self, MicroSegment, SEGMENTS_MAX, Wanted};
use crate::aggregate::tenure_curve::{self, TenureCurve};
use crate::aggregate::{content_kind, model_backtest, model_choice, purchase_history};
use crate::notice::Notices;
use crate::require::Require;
use crate::table::identify::Look;
use crate::table::{calibrated, customer_value, split_history};
use crate::{aggregate, scalar, window};

/// What a scalar function holds beside its name.
pub(super) fn write_scalar(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(require) = function.inner().downcast_ref::<Require>() {
        write_message(&require.to_message(), bytes)
    } else if let Some(look) = function.inner().downcast_ref::<Look>() {
        write_message(&look.to_message(), bytes)
    } else {
        Ok(())
    }
}

pub(super) fn scalar(name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
    static KNOWN: LazyLock<HashMap<String, Arc<ScalarUDF>>> = LazyLock::new(|| {
        let of_plans = [calibrated::function(), scalar::model_reasons::function(), split_history::function()];
        let all = scalar::all().into_iter().map(|(_, f)| f).chain(of_plans);
        all.map(|f| (f.name().to_owned(), Arc::new(f))).collect()
    });
    match KNOWN.get(name) {
        Some(known) => Ok(Arc::clone(known)),
        // One for each plan, because it keeps what it finds.
        None if name == customer_value::NAME => Ok(Arc::new(customer_value::function())),
        None if name == Require::NAME => Ok(Arc::new(ScalarUDF::from(Require::of_message(read_message(name, bytes)?)?))),
        None => match Look::of_message(name, || read_message(name, bytes))? {
            Some(look) => Ok(Arc::new(ScalarUDF::from(look))),
            None => not_impl_err!("there is no scalar function {name} here"),
        },
    }
}

/// What an aggregate holds beside its name; where its choice is told stays behind.
pub(super) fn write_aggregate(function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(choice) = model_choice::to_message(function) {
        write_message(&choice, bytes)
    } else if let Some(backtest) = model_backtest::to_message(function) {
        write_message(&backtest, bytes)
    } else if let Some(curve) = function.inner().downcast_ref::<TenureCurve>() {
        write_message(&TenureCurveMessage { horizon: curve.horizon }, bytes)
    } else if let Some(MicroSegment { wanted, k, .. }) = function.inner().downcast_ref::<MicroSegment>() {
        let names = if let Wanted::Descriptions(names) = wanted { names.clone() } else { vec![] };
        write_message(&messages::MicroSegment { k: *k, names }, bytes)
    } else {
        Ok(())
    }
}

pub(super) fn aggregate(name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
    static KNOWN: LazyLock<HashMap<String, Arc<AggregateUDF>>> = LazyLock::new(|| {
        let all =
            aggregate::all().into_iter().map(|(_, f)| f).chain([content_kind::function()]).chain(purchase_history::functions());
        all.map(|f| (f.name().to_owned(), Arc::new(f))).collect()
    });
    match KNOWN.get(name) {
        Some(known) => Ok(Arc::clone(known)),
        None if name == model_choice::NAME => Ok(Arc::new(model_choice::of_message(read_message(name, bytes)?)?)),
        None if name == tenure_curve::NAME => {
            let TenureCurveMessage { horizon } = read_message(name, bytes)?;
            match horizon.is_none_or(|horizon| horizon <= tenure_curve::PERIODS_MAX) {
                true => Ok(Arc::new(AggregateUDF::from(TenureCurve::new(horizon)))),
                false => plan_err!("{name} cannot be read: it is of too many periods"),
            }
        }
        None if name == micro_segment::NAME => {
            let messages::MicroSegment { k, names } = read_message(name, bytes)?;
            let wanted = if names.is_empty() { Wanted::Members } else { Wanted::Descriptions(names) };
            match k.is_none_or(|k| (1..=SEGMENTS_MAX).contains(&k)) {
                true => Ok(Arc::new(AggregateUDF::from(MicroSegment::new(wanted, k)))),
                false => plan_err!("{name} cannot be read: it is of no segments or too many"),
            }
        }
        None if name == model_backtest::NAME => Ok(Arc::new(model_backtest::of_message(read_message(name, bytes)?)?)),
        None => not_impl_err!("there is no aggregate function {name} here"),
    }
}

/// What it has to say is heard by nobody: a session that listens has the function by name.
pub(super) fn window(name: &str) -> Result<Arc<WindowUDF>> {
    match window::all(&Notices::default()).into_iter().find(|(_, f)| f.name() == name) {
        Some((_, known)) => Ok(Arc::new(known)),
        None => not_impl_err!("there is no window function {name} here"),
    }
}
