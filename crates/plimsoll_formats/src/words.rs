//! A command line in one string, split into words as a POSIX shell or `shlex` does it.

use std::fmt;
use std::ops::Range;

use plimsoll_source::Span;

/// One word of a command line. Debug shows its place only: it can hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Word {
    /// The word without its quotes.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "word at {}", self.span)
    }
}

/// The words of a text with the byte ranges they are written at. Quotes and backslashes are
/// resolved; a quote that is not closed ends with the text. Nothing is expanded, and operators
/// (`&&`, `|`) are words or parts of words.
pub fn split(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words = Vec::new();
    let mut word: Option<(String, usize)> = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            if let Some((done, start)) = word.take() {
                words.push((done, start..at));
            }
            continue;
        }
        let joined = c == '\\' && text.get(at + 1..).is_some_and(|rest| rest.starts_with('\n'));
        if joined {
            chars.next();
            continue;
        }
        let (current, _) = word.get_or_insert_with(|| (String::new(), at));
        match c {
            '\\' => current.extend(chars.next().map(|(_, escaped)| escaped)),
            '\'' => current.extend(chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '\'')),
            '"' => double_quoted(&mut chars, current),
            other => current.push(other),
        }
    }
    if let Some((done, start)) = word {
        words.push((done, start..text.len()));
    }
    words
}

fn double_quoted(chars: &mut std::str::CharIndices<'_>, word: &mut String) {
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => return,
            '\\' => match chars.next() {
                Some((_, '\n')) | None => {}
                Some((_, escaped @ ('"' | '\\' | '$' | '`'))) => word.push(escaped),
                Some((_, other)) => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_keep_their_ranges() {
        let text = r#"sh -c  'a "b"' x\ y"z \$" "" \
 end"#;
        let words: Vec<_> = split(text).into_iter().map(|(word, at)| (word, &text[at])).collect();
        let expected = [
            ("sh", "sh"),
            ("-c", "-c"),
            ("a \"b\"", "'a \"b\"'"),
            ("x yz $", r#"x\ y"z \$""#),
            ("", "\"\""),
        ];
        for (word, expected) in words.iter().zip(expected) {
            assert_eq!((word.0.as_str(), word.1), expected);
        }
        assert_eq!(words.last().unwrap().0, "end");
        assert_eq!(split("'open")[0].0, "open");
    }
}
