//! Findings get their state, controls their verdict.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use plimsoll_catalog::{Evidence, Finding, Outcome, Severity, Undetermined, Verdict};

use crate::config::Waiver;
use crate::ignore::{Ignore, IgnoreDefect};
use crate::notice::{Notice, NoticeKind};
use crate::subject::{AskedCheck, Subject};
use crate::suggest::suggest;
use crate::verdict::{Seen, decide};

/// What an assessment is made from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The controls of the chosen profile, in the order of the catalog.
    pub subjects: &'a [Subject],
    /// What the checks gave, at most one outcome for each check.
    pub outcomes: &'a [Outcome],
    /// The ids of all rules that exist, for ignores that name none of them.
    pub rules: &'a [&'a str],
    /// The ignore comments of the files that were read.
    pub ignores: &'a [Ignore],
    /// The waivers of the configuration and of the ledger.
    pub waivers: &'a [Waiver],
    /// The attestations that are in force.
    pub attestations: &'a [Attested],
    /// Today, in the user's time zone: decides which waivers have expired.
    pub today: Date,
}

/// A person vouches for a control, and has not ceased to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The control.
    pub control: String,
    /// Who.
    pub by: String,
    /// With what, and until when, as a phrase.
    pub reason: String,
}

/// The verdicts on one system.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// A verdict for every control, in the order of the catalog.
    pub controls: Vec<ControlVerdict>,
    /// Every finding with its state: by control, the worst first, then by place.
    pub findings: Vec<AssessedFinding>,
    /// What is wrong with ignores and waivers.
    pub notices: Vec<Notice>,
}

/// What is known of one control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlVerdict {
    /// The control's id.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where the findings and needs do not say it: why it does not apply, who waived it.
    pub reason: Option<String>,
    /// For a waived control: the last day on which it is accepted.
    pub waived_until: Option<Date>,
    /// What was seen that speaks for it.
    pub evidence: Vec<Evidence>,
    /// What its checks could not determine.
    pub undetermined: Vec<OpenQuestion>,
    /// What would prove it.
    pub needs: Vec<String>,
}

/// Something that a check could not determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The check.
    pub check: String,
    /// What is not known, why, and what would settle it.
    pub question: Undetermined,
}

/// A finding and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessedFinding {
    /// What the rule found.
    pub finding: Finding,
    /// Whether it counts.
    pub state: FindingState,
}

/// Whether a finding counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingState {
    /// It does.
    Open,
    /// A comment at its place ignores it.
    Ignored {
        /// Why, as the comment says.
        reason: String,
    },
    /// A waiver accepts it until a day.
    Waived {
        /// Why, as the waiver says.
        reason: String,
        /// Who answers for it.
        owner: String,
        /// The last day on which it is accepted.
        expiry: Date,
    },
}

impl AssessedFinding {
    /// Whether the finding counts.
    pub fn is_open(&self) -> bool {
        self.state == FindingState::Open
    }

    /// Whether it counts and fails its control.
    pub fn fails(&self) -> bool {
        self.is_open() && self.finding.severity >= Severity::Warning
    }
}

impl Assessment {
    /// Keeps only the controls that `keep` wants, with their findings.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.controls.retain(|control| keep(&control.id));
        self.findings.retain(|finding| keep(finding.finding.control));
    }

    /// Whether anything is at or above a severity: an open finding, or a notice such as an
    /// expired waiver.
    pub fn reaches(&self, threshold: Severity) -> bool {
        let notice = |notice: &Notice| notice.severity >= threshold.max(Severity::Warning);
        self.findings.iter().any(|f| f.is_open() && f.finding.severity >= threshold)
            || self.notices.iter().any(notice)
    }

    /// How many controls have each verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.controls.iter().filter(|control| control.verdict == verdict).count()
    }
}

