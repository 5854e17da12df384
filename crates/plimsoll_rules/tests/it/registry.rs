//! The list of rules is whole.

use std::collections::BTreeSet;

use plimsoll_catalog::catalog;

#[test]
fn ids_are_unique_and_name_controls_that_ask_for_them() {
    let mut seen = BTreeSet::new();
    for rule in plimsoll_rules::all() {
        assert!(seen.insert(rule.id), "{} is listed twice", rule.id);
        assert!(
            catalog().control(rule.control).is_some(),
            "{}: no control {}",
            rule.id,
            rule.control
        );
        let mut asking = catalog().controls_of(rule.id);
        assert!(
            asking.any(|control| control.id == rule.control),
            "{}: {} does not ask for it",
            rule.id,
            rule.control
        );
    }
}

#[test]
fn texts_are_there_and_sources_are_addresses() {
    for rule in plimsoll_rules::all() {
        for (what, text) in
            [("what", rule.what), ("why", rule.why), ("bad", rule.bad), ("good", rule.good)]
        {
            assert!(!text.trim().is_empty(), "{}: no text for {what}", rule.id);
        }
        assert!(!rule.title.ends_with('.'), "{}: the title ends with a full stop", rule.id);
        assert!(!rule.sources.is_empty(), "{}: no source", rule.id);
        for source in rule.sources {
            assert!(source.starts_with("https://"), "{}: {source}", rule.id);
        }
    }
}

#[test]
fn the_catalog_counts_no_rule_as_planned_that_exists_and_none_as_there_that_does_not() {
    let rules: BTreeSet<&str> = plimsoll_rules::all().map(|rule| rule.id).collect();
    let built: BTreeSet<&str> = plimsoll_catalog::built_rules().collect();
    let unmarked: Vec<_> = rules.difference(&built).collect();
    assert!(unmarked.is_empty(), "planned in checks.toml, and there: {unmarked:?}");
    let absent: Vec<_> = built.difference(&rules).collect();
    assert!(absent.is_empty(), "not planned in checks.toml, and not there: {absent:?}");
}
