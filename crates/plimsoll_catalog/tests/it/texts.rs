//! Every control's texts are there, its own, and free of slips.

use std::collections::HashMap;

use plimsoll_catalog::{Control, catalog};

/// Words that stand where a text is still to be written.
const PLACEHOLDERS: [&str; 8] =
    ["TODO", "TBD", "FIXME", "XXX", "lorem", "to be written", "placeholder text", "???"];

#[test]
fn every_control_says_what_why_how_and_by_what_sources() {
    for control in catalog().controls() {
        let id = &control.id;
        let text = control.text();
        assert!(text.statement.len() > 60, "{id}: statement");
        assert!(text.why.len() > 100, "{id}: why");
        assert!(text.perform.starts_with("1. "), "{id}: perform");
        assert!(text.pitfalls.starts_with("- "), "{id}: pitfalls");
        for prose in [text.statement, text.why] {
            assert!(prose.ends_with(['.', ':']), "{id}: no end: {prose}");
        }
        for word in PLACEHOLDERS {
            for part in prose(control) {
                assert!(!part.contains(word), "{id}: {word}");
            }
        }
    }
}

#[test]
fn sources_are_https_addresses_and_at_least_one() {
    for control in catalog().controls() {
        let sources = &control.text().sources;
        assert!(!sources.is_empty(), "{}", control.id);
        for source in sources {
            assert!(source.starts_with("https://"), "{}: {source}", control.id);
            assert!(!source.contains(char::is_whitespace), "{}: {source}", control.id);
        }
    }
}

#[test]
fn no_two_controls_share_a_reason() {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for control in catalog().controls() {
        for part in [control.text().statement, control.text().why] {
            if let Some(other) = seen.insert(part, &control.id) {
                assert_eq!(other, control.id, "same text");
            }
        }
    }
}

#[test]
fn fences_of_examples_are_closed_and_name_their_language() {
    for control in catalog().controls() {
        for example in [control.text().bad, control.text().good] {
            let fences: Vec<&str> =
                example.lines().filter(|line| line.starts_with("```")).collect();
            assert_eq!(fences.len() % 2, 0, "{}", control.id);
            assert!(example.is_empty() || example.starts_with("```"), "{}", control.id);
        }
    }
}

#[test]
fn examples_come_in_pairs() {
    for control in catalog().controls() {
        let text = control.text();
        assert_eq!(text.bad.is_empty(), text.good.is_empty(), "{}", control.id);
    }
}

#[test]
fn texts_name_only_controls_that_exist() {
    let catalog = catalog();
    for control in catalog.controls() {
        for part in prose(control) {
            for word in part.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
                if let Some((prefix, number)) = word.split_once('-')
                    && plimsoll_catalog::Family::ALL.iter().any(|f| f.prefix() == prefix)
                    && number.len() == 2
                    && number.chars().all(|c| c.is_ascii_digit())
                {
                    assert!(catalog.control(word).is_some(), "{} names {word}", control.id);
                    assert_ne!(word, control.id, "{} names itself", control.id);
                }
            }
        }
    }
}

#[test]
fn parameters_have_names_units_and_reasons_of_their_own() {
    for control in catalog().controls() {
        let mut names: Vec<&str> = control.parameters.iter().map(|p| p.name.as_str()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}: a name twice", control.id);
        for parameter in &control.parameters {
            assert!(!parameter.unit.is_empty(), "{}: {}", control.id, parameter.name);
            assert!(
                parameter.reason.len() > 15 && parameter.reason.ends_with('.'),
                "{}: {}",
                control.id,
                parameter.name
            );
        }
    }
}

#[test]
fn attestations_are_declared_by_a_role_in_the_first_person() {
    for control in catalog().controls() {
        if let Some(attestation) = &control.attestation {
            assert!(attestation.wording.starts_with("I "), "{}", control.id);
            assert!(attestation.wording.ends_with('.'), "{}", control.id);
            assert!(!attestation.role.is_empty(), "{}", control.id);
        }
    }
}

fn prose(control: &Control) -> [&'static str; 4] {
    let text = control.text();
    [text.statement, text.why, text.perform, text.pitfalls]
}
