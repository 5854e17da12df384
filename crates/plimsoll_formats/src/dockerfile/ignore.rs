//! `.dockerignore`: what is sent to the builder.

use plimsoll_source::{RepoPath, SourceText, Span};

use crate::pattern::Pattern;

/// The patterns of a `.dockerignore`, by Docker's rules: each is tied to the context's root,
/// cleaned of `./`, `..` and slashes; the last one that matches the path or a folder above it
/// decides; `!` takes paths back in, out of folders that are left out too.
#[derive(Clone, Debug, Default)]
pub struct DockerIgnore {
    rules: Vec<(Pattern, bool, Span)>,
}

impl DockerIgnore {
    /// Reads the file.
    pub fn parse(source: &SourceText) -> Self {
        let mut rules = Vec::new();
        for number in 1..=source.line_count() {
            let line = source.line(number).unwrap_or("");
            if line.starts_with('#') {
                continue;
            }
            let text = line.trim();
            let (negated, text) = match text.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, text),
            };
            let Some(clean) = RepoPath::new(text.trim_start_matches('/')) else { continue };
            // `a/**` is everything inside `a`, not `a` itself.
            let inside = if clean.as_str().ends_with("/**") { "/*" } else { "" };
            let pattern = Pattern::new(&format!("{}{inside}", clean.as_str()));
            if !pattern.is_empty() {
                rules.push((pattern, negated, source.line_span(number)));
            }
        }
        Self { rules }
    }

    /// The pattern because of which a path, seen from the context's root, is not sent; `None`
    /// where it is sent.
    pub fn excludes(&self, path: &str) -> Option<&Span> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let matches = |pattern: &Pattern| {
            // A pattern that matches a folder matches what is in it.
            (1..=parts.len()).any(|n| parts.get(..n).is_some_and(|head| pattern.matches(head)))
        };
        let (_, negated, span) = self.rules.iter().rev().find(|(p, _, _)| matches(p))?;
        (!negated).then_some(span)
    }

    /// Whether it holds no pattern.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The `.dockerignore` that counts for a Dockerfile, best first: `<Dockerfile>.dockerignore` next
/// to it, else the one at the context's root.
pub fn ignore_files(dockerfile: &RepoPath, context: &RepoPath) -> Vec<RepoPath> {
    let own = RepoPath::new(&format!("{}.dockerignore", dockerfile.as_str()));
    own.into_iter().chain(context.join(".dockerignore")).collect()
}
