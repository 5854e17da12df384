//! Damaged input: every reader must survive it, and its places stay inside the text.

use plimsoll_source::{RepoPath, SourceText, Span};

/// Text as a file of this name.
pub(crate) fn source(path: &str, text: &str) -> SourceText {
    SourceText::new(RepoPath::new(path).unwrap(), text)
}

/// Fails unless the span lies in the text and does not end before it begins.
pub(crate) fn assert_inside(text: &SourceText, span: &Span) {
    let last = text.line_count();
    let width = |line| text.line(line).map_or(0, |l| l.chars().count()) + 2;
    for place in [span.start, span.end] {
        assert!(place.line >= 1 && place.line <= last, "{span} is not in {}", text.text());
        assert!(place.column as usize <= width(place.line), "{span} is not in {}", text.text());
    }
    assert!(span.start <= span.end, "{span} ends before it begins");
}

/// Hands `check` the text cut off at every character, and with characters left out, doubled,
/// and replaced by those that mean something to some reader. The same ones in every run.
pub(crate) fn damaged(text: &str, check: impl Fn(&str)) {
    let marks = ['{', '}', '"', '\'', '\\', '\n', ';', '#', '=', '[', ']', '$', '%', ' ', 'é', '<'];
    let chars: Vec<char> = text.chars().collect();
    let step = (chars.len() / 150).max(1);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for at in (0..chars.len()).step_by(step) {
        check(&chars[..at].iter().collect::<String>());
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let mark = marks[usize::try_from(state % marks.len() as u64).unwrap()];
        let with = |middle: &[char], after: usize| {
            let parts = chars[..at].iter().chain(middle).chain(&chars[after..]);
            check(&parts.collect::<String>());
        };
        with(&[], at + 1);
        with(&[chars[at], chars[at]], at + 1);
        with(&[mark], at + 1);
        with(&[mark], at);
    }
    check(&"{".repeat(500));
    check(&format!("{text}{}", "a { ".repeat(500)));
}
