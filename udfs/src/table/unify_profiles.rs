//! `unify_profiles`: which records are one person.
//!
//! Each relation is projected to source, record_id and normalised columns, the relations are united, and
//! [`LinkRecords`](crate::operator::LinkRecords) connects the records; see [`crate::linkage`].

use std::sync::Arc;

use datafusion::arrow::compute::can_cast_types;
use datafusion::arrow::datatypes::{DataType, Field as ArrowField};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, cast, lit};

use super::link_sides::{Sides, limits, sides};
use super::match_columns::{MatchColumns, is_readable};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::linkage::person::{Blocked, PersonReader};
use crate::operator::{LinkOptions, Output, link_records, no_key_error};
use crate::options::{Call, Relation};
use crate::relation::{TableFunction, column};
use crate::scalar::{normalize_email, normalize_name, normalize_phone, normalize_postcode};
use crate::text::phone::region as known_region;
use crate::type_name::type_name;

/// Columns of one field in a relation, each of which is compared with each.
const COLUMNS_MAX: usize = 10;

/// What records are, and what links them: the same for all that is told of the linking.
pub(super) const ARGUMENTS: [Argument; 16] = [
    Argument::required(
        "rel",
        Takes::Relation,
        "records of people, one row each; any number of relations, whose columns may differ",
    ),
    Argument::optional("relations", Takes::Relation, "…", "further relations"),
    Argument::optional("id", Takes::Column, "'id'", "tells the records of a relation apart; no NULLs, no repetition"),
    Argument::optional(
        "match_on",
        Takes::Text,
        "NULL",
        "what columns mean where their names do not say so, such as 'email: contact, given_name: name'; 'none: column' leaves one out",
    ),
    Argument::optional(
        "threshold",
        Takes::Double,
        "0.95",
        "the share of links that shall be right; of keys, those of a lower probability do not link; 0 to 1",
    ),
    Argument::optional(
        "previous",
        Takes::Relation,
        "NULL",
        "an earlier result (source, record_id, profile_id) whose profile ids are kept",
    ),
    Argument::optional(
        "incremental",
        Takes::Boolean,
        "false",
        "the profiles of `previous` stand: records that have none are compared with all, the others only within their profile",
    ),
    Argument::optional(
        "labels",
        Takes::Relation,
        "NULL",
        "pairs to learn from (left_source, left_id, right_source, right_id, is_match): they teach what agreement says and decide nothing themselves",
    ),
    Argument::optional(
        "must_link",
        Takes::Relation,
        "NULL",
        "pairs that are one person whatever they say (left_source, left_id, right_source, right_id)",
    ),
    Argument::optional(
        "cannot_link",
        Takes::Relation,
        "NULL",
        "pairs that are never in one profile, whoever else would connect them (the same columns)",
    ),
    Argument::optional(
        "blocked_values",
        Takes::TextList,
        "NULL",
        "values that link nobody, such as ARRAY['info@example.com'], in any spelling",
    ),
    Argument::optional(
        "limits",
        Takes::Text,
        "NULL",
        "how many different values of a field a profile may have, such as 'birth_date: 1, email: 5'",
    ),
    Argument::optional(
        "one_per_source",
        Takes::Boolean,
        "false",
        "a source has each person once: no profile has two of its records",
    ),
    Argument::optional("sources", Takes::TextList, "NULL", "the names of the relations, such as ARRAY['crm', 'web']"),
    Argument::optional(
        "region",
        Takes::Text,
        "NULL",
        "ISO 3166 alpha-2 code of the country whose national telephone numbers and postcodes these are",
    ),
    Argument::optional(
        "key_limit",
        Takes::Integer,
        "50",
        "an e-mail address, telephone or identity number (of keys, any value) that more different records share says nothing; records that say exactly the same count once",
    ),
];

