//! The arguments of one call of a table function: typed, validated, with one style of error.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;

use crate::doc::{Argument, Default, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::notice::Notices;
use crate::relation::column;
use crate::time::Time;
use crate::type_name::type_name;

/// A relation that a call was given.
#[derive(Clone, Debug)]
pub struct Relation {
    pub plan: LogicalPlan,
    /// The table's name; for a query the option's name, or its position among the relations (1, 2, …) as text.
    pub name: String,
}

/// One call of a table function, checked against its documentation: no unknown option, none missing, every value of the right
/// type, every named column there.
#[derive(Debug)]
pub struct Call {
    doc: &'static Doc,
    relations: Vec<Relation>,
    relation_options: HashMap<String, Relation>,
    values: HashMap<String, ScalarValue>,
    config: Arc<ConfigOptions>,
}

impl Call {
    /// Errors: 42883 unknown or missing option, 42703 unknown column, 42804 wrong type. A column that is not there is reported
    /// before anything that is missing, because it is the likelier mistake.
    pub(crate) fn new(
        doc: &'static Doc,
        relations: Vec<Relation>,
        relation_options: HashMap<String, Relation>,
        values: HashMap<String, Expr>,
        config: &ConfigOptions,
    ) -> Result<Self> {
        let config = Arc::new(config.clone());
        let mut constants = HashMap::new();
        let mut names: Vec<_> = values.keys().chain(relation_options.keys()).cloned().collect();
        names.sort_unstable();
        for name in &names {
            check_known(doc, name)?;
        }
        for (name, expr) in values {
            constants.insert(name.clone(), constant(doc, &name, expr, &config)?);
        }
        let call = Self { doc, relations, relation_options, values: constants, config };
        call.check()?;
        Ok(call)
    }

    fn check(&self) -> Result<()> {
        let options = || self.doc.arguments.iter();
        for option in options().filter(|o| o.takes == Takes::Column) {
            if let Some(name) = self.text(option.name)? {
                for relation in &self.relations {
                    column(self.doc, option.name, &name, relation)?;
                }
            }
        }
        for option in options().filter(|o| o.takes == Takes::ColumnList) {
            for name in self.text_list(option.name)?.unwrap_or_default() {
                for relation in &self.relations {
                    column(self.doc, option.name, &name, relation)?;
                }
            }
        }
        let relations_wanted = options().filter(|o| is_positional(o) && o.default == Default::Required).count();
        let relations_max =
            if options().any(|o| is_positional(o) && o.default != Default::Required) { usize::MAX } else { relations_wanted };
        if self.relations.len() < relations_wanted || self.relations.len() > relations_max {
            let message = format!("{} takes {relations_wanted} relation(s), not {}", self.doc.name, self.relations.len());
            return Err(self.usage(CustomerError::undefined_function(message)));
        }
        for option in options().filter(|o| !is_positional(o) && o.default == Default::Required) {
            if self.values.get(option.name).is_some_and(ScalarValue::is_null) {
                let message = format!("{}: {} must not be NULL", self.doc.name, option.name);
                return Err(self.usage(CustomerError::null_value(message)));
            }
            if !self.values.contains_key(option.name) && !self.relation_options.contains_key(option.name) {
                let message = format!("{}: {} => {} is missing", self.doc.name, option.name, option.takes.name());
                return Err(self.usage(CustomerError::undefined_function(message)));
            }
        }
        for option in options() {
            match option.takes {
                Takes::Text => drop(self.text(option.name)?),
                Takes::TextList => drop(self.text_list(option.name)?),
                Takes::Integer => drop(self.integer(option.name)?),
                Takes::Double => drop(self.double(option.name)?),
                Takes::Boolean => drop(self.boolean(option.name)?),
                Takes::Time => drop(self.time(option.name)?),
                Takes::Interval => drop(self.interval(option.name)?),
                Takes::Relation | Takes::Row | Takes::Column | Takes::ColumnList | Takes::Model | Takes::Covariates => {}
                Takes::Number | Takes::Measure | Takes::Date | Takes::Value(_) => {}
            }
        }
        Ok(())
    }

    fn usage(&self, error: CustomerError) -> datafusion::error::DataFusionError {
        error.hint(format!("Write {}", self.doc.signature())).into()
    }

    pub fn doc(&self) -> &'static Doc {
        self.doc
    }

    pub fn config(&self) -> &Arc<ConfigOptions> {
        &self.config
    }

    /// The session's time zone; UTC where none is set.
    pub fn time_zone(&self) -> &str {
        self.config.execution.time_zone.as_deref().unwrap_or("UTC")
    }

    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Where the session's functions say what they have to say beside their results.
    pub fn notices(&self) -> Option<Notices> {
        self.config.extensions.get::<Notices>().cloned()
    }

    /// The first relation, for the functions that take one.
    pub fn relation(&self) -> Result<&Relation> {
        self.relations.first().ok_or_else(|| self.usage(CustomerError::undefined_function("a relation is missing")))
    }

    /// An option that is a relation, such as `segments => (SELECT …)`.
    pub fn relation_option(&self, name: &str) -> Option<&Relation> {
        self.relation_options.get(name)
    }

    /// The column of the first relation that an option names; `None` where the option is off.
    pub fn column(&self, option: &str) -> Result<Option<Expr>> {
        self.text(option)?.map(|name| column(self.doc, option, &name, self.relation()?)).transpose()
    }

    /// The columns of the first relation that an option lists, each with its name.
    ///
    /// Errors: 22023 for none, 42701 for one that is named twice, 42804 for one whose type does not pass the test.
    pub fn columns(&self, option: &str, expected: &str, test: impl Fn(&DataType) -> bool) -> Result<Vec<(String, Expr)>> {
        let mut columns: Vec<(String, Expr)> = vec![];
        for name in self.text_list(option)?.unwrap_or_default() {
            let column = column(self.doc, option, &name, self.relation()?)?;
            self.expect_type(option, &column, expected, &test)?;
            let name = column.try_as_col().map_or(name, |column| column.name.clone());
            if columns.iter().any(|(other, _)| *other == name) {
                let message = format!("{}: {option} names the column \"{name}\" twice", self.doc.name);
                return Err(CustomerError::duplicate_column(message).into());
            }
            columns.push((name, column));
        }
        if columns.is_empty() { Err(self.impossible(option, "must name one column or more")) } else { Ok(columns) }
    }

    /// As [`Call::column`], for an option that has to be there.
    pub fn required_column(&self, option: &str) -> Result<Expr> {
        self.column(option)?.ok_or_else(|| {
            let message = format!("{}: {option} => column name is missing", self.doc.name);
            self.usage(CustomerError::undefined_function(message))
        })
    }

    /// The type of a column of the first relation.
    pub fn type_of(&self, column: &Expr) -> Result<DataType> {
        column.get_type(self.relation()?.plan.schema().as_ref())
    }

    /// 42804 unless the type of the column that `option` names passes the test.
    pub fn expect_type(&self, option: &str, column: &Expr, expected: &str, test: impl Fn(&DataType) -> bool) -> Result<DataType> {
        let there = self.type_of(column)?;
        if test(&there) {
            return Ok(there);
        }
        let name = column.try_as_col().map_or_else(|| column.schema_name().to_string(), |column| column.name.clone());
        Err(CustomerError::wrong_type(format!(
            "{}: {option} needs a column of {expected}, but \"{name}\" is {}",
            self.doc.name,
            type_name(&there)
        ))
        .into())
    }

    /// What was given for an option; NULL counts as nothing.
    pub fn given(&self, name: &str) -> Option<&ScalarValue> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// What was given for an option, or its default.
    fn value(&self, name: &str) -> Option<ScalarValue> {
        if let Some(value) = self.given(name) {
            return Some(value.clone());
        }
        match self.doc.option(name)?.default {
            Default::Is("NULL") | Default::Required => None,
            Default::Is(text) => Some(ScalarValue::from(text.trim_matches('\''))),
        }
    }

    fn wrong_type(&self, name: &str, expected: &str, there: &ScalarValue) -> datafusion::error::DataFusionError {
        let message = format!("{}: {name} takes {expected}, not {} ({there})", self.doc.name, type_name(&there.data_type()));
        self.usage(CustomerError::wrong_type(message))
    }

    /// 22007, for a text that is not what it should be; 42804 for what is no text.
    fn unreadable(&self, name: &str, expected: &str, there: &ScalarValue) -> datafusion::error::DataFusionError {
        match there.try_as_str() {
            Some(Some(text)) => {
                let message = format!("{}: {name} takes {expected}, not '{text}'", self.doc.name);
                CustomerError::invalid_time(message).into()
            }
            _ => self.wrong_type(name, expected, there),
        }
    }

    /// 22023, for a value of the right type that cannot be.
    pub fn impossible(&self, name: &str, why: impl std::fmt::Display) -> datafusion::error::DataFusionError {
        CustomerError::invalid_value(format!("{}: {name} {why}", self.doc.name)).into()
    }

    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.try_as_str() {
            Some(text) => Ok(text.map(str::to_string)),
            None => Err(self.wrong_type(name, "text", &value)),
        }
    }

    /// A value of any type as text, such as a date; `None` where it is NULL.
    pub fn value_as_text(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.cast_to(&DataType::Utf8).map_err(|_| self.wrong_type(name, "text", &value))?;
        Ok(text.try_as_str().flatten().map(str::to_owned))
    }

    /// Whether an option is given, be it NULL.
    pub fn names(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// One of a few words; anything else is 22023.
    pub fn choice(&self, name: &str, choices: &[&'static str]) -> Result<&'static str> {
        let given = self.text(name)?.unwrap_or_default();
        choices.iter().find(|c| c.eq_ignore_ascii_case(&given)).copied().ok_or_else(|| {
            let message = format!("{}: {name} is one of {}, not '{given}'", self.doc.name, choices.join(", "));
            CustomerError::invalid_value(message).suggest(&given, choices.iter().copied()).into()
        })
    }

    pub fn integer(&self, name: &str) -> Result<Option<i64>> {
        self.number(name, &DataType::Int64, "an integer").map(|value| match value {
            Some(ScalarValue::Int64(value)) => value,
            _ => None,
        })
    }

    pub fn double(&self, name: &str) -> Result<Option<f64>> {
        self.number(name, &DataType::Float64, "a number").map(|value| match value {
            Some(ScalarValue::Float64(value)) => value,
            _ => None,
        })
    }

    /// Numbers keep their value when they are converted: 2.0 is an integer, 2.5 is not.
    fn number(&self, name: &str, target: &DataType, expected: &str) -> Result<Option<ScalarValue>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let is_default = self.given(name).is_none();
        if !is_default && !value.data_type().is_numeric() {
            return Err(self.wrong_type(name, expected, &value));
        }
        let exact = |v: &ScalarValue| v.cast_to(&DataType::Float64).ok();
        match value.cast_to(target) {
            Ok(cast) if !cast.is_null() && (is_default || exact(&cast) == exact(&value)) => Ok(Some(cast)),
            _ => Err(self.wrong_type(name, expected, &value)),
        }
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.cast_to(&DataType::Boolean) {
            Ok(ScalarValue::Boolean(cast)) if !value.data_type().is_numeric() => Ok(cast),
            _ => Err(self.wrong_type(name, "true or false", &value)),
        }
    }

    /// A list of texts, from `ARRAY['a', 'b']`; one text counts as a list of one.
    pub fn text_list(&self, name: &str) -> Result<Option<Vec<String>>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        if let Some(Some(text)) = value.try_as_str() {
            return Ok(Some(vec![text.to_string()]));
        }
        let ScalarValue::List(list) = &value else { return Err(self.wrong_type(name, "a list of texts", &value)) };
        let items = list.value(0);
        (0..items.len())
            .map(|i| match ScalarValue::try_from_array(&items, i)?.try_as_str() {
                Some(Some(text)) => Ok(text.to_string()),
                _ if items.is_null(i) || items.data_type().is_null() => {
                    let message = format!("{}: {name} must not have a NULL among its elements", self.doc.name);
                    Err(self.usage(CustomerError::null_value(message)))
                }
                _ => Err(self.wrong_type(name, "a list of texts", &value)),
            })
            .collect::<Result<Vec<_>>>()
            .map(Some)
    }

    pub fn time(&self, name: &str) -> Result<Option<Time>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        Time::read(&value).map(Some).ok_or_else(|| self.unreadable(name, "a date or timestamp such as '2025-06-30'", &value))
    }

    pub fn interval(&self, name: &str) -> Result<Option<IntervalMonthDayNano>> {
        use datafusion::arrow::datatypes::{DataType::Interval, IntervalUnit::MonthDayNano};
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.cast_to(&Interval(MonthDayNano)) {
            Ok(ScalarValue::IntervalMonthDayNano(Some(interval))) if !value.data_type().is_numeric() => Ok(Some(interval)),
            _ => Err(self.unreadable(name, "an interval such as '90 days'", &value)),
        }
    }
}

