//! Version 1 of the JSON of `plimsoll catalog`. Fields are added, never changed or removed.

use indexmap::IndexMap;
use plimsoll_catalog as catalog;
use plimsoll_catalog::{Criticality, ParameterValue, Target};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Catalog<'a> {
    version: u32,
    controls: Vec<Control<'a>>,
    checks: IndexMap<&'a str, Check<'a>>,
    profiles: Vec<Profile<'a>>,
}

#[derive(Serialize)]
struct Control<'a> {
    id: &'a str,
    title: &'a str,
    family: &'static str,
    criticality: Criticality,
    applies: String,
    checks: Checks<'a>,
    beyond_files: Option<&'a str>,
    attestation: Option<Attestation<'a>>,
    parameters: Vec<Parameter<'a>>,
    requirements: Vec<&'a str>,
    statement: &'a str,
    why: &'a str,
    sources: &'a [&'a str],
}

#[derive(Serialize)]
struct Checks<'a> {
    repository: &'a [String],
    rehearsal: &'a [String],
    production: &'a [String],
}

#[derive(Serialize)]
struct Attestation<'a> {
    role: &'a str,
    wording: &'a str,
    fresh_for: String,
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    value: &'a ParameterValue,
    unit: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Check<'a> {
    kind: &'static str,
    looks_at: &'a str,
    planned: bool,
    fresh_for: String,
}

#[derive(Serialize)]
struct Profile<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
    when: String,
}

impl<'a> Catalog<'a> {
    pub(super) fn new(catalog: &'a catalog::Catalog) -> Self {
        Self {
            version: 1,
            controls: catalog.controls().map(|control| Control::new(catalog, control)).collect(),
            checks: catalog.checks().map(|check| (check.id.as_str(), Check::new(check))).collect(),
            profiles: catalog
                .profiles()
                .iter()
                .map(|profile| Profile {
                    id: &profile.id,
                    title: &profile.title,
                    description: &profile.description,
                    when: profile.when.to_string(),
                })
                .collect(),
        }
    }
}

impl<'a> Control<'a> {
    fn new(catalog: &'a catalog::Catalog, control: &'a catalog::Control) -> Self {
        let text = control.text();
        Self {
            id: &control.id,
            title: &control.title,
            family: control.family.prefix(),
            criticality: control.criticality,
            applies: control.applies.to_string(),
            checks: Checks {
                repository: control.checks(Target::Repository),
                rehearsal: control.checks(Target::Rehearsal),
                production: control.checks(Target::Production),
            },
            beyond_files: control.beyond_files.as_deref(),
            attestation: control.attestation.as_ref().map(|attestation| Attestation {
                role: &attestation.role,
                wording: &attestation.wording,
                fresh_for: attestation.fresh_for.to_string(),
            }),
            parameters: control
                .parameters
                .iter()
                .map(|parameter| Parameter {
                    name: &parameter.name,
                    value: &parameter.value,
                    unit: &parameter.unit,
                    reason: &parameter.reason,
                })
                .collect(),
            requirements: catalog.requirements_of(&control.id).map(|r| r.id.as_str()).collect(),
            statement: text.statement,
            why: text.why,
            sources: &text.sources,
        }
    }
}

impl<'a> Check<'a> {
    fn new(check: &'a catalog::Check) -> Self {
        Self {
            kind: check.kind.name(),
            looks_at: &check.looks_at,
            planned: check.planned,
            fresh_for: check.fresh_for.to_string(),
        }
    }
}
