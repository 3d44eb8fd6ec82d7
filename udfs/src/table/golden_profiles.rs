//! `golden_profiles`: one row for each person, with the best that its records say.
//!
//! The records are linked as [`unify_profiles`](super::unify_profiles) does, their columns carried along, and merged by
//! [`MergeRecords`](crate::operator::MergeRecords).

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, cast, lit};

use super::golden_columns::{GoldenColumn, golden_columns, refuse_repeated};
use super::unify_profiles::{ARGUMENTS, linked_with, region, source_names, type_of};
use crate::doc::{Argument, Column, Doc, Kind, Takes, joined};
use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::linkage::survivorship::{Rule, group};
use crate::operator::{Choice, MergeOptions, Output, merge_records};
use crate::options::Call;
use crate::relation::{TableFunction, column};
use crate::type_name::type_name;

static GOLDEN_ARGUMENTS: [Argument; ARGUMENTS.len() + 4] = joined(
    ARGUMENTS,
    [
        Argument::optional(
            "survivorship",
            Takes::Text,
            "NULL",
            "how the value of each column is chosen, such as 'email: most_recent, given_name: longest, *: most_frequent'",
        ),
        Argument::optional("at", Takes::Column, "NULL", "when a record was made or changed last: a date or timestamp"),
        Argument::optional(
            "source_priority",
            Takes::TextList,
            "NULL",
            "the names of the sources, the first to be believed first; by default in the order of the relations",
        ),
        Argument::optional(
            "provenance",
            Takes::Boolean,
            "false",
            "for each column also where its value comes from and how many other values there are",
        ),
    ],
);

static DOC: Doc = Doc {
    name: "golden_profiles",
    kind: Kind::Table,
    topic: "Identity",
    summary: "One row for each person: the records that unify_profiles finds to be one, merged into the best that they say.",
    arguments: &GOLDEN_ARGUMENTS,
    returns: &[
        Column::new("profile_id", "bigint", "as of unify_profiles"),
        Column::new("records", "bigint", "how many records the person has"),
        Column::new(
            "…",
            "as the columns",
            "all columns of the relations but the ids: recognised ones by the name of their field (email, given_name …), others by their own",
        ),
        Column::new(
            "conflicts",
            "bigint",
            "in how many of the recognised columns the records have more than one value, in normal form",
        ),
        Column::new("…_source", "text", "with `provenance`, for each column: the source of the record that the value comes from"),
        Column::new("…_record_id", "as of unify_profiles", "with `provenance`: that record"),
        Column::new(
            "…_conflicts",
            "bigint",
            "with `provenance`: values of the other records that differ from each other and from it",
        ),
    ],
    notes: "Values are as they were written; they are compared in the normal form in which unify_profiles compares them, and what that cannot \
            read or takes for unknown (none@none.com, a telephone number without digits, a day that no calendar has, an empty text, \
            `blocked_values`) counts as missing. Columns of one field of several relations are one column; where a relation has a field \
            several times (phone and mobile), its columns keep their names, and those of other relations go with the one of their name, or \
            else with the first. Columns of different types become text, numbers and times their common type.\n\n\
            `survivorship` names rules by column, by field, as `address` (all columns of one), as `name` (given, family and full name) or as `*` (all \
            others); what is named more closely counts. **most_recent**: of the latest record that has one, by `at`. **most_frequent**: which most \
            records have, then of names, streets and companies the longest, in the spelling that most have. **longest**: of the most letters. \
            **source_priority**: of the source that comes first. **first_non_null**: of the earliest record, by `at`. Between values that a rule \
            finds equal, the later record counts, then the earlier source, then the smaller id; so the order of rows changes nothing. By default \
            names, birth dates and identity numbers are most_frequent, everything else most_recent where `at` is given and most_frequent where it is \
            not.\n\nStreet, house number, second line, postcode, city and region are taken of one record, as far as they have the same rule, and \
            what it lacks of the first that does not contradict it; so are the parts of a birth date. Errors: those of unify_profiles; 22023 a rule \
            or source that is not known, most_recent without `at`; 42703 a column that is not there; 42701 two columns of one name.",
    source: "Survivorship as in master-data practice: A. Berson, L. Dubov, Master Data Management and Data Governance (2011).",
    example: "SELECT records, name, email, phone, conflicts\n\
              FROM golden_profiles((SELECT * FROM (VALUES (1, 'Ann Lee', 'ann.lee@gmail.com', DATE '2024-01-05'), (2, 'Bo Ek', 'bo@example.com', DATE '2024-02-01')) AS c(id, name, email, changed)),\n\
              \u{20}                    (SELECT * FROM (VALUES (7, 'A. Lee', 'AnnLee+shop@googlemail.com', '020 7946 0018', DATE '2025-03-01')) AS w(id, full_name, mail, phone, changed)),\n\
              \u{20}                    at => 'changed', survivorship => 'name: longest') ORDER BY email;",
};

