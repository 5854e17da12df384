//! Django's table of languages, `django.conf.locale.LANG_INFO`, by version.
//!
//! The data is `data/django_languages.json`, written by `tools/django_languages.py`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::versions::{RawSpan, Span, Version, at, spans};
use crate::Value;

/// The languages of a version of Django with their facts, in Django's order.
pub(crate) fn languages((major, minor): (u32, u32)) -> Vec<(&'static str, &'static Value)> {
    let wanted = Version::parse(&format!("{major}.{minor}")).unwrap_or(Version::NEWEST);
    table().iter().filter_map(|(code, spans)| Some((code.as_str(), at(spans, wanted)?))).collect()
}

#[derive(Deserialize)]
struct RawTable<'a> {
    #[serde(borrow)]
    languages: Vec<(String, Vec<RawSpan<'a>>)>,
}

fn table() -> &'static [(String, Vec<Span>)] {
    static TABLE: OnceLock<Vec<(String, Vec<Span>)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = include_str!("../../data/django_languages.json");
        let raw = serde_json::from_str(text).unwrap_or(RawTable { languages: Vec::new() });
        raw.languages.into_iter().map(|(code, rows)| (code, spans(rows))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_come_with_versions() {
        let codes = |version| -> Vec<&str> {
            languages(version).into_iter().map(|(code, _)| code).collect()
        };
        assert!(!codes((2, 2)).contains(&"ckb"));
        assert!(codes((4, 2)).contains(&"ckb"));
        assert_eq!(codes((4, 2)).first(), Some(&"af"));
    }
}
