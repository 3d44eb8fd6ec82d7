//! The `cilake` program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cilake::cli::Arguments::parse();
    let runtime = match cilake::runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cilake: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    // On a thread of the runtime, because this one has a smaller stack.
    match runtime.block_on(runtime.spawn(cilake::cli::run(arguments))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("cilake: {error:#}");
            ExitCode::FAILURE
        }
        // A panic, which has been told already.
        Err(_) => ExitCode::FAILURE,
    }
}
