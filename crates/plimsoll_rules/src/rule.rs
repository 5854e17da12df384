//! What a rule is.

use plimsoll_catalog::Outcome;
use plimsoll_facts::Facts;

use crate::{Look, Parameters};

/// A static rule: one file with its texts and its logic, one line in its area's list.
pub struct Rule {
    /// Names the bad state: `debug-enabled`. Also the name of its file, its cases and its anchor.
    pub id: &'static str,
    /// The control that its findings fail.
    pub control: &'static str,
    /// The bad state in one line, without a full stop.
    pub title: &'static str,
    /// What it looks at and what it reports, in Markdown.
    pub what: &'static str,
    /// Why it matters: how this fails for real, in Markdown.
    pub why: &'static str,
    /// A minimal example that trips it, as Markdown code blocks.
    pub bad: &'static str,
    /// The same example put right.
    pub good: &'static str,
    /// Where it can be looked up: addresses of documents that state the facts used.
    pub sources: &'static [&'static str],
    /// Looks at the facts of one system.
    pub check: fn(&mut Look),
}

impl Rule {
    /// Runs the rule on the facts of one system, measuring by these parameters.
    pub fn run(&self, facts: &Facts, parameters: &Parameters<'_>) -> Outcome {
        let mut look = Look::new(self, facts, parameters);
        (self.check)(&mut look);
        look.finish()
    }
}
