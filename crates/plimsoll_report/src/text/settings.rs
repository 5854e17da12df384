//! Settings as a table for people.

use plimsoll_python::{Origin, State};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::TextOptions;
use super::page::Page;
use super::style::{self, BOLD, DIM, ERROR, NAME};
use crate::sanitize::one_line;
use crate::settings::SettingsReport;
use crate::values::to_text;

/// The settings of `plimsoll settings` as text with ANSI styles.
pub fn settings_text(report: &SettingsReport<'_>, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    opening(&mut page, report);
    let shown = report.shown();
    let names = shown.iter().map(|(name, _)| name.width()).max().unwrap_or(0).min(36);
    let (mut unknown, mut choices) = (0, 0);
    let mut section = None;
    for (name, setting) in &shown {
        if section != Some(setting.origin) {
            if section.is_some() {
                page.end();
            }
            section = Some(setting.origin);
            page.styled(
                DIM,
                match setting.origin {
                    Origin::Project => "Set by the project",
                    Origin::Default => "Django's defaults",
                },
            );
            page.end();
        }
        let (value, style) = match &setting.state {
            State::Known(value) => (to_text(value, report.show_secrets), anstyle::Style::new()),
            State::OneOf(values) => {
                choices += 1;
                let texts: Vec<_> =
                    values.iter().map(|v| to_text(v, report.show_secrets)).collect();
                (format!("one of {}", texts.join(" or ")), style::WARNING)
            }
            State::Unknown { reason, .. } => {
                unknown += 1;
                (format!("unknown: {}", report.redactor.message(reason)), style::WARNING)
            }
        };
        page.styled(NAME, &format!("{name:<names$}")).put("  ");
        let place =
            setting.at.as_ref().map(|at| one_line(&format!("{}:{}", at.file, at.start.line)));
        let place = place.unwrap_or_default();
        value_and_place(&mut page, &one_line(&value), style, &place, names.max(name.width()) + 2);
    }
    page.end();
    trouble(&mut page, report);
    let known = shown.len() - unknown - choices;
    page.styled(BOLD, &format!("{} settings: {known} known", shown.len()));
    if choices > 0 {
        page.put(&format!(", {choices} one of several"));
    }
    page.put(&format!(", {unknown} unknown.")).end();
    page.finish()
}

/// The value with where it comes from at the right edge; a longer value stands below its name.
fn value_and_place(
    page: &mut Page,
    value: &str,
    style: anstyle::Style,
    place: &str,
    indent: usize,
) {
    let room = page.width.saturating_sub(indent).max(24);
    let beside = room.saturating_sub(if place.is_empty() { 0 } else { place.width() + 2 });
    if value.width() <= beside {
        page.styled(style, value);
        if !place.is_empty() {
            page.put(&" ".repeat(room - value.width() - place.width())).styled(DIM, place);
        }
        page.end();
        return;
    }
    page.put(&" ".repeat(room.saturating_sub(place.width()))).styled(DIM, place).end();
    // Up to four lines: the JSON has the rest.
    let mut lines = chunks(value, page.width.saturating_sub(4));
    let cut = lines.len() > 4;
    lines.truncate(4);
    let last = lines.len().saturating_sub(1);
    for (index, line) in lines.iter().enumerate() {
        page.put("    ").styled(style, line);
        page.put(if cut && index == last { " …" } else { "" }).end();
    }
}

/// Pieces of at most `room` columns, broken after a comma or a blank where there is one.
fn chunks(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    let mut word = String::new();
    let mut word_width = 0;
    for c in text.chars().chain([' ']) {
        word.push(c);
        word_width += c.width().unwrap_or(0);
        if c != ' ' && word_width < room {
            continue;
        }
        if used + word.trim_end().width() > room && used > 0 {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
        }
        line.push_str(&word);
        used += word_width;
        word.clear();
        word_width = 0;
    }
    if !line.trim_end().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

fn opening(page: &mut Page, report: &SettingsReport<'_>) {
    page.styled(BOLD, &one_line(&report.settings.module));
    if let Some(django) = &report.django {
        page.styled(DIM, &format!("  Django {}", one_line(django)));
    }
    page.end();
    if let Some(reason) = &report.reason {
        page.paragraph(2, "because:", NAME, &one_line(reason));
    }
    let environment = super::summary::environment(&report.environment);
    page.paragraph(2, "environment:", NAME, &one_line(&environment));
    page.end();
}

/// What stops the process, which required variables are missing, what was not understood.
fn trouble(page: &mut Page, report: &SettingsReport<'_>) {
    for stop in &report.settings.stops {
        let message = report.redactor.message(&stop.message);
        let text = one_line(&format!("{message} ({})", stop.at));
        page.paragraph(0, "the process would stop:", ERROR, &text);
    }
    let mut missing: Vec<&str> = report
        .settings
        .variables
        .iter()
        .filter(|variable| !variable.is_set && variable.fallback.is_none())
        .map(|variable| variable.name.as_str())
        .collect();
    missing.sort_unstable();
    missing.dedup();
    if !missing.is_empty() {
        let text = format!("{}: give them with --env or --env-file", missing.join(", "));
        page.paragraph(0, "required variables that nobody sets:", style::WARNING, &one_line(&text));
    }
    for problem in &report.settings.problems {
        let message = report.redactor.message(&problem.message);
        let text = one_line(&format!("{message} ({})", problem.at));
        page.paragraph(0, "not understood:", DIM, &text);
    }
}
