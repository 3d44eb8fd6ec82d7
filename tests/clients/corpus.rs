//! The catalog queries that clients send (queries/), against what PostgreSQL 15 answered (answers/): same columns, same types, and the
//! same rows where the answer is about the fixture. Both are recorded by scripts/record.py.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cilake::catalog::pg::{CatalogSnapshot, PgCatalog, REGISTERED, output_name, registered_names, rewrite, types};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields, UInt32Type};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::fixture;

/// Queries that are not answered as PostgreSQL answers them, and why.
const KNOWN: &[(&str, &str)] =
    &[("pgjdbc 9", "a series counts in bigint here, in integer there; the answer has no rows"), ("pgjdbc 10", "as before")];

struct Query {
    name: String,
    text: String,
    columns: Vec<(String, String)>,
    rows: Option<Vec<Vec<Option<String>>>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// `{oid:sales.orders}` → its OID.
fn placeholders(snapshot: &CatalogSnapshot) -> BTreeMap<String, u32> {
    let schemas = snapshot.schemas().map(|(name, oid)| (format!("{{oid:{name}}}"), oid));
    let relations = snapshot.relations().flat_map(|(relation, oids)| {
        let name = format!("{}.{}", relation.schema, relation.name);
        [
            (format!("{{oid:{name}}}"), oids.relation),
            (format!("{{oid:{name} type}}"), oids.row_type),
            (format!("{{oid:{}._{} type}}", relation.schema, relation.name), oids.array_type),
        ]
    });
    let keys = snapshot.keys().flat_map(|(key, oids)| {
        let name = format!("{}.{}", key.schema, key.name);
        [(format!("{{oid:{name}}}"), oids.index), (format!("{{oid:{name} constraint}}"), oids.constraint)]
    });
    schemas.chain(relations).chain(keys).collect()
}

fn queries(client: &str, oids: &BTreeMap<String, u32>) -> Vec<Query> {
    let filled = |text: &str| {
        oids.iter().fold(text.to_owned(), |text, (name, oid)| text.replace(name, &oid.to_string())).replace("{owner}", "cilake")
    };
    let texts = std::fs::read_to_string(folder().join(format!("queries/{client}.sql"))).unwrap();
    let answers = std::fs::read_to_string(folder().join(format!("answers/{client}.jsonl"))).unwrap();
    let blocks = texts.split(";\n").filter(|block| !block.trim().is_empty());
    let queries: Vec<Query> = blocks
        .zip(answers.lines())
        .enumerate()
        .map(|(number, (block, answer))| {
            let (mut parameters, mut text) = (Vec::new(), String::new());
            for line in block.lines() {
                match line.strip_prefix("-- ") {
                    Some(head) => {
                        parameters.extend(head.strip_prefix('$').and_then(|rest| rest.split_once(" = ")).map(|(_, value)| value))
                    }
                    None => text.extend([line, "\n"]),
                }
            }
            for (number, value) in parameters.iter().enumerate().rev() {
                text = text.replace(&format!("${}", number + 1), value);
            }
            let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
            let cell = |cell: &serde_json::Value| cell.as_str().map(&filled);
            let strings = |row: &serde_json::Value| row.as_array().unwrap().iter().map(cell).collect::<Vec<_>>();
            Query {
                name: format!("{client} {}", number + 1),
                text: filled(&text),
                columns: answer["columns"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|column| {
                        let pair = strings(column);
                        (pair[0].clone().unwrap(), pair[1].clone().unwrap())
                    })
                    .collect(),
                rows: answer["rows"].as_array().map(|rows| rows.iter().map(strings).collect()),
            }
        })
        .collect();
    assert_eq!(queries.len(), answers.lines().count(), "queries/{client}.sql and answers/{client}.jsonl differ in length");
    queries
}

async fn run(context: &SessionContext, catalog: &PgCatalog, text: &str) -> Result<Answer, String> {
    let mut statement = Parser::parse_sql(&PostgreSqlDialect {}, text).map_err(|error| error.to_string())?.remove(0);
    rewrite(&mut statement);
    cilake::dialect::with_integers(&mut statement);
    let shown = statement.to_string();
    let fail = |error: datafusion::error::DataFusionError| format!("{error}\n    {shown}");
    let plan = context.state().statement_to_plan(Statement::Statement(Box::new(statement))).await.map_err(fail)?;
    let plan =
        cilake::dialect::settled(plan, context.state().config_options(), cilake::dialect::DateOrder::default()).map_err(fail)?;
    let frame = context.execute_logical_plan(plan).await.map_err(fail)?;
    let fields = frame.schema().fields().clone();
    let columns = fields.iter().map(|field| (output_name(field.name()).to_owned(), type_name(field))).collect();
    let batches = frame.collect().await.map_err(fail)?;
    Ok((columns, batches.iter().flat_map(|batch| rows(batch, &fields, catalog)).collect()))
}

fn type_name(field: &datafusion::arrow::datatypes::Field) -> String {
    let (oid, _) = types::of_field(field);
    types::by_oid(oid).map_or_else(|| oid.to_string(), |entry| entry.name.to_owned())
}

fn rows(batch: &RecordBatch, fields: &Fields, catalog: &PgCatalog) -> Vec<Vec<Option<String>>> {
    // A session shows registered objects, such as `regclass`, by their names.
    let shown = |(column, field): (&ArrayRef, &FieldRef)| match column.as_primitive_opt::<UInt32Type>() {
        Some(oids) if REGISTERED.contains(&type_name(field).as_str()) => {
            registered_names(catalog, &type_name(field), oids.iter()).collect()
        }
        _ => texts(column, &type_name(field)),
    };
    let columns: Vec<Vec<Option<String>>> = batch.columns().iter().zip(fields).map(shown).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect()
}

/// Values as PostgreSQL writes them.
fn texts(array: &ArrayRef, type_name: &str) -> Vec<Option<String>> {
    match array.data_type() {
        DataType::Boolean => (0..array.len())
            .map(|i| array.is_valid(i).then(|| if array.as_boolean().value(i) { "t" } else { "f" }.to_owned()))
            .collect(),
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            let list = |i: usize| {
                let elements: Vec<String> =
                    texts(&lists.value(i), "").into_iter().map(|element| element.unwrap_or("NULL".into())).collect();
                match type_name {
                    "int2vector" | "oidvector" => elements.join(" "),
                    _ => format!("{{{}}}", elements.join(",")),
                }
            };
            (0..array.len()).map(|i| lists.is_valid(i).then(|| list(i))).collect()
        }
        _ => {
            let text = cast(array, &DataType::Utf8).unwrap();
            let text = text.as_string::<i32>();
            let whole = |text: &str| match type_name {
                "float4" | "float8" => text.trim_end_matches(".0").to_owned(),
                _ => text.to_owned(),
            };
            (0..array.len()).map(|i| text.is_valid(i).then(|| whole(text.value(i)))).collect()
        }
    }
}

