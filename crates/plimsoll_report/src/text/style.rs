//! Colours of the terminal report. The words are the same without them.

use anstyle::{AnsiColor, Color, Style};
use plimsoll_catalog::{Severity, Verdict};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GUTTER: Style = colour(AnsiColor::Blue);
pub(crate) const ERROR: Style = colour(AnsiColor::Red).bold();
pub(crate) const WARNING: Style = colour(AnsiColor::Yellow).bold();
pub(crate) const NOTE: Style = colour(AnsiColor::Cyan).bold();
pub(crate) const GOOD: Style = colour(AnsiColor::Green);
pub(crate) const NAME: Style = colour(AnsiColor::Cyan);

const fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

pub(crate) fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
        Severity::Note => NOTE,
    }
}

pub(crate) fn of_verdict(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Proven | Verdict::Attested => GOOD,
        Verdict::Failed => ERROR,
        Verdict::Unproven | Verdict::Waived => colour(AnsiColor::Yellow),
        Verdict::NotApplicable => DIM,
    }
}
