//! What an image sets in the environment of its processes, and what it is built on.

use indexmap::IndexMap;
use plimsoll_formats::dockerfile::{Dockerfile, Effective, ImageBase};
use plimsoll_source::{Secret, SourceText, Span};

use crate::surroundings::{Source, Surroundings};

/// Images of which only their own variables come (`PYTHON_VERSION`, `LANG`, `PATH`): by the last
/// part of their names. What others set is not known.
const PLAIN_BASES: [&str; 14] = [
    "python",
    "debian",
    "ubuntu",
    "alpine",
    "fedora",
    "rockylinux",
    "almalinux",
    "amazonlinux",
    "centos",
    "python3",
    "debian-slim",
    "uv",
    "pypy",
    "node",
];

/// Takes in the `ENV` variables of a built stage and those it starts from.
pub(crate) fn take_in(image: &Effective<'_>, source: &SourceText, out: &mut Surroundings) {
    let at = Span::of_file(source.path().clone());
    out.source(Source::at(format!("the image of {}", source.path()), &at));
    if let Some((name, span)) = opaque_base(image) {
        out.gap(Source::at(format!("the image {name} can set variables of its own"), &span));
    }
    for (name, text) in &image.environment {
        match &text.value {
            // An argument with a default holds unless the build is given another.
            Some(value) if text.args.is_empty() => {
                out.insert(name, Secret::new(value.as_str()), &text.span);
            }
            Some(_) => {
                let reason = format!("the build argument {} decides it", text.args.join(", "));
                out.mark_unknown(name, reason, &text.span);
            }
            None => {
                let reason = "a variable of the build decides it".to_owned();
                out.mark_unknown(name, reason, &text.span);
            }
        }
    }
}

/// The image everything starts from, where it may set variables that are not known.
fn opaque_base(image: &Effective<'_>) -> Option<(String, Span)> {
    match &image.base {
        ImageBase::Scratch(_) => None,
        ImageBase::Unknown(span) => Some(("that a build argument names".to_owned(), span.clone())),
        ImageBase::Image(base, span) => {
            let last = base.name.rsplit('/').next().unwrap_or(&base.name);
            // `ghcr.io/astral-sh/uv:python3.12` and its like are Python's image with a tool in it.
            let plain = PLAIN_BASES.contains(&last);
            (!plain).then(|| (base.name.clone(), span.clone()))
        }
    }
}

/// The Python of the official image that the last stage is built on: `FROM python:3.12-slim`.
pub(crate) fn python(source: &SourceText) -> Option<((u8, u8), Span)> {
    let file = Dockerfile::parse(source);
    let image = file.effective(None, &IndexMap::new())?;
    let ImageBase::Image(base, at) = image.base else { return None };
    let (name, tag) = (base.name.rsplit('/').next()?, base.tag?);
    // uv's images name their Python in the tag: `python3.12-bookworm-slim`.
    let tag = match name {
        "python" => tag.as_str(),
        "uv" => tag.strip_prefix("python")?,
        _ => return None,
    };
    let mut parts = tag.split(['.', '-']);
    let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((version, at))
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use plimsoll_formats::dockerfile::Dockerfile;
    use plimsoll_source::{RepoPath, SourceText};

    use super::{python, take_in};
    use crate::surroundings::Surroundings;

    fn of(text: &str, target: Option<&str>) -> Surroundings {
        let source = SourceText::new(RepoPath::new("Dockerfile").unwrap(), text);
        let file = Dockerfile::parse(&source);
        let mut out = Surroundings::default();
        take_in(&file.effective(target, &IndexMap::new()).unwrap(), &source, &mut out);
        out
    }

    #[test]
    fn the_built_stage_and_those_below_it_count() {
        let text = "FROM python:3.12 AS base\nENV X=1\nFROM node AS web\nENV N=1\nFROM base AS prod\nARG REV=none\nENV A=1 \\\n    B=\"two words\"\nENV R=$REV\nENV P=$UNSET_THING/x\n";
        let found = of(text, None);
        let known: Vec<_> = found
            .environment
            .variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable.value.expose()))
            .collect();
        let of_argument: Vec<_> = found.environment.unknown.keys().map(String::as_str).collect();
        assert!(known.contains(&("A", "1")) && known.contains(&("B", "two words")));
        assert!(known.contains(&("X", "1")) && !known.iter().any(|(name, _)| *name == "N"));
        assert!(of_argument.contains(&"R"), "{of_argument:?}");
        assert!(found.is_complete());
        assert!(of(text, Some("web")).environment.variables.contains_key("N"));
    }

    #[test]
    fn a_base_of_somebody_else_can_set_more() {
        assert!(!of("FROM ghcr.io/acme/base:1\nENV A=1\n", None).is_complete());
    }

    #[test]
    fn the_official_image_tells_the_python() {
        for (text, expected) in [
            ("FROM python:3.12-slim\n", Some((3, 12))),
            ("ARG V=3.11\nFROM python:${V}-slim AS base\nFROM base\n", Some((3, 11))),
            ("FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim\n", Some((3, 13))),
            ("FROM python:3\n", None),
            ("FROM node:20\n", None),
        ] {
            let source = SourceText::new(RepoPath::new("Dockerfile").unwrap(), text);
            assert_eq!(python(&source).map(|found| found.0), expected, "{text}");
        }
    }
}
