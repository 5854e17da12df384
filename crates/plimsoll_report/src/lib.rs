//! Verdicts, settings and the catalog as text, JSON, SARIF, JUnit, GitHub commands, Markdown and
//! HTML.
//!
//! Pure: everything is handed in by [`Report`], every format is a function from it to a string.
//! Text of the repository is foreign: it passes [`redact`](Redactor) and is escaped for where it
//! goes. Formats that machines read are versioned copies under `json/`, never internal types.

mod catalog;
mod checklist;
mod excerpt;
mod fingerprint;
mod github;
mod html;
mod json;
mod junit;
mod ledger;
mod markdown;
mod redact;
mod report;
mod sanitize;
mod sarif;
mod settings;
mod status;
mod text;
mod values;

pub use catalog::{catalog_markdown, catalog_text};
pub use checklist::{
    ChecklistFile, ChecklistItem, ChecklistReport, GivenParameter, HarmfulAdvice, PlacedControl,
    lets_tick,
};
pub use github::check_github;
pub use html::check_html;
pub use json::{
    catalog_json, check_json, checklist_json, ledger_log_json, ledger_show_json,
    ledger_verify_json, settings_json, settings_values, status_json,
};
pub use junit::check_junit;
pub use ledger::LedgerReport;
pub use markdown::check_markdown;
pub use redact::{Redactor, speaks_of_secret};
pub use report::{
    AssumedEnvironment, ChosenProfile, ControlInfo, EnvironmentSource, Report, RuleText, Sources,
    TargetInfo, TargetProblem,
};
pub use sarif::check_sarif;
pub use settings::SettingsReport;
pub use status::StatusReport;
pub use text::{
    TextOptions, check_text, checklist_text, excerpt_text, explain_control_text, explain_rule_text,
    ledger_log_text, ledger_show_text, ledger_verify_text, settings_text, status_text,
    verdict_name,
};
pub use values::secrets_of;
