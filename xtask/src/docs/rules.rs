//! The page of the rules.

use std::fmt::Write as _;

use plimsoll_rules::{Rule, all};

use super::NOTE;

pub(super) fn page() -> String {
    let mut page = format!("{NOTE}\n# Rules\n");
    let mut rules: Vec<&Rule> = all().collect();
    rules.sort_by_key(|rule| rule.id);
    for rule in rules {
        write_rule(&mut page, rule);
    }
    page
}

fn write_rule(page: &mut String, rule: &Rule) {
    let _ = write!(page, "\n## {}\n\n{}. Fails {}.\n", rule.id, rule.title, rule.control);
    let sections = [("What", rule.what), ("Why", rule.why), ("Bad", rule.bad), ("Good", rule.good)];
    for (title, text) in sections {
        let _ = write!(page, "\n### {title}\n\n{}\n", text.trim());
    }
    let _ = write!(page, "\n### Sources\n\n");
    for source in rule.sources {
        let _ = writeln!(page, "- <{source}>");
    }
}
