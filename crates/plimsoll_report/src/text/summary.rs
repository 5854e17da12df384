//! What stands around the findings: what was assessed, the load line, what is most urgent.

use std::time::Duration;

use plimsoll_assess::ControlVerdict;
use plimsoll_catalog::{Criticality, Family, Finding, Verdict};

use super::page::Page;
use super::style::{self, BOLD, DIM, ERROR, GOOD, NAME};
use crate::sanitize::one_line;
use crate::{AssumedEnvironment, Report};

/// Open questions that are listed one by one.
const QUESTIONS: usize = 8;
/// Problems of reading that are listed one by one.
const PROBLEMS: usize = 5;
/// Files of development that are named as left out.
const LEFT_OUT: usize = 3;
/// The most urgent things.
const URGENT: usize = 3;

/// What was assessed and in which environment.
pub(super) fn opening(page: &mut Page, report: &Report<'_>) {
    let target = &report.target;
    let system = if target.system.is_empty() || target.system == "." {
        one_line(&target.name)
    } else {
        one_line(&format!("{}/{}", target.name, target.system))
    };
    page.styled(BOLD, &system);
    if let Some(version) = &target.django {
        page.styled(DIM, &format!("  Django {}", one_line(version)));
    }
    page.end();
    let settings = match (&target.settings, &target.settings_reason) {
        (Some(module), Some(reason)) => format!("{module}, because {reason}"),
        (Some(module), None) => module.clone(),
        (None, Some(reason)) => format!("not found: {reason}"),
        (None, None) => "not found".to_owned(),
    };
    page.paragraph(2, "settings:", NAME, &one_line(&settings));
    page.paragraph(2, "environment:", NAME, &one_line(&environment(&report.target.environment)));
    let profiles: Vec<String> = target
        .profiles
        .iter()
        .filter(|profile| profile.id != "base")
        .map(|profile| format!("{} ({})", profile.id, profile.reason))
        .collect();
    if !profiles.is_empty() {
        page.paragraph(2, "profiles:", NAME, &one_line(&profiles.join(", ")));
    }
    if !target.other_systems.is_empty() {
        let others = target.other_systems.join(", ");
        page.paragraph(2, "not looked at:", NAME, &one_line(&format!("other systems in {others}")));
    }
    page.end();
}

/// Where the process environment came from, in a phrase.
pub(crate) fn environment(environment: &AssumedEnvironment) -> String {
    let count = environment.variables.len();
    let variables = match count {
        0 => "no variables".to_owned(),
        1 => "1 variable".to_owned(),
        _ => format!("{count} variables"),
    };
    let sources: Vec<&str> = environment.sources.iter().map(|s| s.text.as_str()).collect();
    let mut text = match (environment.given, sources.is_empty()) {
        (true, true) => format!("{variables}, as given"),
        (true, false) => format!("{variables}, as given: {}", sources.join("; ")),
        (false, true) => format!("{variables}: the repository gives the production process none"),
        (false, false) => format!("{variables}, from the repository: {}", sources.join("; ")),
    };
    if !environment.given && !environment.gaps.is_empty() {
        let gaps: Vec<&str> = environment.gaps.iter().map(|gap| gap.text.as_str()).collect();
        text.push_str(&format!(". There may be more: {}", gaps.join("; ")));
    }
    let left_out: Vec<&str> = environment.left_out.iter().map(|s| s.text.as_str()).collect();
    if !environment.given && !left_out.is_empty() {
        let (first, rest) = left_out.split_at(left_out.len().min(LEFT_OUT));
        text.push_str(&format!(". Left out: {}", first.join("; ")));
        if !rest.is_empty() {
            text.push_str(&format!("; and {} more", rest.len()));
        }
    }
    text
}

/// What would prove controls that a static check could not settle.
pub(super) fn questions(page: &mut Page, report: &Report<'_>) {
    let mut open: Vec<&ControlVerdict> = report
        .assessment
        .controls
        .iter()
        .filter(|control| control.verdict == Verdict::Unproven && !control.undetermined.is_empty())
        .collect();
    if open.is_empty() {
        return;
    }
    open.sort_by_key(|control| std::cmp::Reverse(report.criticality(&control.id)));
    page.heading("Not known yet", "");
    page.end();
    for control in open.iter().take(QUESTIONS) {
        page.styled(style::of_verdict(Verdict::Unproven), "unproven");
        page.styled(BOLD, &format!(": {} {}", control.id, report.title(&control.id))).end();
        if let Some(question) = control.undetermined.first() {
            let clean = |text: &str| one_line(&report.redactor.message(text));
            let reason = match &question.question.at {
                Some(at) => format!("{} ({at})", question.question.reason),
                None => question.question.reason.clone(),
            };
            page.paragraph(2, "because:", NAME, &clean(&reason));
            page.paragraph(2, "needs:", NAME, &clean(&question.question.needs));
        }
    }
    if open.len() > QUESTIONS {
        let text = format!("and {} more; --format json has them all", open.len() - QUESTIONS);
        page.styled(DIM, &text).end();
    }
    page.end();
}

