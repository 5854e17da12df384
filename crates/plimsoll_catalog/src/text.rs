//! The long texts of controls: Markdown beside the data, read on first use.
//!
//! One file per family. `# ID` opens a control, `## name` a section of it: `statement`, `why`,
//! `bad`, `good`, `perform`, `pitfalls`, `sources`. `sources` holds one URL per line, with or
//! without a list mark. Nothing else of Markdown is looked at.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::words::Family;

/// The texts of one control. An empty text is one that the control does without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlText {
    /// What must hold.
    pub statement: &'static str,
    /// Why it matters: how it fails for real.
    pub why: &'static str,
    /// A short example of how it goes wrong, in Markdown.
    pub bad: &'static str,
    /// The same example put right, in Markdown.
    pub good: &'static str,
    /// What brings it about, in Markdown.
    pub perform: &'static str,
    /// Advice that is often given and wrong, and what to do in its place, in Markdown.
    pub pitfalls: &'static str,
    /// Addresses of pages that state it.
    pub sources: Vec<&'static str>,
}

/// The texts of a control; empty ones if there are none (a test forbids it).
pub(crate) fn text_of(family: Family, id: &str) -> &'static ControlText {
    static NONE: OnceLock<ControlText> = OnceLock::new();
    texts(family).get(id).unwrap_or_else(|| NONE.get_or_init(ControlText::default))
}

/// All texts of a family by control id.
pub(crate) fn texts(family: Family) -> &'static HashMap<&'static str, ControlText> {
    static TEXTS: [OnceLock<HashMap<&'static str, ControlText>>; 23] =
        [const { OnceLock::new() }; 23];
    static NONE: OnceLock<HashMap<&'static str, ControlText>> = OnceLock::new();
    let slot = TEXTS.get(family as usize).unwrap_or(&NONE);
    slot.get_or_init(|| parse(source(family)))
}

fn source(family: Family) -> &'static str {
    macro_rules! files {
        ($($variant:ident = $file:literal,)+) => {
            match family {
                $(Family::$variant => include_str!(concat!("../controls/", $file, ".md")),)+
            }
        };
    }
    files! {
        Set = "set", Hdr = "hdr", Tls = "tls", Prx = "prx", App = "app", Job = "job", Db = "db",
        Cache = "cache", Auth = "auth", Api = "api", Data = "data", Bak = "bak", Log = "log",
        Mon = "mon", Mail = "mail", Sto = "sto", Net = "net", Sec = "sec", Perf = "perf",
        Qa = "qa", Dep = "dep", Doc = "doc", Ops = "ops",
    }
}

fn parse(source: &'static str) -> HashMap<&'static str, ControlText> {
    let mut texts = HashMap::new();
    for (id, body) in split(source, "# ") {
        let text: &mut ControlText = texts.entry(id).or_default();
        for (name, section) in split(body, "## ") {
            match name {
                "statement" => text.statement = section,
                "why" => text.why = section,
                "bad" => text.bad = section,
                "good" => text.good = section,
                "perform" => text.perform = section,
                "pitfalls" => text.pitfalls = section,
                "sources" => {
                    text.sources = section
                        .lines()
                        .map(|line| line.trim().trim_start_matches("- "))
                        .filter(|line| !line.is_empty())
                        .collect();
                }
                _ => {}
            }
        }
    }
    texts
}

/// The headings that open with `mark` and the text below each, fenced code left alone.
fn split(source: &'static str, mark: &str) -> Vec<(&'static str, &'static str)> {
    let mut headings: Vec<(&'static str, usize, usize)> = Vec::new();
    let mut fenced = false;
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced && let Some(name) = line.strip_prefix(mark) {
            headings.push((name.trim(), offset, offset + line.len()));
        }
        offset += line.len();
    }
    let ends = headings.iter().skip(1).map(|(_, start, _)| *start).chain([source.len()]);
    headings
        .iter()
        .zip(ends)
        .map(|((name, _, start), end)| (*name, source.get(*start..end).unwrap_or_default().trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_in_fenced_code_open_no_control() {
        let texts = parse(
            "# SET-01\n## why\nBecause.\n## bad\n```sh\n# SET-02\n## good\n```\n# SET-03\n## sources\n- https://a\n\n- https://b\n",
        );
        let bad = texts.get("SET-01").map(|text| text.bad);
        assert_eq!(bad, Some("```sh\n# SET-02\n## good\n```"));
        assert_eq!(texts.get("SET-03").map(|t| t.sources.len()), Some(2));
        assert_eq!(texts.len(), 2);
    }
}
