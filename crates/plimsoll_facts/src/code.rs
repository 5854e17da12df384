//! What the project's own scripts and templates do, as far as rules ask.

use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// Facts of application code.
#[derive(Clone, Debug, Default)]
pub struct CodeFacts {
    /// Places where a script or template reads the CSRF cookie.
    pub csrf_cookie_readers: Vec<Span>,
    /// File and image fields of the project's models.
    pub file_fields: Vec<Span>,
}

/// A bundle longer than this is built, not written; what it holds stands in the source too.
const BUNDLE: usize = 300_000;

impl CodeFacts {
    /// Gathers the facts from the files of the project itself.
    pub fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let mut facts = Self::default();
        for file in inventory.main(Role::Script).chain(inventory.main(Role::Template)) {
            let Ok(source) = tree.read(&file.path) else { continue };
            if source.text().len() <= BUNDLE {
                facts.csrf_cookie_readers.extend(csrf_cookie_reader(&source));
            }
        }
        for file in inventory.main(Role::Python).filter(|file| is_models(&file.path)) {
            let Ok(source) = tree.read(&file.path) else { continue };
            facts.file_fields.extend(file_field(&source));
        }
        facts
    }
}

/// Whether a Python file holds models by its place: `models.py`, `models/…`.
fn is_models(path: &RepoPath) -> bool {
    path.file_name() == "models.py"
        || path.parent().is_some_and(|parent| parent.file_name() == "models")
}

fn file_field(source: &SourceText) -> Option<Span> {
    let text = source.text();
    let at = ["FileField(", "ImageField("].iter().find_map(|call| text.find(call))?;
    Some(source.span(at..at + 1))
}

/// The ways in which Django's documentation and common libraries take the token from the cookie.
fn csrf_cookie_reader(source: &SourceText) -> Option<Span> {
    let text = source.text();
    let at = [
        "getCookie('csrftoken')",
        "getCookie(\"csrftoken\")",
        "Cookies.get('csrftoken')",
        "Cookies.get(\"csrftoken\")",
        "xsrfCookieName",
    ]
    .iter()
    .find_map(|call| text.find(call))
    .or_else(|| {
        let cookie = text.find("document.cookie")?;
        text.contains("csrftoken").then_some(cookie)
    })?;
    Some(source.span(at..at + 1))
}
