//! The environment that the production process gets, and from where.

use plimsoll_formats::dotenv::{self, Dialect, EnvValue, Lookup};
use plimsoll_python::{Environment, Variable};
use plimsoll_source::{Secret, SourceText, Span};

/// The environment of the production process with its sources.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The variables.
    pub environment: Environment,
    /// Where they come from, as sentences, in the order in which they apply.
    pub sources: Vec<Source>,
    /// Why there may be variables beyond these; empty where the environment is complete.
    pub gaps: Vec<Source>,
    /// Env files and compose files that were left out as those of development, with the reason.
    pub left_out: Vec<Source>,
}

/// A source of variables, or a gap in what is known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is, as a sentence without a full stop.
    pub text: String,
    /// Where it stands.
    pub at: Option<Span>,
}

impl Source {
    /// A source or gap at a place.
    pub(crate) fn at(text: impl Into<String>, at: &Span) -> Self {
        Self { text: text.into(), at: Some(at.clone()) }
    }
}

impl Surroundings {
    /// Whether a variable that is not among these is known to be unset in production.
    pub fn is_complete(&self) -> bool {
        self.environment.given || self.gaps.is_empty()
    }

    /// Sets a variable as a reader gives it; what names one without a value changes nothing.
    pub(crate) fn set(&mut self, name: &str, value: &EnvValue, at: &Span) {
        match value {
            EnvValue::Text(text) => self.insert(name, text.clone(), at),
            EnvValue::Absent => {}
            EnvValue::Unknown(reason) => self.mark_unknown(name, reason.clone(), at),
        }
    }

    pub(crate) fn insert(&mut self, name: &str, value: Secret, at: &Span) {
        self.environment.unknown.remove(name);
        let variable = Variable { value, at: Some(at.clone()) };
        self.environment.variables.insert(name.to_owned(), variable);
    }

    pub(crate) fn mark_unknown(&mut self, name: &str, reason: String, at: &Span) {
        self.environment.variables.remove(name);
        self.environment.unknown.insert(name.to_owned(), (reason, Some(at.clone())));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.environment.variables.remove(name);
        self.environment.unknown.remove(name);
    }

    /// Adds a source that is not among them yet.
    pub(crate) fn source(&mut self, source: Source) {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    /// Adds a gap that is not among them yet.
    pub(crate) fn gap(&mut self, gap: Source) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// What is known of a variable, for readers that replace variables in values.
    pub(crate) fn lookup(&self, name: &str) -> Lookup {
        match (self.environment.variables.get(name), self.environment.unknown.get(name)) {
            (Some(variable), _) => Lookup::Set(variable.value.expose().to_owned()),
            (None, Some((reason, _))) => Lookup::Unknown(reason.clone()),
            (None, None) => Lookup::Unset,
        }
    }

    /// Takes an env file in, as a dialect reads it.
    pub(crate) fn take_in(&mut self, source: &SourceText, dialect: Dialect) {
        let at = Span::of_file(source.path().clone());
        self.source(Source::at(format!("the env file {}", source.path()), &at));
        // compose also looks at the environment of whoever runs it.
        let outer = |name: &str| match self.lookup(name) {
            Lookup::Unset if dialect == Dialect::Compose => {
                Lookup::Unknown(format!("{name} may be set where compose is run"))
            }
            found => found,
        };
        let read = dotenv::read(source, dialect, &outer);
        if read.refused.is_some() {
            self.gap(Source::at(format!("{} could not be read", source.path()), &at));
        }
        if let Some(reason) = &read.open {
            self.gap(Source::at(format!("{} may set more: {reason}", source.path()), &at));
        }
        for entry in read.effective() {
            self.set(&entry.key, &entry.value, &entry.value_span);
        }
    }
}
