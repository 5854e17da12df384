//! Profiles: which controls a kind of system answers to, and with which figures.

use crate::control::{Control, ParameterValue};
use crate::predicate::{FactPredicate, Predicate};
use crate::words::Family;

/// A selection of controls for a kind of system.
#[derive(Debug)]
pub struct Profile {
    /// Its id: `classic-server`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The kind of system it is for, in a sentence or two.
    pub description: String,
    /// When the survey chooses it.
    pub when: Predicate,
    /// Families it selects whole.
    pub families: Vec<Family>,
    /// Further controls it selects.
    pub controls: Vec<String>,
    /// Figures it sets otherwise than the controls do.
    pub tunes: Vec<Tune>,
}

/// A figure of a control that a profile sets otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Tune {
    /// The control.
    pub control: String,
    /// The name of its parameter.
    pub parameter: String,
    /// The value in this profile, in the parameter's unit.
    pub value: ParameterValue,
    /// Why.
    pub reason: String,
}

impl Profile {
    /// Whether it selects the control.
    pub fn selects(&self, family: Family, control: &str) -> bool {
        self.families.contains(&family) || self.controls.iter().any(|id| id == control)
    }

    /// Whether the survey's facts choose it; `None` where they do not tell. Its figures then do
    /// not hold, and its controls stay: a control must not fall away because nobody knows.
    pub fn chosen(&self, fact: &dyn Fn(FactPredicate) -> Option<bool>) -> Option<bool> {
        self.when.evaluate(fact)
    }
}

/// Whether a control applies to a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// It does.
    Applies,
    /// Nobody knows; it counts as applying. The facts that would settle it.
    Unknown(Vec<FactPredicate>),
    /// It does not. The reason, in one sentence.
    DoesNot(String),
}

impl Applicability {
    pub(crate) fn of(
        control: &Control,
        profiles: &[Profile],
        fact: &dyn Fn(FactPredicate) -> Option<bool>,
    ) -> Self {
        let selecting =
            || profiles.iter().filter(|profile| profile.selects(control.family, &control.id));
        let conditions = selecting().map(|profile| profile.when.clone());
        let selected = Predicate::Any(conditions.collect()).evaluate(fact);
        match (selected, control.applies.evaluate(fact)) {
            (Some(false), _) => {
                let names: Vec<&str> = selecting().map(|profile| profile.id.as_str()).collect();
                Applicability::DoesNot(format!(
                    "It belongs to the profile {}, which this system was not found to need.",
                    names.join(" or ")
                ))
            }
            (_, Some(false)) => {
                Applicability::DoesNot(format!("It applies when: {}.", control.applies))
            }
            (Some(true), Some(true)) => Applicability::Applies,
            _ => {
                let conditions = selecting().map(|profile| &profile.when);
                let mut unknown: Vec<FactPredicate> = conditions
                    .chain([&control.applies])
                    .flat_map(Predicate::facts)
                    .filter(|name| fact(*name).is_none())
                    .collect();
                unknown.sort();
                unknown.dedup();
                Applicability::Unknown(unknown)
            }
        }
    }
}
