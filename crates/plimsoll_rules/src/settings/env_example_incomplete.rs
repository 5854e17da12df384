//! `env-example-incomplete`: the example of the env file lacks a variable that the settings read.

use std::collections::BTreeSet;

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-example-incomplete",
    control: "SET-11",
    title: "the example of the env file lacks a variable that the settings read",
    what: "Every variable that the production settings read against the examples of env files (`.env.example` and the like), commented lines included.",
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
    let reads: Vec<_> = facts
        .settings
        .variables
        .iter()
        .filter(|used| used.name != "DJANGO_SETTINGS_MODULE")
        .collect();
    if reads.is_empty() {
        look.evidence(
            "the settings read no variable",
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
        return;
    }
    let templates: Vec<_> = facts.env_files.iter().filter(|file| file.is_template).collect();
    if templates.is_empty() {
        let Some(first) = reads.first() else { return };
        look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "the settings read environment variables and no example of an env file documents them".to_owned(),
                consequence: "whoever sets up the next host has to read the code to know what to set".to_owned(),
                fix: "add .env.example with every variable, and no real value".to_owned(),
            },
        );
        return;
    }
    let documented: BTreeSet<&str> = templates
        .iter()
        .flat_map(|file| {
            file.variables
                .iter()
                .map(|(name, ..)| name.as_str())
                .chain(file.commented.iter().map(String::as_str))
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut missing: Vec<_> = reads
        .iter()
        .filter(|used| !documented.contains(used.name.as_str()) && seen.insert(used.name.as_str()))
        .collect();
    // What has no fallback stops the process and comes first.
    missing.sort_by_key(|used| used.fallback.is_some());
    let Some(first) = missing.first() else {
        look.evidence(
            "every variable that the settings read is documented",
            templates.first().map(|file| plimsoll_source::Span::of_file(file.path.clone())),
        );
        return;
    };
    let names: Vec<&str> = missing.iter().map(|used| used.name.as_str()).collect();
    let shown = names.iter().take(6).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(6);
    look.finding(
        first.at.clone(),
        Fault {
            severity: Severity::Warning,
            message: format!(
                "no example of an env file names {shown}{}",
                if more > 0 { format!(" and {more} more") } else { String::new() }
            ),
            consequence:
                "a host that is set up by the example runs on fallbacks, or does not start"
                    .to_owned(),
            fix: "add them to the example, without a real value".to_owned(),
        },
    );
}