#[derive(Debug)]
pub struct GoldenProfiles;

impl TableFunction for GoldenProfiles {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let columns = golden_columns(call)?;
        let provenance = call.boolean("provenance")? == Some(true);
        let further = |column: &GoldenColumn| {
            let of_origin = ["source", "record_id", "conflicts"].map(|what| format!("{}_{what}", column.name));
            if provenance { of_origin.to_vec() } else { vec![] }
        };
        let further: Vec<String> = columns.iter().flat_map(further).collect();
        let names = columns.iter().map(|column| column.name.as_str()).chain(further.iter().map(String::as_str));
        refuse_repeated(call, names.chain(["profile_id", "records", "conflicts"]))?;
        let options = MergeOptions {
            names: columns.iter().map(|column| column.name.clone()).collect(),
            fields: columns.iter().map(|column| column.field).collect(),
            choices: choices(&rules(call, &columns)?, &columns),
            sources: sources(call)?,
            region: region(call)?,
            blocked: call.text_list("blocked_values")?.unwrap_or_default(),
            provenance,
        };
        merge_records(linked_with(call, Output::Profiles, &carried(call, &columns)?)?, options)
    }
}

/// For each relation the golden columns and the time. Their names cannot be those of other columns of the plan.
fn carried(call: &Call, columns: &[GoldenColumn]) -> Result<Vec<Vec<Expr>>> {
    let mut carried = vec![];
    for (number, relation) in call.relations().iter().enumerate() {
        let value = |(place, column): (usize, &GoldenColumn)| {
            column.values.get(number).map(|value| value.clone().alias(format!("merged column {place}")))
        };
        let mut exprs: Vec<Expr> = columns.iter().enumerate().filter_map(value).collect();
        let at = match call.text("at")? {
            None => lit(ScalarValue::TimestampMicrosecond(None, None)),
            Some(name) => {
                let at = column(call.doc(), "at", &name, relation)?;
                let there = type_of(relation, &at)?;
                if !matches!(there, DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) | DataType::Null) {
                    let message = format!(
                        "{}: at needs a column of dates or timestamps, but \"{name}\" is {}",
                        call.doc().name,
                        type_name(&there)
                    );
                    return Err(CustomerError::wrong_type(message).into());
                }
                // Times without a zone are of the session's.
                let instant = DataType::Timestamp(TimeUnit::Microsecond, Some(call.time_zone().into()));
                cast(at, instant)
            }
        };
        exprs.push(at.alias("recorded at"));
        carried.push(exprs);
    }
    Ok(carried)
}

/// The sources in the order in which they are believed.
fn sources(call: &Call) -> Result<Vec<String>> {
    let there = source_names(call)?;
    let mut first = call.text_list("source_priority")?.unwrap_or_default();
    if let Some(unknown) = first.iter().find(|name| !there.contains(name)) {
        let message = format!("{}: source_priority names {unknown}; the sources are {}", call.doc().name, there.join(", "));
        return Err(CustomerError::invalid_value(message).suggest(unknown, there.iter().map(String::as_str)).into());
    }
    let rest: Vec<String> = there.into_iter().filter(|name| !first.contains(name)).collect();
    first.extend(rest);
    Ok(first)
}

