//! Verdicts, settings and the catalog as text, JSON, SARIF, JUnit, GitHub commands, Markdown and
//! HTML.
//!
//! Pure: everything is handed in by [`Report`], every format is a function from it to a string.
//! Text of the repository is foreign: it passes [`redact`](Redactor) and is escaped for where it
//! goes. Formats that machines read are versioned copies under `json/`, never internal types.

mod excerpt;
mod json;
mod redact;
mod report;
mod sanitize;
mod text;

pub use json::check_json;
pub use redact::Redactor;
pub use report::{
    AssumedEnvironment, ControlInfo, Report, RuleInfo, Sources, TargetInfo, TargetProblem,
};
pub use text::{TextOptions, check_text};
