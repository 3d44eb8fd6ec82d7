//! The kind of a column by what it holds: of a person's facts, or none. Used by table functions alone.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature};

use crate::args::anything;
use crate::linkage::content::Sample;

/// The name of the field that a column of texts holds, or NULL.
pub(crate) fn content_kind(text: Expr) -> Expr {
    function().call(vec![text])
}

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(ContentKind { signature: anything() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ContentKind {
    signature: Signature,
}

impl AggregateUDFImpl for ContentKind {
    fn name(&self) -> &str {
        "content_kind"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[sample]", args.name), DataType::Utf8, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Kinds::default()))
    }
}

#[derive(Debug, Default)]
struct Kinds(Sample);

impl Accumulator for Kinds {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for column in values {
            let texts = cast(column, &DataType::Utf8)?;
            texts.as_string::<i32>().iter().flatten().for_each(|text| self.0.add(text, 1));
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states {
            let texts: &StringArray = state.as_string();
            texts.iter().flatten().for_each(|state| self.0.merge(read_state(state)));
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = self.0.values().map(|(hash, text, rows)| format!("{hash} {rows} {text}"));
        Ok(vec![ScalarValue::from(values.collect::<Vec<_>>().join(SEPARATOR))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Utf8(self.0.kind().map(|field| field.name().to_owned())))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.bytes()
    }
}

/// No text of a database holds this character.
const SEPARATOR: &str = "\0";

fn read_state(state: &str) -> Sample {
    let value = |written: &str| {
        let mut parts = written.splitn(3, ' ');
        let (hash, rows) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some((hash, parts.next()?.to_owned(), rows))
    };
    Sample::of(state.split(SEPARATOR).filter_map(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_whole() {
        let column = |texts: &[&str]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
        let (mut one, mut other) = (Kinds::default(), Kinds::default());
        one.update_batch(&[column(&["ann lee <ann@example.com>"])]).unwrap();
        other.update_batch(&[column(&["bo@example.com", "n/a"])]).unwrap();
        assert_eq!(one.evaluate().unwrap(), ScalarValue::Utf8(None));
        let state = other.state().unwrap().remove(0).to_array().unwrap();
        one.merge_batch(&[state]).unwrap();
        assert_eq!(one.evaluate().unwrap(), ScalarValue::from("email"));
    }
}
