//! `env-example-incomplete`: the example of the env file lacks a variable that the settings read.

use std::collections::BTreeSet;

use plimsoll_catalog::Severity;
use plimsoll_facts::{Declaration, ProcessKind};
use plimsoll_python::{Value, VariableUse};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-example-incomplete",
    control: "SET-11",
    title: "the example of the env file lacks a variable that the settings read",
    what: "Every variable that the production settings read against what the repository says of variables: examples of env files (`.env.example` and the like, commented lines included), env files that it holds, and what compose and platform files set. Variables that every hosting platform sets by itself (`PORT`, `RENDER_…`) are left alone. Variables with a fallback of their own are a note.",
    why: "Whoever sets up the next host copies the example and starts a site on fallbacks: without mail, without error tracking, with the default cache.",
    bad: "```python settings.py
import os
A = os.environ['SHOP_A']
B = os.environ['SHOP_B']
```
```ini .env.example
SHOP_A=
```",
    good: "```python settings.py
import os
A = os.environ['SHOP_A']
B = os.environ['SHOP_B']
```
```ini .env.example
SHOP_A=
SHOP_B=
```",
    sources: &["https://12factor.net/config"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let reads: Vec<&VariableUse> = facts
        .settings
        .variables
        .iter()
        .filter(|used| used.name != "DJANGO_SETTINGS_MODULE" && !is_of_platform(&used.name))
        .collect();
    if reads.is_empty() {
        look.evidence(
            "the settings read no variable",
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
        return;
    }
    let files: Vec<_> = facts.env_documents().collect();
    let documented: BTreeSet<&str> = files
        .iter()
        .flat_map(|file| {
            file.variables
                .iter()
                .map(|(name, ..)| name.as_str())
                .chain(file.commented.iter().map(String::as_str))
        })
        .collect();
    // Compose and platform files document what they set, but not for a host of another kind.
    let on_host = facts.processes.iter().any(|process| {
        process.kind == ProcessKind::Web
            && matches!(process.declared, Declaration::Unit | Declaration::Supervisor)
    });
    let is_documented =
        |name: &str| documented.contains(name) || !on_host && facts.example_of(name).is_some();
    // A reading whose fallback is another variable, named beside it: either will do.
    let beside = |used: &VariableUse| {
        reads.iter().any(|other| {
            other.at.file == used.at.file
                && other.at.start.line == used.at.start.line
                && is_documented(&other.name)
        })
    };
    let mut seen = BTreeSet::new();
    let missing = reads.iter().copied().filter(|used| {
        !used.is_set && !is_documented(&used.name) && !beside(used) && seen.insert(&used.name)
    });
    let (needed, optional): (Vec<_>, Vec<_>) = missing.partition(|used| is_needed(used));
    let template = files.iter().find(|file| file.is_template).or(files.first());
    let (first, severity) = match (needed.first(), optional.first()) {
        (Some(first), _) => (first, Severity::Warning),
        (None, Some(first)) => (first, Severity::Note),
        (None, None) => {
            look.evidence(
                "every variable that the settings read is documented or set",
                template.map(|file| plimsoll_source::Span::of_file(file.path.clone())),
            );
            return;
        }
    };
    let (message, consequence) = told(template.is_some(), &needed, &optional);
    let fix = match template {
        Some(_) => "add them to the example, without a real value",
        None => "add .env.example with every variable, and no real value",
    };
    look.finding(
        first.at.clone(),
        Fault { severity, message, consequence: consequence.to_owned(), fix: fix.to_owned() },
    );
}

fn told(
    is_there: bool,
    needed: &[&VariableUse],
    optional: &[&VariableUse],
) -> (String, &'static str) {
    let listed = |uses: &[&VariableUse]| {
        let names: Vec<&str> = uses.iter().map(|used| used.name.as_str()).collect();
        let shown = names.iter().take(6).copied().collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(6);
        format!("{shown}{}", if more > 0 { format!(" and {more} more") } else { String::new() })
    };
    match (is_there, needed.is_empty()) {
        (true, false) => (
            format!(
                "no example of an env file names {}, which the settings read without a usable fallback",
                listed(needed)
            ),
            "a host that is set up by the example does not start, or lacks what these switch on",
        ),
        (false, false) => (
            format!(
                "the settings read {} without a usable fallback, and no example of an env file documents what they read",
                listed(needed)
            ),
            "whoever sets up the next host has to read the code to know what to set",
        ),
        (true, true) => (
            format!("no example of an env file names {}; each has a fallback", listed(optional)),
            "a host that is set up by the example runs on the fallbacks, which may be what is meant",
        ),
        (false, true) => (
            format!(
                "no example of an env file documents {}; each has a fallback",
                listed(optional)
            ),
            "whoever sets up the next host runs on the fallbacks, or has to read the code",
        ),
    }
}

/// Whether the settings do not do without it: there is no fallback, or an empty one.
fn is_needed(used: &VariableUse) -> bool {
    match &used.fallback {
        None | Some(Value::None) => true,
        Some(Value::Str(text)) => text.trim().is_empty(),
        Some(value) => value.items().is_some_and(<[Value]>::is_empty),
    }
}

/// Variables that hosting platforms, CI services and the system set by themselves.
fn is_of_platform(name: &str) -> bool {
    const WHOLE: [&str; 12] = [
        "PORT",
        "HOME",
        "PATH",
        "USER",
        "HOSTNAME",
        "PWD",
        "CI",
        "DYNO",
        "CODESPACES",
        "TMPDIR",
        "K_SERVICE",
        "TZ",
    ];
    const STARTS: [&str; 10] = [
        "RENDER_",
        "RAILWAY_",
        "HEROKU_",
        "FLY_",
        "VERCEL_",
        "GITHUB_",
        "GITPOD_",
        "KUBERNETES_",
        "WEBSITE_",
        "GAE_",
    ];
    WHOLE.contains(&name) || name == "RENDER" || STARTS.iter().any(|start| name.starts_with(start))
}
