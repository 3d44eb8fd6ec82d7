//! `review_pairs`: the pairs of records of which it is doubtful whether they are one person, side by side.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinType, Result, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, col, lit};

use super::match_columns::MatchColumns;
use super::unify_profiles::{ARGUMENTS, common_type, source_names, to_link, type_of};
use crate::doc::{Argument, Column, Doc, Kind, Takes, joined};
use crate::linkage::field::Field;
use crate::operator::{LinkOptions, Output, link_records};
use crate::options::Call;
use crate::relation::{TableFunction, column};

const N: [Argument; 1] = [Argument::optional("n", Takes::Integer, "100", "pairs to show; fewer where there are no more")];

const OPTIONS: [Argument; ARGUMENTS.len() + N.len()] = joined(ARGUMENTS, N);

static DOC: Doc = Doc {
    name: "review_pairs",
    kind: Kind::Table,
    topic: "Identity",
    summary: "The pairs of records of which it is most doubtful whether they are one person, of every kind of doubt, with both records side by \
              side: for people to decide.",
    arguments: &OPTIONS,
    returns: &[
        Column::new("left_source", "text", "as in match_pairs"),
        Column::new("left_id", "as record_id of unify_profiles", "one record"),
        Column::new("right_source", "text", "as left_source"),
        Column::new("right_id", "as left_id", "the other record"),
        Column::new("match_probability", "double precision", "that they are one person"),
        Column::new("matched_by", "text", "the fields in which they agree, or the keys, what says most first"),
        Column::new(
            "left_<field>, right_<field>",
            "text",
            "for each field that is compared, as the two records have it; a second e-mail address is left_email_2",
        ),
    ],
    notes: "Chosen are the pairs nearest to even odds, each further pair of one pattern of agreement counting as one bit farther away: at most some are \
            of one kind, and their number shows what kinds there are. The same records give the same pairs, in any order. Pairs that blocking did \
            not find, and those of odds beyond 1,000 to 1, are not among them. Of records that say exactly the same the first stands for \
            all, as in match_pairs. From fewer than 300 different records, or one field: the pairs of the least sure keys, also those below \
            `threshold`, which plays no part here.\n\nThe values are those of the relations as they were given, with masks and row policies \
            applied, not in the form in which they are compared. Errors as of unify_profiles; 22023 `n` below 1.",
    source: "Clerical review as in I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969).",
    example: "SELECT left_name, right_name, left_postcode, right_postcode, match_probability, matched_by\n\
              FROM review_pairs((SELECT * FROM (VALUES (1, 'Ann Lee', 'N1 9GU'), (2, 'Lee, Ann', 'n19gu'), (3, 'Bo Ek', 'N1 9GU')) AS c(id, name, postcode)), n => 10);",
};

#[derive(Debug)]
pub struct ReviewPairs;

impl TableFunction for ReviewPairs {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    /// The few pairs, joined with the records on both sides.
    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let n = call.integer("n")?.unwrap_or(100);
        let n = usize::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| call.impossible("n", "must be at least 1"))?;
        let matched = MatchColumns::read(call)?;
        let (records, sides, options) = to_link(call, Output::Doubtful(n), &[])?;
        // Doubtful are the pairs of doubtful keys too.
        let pairs = link_records(records, sides, LinkOptions { threshold: 0.0, ..options })?;
        let names = names(&matched.fields);
        let mut shown: Vec<Expr> =
            ["left_source", "left_id", "right_source", "right_id", "match_probability", "matched_by"].map(col).to_vec();
        for name in &names {
            shown.extend([col(format!("left_{name}")), col(format!("right_{name}"))]);
        }
        let mut joined = LogicalPlanBuilder::from(pairs);
        for side in ["left", "right"] {
            let who = (vec![format!("{side}_source"), format!("{side}_id")], vec![format!("{side}_is_of"), format!("{side}_is")]);
            joined = joined.join(originals(call, &matched, &names, side)?, JoinType::Left, who, None)?;
        }
        joined.project(shown)?.build()
    }
}

/// A name for each field: that of the field, with a number from the second of its kind on.
fn names(fields: &[Field]) -> Vec<String> {
    let name = |(at, field): (usize, &Field)| match fields.iter().take(at).filter(|other| *other == field).count() {
        0 => field.name().to_owned(),
        before => format!("{}_{}", field.name(), before + 1),
    };
    fields.iter().enumerate().map(name).collect()
}

/// All relations as one: source and id, then as text what the columns of `matched` hold, called `<side>_<name>`.
fn originals(call: &Call, matched: &MatchColumns, names: &[String], side: &str) -> Result<LogicalPlan> {
    let sources = source_names(call)?;
    let id = call.text("id")?.unwrap_or_default();
    let ids = call.relations().iter().map(|relation| column(call.doc(), "id", &id, relation)).collect::<Result<Vec<_>>>()?;
    let id_type = common_type(call.relations(), &ids)?;
    let mut united: Option<LogicalPlanBuilder> = None;
    for ((((relation, plan), columns), source), id) in
        call.relations().iter().zip(&matched.plans).zip(&matched.columns).zip(sources).zip(ids)
    {
        let id = if type_of(relation, &id)? == id_type { id } else { cast(id, id_type.clone()) };
        let mut projected = vec![lit(source).alias(format!("{side}_is_of")), id.alias(format!("{side}_is"))];
        for (name, column) in names.iter().zip(columns) {
            let text = match column {
                Some(column) => cast(column.clone(), DataType::Utf8),
                None => lit(ScalarValue::Utf8(None)),
            };
            projected.push(text.alias(format!("{side}_{name}")));
        }
        let plan = LogicalPlanBuilder::from(plan.clone()).project(projected)?;
        united = Some(match united {
            None => plan,
            Some(before) => before.union(plan.build()?)?,
        });
    }
    united.map_or_else(|| call.relation().map(|relation| relation.plan.clone()), LogicalPlanBuilder::build)
}
