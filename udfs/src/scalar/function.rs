//! The frame of most scalar functions: the documentation says what the arguments are, a kernel over columns gives the result.

use std::hash::{Hash, Hasher};

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use crate::args::{Columns, anything, check};
use crate::doc::Doc;

type Kernel = fn(&Columns) -> Result<ArrayRef>;

/// A scalar function, named by its documentation.
#[derive(Debug)]
struct Function {
    doc: &'static Doc,
    returns: DataType,
    kernel: Kernel,
    signature: Signature,
}

pub(super) fn function(doc: &'static Doc, returns: DataType, kernel: Kernel) -> ScalarUDF {
    ScalarUDF::from(Function { doc, returns, kernel, signature: anything() })
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.doc.name == other.doc.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.doc.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.doc.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        check(self.doc, types)?;
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = Columns::new(&args)?;
        columns.finish((self.kernel)(&columns)?)
    }
}
