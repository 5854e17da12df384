//! One file per command.

mod attest;
mod catalog;
mod check;
mod checklist;
mod completions;
mod explain;
mod init;
mod key;
mod ledger;
mod man;
mod release;
mod repair;
mod settings;
mod sign;
mod status;
mod waive;

use crate::cli::Command;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;

/// Runs a command.
pub(crate) fn run(command: Command, screen: &Screen) -> Result<Exit, Failure> {
    match command {
        Command::Check(arguments) => check::run(&arguments, screen),
        Command::Checklist(arguments) => checklist::run(&arguments, screen),
        Command::Settings(arguments) => settings::run(&arguments, screen),
        Command::Catalog(arguments) => catalog::run(&arguments, screen),
        Command::Explain(arguments) => explain::run(&arguments, screen),
        Command::Init(arguments) => init::run(&arguments, screen),
        Command::Key(arguments) => key::run(&arguments, screen),
        Command::Status(arguments) => status::run(&arguments, screen),
        Command::Attest(arguments) => attest::run(&arguments, screen),
        Command::Waive(arguments) => waive::run(&arguments, screen),
        Command::Release(arguments) => release::run(&arguments, screen),
        Command::Sign(arguments) => sign::run(&arguments, screen),
        Command::Ledger(arguments) => ledger::run(&arguments, screen),
        Command::Completions(arguments) => completions::run(&arguments, screen),
        Command::Man(arguments) => man::run(&arguments, screen),
    }
}
