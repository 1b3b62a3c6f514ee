//! The `mixsmith` binary: one file a sub-command, and one table of flags.
#![allow(clippy::disallowed_methods, reason = "files, clock and environment belong here")]

mod commands;
mod failure;
mod progress;
mod say;
mod stop;
mod table;

use std::process::ExitCode;

use clap::FromArgMatches;

use table::{Cli, table};

fn main() -> ExitCode {
    // What clap cannot read ends here with its own message and code 2.
    let cli = match Cli::from_arg_matches(&table().get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match commands::run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.show(cli.common.json);
            ExitCode::from(failure.exit.code())
        }
    }
}
