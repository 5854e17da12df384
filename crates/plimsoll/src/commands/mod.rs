//! One file per command.

mod catalog;
mod completions;
mod explain;
mod man;

use crate::cli::Command;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;

/// Runs a command.
pub(crate) fn run(command: Command, screen: &Screen) -> Result<Exit, Failure> {
    match command {
        Command::Catalog(arguments) => catalog::run(&arguments, screen),
        Command::Explain(arguments) => explain::run(&arguments, screen),
        Command::Completions(arguments) => completions::run(&arguments, screen),
        Command::Man(arguments) => man::run(&arguments, screen),
        Command::Check(_) | Command::Settings(_) | Command::Init(_) => Ok(Exit::NotAssessed),
    }
}
