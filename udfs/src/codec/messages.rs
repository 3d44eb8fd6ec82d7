//! What is written of an operator: a version, then one of these messages.

use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion_proto::protobuf::{LogicalExprNode, PhysicalExprNode, PhysicalSortExprNode, Schema};
use prost::Message;

/// Changes when an older reader would misunderstand what is written.
const VERSION: u8 = 1;

#[derive(Clone, PartialEq, Message)]
struct Envelope {
    #[prost(oneof = "Operator", tags = "1, 2, 3, 4, 5, 6")]
    operator: Option<Operator>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Operator {
    #[prost(message, tag = "1")]
    LinkRecords(LinkRecords),
    #[prost(message, tag = "2")]
    MergeRecords(MergeRecords),
    /// As it is executed.
    #[prost(message, tag = "3")]
    AggregateOver(AggregateOver),
    #[prost(message, tag = "4")]
    DenseGroups(DenseGroups),
    /// As it is planned.
    #[prost(message, tag = "5")]
    AppendAggregates(AppendAggregates),
    #[prost(message, tag = "6")]
    ForgetKeys(ForgetKeys),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ForgetKeys {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct LinkRecords {
    #[prost(string, repeated, tag = "1")]
    pub fields: Vec<String>,
    #[prost(double, tag = "2")]
    pub threshold: f64,
    #[prost(uint64, tag = "3")]
    pub key_limit: u64,
    #[prost(string, repeated, tag = "4")]
    pub blocked: Vec<String>,
    #[prost(string, repeated, tag = "5")]
    pub sources: Vec<String>,
    #[prost(message, repeated, tag = "6")]
    pub limits: Vec<Limit>,
    #[prost(bool, tag = "7")]
    pub one_per_source: bool,
    #[prost(string, tag = "8")]
    pub output: String,
    /// What goes with some outputs.
    #[prost(uint64, tag = "9")]
    pub output_number: u64,
    #[prost(string, tag = "10")]
    pub function: String,
    /// None or two.
    #[prost(message, repeated, tag = "11")]
    pub pair: Vec<RecordName>,
    #[prost(string, optional, tag = "12")]
    pub no_key: Option<String>,
    #[prost(string, repeated, tag = "13")]
    pub sides: Vec<String>,
    #[prost(bool, tag = "15")]
    pub incremental: bool,
    /// Of what is returned; a logical plan finds it anew.
    #[prost(message, optional, tag = "14")]
    pub schema: Option<Schema>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Limit {
    #[prost(string, tag = "1")]
    pub field: String,
    #[prost(uint64, tag = "2")]
    pub most: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct RecordName {
    #[prost(string, tag = "1")]
    pub source: String,
    #[prost(string, tag = "2")]
    pub id: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct MergeRecords {
    #[prost(message, repeated, tag = "1")]
    pub columns: Vec<MergedColumn>,
    #[prost(message, repeated, tag = "2")]
    pub choices: Vec<Choice>,
    #[prost(string, repeated, tag = "3")]
    pub sources: Vec<String>,
    #[prost(string, optional, tag = "4")]
    pub region: Option<String>,
    #[prost(string, repeated, tag = "5")]
    pub blocked: Vec<String>,
    #[prost(bool, tag = "6")]
    pub provenance: bool,
    /// Of what is returned; a logical plan finds it anew.
    #[prost(message, optional, tag = "7")]
    pub schema: Option<Schema>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct MergedColumn {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, optional, tag = "2")]
    pub field: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Choice {
    #[prost(string, tag = "1")]
    pub rule: String,
    #[prost(uint32, repeated, tag = "2")]
    pub columns: Vec<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AggregateOver {
    #[prost(message, optional, tag = "1")]
    pub key: Option<PhysicalExprNode>,
    #[prost(message, repeated, tag = "2")]
    pub aggregates: Vec<Aggregate>,
    #[prost(message, optional, tag = "3")]
    pub schema: Option<Schema>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DenseGroups {
    #[prost(message, optional, tag = "1")]
    pub key: Option<PhysicalExprNode>,
    #[prost(string, tag = "2")]
    pub key_name: String,
    #[prost(message, repeated, tag = "3")]
    pub aggregates: Vec<Aggregate>,
    /// Of the rows before any aggregation.
    #[prost(message, optional, tag = "4")]
    pub input_schema: Option<Schema>,
    #[prost(sint64, tag = "5")]
    pub first: i64,
    #[prost(uint64, tag = "6")]
    pub width: u64,
}

/// An aggregate with what it takes.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Aggregate {
    #[prost(string, tag = "1")]
    pub function: String,
    /// What the codec of the function wrote beside its name.
    #[prost(bytes = "vec", tag = "2")]
    pub payload: Vec<u8>,
    #[prost(message, repeated, tag = "3")]
    pub arguments: Vec<PhysicalExprNode>,
    #[prost(message, repeated, tag = "4")]
    pub order: Vec<PhysicalSortExprNode>,
    #[prost(bool, tag = "5")]
    pub is_distinct: bool,
    #[prost(bool, tag = "6")]
    pub ignores_nulls: bool,
    #[prost(bool, tag = "7")]
    pub is_reversed: bool,
    #[prost(string, tag = "8")]
    pub name: String,
    #[prost(string, optional, tag = "9")]
    pub display: Option<String>,
    #[prost(string, optional, tag = "10")]
    pub display_alias: Option<String>,
    #[prost(message, optional, tag = "11")]
    pub filter: Option<PhysicalExprNode>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AppendAggregates {
    #[prost(message, optional, tag = "1")]
    pub key: Option<LogicalExprNode>,
    #[prost(message, repeated, tag = "2")]
    pub aggregates: Vec<LogicalExprNode>,
}

/// What a condition of a table function holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Require {
    #[prost(string, tag = "1")]
    pub sqlstate: String,
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(string, optional, tag = "3")]
    pub hint: Option<String>,
}

/// What the choice of a model holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ModelChoice {
    #[prost(string, tag = "1")]
    pub function: String,
    #[prost(string, optional, tag = "2")]
    pub model: Option<String>,
    #[prost(bool, tag = "3")]
    pub calibrate: bool,
    #[prost(bool, tag = "4")]
    pub spend: bool,
}

/// What a backtest of models holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ModelBacktest {
    #[prost(string, repeated, tag = "1")]
    pub models: Vec<String>,
}

/// What a curve of tenures holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TenureCurve {
    #[prost(uint64, optional, tag = "1")]
    pub horizon: Option<u64>,
}

/// What micro segments hold.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct MicroSegment {
    #[prost(uint64, optional, tag = "1")]
    pub k: Option<u64>,
    /// Of the features, where descriptions are wanted; else none.
    #[prost(string, repeated, tag = "2")]
    pub names: Vec<String>,
}

/// What a look-up of a contact holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Look {
    #[prost(message, repeated, tag = "1")]
    pub contact: Vec<Said>,
    #[prost(string, repeated, tag = "2")]
    pub columns: Vec<String>,
    #[prost(string, optional, tag = "3")]
    pub region: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Said {
    #[prost(string, tag = "1")]
    pub field: String,
    #[prost(string, tag = "2")]
    pub text: String,
}

/// Appends the version and the operator.
pub(super) fn write(operator: Operator, bytes: &mut Vec<u8>) -> Result<()> {
    write_message(&Envelope { operator: Some(operator) }, bytes)
}

/// The operator of these bytes. An error unless they are of this version, whole, and of an operator that is known.
pub(super) fn read(bytes: &[u8]) -> Result<Operator> {
    let envelope: Envelope = read_message("an operator", bytes)?;
    envelope
        .operator
        .ok_or_else(|| plan_datafusion_err!("an operator cannot be read from its bytes: it is none that is known here"))
}

pub(super) fn write_message(message: &impl Message, bytes: &mut Vec<u8>) -> Result<()> {
    bytes.push(VERSION);
    message.encode(bytes).map_err(|error| plan_datafusion_err!("a plan cannot be written as bytes: {error}"))
}

pub(super) fn read_message<M: Message + Default>(what: &str, bytes: &[u8]) -> Result<M> {
    match bytes {
        [VERSION, message @ ..] => {
            M::decode(message).map_err(|error| plan_datafusion_err!("{what} cannot be read from its bytes: {error}"))
        }
        [version, ..] => {
            plan_err!("{what} cannot be read from its bytes: they are of version {version}, and this is version {VERSION}")
        }
        [] => plan_err!("{what} cannot be read from its bytes: there are none"),
    }
}
