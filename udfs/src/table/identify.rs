//! `identify`: which profile one incoming contact is.
//!
//! A scan of the columns that are asked for, a condition that passes nearly all profiles over ([`crate::linkage::contact`]), and little work
//! for those that are left: no join and no sort of all profiles.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Date32Array, Float64Array, StringArray, StringViewArray};
use datafusion::arrow::compute::cast as cast_array;
use datafusion::arrow::compute::kernels::cast_utils::Parser;
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::{Result, plan_datafusion_err};
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::functions_aggregate::first_last::first_value_udaf;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility, col, lit,
};

use super::match_columns::MatchColumns;
use super::unify_profiles::region;
use crate::aggregate::exact_sum::exact_sum;
use crate::codec::messages;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::linkage::contact::{Contact, can_identify, is_asked};
use crate::linkage::field::Field;
use crate::operator::append_aggregates;
use crate::options::Call;
use crate::relation::TableFunction;

/// What may be known of a contact, by the names of the arguments.
const GIVEN: [Field; 12] = [
    Field::Email,
    Field::Phone,
    Field::NationalId,
    Field::Name,
    Field::GivenName,
    Field::FamilyName,
    Field::BirthDate,
    Field::Street,
    Field::HouseNumber,
    Field::Postcode,
    Field::City,
    Field::Company,
];

const fn given(name: &'static str, about: &'static str) -> Argument {
    Argument::optional(name, Takes::Value("text"), "NULL", about)
}

static DOC: Doc = Doc {
    name: "identify",
    kind: Kind::Table,
    topic: "Identity",
    summary: "Which profiles one incoming contact may be, and how sure that is: for the front office, in milliseconds.",
    arguments: &[
        Argument::required("rel", Takes::Relation, "profiles, as of golden_profiles, or records with the profile_id of each"),
        Argument::optional("id", Takes::Column, "'profile_id'", "the profile"),
        given("email", "what the contact gives as such; NULL: not known"),
        given("phone", "the same"),
        given("national_id", "the same"),
        given("name", "given and family name in one"),
        given("given_name", "the same"),
        given("family_name", "the same"),
        given("birth_date", "a date, or a text"),
        given("street", "the same"),
        given("house_number", "the same"),
        given("postcode", "the same"),
        given("city", "the same"),
        given("company", "the same"),
        Argument::optional("candidates", Takes::Integer, "10", "no more than so many, the surest first"),
        Argument::optional("match_on", Takes::Text, "NULL", "as of unify_profiles"),
        Argument::optional("region", Takes::Text, "NULL", "as of unify_profiles"),
    ],
    returns: &[
        Column::new("profile_id", "as the id column", "a profile that may be the contact's"),
        Column::new("match_probability", "double precision", "that it is this one, not another of them and nobody else"),
        Column::new("matched_by", "text", "the fields that agree, what says most first"),
    ],
    notes: "The values may be parameters ($1), and NULL where they are not known. They are normalised as the columns are, which are recognised as unify_profiles recognises them. A \
            profile is found by an equal e-mail address, telephone, identity number, day of birth or whole name; what else is given decides how \
            likely it is.\n\nNothing is learnt, so the odds are conventions: those of the surest key (the probabilities of unify_profiles' keys; a \
            whole name alone 0.50, a day of birth alone 0.05), times 2 to the bits of every other field, for equal, similar and different values: \
            national_id 7, 3, −5; email 6, 2, −0.5; birth_date 6, 2, −5; phone 5, 1.5, −0.5; family_name 4, 1.5, −1.5; street 4, 1.5, −1; given_name \
            3, 1, −4; postcode 3, 0.5, −1; company 2, 0.5, −0.5; city, house_number 1, 0.5, −0.5. Where the given name, the day of birth or the \
            identity number is another, what a household shares (family name, telephone, address) adds nothing. A profile that alone would be less \
            likely than 0.05 is none. As the contact is one person at most, the probability of each is its odds out of one and the odds of all: \
            of two profiles with the same address neither is surer than 0.5. Where a profile has several records, the likeliest counts.\n\nNobody is \
            no row. Errors: 22023 nothing given that the columns could find a profile by; 42703, 42804 as of unify_profiles.",
    source: "As of unify_profiles.",
    example: "SELECT profile_id, round(match_probability::numeric, 3) AS match_probability, matched_by\n\
              FROM identify((SELECT * FROM (VALUES (1, 'Ann Lee', 'ann.lee@gmail.com', '020 7946 0018'), (2, 'Bo Lee', 'bo@example.com', '020 7946 0018')) AS p(profile_id, name, email, phone)),\n\
              \u{20}             name => 'Bo Lee', phone => '+44 20 7946 0018');",
};

