//! Functions of values of any type, which take UUIDs too: `coalesce`, `nullif`, `greatest` and `least`, also beside literals in quotes, and `concat` and
//! `concat_ws` as texts.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::type_coercion::functions::fields_with_udf;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ExprSchemable, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    TypeSignature,
};

use crate::dialect::casts::uuids::{self, is_uuid};

/// The functions, and whether their result is a text.
const FUNCTIONS: [(&str, bool); 6] =
    [("coalesce", false), ("concat", true), ("concat_ws", true), ("greatest", false), ("least", false), ("nullif", false)];

/// Has these functions take UUIDs.
///
/// # Errors
/// None at present: a state takes every function.
pub fn take_uuids(state: &mut SessionState) -> Result<()> {
    for (name, is_text) in FUNCTIONS {
        if let Some(inner) = state.scalar_functions().get(name).cloned() {
            let signature = Signature::user_defined(inner.signature().volatility);
            state.register_udf(Arc::new(ScalarUDF::from(AnyType { inner, is_text, signature })))?;
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct AnyType {
    inner: Arc<ScalarUDF>,
    is_text: bool,
    signature: Signature,
}

impl ScalarUDFImpl for AnyType {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        if !types.iter().any(is_uuid) {
            return self.inner.return_field_from_args(args);
        }
        let fields = args.arg_fields.iter().zip(self.taken(&types)?);
        let fields: Vec<FieldRef> = fields.map(|(field, taken)| Arc::new(field.as_ref().clone().with_data_type(taken))).collect();
        self.inner.return_field_from_args(ReturnFieldArgs { arg_fields: &fields, ..args })
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        let inner = Arc::new(self.inner.inner().with_updated_config(config)?);
        Some(ScalarUDF::from(Self { inner, is_text: self.is_text, signature: self.signature.clone() }))
    }

    /// What is made a UUID or a text of one stays as it is until [`Self::simplify`]: the engine has no such cast.
    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let kept = |(of, taken): (&DataType, DataType)| if converts(of, &taken) { of.clone() } else { taken };
        Ok(types.iter().zip(self.taken(types)?).map(kept).collect())
    }

    fn conditional_arguments<'a>(&self, args: &'a [Expr]) -> Option<(Vec<&'a Expr>, Vec<&'a Expr>)> {
        self.inner.conditional_arguments(args)
    }

    fn short_circuits(&self) -> bool {
        self.inner.short_circuits()
    }

    fn simplify(&self, args: Vec<Expr>, context: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let types = args.iter().map(|arg| arg.get_type(context.schema())).collect::<Result<Vec<_>>>()?;
        if !types.iter().any(is_uuid) {
            return self.inner.simplify(args, context);
        }
        let typed = args.into_iter().zip(types.iter().zip(self.taken(&types)?));
        let args = typed.map(|(arg, (of, taken))| if converts(of, &taken) { uuids::converted_to(arg, taken) } else { arg });
        Ok(match self.inner.simplify(args.collect(), context)? {
            ExprSimplifyResult::Original(args) => ExprSimplifyResult::Simplified(self.inner.call(args)),
            simplified => simplified,
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.inner.invoke_with_args(args)
    }
}

fn converts(of: &DataType, taken: &DataType) -> bool {
    !of.is_null() && is_uuid(of) != is_uuid(taken)
}

impl AnyType {
    /// The types with which the function is called.
    fn taken(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        // Literals take the type of the others; whether they are literals is not known here.
        let known = types.iter().find(|data_type| !data_type.is_string() && !data_type.is_null());
        let taken = |data_type: &DataType| match (data_type, known) {
            (of, _) if self.is_text && is_uuid(of) => DataType::Utf8,
            (of, Some(known)) if !self.is_text && (of.is_string() || of.is_null()) => known.clone(),
            (of, _) => of.clone(),
        };
        let taken: Vec<DataType> = types.iter().map(taken).collect();
        if self.inner.signature().type_signature == TypeSignature::UserDefined {
            return self.inner.coerce_types(&taken);
        }
        let fields: Vec<FieldRef> = taken.into_iter().map(|taken| Arc::new(Field::new("", taken, true))).collect();
        let coerced = fields_with_udf(&fields, self.inner.as_ref())?;
        Ok(coerced.iter().map(|field| field.data_type().clone()).collect())
    }
}
