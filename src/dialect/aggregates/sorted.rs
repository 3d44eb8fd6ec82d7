//! Aggregates of one query that are sorted in different ways, such as `array_agg(x ORDER BY a), string_agg(y, ',' ORDER BY b)`: the engine
//! sorts its input once. Here they take what they are sorted by as further arguments, and sort themselves.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use datafusion::arrow::compute::{SortColumn, SortOptions, concat, lexsort_to_indices, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::tree_node::Transformed;
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::expr::{AggregateFunction, Sort};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, LogicalPlan, Signature, Volatility};

/// Whether a node sorts its input in several ways, or for one of several that show its order.
pub fn differ(node: &LogicalPlan) -> bool {
    let LogicalPlan::Aggregate(aggregate) = node else { return false };
    let mut orders = aggregate.aggr_expr.iter().filter_map(order);
    let first = orders.next();
    orders.any(|order| Some(order) != first)
}

fn order(expr: &Expr) -> Option<&[Sort]> {
    match expr {
        Expr::Alias(alias) => order(&alias.expr),
        Expr::AggregateFunction(call) if !call.func.supports_within_group_clause() => {
            // These show in which order the rows come.
            let shows = matches!(call.func.name(), "array_agg" | "string_agg") && !call.params.distinct;
            (shows || !call.params.order_by.is_empty()).then_some(call.params.order_by.as_slice())
        }
        _ => None,
    }
}

/// The aggregate that sorts itself. One of values that are each taken once is sorted by those, as the engine does it.
pub fn meant(expr: Expr) -> Transformed<Expr> {
    match expr {
        Expr::Alias(mut alias) => {
            let inner = meant(*alias.expr);
            alias.expr = Box::new(inner.data);
            Transformed::new_transformed(Expr::Alias(alias), inner.transformed)
        }
        Expr::AggregateFunction(call)
            if !call.params.order_by.is_empty() && !call.params.distinct && !call.func.supports_within_group_clause() =>
        {
            let AggregateFunction { func, mut params } = call;
            let options = params.order_by.iter().map(|sort| (!sort.asc, sort.nulls_first)).collect();
            let sorted = Sorted {
                arguments: params.args.len(),
                options,
                signature: Signature::any(params.args.len() + params.order_by.len(), Volatility::Immutable),
                inner: func,
            };
            params.args.extend(params.order_by.drain(..).map(|sort| sort.expr));
            let func = Arc::new(AggregateUDF::new_from_impl(sorted));
            Transformed::yes(Expr::AggregateFunction(AggregateFunction { func, params }))
        }
        other => Transformed::no(other),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sorted {
    inner: Arc<AggregateUDF>,
    /// Those of the aggregate itself; the others are what it is sorted by.
    arguments: usize,
    /// Whether each of them descends, and whether its NULLs come first.
    options: Vec<(bool, bool)>,
    signature: Signature,
}

impl AggregateUDFImpl for Sorted {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types.get(..self.arguments).unwrap_or_default())
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        self.inner.return_field(fields.get(..self.arguments).unwrap_or_default())
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        self.inner.default_value(data_type)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let inner = self.inner.accumulator(AccumulatorArgs {
            exprs: args.exprs.get(..self.arguments).unwrap_or_default(),
            expr_fields: args.expr_fields.get(..self.arguments).unwrap_or_default(),
            order_bys: &[],
            ..args
        })?;
        let types = args.expr_fields.iter().map(|field| field.data_type().clone()).collect();
        let rows = Rows { inner, arguments: self.arguments, options: self.options.clone(), types, columns: vec![] };
        Ok(Box::new(rows))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |(place, field): (usize, &FieldRef)| {
            let of = DataType::new_list(field.data_type().clone(), true);
            Arc::new(Field::new(format!("{}[{place}]", args.name), of, true))
        };
        Ok(args.input_fields.iter().enumerate().map(list).collect())
    }
}

/// The rows of a group.
#[derive(Debug)]
struct Rows {
    inner: Box<dyn Accumulator>,
    arguments: usize,
    options: Vec<(bool, bool)>,
    types: Vec<DataType>,
    /// For each argument its values, in pieces.
    columns: Vec<Vec<ArrayRef>>,
}

impl Rows {
    fn whole(&self) -> Result<Vec<ArrayRef>> {
        let whole = |pieces: &Vec<ArrayRef>| -> Result<ArrayRef> {
            let pieces = pieces.iter().map(|piece| piece.as_ref()).collect::<Vec<_>>();
            Ok(concat(&pieces)?)
        };
        self.columns.iter().map(whole).collect()
    }

    fn push(&mut self, values: &[ArrayRef]) {
        self.columns.resize(values.len(), vec![]);
        for (pieces, values) in self.columns.iter_mut().zip(values) {
            pieces.push(Arc::clone(values));
        }
    }
}

impl Accumulator for Rows {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if values.first().is_some_and(|values| !values.is_empty()) {
            self.push(values);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let columns = self.whole()?;
        let (Some(arguments), Some(keys)) = (columns.get(..self.arguments), columns.get(self.arguments..)) else {
            return self.inner.evaluate();
        };
        let rows = arguments.first().map_or(0, |values| values.len());
        let options = self
            .options
            .iter()
            .map(|(descending, nulls_first)| SortOptions { descending: *descending, nulls_first: *nulls_first });
        let keys =
            keys.iter().zip(options).map(|(values, options)| SortColumn { values: Arc::clone(values), options: Some(options) });
        // Equal rows stay in their order.
        let places: ArrayRef = Arc::new(UInt32Array::from_iter_values(0..u32::try_from(rows).unwrap_or(u32::MAX)));
        let keys = keys.chain([SortColumn { values: places, options: None }]).collect::<Vec<_>>();
        let sorted = lexsort_to_indices(&keys, None)?;
        let arguments = arguments.iter().map(|values| Ok(take(values, &sorted, None)?)).collect::<Result<Vec<_>>>()?;
        self.inner.update_batch(&arguments)?;
        self.inner.evaluate()
    }

    fn size(&self) -> usize {
        let pieces = self.columns.iter().flatten().map(|piece| piece.get_array_memory_size()).sum::<usize>();
        size_of_val(self) + self.inner.size() + pieces
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        if self.columns.is_empty() {
            let empty = |of: &DataType| {
                let none = datafusion::arrow::array::new_empty_array(of);
                SingleRowListArrayBuilder::new(none).build_list_scalar()
            };
            return Ok(self.types.iter().map(empty).collect());
        }
        Ok(self.whole()?.into_iter().map(|values| SingleRowListArrayBuilder::new(values).build_list_scalar()).collect())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, |state| state.len());
        for row in 0..rows {
            let values = states.iter().map(|state| match state.as_list_opt::<i32>() {
                Some(lists) => Ok(lists.value(row)),
                None => internal_err!("the rows of a group are lists"),
            });
            let values = values.collect::<Result<Vec<_>>>()?;
            self.update_batch(&values)?;
        }
        Ok(())
    }
}
