//! `lag` and `lead` whose distance or default differs from row to row; the engine's own take literals only.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, new_null_array};
use datafusion::arrow::compute::{cast, interleave};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::binary::comparison_coercion;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    Expr, PartitionEvaluator, Signature, Volatility, WindowFunctionDefinition, WindowUDF, WindowUDFImpl,
};

use crate::dialect::failure::undefined;

/// The function that takes such arguments; `None` if the engine's own does.
pub fn meant(function: &WindowFunction) -> Option<WindowFunctionDefinition> {
    let WindowFunctionDefinition::WindowUDF(engines) = &function.fun else { return None };
    let is_lag = engines.name() == "lag";
    let (Some(_), Some(others)) = (function.params.args.first(), function.params.args.get(1..)) else { return None };
    let is_known = engines.inner().is::<Shifted>();
    let is_shift = is_lag || engines.name() == "lead";
    if is_known || !is_shift || others.iter().all(is_constant) {
        return None;
    }
    let shifted = Shifted { is_lag, signature: Signature::user_defined(Volatility::Immutable) };
    Some(WindowFunctionDefinition::WindowUDF(Arc::new(WindowUDF::from(shifted))))
}

/// Whether the engine computes the value when it plans.
fn is_constant(expr: &Expr) -> bool {
    !expr.any_column_refs() && !expr.contains_outer() && !expr.is_volatile()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Shifted {
    is_lag: bool,
    signature: Signature,
}

impl WindowUDFImpl for Shifted {
    fn name(&self) -> &str {
        if self.is_lag { "lag" } else { "lead" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [value, distance] if distance.is_integer() => Ok(vec![value.clone(), DataType::Int64]),
            [value, distance, default] if distance.is_integer() => {
                let common = if default.is_null() { Some(value.clone()) } else { comparison_coercion(value, default) };
                let common = common.ok_or_else(|| undefined(self.name(), types))?;
                Ok(vec![common.clone(), DataType::Int64, common])
            }
            _ => Err(undefined(self.name(), types)),
        }
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        let Some(value) = args.get_input_field(0) else { return internal_err!("a value is shifted") };
        let field = Field::new(args.name(), value.data_type().clone(), true);
        Ok(Arc::new(field.with_metadata(value.metadata().clone())))
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Partition { is_lag: self.is_lag }))
    }
}

#[derive(Debug)]
struct Partition {
    is_lag: bool,
}

impl PartitionEvaluator for Partition {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let (Some(shifted), Some(distances)) = (values.first(), values.get(1)) else {
            return internal_err!("a value and a distance");
        };
        let distances = cast(distances, &DataType::Int64)?;
        let distances = distances.as_primitive::<Int64Type>();
        let nulls = new_null_array(shifted.data_type(), 1);
        let defaults = match values.get(2) {
            Some(defaults) => cast(defaults, shifted.data_type())?,
            None => new_null_array(shifted.data_type(), rows),
        };
        let place = |row: usize| {
            if distances.is_null(row) {
                return (2, 0);
            }
            let distance = if self.is_lag { distances.value(row).checked_neg() } else { Some(distances.value(row)) };
            let from = i64::try_from(row).ok().zip(distance).and_then(|(row, distance)| row.checked_add(distance));
            match from.and_then(|from| usize::try_from(from).ok()).filter(|from| *from < rows) {
                Some(from) => (0, from),
                None => (1, row),
            }
        };
        let places = (0..rows).map(place).collect::<Vec<_>>();
        Ok(interleave(&[shifted.as_ref(), defaults.as_ref(), nulls.as_ref()], &places)?)
    }
}