/// How closely a rule is named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Rest,
    Several,
    Field,
    Column,
}

/// How closely a name of `survivorship` means a column, if it does.
fn closeness(named: &str, column: &GoldenColumn) -> Option<Closeness> {
    let of_address = |field| group(field).is_some_and(|group| group.contains(&Field::Street));
    let of_name = |field: Field| field.is_name_of_person();
    match (named, column.field) {
        (named, _) if named.eq_ignore_ascii_case(&column.name) => Some(Closeness::Column),
        (named, Some(field)) if named == field.name() => Some(Closeness::Field),
        ("address", Some(field)) if of_address(field) => Some(Closeness::Several),
        ("name", Some(field)) if of_name(field) => Some(Closeness::Several),
        ("*", _) => Some(Closeness::Rest),
        _ => None,
    }
}

/// The rule of each column.
fn rules(call: &Call, columns: &[GoldenColumn]) -> Result<Vec<Rule>> {
    let at = call.text("at")?;
    let has_times = at.is_some();
    // The time itself is that of the latest record.
    let is_time = |column: &GoldenColumn| at.as_deref().is_some_and(|at| at.eq_ignore_ascii_case(&column.name));
    let usual = |column: &GoldenColumn| {
        let rule = if is_time(column) { Rule::MostRecent } else { Rule::usual(column.field, has_times) };
        (None, rule)
    };
    let mut rules: Vec<(Option<Closeness>, Rule)> = columns.iter().map(usual).collect();
    for entry in call.text("survivorship")?.unwrap_or_default().split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let Some((named, rule)) = entry.split_once(':').map(|(named, rule)| (named.trim(), rule.trim().to_lowercase())) else {
            return Err(
                call.impossible("survivorship", format!("is a list such as 'email: most_recent, *: longest', not '{entry}'"))
            );
        };
        let Some((_, rule)) = Rule::ALL.into_iter().find(|(name, _)| *name == rule) else {
            let names = Rule::ALL.map(|(name, _)| name);
            let message = format!("{}: survivorship knows no rule {rule}; it knows {}", call.doc().name, names.join(", "));
            return Err(CustomerError::invalid_value(message).suggest(&rule, names).into());
        };
        if rule == Rule::MostRecent && !has_times {
            let error = format!("{}: most_recent needs to know when a record was made", call.doc().name);
            return Err(CustomerError::invalid_value(error).hint("Name the column with at =>").into());
        }
        let mut is_used = named == "*";
        for (column, slot) in columns.iter().zip(&mut rules) {
            let Some(closeness) = closeness(named, column) else { continue };
            is_used = true;
            if slot.0.is_none_or(|other| other <= closeness) && !(closeness == Closeness::Rest && is_time(column)) {
                *slot = (Some(closeness), rule);
            }
        }
        if !is_used {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let message =
                format!("{}: survivorship names the column \"{named}\"; there are {}", call.doc().name, names.join(", "));
            return Err(CustomerError::undefined_column(message).suggest(named, names).into());
        }
    }
    Ok(rules.into_iter().map(|(_, rule)| rule).collect())
}

/// Columns that belong together and have one rule are one choice. Of a field that a relation has several times, the first belongs.
fn choices(rules: &[Rule], columns: &[GoldenColumn]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = vec![];
    for (number, (rule, column)) in rules.iter().zip(columns).enumerate() {
        let belongs = |choice: &&mut Choice| {
            let fields = || choice.columns.iter().filter_map(|other| columns.get(*other).and_then(|other| other.field));
            let own = column.field.and_then(|field| Some((field, group(field)?)));
            choice.rule == *rule
                && own.is_some_and(|(own, group)| {
                    fields().all(|other| group.contains(&other)) && fields().all(|other| other != own)
                })
        };
        match choices.iter_mut().find(belongs) {
            Some(choice) => choice.columns.push(number),
            None => choices.push(Choice { rule: *rule, columns: vec![number] }),
        }
    }
    choices
}
