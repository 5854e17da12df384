//! `plimsoll completions`

use crate::cli::Completions;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;

pub(crate) fn run(arguments: &Completions, screen: &Screen) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::command(), "plimsoll", &mut script);
    screen.deliver(&String::from_utf8_lossy(&script), None, Exit::Fit)
}
