//! `default-credentials`: an account is made with a password that stands in the code.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Facts, Routine, RoutinePlace};
use plimsoll_formats::shell::Word;
use plimsoll_python::code::PasswordFrom;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "default-credentials",
    control: "AUTH-12",
    title: "an account is made with a password that stands in the code",
    what: "Calls of `create_superuser`, `create_user` and `set_password` with a literal password, or with one that is the default of the command's argument, of a parameter or of a variable, in Python code and in what shell scripts, Makefiles and containers hand to `manage.py shell`; `DJANGO_SUPERUSER_PASSWORD` written out in a script, compose file, unit or image; fixtures with password hashes that a script of production loads, and SQL that inserts accounts with hashes. Tests, demo and seed data are left out by their names unless a script of production runs them, pipelines too, and placeholders that a variable fills.",
    why: "The account is on production with a password that everybody with the repository knows, and scanners try admin/admin first.",
    bad: "```python settings.py
DEBUG = False
```
```python accounts/management/commands/setup_admin.py
User.objects.create_superuser('admin', 'admin@example.org', 'admin')
```",
    good: "```python settings.py
DEBUG = False
```
```python accounts/management/commands/setup_admin.py
User.objects.create_superuser('admin', 'admin@example.org', os.environ['ADMIN_PASSWORD'])
```",
    sources: &["https://owasp.org/www-project-top-ten/2017/A2_2017-Broken_Authentication"],
    check,
};

/// Words of files that make accounts for trying things out.
const TRYING: [&str; 12] = [
    "demo",
    "sample",
    "seed",
    "fixture",
    "factory",
    "factories",
    "dummy",
    "fake",
    "dev",
    "local",
    "mock",
    "playwright",
];

/// An account with a known password.
struct Known {
    at: Span,
    what: String,
    superuser: bool,
    certain: bool,
    loaded: Option<Span>,
}

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = in_code(facts);
    found.extend(in_routines(facts));
    found.extend(in_environment(facts));
    found.extend(in_data(facts));
    let none = found.is_empty();
    for known in found {
        let finding = look.finding(
            known.at,
            Fault {
                severity: if known.superuser { Severity::Error } else { Severity::Warning },
                message: known.what,
                consequence: "wherever this has run, everybody with the repository can log in".to_owned(),
                fix: "read the password from the environment or a prompt, and change it where this has run".to_owned(),
            },
        );
        if !known.certain {
            finding.confidence = Confidence::Medium;
        }
        finding.related.extend(
            known.loaded.map(|at| Related { at, message: "production runs it here".to_owned() }),
        );
    }
    // A command that makes accounts may take the password from anywhere; and what seeds data for a trial may run in production as well.
    let unfollowed = facts.code.modules.iter().find_map(|module| {
        let path = module.path.as_str();
        let trial = is_trial(path);
        let is_run_by_hand = path.contains("management/commands/") || trial;
        let mut accounts = module.facts.accounts.iter();
        let account = accounts.find(|it| trial || it.given == PasswordFrom::Elsewhere);
        let mut passwords = module.facts.passwords.iter();
        let password = passwords.next().filter(|_| is_run_by_hand).map(|password| &password.at);
        account.map(|account| &account.at).or(password).cloned()
    });
    if let Some(at) = unfollowed.filter(|_| none) {
        look.undetermined(
            "a command of the project sets passwords of accounts here, and where they come from was not followed",
            "see that it takes them from a prompt or the environment, or that it never runs in production",
            Some(at),
        );
    } else if none {
        look.evidence(
            format!("{}, and so were scripts and fixtures: none makes an account with a written password", facts.code.looked_at()),
            None,
        );
    }
}

fn is_trial(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    TRYING.iter().any(|word| path.contains(word)) || path.contains("test")
}

fn told(superuser: bool) -> String {
    let who = if superuser { "a superuser" } else { "an account" };
    format!("{who} is made with a password that stands here")
}

fn in_code(facts: &Facts) -> Vec<Known> {
    let mut found = Vec::new();
    for module in &facts.code.modules {
        let called = called_at(facts, module.path.as_str());
        if is_trial(module.path.as_str()) && called.is_none() {
            continue;
        }
        // One finding for each password: a seed gives it to many accounts.
        let mut seen = BTreeSet::new();
        let mut accounts: Vec<_> = module.facts.accounts.iter().collect();
        accounts.sort_by_key(|account| !account.superuser);
        for account in accounts {
            let (at, what) = match &account.given {
                PasswordFrom::Written => (account.at.clone(), told(account.superuser)),
                PasswordFrom::Fallback(at) => (at.clone(), fallen_back(account.superuser)),
                PasswordFrom::Elsewhere => continue,
            };
            if seen.insert(at.clone()) {
                found.push(Known {
                    at,
                    what,
                    superuser: account.superuser,
                    certain: false,
                    loaded: called.clone(),
                });
            }
        }
    }
    found
}

/// Where a script of production runs a management command, by the command's file.
fn called_at(facts: &Facts, path: &str) -> Option<Span> {
    let name = path.rsplit('/').next()?.strip_suffix(".py")?;
    if !path.contains("management/commands/") {
        return None;
    }
    ours(facts).find_map(|routine| {
        let mut reached = routine.reached();
        reached.find(|(_, it)| it.managed() == Some(name)).map(|(command, _)| command.span.clone())
    })
}

fn fallen_back(superuser: bool) -> String {
    let who = if superuser { "a superuser" } else { "an account" };
    format!("{who} is made with this password where nobody gives another one")
}

/// What scripts hand to `manage.py shell`, and the password that they give `createsuperuser`.
fn in_routines(facts: &Facts) -> Vec<Known> {
    let mut found = Vec::new();
    for routine in ours(facts) {
        for set in routine.assignments().filter(|set| set.name == "DJANGO_SUPERUSER_PASSWORD") {
            let text = set.value.as_ref().and_then(Word::literal);
            if text.is_some_and(|text| !text.is_empty()) {
                found.push(Known {
                    at: set.span.clone(),
                    what: "the password of the superuser that createsuperuser makes stands here"
                        .to_owned(),
                    superuser: true,
                    certain: true,
                    loaded: None,
                });
            }
        }
        for command in routine.commands() {
            let words = command.words.iter().map(|word| (word.text.as_str(), &word.span));
            let bodies =
                command.heredocs.iter().map(|heredoc| (heredoc.body.text(), &heredoc.span));
            for (text, at) in words.chain(bodies) {
                for superuser in literal_accounts(text) {
                    let at = at.clone();
                    found.push(Known {
                        at,
                        what: told(superuser),
                        superuser,
                        certain: false,
                        loaded: None,
                    });
                }
            }
        }
    }
    found
}

fn ours(facts: &Facts) -> impl Iterator<Item = &Routine> {
    facts.routines.iter().filter(|routine| {
        routine.is_main()
            && !matches!(routine.place, RoutinePlace::Pipeline | RoutinePlace::Document)
            && !is_trial(routine.file.as_str())
            && !is_trial(&routine.name)
    })
}

/// The calls in a text of Python that make an account with a literal password: whether each makes
/// a superuser.
fn literal_accounts(text: &str) -> Vec<bool> {
    let mut found = Vec::new();
    for (call, superuser) in [("create_superuser(", true), ("create_user(", false)] {
        for (at, _) in text.match_indices(call) {
            let arguments = text.get(at + call.len()..).unwrap_or("");
            let arguments = arguments.split(')').next().unwrap_or("");
            let parts: Vec<&str> = arguments.split(',').map(str::trim).collect();
            let named = parts.iter().find_map(|part| part.strip_prefix("password="));
            let third = parts.get(2).copied().filter(|part| !part.contains('='));
            if named.or(third).is_some_and(is_literal) {
                found.push(superuser);
            }
        }
    }
    found
}

fn is_literal(argument: &str) -> bool {
    let argument = argument.trim().trim_matches('\\');
    let inner = ['\'', '"'].into_iter().find_map(|quote| {
        argument.strip_prefix(quote)?.strip_suffix(quote).map(|inner| inner.trim_matches('\\'))
    });
    inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['$', '{', '%', '<']))
}

/// `DJANGO_SUPERUSER_PASSWORD` in compose files, units and images.
fn in_environment(facts: &Facts) -> Vec<Known> {
    let written = facts.code.clear.found.iter();
    written
        .filter(|secret| {
            secret.name == "DJANGO_SUPERUSER_PASSWORD" && !is_trial(secret.at.file.as_str())
        })
        .map(|secret| Known {
            at: secret.at.clone(),
            what: "the password of the superuser that createsuperuser makes stands here".to_owned(),
            superuser: true,
            certain: true,
            loaded: None,
        })
        .collect()
}

/// Fixtures that a script loads, and SQL.
fn in_data(facts: &Facts) -> Vec<Known> {
    let mut found = Vec::new();
    for at in &facts.code.stored_accounts {
        let name = at.file.file_name();
        if is_trial(name) {
            continue;
        }
        let stem = name.split('.').next().unwrap_or(name);
        if at.file.extension() == Some("sql") {
            if !is_trial(at.file.as_str()) {
                let what = "an account with a password hash is written here".to_owned();
                found.push(Known {
                    at: at.clone(),
                    what,
                    superuser: false,
                    certain: false,
                    loaded: None,
                });
            }
            continue;
        }
        let loaded = ours(facts).find_map(|routine| {
            routine.reached().find_map(|(command, reached)| {
                let loads = reached.managed() == Some("loaddata")
                    && reached.arguments.iter().any(|word| {
                        let last = word.text.rsplit('/').next().unwrap_or("");
                        last == name || last == stem
                    });
                loads.then(|| (command.span.clone(), routine.place == RoutinePlace::Container))
            })
        });
        if let Some((place, starts)) = loaded {
            found.push(Known {
                at: at.clone(),
                what: "an account with a password hash is in this fixture, which a script loads"
                    .to_owned(),
                superuser: starts,
                certain: false,
                loaded: Some(place),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::literal_accounts;

    #[test]
    fn a_password_counts_only_where_it_is_written_out() {
        for (text, expected) in [
            ("User.objects.create_superuser('admin', 'a@b.org', 'admin')", &[true][..]),
            (r#"create_superuser(\"admin\", \"a@b.org\", \"admin\")"#, &[true]),
            ("create_user('x', password='secret1')", &[false]),
            ("create_superuser('admin', 'a@b.org', '$ADMIN_PASSWORD')", &[]),
            ("create_superuser('admin', 'a@b.org', os.environ['PW'])", &[]),
            ("create_superuser(email='a@b.org', username='a', first='b')", &[]),
        ] {
            assert_eq!(literal_accounts(text), expected, "{text}");
        }
    }
}
