//! `debug-default-on`: DEBUG falls back to on when its variable is missing.

use plimsoll_catalog::Severity;
use plimsoll_facts::Reading;
use plimsoll_python::{Value, VariableUse};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "debug-default-on",
    control: "SET-01",
    title: "DEBUG falls back to on when its variable is missing",
    what: "What DEBUG becomes when the environment variables that it is read from are not set: the fallback in the code.",
    why: "A new host, a renamed variable or a unit without its environment file starts the site with DEBUG on, and nobody is told. The fallback of a switch must be its safe side.",
    bad: "```python settings.py
import os
DEBUG = os.environ.get('DEBUG', 'True') == 'True'
```",
    good: "```python settings.py
import os
DEBUG = os.environ.get('DEBUG', 'False') == 'True'
```",
    sources: &["https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#debug"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(setting) = facts.settings.get("DEBUG") else { return };
    let reads: Vec<&VariableUse> = facts
        .settings
        .variables
        .iter()
        .filter(|used| setting.variables.contains(&used.name))
        .collect();
    if reads.is_empty() {
        look.evidence("DEBUG is read from no environment variable", facts.place_of("DEBUG"));
    }
    // Nothing sets the variables: what DEBUG is without them is what the settings say in the end.
    if let Reading::Assumed { value, .. } = facts.reading("DEBUG")
        && let Some(on) = value.truth()
        && let Some(used) = super::decisive(&reads, setting)
    {
        judge(look, used, on);
        return;
    }
    let reads = super::last_reads(reads, setting);
    for used in reads {
        match used.fallback.as_ref().map(turns_on) {
            None => look.evidence(
                format!("{} has no fallback: the process stops without it", used.name),
                Some(used.at.clone()),
            ),
            // What happens without it is decided by code that follows the reading.
            Some(_) if used.fallback == Some(Value::None) => look.undetermined(
                format!("what DEBUG is without {} is decided after it is read", used.name),
                "give the default where the variable is read, or check without it: --env OTHER=VALUE",
                Some(used.at.clone()),
            ),
            Some(on) => judge(look, used, on),
        }
    }
}

fn judge(look: &mut Look, used: &VariableUse, on: bool) {
    if !on {
        look.evidence(format!("DEBUG is off when {} is not set", used.name), Some(used.at.clone()));
        return;
    }
    // Whoever sets up a host by the book sets it; the fallback stays the wrong one.
    let variables = look.facts.open_variables("DEBUG");
    let mut examples = variables.iter().filter_map(|name| look.facts.example_of(name));
    let named = examples.next().map(|(file, _)| file.clone());
    let message = match &named {
        Some(file) => {
            format!(
                "DEBUG is on when {} is not set; {file} names it, and nothing stops a host that lacks it",
                used.name
            )
        }
        None => format!("DEBUG is on when {} is not set", used.name),
    };
    look.finding(
        used.at.clone(),
        Fault {
            severity: if named.is_some() { Severity::Warning } else { Severity::Error },
            message,
            consequence: "a host, container or command that lacks the variable runs with DEBUG on, and nothing says so".to_owned(),
            fix: format!("let {} fall back to off", used.name),
        },
    );
}

/// Whether a fallback means "on": true itself, or a text that is commonly compared with for true.
fn turns_on(fallback: &Value) -> bool {
    match fallback {
        Value::Str(text) => {
            matches!(
                text.trim().to_ascii_lowercase().as_str(),
                "1" | "true" | "t" | "yes" | "y" | "on"
            )
        }
        other => other.truth() == Some(true),
    }
}
