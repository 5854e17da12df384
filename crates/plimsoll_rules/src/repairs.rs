//! What a program can put right: the table of findings whose repair is one value of one setting,
//! and the few that want another change.
//!
//! A rule whose repair depends on what it saw sets [`Finding::repair`] itself.

use plimsoll_catalog::{Change, Finding, Repair};
use plimsoll_facts::Facts;
use plimsoll_python::Origin;
use plimsoll_source::{RepoPath, Span};

/// Rule, setting, and the value that puts it right as a Python expression. None of them is safe:
/// each changes what visitors or other environments of the project see.
const VALUES: [(&str, &str, &str); 12] = [
    ("debug-enabled", "DEBUG", "False"),
    ("exceptions-propagated", "DEBUG_PROPAGATE_EXCEPTIONS", "False"),
    ("ssl-redirect-disabled", "SECURE_SSL_REDIRECT", "True"),
    ("session-cookie-insecure", "SESSION_COOKIE_SECURE", "True"),
    ("session-cookie-script-readable", "SESSION_COOKIE_HTTPONLY", "True"),
    ("session-cookie-samesite-none", "SESSION_COOKIE_SAMESITE", "'Lax'"),
    ("csrf-cookie-insecure", "CSRF_COOKIE_SECURE", "True"),
    ("csrf-cookie-samesite-none", "CSRF_COOKIE_SAMESITE", "'Lax'"),
    ("nosniff-disabled", "SECURE_CONTENT_TYPE_NOSNIFF", "True"),
    ("xframe-options-not-deny", "X_FRAME_OPTIONS", "'DENY'"),
    ("referrer-policy-missing", "SECURE_REFERRER_POLICY", "'same-origin'"),
    ("opener-policy-disabled", "SECURE_CROSS_ORIGIN_OPENER_POLICY", "'same-origin'"),
];

/// The repair of a finding, where a program can do it.
pub(crate) fn of(facts: &Facts, finding: &Finding) -> Option<Repair> {
    if let Some((_, setting, value)) = VALUES.iter().find(|(rule, ..)| *rule == finding.rule) {
        return value_of(facts, setting, value);
    }
    match finding.rule {
        "debug-default-on" => Some(Repair {
            is_safe: false,
            does: "let DEBUG fall back to off".to_owned(),
            changes: vec![Change::SetDefault { at: finding.at.clone(), value: "False".to_owned() }],
        }),
        // Django does not read it any more, so nothing can break.
        "xss-filter-setting-obsolete" => {
            Some(Repair { is_safe: true, ..take_out(facts, "SECURE_BROWSER_XSS_FILTER")? })
        }
        _ => None,
    }
}

/// A line at the end of the `.gitignore` at the top. Nothing at run time reads it.
pub(crate) fn ignore(path: &RepoPath) -> Option<Repair> {
    let line = format!("/{path}");
    let change = Change::AddLine { file: RepoPath::new(".gitignore")?, line };
    let does = format!("add /{path} to .gitignore");
    Some(Repair { is_safe: true, does, changes: vec![change] })
}

/// Another name for a setting; what it asks for comes into force.
pub(crate) fn rename(at: &Span, name: &str, to: &str) -> Repair {
    let change = Change::Rename { at: at.clone(), name: name.to_owned(), to: to.to_owned() };
    Repair { is_safe: false, does: format!("rename {name} to {to}"), changes: vec![change] }
}

/// Other words in the place of some that stand once within a span.
pub(crate) fn replace(at: &Span, old: &str, new: &str, is_safe: bool, does: String) -> Repair {
    let (old, new) = (old.to_owned(), new.to_owned());
    let change = Change::Replace { at: at.clone(), old, new, every: false };
    Repair { is_safe, does, changes: vec![change] }
}

/// Lines below the line on which a span ends, as deep as it.
pub(crate) fn add_below(at: &Span, lines: &[&str], is_safe: bool, does: String) -> Repair {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    let change = Change::Insert { at: at.clone(), lines, inside: false };
    Repair { is_safe, does, changes: vec![change] }
}

/// `exec` before a command of a script that nothing follows.
pub(crate) fn exec(facts: &Facts, command: &plimsoll_formats::command::Command) -> Option<Repair> {
    let at = &command.name.span;
    let script = facts.scripts.iter().find(|script| script.path == at.file)?;
    let last = script.script.commands.last()?;
    let is_last = last.span.start <= at.start && at.end <= last.span.end;
    // A wrapper is started in its place: `poetry run gunicorn`.
    if !is_last || !command.wrappers.is_empty() || !last.inside.is_empty() {
        return None;
    }
    let name = &command.name.value;
    let does = format!("write exec before {name} in {}", at.file);
    Some(replace(at, name, &format!("exec {name}"), false, does))
}

/// Sets a value where the project writes it out, or adds it to the settings of production.
fn value_of(facts: &Facts, setting: &str, value: &str) -> Option<Repair> {
    let name = setting.to_owned();
    let found = facts.settings.get(setting)?;
    let value = value.to_owned();
    let does = format!("set {name} to {value}");
    let change = match found.origin {
        // What comes from a variable is put right where the variable is set.
        Origin::Project if !found.variables.is_empty() => return None,
        Origin::Project => Change::Set { at: found.at.clone()?, name, value },
        Origin::Default => Change::Assign { file: facts.settings.file.clone()?, name, value },
    };
    Some(Repair { is_safe: false, does, changes: vec![change] })
}

fn take_out(facts: &Facts, setting: &str) -> Option<Repair> {
    let at = facts.settings.get(setting)?.at.clone()?;
    let change = Change::Remove { at, name: setting.to_owned() };
    Some(Repair { is_safe: false, does: format!("take {setting} out"), changes: vec![change] })
}
