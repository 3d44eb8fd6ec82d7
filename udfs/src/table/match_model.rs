//! `match_model`: what the linking of records learnt of their fields.

use datafusion::common::Result;
use datafusion::functions::string::expr_fn::concat_ws;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::logical_expr::conditional_expressions::CaseBuilder;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Operator, binary_expr, col, lit};

use super::match_columns::MatchColumns;
use super::unify_profiles::{ARGUMENTS, linked, source_names};
use crate::doc::{Column, Doc, Kind};
use crate::linkage::field::Field;
use crate::operator::Output;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "match_model",
    kind: Kind::Table,
    topic: "Identity",
    summary: "What unify_profiles learns of the records: how often two of one person, and two of different people, agree in each field, \
              and the weight that follows.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new(
            "field",
            "text",
            "as it was recognised by the column's name or by what it holds, where a record says anything of it; last one person and one household, of all pairs",
        ),
        Column::new("level", "text", "how alike two values are; of the last two rows, whether the training converged"),
        Column::new(
            "m",
            "double precision",
            "the share of pairs of one person that have the level; of the last two rows, of all pairs",
        ),
        Column::new("u", "double precision", "the share of pairs of strangers that have it"),
        Column::new("weight", "double precision", "log2(m/u), in bits; of the last two rows log2(m)"),
        Column::new("pairs", "double precision", "pairs of one person with the level that the estimate rests on, expected"),
        Column::new("columns", "text", "the columns that are the field, each with its relation; NULL of the last two rows"),
    ],
    notes: "A record that says exactly the same as another counts once. 22023 where there are fewer than 300 different records, or one \
            field: from so few nothing is learnt, and unify_profiles links them by keys.",
    source: "I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969); W. Winkler, Using the EM Algorithm for Weight \
             Computation in the Fellegi-Sunter Model of Record Linkage (1988).",
    example: "SELECT field, level, pairs > 100 AS seen, weight > 0 AS speaks_for\n\
              FROM match_model((SELECT n AS id, 'name' || n % 300 AS family_name, 'p' || n % 300 || '@example.com' AS email, 'c' || n % 400 AS city\n\
              \u{20}                 FROM generate_series(1, 600) AS t(n)))\n\
              WHERE field = 'email' AND level IN ('equal', 'different')\n\
              ORDER BY level DESC;",
};

#[derive(Debug)]
pub struct MatchModel;

impl TableFunction for MatchModel {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let matched = MatchColumns::read(call)?;
        let model = linked(call, Output::Model)?;
        let told: Vec<Expr> = model.schema().columns().into_iter().map(Expr::Column).collect();
        let mut columns: Vec<(Field, Expr)> = vec![];
        let mut known: Option<LogicalPlanBuilder> = None;
        for (number, ((source, plan), names)) in source_names(call)?.iter().zip(&matched.plans).zip(&matched.names).enumerate() {
            let in_source = |name: Expr| binary_expr(lit(format!("{source}.")), Operator::StringConcat, name);
            let (named, held): (Vec<_>, Vec<_>) = names.iter().partition(|(_, name)| matches!(name, Expr::Literal(..)));
            columns.extend(named.into_iter().map(|(field, name)| (*field, in_source(name.clone()))));
            if held.is_empty() {
                continue;
            }
            // What they hold is the same in all rows; of no rows it is nothing.
            let of = |place: usize| format!("columns {number} {place}");
            let held_names = held.iter().enumerate().map(|(place, (_, name))| max(name.clone()).alias(of(place)));
            let of_relation = LogicalPlanBuilder::from(plan.clone()).aggregate(Vec::<Expr>::new(), held_names)?.build()?;
            columns.extend(held.iter().enumerate().map(|(place, (field, _))| (*field, in_source(col(of(place))))));
            known = Some(match known {
                Some(known) => known.cross_join(of_relation)?,
                None => LogicalPlanBuilder::from(of_relation),
            });
        }
        let mut fields: Vec<Field> = columns.iter().map(|(field, _)| *field).collect();
        fields.dedup();
        let mut of_field = CaseBuilder::new(Some(Box::new(col("field"))), vec![], vec![], None);
        for field in fields {
            let names = columns.iter().filter(|(other, _)| *other == field).map(|(_, name)| name.clone());
            of_field.when(lit(field.name()), concat_ws(lit(", "), names.collect()));
        }
        let of_field = of_field.end()?.alias("columns");
        let all = match known {
            Some(known) => known.cross_join(model)?,
            None => LogicalPlanBuilder::from(model),
        };
        all.project(told.into_iter().chain([of_field]))?.build()
    }
}
