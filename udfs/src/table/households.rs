//! `households`: who lives together.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::match_columns::MatchColumns;
use super::unify_profiles::{ARGUMENTS, linked};
use crate::doc::{Argument, Column, Doc, Kind, Takes, joined};
use crate::error::CustomerError;
use crate::linkage::field::Field;
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

/// People of one name and postcode, or of one number, are compared with each other.
const LIMIT_MAX: usize = 1_000;

static HOUSEHOLD_ARGUMENTS: [Argument; ARGUMENTS.len() + 1] = joined(
    ARGUMENTS,
    [Argument::optional(
        "household_limit",
        Takes::Integer,
        "8",
        "an address, telephone or mailbox that more people share makes no household; at such an address those of one family name do",
    )],
);

static DOC: Doc = Doc {
    name: "households",
    kind: Kind::Table,
    topic: "Identity",
    summary: "Which records belong to people who live together: every record with the id of its household.",
    arguments: &HOUSEHOLD_ARGUMENTS,
    returns: &[
        Column::new("source", "text", "as of unify_profiles"),
        Column::new("record_id", "as of unify_profiles", "the record"),
        Column::new(
            "household_id",
            "bigint",
            "the smallest profile_id of the household: the same in every run over the same records",
        ),
        Column::new("profile_id", "bigint", "the person, as of unify_profiles"),
    ],
    notes: "Records are linked to people first, as unify_profiles does; all records of a person have one household. People are one household, \
            directly or through others, by fixed rules: **one address** – the same street with a number (its own column, or digits in the street or \
            second line) and the same postcode or city –; **one family name and postcode** with a street that differs by a typing error; **one \
            telephone or mailbox**, unless both family name and place (postcode, city) say that they are strangers.\n\nA house has up to \
            `household_limit` people. An address with more is a block of flats: those of one family name there are a household, as far as they are \
            no more than the limit. Where several flats are known by the second line of the address, only people of one flat are a household. A \
            telephone or mailbox of more people than the limit is a firm's.\n\nAddresses have no dates: people who lived at one address one after the \
            other become one household. People of two families in one house without known flats, too. Errors: those of unify_profiles; 22023 no \
            column by which people could be found to live together.",
    source: "Households as in customer data practice, where a shared address counts as one; census usage needs a shared dwelling: United Nations, \
             Principles and Recommendations for Population and Housing Censuses, Rev. 3 (2017), 2.109.",
    example: "SELECT record_id, household_id = min(household_id) OVER () AS with_ann\n\
              FROM households((SELECT * FROM (VALUES (1, 'Ann Lee', 'ann@example.com', 'High Street 4', '10115'),\n\
              \u{20}                                      (2, 'Bo Lee', 'bo@example.com', 'High Street 4', '10115'),\n\
              \u{20}                                      (3, 'Bo Lee', 'BO@example.com', NULL, NULL)) AS c(id, name, email, street, postcode)))\n\
              ORDER BY record_id;",
};

#[derive(Debug)]
pub struct Households;

impl TableFunction for Households {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let limit = call.integer("household_limit")?.unwrap_or(8);
        let limit = usize::try_from(limit).ok().filter(|limit| (2..=LIMIT_MAX).contains(limit));
        let limit = limit.ok_or_else(|| call.impossible("household_limit", format!("must be from 2 to {LIMIT_MAX}")))?;
        let fields = MatchColumns::read(call)?.fields;
        let has = |field: Field| fields.contains(&field);
        let has_address = has(Field::Street) && (has(Field::Postcode) || has(Field::City));
        if !has_address && !has(Field::Phone) && !has(Field::Email) {
            let found = fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ");
            let found = if found.is_empty() { "no column".to_owned() } else { format!("only {found}") };
            let message = format!(
                "{}: {found}; people are found to live together by street with postcode or city, by phone or by email",
                call.doc().name
            );
            let hint = "Say what columns mean with match_on, such as match_on => 'street: line_1'";
            return Err(CustomerError::invalid_value(message).hint(hint).into());
        }
        linked(call, Output::Households { limit })
    }
}
