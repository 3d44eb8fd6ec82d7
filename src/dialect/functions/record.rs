//! `ROW(a, b)` and `(a, b)`: a row whose fields are `f1`, `f2` and so on, and which is shown as PostgreSQL's type `record`.

use std::sync::Arc;

use cilake_wire::types::{RECORD_KEY, SHOWN_KEY};
use datafusion::arrow::array::StructArray;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use crate::catalog::pg::types::PG_TYPE_KEY;

const NAME: &str = "row";

/// The function.
pub fn function() -> ScalarUDF {
    let signature = Signature::one_of(vec![TypeSignature::Nullary, TypeSignature::VariadicAny], Volatility::Immutable);
    ScalarUDF::from(Record { signature })
}

/// A row of these values.
pub fn of(values: Vec<Expr>) -> Expr {
    function().call(values)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Record {
    signature: Signature,
}

/// What is known of the type of a field; of which column it is, two rows of one type may differ.
const KEPT: [&str; 3] = [PG_TYPE_KEY, SHOWN_KEY, "ARROW:extension:name"];

/// A field of a row that has such a value.
pub fn field(name: &str, value: &Field) -> Field {
    let kept = value.metadata().iter().filter(|(key, _)| KEPT.contains(&key.as_str()));
    let kept = kept.map(|(key, value)| (key.clone(), value.clone()));
    let metadata = kept.chain([(RECORD_KEY.to_owned(), String::new())]).collect();
    Field::new(name, value.data_type().clone(), true).with_metadata(metadata)
}

impl ScalarUDFImpl for Record {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("the type of a row depends on what is known of its fields")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let fields: Fields = (1..).zip(args.arg_fields).map(|(number, value)| field(&format!("f{number}"), value)).collect();
        Ok(Arc::new(Field::new(NAME, DataType::Struct(fields), false)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let DataType::Struct(fields) = args.return_field.data_type() else { return internal_err!("a row is a struct") };
        if fields.is_empty() {
            return Ok(ColumnarValue::Array(Arc::new(StructArray::new_empty_fields(args.number_rows, None))));
        }
        let columns = args.args.iter().map(|value| value.to_array(args.number_rows)).collect::<Result<Vec<_>>>()?;
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(fields.clone(), columns, None)?)))
    }
}