static DOC: Doc = Doc {
    name: "unify_profiles",
    kind: Kind::Table,
    topic: "Identity",
    summary: "Which records, of one source or several, are the same person: every record with the id of its profile, how sure \
              its best link is and what links it.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new("source", "text", "the table's name, the query's position, or the name given with `sources`"),
        Column::new("record_id", "as the id column, or the common type of several", "the record"),
        Column::new("profile_id", "bigint", "the person: the same in every run over the same records, whatever their order"),
        Column::new("match_probability", "double precision", "of the record's best link; NULL for a record that stands alone"),
        Column::new(
            "matched_by",
            "text",
            "what the best link rests on, what says most first; NULL for a record that stands alone",
        ),
    ],
    notes: "Columns are recognised by their names (email, phone, mobile, first_name, last_name, name, birth_date, dob, \
            birth_year with birth_month and birth_day, postcode, zip, ssn, street, city, state, company and many more; a word such as \
            customer_ before them or a number behind them does not matter; German, French and Spanish names too), those whose names say nothing \
            (c3, col_7, contact, value) by what they hold where that looks like nothing else, and normalised. E-mail addresses and telephones may stand in \
            several columns. Placeholders (none@none.com, 000-000-0000, 1900-01-01, n/a …) and `blocked_values` say nothing.\n\n\
            **From 300 different records with two fields on** it is learnt from the records themselves what agreement says, without labels \
            (match_model shows it, block_stats which pairs are compared): each field has levels from equal to different, and each level \
            speaks for or against one person by log2(m/u) bits; a value that few have says more than one that many have, a missing one \
            nothing. People of one household, people of one place and namesakes are classes of their own, so that a common address or \
            mailbox does not make one person of a family. The surest pairs are brought together first, unless what the other records of \
            both sides say speaks against it. match_probability is the probability of the record's best link, to be \
            read as one where the fields say enough to learn from. Links are made as long as the share `threshold` of them is expected to be right, and each by itself is wrong with \
            at most four times the risk (at 0.95: none below 0.8). matched_by names the fields that agree, what says most first.\n\n\
            **Fewer records** are linked by keys, with these probabilities: national_id 0.99, name+birth_date+postcode 0.99, email 0.98, \
            phone+given_name 0.97, name+birth_date 0.96, given_name+birth_date+postcode 0.96, phone 0.95 (unless two given \
            names share the number), phone+birth_date 0.92 and family_name+birth_date+postcode 0.90 (twins), name+postcode \
            0.90 (father and son), shared_phone 0.80 (a family). Given and family name may have changed places. A full name of one \
            word is no name+…, unless it is written without spaces, as in Chinese, Japanese and Korean. Records are \
            one person when keys connect them, directly or through others.\n\nA profile's id is the smallest 63-bit hash (FNV-1a with \
            MurmurHash3's finaliser) of source and record_id among its records: it changes only when that record leaves or one \
            with a smaller hash joins. The result depends neither on the order of the records nor on the number of threads. \
            Errors, 22023: no column that makes a key, an id that is NULL or repeats, must_link and cannot_link that contradict each other. Memory: about 1 kB a record, within the session's \
            limit (53200 beyond it).",
    source: "I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969); W. Winkler, Using the EM Algorithm for Weight \
             Computation in the Fellegi-Sunter Model of Record Linkage (1988); keys as in master-data practice: T. Herzog, F. Scheuren, W. \
             Winkler, Data Quality and Record Linkage Techniques (2007).",
    example: "SELECT source, record_id, matched_by\n\
              FROM unify_profiles((SELECT * FROM (VALUES (1, 'Ann Lee', 'ann.lee@gmail.com'), (2, 'Bo Ek', 'bo@example.com')) AS c(id, name, email)),\n\
              \u{20}                   (SELECT * FROM (VALUES (7, 'A. Lee', 'AnnLee+shop@googlemail.com')) AS w(id, full_name, mail)),\n\
              \u{20}                   sources => ARRAY['crm', 'web'])\n\
              ORDER BY source, record_id;",
};

#[derive(Debug)]
pub struct UnifyProfiles;

impl TableFunction for UnifyProfiles {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        linked(call, Output::Profiles)
    }
}

/// The plan of linking that returns this.
pub(super) fn linked(call: &Call, output: Output) -> Result<LogicalPlan> {
    linked_with(call, output, &[])
}

/// As [`linked`], with further columns of the records carried along: for each relation the same ones, of the same types.
pub(super) fn linked_with(call: &Call, output: Output, carried: &[Vec<Expr>]) -> Result<LogicalPlan> {
    let (records, sides, options) = to_link(call, output, carried)?;
    link_records(records, sides, options)
}