/// Relations that are required, and the further ones of a function that takes any number, are given by position; all others are options.
fn is_positional(argument: &Argument) -> bool {
    argument.takes == Takes::Relation && (argument.default == Default::Required || argument.name == "relations")
}

fn check_known(doc: &'static Doc, name: &str) -> Result<()> {
    let known = doc.arguments.iter().filter(|a| !is_positional(a)).map(|a| a.name);
    if doc.kind == Kind::Table && known.clone().any(|k| k == name) {
        return Ok(());
    }
    let list: Vec<_> = known.clone().collect();
    let message = format!("{} has no option {name}; it has {}", doc.name, list.join(", "));
    Err(CustomerError::undefined_function(message).suggest(name, known).into())
}

/// Options are constants: known when the query is planned.
fn constant(doc: &Doc, name: &str, expr: Expr, config: &Arc<ConfigOptions>) -> Result<ScalarValue> {
    let context = SimplifyContext::builder().with_config_options(Arc::clone(config)).build();
    let simplifier = ExprSimplifier::new(context);
    let shown = expr.to_string();
    let simplified = simplifier.coerce(expr, &DFSchema::empty()).and_then(|e| simplifier.simplify(e))?;
    match simplified {
        Expr::Literal(value, _) => Ok(value),
        _ => Err(CustomerError::unsupported(format!("{}: {name} must be a constant, not {shown}", doc.name)).into()),
    }
}
