//! The text of an `.ini` file as `configparser` reads it.

/// How a parser was made.
pub(super) struct Options {
    pub(super) delimiters: Vec<String>,
    pub(super) comments: Vec<String>,
    pub(super) inline_comments: Vec<String>,
    pub(super) allow_no_value: bool,
    pub(super) empty_lines: bool,
    pub(super) strict: bool,
}

/// A section of a file, or a part of one that is repeated.
pub(super) struct Section {
    pub(super) name: String,
    /// Names as written, without trailing space; `None` for a name alone.
    pub(super) options: Vec<(String, Option<String>)>,
}

/// Why a text cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The class of the exception that it raises.
    Raises(&'static str),
    /// Versions of Python read it differently.
    Differs,
}

/// The sections of a text in order. Repeated names are the caller's to judge: they depend on how
/// names are spelled.
pub(super) fn read(text: &str, options: &Options) -> Result<Vec<Section>, Refused> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<(String, Option<Vec<String>>)> = None;
    let mut indent = 0_usize;
    let mut broken = false;
    for line in text.lines() {
        let start = comment_start(line, options);
        let value = python_strip(line.get(..start.unwrap_or(line.len())).unwrap_or(line));
        if value.is_empty() {
            if !options.empty_lines {
                indent = usize::MAX;
            } else if start.is_none()
                && let Some((_, Some(lines))) = &mut open
            {
                lines.push(String::new());
            }
            continue;
        }
        let depth = line.chars().take_while(|c| c.is_whitespace()).count();
        if let Some((_, lines)) = &mut open
            && depth > indent
        {
            match lines {
                Some(lines) => lines.push(value.to_owned()),
                // Python fails here with an error of its own.
                None => return Err(Refused::Differs),
            }
            continue;
        }
        indent = depth;
        close(&mut sections, &mut open);
        if let Some(rest) = value.strip_prefix('[')
            && let Some(end) = rest.rfind(']').filter(|end| *end > 0)
        {
            let name = rest.get(..end).unwrap_or_default();
            if name.contains(']') {
                return Err(Refused::Differs);
            }
            sections.push(Section { name: name.to_owned(), options: Vec::new() });
            continue;
        }
        if sections.is_empty() {
            return Err(Refused::Raises("MissingSectionHeaderError"));
        }
        match split_option(value, options) {
            Some((name, value)) if !name.is_empty() => {
                open = Some((name.to_owned(), value.map(|value| vec![value.to_owned()])));
            }
            _ => broken = true,
        }
    }
    close(&mut sections, &mut open);
    if broken { Err(Refused::Raises("ParsingError")) } else { Ok(sections) }
}

fn close(sections: &mut [Section], open: &mut Option<(String, Option<Vec<String>>)>) {
    if let Some((name, lines)) = open.take()
        && let Some(section) = sections.last_mut()
    {
        let value = lines.map(|lines| lines.join("\n").trim_end().to_owned());
        section.options.push((name, value));
    }
}

fn python_strip(text: &str) -> &str {
    text.trim()
}

/// Where a comment starts, in bytes.
fn comment_start(line: &str, options: &Options) -> Option<usize> {
    let trimmed = line.trim();
    if options.comments.iter().any(|prefix| trimmed.starts_with(prefix.as_str())) {
        return Some(0);
    }
    let starts = options.inline_comments.iter().filter_map(|prefix| {
        let mut found = line.match_indices(prefix.as_str()).map(|(at, _)| at);
        found.find(|at| {
            let before = line.get(..*at).and_then(|before| before.chars().next_back());
            before.is_none_or(char::is_whitespace)
        })
    });
    starts.min()
}

/// A name and its value, at the first delimiter.
fn split_option<'a>(line: &'a str, options: &Options) -> Option<(&'a str, Option<&'a str>)> {
    let found = options.delimiters.iter().filter(|delimiter| !delimiter.is_empty());
    let found = found.filter_map(|delimiter| Some((line.find(delimiter.as_str())?, delimiter)));
    // Of two at one place the one listed first counts.
    match found.min_by_key(|(at, _)| *at) {
        Some((at, delimiter)) => {
            let name = line.get(..at)?.trim_end();
            Some((name, Some(line.get(at + delimiter.len()..)?.trim())))
        }
        None => options.allow_no_value.then_some((line, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            delimiters: vec!["=".into(), ":".into()],
            comments: vec!["#".into(), ";".into()],
            inline_comments: Vec::new(),
            allow_no_value: false,
            empty_lines: true,
            strict: true,
        }
    }

    #[test]
    fn values_go_on_in_deeper_lines() {
        let text = "[a]\nx = 1\n  2\n\n  3\ny: z = w ; kept\n# gone\n[b c]\nEmpty =\n";
        let sections = read(text, &options()).unwrap();
        let shown: Vec<_> =
            sections.iter().map(|section| (&*section.name, section.options.clone())).collect();
        assert_eq!(
            shown,
            [
                (
                    "a",
                    vec![
                        ("x".into(), Some("1\n2\n\n3".into())),
                        ("y".into(), Some("z = w ; kept".into()))
                    ]
                ),
                ("b c", vec![("Empty".into(), Some(String::new()))]),
            ]
        );
    }

    #[test]
    fn what_python_refuses() {
        for (text, expected) in [
            ("x = 1\n", Refused::Raises("MissingSectionHeaderError")),
            ("[a]\nalone\n", Refused::Raises("ParsingError")),
            ("[a]\n= 1\n", Refused::Raises("ParsingError")),
            ("[a]b]\n", Refused::Differs),
        ] {
            assert_eq!(read(text, &options()).err(), Some(expected), "{text}");
        }
    }
}