/// The records of a call, with what is carried along, what is said of them, and how they are linked.
pub(super) fn to_link(call: &Call, output: Output, carried: &[Vec<Expr>]) -> Result<(LogicalPlan, Sides, LinkOptions)> {
    let threshold = call.double("threshold")?.unwrap_or(0.95);
    if !(0.0..=1.0).contains(&threshold) {
        return Err(call.impossible("threshold", format!("must be from 0 to 1, not {threshold}")));
    }
    let key_limit = call.integer("key_limit")?.unwrap_or(50);
    let key_limit = usize::try_from(key_limit).ok().filter(|limit| *limit >= 2);
    let key_limit = key_limit.ok_or_else(|| call.impossible("key_limit", "must be at least 2"))?;
    let region = region(call)?;
    let matched = MatchColumns::read(call)?;
    check_keys(call, &matched)?;
    let no_key = matched.looks_into.then(|| no_key(call));
    check_columns(call, &matched.fields)?;
    let blocked = call.text_list("blocked_values")?.unwrap_or_default();
    let (fields, sources) = (matched.fields.clone(), source_names(call)?);
    let (limits, one_per_source) = (limits(call, &fields)?, call.boolean("one_per_source")? == Some(true));
    let incremental = call.boolean("incremental")? == Some(true);
    if incremental && call.relation_option("previous").is_none() {
        return Err(call.impossible("incremental", "needs previous => the result that new records are added to"));
    }
    let options = LinkOptions {
        fields,
        threshold,
        key_limit,
        blocked,
        sources,
        limits,
        one_per_source,
        incremental,
        output,
        function: call.doc().name,
        pair: None,
        no_key,
    };
    Ok((united(call, &matched, region.as_deref(), carried)?, sides(call, &options.sources)?, options))
}

/// The country whose national numbers and postcodes these are; 22023 for one that there is not.
pub(super) fn region(call: &Call) -> Result<Option<String>> {
    let Some(code) = call.text("region")? else { return Ok(None) };
    match known_region(&code) {
        Some(_) => Ok(Some(code.trim().to_ascii_uppercase())),
        None => Err(call.impossible("region", "is an ISO 3166 alpha-2 code such as 'GB'")),
    }
}

/// 22023 unless the columns make at least one key.
fn check_keys(call: &Call, matched: &MatchColumns) -> Result<()> {
    if PersonReader::new(matched.fields.clone(), 0.0, Blocked::default()).slots().len() > 0 {
        return Ok(());
    }
    let found = matched.fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ");
    Err(no_key_error(call.doc().name, &found, &no_key(call)))
}

/// What there is instead, and what was looked for.
fn no_key(call: &Call) -> String {
    let there = call.relations().iter().map(|relation| {
        let named = |field: &Arc<ArrowField>| {
            let (name, there) = (field.name(), field.data_type());
            let is_refused = Field::of_column(name).is_some() && !is_readable(there);
            if is_refused { format!("{name} as {}", type_name(there)) } else { name.clone() }
        };
        let names: Vec<String> = relation.plan.schema().fields().iter().map(named).collect();
        format!("{} has {}", relation.name, names.join(", "))
    });
    let there = there.collect::<Vec<_>>().join("; ");
    format!("to match on ({there}); looked for {}", Field::looked_for())
}

/// 54000 where a field has so many columns that comparing each with each would take forever.
fn check_columns(call: &Call, fields: &[Field]) -> Result<()> {
    match fields.chunk_by(|one, other| one == other).find(|same| same.len() > COLUMNS_MAX) {
        Some(same) => {
            let field = same.first().map_or("", |field| field.name());
            let message = format!(
                "{}: {} columns are {field}, and no more than {COLUMNS_MAX} of one field are compared",
                call.doc().name,
                same.len()
            );
            let hint = "Leave the others out with match_on => 'none: column'";
            Err(CustomerError::limit_exceeded(message).hint(hint).into())
        }
        None => Ok(()),
    }
}

/// 42804 for an id that cannot be written as a text.
fn check_id(call: &Call, there: &DataType) -> Result<()> {
    if matches!(there, DataType::FixedSizeBinary(_)) || can_cast_types(there, &DataType::Utf8) {
        return Ok(());
    }
    let message = format!("{}: id needs a column of text, numbers, dates or uuids, not {}", call.doc().name, type_name(there));
    Err(CustomerError::wrong_type(message).into())
}

