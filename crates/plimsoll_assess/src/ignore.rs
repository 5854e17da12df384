//! `# plimsoll: ignore[rule-a, rule-b] reason` comments.
//!
//! A comment on a line of its own covers the next line that is not another such comment; a
//! comment after code covers its own line. The reason is required.

use plimsoll_source::{RepoPath, SourceText, Span};

const MARK: &str = "plimsoll:";

/// How comments begin in the files that are read, with what ends them: Python, shell, YAML,
/// nginx; C-like; XML and HTML; ini; SQL; Django templates.
const COMMENTS: [(&str, &str); 7] =
    [("{#", "#}"), ("#", ""), ("//", ""), ("<!--", "-->"), (";", ""), ("--", ""), ("/*", "*/")];

/// An ignore comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The comment from its mark to its end.
    pub at: Span,
    /// The line of its own, and the line below that it covers, where it stands alone.
    pub lines: (u32, u32),
    /// The rules it names.
    pub rules: Vec<String>,
    /// Why the findings are ignored.
    pub reason: String,
    /// What is wrong with it; a comment with a defect has no effect.
    pub defect: Option<IgnoreDefect>,
}

/// Why an ignore comment has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IgnoreDefect {
    /// No reason after the brackets.
    NoReason,
    /// Not of the form `ignore[rule, …] reason`.
    Malformed,
}

impl Ignore {
    /// Whether the comment covers a finding of `rule` that begins at a place.
    pub fn covers(&self, rule: &str, file: &RepoPath, line: u32) -> bool {
        self.defect.is_none()
            && self.at.file == *file
            && (self.lines.0 == line || self.lines.1 == line)
            && self.rules.iter().any(|name| name == rule)
    }
}

/// Every ignore comment of a file, in order.
pub fn read_ignores(source: &SourceText) -> Vec<Ignore> {
    // Nearly no file has one: this look is all that most files cost.
    if !source.text().contains(MARK) {
        return Vec::new();
    }
    let mut ignores: Vec<Ignore> = Vec::new();
    let mut offset = 0;
    for line in source.text().split_inclusive('\n') {
        ignores.extend(read_line(source, offset, line.trim_end_matches(['\n', '\r'])));
        offset += line.len();
    }
    // A stack of comments covers the line below the last of them.
    let mut below: Option<(u32, u32)> = None;
    for ignore in ignores.iter_mut().rev() {
        let (own, next) = ignore.lines;
        if own == next {
            below = None;
            continue;
        }
        let target = match below {
            Some((line, target)) if line == next => target,
            _ => next,
        };
        ignore.lines.1 = target;
        below = Some((own, target));
    }
    ignores
}

fn read_line(source: &SourceText, offset: usize, line: &str) -> Option<Ignore> {
    let mark = line.find(MARK)?;
    let before = line.get(..mark)?.trim_end();
    let (opening, closing) = COMMENTS.into_iter().find(|(open, _)| before.ends_with(open))?;
    let code = before.strip_suffix(opening)?;
    // `# # plimsoll:` and `### plimsoll:` are comments too.
    let alone = code.chars().all(|c| c.is_whitespace() || opening.contains(c));
    let rest = line.get(mark + MARK.len()..)?;
    let rest = if closing.is_empty() { rest } else { rest.split(closing).next()? };
    let body = rest.trim().strip_prefix("ignore")?;
    if body.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
        return None;
    }
    let start = offset + code.len();
    let end = offset + mark + MARK.len() + rest.trim_end().len();
    let at = source.span(start..end);
    let own = at.start.line;
    let lines = (own, if alone { own.saturating_add(1) } else { own });
    let malformed = Ignore {
        at,
        lines,
        rules: Vec::new(),
        reason: String::new(),
        defect: Some(IgnoreDefect::Malformed),
    };
    let Some((list, reason)) =
        body.trim_start().strip_prefix('[').and_then(|inner| inner.split_once(']'))
    else {
        return Some(malformed);
    };
    let rules: Vec<String> =
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if rules.is_empty() {
        return Some(malformed);
    }
    let reason =
        reason.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—'));
    let defect = reason.is_empty().then_some(IgnoreDefect::NoReason);
    Some(Ignore { rules, reason: reason.to_owned(), defect, ..malformed })
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::{IgnoreDefect, read_ignores};

    fn source(text: &str) -> SourceText {
        SourceText::new(RepoPath::new("f").unwrap(), text)
    }

    #[test]
    fn every_comment_style_is_read() {
        for line in [
            "# plimsoll: ignore[a-b, c] said so",
            "x = 1  # plimsoll: ignore[a-b,c] said so",
            "// plimsoll: ignore[a-b, c]: said so",
            "<!-- plimsoll: ignore[a-b, c] said so -->",
            "; plimsoll:ignore[a-b, c] - said so",
            "-- plimsoll: ignore[a-b, c] said so",
            "/* plimsoll: ignore[a-b, c] said so */ x",
            "{# plimsoll: ignore[a-b, c] said so #}",
            "### plimsoll: ignore [a-b, c] said so",
        ] {
            let found = read_ignores(&source(line));
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!(found[0].rules, ["a-b", "c"], "{line}");
            assert_eq!(found[0].reason, "said so", "{line}");
            assert_eq!(found[0].defect, None, "{line}");
        }
    }

    #[test]
    fn text_that_only_looks_like_one_is_left_alone() {
        for line in ["say plimsoll: ignore[a] x", "# plimsoll: ignored[a] x", "# plimsoll is nice"]
        {
            assert_eq!(read_ignores(&source(line)), [], "{line}");
        }
    }

    #[test]
    fn defects_are_told_and_take_the_effect_away() {
        for (line, defect) in [
            ("# plimsoll: ignore[a]", IgnoreDefect::NoReason),
            ("# plimsoll: ignore[a] -- ", IgnoreDefect::NoReason),
            ("# plimsoll: ignore", IgnoreDefect::Malformed),
            ("# plimsoll: ignore a because", IgnoreDefect::Malformed),
            ("# plimsoll: ignore[] because", IgnoreDefect::Malformed),
            ("# plimsoll: ignore[a because", IgnoreDefect::Malformed),
        ] {
            let found = read_ignores(&source(line));
            assert_eq!(found[0].defect, Some(defect), "{line}");
            assert!(!found[0].covers("a", &RepoPath::new("f").unwrap(), 1), "{line}");
        }
    }

    #[test]
    fn a_comment_of_its_own_covers_the_next_line_and_stacks() {
        let text = "# plimsoll: ignore[a] one\n  # plimsoll: ignore[b] two\nx = 1\ny = 2 # plimsoll: ignore[c] three\nz = 3\n";
        let found = read_ignores(&source(text));
        let covers = |rule: &str, line: u32| {
            found.iter().any(|ignore| ignore.covers(rule, &RepoPath::new("f").unwrap(), line))
        };
        assert!(covers("a", 3) && covers("b", 3) && covers("c", 4));
        assert!(!covers("a", 4) && !covers("c", 5) && !covers("c", 3));
    }
}
