//! The expressions that physical operators hold, and aggregates, which are more than an expression.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNode;
use datafusion::execution::{FunctionRegistry, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::{AggregateExprBuilder, AggregateFunctionExpr};
use datafusion::physical_expr::scalar_subquery::ScalarSubqueryExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::from_proto::parse_physical_sort_exprs;
use datafusion_proto::physical_plan::to_proto::serialize_physical_sort_exprs;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalPlanDecodeContext, PhysicalProtoConverterExtension};
use datafusion_proto::protobuf::PhysicalExprNode;

use super::messages;

/// Whether an expression of this operator, and not of its inputs, reads the value of a scalar sub-query.
pub(crate) fn reads_subquery(plan: &dyn ExecutionPlan) -> Result<bool> {
    let mut reads = false;
    plan.apply_expressions(&mut |expr| {
        reads |= expr.exists(|expr| Ok(expr.downcast_ref::<ScalarSubqueryExpr>().is_some()))?;
        Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
    })?;
    Ok(reads)
}

/// Writes expressions.
pub(super) struct Writer<'a> {
    pub codec: &'a dyn PhysicalExtensionCodec,
    pub converter: &'a dyn PhysicalProtoConverterExtension,
}

impl Writer<'_> {
    pub fn expr(&self, expr: &Arc<dyn PhysicalExpr>) -> Result<PhysicalExprNode> {
        self.converter.physical_expr_to_proto(expr, self.codec)
    }

    pub fn aggregate(
        &self,
        aggregate: &AggregateFunctionExpr,
        filter: Option<&Arc<dyn PhysicalExpr>>,
    ) -> Result<messages::Aggregate> {
        let mut payload = vec![];
        self.codec.try_encode_udaf(aggregate.fun(), &mut payload)?;
        Ok(messages::Aggregate {
            function: aggregate.fun().name().to_owned(),
            payload,
            arguments: aggregate.expressions().iter().map(|expr| self.expr(expr)).collect::<Result<_>>()?,
            order: serialize_physical_sort_exprs(aggregate.order_bys().iter().cloned(), self.codec, self.converter)?,
            is_distinct: aggregate.is_distinct(),
            ignores_nulls: aggregate.ignore_nulls(),
            is_reversed: aggregate.is_reversed(),
            name: aggregate.name().to_owned(),
            display: aggregate.human_display().map(str::to_owned),
            display_alias: aggregate.human_display_alias().map(str::to_owned),
            filter: filter.map(|expr| self.expr(expr)).transpose()?,
        })
    }
}

/// Reads expressions over columns of this schema.
pub(super) struct Reader<'a> {
    pub codec: &'a dyn PhysicalExtensionCodec,
    pub converter: &'a dyn PhysicalProtoConverterExtension,
    pub context: &'a TaskContext,
    pub schema: SchemaRef,
}

/// An aggregate, and the condition of its FILTER.
pub(super) type Filtered = (Arc<AggregateFunctionExpr>, Option<Arc<dyn PhysicalExpr>>);

impl Reader<'_> {
    pub fn expr(&self, node: &PhysicalExprNode) -> Result<Arc<dyn PhysicalExpr>> {
        let context = PhysicalPlanDecodeContext::new(self.context, self.codec);
        self.converter.proto_to_physical_expr(node, &self.schema, &context)
    }

    pub fn aggregate(&self, message: &messages::Aggregate) -> Result<Filtered> {
        let context = PhysicalPlanDecodeContext::new(self.context, self.codec);
        let by_codec = || self.codec.try_decode_udaf(&message.function, &message.payload);
        let function = match message.payload.is_empty() {
            true => self.context.udaf(&message.function).or_else(|_| by_codec())?,
            false => by_codec()?,
        };
        let arguments = message.arguments.iter().map(|node| self.expr(node)).collect::<Result<Vec<_>>>()?;
        let builder = AggregateExprBuilder::new(function, arguments)
            .schema(Arc::clone(&self.schema))
            .alias(&message.name)
            .with_ignore_nulls(message.ignores_nulls)
            .with_distinct(message.is_distinct)
            .with_reversed(message.is_reversed)
            .order_by(parse_physical_sort_exprs(&message.order, &context, &self.schema, self.converter)?)
            .human_display(message.display.clone().unwrap_or_default())
            .human_display_alias(message.display_alias.clone().unwrap_or_default());
        let filter = message.filter.as_ref().map(|node| self.expr(node)).transpose()?;
        Ok((Arc::new(builder.build()?), filter))
    }
}
