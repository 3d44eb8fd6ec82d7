//! The options of operators and their messages, there and back. Each is taken apart by name, so that a new one cannot be forgotten.

use std::panic::{AssertUnwindSafe, catch_unwind};

use datafusion::arrow::datatypes::Schema;
use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::error::DataFusionError;
use datafusion_proto::protobuf;

use super::messages;
use crate::functions;
use crate::linkage::field::Field;
use crate::linkage::survivorship::Rule;
use crate::operator::{Choice, LinkOptions, MergeOptions, Output, RecordName, Side};

/// Of something that a message says and that cannot be.
pub(super) fn impossible(what: impl std::fmt::Display) -> DataFusionError {
    plan_datafusion_err!("an operator cannot be read from its bytes: {what}")
}

/// What is read from bytes. Values of lists and structs are read by Arrow, which panics where lengths are not what they were.
pub(super) fn read<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(impossible("a value in it is not whole")))
}

pub(super) fn field(name: &str) -> Result<Field> {
    Field::named(name).ok_or_else(|| impossible(format!("{name} is no field")))
}

fn fields(names: &[String]) -> Result<Vec<Field>> {
    names.iter().map(|name| field(name)).collect()
}

pub(super) fn names(fields: &[Field]) -> Vec<String> {
    fields.iter().map(|field| field.name().to_owned()).collect()
}

fn number(number: u64) -> Result<usize> {
    usize::try_from(number).map_err(|_| impossible(format!("{number} is out of range")))
}

pub(super) fn schema(schema: Option<protobuf::Schema>) -> Result<Schema> {
    let schema = schema.ok_or_else(|| impossible("the schema is missing"))?;
    Ok(Schema::try_from(&schema)?)
}

fn output_message(output: Output) -> (&'static str, usize) {
    match output {
        Output::Profiles => ("profiles", 0),
        Output::Households { limit } => ("households", limit),
        Output::Model => ("model", 0),
        Output::Blocks => ("blocks", 0),
        Output::Pairs => ("pairs", 0),
        Output::Doubtful(pairs) => ("doubtful", pairs),
        Output::Steps => ("steps", 0),
        Output::Changes => ("changes", 0),
        Output::Refused => ("refused", 0),
    }
}

fn output(name: &str, number: usize) -> Result<Output> {
    Ok(match name {
        "profiles" => Output::Profiles,
        "households" => Output::Households { limit: number },
        "model" => Output::Model,
        "blocks" => Output::Blocks,
        "pairs" => Output::Pairs,
        "doubtful" => Output::Doubtful(number),
        "steps" => Output::Steps,
        "changes" => Output::Changes,
        "refused" => Output::Refused,
        _ => return Err(impossible(format!("{name} is nothing that is returned"))),
    })
}

pub(super) fn link_message(options: &LinkOptions, sides: impl Iterator<Item = Side>) -> messages::LinkRecords {
    let LinkOptions {
        fields,
        threshold,
        key_limit,
        blocked,
        sources,
        limits,
        one_per_source,
        incremental,
        output,
        function,
        pair,
        no_key,
    } = options;
    let (output, output_number) = output_message(*output);
    let limit = |(field, most): &(Field, usize)| messages::Limit { field: field.name().to_owned(), most: *most as u64 };
    let record = |RecordName { source, id }: &RecordName| messages::RecordName { source: source.clone(), id: id.clone() };
    messages::LinkRecords {
        fields: names(fields),
        threshold: *threshold,
        key_limit: *key_limit as u64,
        blocked: blocked.clone(),
        sources: sources.clone(),
        limits: limits.iter().map(limit).collect(),
        one_per_source: *one_per_source,
        incremental: *incremental,
        output: output.to_owned(),
        output_number: output_number as u64,
        function: (*function).to_owned(),
        pair: pair.iter().flatten().map(record).collect(),
        no_key: no_key.clone(),
        sides: sides.map(|side| side.name().to_owned()).collect(),
        schema: None,
    }
}

