//! `.gitignore`: whether git leaves a file out.
//!
//! The rules of gitignore(5): a pattern with a slash before its end is tied to the folder of its
//! file, others match a name at any depth; a slash at the end matches folders only; the last
//! matching pattern decides, `!` takes a file back in, but not out of a folder that is left out.
//! What git already tracks is not looked at here.

use plimsoll_source::{RepoPath, SourceText, Span};

use crate::pattern::Pattern;

/// The patterns of a repository's `.gitignore` files.
#[derive(Clone, Debug, Default)]
pub struct GitIgnore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// The folder of its file.
    folder: RepoPath,
    pattern: Pattern,
    negated: bool,
    folders_only: bool,
    span: Span,
}

impl GitIgnore {
    /// Reads the files; the order does not matter, deeper ones decide over higher ones.
    pub fn new(files: &[SourceText]) -> Self {
        let mut files: Vec<&SourceText> = files.iter().collect();
        files.sort_by_key(|file| file.path().depth());
        Self { rules: files.into_iter().flat_map(rules).collect() }
    }

    /// The pattern because of which git leaves the file out; `None` where it does not.
    pub fn ignores(&self, path: &RepoPath) -> Option<&Span> {
        let mut folders: Vec<RepoPath> = path.ancestors().filter(|f| !f.is_root()).collect();
        folders.reverse();
        for folder in &folders {
            if let Some(span) = self.decide(folder, true) {
                return Some(span);
            }
        }
        self.decide(path, false)
    }

    fn decide(&self, path: &RepoPath, is_folder: bool) -> Option<&Span> {
        let last = self.rules.iter().rev().find(|rule| {
            if rule.folders_only && !is_folder {
                return false;
            }
            let Some(inside) = path.strip_prefix(&rule.folder) else { return false };
            let parts: Vec<&str> = inside.split('/').filter(|part| !part.is_empty()).collect();
            !parts.is_empty() && rule.pattern.matches(&parts)
        })?;
        (!last.negated).then_some(&last.span)
    }
}

fn rules(source: &SourceText) -> Vec<Rule> {
    let folder = source.path().parent().unwrap_or_else(RepoPath::root);
    let mut rules = Vec::new();
    for number in 1..=source.line_count() {
        let line = source.line(number).unwrap_or("");
        let trimmed = line.trim_end_matches([' ', '\t']);
        // A blank behind a backslash belongs to the pattern.
        let text = if trimmed.ends_with('\\') && trimmed.len() < line.len() {
            line.get(..trimmed.len() + 1).unwrap_or(line)
        } else {
            trimmed
        };
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let folders_only = text.ends_with('/');
        let body = text.trim_end_matches('/');
        let tied = body.contains('/');
        let mut pattern_text = body.trim_start_matches('/').to_owned();
        if !tied {
            pattern_text = format!("**/{pattern_text}");
        } else if pattern_text.ends_with("/**") {
            // `a/**` is everything inside `a`, not `a` itself.
            pattern_text.push_str("/*");
        }
        let pattern = Pattern::new(&pattern_text);
        if pattern.is_empty() {
            continue;
        }
        let (folder, span) = (folder.clone(), source.line_span(number));
        rules.push(Rule { folder, pattern, negated, folders_only, span });
    }
    rules
}
