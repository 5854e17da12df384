//! The variables of a service, as far as the repository tells.

use plimsoll_formats::compose::Service;
use plimsoll_source::{Span, Tree};

use crate::processes;
use crate::surroundings::Surroundings;

/// What is known of a variable.
pub(super) enum Told {
    /// Its value, and where it is set.
    Set(String, Span),
    /// It is set to something that is not known.
    Somehow,
    /// It is not set.
    Unset,
    /// Nobody can tell: an env file is missing.
    Open,
}

/// The variables of one service.
pub(super) struct Variables {
    surroundings: Surroundings,
}

impl Variables {
    pub(super) fn of(tree: &dyn Tree, service: &Service) -> Self {
        let mut surroundings = Surroundings::default();
        processes::compose_environment(tree, service, None, &mut surroundings);
        Self { surroundings }
    }

    pub(super) fn get(&self, name: &str) -> Told {
        let environment = &self.surroundings.environment;
        if let Some(variable) = environment.variables.get(name) {
            let at = variable.at.clone();
            return match at {
                Some(at) => Told::Set(variable.value.expose().to_owned(), at),
                None => Told::Somehow,
            };
        }
        if environment.unknown.contains_key(name) {
            Told::Somehow
        } else if self.surroundings.gaps.is_empty() {
            Told::Unset
        } else {
            Told::Open
        }
    }

    /// The first of several names that is set.
    pub(super) fn first(&self, names: &[&str]) -> Told {
        let mut open = false;
        for name in names {
            match self.get(name) {
                Told::Unset => {}
                Told::Open => open = true,
                found => return found,
            }
        }
        if open { Told::Open } else { Told::Unset }
    }
}
