//! Values that hold from one version of a library to another.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::Value;
use crate::json_form::from_json;

/// Major, minor and patch; a version without a patch number stands for its newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, u32);

impl Version {
    pub(crate) const NEWEST: Version = Version(u32::MAX, u32::MAX, u32::MAX);

    pub(crate) fn parse(text: &str) -> Option<Version> {
        let mut parts = text.trim().trim_start_matches('v').splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        let Some(minor) = parts.next() else { return Some(Version(major, u32::MAX, u32::MAX)) };
        let whole = minor.parse().ok();
        let digits = leading_number(minor)?;
        // 6.0rc1 comes before 6.0, but has its settings.
        let patch = match (whole, parts.next()) {
            (None, _) => 0,
            (Some(_), None) => u32::MAX,
            (Some(_), Some(patch)) => leading_number(patch).unwrap_or(u32::MAX),
        };
        Some(Version(major, whole.unwrap_or(digits), patch))
    }

    /// As [`Version::parse`], but a version without a patch number is the first of its minor.
    pub(crate) fn parse_first(text: &str) -> Option<Version> {
        let version = Version::parse(text)?;
        let patch = if text.matches('.').count() < 2 { 0 } else { version.2 };
        Some(Version(version.0, version.1, patch))
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// The value that a setting has from one version until, but without, another.
pub(crate) struct Span {
    pub(crate) from: Version,
    pub(crate) until: Option<Version>,
    pub(crate) value: Value,
}

pub(crate) fn at(spans: &'static [Span], version: Version) -> Option<&'static Value> {
    let holds =
        |span: &&Span| span.from <= version && span.until.is_none_or(|until| version < until);
    spans.iter().find(holds).map(|span| &span.value)
}

/// A span as the data files have it: from, until (exclusive), value.
#[derive(Deserialize)]
pub(crate) struct RawSpan<'a>(&'a str, Option<&'a str>, Json);

/// The spans of a data file; one with an unreadable version is left out.
pub(crate) fn spans(rows: Vec<RawSpan<'_>>) -> Vec<Span> {
    rows.into_iter()
        .filter_map(|RawSpan(from, until, value)| {
            let from = Version::parse_first(from)?;
            let until = match until {
                Some(until) => Some(Version::parse_first(until)?),
                None => None,
            };
            Some(Span { from, until, value: from_json(&value) })
        })
        .collect()
}
