//! Draws excerpts of source for a terminal.

use plimsoll_catalog::Severity;
use unicode_width::UnicodeWidthStr;

use super::page::Page;
use super::style::{self, BOLD, GUTTER};
use crate::excerpt::{Bar, Excerpt, Line, Mark};
use crate::sanitize::one_line;

/// Draws the excerpts of one finding.
pub(crate) fn draw(page: &mut Page, excerpts: &[Excerpt], severity: Severity) {
    let last = excerpts.iter().flat_map(|excerpt| &excerpt.lines).map(|line| line.number).max();
    let gutter = last.map_or(1, |number| number.to_string().len());
    let bars = excerpts.iter().flat_map(|e| &e.lines).any(|line| line.bar.is_some());
    for (index, excerpt) in excerpts.iter().enumerate() {
        let arrow = if index == 0 { "-->" } else { ":::" };
        page.put(&" ".repeat(gutter)).styled(GUTTER, arrow).put(" ");
        page.put(&one_line(&excerpt.at.to_string())).end();
        if excerpt.lines.is_empty() {
            continue;
        }
        rule(page, gutter);
        let mut before: Option<u32> = None;
        for line in &excerpt.lines {
            if before.is_some_and(|number| line.number > number + 1) {
                page.styled(GUTTER, "...").end();
            }
            before = Some(line.number);
            draw_line(page, line, gutter, bars, severity);
        }
    }
}

fn rule(page: &mut Page, gutter: usize) {
    page.put(&" ".repeat(gutter + 1)).styled(GUTTER, "|").end();
}

fn draw_line(page: &mut Page, line: &Line, gutter: usize, bars: bool, severity: Severity) {
    let accent = style::of_severity(severity);
    page.styled(GUTTER, &format!("{:>gutter$} |", line.number));
    if bars {
        match line.bar {
            Some(Bar::First) => page.put(" ").styled(accent, "/"),
            Some(_) => page.put(" ").styled(accent, "|"),
            None => page.put("  "),
        };
    }
    page.put(" ").put(&line.text).end();
    let mut marks: Vec<&Mark> = line.marks.iter().collect();
    marks.sort_by_key(|mark| mark.start);
    for mark in marks {
        page.put(&" ".repeat(gutter + 1)).styled(GUTTER, "|");
        if bars {
            match line.bar {
                Some(Bar::First | Bar::Middle) => page.put(" ").styled(accent, "|"),
                Some(Bar::Last) | None => page.put("  "),
            };
        }
        page.put(&" ".repeat(mark.start + 1));
        let (sign, style) = if mark.primary { ("^", accent) } else { ("-", GUTTER) };
        page.styled(style, &sign.repeat(mark.end.saturating_sub(mark.start).max(1)));
        if !mark.label.is_empty() {
            label(page, mark, gutter + 4 + mark.end);
        }
        page.end();
    }
}

/// The label beside its mark, or below where the page is too narrow.
fn label(page: &mut Page, mark: &Mark, used: usize) {
    let style = if mark.primary { BOLD } else { GUTTER };
    if used + mark.label.width() < page.width.max(100) {
        page.put(" ").styled(style, &mark.label);
    } else {
        page.end();
        page.put(&" ".repeat(used.saturating_sub(mark.end).saturating_sub(2))).styled(GUTTER, "|");
        page.put("   ").styled(style, &mark.label);
    }
}
