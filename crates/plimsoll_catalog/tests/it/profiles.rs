//! Profiles select controls and tune figures by what is known of a system.

use std::collections::HashMap;

use plimsoll_catalog::{Applicability, FactPredicate, ParameterValue, Predicate, catalog};

type Facts = HashMap<FactPredicate, bool>;

#[test]
fn the_base_comes_first_and_ids_are_unique() {
    let ids: Vec<&str> = catalog().profiles().iter().map(|profile| profile.id.as_str()).collect();
    assert_eq!(ids.first(), Some(&"base"));
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    assert_eq!(catalog().profile("base").map(|base| &base.when), Some(&Predicate::Always));
}

#[test]
fn profiles_name_controls_and_parameters_that_exist() {
    let catalog = catalog();
    for profile in catalog.profiles() {
        for control in &profile.controls {
            let family = catalog.control(control).map(|control| control.family);
            assert!(family.is_some(), "{}: {control}", profile.id);
            assert!(
                !family.is_some_and(|family| profile.families.contains(&family)),
                "{}: {control} is in a family that it selects whole",
                profile.id
            );
        }
        for tune in &profile.tunes {
            let parameter =
                catalog.control(&tune.control).and_then(|c| c.parameter(&tune.parameter));
            assert!(parameter.is_some(), "{}: {tune:?}", profile.id);
            assert_ne!(parameter.map(|p| &p.value), Some(&tune.value), "{}", profile.id);
            assert!(tune.reason.ends_with('.'), "{}: {tune:?}", profile.id);
        }
    }
}

#[test]
fn a_control_falls_away_only_when_its_condition_is_known_to_fail() {
    use FactPredicate::{HasShop, MultiTenant, PlatformAsAService, ServesApi, UsesCors, UsesJwt};
    let api = [(ServesApi, true), (UsesJwt, true)];
    let plain = [(ServesApi, false), (UsesCors, false), (MultiTenant, false), (HasShop, false)];
    let paas = [(PlatformAsAService, true)];
    for (control, facts, expected) in [
        ("SET-01", &[][..], "applies"),
        ("API-03", &api[..], "applies"),
        ("API-03", &plain[..], "does not"),
        ("API-03", &[][..], "unknown"),
        ("AUTH-08", &api[..], "applies"),
        ("AUTH-08", &[][..], "unknown"),
        ("QA-09", &plain[..], "does not"),
        ("NET-02", &paas[..], "does not"),
        ("NET-02", &[][..], "unknown"),
    ] {
        let facts: Facts = facts.iter().copied().collect();
        let Some(control) = catalog().control(control) else { panic!("{control} is missing") };
        let found = catalog().applicability(control, &|fact| facts.get(&fact).copied());
        let control = &control.id;
        let name = match &found {
            Applicability::Applies => "applies",
            Applicability::Unknown(_) => "unknown",
            Applicability::DoesNot(_) => "does not",
        };
        assert_eq!(name, expected, "{control}: {found:?}");
        match found {
            Applicability::Unknown(facts) => assert!(!facts.is_empty(), "{control}"),
            Applicability::DoesNot(reason) => assert!(reason.ends_with('.'), "{reason}"),
            Applicability::Applies => {}
        }
    }
}

#[test]
fn of_two_profiles_the_later_sets_the_figure() {
    let catalog = catalog();
    let chosen = |ids: &[&str]| {
        let chosen: Vec<_> = ids.iter().filter_map(|id| catalog.profile(id)).collect();
        catalog.parameter("AUTH-06", "session_age", &chosen).cloned()
    };
    assert_eq!(chosen(&["base"]), Some(ParameterValue::Integer(3600)));
    assert_eq!(chosen(&["base", "care-data"]), Some(ParameterValue::Integer(1800)));
    assert_eq!(chosen(&["base", "care-data", "exams"]), Some(ParameterValue::Integer(14400)));
    assert_eq!(catalog.parameter("AUTH-06", "no_such", &[]), None);
}

#[test]
fn every_fact_decides_something_or_is_there_for_reports() {
    for fact in FactPredicate::ALL {
        assert_eq!(FactPredicate::from_name(fact.name()), Some(*fact));
        assert!(fact.description().ends_with('.'), "{fact:?}");
    }
}

/// The five real systems that the requirements come from: what is asked of each must be selected.
#[test]
fn each_system_is_covered_by_base_and_its_profiles() {
    let catalog = catalog();
    let systems: [(&str, &[&str]); 5] = [
        (
            "rota",
            &[
                "base",
                "classic-server",
                "background-jobs",
                "redis",
                "staff-rota",
                "care-data",
                "launch",
                "object-storage",
            ],
        ),
        ("osce", &["base", "classic-server", "exams", "launch", "growth"]),
        (
            "realsolutions",
            &[
                "base",
                "classic-server",
                "compose",
                "api",
                "redis",
                "paas",
                "object-storage",
                "growth",
            ],
        ),
        (
            "construbot",
            &[
                "base",
                "classic-server",
                "compose",
                "background-jobs",
                "redis",
                "contracts",
                "api",
                "object-storage",
                "growth",
            ],
        ),
        ("altruria", &["base", "classic-server", "api", "shop", "launch"]),
    ];
    for (system, profiles) in systems {
        let chosen: Vec<_> = profiles.iter().filter_map(|id| catalog.profile(id)).collect();
        assert_eq!(chosen.len(), profiles.len(), "{system}");
        for requirement in catalog.requirements().iter().filter(|r| r.system == system) {
            let family = catalog.control(&requirement.control).map(|control| control.family);
            assert!(
                family.is_some_and(|family| {
                    chosen.iter().any(|profile| profile.selects(family, &requirement.control))
                }),
                "{system}: {} {} is selected by none of its profiles",
                requirement.id,
                requirement.control
            );
        }
    }
}
