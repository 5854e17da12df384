//! GitHub workflow commands: annotations at the lines of a pull request.

use plimsoll_catalog::{Finding, Severity, Verdict};
use plimsoll_source::Span;

use crate::Report;

/// The report as workflow commands, one line each: the open findings, then the count.
pub fn check_github(report: &Report<'_>) -> String {
    let mut out = String::new();
    let clean = |text: &str| report.redactor.message(text);
    for assessed in report.assessment.findings.iter().filter(|assessed| assessed.is_open()) {
        let finding = &assessed.finding;
        let title = format!("{} {}", finding.control, report.title(finding.control));
        out.push_str(&command(
            severity(finding.severity),
            &finding.at,
            &title,
            &body(finding, &clean),
        ));
    }
    for notice in &report.assessment.notices {
        let body = format!("{}\n{}", notice.message, notice.help);
        let kind = severity(notice.severity);
        out.push_str(&command(kind, &notice.at, "Ignores and waivers", &body));
    }
    let count = |verdict| report.assessment.count(verdict);
    out.push_str(&format!(
        "::notice title=Plimsoll::{} proven, {} failed, {} unproven, {} not applicable\n",
        count(Verdict::Proven),
        count(Verdict::Failed),
        count(Verdict::Unproven),
        count(Verdict::NotApplicable)
    ));
    out
}

fn body(finding: &Finding, clean: &dyn Fn(&str) -> String) -> String {
    let mut text = clean(&finding.message);
    if !finding.consequence.is_empty() {
        text.push_str(&format!("\nIn production: {}", clean(&finding.consequence)));
    }
    if !finding.fix.is_empty() {
        text.push_str(&format!("\nFix: {}", clean(&finding.fix)));
    }
    for related in &finding.related {
        text.push_str(&format!("\n{}: {}", related.at, clean(&related.message)));
    }
    text.push_str(&format!("\n[{}]", finding.rule));
    text
}

fn command(kind: &str, at: &Span, title: &str, body: &str) -> String {
    let mut properties = format!("file={},line={}", property(at.file.as_str()), at.start.line);
    // Columns are understood within one line only.
    if at.end.line > at.start.line {
        properties.push_str(&format!(",endLine={}", at.end.line));
    } else if at.end.column > at.start.column {
        properties.push_str(&format!(",col={},endColumn={}", at.start.column, at.end.column));
    }
    format!("::{kind} {properties},title={}::{}\n", property(title), data(body))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// The message of a command, as the runner unescapes it (actions/toolkit, `escapeData`).
fn data(text: &str) -> String {
    let safe: String = text
        .chars()
        .map(|c| if matches!(c, '\n' | '\r') { c } else { crate::sanitize::visible(c) })
        .collect();
    safe.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command (`escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
