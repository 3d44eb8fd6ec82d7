//! Operators as they are executed.

use std::sync::Arc;

use datafusion::common::{Result, not_impl_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use super::aggregates::{Reader, Writer, reads_subquery};
use super::functions;
use super::messages::{self, Operator};
use super::options::{self, impossible, link_message, link_options, merge_message, merge_options, schema};
use crate::operator::{AggregateOverExec, Aggregation, Appended, DenseGroupsExec, Key, LinkRecordsExec, MergeRecordsExec, Range};

/// Physical plans with operators and functions of this crate.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhysicalCodec;

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        proto_converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        if reads_subquery(node.as_ref())? {
            return not_impl_err!("{} with the value of a sub-query cannot be shipped", node.name());
        }
        let writer = Writer { codec: self, converter: proto_converter };
        let operator = if let Some(exec) = node.downcast_ref::<LinkRecordsExec>() {
            let message = link_message(&exec.options, exec.sides.iter().copied());
            let schema = Some(exec.schema().as_ref().try_into()?);
            Operator::LinkRecords(messages::LinkRecords { schema, ..message })
        } else if let Some(exec) = node.downcast_ref::<MergeRecordsExec>() {
            let schema = Some(exec.schema().as_ref().try_into()?);
            Operator::MergeRecords(messages::MergeRecords { schema, ..merge_message(&exec.options)? })
        } else if let Some(exec) = node.downcast_ref::<AggregateOverExec>() {
            Operator::AggregateOver(aggregate_over_message(exec, &writer)?)
        } else if let Some(exec) = node.downcast_ref::<DenseGroupsExec>() {
            Operator::DenseGroups(dense_groups_message(exec, &writer)?)
        } else {
            return not_impl_err!("{} cannot be shipped", node.name());
        };
        messages::write(operator, buf)
    }

    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        proto_converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let reader = |schema| Reader { codec: self, converter: proto_converter, context: ctx, schema };
        options::read::<Arc<dyn ExecutionPlan>>(|| match messages::read(buf)? {
            Operator::LinkRecords(mut message) => {
                let schema = Arc::new(schema(message.schema.take())?);
                let columns: Vec<usize> = inputs.iter().map(|input| input.schema().fields().len()).collect();
                let (options, sides) = link_options(message, &columns)?;
                let keys = options.keys().join(", ");
                Ok(Arc::new(LinkRecordsExec::new(inputs.to_vec(), sides, options, keys, schema)?))
            }
            Operator::MergeRecords(mut message) => {
                let schema = Arc::new(schema(message.schema.take())?);
                let input = one(inputs)?;
                let options = merge_options(message, input.schema().fields().len())?;
                Ok(Arc::new(MergeRecordsExec::try_new(input, options, schema)?))
            }
            Operator::AggregateOver(message) => {
                let input = one(inputs)?;
                aggregate_over(&message, &reader(input.schema()), input)
            }
            Operator::DenseGroups(message) => {
                let schema = schema(message.input_schema.clone())?;
                dense_groups(&message, &reader(Arc::new(schema)), one(inputs)?)
            }
            Operator::AppendAggregates(_) | Operator::ForgetKeys(_) => Err(impossible("it is of a logical plan")),
        })
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

fn one(inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
    match inputs {
        [input] => Ok(Arc::clone(input)),
        _ => Err(impossible(format!("it has {} inputs and takes one", inputs.len()))),
    }
}

fn aggregate_over_message(exec: &AggregateOverExec, writer: &Writer) -> Result<messages::AggregateOver> {
    let Aggregation { key, aggregates } = &exec.aggregation;
    let aggregate = |Appended { aggregate, filter }: &Appended| writer.aggregate(aggregate, filter.as_ref());
    Ok(messages::AggregateOver {
        key: key.as_ref().map(|key| writer.expr(&key.expr)).transpose()?,
        aggregates: aggregates.iter().map(aggregate).collect::<Result<_>>()?,
        schema: Some(exec.schema().as_ref().try_into()?),
    })
}

fn aggregate_over(
    message: &messages::AggregateOver,
    reader: &Reader,
    input: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = schema(message.schema.clone())?;
    if schema.fields().len() != input.schema().fields().len() + message.aggregates.len() {
        return Err(impossible("its schema is not that of its input and its aggregates"));
    }
    let key = message.key.as_ref().map(|node| Key::new(reader.expr(node)?, &input.schema())).transpose()?;
    let appended = |message| {
        let (aggregate, filter) = reader.aggregate(message)?;
        Ok(Appended { aggregate, filter })
    };
    let aggregates = message.aggregates.iter().map(appended).collect::<Result<_>>()?;
    Ok(Arc::new(AggregateOverExec::new(input, Aggregation { key, aggregates }, Arc::new(schema))))
}

fn dense_groups_message(exec: &DenseGroupsExec, writer: &Writer) -> Result<messages::DenseGroups> {
    let DenseGroupsExec { aggregate, range: Range { first, width }, .. } = exec;
    let [(key, name)] = aggregate.group_expr().expr() else { return not_impl_err!("DenseGroupsExec with other than one key") };
    let aggregates = aggregate.aggr_expr().iter().zip(aggregate.filter_expr());
    Ok(messages::DenseGroups {
        key: Some(writer.expr(key)?),
        key_name: name.clone(),
        aggregates: aggregates.map(|(of, filter)| writer.aggregate(of, filter.as_ref())).collect::<Result<_>>()?,
        input_schema: Some(aggregate.input_schema().as_ref().try_into()?),
        first: *first,
        width: *width as u64,
    })
}

fn dense_groups(
    message: &messages::DenseGroups,
    reader: &Reader,
    input: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let key = message.key.as_ref().ok_or_else(|| impossible("its key is missing"))?;
    let group_by = PhysicalGroupBy::new_single(vec![(reader.expr(key)?, message.key_name.clone())]);
    let aggregates = message.aggregates.iter().map(|message| reader.aggregate(message));
    let (aggregates, filters) = aggregates.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let schema = Arc::clone(&reader.schema);
    let aggregate = AggregateExec::try_new(AggregateMode::Partial, group_by, aggregates, filters, input, schema)?;
    let width = usize::try_from(message.width).map_err(|_| impossible("its range is too wide"))?;
    Ok(Arc::new(DenseGroupsExec::try_new(aggregate, Range { first: message.first, width })?))
}
