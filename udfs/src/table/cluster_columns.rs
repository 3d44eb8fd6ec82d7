//! Which columns of a relation say what record is in what cluster: by their names, or by their position.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, cast};

use crate::error::CustomerError;
use crate::options::{Call, Relation};
use crate::relation::column;

const SOURCES: [&str; 1] = ["source"];
const RECORDS: [&str; 2] = ["record_id", "id"];
const CLUSTERS: [&str; 6] = ["profile_id", "household_id", "cluster_id", "person_id", "entity_id", "cluster"];

/// Records and their clusters in one relation.
#[derive(Debug)]
pub struct ClusterColumns {
    /// The relation's name.
    pub relation: String,
    pub plan: LogicalPlan,
    /// As text.
    pub source: Option<Expr>,
    pub record: Expr,
    pub cluster: Expr,
    /// An integer or text: what has a greatest value.
    pub cluster_type: DataType,
}

impl ClusterColumns {
    /// Those of the two relations of a call, with ids of one type and a source in both or in none.
    ///
    /// Errors: 42703 columns that cannot be told.
    pub fn read_both(call: &Call) -> Result<[Self; 2]> {
        let [first, second] = call.relations() else {
            return Err(CustomerError::undefined_function(format!("{}: two relations are needed", call.doc().name)).into());
        };
        let (mut one, mut other) = (read(call, first)?, read(call, second)?);
        if one.source.is_none() || other.source.is_none() {
            (one.source, other.source) = (None, None);
        }
        let (own, others) = (type_of(&one.plan, &one.record)?, type_of(&other.plan, &other.record)?);
        let common = match (&own, &others) {
            (own, others) if own == others => own.clone(),
            (own, others) if [own, others].into_iter().all(|id| id.is_integer() && *id != DataType::UInt64) => DataType::Int64,
            _ => DataType::Utf8,
        };
        for side in [&mut one, &mut other] {
            if type_of(&side.plan, &side.record)? != common {
                side.record = cast(side.record.clone(), common.clone());
            }
        }
        Ok([one, other])
    }
}

fn type_of(plan: &LogicalPlan, expr: &Expr) -> Result<DataType> {
    use datafusion::logical_expr::ExprSchemable;
    expr.get_type(plan.schema().as_ref())
}

fn read(call: &Call, relation: &Relation) -> Result<ClusterColumns> {
    let names: Vec<&str> = relation.plan.schema().fields().iter().map(|field| field.name().as_str()).collect();
    let named = |wanted: &[&str]| wanted.iter().find_map(|name| names.iter().position(|there| there.eq_ignore_ascii_case(name)));
    let (mut source, mut record, mut cluster) = (named(&SOURCES), named(&RECORDS), named(&CLUSTERS));
    let is_left = |at: &usize| ![source, record, cluster].contains(&Some(*at));
    let left: Vec<usize> = (0..names.len()).filter(is_left).collect();
    let missing = usize::from(record.is_none()) + usize::from(cluster.is_none());
    if missing > 0 {
        let mut left = left.as_slice();
        if let [first, others @ ..] = left
            && source.is_none()
            && left.len() == missing + 1
        {
            (source, left) = (Some(*first), others);
        }
        if left.len() == missing {
            let mut left = left.iter().copied();
            record = record.or_else(|| left.next());
            cluster = cluster.or_else(|| left.next());
        }
    }
    let (Some(record), Some(cluster)) = (record, cluster) else {
        let message = format!(
            "{}: relation {} needs a record and its cluster: columns called {} and {}, or no others; it has {}",
            call.doc().name,
            relation.name,
            RECORDS.join(" or "),
            CLUSTERS.join(", "),
            names.join(", ")
        );
        return Err(CustomerError::undefined_column(message).hint("Give (SELECT record_id, profile_id FROM …)").into());
    };
    let at = |place: usize| column(call.doc(), "relation", names.get(place).copied().unwrap_or_default(), relation);
    let cluster = comparable(&relation.plan, at(cluster)?)?;
    Ok(ClusterColumns {
        relation: relation.name.clone(),
        plan: relation.plan.clone(),
        source: source.map(|place| at(place).map(|source| cast(source, DataType::Utf8))).transpose()?,
        record: at(record)?,
        cluster_type: type_of(&relation.plan, &cluster)?,
        cluster,
    })
}

/// Ids as something that has a greatest value: numbers and texts as they are, all else as text.
fn comparable(plan: &LogicalPlan, cluster: Expr) -> Result<Expr> {
    Ok(match type_of(plan, &cluster)? {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => cluster,
        id if id.is_integer() => cluster,
        _ => cast(cluster, DataType::Utf8),
    })
}
