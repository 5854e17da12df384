//! Which profiles apply, and what becomes of controls when nobody knows.

use std::collections::HashMap;

use plimsoll_assess::{Applicability, choose_profiles, subjects};
use plimsoll_catalog::{FactPredicate, Target, catalog};

type Facts = HashMap<FactPredicate, bool>;

fn chosen(facts: &Facts, asked: Option<&str>) -> Vec<(String, String)> {
    let choice = choose_profiles(catalog(), asked, &|fact| facts.get(&fact).copied());
    let named = choice.chosen.iter();
    named.map(|(profile, reason)| (profile.id.clone(), reason.clone())).collect()
}

#[test]
fn a_profile_applies_only_where_its_condition_is_known_to_hold() {
    let base = ("base".to_owned(), "it is every system's".to_owned());
    assert_eq!(chosen(&Facts::new(), None), std::slice::from_ref(&base));
    let jobs = Facts::from([
        (FactPredicate::UsesTaskQueue, true),
        (FactPredicate::UsesRedis, false),
        (FactPredicate::UsesRedis, false),
    ]);
    let told = ("background-jobs".to_owned(), "uses-task-queue".to_owned());
    assert_eq!(chosen(&jobs, None), [base.clone(), told]);
    let asked = ("redis".to_owned(), "the configuration asks for it".to_owned());
    assert_eq!(chosen(&jobs, Some("redis")), [base, asked]);
}

#[test]
fn controls_of_a_profile_that_nobody_knows_of_stay_open() {
    let verdict = |facts: &Facts| {
        let known = |fact| facts.get(&fact).copied();
        let choice = choose_profiles(catalog(), None, &known);
        let found = subjects(catalog(), &choice, Target::Repository, &known);
        found.into_iter().find(|subject| subject.id == "JOB-01").unwrap().applicability
    };
    assert_eq!(verdict(&Facts::new()), Applicability::Unsettled);
    let none = Facts::from([
        (FactPredicate::UsesTaskQueue, false),
        (FactPredicate::UsesPeriodicTasks, false),
    ]);
    assert!(matches!(verdict(&none), Applicability::Not(_)));
}
