//! `propensity_fit`: learns from customers of whom the answer is known.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, StringArray, StructArray, new_empty_array};
use datafusion::arrow::compute::{and, concat, filter, is_not_null};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::scalar::ScalarStructBuilder;
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature};
use datafusion::physical_expr::expressions::Literal;

use super::history_fit::list_scalar;
use crate::args::{anything, check, is_truth, truths};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::feature_columns::{ANY, all_columns, error, is_feature};
use crate::learning::propensity::{Choice, Propensity, fit};
use crate::learning::scores::CalibrationBin;
use crate::type_name::type_name;

pub const LABEL: &str = "whether the customer did it: boolean, 1 and 0, or 'yes' and 'no'; rows with a NULL are left out";

pub const METHOD: Argument = Argument::optional(
    "method",
    Takes::Text,
    "'auto'",
    "'logistic' (regression), 'trees' (gradient boosting), or 'auto' for trees where they foretell better by more than a standard error",
);

pub const NOTES: &str = "All figures are of rows that the model had not seen: of five parts each is foretold by what was learned from the other four (cross-validation); \
     the model returned is learned from all. `calibration` has ten parts of the rows by what was foretold of them: rows, low and high probability, foretold \
     (mean) and happened (share). Scores are probabilities (Platt's line). `status` is 'converged', or says why there is no model \
     ('fewer than 10 rows of one label') or what is doubtful: a feature that alone nearly tells the label (AUC of 0.98 or more) was most probably written after the fact. \
     Numbers, truth values, dates and timestamps (days) are taken by their size, texts by the 200 most frequent ones and whether there is another one; NULL and NaN are a value of \
     their own: missing. Of more than 200000 rows a sample is learned from, in equal shares of the labels. The result depends neither on the order of rows nor on threads. \
     Errors: 22023 for a label that is neither and for infinite numbers; 42701 for a feature named twice; 42804 for one of another type. Memory: that of the rows.";

pub const SOURCE: &str = "Friedman 2001, \"Greedy function approximation: a gradient boosting machine\"; Chen and Guestrin 2016, \"XGBoost\"; Ke et al. 2017, \"LightGBM\", for trees; \
     Platt 1999, \"Probabilistic outputs for support vector machines\"; Kaufman, Rosset and Perlich 2012, \"Leakage in data mining\".";

pub static DOC: Doc = Doc {
    name: "propensity_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Learns from customers of whom it is known who will: a model that `propensity` asks, and how good it is.",
    arguments: &[
        Argument::required("label", Takes::Value("boolean, or 1 and 0"), LABEL),
        Argument::required(
            "features",
            Takes::Value("struct"),
            "what is known of them, by name: named_struct('tenure', tenure, …)",
        ),
        METHOD,
    ],
    returns: &[Column::new(
        "",
        "struct",
        "model (bytea; NULL where nothing can be learned), features (text[]), auc, log_loss, calibration, status, learner, rows, positives, share_log_loss \
         (of a score that is the share of the label for everyone)",
    )],
    notes: NOTES,
    source: SOURCE,
    example: "WITH t AS (SELECT i, i % 7 AS visits, i % 7 > 3 AND i % 5 > 0 AS bought FROM generate_series(1, 200) AS g(i)),\n\
              \u{20}    m AS (SELECT propensity_fit(bought, named_struct('visits', visits)) AS fit FROM t)\n\
              SELECT round((fit).auc::numeric, 2) AS auc, (fit).learner, (fit).status FROM m;",
};

