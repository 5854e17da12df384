//! JSON that other programs read: one version per file, never internal types.

mod catalog_v1;
mod checklist_v1;
mod ledger_v1;
mod settings_v1;
mod status_v1;
mod v1;

pub use checklist_v1::checklist_json;
pub use ledger_v1::{ledger_log_json, ledger_show_json, ledger_verify_json};
pub use status_v1::status_json;

use crate::{Report, SettingsReport};

/// The report of `plimsoll check` as JSON, version 1; `schemas/check-v1.json` describes it.
pub fn check_json(report: &Report<'_>) -> String {
    to_text(&v1::Check::new(report))
}

/// The settings of `plimsoll settings` as JSON, version 1; `schemas/settings-v1.json` describes it.
pub fn settings_json(report: &SettingsReport<'_>) -> String {
    to_text(&settings_v1::Settings::new(report))
}

/// Each setting's state and value, secrets by their length only, without places: what the digest of a
/// configuration is over.
pub fn settings_values<'a>(report: &'a SettingsReport<'_>) -> Vec<(&'a str, serde_json::Value)> {
    settings_v1::values(report)
}

/// The catalog as JSON, version 1; `schemas/catalog-v1.json` describes it.
pub fn catalog_json(catalog: &plimsoll_catalog::Catalog) -> String {
    to_text(&catalog_v1::Catalog::new(catalog))
}

/// Indented by two spaces, with a final line break.
pub(crate) fn to_text(document: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
