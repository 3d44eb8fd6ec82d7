//! `cilake functions`: the reference, as in the manual.

use anyhow::{Result, bail};
use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct FunctionsArgs {
    /// Only these; all without a name.
    names: Vec<String>,
}

pub fn run(args: &FunctionsArgs) -> Result<()> {
    if args.names.is_empty() {
        print!("{}", crate::reference::markdown());
        return Ok(());
    }
    for name in &args.names {
        let docs = datafusion_functions_customer::functions();
        let found: Vec<_> = docs.iter().filter(|doc| doc.name.eq_ignore_ascii_case(name)).collect();
        if found.is_empty() {
            bail!("there is no function {name}");
        }
        for doc in found {
            println!("{}", doc.markdown());
        }
    }
    Ok(())
}
