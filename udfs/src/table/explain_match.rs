//! `explain_match`: how the weight of one pair of records comes about, step by step.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::LogicalPlan;

use super::unify_profiles::{ARGUMENTS, source_names, to_link};
use crate::doc::{Argument, Column, Doc, Kind, Takes, joined};
use crate::error::CustomerError;
use crate::operator::{LinkOptions, Output, RecordName, link_records};
use crate::options::Call;
use crate::relation::TableFunction;
use crate::text::uuid::{normal_uuid, uuid_text};
use crate::type_name::type_name;

const ID: Takes = Takes::Value("text, integer or uuid");

const PAIR: [Argument; 4] = [
    Argument::required("left_id", ID, "one record"),
    Argument::required("right_id", ID, "the other record"),
    Argument::optional("left_source", Takes::Text, "'1'", "the source of the one: its name or the relation's position"),
    Argument::optional("right_source", Takes::Text, "'1'", "the source of the other"),
];

const OPTIONS: [Argument; ARGUMENTS.len() + PAIR.len()] = joined(ARGUMENTS, PAIR);

static DOC: Doc = Doc {
    name: "explain_match",
    kind: Kind::Table,
    topic: "Identity",
    summary: "Why two records are one person or are not: what each field adds to the weight of the pair and takes from it, from what is known \
              of any two records to the probability that match_pairs gives.",
    arguments: &OPTIONS,
    returns: &[
        Column::new("step", "integer", "1, 2, …"),
        Column::new(
            "field",
            "text",
            "prior; the fields, what says most for one person first; together; household, place, namesakes",
        ),
        Column::new("level", "text", "how alike the two values are, or missing; NULL where there is none"),
        Column::new(
            "m",
            "double precision",
            "the share of pairs of one person that have the level; of prior, of all pairs those of one person",
        ),
        Column::new(
            "u",
            "double precision",
            "the share of pairs of strangers that have it; of prior, of all pairs those of strangers",
        ),
        Column::new(
            "term_frequency_adjustment",
            "double precision",
            "bits by which an equal value is rarer than equal values are; NULL of other levels",
        ),
        Column::new("weight", "double precision", "bits that the step adds: log2(m/u) and the adjustment"),
        Column::new("running_weight", "double precision", "the sum so far; of the last step the match_weight of match_pairs"),
        Column::new("running_probability", "double precision", "what it stands for; of the last step the match_probability"),
    ],
    notes: "The model is trained on all records as by unify_profiles, so it takes as long; then the two are compared, also where blocking would \
            not have found them. No value is shown, only fields and levels.\n\n\
            *prior*: the odds of two random records. A field: log2(m/u) bits, and more for a rare value. *together*: how much more or less often \
            people have just these levels than each by itself lets expect (of pairs that were compared; at most one bit). So far the pair was one \
            of one person or of strangers. *household*, *place*, *namesakes*: what is taken off because people of one household, of one \
            place or of one name are that alike as well; with r the odds of each against strangers log2(1 + Σ r) bits, parted as their r \
            are. Names that have changed places count with the given name.\n\n\
            **From fewer than 300 different records, or one field**, the steps are the keys, the surest first: agrees, different, missing, shared \
            by too many, contradicted by given names. The first that agrees counts; where none does, the running columns are NULL.\n\n\
            Errors: 22023 a source or a record that is not there, or the same record twice; others as of unify_profiles.",
    source: "I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969); W. Winkler, Frequency-Based Matching in the Fellegi-Sunter Model \
             of Record Linkage (1989).",
    example: "SELECT step, field, level, running_probability\n\
              FROM explain_match((SELECT * FROM (VALUES (1, 'Ann Lee', 'ann.lee@gmail.com'), (2, 'A. Lee', 'annlee@googlemail.com')) AS c(id, name, email)),\n\
              \u{20}                  left_id => 1, right_id => 2)\n\
              ORDER BY step;",
};

#[derive(Debug)]
pub struct ExplainMatch;

impl TableFunction for ExplainMatch {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let (records, sides, options) = to_link(call, Output::Steps, &[])?;
        let pair = Some(pair(call, records.schema().field(1).data_type())?);
        link_records(records, sides, LinkOptions { pair, ..options })
    }
}

/// The two records that a call asks for, with ids in the form of `id_type`, that of all records.
fn pair(call: &Call, id_type: &DataType) -> Result<[RecordName; 2]> {
    let sources = source_names(call)?;
    let record = |id: &str, source: &str| {
        Ok::<_, datafusion::error::DataFusionError>(RecordName {
            source: source_of(call, source, &sources)?,
            id: text_of(call, id, id_type)?,
        })
    };
    let pair = [record("left_id", "left_source")?, record("right_id", "right_source")?];
    let [left, right] = &pair;
    if left == right {
        return Err(call.impossible("left_id", "and right_id are one record: give two"));
    }
    Ok(pair)
}

/// A source by its name, or by the position of its relation.
fn source_of(call: &Call, option: &str, sources: &[String]) -> Result<String> {
    let given = call.text(option)?.unwrap_or_default();
    let position = || given.parse::<usize>().ok()?.checked_sub(1).and_then(|place| sources.get(place));
    sources.iter().find(|source| **source == given).or_else(position).cloned().ok_or_else(|| {
        let message =
            format!("{}: {option} is one of {}, or a position from 1 to {}", call.doc().name, sources.join(", "), sources.len());
        CustomerError::invalid_value(message).suggest(&given, sources.iter().map(String::as_str)).into()
    })
}

/// An id as it is written where all ids are of that type.
fn text_of(call: &Call, option: &str, id_type: &DataType) -> Result<String> {
    let given = call.given(option);
    let of_type = match (given, id_type) {
        (Some(ScalarValue::FixedSizeBinary(_, Some(uuid))), _) => Some(ScalarValue::from(uuid_text(uuid))),
        (Some(text), DataType::FixedSizeBinary(_)) => text.try_as_str().flatten().and_then(normal_uuid).map(ScalarValue::from),
        (Some(given), id_type) => given.cast_to(id_type).and_then(|id| id.cast_to(&DataType::Utf8)).ok(),
        (None, _) => None,
    };
    match of_type {
        Some(ScalarValue::Utf8(Some(text))) => Ok(text),
        _ => Err(call.impossible(option, format!("must be {}, as the ids of these records are", type_name(id_type)))),
    }
}
