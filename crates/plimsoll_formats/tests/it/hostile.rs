//! Broken input: a reader returns, and every place it names lies inside the text.

use plimsoll_source::{Problem, RepoPath, SourceText, Span};

/// Runs a reader over the text cut at every character (every few, for long texts) and over copies
/// with characters that upset parsers put in, left out or doubled.
pub(crate) fn survive(text: &str, read: impl Fn(&SourceText) -> Vec<Span>) {
    let step = (text.len() / 300).max(1);
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(step).collect();
    let mut variants: Vec<String> = Vec::new();
    for at in &offsets {
        let (before, after) = text.split_at(*at);
        variants.push(before.to_owned());
        variants.push(after.to_owned());
    }
    let upsetting =
        ["\"", "'", "{", "}", "[", ":", "\n", "\t", "\\", "$", "é", "\u{0}", "&a", "*a"];
    for (index, at) in offsets.iter().enumerate() {
        let (before, after) = text.split_at(*at);
        let bad = upsetting[index % upsetting.len()];
        variants.push(format!("{before}{bad}{after}"));
        let mut rest = after.chars();
        rest.next();
        variants.push(format!("{before}{}", rest.as_str()));
        variants.push(format!("{before}{bad}{}", rest.as_str()));
    }
    for variant in variants {
        let source = SourceText::new(RepoPath::new("file").unwrap(), variant.as_str());
        for span in read(&source) {
            assert_inside(&span, &source);
        }
    }
}

/// The spans of problems.
pub(crate) fn places(problems: &[Problem]) -> Vec<Span> {
    problems.iter().map(|problem| problem.at.clone()).collect()
}

fn assert_inside(span: &Span, source: &SourceText) {
    assert!(span.start <= span.end, "{span:?} ends before it starts");
    let last = source.position(source.text().len());
    assert!(span.end <= last, "{span:?} ends outside the text:\n{}", source.text());
}
