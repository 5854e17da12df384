//! Version 1 of the JSON of `plimsoll check`. Fields are added, never changed or removed.

use plimsoll_assess::{AssessedFinding, ControlVerdict, FindingState, Notice};
use plimsoll_catalog::{Confidence, Criticality, Evidence, Severity, Verdict};
use plimsoll_source::Span;
use serde::Serialize;

use crate::fingerprint::Fingerprints;
use crate::report::{EnvironmentSource, TargetProblem};
use crate::{Redactor, Report};

#[derive(Serialize)]
pub(super) struct Check {
    version: u32,
    tool: Tool,
    target: Target,
    controls: Vec<Control>,
    findings: Vec<Finding>,
    problems: Vec<Problem>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Target {
    kind: &'static str,
    name: String,
    system: String,
    other_systems: Vec<String>,
    settings: Option<String>,
    settings_file: Option<String>,
    settings_reason: Option<String>,
    django: Option<String>,
    commit: Option<String>,
    profiles: Vec<String>,
    profile_reasons: Vec<ProfileReason>,
    environment: Environment,
    files: usize,
}

#[derive(Serialize)]
struct ProfileReason {
    id: String,
    reason: String,
}

#[derive(Serialize)]
struct Environment {
    given: bool,
    sources: Vec<Source>,
    gaps: Vec<Source>,
    left_out: Vec<Source>,
    variables: Vec<Variable>,
}

#[derive(Serialize)]
struct Source {
    text: String,
    at: Option<Place>,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    at: Option<Place>,
}

#[derive(Serialize)]
struct Control {
    id: String,
    title: String,
    family: &'static str,
    criticality: Criticality,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    evidence: Vec<EvidenceItem>,
    needs: Vec<String>,
    undetermined: Vec<Undetermined>,
}

#[derive(Serialize)]
struct EvidenceItem {
    check: String,
    statement: String,
    at: Option<Place>,
}

#[derive(Serialize)]
struct Undetermined {
    check: String,
    reason: String,
    needs: String,
    at: Option<Place>,
}

#[derive(Serialize)]
struct Finding {
    rule: &'static str,
    control: &'static str,
    severity: Severity,
    confidence: Confidence,
    message: String,
    consequence: String,
    fix: String,
    at: Place,
    related: Vec<Related>,
    fingerprint: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<Accepted>,
}

/// Why a finding does not count.
#[derive(Serialize)]
struct Accepted {
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<String>,
}

#[derive(Serialize)]
struct Related {
    #[serde(flatten)]
    at: Place,
    message: String,
}

#[derive(Serialize)]
pub(super) struct Place {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Problem {
    area: &'static str,
    kind: serde_json::Value,
    severity: Severity,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    at: Place,
}

#[derive(Serialize)]
struct Summary {
    proven: usize,
    failed: usize,
    unproven: usize,
    not_applicable: usize,
    waived: usize,
    attested: usize,
    elapsed_seconds: f64,
}

impl Check {
    pub(super) fn new(report: &Report<'_>) -> Self {
        let assessment = report.assessment;
        let count = |verdict| assessment.count(verdict);
        let mut prints = Fingerprints::new(&report.sources, &report.redactor);
        Self {
            version: 1,
            tool: Tool { name: "plimsoll", version: report.version },
            target: Target::new(report),
            controls: assessment.controls.iter().map(|c| Control::new(c, report)).collect(),
            findings: assessment
                .findings
                .iter()
                .map(|f| Finding::new(f, prints.of(&f.finding), &report.redactor))
                .collect(),
            problems: (report.target.problems.iter().map(|p| Problem::read(p, &report.redactor)))
                .chain(assessment.notices.iter().map(Problem::notice))
                .collect(),
            summary: Summary {
                proven: count(Verdict::Proven),
                failed: count(Verdict::Failed),
                unproven: count(Verdict::Unproven),
                not_applicable: count(Verdict::NotApplicable),
                waived: count(Verdict::Waived),
                attested: count(Verdict::Attested),
                elapsed_seconds: (report.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
            },
        }
    }
}

impl Target {
    fn new(report: &Report<'_>) -> Self {
        let target = &report.target;
        Self {
            kind: "repository",
            name: target.name.clone(),
            system: if target.system.is_empty() { ".".to_owned() } else { target.system.clone() },
            other_systems: target.other_systems.clone(),
            settings: target.settings.clone(),
            settings_file: target.settings_file.as_ref().map(ToString::to_string),
            settings_reason: target.settings_reason.clone(),
            django: target.django.clone(),
            commit: target.commit.clone(),
            profiles: target.profiles.iter().map(|profile| profile.id.clone()).collect(),
            profile_reasons: target
                .profiles
                .iter()
                .map(|profile| ProfileReason {
                    id: profile.id.clone(),
                    reason: profile.reason.clone(),
                })
                .collect(),
            environment: Environment {
                given: target.environment.given,
                sources: target.environment.sources.iter().map(Source::new).collect(),
                gaps: target.environment.gaps.iter().map(Source::new).collect(),
                left_out: target.environment.left_out.iter().map(Source::new).collect(),
                variables: target
                    .environment
                    .variables
                    .iter()
                    .map(|(name, at)| Variable {
                        name: name.clone(),
                        at: at.as_ref().map(Place::new),
                    })
                    .collect(),
            },
            files: target.files,
        }
    }
}

impl Source {
    fn new(source: &EnvironmentSource) -> Self {
        Self { text: source.text.clone(), at: source.at.as_ref().map(Place::new) }
    }
}

impl Control {
    fn new(control: &ControlVerdict, report: &Report<'_>) -> Self {
        let clean = |text: &str| report.redactor.message(text);
        Self {
            id: control.id.clone(),
            title: report.title(&control.id).to_owned(),
            family: report.family(&control.id).map_or("", |family| family.prefix()),
            criticality: report.criticality(&control.id),
            verdict: control.verdict,
            reason: control.reason.clone(),
            evidence: control
                .evidence
                .iter()
                .map(|e| EvidenceItem::new(e, &report.redactor))
                .collect(),
            needs: control.needs.iter().map(|need| clean(need)).collect(),
            undetermined: control
                .undetermined
                .iter()
                .map(|open| Undetermined {
                    check: open.check.clone(),
                    reason: clean(&open.question.reason),
                    needs: clean(&open.question.needs),
                    at: open.question.at.as_ref().map(Place::new),
                })
                .collect(),
        }
    }
}

impl EvidenceItem {
    fn new(evidence: &Evidence, redactor: &Redactor) -> Self {
        Self {
            check: evidence.check.clone(),
            statement: redactor.message(&evidence.statement),
            at: evidence.at.as_ref().map(Place::new),
        }
    }
}

impl Finding {
    fn new(assessed: &AssessedFinding, fingerprint: String, redactor: &Redactor) -> Self {
        let finding = &assessed.finding;
        let (state, accepted) = match &assessed.state {
            FindingState::Open => ("open", None),
            FindingState::Ignored { reason } => {
                ("ignored", Some(Accepted { reason: reason.clone(), owner: None, expiry: None }))
            }
            FindingState::Waived { reason, owner, expiry } => (
                "waived",
                Some(Accepted {
                    reason: reason.clone(),
                    owner: Some(owner.clone()),
                    expiry: Some(expiry.to_string()),
                }),
            ),
        };
        Self {
            rule: finding.rule,
            control: finding.control,
            severity: finding.severity,
            confidence: finding.confidence,
            message: redactor.message(&finding.message),
            consequence: redactor.message(&finding.consequence),
            fix: redactor.message(&finding.fix),
            at: Place::new(&finding.at),
            related: finding
                .related
                .iter()
                .map(|related| Related {
                    at: Place::new(&related.at),
                    message: redactor.message(&related.message),
                })
                .collect(),
            fingerprint,
            state,
            accepted,
        }
    }
}

impl Place {
    pub(super) fn new(span: &Span) -> Self {
        Self {
            file: span.file.to_string(),
            line: span.start.line,
            column: span.start.column,
            end_line: span.end.line,
            end_column: span.end.column,
        }
    }
}

impl Problem {
    fn read(target: &TargetProblem, redactor: &Redactor) -> Self {
        let problem = &target.problem;
        Self {
            area: target.area,
            kind: serde_json::to_value(problem.kind).unwrap_or_default(),
            severity: if target.area == "stop" { Severity::Error } else { Severity::Note },
            message: redactor.message(&problem.message),
            help: None,
            at: Place::new(&problem.at),
        }
    }

    fn notice(notice: &Notice) -> Self {
        Self {
            area: "acceptance",
            kind: serde_json::to_value(notice.kind).unwrap_or_default(),
            severity: notice.severity,
            message: notice.message.clone(),
            help: Some(notice.help.clone()),
            at: Place::new(&notice.at),
        }
    }
}
