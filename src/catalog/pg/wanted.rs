//! Which relations a query asks for, as far as its filters say so: `\d t` must not open the files of every table.

use std::collections::BTreeSet;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, Operator, TryCast};

use super::snapshot::{CatalogSnapshot, Relation, RelationOids};

/// The columns of a catalog table that name a relation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys {
    pub oid: Option<&'static str>,
    pub schema: Option<&'static str>,
    pub name: Option<&'static str>,
    /// `objsubid`: 0 stands for the relation itself.
    pub column_number: Option<&'static str>,
}

impl Keys {
    pub const NONE: Self = Self { oid: None, schema: None, name: None, column_number: None };

    fn all(&self) -> impl Iterator<Item = &'static str> {
        [self.oid, self.schema, self.name, self.column_number].into_iter().flatten()
    }

    /// Whether the filter is one that [`Wanted`] understands.
    pub fn understands(&self, filter: &Expr) -> bool {
        equalities(filter).is_some_and(|(column, _)| self.all().any(|key| key == column))
    }
}

/// The values that a query's filters leave for each key; None where they leave all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    oids: Option<BTreeSet<u32>>,
    schemas: Option<BTreeSet<String>>,
    names: Option<BTreeSet<String>>,
    column_numbers: Option<BTreeSet<String>>,
}

impl Wanted {
    pub fn new(keys: &Keys, filters: &[Expr]) -> Self {
        let of = |key: Option<&str>| {
            let key = key?;
            let sets = filters.iter().filter_map(equalities).filter(|(column, _)| *column == key).map(|(_, values)| values);
            sets.reduce(|a, b| a.intersection(&b).cloned().collect())
        };
        // What is no number is no OID.
        let oids = of(keys.oid).map(|oids| oids.iter().filter_map(|oid| oid.parse().ok()).collect());
        Self { oids, schemas: of(keys.schema), names: of(keys.name), column_numbers: of(keys.column_number) }
    }

    /// The relations that are wanted; where filters give OIDs or names, only those are looked at.
    pub fn relations<'a>(&self, snapshot: &'a CatalogSnapshot) -> Vec<(&'a Relation, RelationOids)> {
        let mut found: Vec<_> = match (&self.oids, &self.names) {
            (Some(oids), _) => oids.iter().filter_map(|oid| snapshot.relation_with_oids(*oid)).collect(),
            (None, Some(names)) => names.iter().flat_map(|name| snapshot.relations_named(name)).collect(),
            (None, None) => snapshot.relations().collect(),
        };
        found.retain(|(relation, _)| self.names_are(&relation.schema, &relation.name));
        found
    }

    /// The tables whose keys' indexes are wanted by their OIDs.
    pub fn indexed_tables(&self, snapshot: &CatalogSnapshot) -> BTreeSet<u32> {
        self.oids.iter().flatten().filter_map(|oid| snapshot.index(*oid)).map(|(_, oids)| oids.table).collect()
    }

    pub fn oid_is(&self, oid: u32) -> bool {
        self.oids.as_ref().is_none_or(|oids| oids.contains(&oid))
    }

    pub fn names_are(&self, schema: &str, name: &str) -> bool {
        self.schemas.as_ref().is_none_or(|schemas| schemas.contains(schema))
            && self.names.as_ref().is_none_or(|names| names.contains(name))
    }

    /// Whether only relations are asked for and none of their columns.
    pub fn no_columns(&self) -> bool {
        self.column_numbers.as_ref().is_some_and(|numbers| numbers.iter().all(|number| number == "0"))
    }
}

/// `column = 'x'` or `column IN ('x', 'y')`: the column and the values as text.
fn equalities(filter: &Expr) -> Option<(&str, BTreeSet<String>)> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => match (column(left), column(right)) {
            (Some(name), None) => Some((name, BTreeSet::from([literal(right)?]))),
            (None, Some(name)) => Some((name, BTreeSet::from([literal(left)?]))),
            _ => None,
        },
        // `a = 'x' OR a = 'y'` is what a short IN list becomes.
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let ((name, mut values), (other, more)) = (equalities(left)?, equalities(right)?);
            values.extend(more);
            (name == other).then_some((name, values))
        }
        Expr::InList(list) if !list.negated => Some((column(&list.expr)?, list.list.iter().map(literal).collect::<Option<_>>()?)),
        _ => None,
    }
}

fn column(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Column(column) => Some(&column.name),
        Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => column(expr),
        _ => None,
    }
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Literal(value, _) => text(value),
        Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => literal(expr),
        _ => None,
    }
}

fn text(value: &ScalarValue) -> Option<String> {
    match value {
        ScalarValue::Utf8(text) | ScalarValue::LargeUtf8(text) | ScalarValue::Utf8View(text) => text.clone(),
        number if number.data_type().is_integer() && !number.is_null() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{cast, col, lit};

    use super::*;

    #[test]
    fn only_equalities_with_literals_select() {
        let keys = Keys { oid: Some("attrelid"), ..Keys::NONE };
        let by_number = col("attrelid").eq(lit(16_400_u32));
        let by_text = cast(col("attrelid"), datafusion::arrow::datatypes::DataType::Utf8).eq(lit("16400"));
        for filter in [by_number, by_text, col("attrelid").in_list(vec![lit(16_400_i64)], false)] {
            assert!(keys.understands(&filter));
            let wanted = Wanted::new(&keys, &[filter]);
            assert!(wanted.oid_is(16_400) && !wanted.oid_is(16_401));
        }
        for filter in [col("attrelid").gt(lit(1)), col("attnum").eq(lit(1)), col("attrelid").in_list(vec![lit(1)], true)] {
            assert!(!keys.understands(&filter));
            assert!(Wanted::new(&keys, &[filter]).oid_is(16_401));
        }
    }
}
