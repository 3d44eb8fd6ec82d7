//! The house rules that a machine can check: layers, length of files, words that have no place in code.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The layers of the root crate, in the order in which data flows. A module uses those before it.
const LAYERS: [&[&str]; 13] = [
    &["error"],
    &["config"],
    &["runtime", "syntax", "state"],
    &["lake"],
    &["access"],
    &["catalog"],
    &["dialect"],
    &["engine"],
    &["metrics"],
    &["server"],
    &["admin"],
    &["demo", "reference"],
    &["cli"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// The modules that a text uses by `crate::…`, with the line of each.
fn used(text: &str) -> Vec<(usize, String)> {
    let mut found = vec![];
    for (number, line) in text.lines().enumerate() {
        for part in line.split("crate::").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.push((number + 1, name));
        }
    }
    found
}

#[test]
fn no_layer_uses_a_later_one() {
    let src = root().join("src");
    let mut steps_back = vec![];
    for file in sources(&src) {
        let below = file.strip_prefix(&src).unwrap();
        let module = below.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_string();
        let Some(own) = layer(&module) else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        for (line, name) in used(&text) {
            if layer(&name).is_some_and(|other| other > own) {
                steps_back.push(format!("{}:{line} uses {name}", below.display()));
            }
        }
        let knows_sql = ["crate::catalog", "sqlparser", "datafusion_functions_customer"].iter().any(|word| text.contains(word));
        assert!(module != "lake" || !knows_sql, "{}: the lake knows no SQL", below.display());
    }
    assert!(steps_back.is_empty(), "{steps_back:#?}");
}

#[test]
fn the_wire_and_the_functions_know_nothing_of_the_rest() {
    for (crate_name, foreign) in [("wire", ["datafusion", "cilake::"]), ("udfs", ["cilake_wire", "cilake::"])] {
        for file in sources(&root().join(crate_name).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in foreign {
                let uses = text.lines().any(|line| line.trim_start().starts_with("use ") && line.contains(word));
                assert!(!uses, "{} uses {word}", file.display());
            }
        }
    }
}

#[test]
fn files_are_short_or_say_why() {
    let mut long = vec![];
    for folder in ["src", "udfs/src", "wire/src", "tests"] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let explained = text.lines().take(12).any(|line| line.contains("long because"));
            if text.lines().count() > FILE_LINES_MAX && !explained {
                long.push(format!("{} has {} lines", file.display(), text.lines().count()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn nothing_is_left_open() {
    for folder in ["src", "udfs/src", "wire/src"] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["todo!(", "unimplemented!(", "TODO", "FIXME", "dbg!("] {
                assert!(!text.contains(word), "{} has {word}", file.display());
            }
        }
    }
}

#[test]
fn the_manual_is_what_the_program_prints() {
    let manual = std::fs::read_to_string(root().join("docs/functions.md")).unwrap_or_default();
    assert_eq!(manual, cilake::reference::markdown(), "write it anew: cilake functions > docs/functions.md");
}
