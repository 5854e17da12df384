//! Rules about secrets in the repository and the environment.

mod credential_reused;
mod credential_weak;
mod database_file_tracked;
mod dump_file_tracked;
mod env_file_not_ignored;
mod env_file_tracked;
mod image_holds_secret;
mod personal_data_tracked;
mod private_key_tracked;
mod secret_default_in_compose;
mod secret_default_in_settings;
mod secret_in_compose;
mod secret_in_history;
mod secret_in_repository;
mod secret_literal_in_settings;
mod secret_on_command_line;
mod secrets_manager_unread;

use crate::{Fault, Look, Rule};
use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, LeakKind, Standing, StrayKind};
use plimsoll_source::{RepoPath, Span};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    secret_in_repository::RULE,
    secret_in_history::RULE,
    env_file_tracked::RULE,
    private_key_tracked::RULE,
    database_file_tracked::RULE,
    dump_file_tracked::RULE,
    personal_data_tracked::RULE,
    secret_literal_in_settings::RULE,
    secret_default_in_settings::RULE,
    secret_default_in_compose::RULE,
    secret_on_command_line::RULE,
    credential_weak::RULE,
    credential_reused::RULE,
    env_file_not_ignored::RULE,
    image_holds_secret::RULE,
    secret_in_compose::RULE,
    secrets_manager_unread::RULE,
];

/// How much a leak weighs, by what it opens and where it stands.
fn weight(kind: LeakKind, standing: Standing) -> Severity {
    let whole = match kind {
        LeakKind::Key => Severity::Error,
        LeakKind::Password | LeakKind::Limited | LeakKind::Hash => Severity::Warning,
        LeakKind::Brief => Severity::Note,
    };
    match standing {
        Standing::Main => whole,
        Standing::Development => whole.min(Severity::Warning),
        _ => Severity::Note,
    }
}

fn confidence(kind: LeakKind) -> Confidence {
    match kind {
        LeakKind::Key => Confidence::High,
        LeakKind::Password | LeakKind::Hash => Confidence::Medium,
        LeakKind::Limited | LeakKind::Brief => Confidence::Low,
    }
}

fn consequence(kind: LeakKind) -> &'static str {
    match kind {
        LeakKind::Key => "whoever has a copy of the repository has the key",
        LeakKind::Password => "whoever has a copy of the repository can log in there",
        LeakKind::Limited => {
            "whoever has a copy of the repository can use it, as far as its provider lets them"
        }
        LeakKind::Hash => {
            "whoever has a copy of the repository can try passwords against it, unseen and without end"
        }
        LeakKind::Brief => "whoever had a copy before it ended could act as its owner",
    }
}

fn remedy(kind: LeakKind) -> &'static str {
    match kind {
        LeakKind::Key | LeakKind::Brief => {
            "revoke it at its provider first, then take it out; taking it out of the newest commit leaves it in the history"
        }
        LeakKind::Limited => {
            "limit it at its provider to the sites and services that need it, or revoke it; then read it from the environment"
        }
        LeakKind::Password => "change the password, then read the address from the environment",
        LeakKind::Hash => "change the password of the account, then take the hash out",
    }
}

/// What is said of a stray file.
struct Told {
    severity: Severity,
    message: String,
    consequence: String,
    fix: String,
}

fn told(severity: Severity, message: &str, consequence: &str, fix: &str) -> Told {
    let (message, consequence, fix) = (message.to_owned(), consequence.to_owned(), fix.to_owned());
    Told { severity, message, consequence, fix }
}

/// Whether the value of a secret is empty, another variable's, or one that a template carries.
fn is_to_be_filled_in(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let words = [
        "your",
        "change",
        "example",
        "xxx",
        "placeholder",
        "replace",
        "insert",
        "dummy",
        "todo",
        "fill",
        "generate",
        "here",
        "...",
    ];
    text.is_empty()
        || text.starts_with(['$', '<', '{', '['])
        || matches!(text.as_str(), "secret" | "password" | "none" | "null")
        || words.iter().any(|word| text.contains(word))
        || crate::settings::is_placeholder(&text)
}

/// Reports the files of a kind that git tracks and should not, each as `told` says.
fn strays(look: &mut Look, kind: StrayKind, told: impl Fn(&Facts, &RepoPath) -> Told, none: &str) {
    let facts = look.facts;
    let mut any = false;
    for stray in facts.leaks.strays.iter().filter(|stray| stray.kind == kind && stray.tip.is_none())
    {
        if !facts.is_tracked(&stray.path) {
            continue;
        }
        let is_main = Standing::of(&stray.path).is_main();
        let Told { severity, message, consequence, fix } = told(facts, &stray.path);
        let severity = if is_main { severity } else { Severity::Note };
        any |= severity > Severity::Note;
        look.finding(
            Span::of_file(stray.path.clone()),
            Fault { severity, message, consequence, fix },
        );
    }
    if !any {
        look.evidence(none, None);
    }
}

/// Whether a variable's name says that it holds a password or key.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let secret = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
        "ACCESS_KEY",
        "ENCRYPTION_KEY",
    ];
    let innocent = [
        "TIMEOUT",
        "THROTTLE",
        "THRESHOLD",
        "LOCK",
        "LIMIT",
        "COUNT",
        "DAYS",
        "HOURS",
        "MINUTES",
        "SECONDS",
        "INTERVAL",
        "LIFETIME",
        "EXPIR",
        "_AGE",
        "_URL",
        "_FILE",
        "_PATH",
        "_HEADER",
        "MIN_LENGTH",
        "VALIDAT",
        "_NAME",
        "ALGORITHM",
        "ENABLED",
        "REQUIRED",
        "ACCESS_KEY_ID",
    ];
    secret.iter().any(|word| name.contains(word))
        && !innocent.iter().any(|word| name.contains(word))
}

/// Says what was seen of the secrets in the environment where nothing was wrong.
fn finish(look: &mut Look, any: bool, count: usize, what: &str) {
    if any {
        return;
    }
    if count == 0 {
        look.undetermined(
            "no secret of production's environment is known here",
            "check with production's environment: --env-file FILE",
            None,
        );
    } else if look.facts.environment.is_complete() {
        look.evidence(format!("{count} secrets of the known environment {what}"), None);
    } else {
        look.undetermined(
            format!("{count} secrets of the known environment {what}, and there may be more that is not known here"),
            "check with production's environment: --env-file FILE",
            None,
        );
    }
}
