//! JSON that other programs read: one version per file, never internal types.

mod v1;

use crate::Report;

/// The report of `plimsoll check` as JSON, version 1; `schemas/check-v1.json` describes it.
pub fn check_json(report: &Report<'_>) -> String {
    to_text(&v1::Check::new(report))
}

/// Indented by two spaces, with a final line break.
fn to_text(document: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