#[derive(Debug)]
pub struct Identify;

impl TableFunction for Identify {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let candidates = call.integer("candidates")?.and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
        let candidates = candidates.ok_or_else(|| call.impossible("candidates", "must be at least 1"))?;
        let known = MatchColumns::named(call)?;
        let named: Vec<Field> = GIVEN.into_iter().filter(|field| call.names(field.name())).collect();
        if !can_identify(&named, &known.fields) {
            return Err(nothing_to_find_by(call, &named, &known.fields));
        }
        let mut contact = vec![];
        for field in named {
            contact.extend(call.value_as_text(field.name())?.map(|text| (field, text)));
        }
        let given: Vec<Field> = contact.iter().map(|(field, _)| *field).collect();
        let columns = known.fields.iter().zip(known.columns.iter().flatten()).filter(|(column, _)| is_asked(**column, &given));
        let (columns, texts): (Vec<Field>, Vec<Expr>) =
            columns.filter_map(|(column, expr)| Some((*column, expr.clone()?))).unzip();
        let region = region(call)?;
        let id = call.required_column("id")?;
        // The id is an argument too, for a function without columns would be a constant.
        let arguments: Vec<Expr> = std::iter::once(id.clone()).chain(texts).collect();
        let asked = |wanted: Wanted| {
            let (contact, columns, region) = (contact.clone(), columns.clone(), region.clone());
            ScalarUDF::from(Look::new(wanted, contact, columns, region)).call(arguments.clone())
        };
        ranked(call.relation()?.plan.clone(), id, [asked(Wanted::Odds), asked(Wanted::MatchedBy)], candidates)
    }
}

/// The profiles that are found, the likeliest first.
fn ranked(profiles: LogicalPlan, id: Expr, [odds, matched_by]: [Expr; 2], candidates: usize) -> Result<LogicalPlan> {
    let best = vec![col("odds").sort(false, false), col("matched_by").sort(true, false)];
    let why = first_value_udaf().call(vec![col("matched_by")]).order_by(best).build()?;
    let of_profile = LogicalPlanBuilder::from(profiles)
        .filter(odds.clone().is_not_null().and(id.clone().is_not_null()))?
        .project(vec![id.alias("profile_id"), odds.alias("odds"), matched_by.alias("matched_by")])?
        .aggregate(vec![col("profile_id")], vec![max(col("odds")).alias("odds"), why.alias("matched_by")])?
        .build()?;
    let of_all = append_aggregates(of_profile, vec![exact_sum(col("odds")).alias("of_all")])?;
    let probability = col("odds") / (lit(1.0_f64) + col("of_all"));
    LogicalPlanBuilder::from(of_all)
        .project(vec![col("profile_id"), probability.alias("match_probability"), col("matched_by")])?
        .sort(vec![col("match_probability").sort(false, false), col("profile_id").sort(true, false)])?
        .limit(0, Some(candidates))?
        .build()
}

fn nothing_to_find_by(call: &Call, given: &[Field], columns: &[Field]) -> datafusion::error::DataFusionError {
    let list = |fields: &[Field]| match fields {
        [] => "nothing".to_owned(),
        fields => fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", "),
    };
    let message = format!(
        "{}: {} is given and the profiles have {}; a profile is found by email, phone, national_id, birth_date or a whole name",
        call.doc().name,
        list(given),
        list(columns)
    );
    let hint = "Give one of these, and say with match_on what the columns of the profiles mean";
    CustomerError::invalid_value(message).hint(hint).into()
}

/// What is asked of a profile. Two functions and not one with two fields: fields are taken below the condition, where all profiles are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    Odds,
    MatchedBy,
}

impl Wanted {
    const ALL: [Self; 2] = [Self::Odds, Self::MatchedBy];

    fn name(self) -> &'static str {
        match self {
            Self::Odds => "contact_odds",
            Self::MatchedBy => "contact_matched_by",
        }
    }
}