/// Gives every finding its state and every control its verdict.
pub fn assess(input: Input<'_>) -> Assessment {
    let mut usage = Usage::default();
    let mut findings = state_findings(&input, &mut usage);
    let order: BTreeMap<&str, usize> =
        input.subjects.iter().enumerate().map(|(at, subject)| (subject.id.as_str(), at)).collect();
    findings.sort_by_cached_key(|assessed| {
        let finding = &assessed.finding;
        let control = order.get(finding.control).copied().unwrap_or(usize::MAX);
        (control, std::cmp::Reverse(finding.severity), finding.rule, finding.at.clone())
    });
    let controls = input
        .subjects
        .iter()
        .map(|subject| judge(subject, &input, &findings, &mut usage))
        .collect();
    let mut notices = ignore_notices(&input, &usage);
    notices.extend(waiver_notices(&input, &usage));
    notices.sort_by(|a, b| (&a.at, a.kind).cmp(&(&b.at, b.kind)));
    Assessment { controls, findings, notices }
}

/// Which ignores and waivers had something to do, by index.
#[derive(Default)]
struct Usage {
    ignores: BTreeSet<usize>,
    waivers: BTreeSet<usize>,
}

fn state_findings(input: &Input<'_>, usage: &mut Usage) -> Vec<AssessedFinding> {
    let mut stated = Vec::new();
    for finding in input.outcomes.iter().flat_map(|outcome| &outcome.findings) {
        let state = state_of(finding, input, usage);
        stated.push(AssessedFinding { finding: finding.clone(), state });
    }
    stated
}

fn state_of(finding: &Finding, input: &Input<'_>, usage: &mut Usage) -> FindingState {
    let covering =
        input.ignores.iter().enumerate().find(|(_, ignore)| {
            ignore.covers(finding.rule, &finding.at.file, finding.at.start.line)
        });
    if let Some((index, ignore)) = covering {
        usage.ignores.insert(index);
        return FindingState::Ignored { reason: ignore.reason.clone() };
    }
    let mut state = FindingState::Open;
    for (index, waiver) in input.waivers.iter().enumerate() {
        if !waiver_covers(waiver, finding) {
            continue;
        }
        // An expired waiver is in use too: it is told apart by its date.
        usage.waivers.insert(index);
        if waiver.expiry >= input.today && state == FindingState::Open {
            state = FindingState::Waived {
                reason: waiver.reason.clone(),
                owner: waiver.owner.clone(),
                expiry: waiver.expiry,
            };
        }
    }
    state
}

fn waiver_covers(waiver: &Waiver, finding: &Finding) -> bool {
    waiver.control.as_deref().is_none_or(|control| control == finding.control)
        && waiver.rule.as_deref().is_none_or(|rule| rule == finding.rule)
        && waiver.path.as_ref().is_none_or(|glob| glob.matcher.is_match(finding.at.file.as_str()))
}

fn judge(
    subject: &Subject,
    input: &Input<'_>,
    findings: &[AssessedFinding],
    usage: &mut Usage,
) -> ControlVerdict {
    let outcome_of = |check: &AskedCheck| input.outcomes.iter().find(|o| o.check == check.id);
    let outcomes: Vec<(&AskedCheck, Option<&Outcome>)> =
        subject.checks.iter().map(|check| (check, outcome_of(check))).collect();
    let own: Vec<&AssessedFinding> =
        findings.iter().filter(|f| f.finding.control == subject.id).collect();
    let foreign: Vec<&AssessedFinding> = findings
        .iter()
        .filter(|f| f.finding.control != subject.id)
        .filter(|f| subject.checks.iter().any(|check| check.id == f.finding.rule))
        .collect();
    // A waiver of the whole control also covers what no check could show.
    let waiver = input.waivers.iter().enumerate().filter(|(_, waiver)| {
        waiver.control.as_deref() == Some(&*subject.id)
            && waiver.rule.is_none()
            && waiver.path.is_none()
    });
    let waiver = waiver.max_by_key(|(_, waiver)| waiver.expiry);
    let decision = decide(&Seen {
        subject,
        outcomes: &outcomes,
        own: &own,
        foreign: &foreign,
        waiver: waiver.map(|(_, waiver)| waiver),
        attested: input.attestations.iter().find(|attested| attested.control == subject.id),
        today: input.today,
    });
    if let Some((index, _)) = waiver.filter(|_| decision.used_waiver) {
        usage.waivers.insert(index);
    }
    let ran = || outcomes.iter().filter_map(|(_, outcome)| *outcome);
    ControlVerdict {
        id: subject.id.clone(),
        verdict: decision.verdict,
        reason: decision.reason,
        waived_until: decision.waived_until,
        evidence: ran().flat_map(|outcome| outcome.evidence.iter().cloned()).collect(),
        undetermined: ran().flat_map(questions).collect(),
        needs: decision.needs,
    }
}

