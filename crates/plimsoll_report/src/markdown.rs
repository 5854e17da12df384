//! Markdown for comments on pull requests and for job summaries.

use plimsoll_catalog::{Family, Finding, Severity, Verdict};

use crate::excerpt::excerpts;
use crate::sanitize::one_line;
use crate::text::{criticality, seconds};
use crate::{Report, excerpt::Excerpt};

/// Findings shown in full: a comment on GitHub holds 65,536 characters.
const IN_FULL: usize = 30;
/// Findings listed after those.
const LISTED: usize = 150;

/// The report as Markdown (GitHub's dialect).
pub fn check_markdown(report: &Report<'_>) -> String {
    let mut out = String::new();
    opening(&mut out, report);
    load_line(&mut out, report);
    let open: Vec<&Finding> = report
        .assessment
        .findings
        .iter()
        .filter(|assessed| assessed.is_open())
        .map(|assessed| &assessed.finding)
        .collect();
    if !open.is_empty() {
        out.push_str("\n### Findings\n\n");
    }
    for finding in open.iter().take(IN_FULL) {
        full(&mut out, finding, report);
    }
    let rest = open.get(IN_FULL..).unwrap_or_default();
    if !rest.is_empty() {
        out.push_str(&format!("\n<details><summary>{} more</summary>\n\n", rest.len()));
        for finding in rest.iter().take(LISTED) {
            let message = escape(&report.redactor.message(&finding.message));
            let place = code(&finding.at.to_string());
            out.push_str(&format!("- {place} {message} ({}, {})\n", finding.rule, finding.control));
        }
        if rest.len() > LISTED {
            out.push_str(&format!("- … and {} further ones\n", rest.len() - LISTED));
        }
        out.push_str("\n</details>\n");
    }
    notices(&mut out, report);
    out
}

fn opening(out: &mut String, report: &Report<'_>) {
    let count = |verdict| report.assessment.count(verdict);
    let failed = count(Verdict::Failed);
    let title = match failed {
        0 => "no control failed".to_owned(),
        1 => "1 control failed".to_owned(),
        _ => format!("{failed} controls failed"),
    };
    out.push_str(&format!("## Plimsoll: {title}\n\n"));
    let settings = report.target.settings.as_deref().unwrap_or("no settings module found");
    out.push_str(&format!(
        "{} with {}: {} proven, {} unproven, {} not applicable. {}.\n\n",
        code(&report.target.name),
        code(settings),
        count(Verdict::Proven),
        count(Verdict::Unproven),
        count(Verdict::NotApplicable),
        seconds(report.elapsed),
    ));
}

fn load_line(out: &mut String, report: &Report<'_>) {
    out.push_str(
        "| Family | Proven | Failed | Unproven | n.a. | Waived |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for family in Family::ALL {
        let own = |verdict: Verdict| {
            report
                .assessment
                .controls
                .iter()
                .filter(|c| report.family(&c.id) == Some(family) && c.verdict == verdict)
                .count()
        };
        let counts = [
            own(Verdict::Proven) + own(Verdict::Attested),
            own(Verdict::Failed),
            own(Verdict::Unproven),
            own(Verdict::NotApplicable),
            own(Verdict::Waived),
        ];
        if counts.iter().sum::<usize>() == 0 {
            continue;
        }
        let cells: Vec<String> = counts
            .iter()
            .enumerate()
            .map(|(column, count)| match (column, count) {
                (_, 0) => "·".to_owned(),
                (1, count) => format!("**{count}**"),
                (_, count) => count.to_string(),
            })
            .collect();
        out.push_str(&format!("| {} | {} |\n", family.title(), cells.join(" | ")));
    }
}

fn full(out: &mut String, finding: &Finding, report: &Report<'_>) {
    let clean = |text: &str| escape(&report.redactor.message(text));
    let word = match finding.severity {
        Severity::Error => "🔴 error",
        Severity::Warning => "🟠 warning",
        Severity::Note => "🔵 note",
    };
    let message = report.redactor.message(&finding.message);
    // Inside of a summary GitHub reads HTML, not Markdown.
    out.push_str(&format!(
        "<details><summary>{word}: {} ({}, <code>{}</code>)</summary>\n\n",
        html(&one_line(&message)),
        finding.control,
        html(&one_line(&format!("{}:{}", finding.at.file, finding.at.start.line)))
    ));
    for excerpt in excerpts(finding, &report.sources, &report.redactor) {
        lines(out, &excerpt);
    }
    let control = escape(report.title(finding.control));
    let weight = criticality(report.criticality(finding.control));
    out.push_str(&format!(
        "**Control:** {} {control} ({weight}), rule {}\n\n",
        finding.control,
        code(finding.rule)
    ));
    if !finding.consequence.is_empty() {
        out.push_str(&format!("**In production:** {}\n\n", clean(&finding.consequence)));
    }
    if !finding.fix.is_empty() {
        out.push_str(&format!("**Fix:** {}\n\n", clean(&finding.fix)));
    }
    out.push_str("</details>\n");
}

fn lines(out: &mut String, excerpt: &Excerpt) {
    out.push_str(&format!("{}\n", code(&excerpt.at.to_string())));
    if excerpt.lines.is_empty() {
        out.push('\n');
        return;
    }
    let width = excerpt.lines.last().map_or(1, |line| line.number.to_string().len());
    let mut body = String::new();
    let mut before = None;
    for line in &excerpt.lines {
        if before.is_some_and(|number| line.number > number + 1) {
            body.push_str("...\n");
        }
        before = Some(line.number);
        body.push_str(&format!("{:>width$} | {}\n", line.number, line.text));
        for mark in &line.marks {
            let sign = if mark.primary { "^" } else { "-" };
            let signs = sign.repeat(mark.end.saturating_sub(mark.start).max(1));
            let label =
                if mark.label.is_empty() { String::new() } else { format!(" {}", mark.label) };
            body.push_str(&format!(
                "{} | {}{signs}{label}\n",
                " ".repeat(width),
                " ".repeat(mark.start)
            ));
        }
    }
    // A fence longer than any run of backticks inside.
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    out.push_str(&format!("\n{fence}text\n{body}{fence}\n\n"));
}

fn notices(out: &mut String, report: &Report<'_>) {
    if report.assessment.notices.is_empty() {
        return;
    }
    out.push_str("\n### Ignores and waivers\n\n");
    for notice in &report.assessment.notices {
        let place = code(&format!("{}:{}", notice.at.file, notice.at.start.line));
        out.push_str(&format!("- {place} {}: {}\n", escape(&notice.message), escape(&notice.help)));
    }
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A code span around any text.
fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.contains('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Plain text in Markdown: no markup, no HTML, no mention of a user, no link. Backticks stay:
/// messages set code in them.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    let balanced = text.matches('`').count().is_multiple_of(2);
    for c in one_line(text).chars() {
        match c {
            '`' if balanced => {
                in_code = !in_code;
                out.push(c);
            }
            c if in_code => out.push(c),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // As an entity it mentions nobody.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
