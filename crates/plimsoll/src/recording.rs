//! From an assessment to the records that keep it.

use jiff::Timestamp;
use plimsoll_assess::{AssessedFinding, Assessment, FindingState, Subject as Asked};
use plimsoll_catalog::{Catalog, CheckKind, Evidence, Outcome, Target, Verdict};
use plimsoll_ledger as ledger;
use plimsoll_ledger::{Body, Clean, Digest, Fresh, Place};
use plimsoll_report::{Redactor, TargetInfo, catalog_json};
use plimsoll_source::Span;

/// One run of the checks, with all that its records need.
pub(crate) struct Run<'a> {
    /// Names the run.
    pub(crate) id: String,
    pub(crate) target: Target,
    pub(crate) info: &'a TargetInfo,
    pub(crate) subject: ledger::Subject,
    pub(crate) assessment: &'a Assessment,
    pub(crate) outcomes: &'a [Outcome],
    pub(crate) asked: &'a [Asked],
    pub(crate) catalog: &'a Catalog,
    pub(crate) redactor: &'a Redactor,
    /// Whether all controls were looked at.
    pub(crate) whole: bool,
    pub(crate) started: Timestamp,
    pub(crate) finished: Timestamp,
}

/// The records of a run: the assessment, then what each check gave.
pub(crate) fn records(run: &Run<'_>) -> Vec<Body> {
    let mut bodies = vec![Body::Assessment(assessment(run))];
    bodies.extend(run.outcomes.iter().filter_map(|outcome| given(run, outcome)));
    bodies
}

/// 32 random hexadecimal digits.
pub(crate) fn run_id() -> Result<String, getrandom::Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The name of this machine.
pub(crate) fn host() -> Option<String> {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    (!name.is_empty()).then_some(name)
}

fn assessment(run: &Run<'_>) -> ledger::Assessment {
    ledger::Assessment {
        run: run.id.clone(),
        target: run.target,
        system: ledger::System {
            name: run.info.name.clone(),
            folder: run.info.system.clone(),
            settings: run.info.settings.clone(),
            django: run.info.django.clone(),
        },
        subject: run.subject.clone(),
        tool: ledger::Tool {
            name: "plimsoll".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            catalog: Digest::of(catalog_json(run.catalog)),
        },
        profiles: run.info.profiles.iter().map(|profile| profile.id.clone()).collect(),
        scope: if run.whole { ledger::Scope::Whole } else { ledger::Scope::Part },
        host: host(),
        started: run.started,
        finished: run.finished,
        controls: run.assessment.controls.iter().map(|verdict| result(run, verdict)).collect(),
    }
}

fn result(run: &Run<'_>, control: &plimsoll_assess::ControlVerdict) -> ledger::ControlResult {
    let asked = run.asked.iter().find(|asked| asked.id == control.id);
    let clean = |text: &str| Clean::new(text, run.redactor);
    ledger::ControlResult {
        control: control.id.clone(),
        verdict: control.verdict,
        reason: control.reason.as_deref().map(clean),
        checks: asked.into_iter().flat_map(|asked| &asked.checks).map(|c| c.id.clone()).collect(),
        needs: control.needs.iter().map(|need| clean(need)).collect(),
        waived_until: match control.verdict {
            Verdict::Waived => control.waived_until,
            _ => None,
        },
    }
}