/// Looks for a contact in profiles: takes the profile's id and its columns of any type, gives NULL for one that it is not.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Look {
    wanted: Wanted,
    contact: Vec<(Field, String)>,
    columns: Vec<Field>,
    region: Option<String>,
    signature: Signature,
}

impl Look {
    fn new(wanted: Wanted, contact: Vec<(Field, String)>, columns: Vec<Field>, region: Option<String>) -> Self {
        Self { wanted, contact, columns, region, signature: Signature::variadic_any(Volatility::Immutable) }
    }

    pub(crate) fn to_message(&self) -> messages::Look {
        let said = |(field, text): &(Field, String)| messages::Said { field: field.name().to_owned(), text: text.clone() };
        messages::Look {
            contact: self.contact.iter().map(said).collect(),
            columns: self.columns.iter().map(|column| column.name().to_owned()).collect(),
            region: self.region.clone(),
        }
    }

    /// The function of this name with what was read of it; `None` where it is another function.
    pub(crate) fn of_message(name: &str, message: impl FnOnce() -> Result<messages::Look>) -> Result<Option<Self>> {
        let Some(wanted) = Wanted::ALL.into_iter().find(|wanted| wanted.name() == name) else { return Ok(None) };
        let messages::Look { contact, columns, region } = message()?;
        let field = |name: &str| {
            Field::named(name).ok_or_else(|| plan_datafusion_err!("{} cannot be read: {name} is no field", wanted.name()))
        };
        let contact = contact.into_iter().map(|said| Ok((field(&said.field)?, said.text))).collect::<Result<_>>()?;
        let columns = columns.iter().map(|name| field(name)).collect::<Result<_>>()?;
        Ok(Some(Self::new(wanted, contact, columns, region)))
    }
}

impl ScalarUDFImpl for Look {
    fn name(&self) -> &str {
        self.wanted.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.wanted {
            Wanted::Odds => DataType::Float64,
            Wanted::MatchedBy => DataType::Utf8,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = args.args.iter().skip(1).map(|column| Said::of(&column.to_array(args.number_rows)?));
        let columns = columns.collect::<Result<Vec<Said>>>()?;
        let given: Vec<_> = self.contact.iter().map(|(field, text)| (*field, Some(text.as_str()))).collect();
        let mut contact = Contact::new(&given, &self.columns, self.region.as_deref());
        let day = contact.birth_date().and_then(Date32Type::parse);
        let found = (0..args.number_rows).map(|row| {
            let is_day = columns.iter().any(|column| column.is_day(row, day));
            let may_be = is_day || contact.may_be(|column| columns.get(column).and_then(|said| said.text(row)));
            let texts = || columns.iter().map(|said| said.written(row)).collect::<Vec<Option<Cow<str>>>>();
            may_be.then(|| contact.candidate(&texts().iter().map(Option::as_deref).collect::<Vec<_>>())).flatten()
        });
        Ok(ColumnarValue::Array(match self.wanted {
            Wanted::Odds => Arc::new(found.map(|found| found.map(|found| found.odds)).collect::<Float64Array>()),
            Wanted::MatchedBy => Arc::new(found.map(|found| found.map(|found| found.matched_by)).collect::<StringArray>()),
        }))
    }
}

/// A column of profiles, as scans have it: views of texts are not copied, and days stay numbers, for most of them are never read.
enum Said {
    Texts(StringViewArray),
    Days(Date32Array),
}

impl Said {
    fn of(column: &ArrayRef) -> Result<Self> {
        Ok(match column.as_primitive_opt::<Date32Type>() {
            Some(days) => Self::Days(days.clone()),
            None => Self::Texts(cast_array(column, &DataType::Utf8View)?.as_string_view().clone()),
        })
    }

    fn is_day(&self, row: usize, day: Option<i32>) -> bool {
        matches!(self, Self::Days(days) if days.is_valid(row) && Some(days.value(row)) == day)
    }

    fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Texts(texts) if texts.is_valid(row) => Some(texts.value(row)),
            _ => None,
        }
    }

    fn written(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Texts(_) => self.text(row).map(Cow::Borrowed),
            Self::Days(days) => days.is_valid(row).then(|| days.value_as_date(row)).flatten().map(|day| day.to_string().into()),
        }
    }
}
