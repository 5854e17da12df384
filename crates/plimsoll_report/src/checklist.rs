//! What the formats of `plimsoll checklist` are made from.

use plimsoll_catalog::{ParameterValue, Verdict};

/// Checklists whose items were placed and judged.
#[derive(Debug)]
pub struct ChecklistReport {
    /// The files, in the order they were named.
    pub files: Vec<ChecklistFile>,
    /// What the verdicts are about, as a phrase: the repository and its settings module.
    pub target: String,
    /// Why there are no verdicts, where the system could not be assessed.
    pub not_assessed: Option<String>,
}

/// One checklist.
#[derive(Debug)]
pub struct ChecklistFile {
    /// Its name as it was given.
    pub name: String,
    /// Its items, in the order of the file.
    pub items: Vec<ChecklistItem>,
    /// Advice in it that does harm.
    pub advice: Vec<HarmfulAdvice>,
    /// What could not be read as it stands: lines in an odd encoding.
    pub problems: Vec<String>,
}

/// An item of a checklist.
#[derive(Debug)]
pub struct ChecklistItem {
    /// The line of its box or mark, from 1.
    pub line: usize,
    /// The column of the same, from 1.
    pub column: usize,
    /// The form it was written in: `marked`, `row`, `step`, `heading`, `point`.
    pub kind: &'static str,
    /// What it says.
    pub text: String,
    /// Whether its box is ticked; `None` where it has none.
    pub ticked: Option<bool>,
    /// The line of the item that it is a part of.
    pub part_of: Option<usize>,
    /// Whether the writer says that it may be left out.
    pub optional: bool,
    /// The control it means.
    pub control: Option<PlacedControl>,
    /// The figures that it gives.
    pub parameters: Vec<GivenParameter>,
    /// Whether a tick at it is so: the control's verdict and those of all its parts.
    pub holds: bool,
}

/// The control that an item means.
#[derive(Debug)]
pub struct PlacedControl {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its verdict; `None` where the system could not be assessed.
    pub verdict: Option<Verdict>,
    /// Whether only a person can vouch for it.
    pub by_person: bool,
    /// How sure the placement is: `high`, `medium`, `low`.
    pub confidence: &'static str,
    /// The words that decided.
    pub words: Vec<String>,
    /// The next likely control, where one is near.
    pub runner_up: Option<String>,
    /// Where the first evidence stands, or the check that saw it.
    pub seen: Option<String>,
    /// What the verdict rests on, or what is needed, one line each.
    pub grounds: Vec<String>,
}

/// A figure of an item that became a parameter of its control.
#[derive(Debug)]
pub struct GivenParameter {
    /// The parameter.
    pub name: String,
    /// Its value, in the parameter's unit.
    pub value: ParameterValue,
    /// The unit.
    pub unit: String,
    /// The words it was read from.
    pub from: String,
}

/// Advice of a checklist that does harm where it is followed.
#[derive(Debug)]
pub struct HarmfulAdvice {
    /// Its name.
    pub id: &'static str,
    /// The line that gives it.
    pub line: usize,
    /// The line of the item it stands in.
    pub item: Option<usize>,
    /// The control that it works against.
    pub control: &'static str,
    /// What goes wrong.
    pub why: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

impl ChecklistItem {
    /// The verdict, where there is one.
    pub fn verdict(&self) -> Option<Verdict> {
        self.control.as_ref()?.verdict
    }

    /// Whether somebody ticked it and it is known not to be so. Of what does not apply to the
    /// system nothing is known.
    pub fn is_false_tick(&self) -> bool {
        let known = self.verdict().is_some_and(|verdict| verdict != Verdict::NotApplicable);
        self.ticked == Some(true) && known && !self.holds
    }
}

/// Whether a verdict lets a box be ticked. What does not apply was not done.
pub fn lets_tick(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Proven | Verdict::Attested | Verdict::Waived)
}
