//! What an image sets in the environment of its processes.

use plimsoll_source::{SourceText, Span};

/// The `ENV` variables of the last stage, with plain values: those that name a build argument or
/// another variable are left out.
pub(crate) fn variables(source: &SourceText) -> Vec<(String, String, Span)> {
    let mut found: Vec<(String, String, Span)> = Vec::new();
    let mut instruction: Option<(u32, String)> = None;
    for (index, line) in source.text().lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if instruction.is_some() && line.trim_start().starts_with('#') {
            continue;
        }
        let (at, mut text) = instruction.take().unwrap_or((number, String::new()));
        let continues = line.trim_end().ends_with('\\');
        text.push_str(line.trim_end().trim_end_matches('\\'));
        text.push(' ');
        if continues {
            instruction = Some((at, text));
            continue;
        }
        let Some((word, rest)) = text.trim_start().split_once(char::is_whitespace) else {
            continue;
        };
        if word.eq_ignore_ascii_case("FROM") {
            found.clear();
        } else if word.eq_ignore_ascii_case("ENV") {
            let span = source.line_span(at);
            found.extend(
                assignments(rest.trim())
                    .into_iter()
                    .map(|(name, value)| (name, value, span.clone())),
            );
        }
    }
    found
}

/// The Python of the official image that the last stage is built on: `FROM python:3.12-slim`.
pub(crate) fn python(source: &SourceText) -> Option<((u8, u8), Span)> {
    let mut stages: Vec<(String, Option<((u8, u8), Span)>)> = Vec::new();
    for (index, line) in source.text().lines().enumerate() {
        let words: Vec<&str> =
            line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        let [from, image, rest @ ..] = words.as_slice() else { continue };
        if !from.eq_ignore_ascii_case("FROM") {
            continue;
        }
        let name = rest.get(1).map_or("", |name| *name);
        let at = source.line_span(u32::try_from(index + 1).unwrap_or(u32::MAX));
        let inherited =
            stages.iter().find(|(stage, _)| stage == image).and_then(|(_, found)| found.clone());
        let found = inherited.or_else(|| {
            let (repository, tag) = image.split_once(':')?;
            let mut parts = tag.split(['.', '-']);
            let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            (repository.rsplit('/').next() == Some("python")).then_some((version, at))
        });
        stages.push((name.to_owned(), found));
    }
    stages.pop()?.1
}

/// `A=1 B="two words"`, or the old form `A the rest`.
fn assignments(text: &str) -> Vec<(String, String)> {
    let first = text.split_whitespace().next().unwrap_or("");
    if !first.contains('=') {
        return text
            .split_once(char::is_whitespace)
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .into_iter()
            .collect();
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start_matches(' ');
        let (value, tail) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..).unwrap_or("");
                match inner.split_once(quote) {
                    Some((value, tail)) => (value, tail),
                    None => (inner, ""),
                }
            }
            _ => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        if !value.contains(['$', '\\']) {
            found.push((name.trim().to_owned(), value.to_owned()));
        }
        rest = tail.trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    #[test]
    fn the_last_stage_counts_and_arguments_do_not() {
        let text = "FROM a AS build\nENV X=1\nFROM b\nENV A=1 \\\n    B=\"two words\"\nENV OLD the rest\nENV P=$PATH:/x\n";
        let source = SourceText::new(RepoPath::new("Dockerfile").unwrap(), text);
        let found: Vec<_> = super::variables(&source)
            .into_iter()
            .map(|(name, value, at)| (name, value, at.start.line))
            .collect();
        let expected = [("A", "1", 4), ("B", "two words", 4), ("OLD", "the rest", 6)];
        assert_eq!(found, expected.map(|(n, v, l)| (n.to_owned(), v.to_owned(), l)));
    }
}
