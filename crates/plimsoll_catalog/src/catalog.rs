//! The embedded catalog: loaded once from the data files of this crate.

use std::collections::HashMap;
use std::sync::OnceLock;

use indexmap::IndexMap;

use crate::control::{Check, CheckKind, Control, Freshness, ParameterValue};
use crate::load;
use crate::predicate::FactPredicate;
use crate::profile::{Applicability, Profile};
use crate::requirements::{Requirement, requirements};
use crate::words::{Family, Target};

/// All controls, checks, profiles and requirements.
#[derive(Debug)]
pub struct Catalog {
    controls: Vec<Control>,
    by_id: HashMap<String, usize>,
    checks: IndexMap<String, Check>,
    profiles: Vec<Profile>,
    defects: Vec<String>,
}

/// The catalog of this build, parsed on first use.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let loaded = load::load();
        let by_id = loaded
            .controls
            .iter()
            .enumerate()
            .map(|(index, control)| (control.id.clone(), index))
            .collect();
        Catalog {
            controls: loaded.controls,
            by_id,
            checks: loaded.checks,
            profiles: loaded.profiles,
            defects: loaded.defects,
        }
    })
}

/// Ids of the rules that are declared and still to be built.
pub fn planned_rules() -> impl Iterator<Item = &'static str> {
    rules(true)
}

/// Ids of the rules that must exist in this build.
pub fn built_rules() -> impl Iterator<Item = &'static str> {
    rules(false)
}

fn rules(planned: bool) -> impl Iterator<Item = &'static str> {
    catalog()
        .checks()
        .filter(move |check| check.kind == CheckKind::Rule && check.planned == planned)
        .map(|check| check.id.as_str())
}

impl Catalog {
    /// All controls in the order of families and numbers.
    pub fn controls(&self) -> impl ExactSizeIterator<Item = &Control> {
        self.controls.iter()
    }

    /// The control with this id, in any case: `SET-01`, `set-01`.
    pub fn control(&self, id: &str) -> Option<&Control> {
        let index = self.by_id.get(id).or_else(|| self.by_id.get(&id.to_ascii_uppercase()))?;
        self.controls.get(*index)
    }

    /// The controls of a family, in order.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &Control> {
        self.controls.iter().filter(move |control| control.family == family)
    }

    /// All checks in the order of declaration.
    pub fn checks(&self) -> impl ExactSizeIterator<Item = &Check> {
        self.checks.values()
    }

    /// The check with this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.get(id)
    }

    /// The controls that a check belongs to, in order.
    pub fn controls_of(&self, check: &str) -> impl Iterator<Item = &Control> {
        self.controls.iter().filter(move |control| {
            [Target::Repository, Target::Rehearsal, Target::Production]
                .into_iter()
                .any(|target| control.checks(target).iter().any(|id| id == check))
        })
    }

    /// All profiles, the base first.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The profile with this id.
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// Whether a control applies to a system of which `fact` says what is known.
    ///
    /// It applies when a chosen profile selects it and its own condition holds. What nobody knows
    /// does not make it fall away: see [`Applicability::Unknown`].
    pub fn applicability(
        &self,
        control: &Control,
        fact: &dyn Fn(FactPredicate) -> Option<bool>,
    ) -> Applicability {
        Applicability::of(control, &self.profiles, fact)
    }

    /// The value of a control's parameter under the chosen profiles: the control's own default
    /// unless a profile sets it otherwise; the later profile wins.
    pub fn parameter<'c>(
        &'c self,
        control: &str,
        name: &str,
        chosen: &[&'c Profile],
    ) -> Option<&'c ParameterValue> {
        let default = self.control(control)?.parameter(name)?;
        let tuned = chosen.iter().rev().flat_map(|profile| &profile.tunes);
        let mut tuned = tuned.filter(|tune| tune.control == control && tune.parameter == name);
        Some(tuned.next().map_or(&default.value, |tune| &tune.value))
    }

    /// All requirements, in the order of their ids.
    pub fn requirements(&self) -> &'static [Requirement] {
        requirements()
    }

    /// The requirements that a control answers, in order.
    pub fn requirements_of(&self, control: &str) -> impl Iterator<Item = &'static Requirement> {
        requirements().iter().filter(move |requirement| requirement.control == control)
    }

    /// How long evidence for a control holds on a target: as long as that of the check that ages
    /// first. None where nothing on that target proves it.
    pub fn fresh_for(&self, control: &Control, target: Target) -> Option<Freshness> {
        let checks = control.checks(target).iter().filter_map(|id| self.check(id));
        checks.map(|check| check.fresh_for).min()
    }

    /// What is wrong with the data files: empty in every build that passed its tests.
    pub fn defects(&self) -> &[String] {
        &self.defects
    }
}
