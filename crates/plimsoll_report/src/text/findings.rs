//! Findings grouped by family and rule.

use plimsoll_assess::AssessedFinding;
use plimsoll_catalog::{Confidence, Family, Finding, Severity};

use super::excerpt;
use super::page::Page;
use super::style::{self, BOLD, DIM, NAME};
use crate::Report;
use crate::excerpt::{excerpt_at, excerpts};
use crate::sanitize::one_line;

/// Findings of one rule that are shown in full and with an excerpt; the rest is a list of places.
const IN_FULL: usize = 3;
/// Places listed after those.
const LISTED: usize = 8;

/// Every open finding, grouped by family, then by control and rule.
pub(super) fn findings(page: &mut Page, report: &Report<'_>) {
    let open: Vec<&Finding> = report
        .assessment
        .findings
        .iter()
        .filter(|assessed| assessed.is_open())
        .map(|assessed| &assessed.finding)
        .collect();
    for family in Family::ALL {
        let own: Vec<&Finding> = open
            .iter()
            .copied()
            .filter(|finding| report.family(finding.control) == Some(family))
            .collect();
        if own.is_empty() {
            continue;
        }
        page.heading(family.title(), family.prefix());
        page.end();
        for group in groups(&own) {
            draw_group(page, &group, report);
        }
    }
    let silent: Vec<&AssessedFinding> =
        report.assessment.findings.iter().filter(|assessed| !assessed.is_open()).collect();
    if !silent.is_empty() {
        let count = silent.len();
        let plural = if count == 1 { "" } else { "s" };
        let text = format!(
            "{count} finding{plural} ignored or waived, not shown here (--format json has them)."
        );
        page.styled(DIM, &text).end().end();
    }
}

/// Runs of the same rule, control and severity: findings come sorted that way.
fn groups<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match groups.last_mut() {
            Some(group)
                if group.first().is_some_and(|first| {
                    first.rule == finding.rule
                        && first.control == finding.control
                        && first.severity == finding.severity
                }) =>
            {
                group.push(finding);
            }
            _ => groups.push(vec![finding]),
        }
    }
    groups
}

fn draw_group(page: &mut Page, group: &[&Finding], report: &Report<'_>) {
    // Of what is only worth knowing one example does.
    let in_full = match group.first() {
        Some(finding) if finding.severity == Severity::Note => 1,
        _ => IN_FULL,
    };
    let shown = if group.len() <= in_full + 1 { group.len() } else { in_full };
    for (index, finding) in group.iter().take(shown).enumerate() {
        title(page, finding, report);
        let places = excerpts(finding, &report.sources, &report.redactor);
        excerpt::draw(page, &places, finding.severity);
        // What repeats word for word is said once, at the end of its run.
        let next = group.get(index + 1).filter(|_| index + 1 < shown);
        let same = |other: &&&Finding| {
            other.consequence == finding.consequence && other.fix == finding.fix
        };
        let is_last = index + 1 == shown;
        if next.filter(same).is_none() && !(is_last && group.len() > shown) {
            advice(page, finding, report);
        }
        if is_last && group.len() > shown {
            more(page, group.get(shown..).unwrap_or_default(), report);
            advice(page, finding, report);
        }
        page.end();
    }
}

fn title(page: &mut Page, finding: &Finding, report: &Report<'_>) {
    let style = style::of_severity(finding.severity);
    let message = one_line(&report.redactor.message(&finding.message));
    page.styled(style, &format!("{}[{}]", word(finding.severity), finding.rule));
    page.styled(BOLD, &format!(": {message}")).end();
}

fn advice(page: &mut Page, finding: &Finding, report: &Report<'_>) {
    let criticality = super::criticality(report.criticality(finding.control));
    let control = format!("{} {} ({criticality})", finding.control, report.title(finding.control));
    let clean = |text: &str| one_line(&report.redactor.message(text));
    page.paragraph(2, "control:", NAME, &control);
    if !finding.consequence.is_empty() {
        page.paragraph(2, "in production:", NAME, &clean(&finding.consequence));
    }
    if !finding.fix.is_empty() {
        page.paragraph(2, "fix:", NAME, &clean(&finding.fix));
    }
    if finding.confidence != Confidence::High {
        let text = match finding.confidence {
            Confidence::Low => "low: there may be an innocent explanation",
            _ => "medium: rests on the assumption that the message names",
        };
        page.paragraph(2, "confidence:", NAME, text);
    }
}

/// The places of the findings that are not shown in full.
fn more(page: &mut Page, rest: &[&Finding], report: &Report<'_>) {
    page.styled(
        DIM,
        &format!("  and {} more of {}:", rest.len(), rest.first().map_or("", |f| f.rule)),
    );
    page.end();
    for finding in rest.iter().take(LISTED) {
        let message = one_line(&report.redactor.message(&finding.message));
        page.put("    ").put(&one_line(&finding.at.to_string()));
        page.styled(DIM, &format!("  {message}")).end();
    }
    if rest.len() > LISTED {
        page.styled(DIM, &format!("    … and {} further places", rest.len() - LISTED)).end();
    }
}

/// What is wrong with ignores and waivers.
pub(super) fn notices(page: &mut Page, report: &Report<'_>) {
    let notices = &report.assessment.notices;
    if notices.is_empty() {
        return;
    }
    page.heading("Ignores, waivers, parameters", "");
    page.end();
    for notice in notices {
        let style = style::of_severity(notice.severity);
        page.styled(style, word(notice.severity));
        page.styled(BOLD, &format!(": {}", one_line(&notice.message))).end();
        let place = match report.sources.get(&notice.at.file) {
            Some(source) => excerpt_at(&notice.at, source, &report.redactor),
            None => crate::excerpt::Excerpt { at: notice.at.clone(), lines: Vec::new() },
        };
        excerpt::draw(page, &[place], notice.severity);
        page.paragraph(2, "fix:", NAME, &one_line(&notice.help));
        page.end();
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