fn questions(outcome: &Outcome) -> impl Iterator<Item = OpenQuestion> + '_ {
    outcome.undetermined.iter().map(|question| OpenQuestion {
        check: outcome.check.to_owned(),
        question: question.clone(),
    })
}

fn ignore_notices(input: &Input<'_>, usage: &Usage) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (index, ignore) in input.ignores.iter().enumerate() {
        let mut add = |kind, severity, message: String, help: String| {
            notices.push(Notice { kind, severity, at: ignore.at.clone(), message, help });
        };
        match ignore.defect {
            Some(IgnoreDefect::NoReason) => add(
                NoticeKind::IgnoreWithoutReason,
                Severity::Warning,
                "this ignore gives no reason and has no effect".to_owned(),
                format!(
                    "write why after the brackets: `ignore[{}] because …`",
                    ignore.rules.join(", ")
                ),
            ),
            Some(IgnoreDefect::Malformed) => add(
                NoticeKind::IgnoreMalformed,
                Severity::Warning,
                "this ignore names no rule and has no effect".to_owned(),
                "write `plimsoll: ignore[rule-id] reason`".to_owned(),
            ),
            None => {
                let unknown: Vec<&String> = ignore
                    .rules
                    .iter()
                    .filter(|rule| !input.rules.contains(&rule.as_str()))
                    .collect();
                for rule in &unknown {
                    let help = match suggest(rule, input.rules.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "`plimsoll explain` knows every rule's id".to_owned(),
                    };
                    let message = format!("there is no rule `{rule}` to ignore");
                    add(NoticeKind::IgnoreUnknownRule, Severity::Warning, message, help);
                }
                if unknown.is_empty() && !usage.ignores.contains(&index) {
                    add(
                        NoticeKind::IgnoreUnused,
                        Severity::Note,
                        format!("nothing is left to ignore here for {}", ignore.rules.join(", ")),
                        "remove the comment".to_owned(),
                    );
                }
            }
        }
    }
    notices
}

fn waiver_notices(input: &Input<'_>, usage: &Usage) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (index, waiver) in input.waivers.iter().enumerate() {
        let what = match (&waiver.control, &waiver.rule) {
            (Some(control), Some(rule)) => format!("{rule} in {control}"),
            (Some(name), None) | (None, Some(name)) => name.clone(),
            (None, None) => continue,
        };
        let used = usage.waivers.contains(&index);
        let expired = waiver.expiry < input.today;
        let (kind, severity, message, help) = match (expired, used) {
            (false, true) => continue,
            (false, false) => (
                NoticeKind::WaiverUnused,
                Severity::Note,
                format!("the waiver of {what} is not needed"),
                "remove it".to_owned(),
            ),
            (true, true) => (
                NoticeKind::WaiverExpired,
                Severity::Error,
                format!("the waiver of {what} expired on {}", waiver.expiry),
                format!("mend it, or ask {} for a new date", waiver.owner),
            ),
            (true, false) => (
                NoticeKind::WaiverExpired,
                Severity::Note,
                format!("the waiver of {what} expired on {} and is not needed", waiver.expiry),
                "remove it".to_owned(),
            ),
        };
        notices.push(Notice { kind, severity, at: waiver.at.clone(), message, help });
    }
    notices
}
