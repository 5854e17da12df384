//! The command line: arguments, configuration, exit codes. Everything else is in the libraries.

mod advisories;
mod assessing;
mod cli;
mod commands;
mod digests;
mod exclude;
mod exit;
mod failure;
mod given;
mod home;
mod keyring;
mod output;
mod overlay;
mod progress;
mod recording;
mod said;
mod settings_file;
mod survey;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

pub use exit::Exit;

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let arguments = match cli::Cli::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let screen = output::Screen::new(arguments.color);
    let result = commands::run(arguments.command, &screen);
    let exit = match result {
        Ok(exit) => exit,
        Err(failure) => {
            screen.complain(&failure);
            failure.exit
        }
    };
    exit.into()
}

/// The definition of the command line, for help, completions, the man page and the reference.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Help and version are no errors; a reader that went away is none either.
fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    match (error.use_stderr(), printed) {
        (false, _) => Exit::Fit.into(),
        (true, _) => Exit::Usage.into(),
    }
}
