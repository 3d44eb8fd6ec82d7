//! A customer compared with the others of its partition, one file each.

mod churn_prob;
mod rfm_score;

use datafusion::common::Result;
use datafusion::logical_expr::expr::WindowFunctionDefinition;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawWindowExpr};
use datafusion::logical_expr::{WindowFrame, WindowUDF};

use crate::doc::Doc;
use crate::error::CustomerError;
use crate::notice::Notices;

/// The functions, which say what they have to say to `notices`.
pub fn all(notices: &Notices) -> Vec<(&'static Doc, WindowUDF)> {
    vec![
        (&churn_prob::DOC, WindowUDF::from(churn_prob::ChurnProb::new(notices))),
        (&rfm_score::DOC, WindowUDF::from(rfm_score::RfmScore::default())),
    ]
}

/// These functions look at whole partitions: an order or a frame would change nothing, so it is refused instead of ignored.
#[derive(Debug)]
pub struct WholePartitions;

impl ExprPlanner for WholePartitions {
    fn plan_window(&self, window: RawWindowExpr) -> Result<PlannerResult<RawWindowExpr>> {
        if let WindowFunctionDefinition::WindowUDF(function) = &window.func_def
            && let Some((doc, _)) = all(&Notices::default()).into_iter().find(|(doc, _)| doc.name == function.name())
            && (!window.order_by.is_empty() || window.window_frame != WindowFrame::new(None))
        {
            let message = format!("{} looks at whole partitions: OVER takes neither ORDER BY nor a frame", doc.name);
            return Err(CustomerError::unsupported(message).hint(format!("Write {}", doc.signature())).into());
        }
        Ok(PlannerResult::Original(window))
    }
}