/// The options for inputs of so many columns: the records, then the sides.
pub(super) fn link_options(message: messages::LinkRecords, columns: &[usize]) -> Result<(LinkOptions, Vec<Side>)> {
    let side = |name: &String| Side::ALL.into_iter().find(|side| side.name() == name);
    let sides = message.sides.iter().map(|name| side(name).ok_or_else(|| impossible(format!("{name} is no side"))));
    let sides = sides.collect::<Result<Vec<Side>>>()?;
    let least = std::iter::once(2 + message.fields.len()).chain(sides.iter().map(|side| side.columns()));
    if columns.len() != 1 + sides.len() || columns.iter().zip(least).any(|(columns, least)| *columns < least) {
        return Err(impossible("its inputs are not those of LinkRecords"));
    }
    let record = |name: messages::RecordName| RecordName { source: name.source, id: name.id };
    let pair: Vec<RecordName> = message.pair.into_iter().map(record).collect();
    let pair = match (pair.is_empty(), <[RecordName; 2]>::try_from(pair)) {
        (true, _) => None,
        (false, Ok(pair)) => Some(pair),
        (false, Err(_)) => return Err(impossible("a pair is of two records")),
    };
    let function = functions().iter().find(|doc| doc.name == message.function).map(|doc| doc.name);
    let limit = |limit: &messages::Limit| Ok((field(&limit.field)?, number(limit.most)?));
    let options = LinkOptions {
        fields: fields(&message.fields)?,
        threshold: message.threshold,
        key_limit: number(message.key_limit)?,
        blocked: message.blocked,
        sources: message.sources,
        limits: message.limits.iter().map(limit).collect::<Result<_>>()?,
        one_per_source: message.one_per_source,
        incremental: message.incremental,
        output: output(&message.output, number(message.output_number)?)?,
        function: function.ok_or_else(|| impossible(format!("{} is no function", message.function)))?,
        pair,
        no_key: message.no_key,
    };
    Ok((options, sides))
}

pub(super) fn merge_message(options: &MergeOptions) -> Result<messages::MergeRecords> {
    let MergeOptions { names, fields, choices, sources, region, blocked, provenance } = options;
    let column = |(name, field): (&String, &Option<Field>)| messages::MergedColumn {
        name: name.clone(),
        field: field.map(|field| field.name().to_owned()),
    };
    let choice = |Choice { rule, columns }: &Choice| {
        let name = Rule::ALL.into_iter().find(|(_, known)| known == rule).map_or("", |(name, _)| name);
        let columns = columns.iter().map(|column| u32::try_from(*column).map_err(|_| impossible("too many columns")));
        Ok::<_, DataFusionError>(messages::Choice { rule: name.to_owned(), columns: columns.collect::<Result<_>>()? })
    };
    Ok(messages::MergeRecords {
        columns: names.iter().zip(fields).map(column).collect(),
        choices: choices.iter().map(choice).collect::<Result<_>>()?,
        sources: sources.clone(),
        region: region.clone(),
        blocked: blocked.clone(),
        provenance: *provenance,
        schema: None,
    })
}

