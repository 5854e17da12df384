//! What ends a run: said so that a person can do something about it.

use crate::exit::Exit;

/// Why a run ended early: what, where, why, what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// The messages, each with an excerpt where there is one.
    pub(crate) complaints: Vec<Complaint>,
}

/// One thing that is wrong. Never holds the value of a variable.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    pub(crate) message: String,
    /// The place with its lines, drawn already.
    pub(crate) excerpt: Option<String>,
    pub(crate) help: Option<String>,
}

impl Failure {
    /// Wrong usage or configuration.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message.into())
    }

    /// The system could not be assessed.
    pub(crate) fn not_assessed(message: impl Into<String>) -> Self {
        Self::new(Exit::NotAssessed, message.into())
    }

    /// The ledger is broken, can't be read, or could not be written.
    pub(crate) fn ledger(message: impl Into<String>) -> Self {
        Self::new(Exit::Ledger, message.into())
    }

    /// Whether the caller can put it right by other arguments.
    pub(crate) fn is_usage(&self) -> bool {
        self.exit == Exit::Usage
    }

    fn new(exit: Exit, message: String) -> Self {
        Self { exit, complaints: vec![Complaint { message, ..Complaint::default() }] }
    }

    /// The same with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(complaint) = self.complaints.last_mut() {
            complaint.help = Some(help.into());
        }
        self
    }
}