/// What could not be read.
pub(super) fn problems(page: &mut Page, report: &Report<'_>) {
    let problems = &report.target.problems;
    if problems.is_empty() {
        return;
    }
    page.heading("Not read or not understood", &problems.len().to_string());
    page.end();
    for problem in problems.iter().take(PROBLEMS) {
        let (area, problem) = (problem.area, &problem.problem);
        let message = report.redactor.message(&problem.message);
        let stops = if area == "stop" { "the process would stop: " } else { "" };
        page.paragraph(2, "-", DIM, &one_line(&format!("{}: {stops}{message}", problem.at)));
    }
    if problems.len() > PROBLEMS {
        let text = format!("  and {} more; --format json has them all", problems.len() - PROBLEMS);
        page.styled(DIM, &text).end();
    }
    page.end();
}

/// The columns of the table: always the first four, the others where there is one.
const COLUMNS: [(Verdict, &str, bool); 6] = [
    (Verdict::Proven, "proven", true),
    (Verdict::Failed, "failed", true),
    (Verdict::Unproven, "unproven", true),
    (Verdict::NotApplicable, "n.a.", true),
    (Verdict::Waived, "waived", false),
    (Verdict::Attested, "attested", false),
];

/// One table: verdicts per family.
pub(super) fn load_line(page: &mut Page, report: &Report<'_>) {
    let controls = &report.assessment.controls;
    let columns: Vec<(Verdict, &str)> = COLUMNS
        .into_iter()
        .filter(|(verdict, _, always)| *always || report.assessment.count(*verdict) > 0)
        .map(|(verdict, name, _)| (verdict, name))
        .collect();
    page.heading("Load line", &format!("{} controls", controls.len()));
    page.put(&" ".repeat(34));
    for (_, name) in &columns {
        page.styled(DIM, &format!("{name:>9}"));
    }
    page.end();
    for family in Family::ALL {
        let own: Vec<&ControlVerdict> =
            controls.iter().filter(|control| report.family(&control.id) == Some(family)).collect();
        if own.is_empty() {
            continue;
        }
        page.styled(NAME, &format!("{:<6}", family.prefix()))
            .put(&format!("{:<28}", family.title()));
        row(page, &columns, &own);
    }
    let all: Vec<&ControlVerdict> = controls.iter().collect();
    page.styled(BOLD, &format!("{:<34}", "All"));
    row(page, &columns, &all);
    page.end();
}

fn row(page: &mut Page, columns: &[(Verdict, &str)], controls: &[&ControlVerdict]) {
    for (verdict, _) in columns {
        let count = controls.iter().filter(|control| control.verdict == *verdict).count();
        if count == 0 {
            page.styled(DIM, &format!("{:>9}", "-"));
        } else {
            page.styled(style::of_verdict(*verdict), &format!("{count:>9}"));
        }
    }
    page.end();
}

/// The three findings to begin with: the most critical control, the worst, the surest; one for
/// each control.
pub(crate) fn urgent_findings<'a>(report: &'a Report<'_>) -> Vec<&'a Finding> {
    let assessed = report.assessment.findings.iter().filter(|assessed| assessed.fails());
    let mut findings: Vec<&Finding> = assessed.map(|assessed| &assessed.finding).collect();
    findings.sort_by_key(|finding| {
        let weight = (report.criticality(finding.control), finding.severity, finding.confidence);
        std::cmp::Reverse(weight)
    });
    let mut controls: Vec<&str> = Vec::new();
    findings.retain(|finding| {
        let first = !controls.contains(&finding.control);
        controls.push(finding.control);
        first
    });
    findings.truncate(URGENT);
    findings
}

/// What to begin with.
pub(super) fn urgent(page: &mut Page, report: &Report<'_>) {
    let findings = urgent_findings(report);
    if findings.is_empty() {
        return;
    }
    page.heading("Most urgent", "");
    for (index, finding) in findings.iter().enumerate() {
        let message = one_line(&report.redactor.message(&finding.message));
        let text = format!("{} {message} ({})", finding.control, one_line(&finding.at.to_string()));
        page.paragraph(2, &format!("{}.", index + 1), BOLD, &text);
        let fix = one_line(&report.redactor.message(&finding.fix));
        page.paragraph(5, "fix:", NAME, &fix);
    }
    page.end();
}

/// The result in one line, and the time.
pub(super) fn closing(page: &mut Page, report: &Report<'_>) {
    let count = |verdict| report.assessment.count(verdict);
    let failed = count(Verdict::Failed);
    let critical = report
        .assessment
        .controls
        .iter()
        .filter(|control| control.verdict == Verdict::Failed)
        .filter(|control| report.criticality(&control.id) == Criticality::Critical)
        .count();
    let controls = |number: usize| if number == 1 { "1 control" } else { "controls" };
    if failed == 0 {
        page.styled(GOOD, "No control failed.");
    } else {
        let mut text = match failed {
            1 => "1 control failed".to_owned(),
            _ => format!("{failed} {} failed", controls(failed)),
        };
        if critical > 0 {
            text.push_str(&format!(", {critical} critical"));
        }
        page.styled(ERROR, &format!("{text}."));
    }
    page.put(&format!(
        " {} proven, {} unproven.",
        count(Verdict::Proven),
        count(Verdict::Unproven)
    ));
    let files = report.target.files;
    let read = if files > 0 { format!(" {files} files") } else { String::new() };
    page.styled(DIM, &format!("{read} in {}.", seconds(report.elapsed))).end();
}

/// A duration for people: `48 ms`, `1.3 s`.
pub(crate) fn seconds(elapsed: Duration) -> String {
    let millis = elapsed.as_millis();
    if millis < 1000 { format!("{millis} ms") } else { format!("{:.1} s", elapsed.as_secs_f64()) }
}
