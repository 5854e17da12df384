//! Reads the data files, which `build.rs` has joined into one text. What cannot be read becomes a
//! defect that the tests refuse.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::control::{
    Attestation, Check, CheckKind, Control, Freshness, Parameter, ParameterValue,
};
use crate::predicate::Predicate;
use crate::profile::{Profile, Tune};
use crate::words::{Criticality, Family};

/// What the data files hold.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) controls: Vec<Control>,
    pub(crate) checks: IndexMap<String, Check>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) defects: Vec<String>,
}

/// Reads all of them.
pub(crate) fn load() -> Loaded {
    let mut loaded = Loaded::default();
    let text = include_str!(concat!(env!("OUT_DIR"), "/catalog.json"));
    match serde_json::from_str::<Data>(text) {
        Ok(data) => loaded.take(data),
        Err(error) => loaded.defects.push(format!("the data files: {error}")),
    }
    loaded
}

/// The files of `profiles/` in the order of the profiles: the base first; of two that set the same
/// figure the later one wins.
const PROFILES: [&str; 15] = [
    "base",
    "classic-server",
    "compose",
    "paas",
    "api",
    "background-jobs",
    "redis",
    "object-storage",
    "growth",
    "launch",
    "staff-rota",
    "contracts",
    "shop",
    "care-data",
    "exams",
];

/// All data files; those of a folder by their names without extension.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    controls: HashMap<String, ControlFile>,
    checks: CheckFile,
    profiles: HashMap<String, RawProfile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ControlFile {
    control: Vec<RawControl>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControl {
    id: String,
    title: String,
    criticality: Criticality,
    applies: String,
    #[serde(default)]
    repository: Vec<String>,
    beyond_files: Option<String>,
    #[serde(default)]
    rehearsal: Vec<String>,
    #[serde(default)]
    production: Vec<String>,
    attestation: Option<RawAttestation>,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAttestation {
    role: String,
    wording: String,
    fresh_for: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    freshness: KindFreshness,
    rules: IndexMap<String, RawCheck>,
    probes: IndexMap<String, RawCheck>,
    inspections: IndexMap<String, RawCheck>,
    drills: IndexMap<String, RawCheck>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFreshness {
    rule: RawFreshness,
    probe: RawFreshness,
    inspection: RawFreshness,
    drill: RawFreshness,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFreshness {
    fresh_for: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    #[serde(default)]
    planned: bool,
    looks_at: String,
    fresh_for: Option<String>,
    fresh_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    id: String,
    title: String,
    description: String,
    when: String,
    #[serde(default)]
    families: Vec<Family>,
    #[serde(default)]
    controls: Vec<String>,
    #[serde(default)]
    tune: Vec<RawTune>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTune {
    control: String,
    parameter: String,
    value: ParameterValue,
    reason: String,
}

impl Loaded {
    fn take(&mut self, mut data: Data) {
        for family in Family::ALL {
            match data.controls.remove(&family.prefix().to_ascii_lowercase()) {
                Some(file) => self.controls(family, file),
                None => self.defects.push(format!("{} has no file of controls", family.prefix())),
            }
        }
        self.checks(data.checks);
        for name in PROFILES {
            match data.profiles.remove(name) {
                Some(raw) => self.profile(raw),
                None => self.defects.push(format!("the profile {name} has no file")),
            }
        }
        let left = data.controls.into_keys().chain(data.profiles.into_keys());
        self.defects.extend(left.map(|name| format!("{name}.toml is not read")));
    }

    fn controls(&mut self, family: Family, file: ControlFile) {
        for raw in file.control {
            let applies = self.predicate(&raw.id, &raw.applies);
            let attestation = raw.attestation.map(|attestation| Attestation {
                fresh_for: self.freshness(&raw.id, &attestation.fresh_for),
                role: attestation.role,
                wording: attestation.wording,
            });
            self.controls.push(Control {
                id: raw.id,
                title: raw.title,
                family,
                criticality: raw.criticality,
                applies,
                repository: raw.repository,
                beyond_files: raw.beyond_files,
                rehearsal: raw.rehearsal,
                production: raw.production,
                attestation,
                parameters: raw.parameters,
            });
        }
    }

    fn checks(&mut self, file: CheckFile) {
        let kinds = [
            (CheckKind::Rule, file.freshness.rule, file.rules),
            (CheckKind::Probe, file.freshness.probe, file.probes),
            (CheckKind::Inspection, file.freshness.inspection, file.inspections),
            (CheckKind::Drill, file.freshness.drill, file.drills),
        ];
        for (kind, default, checks) in kinds {
            for (id, raw) in checks {
                let fresh_for = raw.fresh_for.as_ref().unwrap_or(&default.fresh_for);
                let fresh_for = self.freshness(&id, fresh_for);
                let fresh_reason = raw.fresh_reason.unwrap_or_else(|| default.reason.clone());
                let check = Check {
                    id: id.clone(),
                    kind,
                    looks_at: raw.looks_at,
                    planned: raw.planned,
                    fresh_for,
                    fresh_reason,
                };
                if self.checks.insert(id.clone(), check).is_some() {
                    self.defects.push(format!("check {id} is declared twice"));
                }
            }
        }
    }

    fn profile(&mut self, raw: RawProfile) {
        let when = self.predicate(&raw.id, &raw.when);
        let tunes = raw.tune.into_iter().map(|raw| Tune {
            control: raw.control,
            parameter: raw.parameter,
            value: raw.value,
            reason: raw.reason,
        });
        self.profiles.push(Profile {
            id: raw.id,
            title: raw.title,
            description: raw.description,
            when,
            families: raw.families,
            controls: raw.controls,
            tunes: tunes.collect(),
        });
    }

    fn predicate(&mut self, owner: &str, text: &str) -> Predicate {
        Predicate::parse(text).unwrap_or_else(|error| {
            self.defects.push(format!("{owner}: {error}"));
            Predicate::Always
        })
    }

    fn freshness(&mut self, owner: &str, text: &str) -> Freshness {
        Freshness::parse(text).unwrap_or_else(|| {
            self.defects.push(format!("{owner}: `{text}` is no time that evidence stays fresh"));
            Freshness::Hours(1)
        })
    }
}
