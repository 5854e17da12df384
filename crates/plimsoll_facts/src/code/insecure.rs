//! What templates and scripts load over plain HTTP.

use memchr::memmem;
use plimsoll_source::{RepoPath, SourceText, Span};

use crate::inventory::Role;

/// An address that a page loads without TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainHttp {
    /// Where.
    pub at: Span,
    /// The address, without what follows its path.
    pub url: String,
    /// Whether browsers block it: scripts, styles, frames, requests and sockets.
    pub active: bool,
}

/// More of one file say nothing new.
const MOST: usize = 5;

/// What one template or script loads over plain HTTP.
pub(crate) fn plain_http(source: &SourceText, role: Role) -> Vec<PlainHttp> {
    let text = source.text();
    let finder = memmem::Finder::new("http://");
    let sockets = memmem::Finder::new("ws://");
    if is_others(source.path()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let places = finder.find_iter(text.as_bytes()).chain(sockets.find_iter(text.as_bytes()));
    for at in places {
        if found.len() >= MOST {
            break;
        }
        let Some(url) = address(text, at) else { continue };
        let before = text.get(..at).unwrap_or("");
        let active = match role {
            Role::Template => of_markup(before).or_else(|| of_code(before)),
            _ => of_code(before),
        };
        let Some(active) = active.filter(|_| !is_commented(before)) else { continue };
        found.push(PlainHttp { at: source.span(at..at + url.len()), url, active });
    }
    found
}

/// Code of others, or built.
fn is_others(path: &RepoPath) -> bool {
    let name = path.file_name();
    name.contains(".min.")
        || name.contains("bundle")
        || path.as_str().split('/').any(|part| {
            matches!(
                part,
                "vendor"
                    | "vendors"
                    | "lib"
                    | "libs"
                    | "node_modules"
                    | "dist"
                    | "build"
                    | "plugins"
                    | "third_party"
                    | "bower_components"
                    | "ckeditor"
                    | "tinymce"
                    | "emails"
                    | "email"
                    | "mail"
                    | "mails"
            )
        })
}

/// The address, where it is written out and leads to another machine by name.
fn address(text: &str, at: usize) -> Option<String> {
    let rest = text.get(at..)?;
    let end = rest
        .find(|c: char| {
            c.is_whitespace()
                || matches!(c, '"' | '\'' | ')' | '>' | '<' | '`' | '?' | '#' | '&' | '{')
        })
        .unwrap_or(rest.len());
    let url = rest.get(..end)?;
    let (_, after) = url.split_once("://")?;
    // A template that fills in a part of the host leaves no name.
    if rest.get(end..).is_some_and(|rest| rest.starts_with('{')) && !after.contains('/') {
        return None;
    }
    let host = after.split(['/', ':']).next()?;
    let is_name = host.contains('.')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        && host.chars().any(|c| c.is_ascii_alphabetic())
        && !host.starts_with("127.")
        && !host.ends_with(".local")
        && !host.ends_with(".localhost")
        && !host.ends_with(".test")
        && !host.starts_with("example.")
        && !host.contains(".example")
        && !host.ends_with("w3.org");
    (is_name && url.len() < 300).then(|| url.to_owned())
}

/// What the markup before an address does with it: `Some(true)` for what browsers block.
fn of_markup(before: &str) -> Option<bool> {
    let quoted = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let tag_start = quoted.rfind('<')?;
    let tag = quoted.get(tag_start..)?;
    if tag.contains('>') || tag.len() > 2000 {
        return None;
    }
    let lower = tag.to_ascii_lowercase();
    let name: String = lower.chars().skip(1).take_while(|c| c.is_ascii_alphanumeric()).collect();
    let attribute = lower.trim_end().strip_suffix('=')?.trim_end();
    let attribute = attribute.rsplit(|c: char| c.is_whitespace()).next()?;
    match (name.as_str(), attribute) {
        ("script" | "iframe" | "frame" | "embed", "src") | ("object", "data") => Some(true),
        ("link", "href") => {
            // The rel may stand after the address: only what is before it is known here.
            let rel = |word: &str| lower.contains(word);
            if rel("stylesheet") {
                Some(true)
            } else if rel("icon") || rel("preload") || rel("manifest") {
                Some(false)
            } else {
                None
            }
        }
        ("img" | "audio" | "video" | "source", "src") | ("form", "action") => Some(false),
        _ => None,
    }
}

/// What a script or style before an address does with it.
fn of_code(before: &str) -> Option<bool> {
    let quoted = before.strip_suffix(['"', '\'', '`'])?;
    let code: String =
        quoted.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
    let code = code.trim_end();
    const CALLS: [&str; 10] = [
        "fetch(",
        "axios.get(",
        "axios.post(",
        "axios(",
        "$.get(",
        "$.post(",
        "$.getJSON(",
        "new WebSocket(",
        "new EventSource(",
        "@import",
    ];
    if CALLS.iter().any(|call| code.ends_with(call)) {
        return Some(true);
    }
    let opens = code.ends_with(',')
        && [".open('GET'", ".open(\"GET\"", ".open('POST'", ".open(\"POST\""]
            .iter()
            .any(|call| code.contains(call));
    opens.then_some(true)
}

/// Whether the line is a comment as far as the address, or a comment of the template is open.
fn is_commented(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("").trim_start();
    let open = |start: &str, end: &str| {
        before
            .rfind(start)
            .is_some_and(|at| before.get(at..).is_some_and(|rest| !rest.contains(end)))
    };
    line.starts_with("//")
        || line.starts_with('*')
        || line.starts_with("{#")
        || open("<!--", "-->")
        || open("{% comment", "{% endcomment")
        || open("/*", "*/")
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::plain_http;
    use crate::inventory::Role;

    fn found(text: &str, role: Role) -> Vec<(String, bool)> {
        let name = if role == Role::Template { "templates/a.html" } else { "static/a.js" };
        let source = SourceText::new(RepoPath::new(name).unwrap(), text);
        plain_http(&source, role).into_iter().map(|one| (one.url, one.active)).collect()
    }

    #[test]
    fn what_is_loaded_counts_and_what_is_linked_does_not() {
        for (text, expected) in [
            ("<script src=\"http://cdn.shop.org/a.js\">", Some(true)),
            ("<link rel='stylesheet' href='http://cdn.shop.org/a.css'>", Some(true)),
            ("<img alt=x src=\"http://cdn.shop.org/a.png?x=1\">", Some(false)),
            ("<form method=post action=\"http://pay.shop.org/\">", Some(false)),
            ("<a href=\"http://www.shop.org/\">", None),
            ("<html xmlns=\"http://www.w3.org/1999/xhtml\">", None),
            ("<link rel=\"profile\" href=\"http://gmpg.org/xfn/11\">", None),
            ("<script src=\"http://localhost:8000/a.js\">", None),
            ("<script src=\"http://{{ host }}/a.js\">", None),
            ("<script src=\"http://cdn.{{ host }}/a.js\">", None),
            ("<!-- <script src=\"http://cdn.shop.org/a.js\"> -->", None),
            ("<script>fetch('http://api.shop.org/x')</script>", Some(true)),
        ] {
            let got = found(text, Role::Template);
            assert_eq!(got.first().map(|one| one.1), expected, "{text}: {got:?}");
        }
        assert_eq!(found("new WebSocket(\"ws://live.shop.org/\")", Role::Script).len(), 1);
        assert!(found("// fetch('http://api.shop.org/x')", Role::Script).is_empty());
        assert!(found("var doc = 'http://api.shop.org/x'", Role::Script).is_empty());
    }
}
