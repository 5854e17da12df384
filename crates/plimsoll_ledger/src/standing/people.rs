//! What people said that is in force: attestations and waivers.

use jiff::Timestamp;
use plimsoll_catalog::{Control, Freshness};

use super::{InQuestion, after, day, hours};
use crate::ledger::SKEW;
use crate::record::{Attestation, Body, Proof, Sealed, Waiver};

/// An attestation that is in force.
#[derive(Clone, Copy, Debug)]
pub struct Vouching<'a> {
    /// Its record.
    pub sealed: &'a Sealed,
    /// What it says.
    pub attestation: &'a Attestation,
    /// When it lapses; `None` where only another release ends it.
    pub ends: Option<Timestamp>,
}

/// The waiver that counts for something: the newest of it, in force or not.
#[derive(Clone, Copy, Debug)]
pub struct WaiverState<'a> {
    /// Its record.
    pub sealed: &'a Sealed,
    /// What it says.
    pub waiver: &'a Waiver,
}

impl Vouching<'_> {
    /// Who vouches with what and until when, as a phrase.
    pub fn reason(&self) -> String {
        format!("attested by {}: {}", self.attestation.by, self.with_what())
    }

    /// What is shown and until when it holds, as a phrase.
    pub fn with_what(&self) -> String {
        let shown: Vec<String> = self
            .attestation
            .evidence
            .iter()
            .map(|proof| match proof {
                Proof::File { path, .. } => path.clone(),
                Proof::Link { url } => url.to_string(),
            })
            .collect();
        let until = self.ends.map(|end| format!(", until {}", day(end))).unwrap_or_default();
        format!("{}{until}", shown.join(", "))
    }
}

/// The attestation of a control that is in force, if one is. `release` is the name of the release
/// in question.
pub fn attestation_in_force<'a>(
    records: &'a [Sealed],
    control: &Control,
    release: Option<&str>,
    now: Timestamp,
) -> Option<Vouching<'a>> {
    let release = InQuestion { name: release.map(str::to_owned), ..InQuestion::default() };
    attestation_of(records, control, &release, now)?.ok()
}

/// The newest waivers, one for each thing that is waived.
pub fn waivers(records: &[Sealed]) -> Vec<WaiverState<'_>> {
    let mut newest: Vec<WaiverState<'_>> = Vec::new();
    for sealed in records.iter().rev() {
        let Body::Waiver(waiver) = &sealed.record.body else { continue };
        let same = |known: &WaiverState<'_>| {
            known.waiver.control == waiver.control && known.waiver.rule == waiver.rule
        };
        if !newest.iter().any(same) {
            newest.push(WaiverState { sealed, waiver });
        }
    }
    newest.reverse();
    newest
}

/// The newest attestation of a control, or why it is not in force; `None` where there is none.
pub(super) fn attestation_of<'a>(
    records: &'a [Sealed],
    control: &Control,
    release: &InQuestion,
    now: Timestamp,
) -> Option<Result<Vouching<'a>, String>> {
    let wanted = control.attestation.as_ref()?;
    let found = records.iter().rev().find_map(|sealed| match &sealed.record.body {
        Body::Attestation(body) if body.control == control.id => Some((sealed, body)),
        _ => None,
    });
    let (sealed, attestation) = found?;
    let by = &attestation.by;
    if attestation.withdrawn {
        return Some(Err(format!(
            "{by} withdrew the attestation on {}",
            day(attestation.effective)
        )));
    }
    if attestation.effective.duration_since(now) > SKEW {
        return Some(Err(format!("the attestation by {by} is dated in the future")));
    }
    let bound_by_commit = attestation.fresh_for.0 == Freshness::Commit;
    let speaks_of = attestation.release.as_deref();
    let same = speaks_of == release.name.as_deref();
    if (speaks_of.is_some() || bound_by_commit) && !same {
        let what =
            speaks_of.map_or_else(|| "no release".to_owned(), |name| format!("release {name}"));
        return Some(Err(format!("the attestation by {by} speaks of {what}")));
    }
    let least = match (hours(attestation.fresh_for.0), hours(wanted.fresh_for)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let ends = least.and_then(|hours| after(attestation.effective, hours));
    Some(match ends.filter(|end| *end <= now) {
        Some(end) => Err(format!("the attestation by {by} expired on {}", day(end))),
        None => Ok(Vouching { sealed, attestation, ends }),
    })
}

/// The newest waiver of a whole control.
pub(super) fn waiver_of<'a, 'w>(
    waivers: &'w [WaiverState<'a>],
    control: &str,
) -> Option<&'w WaiverState<'a>> {
    waivers.iter().find(|state| {
        state.waiver.control.as_deref() == Some(control) && state.waiver.rule.is_none()
    })
}

/// The newest waiver of a rule's findings, in one control or in all.
pub(super) fn waiver_of_rule<'a, 'w>(
    waivers: &'w [WaiverState<'a>],
    rule: &str,
    control: &str,
) -> Option<&'w WaiverState<'a>> {
    let all = waivers.iter().filter(|state| {
        state.waiver.rule.as_deref() == Some(rule)
            && state.waiver.control.as_deref().is_none_or(|id| id == control)
    });
    all.max_by_key(|state| state.sealed.record.seq)
}
