//! Every control, check, requirement and profile fits the others.

use std::collections::{HashMap, HashSet};

use plimsoll_catalog::{CheckKind, Family, Target, catalog};

const TARGETS: [Target; 3] = [Target::Repository, Target::Rehearsal, Target::Production];

#[test]
fn the_data_files_are_read_without_defects() {
    assert_eq!(catalog().defects(), [] as [String; 0]);
}

#[test]
fn there_are_223_controls_in_the_order_of_families_and_numbers() {
    let catalog = catalog();
    assert_eq!(catalog.controls().len(), 223);
    let mut expected = Vec::new();
    for family in Family::ALL {
        let count = catalog.family(family).count();
        assert!(count > 0, "{family:?} is empty");
        expected.extend((1..=count).map(|number| format!("{}-{number:02}", family.prefix())));
    }
    let ids: Vec<&str> = catalog.controls().map(|control| control.id.as_str()).collect();
    assert_eq!(ids, expected);
    assert_eq!(catalog.control("set-01").map(|c| c.title.as_str()), Some("DEBUG is off"));
    assert!(catalog.control("SET-99").is_none());
}

#[test]
fn every_requirement_has_a_control_and_every_control_a_requirement() {
    let catalog = catalog();
    let mut seen = HashSet::new();
    let mut answered = HashSet::new();
    for requirement in catalog.requirements() {
        assert!(seen.insert(&requirement.id), "{} twice", requirement.id);
        assert!(catalog.control(&requirement.control).is_some(), "{requirement:?}");
        assert!(!requirement.ask.is_empty() && !requirement.section.is_empty(), "{requirement:?}");
        answered.insert(requirement.control.as_str());
    }
    assert_eq!(seen.len(), 1241);
    for control in catalog.controls() {
        assert!(answered.contains(control.id.as_str()), "{} answers nothing", control.id);
    }
}

#[test]
fn checks_and_controls_name_each_other() {
    let catalog = catalog();
    let mut used: HashMap<&str, usize> = HashMap::new();
    for control in catalog.controls() {
        for target in TARGETS {
            let mut here = HashSet::new();
            for id in control.checks(target) {
                let check = catalog.check(id);
                let kind = check.map(|check| check.kind);
                assert!(kind.is_some(), "{}: {id} is not declared", control.id);
                assert!(here.insert(id), "{}: {id} twice", control.id);
                let rule = kind == Some(CheckKind::Rule);
                match target {
                    Target::Repository => assert!(rule, "{}: {id} is no rule", control.id),
                    Target::Rehearsal => assert!(!rule, "{}: {id} is a rule", control.id),
                    Target::Production => {}
                }
                *used.entry(id).or_default() += 1;
            }
        }
        assert!(
            !control.production.is_empty() || control.attestation.is_some(),
            "nothing could ever prove {} in production",
            control.id
        );
    }
    for check in catalog.checks() {
        assert!(used.contains_key(check.id.as_str()), "{} belongs to no control", check.id);
        assert!(catalog.controls_of(&check.id).next().is_some());
    }
}

#[test]
fn what_only_the_running_system_shows_is_said_where_rules_look_at_a_control() {
    for control in catalog().controls() {
        let Some(beyond) = &control.beyond_files else { continue };
        let first = beyond.split(' ').next();
        assert!(!control.repository.is_empty(), "{}: no rule looks at it", control.id);
        assert!(matches!(first, Some("that" | "what" | "which" | "how" | "the")), "{beyond}");
        assert!(!beyond.ends_with('.'), "{beyond}");
    }
    // Controls of which the whole matter is that something happened or answers.
    for id in ["AUTH-02", "AUTH-12", "BAK-06", "DATA-04", "DB-04", "DEP-01", "NET-01", "TLS-01"] {
        let control = catalog().control(id);
        assert!(control.is_some_and(|control| control.beyond_files.is_some()), "{id}");
    }
}

#[test]
fn check_ids_are_kebab_case_and_say_their_kind() {
    for check in catalog().checks() {
        let id = &check.id;
        assert!(
            id.split('-').all(|word| !word.is_empty()
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())),
            "{id}"
        );
        let prefix = match check.kind {
            CheckKind::Probe => Some("probe-"),
            CheckKind::Inspection => Some("inspect-"),
            CheckKind::Drill => Some("drill-"),
            CheckKind::Rule => None,
        };
        match prefix {
            Some(prefix) => assert!(id.starts_with(prefix), "{id}"),
            None => assert!(
                !["probe-", "inspect-", "drill-"].iter().any(|prefix| id.starts_with(prefix)),
                "{id}"
            ),
        }
        assert!(check.looks_at.len() > 15 && !check.looks_at.ends_with('.'), "{id}");
        assert!(check.fresh_reason.ends_with('.'), "{id}");
    }
}

#[test]
fn planned_and_built_rules_are_all_rules() {
    let catalog = catalog();
    let rules = catalog.checks().filter(|check| check.kind == CheckKind::Rule).count();
    let planned = plimsoll_catalog::planned_rules().count();
    let built = plimsoll_catalog::built_rules().count();
    assert_eq!(planned + built, rules);
}

#[test]
fn every_control_is_in_a_profile() {
    let catalog = catalog();
    for control in catalog.controls() {
        assert!(
            catalog.profiles().iter().any(|profile| profile.selects(control.family, &control.id)),
            "{} is in no profile",
            control.id
        );
    }
}