/// The options for an input of so many columns.
pub(super) fn merge_options(message: messages::MergeRecords, columns: usize) -> Result<MergeOptions> {
    let width = message.columns.len();
    // Source, record_id, a time and profile_id are there beside them.
    if columns < width.saturating_add(4) {
        return Err(impossible("its input is not that of MergeRecords"));
    }
    let choice = |choice: &messages::Choice| {
        let rule = Rule::ALL.into_iter().find(|(name, _)| *name == choice.rule).map(|(_, rule)| rule);
        let columns: Vec<usize> = choice.columns.iter().map(|column| *column as usize).collect();
        match rule {
            Some(rule) if columns.iter().all(|column| *column < width) => Ok(Choice { rule, columns }),
            Some(_) => plan_err!("an operator cannot be read from its bytes: a rule is for a column that is not merged"),
            None => Err(impossible(format!("{} is no rule", choice.rule))),
        }
    };
    Ok(MergeOptions {
        fields: message.columns.iter().map(|column| column.field.as_deref().map(field).transpose()).collect::<Result<_>>()?,
        names: message.columns.into_iter().map(|column| column.name).collect(),
        choices: message.choices.iter().map(choice).collect::<Result<_>>()?,
        sources: message.sources,
        region: message.region,
        blocked: message.blocked,
        provenance: message.provenance,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::messages::Operator;
    use super::*;

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(any::<String>(), 0..3)
    }

    fn field_there() -> impl Strategy<Value = Field> {
        let names: Vec<&str> = Field::names().collect();
        prop::sample::select(names).prop_map(|name| Field::named(name).expect("a field"))
    }

    fn output_there() -> impl Strategy<Value = Output> {
        any::<usize>().prop_flat_map(|n| {
            let limit = n;
            let (counted, plain) = (
                [Output::Households { limit }, Output::Doubtful(n)],
                [Output::Profiles, Output::Model, Output::Blocks, Output::Pairs, Output::Steps, Output::Changes, Output::Refused],
            );
            prop::sample::select(counted.into_iter().chain(plain).collect::<Vec<_>>())
        })
    }

    fn link_there() -> impl Strategy<Value = LinkOptions> {
        let name = (any::<String>(), any::<String>()).prop_map(|(source, id)| RecordName { source, id });
        let what =
            (prop::collection::vec(field_there(), 0..6), any::<f64>().prop_filter("a number", |t| !t.is_nan()), any::<usize>());
        let of_whom = (texts(), texts(), prop::collection::vec((field_there(), any::<usize>()), 0..3), any::<[bool; 2]>());
        let rest = (output_there(), prop::option::of((name.clone(), name)), prop::option::of(any::<String>()), 0..100_usize);
        (what, of_whom, rest).prop_map(
            |((fields, threshold, key_limit), (blocked, sources, limits, [one_per_source, incremental]), rest)| {
                let (output, pair, no_key, at) = rest;
                let function = functions()[at % functions().len()].name;
                let pair = pair.map(<[RecordName; 2]>::from);
                LinkOptions {
                    fields,
                    threshold,
                    key_limit,
                    blocked,
                    sources,
                    limits,
                    one_per_source,
                    incremental,
                    output,
                    function,
                    pair,
                    no_key,
                }
            },
        )
    }

    fn merge_there() -> impl Strategy<Value = MergeOptions> {
        let rule = prop::sample::select(Rule::ALL.map(|(_, rule)| rule).to_vec());
        let columns = prop::collection::vec((any::<String>(), prop::option::of(field_there()), rule), 1..5);
        let rest = (texts(), prop::option::of(any::<String>()), texts(), any::<bool>());
        (columns, rest).prop_map(|(columns, (sources, region, blocked, provenance))| MergeOptions {
            names: columns.iter().map(|(name, _, _)| name.clone()).collect(),
            fields: columns.iter().map(|(_, field, _)| *field).collect(),
            choices: (0..).zip(&columns).map(|(at, (_, _, rule))| Choice { rule: *rule, columns: vec![at] }).collect(),
            sources,
            region,
            blocked,
            provenance,
        })
    }

    proptest! {
        /// Every option, through bytes and back.
        #[test]
        fn options_arrive(
            link in link_there(),
            sides in prop::sample::subsequence(Side::ALL.to_vec(), 0..=4),
            merge in merge_there(),
        ) {
            let mut bytes = vec![];
            messages::write(Operator::LinkRecords(link_message(&link, sides.iter().copied())), &mut bytes).expect("bytes");
            let Ok(Operator::LinkRecords(message)) = messages::read(&bytes) else { panic!("another operator") };
            let columns: Vec<usize> = [2 + link.fields.len()].into_iter().chain(sides.iter().map(|side| side.columns())).collect();
            prop_assert_eq!(link_options(message.clone(), &columns).expect("options"), (link, sides));
            prop_assert!(link_options(message.clone(), &[]).is_err());
            prop_assert!(link_options(message, &columns.iter().map(|n| n - 1).collect::<Vec<_>>()).is_err());

            let mut bytes = vec![];
            messages::write(Operator::MergeRecords(merge_message(&merge).expect("a message")), &mut bytes).expect("bytes");
            let Ok(Operator::MergeRecords(message)) = messages::read(&bytes) else { panic!("another operator") };
            let columns = merge.names.len() + 4;
            prop_assert!(merge_options(message.clone(), columns - 1).is_err());
            prop_assert_eq!(merge_options(message, columns).expect("options"), merge);
        }
    }
}
