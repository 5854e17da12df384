//! The report for people at a terminal.
//!
//! Findings by family with the source they point at, then one table of the load line, then what
//! is most urgent. Styles are ANSI sequences: the binary strips them where nobody sees colours.

mod catalog;
mod checklist;
mod excerpt;
mod explain;
mod findings;
mod ledger;
mod markdown;
mod page;
mod settings;
mod status;
mod style;
mod summary;

use plimsoll_catalog::Severity;
use plimsoll_source::{SourceText, Span};

use crate::excerpt::excerpt_at;
use crate::{Redactor, Report};
use page::Page;

pub(crate) use catalog::CatalogPage;
pub use checklist::checklist_text;
pub(crate) use explain::criticality;
pub use explain::{explain_control_text, explain_rule_text};
pub use ledger::verdict_name;
pub use ledger::{ledger_log_text, ledger_show_text, ledger_verify_text};
pub use settings::settings_text;
pub use status::status_text;
pub(crate) use summary::{environment, seconds, urgent_findings};

/// How the text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Columns of the terminal; 80 where there is none.
    pub width: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 80 }
    }
}

/// A place in a text, drawn as findings are.
pub fn excerpt_text(
    at: &Span,
    source: &SourceText,
    redactor: &Redactor,
    severity: Severity,
) -> String {
    let mut page = Page::new(80);
    excerpt::draw(&mut page, &[excerpt_at(at, source, redactor)], severity);
    page.finish()
}

/// The report of `plimsoll check` as text with ANSI styles.
pub fn check_text(report: &Report<'_>, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    summary::opening(&mut page, report);
    findings::findings(&mut page, report);
    findings::notices(&mut page, report);
    summary::questions(&mut page, report);
    summary::problems(&mut page, report);
    summary::load_line(&mut page, report);
    summary::urgent(&mut page, report);
    summary::closing(&mut page, report);
    page.finish()
}
