//! `micro_segment`: customers that are alike, and what the segments are like. Used by `micro_segments` and `describe_segments` alone.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, StringArray, StructArray, UInt32Array, new_empty_array,
};
use datafusion::arrow::compute::filter;
use datafusion::arrow::compute::{concat, is_not_null, sort_to_indices, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Float64Type};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature};

use super::history_fit::list_scalar;
use crate::args::anything;
use crate::error::CustomerError;
use crate::feature_columns::numbers;
use crate::models::segments::{Features, segments};

pub const NAME: &str = "micro_segment";

/// Most segments that can be asked for.
pub const SEGMENTS_MAX: u64 = 100;

/// The columns of a member, in order.
pub const MEMBER: [&str; 3] = ["id", "segment", "distance"];
/// Those of a description.
pub const DESCRIPTION: [&str; 6] = ["segment", "size", "feature", "mean", "population_mean", "z"];

/// What is wanted of segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// The segment of each customer.
    Members,
    /// What the segments are like, with the names of the features.
    Descriptions(Vec<String>),
}

/// The list of rows that is wanted, as an expression over the id and the features.
pub fn micro_segment(wanted: Wanted, k: Option<u64>, columns: Vec<Expr>) -> Expr {
    AggregateUDF::from(MicroSegment::new(wanted, k)).call(columns)
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct MicroSegment {
    pub(crate) wanted: Wanted,
    /// How many; `None` for as many as are best apart.
    pub(crate) k: Option<u64>,
    signature: Signature,
}

impl MicroSegment {
    pub(crate) fn new(wanted: Wanted, k: Option<u64>) -> Self {
        Self { wanted, k, signature: anything() }
    }
}

fn fields(wanted: &Wanted, id: &DataType) -> Fields {
    let (names, types): (&[&str], Vec<DataType>) = match wanted {
        Wanted::Members => (&MEMBER, vec![id.clone(), DataType::Int64, DataType::Float64]),
        Wanted::Descriptions(_) => {
            let [double, count] = [DataType::Float64, DataType::Int64];
            (&DESCRIPTION, vec![count.clone(), count, DataType::Utf8, double.clone(), double.clone(), double])
        }
    };
    names.iter().zip(types).map(|(name, of)| Field::new(*name, of, true)).collect()
}

impl AggregateUDFImpl for MicroSegment {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let id = types.first().ok_or_else(|| internal_datafusion_err!("{NAME} takes an id and features"))?;
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields(&self.wanted, id)), true))))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let id = args.input_fields.first().ok_or_else(|| internal_datafusion_err!("{NAME} takes an id and features"))?;
        let list = |part: &str, item: &DataType| {
            let item = Arc::new(Field::new_list_field(item.clone(), true));
            Arc::new(Field::new(format!("{}[{part}]", args.name), DataType::List(item), true))
        };
        Ok(vec![list("id", id.data_type()), list("features", &DataType::Float64)])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let id = args.expr_fields.first().ok_or_else(|| internal_datafusion_err!("{NAME} takes an id and features"))?;
        Ok(Box::new(Customers {
            wanted: self.wanted.clone(),
            k: self.k.map(usize::try_from).transpose().map_err(|_| internal_datafusion_err!("{NAME}: k is too large"))?,
            id: id.data_type().clone(),
            ids: vec![],
            count: args.expr_fields.len() - 1,
            features: Features::new(args.expr_fields.len() - 1),
        }))
    }
}

/// Customers so far.
#[derive(Debug)]
struct Customers {
    wanted: Wanted,
    k: Option<usize>,
    id: DataType,
    ids: Vec<ArrayRef>,
    count: usize,
    features: Features,
}

impl Customers {
    fn function(&self) -> &'static str {
        match self.wanted {
            Wanted::Members => "micro_segments",
            Wanted::Descriptions(_) => "describe_segments",
        }
    }

    fn add(&mut self, row: &[Option<f64>]) -> Result<()> {
        let function = self.function();
        Ok(self.features.add(row).map_err(|why| CustomerError::invalid_value(format!("{function}: {why}")))?)
    }

    fn ids(&self) -> Result<ArrayRef> {
        if self.ids.is_empty() {
            return Ok(new_empty_array(&self.id));
        }
        Ok(concat(&self.ids.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
    }

    fn members(&self) -> Result<Vec<ArrayRef>> {
        let ids = self.ids()?;
        let found = segments(&self.features, self.k);
        let members = found.as_ref().map_or(&[][..], |found| &found.members);
        let order = sort_to_indices(&ids, None, None)?;
        let segment: Int64Array = members.iter().map(|member| i64::try_from(member.segment).ok()).collect();
        let distance: Float64Array = members.iter().map(|member| Some(member.distance)).collect();
        let columns: [ArrayRef; 3] = [ids, Arc::new(segment), Arc::new(distance)];
        columns.iter().map(|column| Ok(take(column, &order as &UInt32Array, None)?)).collect()
    }

    fn descriptions(&self, names: &[String]) -> Vec<ArrayRef> {
        let found = segments(&self.features, self.k);
        let rows = found.map(|found| found.describe(&self.features)).unwrap_or_default();
        let doubles =
            |of: &dyn Fn(usize) -> Option<f64>| -> ArrayRef { Arc::new((0..rows.len()).map(of).collect::<Float64Array>()) };
        vec![
            Arc::new(rows.iter().map(|row| i64::try_from(row.segment).ok()).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| i64::try_from(row.size).ok()).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| names.get(row.feature)).collect::<StringArray>()),
            doubles(&|row| rows[row].mean),
            doubles(&|row| rows[row].population_mean),
            doubles(&|row| rows[row].z),
        ]
    }
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some((ids, features)) = values.split_first() else {
            return Err(internal_datafusion_err!("{NAME} takes an id and features"));
        };
        let known = is_not_null(ids)?;
        let features = features.iter().map(numbers).collect::<Result<Vec<_>>>()?;
        let mut row = Vec::with_capacity(features.len());
        for (at, _) in known.values().iter().enumerate().filter(|(_, known)| *known) {
            row.clear();
            row.extend(features.iter().map(|feature| feature.is_valid(at).then(|| feature.value(at))));
            self.add(&row)?;
        }
        self.ids.push(filter(ids, &known)?);
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [ids, features] = states else { return Err(internal_datafusion_err!("{NAME} has two state fields")) };
        for (ids, features) in ids.as_list::<i32>().iter().zip(features.as_list::<i32>().iter()) {
            let (Some(ids), Some(features)) = (ids, features) else { continue };
            let features = features.as_primitive::<Float64Type>();
            if self.count == 0 || features.len() != ids.len() * self.count {
                return Err(internal_datafusion_err!("{NAME}: its state has another number of features"));
            }
            for row in features.values().chunks_exact(self.count) {
                self.add(&row.iter().map(|value| Some(*value)).collect::<Vec<_>>())?;
            }
            self.ids.push(ids);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let features: ArrayRef = Arc::new(Float64Array::from(self.features.values().to_vec()));
        Ok(vec![list_scalar(self.ids()?), list_scalar(features)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let columns = match &self.wanted {
            Wanted::Members => self.members()?,
            Wanted::Descriptions(names) => self.descriptions(names),
        };
        Ok(list_scalar(Arc::new(StructArray::try_new(fields(&self.wanted, &self.id), columns, None)?)))
    }

    fn size(&self) -> usize {
        let ids: usize = self.ids.iter().map(|ids| ids.get_array_memory_size()).sum();
        size_of_val(self) + ids + self.features.heap_bytes()
    }
}
