//! The one function that decides a control's verdict.

use jiff::civil::Date;
use plimsoll_catalog::{Outcome, Severity, Target, Verdict};

use crate::assessment::{AssessedFinding, Attested, FindingState};
use crate::config::Waiver;
use crate::subject::{Applicability, AskedCheck, Subject};

/// All that bears on one control.
pub(crate) struct Seen<'a> {
    pub(crate) subject: &'a Subject,
    /// The checks that the target asks for, with what they gave; `None` where one did not run.
    pub(crate) outcomes: &'a [(&'a AskedCheck, Option<&'a Outcome>)],
    /// Findings that name this control.
    pub(crate) own: &'a [&'a AssessedFinding],
    /// Findings of this control's checks that name another control.
    pub(crate) foreign: &'a [&'a AssessedFinding],
    /// The waiver of the whole control that holds longest.
    pub(crate) waiver: Option<&'a Waiver>,
    /// The attestation of the control that is in force.
    pub(crate) attested: Option<&'a Attested>,
    pub(crate) today: Date,
}

/// A verdict with its grounds.
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) reason: Option<String>,
    pub(crate) needs: Vec<String>,
    /// The last day on which a waived control is accepted.
    pub(crate) waived_until: Option<Date>,
    /// Whether the waiver of the whole control had something to waive, in force or not.
    pub(crate) used_waiver: bool,
}

/// Decides what is known of a control.
///
/// - An open finding of a warning or an error that names it fails it, whatever else is known.
/// - A condition that definitely does not hold makes it not applicable.
/// - Such a finding of one of its checks fails it too, where the check serves several controls and
///   the finding names another one.
/// - Proven takes all of: at least one check, every check ran, each has evidence, no finding of a
///   warning or an error (ignored ones included), nothing undetermined, and nothing of the control
///   that the checks of this target cannot show.
/// - What is unproven then, has no accepted finding and wants an attestation is attested by one.
/// - Everything else is unproven, with what would prove it.
/// - A waiver in force turns a failed or unproven control into a waived one; an expired waiver
///   fails what it waived.
pub(crate) fn decide(seen: &Seen<'_>) -> Decision {
    if seen.own.iter().any(|finding| finding.fails()) {
        return Decision::of(Verdict::Failed);
    }
    if let Applicability::Not(reason) = &seen.subject.applicability {
        return Decision::of(Verdict::NotApplicable).because(reason.clone());
    }
    let needs = needs(seen);
    let waivable = seen.waiver.is_some_and(|waiver| waiver.expiry >= seen.today);
    if let Some(finding) = seen.foreign.iter().find(|finding| finding.fails() && !waivable) {
        let finding = &finding.finding;
        let reason = format!(
            "its check {} found, for {}: {} ({})",
            finding.rule, finding.control, finding.message, finding.at
        );
        let failed = Decision::of(Verdict::Failed).because(reason);
        return Decision { used_waiver: seen.waiver.is_some(), ..failed };
    }
    if needs.is_empty() && !seen.outcomes.is_empty() {
        return Decision::of(Verdict::Proven);
    }
    // A finding that somebody accepted is no matter of vouching.
    let accepted = seen.own.iter().chain(seen.foreign).any(|f| is_weighty(f));
    if let Some(attested) =
        seen.attested.filter(|_| !accepted && seen.subject.attestation.is_some())
    {
        let reason = format!("attested by {}: {}", attested.by, attested.reason);
        return Decision { needs, ..Decision::of(Verdict::Attested).because(reason) };
    }
    if let Some(waiver) = seen.waiver {
        let decision = if waiver.expiry >= seen.today {
            Decision::of(Verdict::Waived)
                .because(waived(&waiver.owner, waiver.expiry, &waiver.reason))
                .until(waiver.expiry)
        } else {
            Decision::of(Verdict::Failed)
                .because(format!("its waiver by {} expired on {}", waiver.owner, waiver.expiry))
        };
        return Decision { needs, used_waiver: true, ..decision };
    }
    // Findings that waivers of rules cover: waived when nothing else stands in the way.
    let waived_finding = seen.own.iter().find_map(|finding| match &finding.state {
        FindingState::Waived { reason, owner, expiry } => {
            Some((waived(owner, *expiry, reason), *expiry))
        }
        FindingState::Open | FindingState::Ignored { .. } => None,
    });
    let decision = match waived_finding {
        Some((reason, expiry)) => Decision::of(Verdict::Waived).because(reason).until(expiry),
        None => Decision::of(Verdict::Unproven),
    };
    Decision { needs, ..decision }
}

