//! A control as the assessment of one system sees it.

use plimsoll_catalog::Target;

/// A control with what its catalog entry asks for, resolved for one system and one target.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The control's id: `SET-01`.
    pub id: String,
    /// Whether its condition holds for this system.
    pub applicability: Applicability,
    /// The checks that the target asks for, by id. Empty: nothing can prove it on this target.
    pub checks: Vec<String>,
    /// The checks that prove it on other targets.
    pub planned: Vec<PlannedCheck>,
    /// What a person has to vouch for, where the control wants that.
    pub attestation: Option<String>,
}

/// Whether a control's condition holds for a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// It holds, or the control has none.
    Applies,
    /// The facts do not settle it: the control is treated as applying.
    Unsettled,
    /// It does not hold, for this reason.
    Not(String),
}

/// A check on another target than the one assessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCheck {
    /// Where it runs.
    pub target: Target,
    /// What it does, as a phrase: `a probe of the live site: …`.
    pub what: String,
}
