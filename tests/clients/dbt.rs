//! dbt-postgres builds a small project on the demo lake: views, a table, tests of the data, documentation; twice, since the second
//! time everything is replaced.
//!
//! `tests/install-clients` installs dbt into an environment of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cilake::config::Config;
use cilake::demo::DemoSpec;
use cilake::engine::Engine;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::programs::cache;

fn copy_project(to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/dbt");
    for folder in ["", "models"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
        for entry in std::fs::read_dir(from.join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
}

/// What dbt printed; it has to succeed.
async fn dbt(project: PathBuf, port: u16, arguments: &'static [&'static str]) -> String {
    let finished = tokio::task::spawn_blocking(move || {
        let program = cache().join("dbt/bin/dbt");
        let mut command = Command::new(&program);
        command.args(arguments).current_dir(&project).stdin(Stdio::null()).env("CILAKE_PORT", port.to_string());
        command.env("DBT_PROFILES_DIR", &project).env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false").env("NO_COLOR", "1");
        let output = command.output();
        let output =
            output.unwrap_or_else(|error| panic!("{} does not run ({error}); run tests/install-clients", program.display()));
        let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "dbt {arguments:?} failed:\n{printed}");
        printed
    });
    finished.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dbt_builds_and_documents_a_project() {
    let folder = TempDir::new().unwrap();
    let (lake, project) = (folder.path().join("lake"), folder.path().join("project"));
    cilake::demo::write(&DemoSpec { customers: 100, ..DemoSpec::default() }, &lake, &|_, _| ()).unwrap();
    copy_project(&project);
    let mut config = Config::default();
    config.lake.url = lake.to_string_lossy().into_owned();
    config.lake.allow_write = true;
    let engine = Engine::open(config).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stop = CancellationToken::new();
    tokio::spawn(cilake::server::serve(engine.clone(), listener, stop.clone()));

    for _ in 0..2 {
        let printed = dbt(project.clone(), port, &["build"]).await;
        // Three models, and the tests of models and sources.
        assert!(printed.contains("PASS=12 WARN=0 ERROR=0 SKIP=0"), "{printed}");
    }
    let mut session = engine.session("cilake");
    let count = session.collect("SELECT 1 FROM mart.revenue r JOIN mart.customers c ON r.revenue > 0").await.unwrap();
    assert!(count.iter().any(|batch| batch.num_rows() > 0));
    let left = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mart' AND table_name LIKE '%\\_\\_dbt%'";
    assert_eq!(session.collect(left).await.unwrap().iter().map(|batch| batch.num_rows()).sum::<usize>(), 0);

    dbt(project.clone(), port, &["docs", "generate"]).await;
    let catalog = std::fs::read_to_string(project.join("target/catalog.json")).unwrap();
    let catalog: serde_json::Value = serde_json::from_str(&catalog).unwrap();
    let node = |name: &str| &catalog["nodes"][format!("model.company.{name}")];
    assert_eq!(node("revenue")["metadata"]["type"], "BASE TABLE");
    assert_eq!(node("purchases")["metadata"]["type"], "VIEW");
    assert_eq!(node("purchases")["metadata"]["comment"], "One row a completed order: it's what customers paid");
    assert_eq!(node("purchases")["columns"]["order_id"]["comment"], "The order");
    assert_eq!(node("revenue")["columns"]["month"]["type"], "timestamp with time zone");
    assert_eq!(catalog["sources"]["source.company.sales.orders"]["columns"]["total"]["type"], "numeric(12,2)");
    stop.cancel();
}
