//! `application-mode-not-production`: the project's own mode variable names another mode.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::{Value, VariableUse};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "application-mode-not-production",
    control: "SET-12",
    title: "the project's own mode variable is not set to production",
    what: "Variables by which the settings choose a mode of their own (`ENVIRONMENT`, `APP_ENV`, `DJANGO_ENV`, `SYSTEM_MODE` and their like), as production's environment sets them, and the mode that the code falls to where it does not. `SENTRY_ENVIRONMENT` and other labels are left alone, and so is a mode that is neither production's nor one for developing, such as `staging`: the environment that was read may be that of another system.",
    why: "A mode of its own decides what no Django setting shows: whether messages really go out, whether a test banner is shown, whether demo data is loaded. Left at the default, everything looks right and nothing is sent.",
    bad: "```python settings.py
import os
APP_ENV = os.environ.get('APP_ENV', 'development')
```
```ini process.env
APP_ENV=development
```",
    good: "```python settings.py
import os
APP_ENV = os.environ.get('APP_ENV', 'development')
```
```ini process.env
APP_ENV=production
```",
    sources: &["https://12factor.net/config"],
    check,
};

/// What a mode is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Production,
    Development,
    Other,
}

/// Whether a variable chooses a mode by its name.
pub(crate) fn is_mode(name: &str) -> bool {
    const WHOLE: [&str; 16] = [
        "ENV",
        "ENVIRONMENT",
        "ENV_NAME",
        "ENVIRONMENT_NAME",
        "STAGE",
        "APP_MODE",
        "SYSTEM_MODE",
        "DJANGO_MODE",
        "RUN_MODE",
        "APPLICATION_MODE",
        "DEPLOY_ENV",
        "DEPLOYMENT",
        "DEPLOYMENT_TYPE",
        "APP_STAGE",
        "SERVER_ENV",
        "SERVER_ENVIRONMENT",
    ];
    let other = ["SENTRY", "VIRTUAL", "NODE", "CONDA", "ROLLBAR", "NEW_RELIC", "DD_", "ELASTIC"];
    !other.iter().any(|word| name.starts_with(word))
        && (WHOLE.contains(&name) || name.ends_with("_ENV") || name.ends_with("_ENVIRONMENT"))
}

/// Whether the settings fall to a mode for developing where this variable is not set.
pub(crate) fn falls_to_developing(used: &VariableUse) -> bool {
    let fallback = used.fallback.as_ref().and_then(Value::text);
    is_mode(&used.name) && !used.is_set && fallback.map(mode) == Some(Mode::Development)
}

fn mode(text: &str) -> Mode {
    match text.trim().to_ascii_lowercase().as_str() {
        "production" | "prod" | "prd" | "live" | "release" => Mode::Production,
        "development" | "develop" | "dev" | "local" | "localhost" | "test" | "testing"
        | "debug" => Mode::Development,
        _ => Mode::Other,
    }
}

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut seen = BTreeSet::new();
    for used in facts.settings.variables.iter().filter(|used| is_mode(&used.name)) {
        if seen.insert(used.name.as_str()) {
            judge(look, used);
        }
    }
}

fn judge(look: &mut Look, used: &VariableUse) {
    let facts = look.facts;
    let name = used.name.as_str();
    let environment = &facts.environment.environment;
    let fallback = used.fallback.as_ref().and_then(Value::text);
    if let Some(variable) = environment.variables.get(name) {
        let at = variable.at.clone().unwrap_or_else(|| used.at.clone());
        match mode(variable.value.expose()) {
            Mode::Production => look.evidence(format!("{name} says production"), Some(at)),
            Mode::Development => {
                look.finding(
                    at,
                    fault(Severity::Error, format!("{name} is set to a mode for developing")),
                );
            }
            Mode::Other => look.undetermined(
                format!("whether the mode that {name} is set to is production's cannot be told"),
                format!("check with production's environment: --env {name}=VALUE"),
                Some(at),
            ),
        }
        return;
    }
    let unknown = environment.unknown.contains_key(name) || used.is_set;
    match fallback.map(mode).filter(|_| !unknown) {
        Some(Mode::Development) => {
            let complete = facts.environment.is_complete();
            let named = facts.example_of(name).filter(|_| !complete);
            let told = named.map(|(_, value)| value.map(|value| mode(value.expose())));
            if let (Some((file, _)), Some(told)) = (named, told)
                && told != Some(Mode::Development)
            {
                look.undetermined(
                    format!(
                        "the settings fall to a mode for developing without {name}, which {file} names for whoever sets up a host"
                    ),
                    format!("check with production's environment: --env {name}=VALUE"),
                    Some(used.at.clone()),
                );
                return;
            }
            let message = if let Some((file, _)) = named {
                format!(
                    "the settings fall to a mode for developing unless {name} says something else than {file}"
                )
            } else if complete {
                format!("{name} is not set, and the settings fall to a mode for developing")
            } else {
                format!(
                    "the settings fall to a mode for developing unless {name} is set, and nothing in the repository sets it"
                )
            };
            let severity = if complete { Severity::Error } else { Severity::Warning };
            let finding = look.finding(used.at.clone(), fault(severity, message));
            if !complete {
                finding.confidence = Confidence::Medium;
            }
        }
        Some(Mode::Production) => {
            look.evidence(
                format!("without {name} the settings fall to production"),
                Some(used.at.clone()),
            );
        }
        _ => look.undetermined(
            format!("{name} is not known"),
            format!("check with production's environment: --env {name}=VALUE"),
            Some(used.at.clone()),
        ),
    }
}

fn fault(severity: Severity, message: String) -> Fault {
    Fault {
        severity,
        message,
        consequence: "what the project keeps for production stays off, and what it keeps for trying out stays on, without any error".to_owned(),
        fix: "set it to production in the environment of every process, and give the reading no fallback, so that a missing value stops the start".to_owned(),
    }
}
