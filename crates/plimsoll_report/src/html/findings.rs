//! Findings as cards with their source.

use plimsoll_assess::{AssessedFinding, FindingState};
use plimsoll_catalog::{Confidence, Family, Finding, Severity};
use unicode_width::UnicodeWidthChar;

use super::escape::{escape, prose};
use crate::Report;
use crate::excerpt::{Excerpt, Line, excerpts};
use crate::text::criticality;

/// Findings of one rule in one control that are shown in full.
const IN_FULL: usize = 5;

/// All findings by family.
pub(super) fn findings(out: &mut String, report: &Report<'_>) {
    out.push_str("<h2 id=\"findings\">Findings</h2>\n");
    if report.assessment.findings.is_empty() {
        out.push_str("<p>None.</p>\n");
        return;
    }
    filter(out, report);
    for family in Family::ALL {
        let own: Vec<&AssessedFinding> = report
            .assessment
            .findings
            .iter()
            .filter(|f| report.family(f.finding.control) == Some(family))
            .collect();
        if own.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "<section><h3 id=\"findings-{0}\">{1} <span class=\"prefix\">{0}</span></h3>\n",
            family.prefix(),
            escape(family.title())
        ));
        for group in groups(&own) {
            draw_group(out, &group, report);
        }
        out.push_str("</section>\n");
    }
}

fn filter(out: &mut String, report: &Report<'_>) {
    let count = |severity| {
        let findings = report.assessment.findings.iter();
        findings.filter(|f| f.is_open() && f.finding.severity == severity).count()
    };
    let accepted = report.assessment.findings.iter().filter(|f| !f.is_open()).count();
    out.push_str("<fieldset><legend>Show</legend>");
    for (id, name, count) in [
        ("error", "errors", count(Severity::Error)),
        ("warning", "warnings", count(Severity::Warning)),
        ("note", "notes", count(Severity::Note)),
        ("accepted", "ignored and waived", accepted),
    ] {
        if count > 0 {
            out.push_str(&format!(
                "<label><input type=\"checkbox\" id=\"show-{id}\" checked> {name} ({count})</label>"
            ));
        }
    }
    out.push_str("</fieldset>\n");
}

/// Runs of the same rule, control and state.
fn groups<'a>(findings: &[&'a AssessedFinding]) -> Vec<Vec<&'a AssessedFinding>> {
    let mut groups: Vec<Vec<&AssessedFinding>> = Vec::new();
    for finding in findings {
        match groups.last_mut() {
            Some(group)
                if group.first().is_some_and(|first| {
                    first.finding.rule == finding.finding.rule
                        && first.finding.control == finding.finding.control
                        && first.is_open() == finding.is_open()
                }) =>
            {
                group.push(finding);
            }
            _ => groups.push(vec![finding]),
        }
    }
    groups
}

fn draw_group(out: &mut String, group: &[&AssessedFinding], report: &Report<'_>) {
    for finding in group.iter().take(IN_FULL) {
        card(out, finding, report);
    }
    let rest = group.get(IN_FULL..).unwrap_or_default();
    let Some(first) = rest.first() else { return };
    let class = class(first);
    out.push_str(&format!(
        "<details class=\"card finding more {class}\"><summary>{} more of {}</summary><ul>",
        rest.len(),
        escape(first.finding.rule)
    ));
    for assessed in rest {
        let finding = &assessed.finding;
        out.push_str(&format!(
            "<li><code>{}</code> {}</li>",
            escape(&finding.at.to_string()),
            prose(&report.redactor.message(&finding.message))
        ));
    }
    out.push_str("</ul></details>\n");
}

fn class(assessed: &AssessedFinding) -> &'static str {
    match (assessed.is_open(), assessed.finding.severity) {
        (false, _) => "accepted",
        (true, severity) => word(severity),
    }
}

pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn card(out: &mut String, assessed: &AssessedFinding, report: &Report<'_>) {
    let finding = &assessed.finding;
    let clean = |text: &str| prose(&report.redactor.message(text));
    let severity = word(finding.severity);
    out.push_str(&format!(
        "<article class=\"card finding {}\"><div class=\"top\">\
         <span class=\"badge {severity}\">{severity}</span>",
        class(assessed)
    ));
    if !assessed.is_open() {
        let state = match &assessed.state {
            FindingState::Waived { .. } => "waived",
            FindingState::Open | FindingState::Ignored { .. } => "ignored",
        };
        out.push_str(&format!("<span class=\"badge {state}\">{state}</span>"));
    }
    out.push_str(&format!("<h4>{}</h4></div>\n", clean(&finding.message)));
    out.push_str(&format!(
        "<p class=\"meta\">{} {} · {} · rule <code>{}</code>{}</p>\n",
        escape(finding.control),
        escape(report.title(finding.control)),
        criticality(report.criticality(finding.control)),
        escape(finding.rule),
        match finding.confidence {
            Confidence::High => "",
            Confidence::Medium => " · medium confidence",
            Confidence::Low => " · low confidence",
        }
    ));
    for excerpt in excerpts(finding, &report.sources, &report.redactor) {
        source(out, &excerpt, finding);
    }
    out.push_str("<dl class=\"advice\">");
    for (name, text) in [("In production", &finding.consequence), ("Fix", &finding.fix)] {
        if !text.is_empty() {
            out.push_str(&format!("<dt>{name}</dt><dd>{}</dd>", clean(text)));
        }
    }
    match &assessed.state {
        FindingState::Open => {}
        FindingState::Ignored { reason } => {
            out.push_str(&format!("<dt>Ignored</dt><dd>{}</dd>", clean(reason)));
        }
        FindingState::Waived { reason, owner, expiry } => {
            let text = format!("{reason} ({owner}, until {expiry})");
            out.push_str(&format!("<dt>Waived</dt><dd>{}</dd>", clean(&text)));
        }
    }
    out.push_str("</dl></article>\n");
}

fn source(out: &mut String, excerpt: &Excerpt, finding: &Finding) {
    out.push_str(&format!("<p class=\"file\">{}</p>\n", escape(&excerpt.at.to_string())));
    if excerpt.lines.is_empty() {
        for related in finding.related.iter().filter(|related| related.at == excerpt.at) {
            out.push_str(&format!("<p class=\"meta\">{}</p>\n", prose(&related.message)));
        }
        return;
    }
    // Focusable, so that the keyboard can scroll a long line.
    out.push_str(&format!(
        "<pre tabindex=\"0\" aria-label=\"Source of {}\"><code>",
        escape(&excerpt.at.file.to_string())
    ));
    let mut before: Option<u32> = None;
    for line in &excerpt.lines {
        if before.is_some_and(|number| line.number > number + 1) {
            out.push_str("<span class=\"row gap\"><span class=\"no\">⋮</span></span>");
        }
        before = Some(line.number);
        let stretch = if line.bar.is_some() { " stretch" } else { "" };
        out.push_str(&format!(
            "<span class=\"row{stretch}\"><span class=\"no\">{}</span>{}</span>",
            line.number,
            marked(line)
        ));
    }
    out.push_str("</code></pre>\n");
}

/// The line with its marks; of overlapping ones the first.
fn marked(line: &Line) -> String {
    let mut marks: Vec<_> = line.marks.iter().collect();
    marks.sort_by_key(|mark| (mark.start, !mark.primary));
    let mut out = String::new();
    let mut column = 0;
    let mut open: Option<usize> = None;
    let mut next = 0;
    for c in line.text.chars() {
        if open.is_some_and(|end| column >= end) {
            out.push_str("</mark>");
            open = None;
        }
        while let Some(mark) = marks.get(next).filter(|mark| mark.start <= column) {
            if open.is_none() && mark.end > column {
                out.push_str(if mark.primary { "<mark>" } else { "<mark class=\"related\">" });
                open = Some(mark.end);
            }
            next += 1;
        }
        out.push_str(&escape(c.encode_utf8(&mut [0; 4])));
        column += c.width().unwrap_or(0);
    }
    if open.is_some() {
        out.push_str("</mark>");
    }
    for mark in marks.iter().filter(|mark| !mark.label.is_empty()) {
        out.push_str(&format!("<span class=\"says\">{}</span>", escape(&mark.label)));
    }
    out
}
