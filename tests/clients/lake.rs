//! Lakes, served on a free port: the relations of scripts/fixture.sql as Parquet files, and the demo lake.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use cilake::catalog::pg::RelationKind;
use cilake::config::Config;
use cilake::demo::DemoSpec;
use cilake::engine::Engine;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::fixture;

const REVENUE: &str = "SELECT customer_id, CAST(sum(total) AS numeric(22,2)) AS revenue FROM sales.orders GROUP BY customer_id";

/// A server in this process; it stops when this is dropped.
pub struct Served {
    pub port: u16,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Writes the relations of scripts/fixture.sql and serves them.
pub async fn served() -> Served {
    let folder = TempDir::new().unwrap();
    write(folder.path());
    serve(folder).await
}

/// A small demo lake with the view `care.readings`, which has a column of each type and the same rows in every database.
pub async fn demo() -> Served {
    let folder = TempDir::new().unwrap();
    cilake::demo::write(&DemoSpec { customers: 20, ..DemoSpec::default() }, folder.path(), &|_, _| ()).unwrap();
    let views = folder.path().join("sql/views/care");
    fs::create_dir_all(&views).unwrap();
    fs::write(views.join("readings.sql"), include_str!("scripts/readings.sql")).unwrap();
    declare_keys(folder.path(), include_str!("scripts/demo.sql"));
    serve(folder).await
}

async fn serve(folder: TempDir) -> Served {
    let mut config = Config::default();
    config.lake.url = folder.path().to_str().unwrap().to_owned();
    let engine = Engine::open(config).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stop = CancellationToken::new();
    tokio::spawn(cilake::server::serve(engine, listener, stop.clone()));
    Served { port, stop, _folder: folder }
}

fn write(folder: &Path) {
    for (schema, name, kind, fields) in fixture::relations() {
        if kind != RelationKind::Table {
            continue;
        }
        let columns: Vec<Field> = fields.into_iter().map(|(name, data_type)| Field::new(name, data_type, true)).collect();
        let columns = Arc::new(Schema::new(columns));
        let table = folder.join(schema).join(name);
        fs::create_dir_all(&table).unwrap();
        let mut writer =
            ArrowWriter::try_new(File::create(table.join("part-0.parquet")).unwrap(), Arc::clone(&columns), None).unwrap();
        writer.write(&RecordBatch::new_empty(columns)).unwrap();
        writer.close().unwrap();
    }
    let views = folder.join("sql/views/sales");
    fs::create_dir_all(&views).unwrap();
    fs::write(views.join("revenue.sql"), REVENUE).unwrap();
    declare_keys(folder, include_str!("scripts/fixture.sql"));
}

/// A lake declares its keys in the words in which PostgreSQL makes them.
fn declare_keys(folder: &Path, script: &str) {
    let keys: Vec<&str> = script.lines().filter(|line| line.starts_with("ALTER TABLE")).collect();
    fs::write(folder.join("sql/constraints.sql"), keys.join("\n")).unwrap();
}
