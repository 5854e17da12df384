//! Exit codes: part of the interface, documented in `--help` and docs/cli.md.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the threshold.
    Fit,
    /// Findings at or above the threshold.
    Findings,
    /// Wrong usage or configuration.
    Usage,
    /// The system could not be assessed.
    NotAssessed,
    /// The ledger is broken, can't be read, or could not be written.
    Ledger,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Fit => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::NotAssessed => 3,
            Exit::Ledger => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