impl Decision {
    fn of(verdict: Verdict) -> Self {
        Self { verdict, reason: None, needs: Vec::new(), waived_until: None, used_waiver: false }
    }

    fn because(self, reason: String) -> Self {
        Self { reason: Some(reason), ..self }
    }

    fn until(self, day: Date) -> Self {
        Self { waived_until: Some(day), ..self }
    }
}

fn is_weighty(finding: &AssessedFinding) -> bool {
    finding.finding.severity >= Severity::Warning
}

fn waived(owner: &str, expiry: Date, reason: &str) -> String {
    format!("waived by {owner} until {expiry}: {reason}")
}

/// What stands between the control and its proof; empty together with at least one check means
/// proven.
fn needs(seen: &Seen<'_>) -> Vec<String> {
    let mut needs = Vec::new();
    if seen.outcomes.is_empty() {
        needs.extend(on_other_targets(seen.subject));
    }
    for (check, outcome) in seen.outcomes {
        match outcome {
            None if check.looks_at.is_empty() => {
                needs.push(format!("the check {}, which this version does not have", check.id));
            }
            None => needs.push(format!(
                "the check {} ({}), which this version does not have",
                check.id, check.looks_at
            )),
            Some(outcome) => needs.extend(check_needs(outcome)),
        }
    }
    for finding in seen.own.iter().filter(|finding| is_weighty(finding)) {
        let at = &finding.finding.at;
        needs.push(match &finding.state {
            FindingState::Ignored { reason } => {
                format!("an end to the ignored finding at {at} ({reason})")
            }
            FindingState::Open | FindingState::Waived { .. } => {
                format!("an end to the waived finding at {at}")
            }
        });
    }
    for finding in seen.foreign.iter().filter(|finding| is_weighty(finding)) {
        let finding = &finding.finding;
        needs.push(format!("an end to {} at {} ({})", finding.rule, finding.at, finding.control));
    }
    if let Some(beyond) = seen.subject.beyond.as_ref().filter(|_| !seen.outcomes.is_empty()) {
        needs.push(format!("a look at the running system: no file shows {beyond}"));
        needs.extend(on_other_targets(seen.subject));
    }
    let mut known = std::collections::BTreeSet::new();
    needs.retain(|need| known.insert(need.clone()));
    needs
}

fn check_needs(outcome: &Outcome) -> Vec<String> {
    if !outcome.undetermined.is_empty() {
        return outcome.undetermined.iter().map(|question| question.needs.clone()).collect();
    }
    if outcome.evidence.is_empty() && outcome.findings.is_empty() {
        return vec![format!(
            "something for the check {} to look at: it found nothing",
            outcome.check
        )];
    }
    // Findings speak for themselves; a check with only notes and no evidence shows nothing.
    let weighty = outcome.findings.iter().any(|finding| finding.severity >= Severity::Warning);
    if outcome.evidence.is_empty() && !weighty {
        let noted = outcome.findings.iter();
        return noted
            .map(|note| format!("an end to what {} notes at {}", outcome.check, note.at))
            .collect();
    }
    Vec::new()
}

/// For a control that no check of this target proves: what would, elsewhere.
fn on_other_targets(subject: &Subject) -> Vec<String> {
    let mut needs: Vec<String> = subject
        .elsewhere
        .iter()
        .map(|planned| match planned.target {
            Target::Repository => planned.what.clone(),
            Target::Rehearsal => format!("{} (on a rehearsal)", planned.what),
            Target::Production => format!("{} (in production)", planned.what),
        })
        .collect();
    if let Some(text) = &subject.attestation {
        needs.push(format!("an attestation: {text}"));
    }
    if needs.is_empty() {
        needs.push("a check that proves it, which this version does not have".to_owned());
    }
    needs
}
