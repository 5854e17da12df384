//! Every control with its verdict and what stands behind it.

use plimsoll_assess::ControlVerdict;
use plimsoll_catalog::{Family, Verdict};

use super::escape::{escape, prose};
use crate::Report;
use crate::text::criticality;

/// All controls, a fold for each family.
pub(super) fn controls(out: &mut String, report: &Report<'_>) {
    out.push_str("<h2 id=\"controls\">Controls</h2>\n");
    out.push_str(
        "<fieldset><legend>Show</legend><label><input type=\"checkbox\" id=\"only-failed\"> \
         failed controls only</label></fieldset>\n",
    );
    for family in Family::ALL {
        let own: Vec<&ControlVerdict> = report
            .assessment
            .controls
            .iter()
            .filter(|control| report.family(&control.id) == Some(family))
            .collect();
        if !own.is_empty() {
            fold(out, family, &own, report);
        }
    }
}

fn fold(out: &mut String, family: Family, controls: &[&ControlVerdict], report: &Report<'_>) {
    let count = |verdict| controls.iter().filter(|c| c.verdict == verdict).count();
    let mut parts = Vec::new();
    for verdict in [
        Verdict::Failed,
        Verdict::Proven,
        Verdict::Attested,
        Verdict::Waived,
        Verdict::Unproven,
        Verdict::NotApplicable,
    ] {
        if count(verdict) > 0 {
            parts.push(format!("{} {}", count(verdict), name(verdict)));
        }
    }
    out.push_str(&format!(
        "<details class=\"card family\" id=\"controls-{0}\"><summary><b>{1}</b><span>{2}</span>\
         </summary>\n<table class=\"controls\"><thead><tr class=\"head\"><th scope=\"col\">Control\
         </th><th scope=\"col\">Verdict</th><th scope=\"col\">Grounds</th></tr></thead><tbody>\n",
        family.prefix(),
        escape(family.title()),
        parts.join(", ")
    ));
    for control in controls {
        row(out, control, report);
    }
    out.push_str("</tbody></table></details>\n");
}

fn row(out: &mut String, control: &ControlVerdict, report: &Report<'_>) {
    let verdict = name(control.verdict);
    let class = verdict.replace(' ', "_");
    out.push_str(&format!(
        "<tr class=\"{class}\"><th scope=\"row\">{}</th><td><span class=\"badge {class}\">{verdict}\
         </span></td><td>{} <span class=\"meta\">({})</span>",
        escape(&control.id),
        escape(report.title(&control.id)),
        criticality(report.criticality(&control.id))
    ));
    let clean = |text: &str| prose(&report.redactor.message(text));
    let mut grounds: Vec<String> = Vec::new();
    if let Some(reason) = &control.reason {
        grounds.push(clean(reason));
    }
    for finding in report.assessment.findings.iter() {
        if finding.finding.control == control.id && finding.is_open() {
            let place = escape(&finding.finding.at.to_string());
            grounds.push(format!("{} <code>{place}</code>", clean(&finding.finding.message)));
        }
    }
    for evidence in &control.evidence {
        let place =
            evidence.at.as_ref().map(|at| format!(" <code>{}</code>", escape(&at.to_string())));
        grounds.push(format!("{}{}", clean(&evidence.statement), place.unwrap_or_default()));
    }
    grounds.extend(control.needs.iter().map(|need| format!("needs {}", clean(need))));
    if !grounds.is_empty() {
        out.push_str("<ul>");
        for ground in &grounds {
            out.push_str(&format!("<li>{ground}</li>"));
        }
        out.push_str("</ul>");
    }
    out.push_str("</td></tr>\n");
}

pub(super) fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proven => "proven",
        Verdict::Failed => "failed",
        Verdict::Unproven => "unproven",
        Verdict::NotApplicable => "not applicable",
        Verdict::Waived => "waived",
        Verdict::Attested => "attested",
    }
}
