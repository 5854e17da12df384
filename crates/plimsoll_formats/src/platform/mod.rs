//! What hosting platforms read: Procfile, fly.toml, app.json, runtime.txt.
//!
//! Failure policy: a file whose syntax its platform refuses gives a problem and what could be
//! read; keys that are not understood are left alone.

mod app_json;
mod fly;
mod procfile;

use plimsoll_source::SourceText;

use crate::Spanned;

pub use app_json::{AppJson, AppJsonVariable};
pub use fly::{FlyCheck, FlyProcess, FlyService, FlyToml};
pub use procfile::{ProcessType, Procfile};

/// The Python version of a `runtime.txt` (`python-3.12.1`) or `.python-version` (`3.12`).
pub fn python_version(text: &SourceText) -> Option<Spanned<String>> {
    let lines = crate::scan::lines(text.text());
    for (start, line) in lines {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let whole = crate::scan::spanned(text, start, line);
        let version = content.strip_prefix("python-").unwrap_or(content);
        let starts = version.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        return starts.then(|| Spanned::new(version.to_owned(), whole.span));
    }
    None
}
