//! `cilake config`: the effective configuration, setting by setting, with where each comes from.

use anyhow::Result;

use super::print::table;
use crate::config::{Config, Sources};

pub fn run(config: &Config, sources: &Sources) -> Result<()> {
    let rows: Vec<Vec<Option<String>>> =
        sources.iter().map(|(name, value, source)| [name, value, source].map(|text| Some(text.clone())).to_vec()).collect();
    print!("{}", table(&["setting", "value", "from"].map(String::from), &rows));
    let s3 = config.lake.url.starts_with("s3://");
    if s3 && config.lake.s3.access_key_id.is_none() {
        println!(
            "Keys, region and endpoint that are unset come from AWS_… variables, then from the web identity or the instance."
        );
    }
    Ok(())
}