/// All relations as one: source, record_id, the columns of `matched` in normal form, and those carried along.
fn united(call: &Call, matched: &MatchColumns, region: Option<&str>, carried: &[Vec<Expr>]) -> Result<LogicalPlan> {
    let sources = source_names(call)?;
    let id = call.text("id")?.unwrap_or_default();
    let ids = call.relations().iter().map(|relation| column(call.doc(), "id", &id, relation)).collect::<Result<Vec<_>>>()?;
    let id_type = common_type(call.relations(), &ids)?;
    let mut united: Option<LogicalPlanBuilder> = None;
    let carried = carried.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
    for (((((relation, from), columns), source), id), carried) in
        call.relations().iter().zip(&matched.plans).zip(&matched.columns).zip(&sources).zip(ids).zip(carried)
    {
        let there = type_of(relation, &id)?;
        check_id(call, &there)?;
        let id = if there == id_type { id } else { cast(id, id_type.clone()) };
        let mut projected = vec![lit(source.as_str()).alias("source"), id.alias("record_id")];
        for (index, (field, column)) in matched.fields.iter().zip(columns).enumerate() {
            let text = match column {
                Some(column) => normalized(*field, column.clone(), &column.get_type(from.schema())?, region),
                None => lit(ScalarValue::Utf8(None)),
            };
            projected.push(text.alias(format!("{}_{}", field.name(), index + 1)));
        }
        projected.extend_from_slice(carried);
        let plan = LogicalPlanBuilder::from(from.clone()).project(projected)?;
        united = Some(match united {
            None => plan,
            Some(before) => before.union(plan.build()?)?,
        });
    }
    match united {
        Some(united) => united.build(),
        None => Err(CustomerError::undefined_function(format!("{}: a relation is missing", call.doc().name)).into()),
    }
}

/// The names of the relations; 22023 where two share one, since records could not be told apart.
pub(super) fn source_names(call: &Call) -> Result<Vec<String>> {
    let relations = call.relations();
    let names = match call.text_list("sources")? {
        Some(names) if names.len() != relations.len() => {
            let message =
                format!("must name each relation once: there are {} relations and {} names", relations.len(), names.len());
            return Err(call.impossible("sources", message));
        }
        Some(names) => names,
        None => relations.iter().map(|relation| relation.name.clone()).collect(),
    };
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| matches!(pair, [left, right] if left == right)) {
        Some(pair) => {
            let name = pair.first().map_or("", |name| name.as_str());
            let message = format!("{}: two relations are called {name}", call.doc().name);
            Err(CustomerError::invalid_value(message).hint("Name them: sources => ARRAY['first', 'second']").into())
        }
        None => Ok(names),
    }
}

pub(super) fn type_of(relation: &Relation, column: &Expr) -> Result<DataType> {
    use datafusion::logical_expr::ExprSchemable;
    column.get_type(relation.plan.schema().as_ref())
}

/// One type: itself; integers: bigint; anything else: text.
pub(super) fn common_type(relations: &[Relation], ids: &[Expr]) -> Result<DataType> {
    let types = relations.iter().zip(ids).map(|(relation, id)| type_of(relation, id)).collect::<Result<Vec<_>>>()?;
    Ok(match types.as_slice() {
        [first, others @ ..] if others.iter().all(|other| other == first) => first.clone(),
        types if types.iter().all(|id| id.is_integer() && *id != DataType::UInt64) => DataType::Int64,
        _ => DataType::Utf8,
    })
}

/// A column as text in the form in which it is compared.
fn normalized(field: Field, column: Expr, data_type: &DataType, region: Option<&str>) -> Expr {
    let text = match (field, data_type) {
        (Field::BirthDate, DataType::Timestamp(_, _)) => cast(cast(column, DataType::Date32), DataType::Utf8),
        (_, DataType::Utf8) => column,
        _ => cast(column, DataType::Utf8),
    };
    let with_region = |text: Expr| std::iter::once(text).chain(region.map(lit)).collect::<Vec<Expr>>();
    match field {
        Field::Email => normalize_email::function().call(vec![text]),
        // Without a region a national number cannot be read: its last digits are compared, in every spelling.
        Field::Phone if region.is_none() => text,
        // An e-mail address stays what it is.
        Field::Phone => coalesce(vec![
            normalize_email::function().call(vec![text.clone()]),
            normalize_phone::function().call(with_region(text)),
        ]),
        Field::GivenName | Field::MiddleName | Field::FamilyName | Field::SecondFamilyName => {
            normalize_name::function().call(vec![text])
        }
        Field::Name | Field::Street | Field::City => normalize_name::function().call(vec![text]),
        Field::Region | Field::Company | Field::AddressLine => normalize_name::function().call(vec![text]),
        Field::Postcode => normalize_postcode::function().call(with_region(text)),
        Field::BirthDate | Field::BirthYear | Field::BirthMonth | Field::BirthDay | Field::NationalId | Field::HouseNumber => {
            text
        }
    }
}
