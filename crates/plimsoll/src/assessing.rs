//! From the facts about a system to the verdicts on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use plimsoll_assess::{
    Assessment, Ignore, Input, ProfileChoice, Subject, assess, choose_profiles, read_ignores,
    subjects,
};
use plimsoll_catalog::{Outcome, ParameterValue, Target, catalog};
use plimsoll_facts::Facts;
use plimsoll_source::{RepoPath, Tree};

use crate::said::Said;
use crate::survey::Opened;

/// Figures by control and parameter, from the team's own checklists.
pub(crate) type Figures = BTreeMap<(String, String), ParameterValue>;

/// A system with the verdicts of its repository.
pub(crate) struct Assessed {
    pub(crate) choice: ProfileChoice<'static>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) asked: Vec<Subject>,
    pub(crate) assessment: Assessment,
}

/// The profiles that the facts choose, or the one that the configuration names.
pub(crate) fn choice(opened: &Opened, facts: &Facts) -> ProfileChoice<'static> {
    let holds = |fact| plimsoll_rules::holds(facts, fact);
    let profile = opened.config.profile.as_ref().map(|profile| profile.value.as_str());
    choose_profiles(catalog(), profile, &holds)
}

/// What controls are measured by: the configuration goes before the team's checklists, these
/// before the catalog.
pub(crate) fn measures(
    opened: &Opened,
    choice: &ProfileChoice<'static>,
    figures: &Figures,
) -> impl Fn(&str, &str) -> Option<i64> {
    let profiles = choice.profiles();
    move |control: &str, name: &str| {
        let own = opened.config.parameters.get(control).and_then(|all| all.get(name));
        let own = own.map(|placed| &placed.value);
        let figure = || figures.get(&(control.to_owned(), name.to_owned()));
        let value = own.or_else(figure).or_else(|| catalog().parameter(control, name, &profiles));
        value.and_then(ParameterValue::integer)
    }
}

/// Runs the rules and decides the verdicts, with what people said.
pub(crate) fn assessed(
    opened: &Opened,
    facts: &Facts,
    tree: &dyn Tree,
    figures: &Figures,
    said: &Said,
    today: Date,
) -> Assessed {
    let choice = choice(opened, facts);
    let outcomes = plimsoll_rules::run(facts, &measures(opened, &choice, figures));
    let ignores = ignores(facts, &outcomes, tree);
    let rules: Vec<&str> = plimsoll_rules::all().map(|rule| rule.id).collect();
    let holds = |fact| plimsoll_rules::holds(facts, fact);
    let asked = subjects(catalog(), &choice, Target::Repository, &holds);
    let assessment = assess(Input {
        subjects: &asked,
        outcomes: &outcomes,
        rules: &rules,
        ignores: &ignores,
        waivers: &said.waivers,
        attestations: &said.attestations,
        today,
    });
    Assessed { choice, outcomes, asked, assessment }
}

/// The ignore comments of the files that the settings and the outcomes come from.
fn ignores(facts: &Facts, outcomes: &[Outcome], tree: &dyn Tree) -> Vec<Ignore> {
    let mut files: BTreeSet<&RepoPath> = facts.settings.files.iter().collect();
    for outcome in outcomes {
        files.extend(outcome.findings.iter().map(|finding| &finding.at.file));
        files.extend(outcome.evidence.iter().filter_map(|e| e.at.as_ref()).map(|at| &at.file));
    }
    files
        .into_iter()
        .filter_map(|file| tree.read(file).ok())
        .flat_map(|source| read_ignores(&source))
        .collect()
}
