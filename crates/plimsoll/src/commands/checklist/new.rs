//! A checklist for a system from the catalog.

use plimsoll_catalog::{Criticality, Verdict, catalog};
use plimsoll_checklist::{TemplateControl, TemplateFormat, template};
use plimsoll_report::lets_tick;

use super::System;

/// The controls that apply to the system, by family, as they stand.
pub(super) fn checklist(form: TemplateFormat, system: &System) -> String {
    let mut controls = Vec::new();
    for verdict in &system.assessed.assessment.controls {
        let Some(control) = catalog().control(&verdict.id) else { continue };
        // A list of what does not concern the system would not be read.
        if verdict.verdict == Verdict::NotApplicable {
            continue;
        }
        let evidence = verdict.evidence.iter().find_map(|evidence| evidence.at.as_ref());
        let place = evidence.map(|at| format!("{}:{}", at.file, at.start.line));
        let findings = &system.assessed.assessment.findings;
        let finding =
            findings.iter().find(|found| found.fails() && found.finding.control == verdict.id);
        let note = match verdict.verdict {
            Verdict::Proven => place.unwrap_or_default(),
            Verdict::Failed => {
                finding.map(|found| found.finding.message.clone()).unwrap_or_default()
            }
            _ => verdict.needs.first().cloned().or(verdict.reason.clone()).unwrap_or_default(),
        };
        controls.push(TemplateControl {
            id: control.id.clone(),
            title: control.title.clone(),
            family: control.family.title().to_owned(),
            criticality: criticality(control.criticality).to_owned(),
            verdict: verdict_word(verdict.verdict).to_owned(),
            holds: lets_tick(verdict.verdict),
            note: system.redactor.message(&note),
        });
    }
    template(form, &system.name, &controls)
}

fn criticality(criticality: Criticality) -> &'static str {
    match criticality {
        Criticality::Critical => "critical",
        Criticality::Important => "important",
        Criticality::Optional => "optional",
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proven => "proven",
        Verdict::Failed => "failed",
        Verdict::Unproven => "unproven",
        Verdict::NotApplicable => "not applicable",
        Verdict::Waived => "waived",
        Verdict::Attested => "attested",
    }
}
