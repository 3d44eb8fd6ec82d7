//! Operators as they are planned.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{Result, TableReference, not_impl_err};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF, UserDefinedLogicalNode, WindowUDF};
use datafusion_proto::logical_plan::from_proto::{parse_expr, parse_exprs};
use datafusion_proto::logical_plan::to_proto::{serialize_expr, serialize_exprs};
use datafusion_proto::logical_plan::{DefaultLogicalExtensionCodec, LogicalExtensionCodec};

use super::functions;
use super::messages::{self, Operator};
use super::options::{self, impossible, link_message, link_options, merge_message, merge_options};
use crate::operator::{AggregateOver, ForgetKeys, LinkRecords, MergeRecords};

/// Logical plans with operators and functions of this crate. Tables are those that DataFusion ships by itself: listings of files.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogicalCodec;

/// What it does with everything else.
const OTHERS: DefaultLogicalExtensionCodec = DefaultLogicalExtensionCodec {};

impl LogicalExtensionCodec for LogicalCodec {
    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        let node = node.node.as_ref();
        let operator = if let Some(node) = node.as_any().downcast_ref::<LinkRecords>() {
            Operator::LinkRecords(link_message(&node.options, node.sides.iter().map(|(side, _)| *side)))
        } else if let Some(node) = node.as_any().downcast_ref::<MergeRecords>() {
            Operator::MergeRecords(merge_message(&node.options)?)
        } else if let Some(node) = node.as_any().downcast_ref::<AggregateOver>() {
            Operator::AppendAggregates(messages::AppendAggregates {
                key: node.key.as_ref().map(|key| serialize_expr(key, self)).transpose()?,
                aggregates: serialize_exprs(&node.aggregates, self)?,
            })
        } else if node.as_any().is::<ForgetKeys>() {
            Operator::ForgetKeys(messages::ForgetKeys {})
        } else {
            return not_impl_err!("{} cannot be shipped", node.name());
        };
        messages::write(operator, buf)
    }

    fn try_decode(&self, buf: &[u8], inputs: &[LogicalPlan], ctx: &TaskContext) -> Result<Extension> {
        let node: Arc<dyn UserDefinedLogicalNode> = match messages::read(buf)? {
            Operator::LinkRecords(message) => {
                let columns: Vec<usize> = inputs.iter().map(|input| input.schema().fields().len()).collect();
                let (options, sides) = link_options(message, &columns)?;
                let [records, rest @ ..] = inputs else { return Err(impossible("it has no input")) };
                let sides = sides.into_iter().zip(rest.iter().cloned()).collect();
                Arc::new(LinkRecords::try_new(records.clone(), sides, options)?)
            }
            Operator::MergeRecords(message) => {
                let input = one(inputs)?;
                let options = merge_options(message, input.schema().fields().len())?;
                Arc::new(MergeRecords::try_new(input, options)?)
            }
            Operator::AppendAggregates(message) => {
                let key = options::read(|| Ok(message.key.as_ref().map(|key| parse_expr(key, ctx, self)).transpose()?))?;
                let aggregates = options::read(|| Ok(parse_exprs(&message.aggregates, ctx, self)?))?;
                Arc::new(AggregateOver::try_new(one(inputs)?, key, aggregates)?)
            }
            Operator::ForgetKeys(_) => Arc::new(ForgetKeys::try_new(one(inputs)?)?),
            Operator::AggregateOver(_) | Operator::DenseGroups(_) => return Err(impossible("it is of a physical plan")),
        };
        Ok(Extension { node })
    }

    fn try_encode_table_provider(&self, table: &TableReference, node: Arc<dyn TableProvider>, buf: &mut Vec<u8>) -> Result<()> {
        OTHERS.try_encode_table_provider(table, node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        OTHERS.try_decode_table_provider(buf, table, schema, ctx)
    }

    fn try_encode_file_format(&self, buf: &mut Vec<u8>, node: Arc<dyn FileFormatFactory>) -> Result<()> {
        OTHERS.try_encode_file_format(buf, node)
    }

    fn try_decode_file_format(&self, buf: &[u8], ctx: &TaskContext) -> Result<Arc<dyn FileFormatFactory>> {
        OTHERS.try_decode_file_format(buf, ctx)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        functions::write_scalar(node, buf)
    }

    fn try_decode_udf(&self, name: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        functions::scalar(name, buf)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buf: &mut Vec<u8>) -> Result<()> {
        functions::write_aggregate(node, buf)
    }

    fn try_decode_udaf(&self, name: &str, buf: &[u8]) -> Result<Arc<AggregateUDF>> {
        functions::aggregate(name, buf)
    }

    fn try_decode_udwf(&self, name: &str, _buf: &[u8]) -> Result<Arc<WindowUDF>> {
        functions::window(name)
    }
}

fn one(inputs: &[LogicalPlan]) -> Result<LogicalPlan> {
    match inputs {
        [input] => Ok(input.clone()),
        _ => Err(impossible(format!("it has {} inputs and takes one", inputs.len()))),
    }
}
