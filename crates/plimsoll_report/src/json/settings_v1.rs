//! Version 1 of the JSON of `plimsoll settings`. Fields are added, never changed or removed.

use indexmap::IndexMap;
use plimsoll_python::{Origin, Setting as Evaluated, State, VariableUse};
use plimsoll_source::{Problem as Trouble, Span};
use serde::Serialize;
use serde_json::Value as Json;

use crate::settings::SettingsReport;
use crate::values::to_json;

#[derive(Serialize)]
pub(super) struct Settings<'a> {
    version: u32,
    module: &'a str,
    file: Option<String>,
    reason: Option<&'a str>,
    django: Option<&'a str>,
    environment: Environment,
    settings: IndexMap<&'a str, Setting>,
    stops: Vec<Problem>,
    variables: Vec<Variable>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Environment {
    given: bool,
    sources: Vec<String>,
    gaps: Vec<String>,
    left_out: Vec<String>,
    variables: Vec<String>,
}

#[derive(Serialize)]
struct Setting {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<Json>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<Json>,
    origin: &'static str,
    at: Option<Place>,
    via: Vec<Place>,
    variables: Vec<String>,
}

#[derive(Serialize)]
struct Place {
    file: String,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Problem {
    kind: Json,
    message: String,
    at: Place,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    at: Place,
    is_set: bool,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Json>,
    cast: Option<String>,
    reader: &'static str,
}

impl<'a> Settings<'a> {
    pub(super) fn new(report: &'a SettingsReport<'_>) -> Self {
        let settings = report.settings;
        let problems = |list: &[Trouble]| list.iter().map(|p| Problem::new(p, report)).collect();
        Self {
            version: 1,
            module: &settings.module,
            file: settings.file.as_ref().map(ToString::to_string),
            reason: report.reason.as_deref(),
            django: report.django.as_deref(),
            environment: Environment {
                given: report.environment.given,
                sources: report.environment.sources.iter().map(|s| s.text.clone()).collect(),
                gaps: report.environment.gaps.iter().map(|gap| gap.text.clone()).collect(),
                left_out: report.environment.left_out.iter().map(|s| s.text.clone()).collect(),
                variables: (report.environment.variables.iter())
                    .map(|(name, _)| name.clone())
                    .collect(),
            },
            settings: report
                .shown()
                .into_iter()
                .map(|(name, setting)| (name, Setting::new(setting, report)))
                .collect(),
            stops: problems(&settings.stops),
            variables: settings.variables.iter().map(|u| Variable::new(u, report)).collect(),
            problems: problems(&settings.problems),
        }
    }
}

/// Each setting's state and value, secrets by their length only, without places.
pub(super) fn values<'a>(report: &'a SettingsReport<'_>) -> Vec<(&'a str, Json)> {
    let value = |setting| {
        let wire = Setting::new(setting, report);
        serde_json::json!({
            "state": wire.state,
            "value": wire.value,
            "candidates": wire.candidates,
            "partial": wire.partial,
        })
    };
    report.shown().into_iter().map(|(name, setting)| (name, value(setting))).collect()
}

impl Setting {
    fn new(setting: &Evaluated, report: &SettingsReport<'_>) -> Self {
        let json = |value| to_json(value, report.show_secrets);
        let mut wire = Self {
            state: "known",
            value: None,
            candidates: None,
            reason: None,
            partial: None,
            origin: match setting.origin {
                Origin::Project => "project",
                Origin::Default => "default",
            },
            at: setting.at.as_ref().map(Place::new),
            via: setting.via.iter().map(Place::new).collect(),
            variables: setting.variables.clone(),
        };
        match &setting.state {
            State::Known(value) => wire.value = Some(json(value)),
            State::OneOf(values) => {
                wire.state = "one_of";
                wire.candidates = Some(values.iter().map(json).collect());
            }
            State::Unknown { reason, partial } => {
                wire.state = "unknown";
                wire.reason = Some(report.redactor.message(reason));
                if !matches!(partial, plimsoll_python::Value::Unknown { .. }) {
                    wire.partial = Some(json(partial));
                }
            }
        }
        wire
    }
}

impl Place {
    fn new(span: &Span) -> Self {
        Self { file: span.file.to_string(), line: span.start.line, column: span.start.column }
    }
}

impl Problem {
    fn new(problem: &Trouble, report: &SettingsReport<'_>) -> Self {
        Self {
            kind: serde_json::to_value(problem.kind).unwrap_or_default(),
            message: report.redactor.message(&problem.message),
            at: Place::new(&problem.at),
        }
    }
}

impl Variable {
    fn new(variable: &VariableUse, report: &SettingsReport<'_>) -> Self {
        Self {
            name: variable.name.clone(),
            at: Place::new(&variable.at),
            is_set: variable.is_set,
            required: variable.fallback.is_none(),
            fallback: variable.fallback.as_ref().map(|value| to_json(value, report.show_secrets)),
            cast: variable.cast.clone(),
            reader: variable.reader,
        }
    }
}
