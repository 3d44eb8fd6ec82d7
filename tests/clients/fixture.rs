//! The relations of scripts/fixture.sql as a catalog.

use std::sync::Arc;

use async_trait::async_trait;
use cilake::access::rights::Rights;
use cilake::catalog::pg::{
    Argument, CatalogLookups, CatalogSnapshot, Column, Function, FunctionKind, KeyConstraint, KeyKind, Names, PgCatalog,
    PgSession, PgTypePlanner, Reference, Relation, RelationKind, Schema, Setting, SnapshotSource,
};
use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::catalog::{CatalogProvider, MemTable, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider};
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

type Fields = Vec<(&'static str, DataType)>;

/// Schema, name and columns of the tables and views.
pub fn relations() -> Vec<(&'static str, &'static str, RelationKind, Fields)> {
    let list = |element| DataType::List(Arc::new(Field::new_list_field(element, true)));
    let timestamp = |zone: Option<&str>| DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
    use DataType::*;
    use RelationKind::{Table, View};
    vec![
        (
            "public",
            "people",
            Table,
            vec![("id", Int64), ("name", Utf8View), ("email", Utf8View), ("born", Date32), ("active", Boolean)],
        ),
        (
            "sales",
            "orders",
            Table,
            vec![
                ("order_id", Int64),
                ("customer_id", Int64),
                ("ordered_at", timestamp(None)),
                ("total", Decimal128(12, 2)),
                ("channel", Utf8View),
            ],
        ),
        (
            "sales",
            "order_lines",
            Table,
            vec![("order_id", Int64), ("line", Int16), ("product", Utf8View), ("quantity", Int32), ("price", Float64)],
        ),
        (
            "care",
            "every_type",
            Table,
            vec![
                ("a_boolean", Boolean),
                ("a_smallint", Int16),
                ("an_integer", Int32),
                ("a_bigint", Int64),
                ("a_real", Float32),
                ("a_double", Float64),
                ("a_numeric", Decimal128(10, 3)),
                ("a_text", Utf8View),
                ("a_bytea", Binary),
                ("a_date", Date32),
                ("a_time", Time64(TimeUnit::Microsecond)),
                ("a_timestamp", timestamp(None)),
                ("a_timestamptz", timestamp(Some("UTC"))),
                ("some_text", list(Utf8View)),
                ("some_integers", list(Int32)),
            ],
        ),
        ("sales", "revenue", View, vec![("customer_id", Int64), ("revenue", Decimal128(22, 2))]),
    ]
}

#[derive(Debug)]
struct Source(Arc<CatalogSnapshot>);

#[async_trait]
impl SnapshotSource for Source {
    async fn snapshot(&self) -> Result<Arc<CatalogSnapshot>> {
        Ok(Arc::clone(&self.0))
    }

    async fn columns(&self, schema: &str, relation: &str) -> Result<Option<Vec<Column>>> {
        let found = relations().into_iter().find(|(s, name, ..)| (*s, *name) == (schema, relation));
        let comment = |name: &str| (relation == "orders" && name == "total").then(|| "Amount paid, in euros".to_owned());
        let column = |(name, data_type): (&str, DataType)| Column {
            field: Arc::new(Field::new(name, data_type, true)),
            comment: comment(name),
        };
        Ok(found.map(|(.., fields)| fields.into_iter().map(column).collect()))
    }

    fn commented(&self) -> Vec<(String, String)> {
        vec![("sales".into(), "orders".into())]
    }
}

fn names() -> Names {
    let schema = |name: &str, comment: Option<&str>| Schema { name: name.into(), comment: comment.map(Into::into) };
    let view = "SELECT customer_id, CAST(sum(total) AS numeric(22,2)) AS revenue FROM sales.orders GROUP BY customer_id";
    let relation = |(schema, name, kind, _): (&str, &str, RelationKind, Fields)| Relation {
        schema: schema.into(),
        name: name.into(),
        kind,
        owner: "cilake".into(),
        comment: (name == "orders").then(|| "One row an order".into()),
        definition: (kind == RelationKind::View).then(|| view.into()),
    };
    let nps = Function {
        schema: "public".into(),
        name: "nps".into(),
        kind: FunctionKind::Aggregate,
        arguments: vec![Argument { name: "score".into(), type_name: "integer".into(), default: None }],
        result: "double precision".into(),
        comment: Some("Net promoter score".into()),
    };
    Names {
        database: "cilake".into(),
        schemas: vec![schema("sales", Some("Orders and what is in them")), schema("care", None)],
        relations: relations().into_iter().map(relation).collect(),
        functions: vec![nps],
        keys: keys(),
    }
}

/// As in scripts/fixture.sql.
fn keys() -> Vec<KeyConstraint> {
    let names = |columns: &[&str]| columns.iter().map(|&column| column.to_owned()).collect::<Vec<_>>();
    let key = |(schema, relation): (&str, &str), name: &str, kind, columns: &[&str]| KeyConstraint {
        schema: schema.into(),
        relation: relation.into(),
        name: name.into(),
        kind,
        columns: names(columns),
        references: None,
    };
    let to = |(schema, relation): (&str, &str), columns: &[&str]| {
        Some(Reference { schema: schema.into(), relation: relation.into(), columns: names(columns) })
    };
    let (people, orders, lines) = (("public", "people"), ("sales", "orders"), ("sales", "order_lines"));
    vec![
        key(people, "people_pkey", KeyKind::Primary, &["id"]),
        key(people, "people_email_key", KeyKind::Unique, &["email"]),
        key(orders, "orders_pkey", KeyKind::Primary, &["order_id"]),
        KeyConstraint {
            references: to(people, &["id"]),
            ..key(orders, "orders_customer_id_fkey", KeyKind::Foreign, &["customer_id"])
        },
        key(lines, "order_lines_pkey", KeyKind::Primary, &["order_id", "line"]),
        KeyConstraint { references: to(orders, &["order_id"]), ..key(lines, "of_order", KeyKind::Foreign, &["order_id"]) },
    ]
}

#[derive(Debug)]
struct Client;

impl PgSession for Client {
    fn user(&self) -> String {
        "cilake".into()
    }

    fn session_user(&self) -> String {
        self.user()
    }

    fn rights(&self) -> Arc<Rights> {
        Arc::new(Rights::new(Arc::default(), &self.user(), &self.user(), true))
    }

    fn process_id(&self) -> i32 {
        4711
    }

    fn search_path(&self) -> Vec<String> {
        vec!["$user".into(), "public".into()]
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |name: &str, value: &str| Setting { name: name.into(), value: value.into(), ..Setting::default() };
        vec![
            setting("search_path", "\"$user\", public"),
            setting("server_version", "15.0"),
            setting("jit", "on"),
            setting("default_table_access_method", "heap"),
        ]
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.settings().into_iter().find(|setting| setting.name.eq_ignore_ascii_case(name)).map(|setting| setting.value)
    }

    fn set(&self, _: &str, value: &str, _: bool) -> Result<String> {
        Ok(value.into())
    }

    fn server_started_at(&self) -> i64 {
        0
    }

    fn client_address(&self) -> Option<std::net::SocketAddr> {
        None
    }

    fn server_address(&self) -> Option<std::net::SocketAddr> {
        None
    }
}

/// A session over empty tables, with the catalogs registered as the engine registers them.
pub fn session() -> (SessionContext, Arc<PgCatalog>, Arc<CatalogSnapshot>) {
    let snapshot = Arc::new(CatalogSnapshot::new(names()));
    let catalog = PgCatalog::new(Arc::new(Source(Arc::clone(&snapshot))), Arc::new(Client));
    let provider = MemoryCatalogProvider::new();
    for (name, schema) in catalog.schemas() {
        provider.register_schema(name, schema).unwrap();
    }
    for (schema, name, kind, fields) in relations() {
        if kind == RelationKind::Table {
            let columns: Vec<Field> = fields.into_iter().map(|(name, data_type)| Field::new(name, data_type, true)).collect();
            let schema_provider = provider.schema(schema).unwrap_or_else(|| {
                let made: Arc<dyn SchemaProvider> = Arc::new(MemorySchemaProvider::new());
                provider.register_schema(schema, Arc::clone(&made)).unwrap();
                made
            });
            let schema = Arc::new(datafusion::arrow::datatypes::Schema::new(columns));
            schema_provider.register_table(name.into(), Arc::new(MemTable::try_new(schema, vec![vec![]]).unwrap())).unwrap();
        }
    }
    let config = SessionConfig::new()
        .with_default_catalog_and_schema("cilake", "public")
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(false);
    let config = config.set_bool("datafusion.sql_parser.parse_float_as_decimal", true);
    let mut state =
        SessionStateBuilder::new_with_default_features().with_config(config).with_type_planner(Arc::new(PgTypePlanner)).build();
    cilake::dialect::register(&mut state).unwrap();
    let context = SessionContext::new_with_state(state);
    context.register_catalog("cilake", Arc::new(provider));
    context.add_analyzer_rule(Arc::new(CatalogLookups));
    for function in catalog.functions() {
        context.register_udf(function);
    }
    for (name, function) in catalog.table_functions() {
        context.register_udtf(name, function);
    }
    (context, catalog, snapshot)
}

/// A client is told of a column twice: in the catalogs and with the rows of a query.
#[test]
fn the_catalogs_and_the_wire_name_the_same_types() {
    let list = |element| DataType::List(Arc::new(Field::new_list_field(element, true)));
    let more = vec![
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float16,
        DataType::LargeUtf8,
        DataType::LargeBinary,
        DataType::FixedSizeBinary(16),
        DataType::Decimal256(50, 5),
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        DataType::Duration(TimeUnit::Second),
        DataType::Struct(vec![Field::new("a", DataType::Int64, true)].into()),
        DataType::Null,
        list(list(DataType::Float64)),
        list(DataType::Decimal128(10, 2)),
    ];
    let columns = relations().into_iter().flat_map(|(.., fields)| fields.into_iter().map(|(_, data_type)| data_type));
    for data_type in columns.chain(more) {
        let field = Field::new("c", data_type, true);
        let on_the_wire = cilake_wire::types::pg_type(&field);
        assert_eq!(cilake::catalog::pg::types::of_field(&field), (on_the_wire.oid, on_the_wire.modifier), "{field}");
    }
}
