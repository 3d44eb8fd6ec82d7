//! `(a JOIN b USING (k)) AS j(x, y)`, behind which nobody sees `a` and `b`, as a sub-query: `(SELECT * FROM a JOIN b USING (k)) AS j(x, y)`.

use datafusion::sql::sqlparser::ast::{SelectItem, TableFactor, WildcardAdditionalOptions};

use crate::catalog::pg::build::select;

pub fn spelled_out(factor: &mut TableFactor) {
    let TableFactor::NestedJoin { table_with_joins, alias: Some(alias) } = factor else { return };
    let all = vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())];
    let subquery = Box::new(select(all, vec![table_with_joins.as_ref().clone()]));
    *factor = TableFactor::Derived { lateral: false, subquery, alias: Some(alias.clone()), sample: None };
}
