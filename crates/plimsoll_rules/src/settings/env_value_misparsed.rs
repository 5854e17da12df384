//! `env-value-misparsed`: a variable's text does not mean what the settings take it for.

use plimsoll_catalog::{Related, Severity};
use plimsoll_python::{Defaults, Origin, Setting, Value, defaults};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-value-misparsed",
    control: "SET-10",
    title: "a variable's text does not survive its cast",
    what: "Variables that production's environment sets, with what the settings make of them: `bool()` of a text that says no; a text left where Django wants a boolean, a list or a number; brackets and quotes of Python left in the items of a split list; a comment behind a value that the reader takes for part of it. DEBUG, ALLOWED_HOSTS and origins have rules of their own.",
    why: "The environment holds text only. `bool('False')` is true, a list that is not split is a list of letters, and `3600  # one hour` is no number. None of it is an error at the place where it is made.",
    bad: "```python settings.py
import os
SESSION_COOKIE_SECURE = bool(os.environ.get('COOKIE_SECURE', ''))
```
```ini process.env
COOKIE_SECURE=False
```",
    good: "```python settings.py
import os
SESSION_COOKIE_SECURE = os.environ.get('COOKIE_SECURE', '').lower() == 'true'
```
```ini process.env
COOKIE_SECURE=False
```",
    sources: &[
        "https://docs.python.org/3/library/stdtypes.html#truth-value-testing",
        "https://docs.python.org/3/library/os.html#os.environ",
    ],
    check,
};

/// Settings with rules of their own.
const OTHERS: [&str; 9] = [
    "DEBUG",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "CORS_ALLOWED_ORIGINS",
    "CORS_ORIGIN_WHITELIST",
    "CORS_ALLOWED_ORIGIN_REGEXES",
    "SECURE_PROXY_SSL_HEADER",
    "INSTALLED_APPS",
    "MIDDLEWARE",
];

/// Numbers that Django does arithmetic with or compares; it passes others on as they are.
const COUNTED: [&str; 8] = [
    "SESSION_COOKIE_AGE",
    "CSRF_COOKIE_AGE",
    "PASSWORD_RESET_TIMEOUT",
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "DATA_UPLOAD_MAX_NUMBER_FIELDS",
    "DATA_UPLOAD_MAX_NUMBER_FILES",
    "FILE_UPLOAD_MAX_MEMORY_SIZE",
    "FILE_UPLOAD_PERMISSIONS",
];

fn check(look: &mut Look) {
    let mut sound = of_casts(look);
    sound += of_settings(look);
    of_comments(look);
    if sound > 0 {
        look.evidence(
            format!("{sound} values that come from variables are of the kind that is wanted"),
            None,
        );
    }
}

/// Whether a text says no in the words that people use for it.
fn says_no(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "false" | "0" | "no" | "off" | "n" | "f" | "none" | "null" | "disabled"
    )
}

/// `bool()` of the text of a variable; gives how many were harmless.
fn of_casts(look: &mut Look) -> usize {
    let facts = look.facts;
    let mut harmless = 0;
    for used in
        facts.settings.variables.iter().filter(|used| used.cast.as_deref() == Some("bool()"))
    {
        let Some(variable) = facts.environment.environment.variables.get(&used.name) else {
            continue;
        };
        if !says_no(variable.value.expose()) {
            harmless += 1;
            continue;
        }
        let name = &used.name;
        let finding = look.finding(
            used.at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!("bool() is taken of the text of {name}, which says no and is true"),
                consequence: "every text but the empty one is true: the switch is on, though the environment says off".to_owned(),
                fix: format!("compare the text (os.environ.get(\"{name}\", \"\").lower() in (\"1\", \"true\", \"yes\")), or use the cast of a configuration library"),
            },
        );
        if let Some(at) = &variable.at {
            finding.related.push(Related { at: at.clone(), message: "set here".to_owned() });
        }
    }
    harmless
}

/// Django's settings that come from variables and are of another kind than Django's default; gives
/// how many were of the same.
fn of_settings(look: &mut Look) -> usize {
    let facts = look.facts;
    let version = facts
        .django
        .as_ref()
        .map(|parts| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."));
    let defaults = defaults(version.as_deref());
    let mut sound = 0;
    let from_variables = facts.settings.settings.iter().filter(|(name, setting)| {
        setting.origin == Origin::Project
            && !setting.variables.is_empty()
            && !OTHERS.contains(&name.as_str())
    });
    for (name, setting) in from_variables {
        let Some(value) = facts.certain(name) else { continue };
        match wrong(name, value, &defaults) {
            Some((message, consequence, fix)) => {
                if let Some(at) = &setting.at {
                    let fault = Fault { severity: Severity::Error, message, consequence, fix };
                    look.finding(at.clone(), fault);
                    relate_variables(look, setting);
                }
            }
            None => sound += 1,
        }
    }
    sound
}

fn relate_variables(look: &mut Look, setting: &Setting) {
    for name in setting.variables.iter().take(3) {
        let variable = look.facts.environment.environment.variables.get(name);
        if let Some(at) = variable.and_then(|variable| variable.at.clone()) {
            look.relate(Related { at, message: format!("{name} is set here") });
        }
    }
}

/// What is wrong with a value, what comes of it, and what to do.
fn wrong(name: &str, value: &Value, defaults: &Defaults) -> Option<(String, String, String)> {
    let said = |message: String, consequence: &str, fix: &str| {
        Some((message, consequence.to_owned(), fix.to_owned()))
    };
    if let Some(items) = value.items() {
        let left = items.iter().filter_map(Value::text).any(|item| {
            item.starts_with(['[', '(', '"', '\'']) || item.ends_with([']', '"', '\''])
        });
        // Regular expressions may begin with brackets.
        let is_pattern =
            name.contains("REGEX") || name.contains("EXEMPT") || name.contains("IGNORABLE");
        return if left && !is_pattern {
            said(
                format!("the items of {name} hold brackets or quotes of Python"),
                "the variable is split at commas, so that the brackets and quotes belong to the items, and none of them ever matches",
                "write the variable as a plain list: a,b,c",
            )
        } else {
            None
        };
    }
    let text = value.text().filter(|text| !text.is_empty() && !matches!(value, Value::Path(_)))?;
    match defaults.get(name)? {
        Value::Bool(_) if says_no(text) => said(
            format!("{name} is a text that says no, and every text but the empty one is true"),
            "the switch is on, though the environment says off",
            "cast it to a boolean: compare the text, or use the cast of a configuration library",
        ),
        Value::List(_) | Value::Tuple(_) => said(
            format!("{name} is one text, and Django wants a list"),
            "Django stops at it, or goes through its letters one by one",
            "split it: [item.strip() for item in os.environ[\"NAME\"].split(\",\")], or use the list cast of a configuration library",
        ),
        Value::Int(_) if COUNTED.contains(&name) => said(
            format!("{name} is a text, and Django wants a number"),
            "Django compares it or does sums with it, and every request that needs it fails with a TypeError",
            "cast it: int(os.environ[\"NAME\"])",
        ),
        _ => None,
    }
}

/// Values with a comment in them that some reader did not take off.
fn of_comments(look: &mut Look) {
    let facts = look.facts;
    for (name, variable) in &facts.environment.environment.variables {
        let text = variable.value.expose();
        let Some(at) = &variable.at else { continue };
        let comment = text.find(" #").is_some_and(|hash| {
            let (before, after) = (text.get(..hash), text.get(hash + 2..));
            let is_word = after.is_some_and(|after| {
                after.starts_with(' ') && after.chars().filter(|c| c.is_alphabetic()).count() >= 3
            });
            is_word
                && before
                    .is_some_and(|before| !before.trim().is_empty() && !before.trim().contains(' '))
        });
        if comment && facts.names_variable(name) {
            look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("the value of {name} ends with a comment, which its reader takes for part of it"),
                    consequence: "the settings get the comment along with the value: a number does not parse, a key is another one than elsewhere".to_owned(),
                    fix: "put comments on lines of their own".to_owned(),
                },
            );
        }
    }
}