/// Names and types of the columns, and the texts of the rows.
type Answer = (Vec<(String, String)>, Vec<Vec<Option<String>>>);

fn differences(query: &Query, answer: Result<Answer, String>) -> Option<String> {
    let (columns, mut rows) = match answer {
        Ok(answer) => answer,
        Err(error) => return Some(error),
    };
    if columns != query.columns {
        let pairs = columns.iter().zip(&query.columns).filter(|(a, b)| a != b);
        return Some(format!(
            "columns: {} and {}; (here, expected) {:?}",
            columns.len(),
            query.columns.len(),
            pairs.collect::<Vec<_>>()
        ));
    }
    let mut expected = query.rows.clone()?;
    rows.sort();
    expected.sort();
    let only = |a: &[Vec<Option<String>>], b: &[Vec<Option<String>>]| {
        a.iter().filter(|row| !b.contains(row)).take(3).cloned().collect::<Vec<_>>()
    };
    (rows != expected)
        .then(|| format!("rows: here only {:?}\n    expected only {:?}", only(&rows, &expected), only(&expected, &rows)))
}

#[tokio::test]
async fn catalog_queries_are_answered_as_postgres_answers_them() {
    let (context, catalog, snapshot) = fixture::session();
    catalog.refresh().await.unwrap();
    let oids = placeholders(&snapshot);
    let (mut answered, mut known, mut failed) = (0, 0, Vec::new());
    for client in ["psql", "psycopg", "sqlalchemy", "asyncpg", "pgjdbc", "tools"] {
        for query in queries(client, &oids) {
            match differences(&query, run(&context, &catalog, &query.text).await) {
                None => {
                    assert!(
                        !KNOWN.iter().any(|(name, _)| *name == query.name),
                        "{} is answered now: take it off the list",
                        query.name
                    );
                    answered += 1;
                }
                Some(_) if KNOWN.iter().any(|(name, _)| *name == query.name) => known += 1,
                Some(difference) => failed.push(format!("{}: {difference}", query.name)),
            }
        }
    }
    println!("{answered} of {} queries answered as PostgreSQL 15 does", answered + known + failed.len());
    assert!(failed.is_empty(), "{} queries are not:\n{}", failed.len(), failed.join("\n"));
}
