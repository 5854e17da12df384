//! `plimsoll status` for people.

use jiff::Timestamp;
use plimsoll_catalog::{Family, Target, Verdict};
use plimsoll_ledger::DueState;

use super::TextOptions;
use super::explain::criticality;
use super::ledger::{short_time, verdict_name};
use super::page::Page;
use super::style;
use crate::sanitize::one_line;
use crate::status::{CRITICALITIES, StatusReport, VERDICTS, rhythm};

/// Changes and tasks that are listed; the JSON has all.
const LISTED: usize = 30;

/// Where a system stands, as text with ANSI styles.
pub fn status_text(report: &StatusReport<'_>, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    opening(&mut page, report);
    table(&mut page, report);
    critical(&mut page, report);
    changes(&mut page, report);
    expiring(&mut page, report);
    due(&mut page, report);
    page.finish()
}

fn opening(page: &mut Page, report: &StatusReport<'_>) {
    let standing = report.standing;
    let target = match standing.target {
        Target::Repository => "repository",
        Target::Rehearsal => "rehearsal",
        Target::Production => "production",
    };
    let release = &standing.release;
    let what = match (&release.name, release.digest) {
        (Some(name), _) => format!("release {}", one_line(name)),
        (None, Some(digest)) => format!("the files {} (no release is recorded)", digest.short()),
        (None, None) => "nothing recorded yet".to_owned(),
    };
    page.styled(style::BOLD, &format!("{target}: {what}")).end();
    match standing.assessed {
        Some(time) => page.put(&format!("assessed {}", short_time(time))),
        None => page.put("never assessed: plimsoll check --record"),
    };
    page.put(&format!("; ledger {} at record {}", report.ledger, report.head.seq)).end().end();
}

fn table(page: &mut Page, report: &StatusReport<'_>) {
    let heads = ["proven", "attested", "waived", "failed", "unproven", "n/a"];
    let row = |page: &mut Page, name: &str, counts: [usize; 6]| {
        page.put(&format!("{name:<31}"));
        for (verdict, count) in VERDICTS.into_iter().zip(counts) {
            let text = if count == 0 { format!("{:>9}", "·") } else { format!("{count:>9}") };
            let style = if count == 0 { style::DIM } else { style::of_verdict(verdict) };
            page.styled(style, &text);
        }
        page.end();
    };
    page.put(&" ".repeat(31));
    for head in heads {
        page.styled(style::DIM, &format!("{head:>9}"));
    }
    page.end();
    for level in CRITICALITIES {
        row(page, criticality(level), report.of_criticality(level));
    }
    page.end();
    for family in Family::ALL {
        let name = format!("{:<6}{}", family.prefix(), family.title());
        row(page, &name, report.of_family(family));
    }
    page.end();
}

/// What keeps the system from being fit.
fn critical(page: &mut Page, report: &StatusReport<'_>) {
    let open: Vec<_> = report
        .controls()
        .filter(|(control, stand)| {
            control.criticality == CRITICALITIES[0]
                && matches!(stand.verdict, Verdict::Failed | Verdict::Unproven)
        })
        .collect();
    if open.is_empty() {
        return;
    }
    page.heading("Critical and not shown to hold", &open.len().to_string());
    for (control, stand) in open.iter().take(LISTED) {
        let reason =
            stand.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let text = format!("{} ({}){reason}", control.title, verdict_name(stand.verdict));
        page.paragraph(2, &control.id, style::of_verdict(stand.verdict), &one_line(&text));
    }
    more(page, open.len());
    page.end();
}

fn changes(page: &mut Page, report: &StatusReport<'_>) {
    let Some(since) = report.since else { return };
    page.heading(&format!("Since {}", short_time(since)), &report.changes.len().to_string());
    if report.changes.is_empty() {
        page.put("  nothing changed").end();
    }
    for change in report.changes.iter().take(LISTED) {
        let reason =
            change.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let before = verdict_name(change.before);
        let text = format!("{before} → {}{reason}", verdict_name(change.now));
        page.paragraph(2, &change.control, style::of_verdict(change.now), &one_line(&text));
    }
    more(page, report.changes.len());
    page.end();
}

fn expiring(page: &mut Page, report: &StatusReport<'_>) {
    let expiring = report.expiring();
    if expiring.is_empty() {
        return;
    }
    let title = format!("Lapses within {} days", report.within_days);
    page.heading(&title, &expiring.len().to_string());
    for (control, stand, end) in expiring.iter().take(LISTED) {
        let text = format!("{} ({}) on {}", control.title, verdict_name(stand.verdict), day(*end));
        page.paragraph(2, &control.id, style::WARNING, &one_line(&text));
    }
    more(page, expiring.len());
    page.end();
}

fn due(page: &mut Page, report: &StatusReport<'_>) {
    if report.due.is_empty() {
        return;
    }
    page.heading("Tasks that come back", &report.due.len().to_string());
    for task in &report.due {
        let title = report.catalog.control(&task.control).map_or("", |control| &control.title);
        let (when, style) = match task.state {
            DueState::Never => ("never done".to_owned(), style::WARNING),
            DueState::Overdue(end) => (format!("overdue since {}", day(end)), style::ERROR),
            DueState::By(end) => (format!("due by {}", day(end)), style::GOOD),
        };
        let text = format!("{title}, {}, {}: {when}", rhythm(task.every_hours), task.role);
        page.paragraph(2, &task.control, style, &one_line(&text));
    }
    page.put("  each is told with plimsoll attest CONTROL --evidence FILE|URL").end();
}

fn more(page: &mut Page, all: usize) {
    if all > LISTED {
        page.put(&format!("  and {} more", all - LISTED)).end();
    }
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
