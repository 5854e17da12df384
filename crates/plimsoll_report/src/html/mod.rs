//! One self-contained page: no script, nothing loaded, light and dark, for screens and paper.
//!
//! Its content security policy lets in nothing but its own style sheet, by hash; so no element
//! has a `style` attribute and drawings use presentation attributes.

mod chart;
mod controls;
mod escape;
mod findings;

use plimsoll_assess::ControlVerdict;
use plimsoll_catalog::{Criticality, Family, Finding, Verdict};
use sha2::{Digest, Sha256};

use crate::Report;
use crate::text::{environment, seconds, urgent_findings};
use escape::{base64, escape, prose};

const STYLE: &str = include_str!("style.css");

/// The report as one HTML page.
pub fn check_html(report: &Report<'_>) -> String {
    let mut out = String::new();
    let hash = base64(&Sha256::digest(STYLE));
    let name = escape(&system(report));
    out.push_str(&format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{name}: load line</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#findings\">To the findings</a>\n"
    ));
    header(&mut out, report, &name);
    out.push_str("<main>\n");
    totals(&mut out, report);
    facts(&mut out, report);
    urgent(&mut out, report);
    load_line(&mut out, report);
    findings::findings(&mut out, report);
    notices(&mut out, report);
    problems(&mut out, report);
    controls::controls(&mut out, report);
    out.push_str("</main>\n");
    out.push_str(&format!(
        "<footer>Plimsoll {} · {} UTC · {} · {} files read, none of them run</footer>\n</body>\n</html>\n",
        escape(report.version),
        escape(&report.started.replace('T', " ")),
        seconds(report.elapsed),
        report.target.files
    ));
    out
}

fn system(report: &Report<'_>) -> String {
    let target = &report.target;
    match target.system.as_str() {
        "" | "." => target.name.clone(),
        system => format!("{}/{system}", target.name),
    }
}

fn header(out: &mut String, report: &Report<'_>, name: &str) {
    let assessment = report.assessment;
    let failed = assessment.count(Verdict::Failed);
    let critical = assessment
        .controls
        .iter()
        .filter(|c| c.verdict == Verdict::Failed)
        .filter(|c| report.criticality(&c.id) == Criticality::Critical)
        .count();
    let (class, text) = match failed {
        0 => ("outcome fit", "<strong>No control failed.</strong>".to_owned()),
        1 => ("outcome", "<strong>1 control failed</strong>".to_owned()),
        _ => ("outcome", format!("<strong>{failed} controls failed</strong>")),
    };
    let tail = match (failed, critical) {
        (0, _) => format!(
            " {} proven; {} still need proof.",
            assessment.count(Verdict::Proven),
            assessment.count(Verdict::Unproven)
        ),
        (_, 0) => ", none of them critical.".to_owned(),
        (1, _) => ", and it is critical.".to_owned(),
        (_, 1) => ", one of them critical.".to_owned(),
        _ => format!(", {critical} of them critical."),
    };
    let settled = failed + assessment.count(Verdict::Proven);
    out.push_str(&format!(
        "<header><div><div><div class=\"brand\">{} Plimsoll · load line</div>\n<h1>{name}</h1>\n\
         <p class=\"{class}\">{text}{tail}</p></div>\n{}</div></header>\n",
        chart::mark(),
        chart::hull(failed, settled)
    ));
}

fn totals(out: &mut String, report: &Report<'_>) {
    out.push_str("<ul class=\"totals\">");
    for (verdict, always) in [
        (Verdict::Failed, true),
        (Verdict::Proven, true),
        (Verdict::Attested, false),
        (Verdict::Waived, false),
        (Verdict::Unproven, true),
        (Verdict::NotApplicable, true),
    ] {
        let count = report.assessment.count(verdict);
        if always || count > 0 {
            let name = controls::name(verdict);
            let class = name.replace(' ', "_");
            out.push_str(&format!("<li class=\"{class}\"><b>{count}</b>{name}</li>"));
        }
    }
    out.push_str("</ul>\n");
}

fn facts(out: &mut String, report: &Report<'_>) {
    let target = &report.target;
    let settings = match (&target.settings, &target.settings_reason) {
        (Some(module), Some(reason)) => {
            format!("<code>{}</code>, because {}", escape(module), prose(reason))
        }
        (Some(module), None) => format!("<code>{}</code>", escape(module)),
        (None, reason) => format!("not found {}", prose(reason.as_deref().unwrap_or_default())),
    };
    let mut rows =
        vec![("Settings", settings), ("Environment", prose(&environment(&target.environment)))];
    if let Some(django) = &target.django {
        rows.push(("Django", escape(django)));
    }
    if let Some(commit) = &target.commit {
        rows.push(("Commit", format!("<code>{}</code>", escape(commit))));
    }
    if !target.other_systems.is_empty() {
        rows.push(("Not looked at", escape(&target.other_systems.join(", "))));
    }
    out.push_str("<dl class=\"facts\">");
    for (name, value) in rows {
        out.push_str(&format!("<dt>{name}</dt><dd>{value}</dd>"));
    }
    out.push_str("</dl>\n");
}

