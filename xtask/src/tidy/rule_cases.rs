//! Each rule has a case that trips it and an innocent twin, and is declared in the catalog.
//!
//! The examples in a rule's texts are such a pair: the tests of `plimsoll_rules` run them. Folders of
//! cases go beyond them, or stand in for an example that cannot be written down in a few lines.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::Project;

const CASES: &str = "crates/plimsoll_rules/tests/cases/";

pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    let rules: BTreeSet<&str> = plimsoll_rules::all().map(|rule| rule.id).collect();
    let paired =
        plimsoll_rules::all().filter(|rule| names_files(rule.bad) && names_files(rule.good));
    let paired = paired.map(|rule| rule.id).collect();
    let mut complaints = cases(project, &rules, &paired);
    let declared: BTreeSet<&str> = plimsoll_catalog::built_rules().collect();
    for rule in rules.difference(&declared) {
        complaints.push(format!("crates/plimsoll_catalog/checks.toml: `{rule}` exists, but is not declared or still planned"));
    }
    for rule in declared.difference(&rules) {
        complaints.push(format!("crates/plimsoll_catalog/checks.toml: `{rule}` is declared as built, but there is no such rule"));
    }
    Ok(complaints)
}

/// Whether an example has a block that names its file: "```python settings.py".
fn names_files(example: &str) -> bool {
    let infos = example.lines().filter_map(|line| line.strip_prefix("```"));
    infos.into_iter().any(|info| info.split_whitespace().nth(1).is_some())
}

fn cases(project: &Project, rules: &BTreeSet<&str>, paired: &BTreeSet<&str>) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in project.like(CASES, "") {
        let mut parts = file.trim_start_matches(CASES).split('/');
        if let (Some(rule), Some(case), Some(_)) = (parts.next(), parts.next(), parts.next()) {
            found.entry(rule).or_default().insert(case);
        }
    }
    for rule in rules {
        let cases = found.get(rule).cloned().unwrap_or_default();
        for kind in ["fires-", "quiet-"] {
            if !paired.contains(rule) && !cases.iter().any(|case| case.starts_with(kind)) {
                complaints.push(format!(
                    "{CASES}{rule}: no folder `{kind}…`, and no examples that name their files"
                ));
            }
        }
        for case in cases {
            if !case.starts_with("fires-") && !case.starts_with("quiet-") {
                complaints
                    .push(format!("{CASES}{rule}/{case}: named neither `fires-…` nor `quiet-…`"));
            }
        }
    }
    for rule in found.keys().filter(|rule| !rules.contains(*rule)) {
        complaints.push(format!("{CASES}{rule}: there is no such rule"));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::{Project, cases, names_files};

    #[test]
    fn examples_are_cases_when_they_name_their_files() {
        assert!(names_files("```python settings.py\nDEBUG = True\n```"));
        assert!(!names_files("```python\nDEBUG = True\n```"));
        assert!(!names_files("DEBUG = True"));
    }

    #[test]
    fn rules_need_both_kinds_and_cases_need_rules() {
        let (_folder, project) = Project::made(&[
            ("crates/plimsoll_rules/tests/cases/one/fires-plain/settings.py", ""),
            ("crates/plimsoll_rules/tests/cases/one/quiet-off/settings.py", ""),
            ("crates/plimsoll_rules/tests/cases/two/fires-plain/settings.py", ""),
            ("crates/plimsoll_rules/tests/cases/two/odd/settings.py", ""),
            ("crates/plimsoll_rules/tests/cases/gone/fires-x/settings.py", ""),
        ]);
        let complaints = cases(&project, &["one", "three", "two"].into(), &["three"].into());
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert!(complaints[0].contains("two: no folder `quiet-"));
        assert!(complaints[1].contains("two/odd"));
        assert!(complaints[2].contains("gone"));
    }
}