/// What a check gave: evidence where that is all it gave, else an observation. `None` where it
/// gave nothing, or its controls were not looked at.
fn given(run: &Run<'_>, outcome: &Outcome) -> Option<Body> {
    let controls = controls(run, outcome);
    let empty = outcome.findings.is_empty()
        && outcome.evidence.is_empty()
        && outcome.undetermined.is_empty();
    if empty || controls.is_empty() {
        return None;
    }
    let check = run.catalog.check(outcome.check);
    let reference = ledger::CheckRef {
        id: outcome.check.to_owned(),
        kind: check.map_or(CheckKind::Rule, |check| check.kind),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let statements = outcome.evidence.iter().map(|evidence| statement(run, evidence)).collect();
    let weighty = !outcome.findings.is_empty() || !outcome.undetermined.is_empty();
    if weighty {
        return Some(Body::Observation(ledger::Observation {
            run: Some(run.id.clone()),
            controls,
            check: reference,
            target: run.target,
            subject: run.subject.clone(),
            effective: run.started,
            findings: findings(run, outcome),
            undetermined: outcome.undetermined.iter().map(|open| question(run, open)).collect(),
            statements,
        }));
    }
    let mut files: Vec<String> = outcome
        .evidence
        .iter()
        .filter_map(|e| e.at.as_ref())
        .map(|at| at.file.to_string())
        .collect();
    files.sort();
    files.dedup();
    let freshness = check.map_or(plimsoll_catalog::Freshness::Commit, |check| check.fresh_for);
    Some(Body::Evidence(ledger::Evidence {
        run: Some(run.id.clone()),
        controls,
        check: reference,
        target: run.target,
        subject: run.subject.clone(),
        host: host(),
        how: ledger::How::Reading { files },
        started: run.started,
        finished: run.finished,
        effective: run.started,
        statements,
        measured: Vec::new(),
        artefacts: Vec::new(),
        negative_control: None,
        fresh_for: Fresh(freshness),
    }))
}

/// The controls of the assessment that the target asks this check for, and those that its findings
/// name.
fn controls(run: &Run<'_>, outcome: &Outcome) -> Vec<String> {
    let named = |id: &str| outcome.findings.iter().any(|finding| finding.control == id);
    let asks = |id: &str| {
        let asked = run.asked.iter().find(|asked| asked.id == id);
        asked.is_some_and(|asked| asked.checks.iter().any(|check| check.id == outcome.check))
    };
    let assessed = run.assessment.controls.iter().map(|control| control.id.as_str());
    assessed.filter(|id| named(id) || asks(id)).map(str::to_owned).collect()
}

fn statement(run: &Run<'_>, evidence: &Evidence) -> ledger::Statement {
    ledger::Statement {
        text: Clean::new(&evidence.statement, run.redactor),
        at: evidence.at.as_ref().map(place),
    }
}

fn question(run: &Run<'_>, open: &plimsoll_catalog::Undetermined) -> ledger::OpenQuestion {
    ledger::OpenQuestion {
        reason: Clean::new(&open.reason, run.redactor),
        needs: Clean::new(&open.needs, run.redactor),
        at: open.at.as_ref().map(place),
    }
}

/// The findings of a check with the state that the assessment gave them.
fn findings(run: &Run<'_>, outcome: &Outcome) -> Vec<ledger::FindingNote> {
    let stated = run.assessment.findings.iter();
    stated
        .filter(|assessed| outcome.findings.contains(&assessed.finding))
        .map(|assessed| finding(run, assessed))
        .collect()
}

fn finding(run: &Run<'_>, assessed: &AssessedFinding) -> ledger::FindingNote {
    let clean = |text: &str| Clean::new(text, run.redactor);
    let finding = &assessed.finding;
    let (state, accepted) = match &assessed.state {
        FindingState::Open => (ledger::FindingState::Open, None),
        FindingState::Ignored { reason } => (
            ledger::FindingState::Ignored,
            Some(ledger::Accepted { reason: clean(reason), owner: None, until: None }),
        ),
        FindingState::Waived { reason, owner, expiry } => (
            ledger::FindingState::Waived,
            Some(ledger::Accepted {
                reason: clean(reason),
                owner: Some(owner.clone()),
                until: Some(*expiry),
            }),
        ),
    };
    ledger::FindingNote {
        rule: finding.rule.to_owned(),
        control: finding.control.to_owned(),
        severity: finding.severity,
        confidence: finding.confidence,
        message: clean(&finding.message),
        at: Some(place(&finding.at)),
        state,
        accepted,
    }
}

fn place(span: &Span) -> Place {
    Place { file: span.file.to_string(), line: span.start.line }
}
