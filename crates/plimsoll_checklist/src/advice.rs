//! Advice in a checklist that does harm where it is followed.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::document::Document;

/// A line that gives harmful advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The name of the advice.
    pub id: &'static str,
    /// The control that it works against.
    pub control: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// What goes wrong.
    pub why: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

/// How far apart the words of one piece of advice may stand, in lines.
const NEAR: usize = 12;

#[derive(Deserialize)]
struct File {
    advice: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    control: String,
    line: String,
    except: Option<String>,
    near: Option<String>,
    unless: Option<String>,
    why: String,
    instead: String,
}

struct Rule {
    entry: Entry,
    line: Regex,
    except: Option<Regex>,
    near: Option<Regex>,
    unless: Option<Regex>,
}

const RULES: &str = include_str!("../advice.toml");

// What is embedded is read by a test as well.
#[allow(clippy::expect_used)]
fn rules() -> &'static [Rule] {
    static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let file: File = toml::from_str(RULES).expect("the embedded advice parses");
        let compiled = |pattern: &str| {
            let built = RegexBuilder::new(pattern).case_insensitive(true).build();
            built.expect("the embedded patterns compile")
        };
        let rule = |entry: Entry| Rule {
            line: compiled(&entry.line),
            except: entry.except.as_deref().map(compiled),
            near: entry.near.as_deref().map(compiled),
            unless: entry.unless.as_deref().map(compiled),
            entry,
        };
        file.advice.into_iter().map(rule).collect()
    });
    &ALL
}

/// The lines of a checklist that give harmful advice, in the order of the file; each piece of
/// advice once, at the first line that gives it.
pub fn advice(document: &Document) -> Vec<Advice> {
    let lines: Vec<&str> = document.lines.iter().map(|line| line.text.as_str()).collect();
    let mut found: Vec<Advice> = Vec::new();
    for rule in rules() {
        let at = lines.iter().enumerate().position(|(index, line)| rule.holds(index, line, &lines));
        let Some(at) = at else { continue };
        found.push(Advice {
            id: &rule.entry.id,
            control: &rule.entry.control,
            line: at + 1,
            why: &rule.entry.why,
            instead: &rule.entry.instead,
        });
    }
    found.sort_by_key(|advice| advice.line);
    found
}

impl Rule {
    fn holds(&self, index: usize, line: &str, lines: &[&str]) -> bool {
        let excepted = || self.except.as_ref().is_some_and(|except| except.is_match(line));
        if !self.line.is_match(line) || excepted() {
            return false;
        }
        let around = lines.get(index.saturating_sub(NEAR)..(index + NEAR).min(lines.len()));
        let around = around.unwrap_or_default();
        let said = |pattern: &Regex| around.iter().any(|line| pattern.is_match(line));
        self.near.as_ref().is_none_or(said) && !self.unless.as_ref().is_some_and(said)
    }
}