fn urgent(out: &mut String, report: &Report<'_>) {
    let findings: Vec<&Finding> = urgent_findings(report);
    if findings.is_empty() {
        return;
    }
    out.push_str("<h2>Most urgent</h2>\n<ol class=\"urgent\">");
    for finding in findings {
        let clean = |text: &str| prose(&report.redactor.message(text));
        out.push_str(&format!(
            "<li class=\"card\"><h4>{}</h4><p class=\"where\">{} · {}</p><p>{}</p></li>",
            clean(&finding.message),
            escape(finding.control),
            escape(&finding.at.to_string()),
            clean(&finding.fix)
        ));
    }
    out.push_str("</ol>\n");
}

const COLUMNS: [(Verdict, &str); 5] = [
    (Verdict::Proven, "proven"),
    (Verdict::Failed, "failed"),
    (Verdict::Unproven, "unproven"),
    (Verdict::NotApplicable, "n.a."),
    (Verdict::Waived, "waived"),
];

fn load_line(out: &mut String, report: &Report<'_>) {
    let all: Vec<&ControlVerdict> = report.assessment.controls.iter().collect();
    let columns: Vec<(Verdict, &str)> = COLUMNS
        .into_iter()
        .filter(|(verdict, _)| {
            *verdict != Verdict::Waived || report.assessment.count(Verdict::Waived) > 0
        })
        .collect();
    out.push_str(
        "<h2 id=\"load-line\">Load line</h2>\n<div class=\"card table\"><table class=\"load\">\
         <thead><tr><th scope=\"col\">Family</th><td class=\"bar\"></td>",
    );
    for (_, name) in &columns {
        out.push_str(&format!("<th scope=\"col\" class=\"n\">{name}</th>"));
    }
    out.push_str("</tr></thead><tbody>\n");
    for family in Family::ALL {
        let own: Vec<&ControlVerdict> =
            all.iter().copied().filter(|c| report.family(&c.id) == Some(family)).collect();
        if !own.is_empty() {
            let name =
                format!("<a href=\"#controls-{}\">{}</a>", family.prefix(), escape(family.title()));
            load_row(out, &name, &own, &columns);
        }
    }
    out.push_str("</tbody><tfoot>");
    load_row(out, "All", &all, &columns);
    out.push_str("</tfoot></table></div>\n");
}

/// Attested controls count as proven here: the totals above tell them apart.
fn load_row(out: &mut String, name: &str, own: &[&ControlVerdict], columns: &[(Verdict, &str)]) {
    let count = |verdict: Verdict| {
        own.iter()
            .filter(|c| {
                c.verdict == verdict
                    || (verdict == Verdict::Proven && c.verdict == Verdict::Attested)
            })
            .count()
    };
    let order = [
        Verdict::Proven,
        Verdict::Failed,
        Verdict::Waived,
        Verdict::Unproven,
        Verdict::NotApplicable,
    ];
    let bar = chart::bar(&order.map(|verdict| (verdict, count(verdict))));
    out.push_str(&format!("<tr><th scope=\"row\">{name}</th><td class=\"bar\">{bar}</td>"));
    for (verdict, _) in columns {
        let count = count(*verdict);
        let class = match (count, verdict) {
            (0, _) => "n zero",
            (_, Verdict::Failed) => "n failed",
            _ => "n",
        };
        out.push_str(&format!("<td class=\"{class}\">{count}</td>"));
    }
    out.push_str("</tr>\n");
}

fn notices(out: &mut String, report: &Report<'_>) {
    if report.assessment.notices.is_empty() {
        return;
    }
    out.push_str("<h2>Ignores and waivers</h2>\n<ul class=\"card plain\">");
    for notice in &report.assessment.notices {
        out.push_str(&format!(
            "<li><span class=\"badge {0}\">{0}</span> <code>{1}</code> {2}: {3}</li>",
            findings::word(notice.severity),
            escape(&notice.at.to_string()),
            prose(&notice.message),
            prose(&notice.help)
        ));
    }
    out.push_str("</ul>\n");
}

/// Problems shown; a damaged repository can have thousands.
const PROBLEMS: usize = 100;

fn problems(out: &mut String, report: &Report<'_>) {
    let problems = &report.target.problems;
    if problems.is_empty() {
        return;
    }
    out.push_str(&format!(
        "<h2>Not read or not understood</h2>\n<details class=\"card\"><summary>{} {}</summary>\
         <ul class=\"plain\">",
        problems.len(),
        if problems.len() == 1 { "place" } else { "places" }
    ));
    for problem in problems.iter().take(PROBLEMS) {
        out.push_str(&format!(
            "<li><code>{}</code> {}</li>",
            escape(&problem.problem.at.to_string()),
            prose(&report.redactor.message(&problem.problem.message))
        ));
    }
    if problems.len() > PROBLEMS {
        out.push_str(&format!("<li>and {} more</li>", problems.len() - PROBLEMS));
    }
    out.push_str("</ul></details>\n");
}