/// `propensity_fit(label, features, method)` as an expression.
pub(crate) fn propensity_fit(arguments: Vec<Expr>) -> Expr {
    AggregateUDF::from(PropensityFit::default()).call(arguments)
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct PropensityFit {
    signature: Signature,
}

impl Default for PropensityFit {
    fn default() -> Self {
        Self { signature: anything() }
    }
}

/// The learners by name.
const METHODS: [(&str, Choice); 3] = [("auto", Choice::Auto), ("trees", Choice::Trees), ("logistic", Choice::Logistic)];

/// Their names.
pub fn methods() -> [&'static str; 3] {
    METHODS.map(|(name, _)| name)
}

fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

fn calibration_fields() -> Fields {
    let doubles = ["low", "high", "foretold", "happened"].map(|name| Field::new(name, DataType::Float64, true));
    std::iter::once(Field::new("rows", DataType::Int64, true)).chain(doubles).collect()
}

/// What a fit returns: of views of bytes, so that rows that are joined with a model share it.
pub fn returned() -> Vec<(&'static str, DataType)> {
    vec![
        ("model", DataType::BinaryView),
        ("features", list_of(DataType::Utf8)),
        ("auc", DataType::Float64),
        ("log_loss", DataType::Float64),
        ("calibration", list_of(DataType::Struct(calibration_fields()))),
        ("status", DataType::Utf8),
        ("learner", DataType::Utf8),
        ("rows", DataType::Int64),
        ("positives", DataType::Int64),
        ("share_log_loss", DataType::Float64),
    ]
}

/// The fields of the features, each of a type that can be one.
fn features_of(types: &[DataType]) -> Result<&Fields> {
    let wrong = |message: String| Err(CustomerError::wrong_type(format!("{}: {message}", DOC.name)).into());
    let fields = match types.get(1) {
        Some(DataType::Struct(fields)) => fields,
        other => {
            let there = other.map(type_name).unwrap_or_default();
            return wrong(format!("features must be a struct such as named_struct('tenure', tenure), not {there}"));
        }
    };
    match fields.iter().find(|field| !is_feature(field.data_type())) {
        Some(field) => wrong(format!("feature {} must be of {ANY}, not {}", field.name(), type_name(field.data_type()))),
        None => Ok(fields),
    }
}

impl AggregateUDFImpl for PropensityFit {
    fn name(&self) -> &str {
        DOC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(&DOC, types)?;
        features_of(types)?;
        if let Some(label) = types.first().filter(|label| !is_truth(label)) {
            let there = type_name(label);
            return Err(CustomerError::wrong_type(format!("{}: label must be boolean, or 1 and 0, not {there}", DOC.name)).into());
        }
        Ok(DataType::Struct(returned().into_iter().map(|(name, of)| Field::new(name, of, true)).collect()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let Some(features) = args.input_fields.get(1) else { return Err(internal_datafusion_err!("{} has features", DOC.name)) };
        let list =
            |part: &str, item: &DataType| Arc::new(Field::new(format!("{}[{part}]", args.name), list_of(item.clone()), true));
        Ok(vec![list("label", &DataType::Boolean), list("features", features.data_type())])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let choice = args.exprs.get(2).map(|method| method_of(method.downcast_ref::<Literal>().map(Literal::value)));
        let Some(features) = args.expr_fields.get(1) else { return Err(internal_datafusion_err!("{} has features", DOC.name)) };
        Ok(Box::new(Customers {
            choice: choice.transpose()?.unwrap_or(Choice::Auto),
            of: features.data_type().clone(),
            labels: vec![],
            features: vec![],
        }))
    }
}

fn method_of(given: Option<&ScalarValue>) -> Result<Choice> {
    let given = given.and_then(ScalarValue::try_as_str).flatten().unwrap_or_default();
    let found = METHODS.iter().find(|(name, _)| name.eq_ignore_ascii_case(given));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let message = format!("{}: method is a constant, one of {}", DOC.name, methods().join(", "));
        CustomerError::invalid_value(message).suggest(given, methods()).into()
    })
}

/// Customers so far; their order does not matter to the result.
#[derive(Debug)]
struct Customers {
    choice: Choice,
    /// The type of their features.
    of: DataType,
    labels: Vec<ArrayRef>,
    features: Vec<ArrayRef>,
}

impl Customers {
    fn all(parts: &[ArrayRef], of: &DataType) -> Result<ArrayRef> {
        if parts.is_empty() {
            return Ok(new_empty_array(of));
        }
        Ok(concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
    }
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [label, features, ..] = values else { return Err(internal_datafusion_err!("{} takes two arguments", DOC.name)) };
        let labels: ArrayRef = Arc::new(truths(DOC.name, "label", label)?);
        let known = and(&is_not_null(&labels)?, &is_not_null(features)?)?;
        self.labels.push(filter(&labels, &known)?);
        self.features.push(filter(features, &known)?);
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [labels, features] = states else { return Err(internal_datafusion_err!("{} has two state fields", DOC.name)) };
        for (labels, features) in labels.as_list::<i32>().iter().zip(features.as_list::<i32>().iter()) {
            if let (Some(labels), Some(features)) = (labels, features) {
                self.labels.push(labels);
                self.features.push(features);
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let labels = Self::all(&self.labels, &DataType::Boolean)?;
        Ok(vec![list_scalar(labels), list_scalar(Self::all(&self.features, &self.of)?)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let labels = Self::all(&self.labels, &DataType::Boolean)?;
        let features = Self::all(&self.features, &self.of)?;
        let (Some(labels), Some(features)) = (labels.as_boolean_opt(), features.as_struct_opt()) else {
            return Err(internal_datafusion_err!("{}: labels or features are of another type", DOC.name));
        };
        let labels: Vec<bool> = labels.values().iter().collect();
        let columns = all_columns(features)?;
        value(&fit(&columns, &labels, self.choice).map_err(|why| error(DOC.name, &why))?, &columns)
    }

    fn size(&self) -> usize {
        let parts = self.labels.iter().chain(&self.features);
        size_of_val(self) + parts.map(|part| part.get_array_memory_size()).sum::<usize>()
    }
}

/// The struct of a fit.
fn value<C>(found: &Propensity, columns: &[(String, C)]) -> Result<ScalarValue> {
    let count = |rows: usize| ScalarValue::Int64(i64::try_from(rows).ok());
    let quality = found.quality.as_ref();
    let names: StringArray = columns.iter().map(|(name, _)| Some(name.as_str())).collect();
    let calibration = quality.map(|quality| calibration(&quality.calibration)).transpose()?;
    let values = vec![
        ScalarValue::BinaryView(found.model.as_ref().map(|model| model.to_bytes())),
        list_scalar(Arc::new(names)),
        ScalarValue::Float64(quality.map(|quality| quality.auc)),
        ScalarValue::Float64(quality.map(|quality| quality.log_loss)),
        calibration.map_or_else(|| ScalarValue::try_from(&list_of(DataType::Struct(calibration_fields()))), Ok)?,
        ScalarValue::from(found.status.as_ref()),
        ScalarValue::Utf8(found.model.as_ref().map(|model| model.learner.name().to_owned())),
        count(found.rows),
        count(found.positives),
        ScalarValue::Float64(quality.map(|quality| quality.log_loss_of_share)),
    ];
    let named = returned().into_iter().zip(values);
    let add = |builder: ScalarStructBuilder, ((name, of), value)| builder.with_scalar(Field::new(name, of, true), value);
    named.fold(ScalarStructBuilder::new(), add).build()
}

fn calibration(bins: &[CalibrationBin]) -> Result<ScalarValue> {
    let double =
        |of: fn(&CalibrationBin) -> f64| -> ArrayRef { Arc::new(bins.iter().map(|bin| Some(of(bin))).collect::<Float64Array>()) };
    let rows: Int64Array = bins.iter().map(|bin| i64::try_from(bin.rows).ok()).collect();
    let columns = vec![
        Arc::new(rows) as ArrayRef,
        double(|bin| bin.low),
        double(|bin| bin.high),
        double(|bin| bin.foretold),
        double(|bin| bin.happened),
    ];
    Ok(list_scalar(Arc::new(StructArray::try_new(calibration_fields(), columns, None)?)))
}
