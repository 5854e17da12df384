//! A control as the assessment of one system sees it.

use plimsoll_catalog::{Catalog, Check, Control, FactPredicate, Predicate, Profile, Target};

/// A control with what its catalog entry asks for, resolved for one system and one target.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The control's id: `SET-01`.
    pub id: String,
    /// Whether its condition holds for this system.
    pub applicability: Applicability,
    /// The checks that the target asks for. Empty: nothing can prove it on this target.
    pub checks: Vec<AskedCheck>,
    /// What the checks of this target cannot show of the control, where that leaves it unproven
    /// whatever they say: `that the tests pass on the deployed commit`.
    pub beyond: Option<String>,
    /// The checks that prove it on other targets.
    pub elsewhere: Vec<ElsewhereCheck>,
    /// What a person has to vouch for, where the control wants that.
    pub attestation: Option<String>,
}

/// Whether a control's condition holds for a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// It holds, or the control has none.
    Applies,
    /// The facts do not settle it: the control is treated as applying.
    Unsettled,
    /// It does not hold, for this reason.
    Not(String),
}

/// A check that the assessed target asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedCheck {
    /// Its id.
    pub id: String,
    /// What it looks at.
    pub looks_at: String,
}

/// A check on another target than the one assessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElsewhereCheck {
    /// Where it runs.
    pub target: Target,
    /// Its kind and what it looks at, as a phrase: `a probe: …`.
    pub what: String,
}

/// Which profiles a system answers to.
#[derive(Clone, Debug, Default)]
pub struct ProfileChoice<'c> {
    /// The profiles that apply, each with the reason: their figures hold.
    pub chosen: Vec<(&'c Profile, String)>,
    /// The profiles of which nobody knows. Their figures do not hold; their controls stay, as a
    /// control must not fall away because nobody knows.
    pub unsettled: Vec<&'c Profile>,
}

impl<'c> ProfileChoice<'c> {
    /// The profiles that apply.
    pub fn profiles(&self) -> Vec<&'c Profile> {
        self.chosen.iter().map(|(profile, _)| *profile).collect()
    }
}

/// The profiles that the facts choose: the one asked for beside the base, else every one whose
/// condition is known to hold.
pub fn choose_profiles<'c>(
    catalog: &'c Catalog,
    asked: Option<&str>,
    fact: &dyn Fn(FactPredicate) -> Option<bool>,
) -> ProfileChoice<'c> {
    let mut choice = ProfileChoice::default();
    for profile in catalog.profiles() {
        let is_base = profile.when == Predicate::Always;
        match asked {
            _ if is_base => choice.chosen.push((profile, "it is every system's".to_owned())),
            Some(id) if profile.id == id => {
                choice.chosen.push((profile, "the configuration asks for it".to_owned()));
            }
            Some(_) => {}
            None => match profile.chosen(fact) {
                Some(true) => choice.chosen.push((profile, why_chosen(profile, fact))),
                Some(false) => {}
                None => choice.unsettled.push(profile),
            },
        }
    }
    choice
}

/// Every control resolved for one target, in the order of the catalog. One that no profile selects
/// that applies or may apply does not apply.
pub fn subjects(
    catalog: &Catalog,
    choice: &ProfileChoice<'_>,
    target: Target,
    fact: &dyn Fn(FactPredicate) -> Option<bool>,
) -> Vec<Subject> {
    let selects =
        |profile: &Profile, control: &Control| profile.selects(control.family, &control.id);
    catalog
        .controls()
        .map(|control| {
            let mut subject = subject(catalog, control, target, fact);
            let chosen = choice.chosen.iter().any(|(profile, _)| selects(profile, control));
            if chosen || matches!(subject.applicability, Applicability::Not(_)) {
                return subject;
            }
            let may = choice.unsettled.iter().any(|profile| selects(profile, control));
            subject.applicability = match may {
                true => Applicability::Unsettled,
                false => Applicability::Not(not_selected(catalog, control)),
            };
            subject
        })
        .collect()
}

fn subject(
    catalog: &Catalog,
    control: &Control,
    target: Target,
    fact: &dyn Fn(FactPredicate) -> Option<bool>,
) -> Subject {
    let looks_at = |id: &String| catalog.check(id).map_or("", |check| check.looks_at.as_str());
    let asked = |id: &String| AskedCheck { id: id.clone(), looks_at: looks_at(id).to_owned() };
    Subject {
        id: control.id.clone(),
        applicability: match control.applies.evaluate(fact) {
            Some(true) => Applicability::Applies,
            None => Applicability::Unsettled,
            Some(false) => Applicability::Not(why_not(control, fact)),
        },
        checks: control.checks(target).iter().map(asked).collect(),
        beyond: control.beyond_files.clone().filter(|_| target == Target::Repository),
        elsewhere: elsewhere(catalog, control, target),
        attestation: control
            .attestation
            .as_ref()
            .map(|attestation| format!("{} declares: {}", attestation.role, attestation.wording)),
    }
}

/// Which profiles would have selected the control.
fn not_selected(catalog: &Catalog, control: &Control) -> String {
    let selecting: Vec<String> = catalog
        .profiles()
        .iter()
        .filter(|profile| profile.selects(control.family, &control.id))
        .map(|profile| format!("{} ({})", profile.id, profile.when))
        .collect();
    match selecting.as_slice() {
        [] => "no profile selects it".to_owned(),
        names => format!("it belongs to profiles that were not chosen: {}", names.join(", ")),
    }
}

/// The checks of the other targets, each once, the rehearsal's first.
fn elsewhere(catalog: &Catalog, control: &Control, target: Target) -> Vec<ElsewhereCheck> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for other in [Target::Repository, Target::Rehearsal, Target::Production] {
        if other == target {
            continue;
        }
        for check in control.checks(other).iter().filter_map(|id| catalog.check(id)) {
            if !seen.contains(&check.id.as_str()) {
                seen.push(&check.id);
                found.push(ElsewhereCheck { target: other, what: phrase(check) });
            }
        }
    }
    found
}

fn phrase(check: &Check) -> String {
    let kind = check.kind.name();
    let article = if kind.starts_with('i') { "an" } else { "a" };
    format!("{article} {kind}: {}", check.looks_at)
}

/// The facts that make a profile's condition hold: where some hold, those alone.
fn why_chosen(profile: &Profile, fact: &dyn Fn(FactPredicate) -> Option<bool>) -> String {
    let told = told(&profile.when, fact);
    let positive: Vec<&str> =
        told.iter().map(String::as_str).filter(|fact| !fact.starts_with("not ")).collect();
    if positive.is_empty() { told.join(", ") } else { positive.join(", ") }
}

/// Which known facts make the condition fail.
fn why_not(control: &Control, fact: &dyn Fn(FactPredicate) -> Option<bool>) -> String {
    let told = told(&control.applies, fact).join(", ");
    format!("it applies where {}; this system is: {told}", control.applies)
}

/// The facts that a condition asks for, as far as they are known: `serves-api, not uses-cors`.
fn told(condition: &Predicate, fact: &dyn Fn(FactPredicate) -> Option<bool>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for predicate in condition.facts() {
        let sentence = match fact(predicate) {
            Some(true) => predicate.name().to_owned(),
            Some(false) => format!("not {}", predicate.name()),
            None => continue,
        };
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    told
}
