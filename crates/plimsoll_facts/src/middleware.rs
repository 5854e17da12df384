//! Response headers that the project's own middleware writes.

use plimsoll_python::{Settings, Value};
use plimsoll_source::{Span, Tree};

use crate::systems::System;

/// The headers that rules look for.
const HEADERS: [&str; 3] =
    ["Content-Security-Policy", "Strict-Transport-Security", "Permissions-Policy"];

/// A header that the text of a middleware's module names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHeader {
    /// The header.
    pub header: &'static str,
    /// The middleware's dotted name.
    pub middleware: String,
    /// Where its module names the header first.
    pub at: Span,
}

/// Looks through the modules of the system that MIDDLEWARE names. A header in a comment counts as
/// well: this is a reason to doubt, not a proof.
pub(crate) fn gather(tree: &dyn Tree, system: &System, settings: &Settings) -> Vec<NamedHeader> {
    let listed = settings.get("MIDDLEWARE").and_then(|setting| setting.partial());
    let names = listed.and_then(Value::items).into_iter().flatten().filter_map(Value::text);
    let mut found = Vec::new();
    for name in names {
        let Some((module, _)) = name.rsplit_once('.') else { continue };
        let Some(source) = system.resolve(tree, module).and_then(|path| tree.read(&path).ok())
        else {
            continue;
        };
        let text = source.text();
        for header in HEADERS {
            if let Some(start) = text.find(header) {
                let at = source.span(start..start + header.len());
                found.push(NamedHeader { header, middleware: name.to_owned(), at });
            }
        }
    }
    found
}
