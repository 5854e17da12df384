//! The environment that the production process gets, and from where.

use plimsoll_python::Environment;
use plimsoll_source::Span;

/// The environment of the production process with its sources.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The variables.
    pub environment: Environment,
    /// Where they come from, as sentences, in the order in which they apply.
    pub sources: Vec<Source>,
    /// Why there may be variables beyond these; empty where the environment is complete.
    pub gaps: Vec<Source>,
}

/// A source of variables, or a gap in what is known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is, as a sentence without a full stop.
    pub text: String,
    /// Where it stands.
    pub at: Option<Span>,
}

impl Surroundings {
    /// Whether a variable that is not among these is known to be unset in production.
    pub fn is_complete(&self) -> bool {
        self.environment.given || self.gaps.is_empty()
    }
}
