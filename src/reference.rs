//! The function reference, made from the functions' own documentation.

use datafusion_functions_customer::functions;

/// All functions by topic, in Markdown. `docs/functions.md` is this text.
pub fn markdown() -> String {
    let mut text =
        String::from("# Functions\n\nMade from the functions' own documentation: `cilake functions` prints the same text.\n");
    let mut topic = "";
    for doc in functions() {
        if doc.topic != topic {
            topic = doc.topic;
            text.push_str(&format!("\n## {topic}\n"));
        }
        text.push('\n');
        text.push_str(&doc.markdown());
    }
    text
}
