//! What changed, and what is due.

use jiff::Timestamp;
use plimsoll_catalog::{Catalog, Freshness, Verdict};

use super::{Standing, after, hours};
use crate::record::{Body, Sealed};

/// A control whose verdict is another one than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The control.
    pub control: String,
    /// What its verdict was.
    pub before: Verdict,
    /// What it is.
    pub now: Verdict,
    /// Why it is.
    pub reason: Option<String>,
}

/// Something that a person has to do again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The control that wants it.
    pub control: String,
    /// How often, in hours: how long an attestation of it holds.
    pub every_hours: u32,
    /// Who has to, as a role.
    pub role: String,
    /// When it was last done.
    pub last: Option<Timestamp>,
    /// When it is due.
    pub state: DueState,
}

/// When a task is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueState {
    /// It was never done.
    Never,
    /// It should have been done by this time.
    Overdue(Timestamp),
    /// It has to be done by this time.
    By(Timestamp),
}

/// The controls that stand otherwise than before, in the order of the catalog.
pub fn changes(before: &Standing, now: &Standing) -> Vec<Change> {
    let mut changes = Vec::new();
    for stand in &now.controls {
        let Some(old) = before.control(&stand.control) else { continue };
        if old.verdict != stand.verdict {
            changes.push(Change {
                control: stand.control.clone(),
                before: old.verdict,
                now: stand.verdict,
                reason: stand.reason.clone(),
            });
        }
    }
    changes
}

/// The tasks that recur at least every `longest_hours`, of the controls that apply: the most urgent
/// first.
pub fn due(
    records: &[Sealed],
    catalog: &Catalog,
    standing: &Standing,
    longest_hours: u32,
) -> Vec<Due> {
    let mut tasks = Vec::new();
    for control in catalog.controls() {
        let Some(attestation) = &control.attestation else { continue };
        let Freshness::Hours(every) = attestation.fresh_for else { continue };
        let verdict = standing.control(&control.id).map(|stand| stand.verdict);
        // What checks prove needs nobody; what does not apply neither.
        let idle =
            matches!(verdict, Some(Verdict::NotApplicable | Verdict::Proven | Verdict::Waived));
        if every > longest_hours || idle {
            continue;
        }
        let newest = records.iter().rev().find_map(|sealed| match &sealed.record.body {
            Body::Attestation(body) if body.control == control.id => Some(body),
            _ => None,
        });
        let newest = newest.filter(|body| !body.withdrawn);
        let state = newest.and_then(|body| {
            let holds = hours(body.fresh_for.0).map_or(every, |own| own.min(every));
            after(body.effective, holds)
        });
        tasks.push(Due {
            control: control.id.clone(),
            every_hours: every,
            role: attestation.role.clone(),
            last: newest.map(|body| body.effective),
            state: match state {
                None => DueState::Never,
                Some(end) if end <= standing.now => DueState::Overdue(end),
                Some(end) => DueState::By(end),
            },
        });
    }
    tasks.sort_by(|a, b| {
        (a.state, a.every_hours, &a.control).cmp(&(b.state, b.every_hours, &b.control))
    });
    tasks
}
