//! JUnit XML: a suite for each family, a case for each control.
//!
//! Written for both schemas in use, that of Jenkins and the stricter one of Ant's report task.

use plimsoll_assess::ControlVerdict;
use plimsoll_catalog::{Family, Finding, Verdict};

use crate::Report;

/// The report as JUnit XML: failed controls fail, unproven ones are skipped with what they need.
/// Controls that do not apply are left out.
pub fn check_junit(report: &Report<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let mut id = 0;
    for family in Family::ALL {
        let controls: Vec<&ControlVerdict> = report
            .assessment
            .controls
            .iter()
            .filter(|control| report.family(&control.id) == Some(family))
            .filter(|control| control.verdict != Verdict::NotApplicable)
            .collect();
        if !controls.is_empty() {
            suite(&mut out, family, id, &controls, report);
            id += 1;
        }
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(
    out: &mut String,
    family: Family,
    id: usize,
    controls: &[&ControlVerdict],
    report: &Report<'_>,
) {
    let count = |verdict| controls.iter().filter(|c| c.verdict == verdict).count();
    out.push_str(&format!(
        "  <testsuite id=\"{id}\" package=\"plimsoll\" name=\"{}\" timestamp=\"{}\" \
         hostname=\"localhost\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" \
         time=\"0\">\n    <properties/>\n",
        attribute(&format!("{} {}", family.prefix(), family.title())),
        attribute(&report.started),
        controls.len(),
        count(Verdict::Failed),
        count(Verdict::Unproven),
    ));
    for control in controls {
        case(out, family, control, report);
    }
    out.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

fn case(out: &mut String, family: Family, control: &ControlVerdict, report: &Report<'_>) {
    let name = format!("{} {}", control.id, report.title(&control.id));
    let open = format!(
        "    <testcase classname=\"plimsoll.{}\" name=\"{}\" time=\"0\"",
        family.prefix(),
        attribute(&name)
    );
    match control.verdict {
        Verdict::Failed => {
            let findings: Vec<&Finding> = report
                .assessment
                .findings
                .iter()
                .filter(|f| f.fails() && f.finding.control == control.id)
                .map(|f| &f.finding)
                .collect();
            let message = match (findings.first(), &control.reason) {
                (Some(first), _) if findings.len() == 1 => first.message.clone(),
                (Some(first), _) => format!("{} (and {} more)", first.message, findings.len() - 1),
                (None, Some(reason)) => reason.clone(),
                (None, None) => "failed".to_owned(),
            };
            let body: String = findings.iter().map(|finding| detail(finding, report)).collect();
            out.push_str(&format!(
                "{open}>\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
                attribute(findings.first().map_or("waiver-expired", |finding| finding.rule)),
                attribute(&report.redactor.message(&message)),
                text(&body)
            ));
        }
        Verdict::Unproven => {
            let needs = format!("unproven, needs: {}", control.needs.join("; "));
            out.push_str(&format!(
                "{open}>\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                attribute(&report.redactor.message(&needs))
            ));
        }
        _ => out.push_str(&format!("{open}/>\n")),
    }
}

fn detail(finding: &Finding, report: &Report<'_>) -> String {
    let clean = |text: &str| report.redactor.message(text);
    format!(
        "{}: {} [{}]\n  in production: {}\n  fix: {}\n",
        finding.at,
        clean(&finding.message),
        finding.rule,
        clean(&finding.consequence),
        clean(&finding.fix)
    )
}

/// Text of an element; characters that XML 1.0 has no way to write are replaced.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(crate::sanitize::visible(c)),
        }
    }
    out
}

/// Text of an attribute in double quotes.
fn attribute(value: &str) -> String {
    text(value).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}
