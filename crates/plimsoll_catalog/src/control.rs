//! A control and what belongs to it: checks, attestation, parameters, freshness.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::predicate::Predicate;
use crate::text::{ControlText, text_of};
use crate::words::{Criticality, Family, Target};

/// Something that must hold before a system is fit for production.
#[derive(Debug)]
pub struct Control {
    /// Its id: `SET-01`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The family that its id names.
    pub family: Family,
    /// How much it matters.
    pub criticality: Criticality,
    /// When it applies.
    pub applies: Predicate,
    /// Ids of the rules that prove it for a repository.
    pub repository: Vec<String>,
    /// What no file can show of it: while there is something, the rules can find it wrong in a
    /// repository and never prove it there. A phrase that goes on after "no file shows".
    pub beyond_files: Option<String>,
    /// Ids of the checks that prove it for a rehearsal on loopback.
    pub rehearsal: Vec<String>,
    /// Ids of the checks that prove it for a production environment. A rule among them is run on
    /// the files of the deployed release.
    pub production: Vec<String>,
    /// What a person has to vouch for, where no check can.
    pub attestation: Option<Attestation>,
    /// The figures it is measured by.
    pub parameters: Vec<Parameter>,
}

impl Control {
    /// Ids of the checks that prove it for a target.
    pub fn checks(&self, target: Target) -> &[String] {
        match target {
            Target::Repository => &self.repository,
            Target::Rehearsal => &self.rehearsal,
            Target::Production => &self.production,
        }
    }

    /// Its parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Its texts: what must hold, why, how it is brought about. Parsed on first use.
    pub fn text(&self) -> &'static ControlText {
        text_of(self.family, &self.id)
    }
}

/// What kind of check something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckKind {
    /// Reads files, runs nothing.
    Rule,
    /// Asks over the network, from outside.
    Probe,
    /// Looks at the machine or the processes, changes nothing.
    Inspection,
    /// Does something and undoes it.
    Drill,
}

impl CheckKind {
    /// Its name: `rule`.
    pub fn name(self) -> &'static str {
        match self {
            CheckKind::Rule => "rule",
            CheckKind::Probe => "probe",
            CheckKind::Inspection => "inspection",
            CheckKind::Drill => "drill",
        }
    }
}

/// A check as the catalog declares it.
#[derive(Debug)]
pub struct Check {
    /// Its id: `debug-enabled`, `probe-error-pages`.
    pub id: String,
    /// What kind it is.
    pub kind: CheckKind,
    /// What it looks at, in one line.
    pub looks_at: String,
    /// Whether it is still to be built.
    pub planned: bool,
    /// How long its evidence holds.
    pub fresh_for: Freshness,
    /// Why that long.
    pub fresh_reason: String,
}

/// How long evidence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freshness {
    /// This many hours.
    Hours(u32),
    /// Until the commit that was looked at is no longer the one in question.
    Commit,
}

impl Freshness {
    /// Reads `commit`, `6 hours`, `1 day` or `90 days`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "commit" {
            return Some(Freshness::Commit);
        }
        let (number, unit) = text.split_once(' ')?;
        let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
        match unit {
            "hour" | "hours" => Some(Freshness::Hours(number)),
            "day" | "days" => number.checked_mul(24).map(Freshness::Hours),
            _ => None,
        }
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match *self {
            Freshness::Commit => return f.write_str("until the commit changes"),
            Freshness::Hours(hours) if hours % 24 == 0 => (hours / 24, "day"),
            Freshness::Hours(hours) => (hours, "hour"),
        };
        write!(f, "{number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

/// What a person has to vouch for.
#[derive(Debug)]
pub struct Attestation {
    /// Who has to: a role, not a person.
    pub role: String,
    /// What they declare.
    pub wording: String,
    /// How long the declaration holds.
    pub fresh_for: Freshness,
}

/// A figure that a control is measured by.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name: `max_age`.
    pub name: String,
    /// Its default.
    pub value: ParameterValue,
    /// The unit of the value: `seconds`, `MB`, `count`.
    pub unit: String,
    /// Why this default.
    pub reason: String,
    /// For a figure that an attestation has to state: how this one bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<Bound>,
}

/// How a figure that somebody states is bounded by a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// It is no less.
    AtLeast,
    /// It is no more.
    AtMost,
    /// It is less.
    Below,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A whole number.
    Integer(i64),
    /// A word or a path.
    Text(String),
    /// Several words.
    List(Vec<String>),
}

impl ParameterValue {
    /// The whole number, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            ParameterValue::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The word, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            ParameterValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParameterValue::Integer(number) => write!(f, "{number}"),
            ParameterValue::Text(text) => f.write_str(text),
            ParameterValue::List(items) => f.write_str(&items.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freshness_reads_what_it_writes() {
        for (text, expected) in [
            ("1 day", Some(Freshness::Hours(24))),
            ("90 days", Some(Freshness::Hours(2160))),
            ("6 hours", Some(Freshness::Hours(6))),
            ("0 days", None),
            ("soon", None),
            ("4294967295 days", None),
        ] {
            assert_eq!(Freshness::parse(text), expected, "{text}");
            if let Some(freshness) = expected {
                assert_eq!(freshness.to_string(), text);
            }
        }
        assert!(Freshness::Hours(u32::MAX) < Freshness::Commit);
    }
}
