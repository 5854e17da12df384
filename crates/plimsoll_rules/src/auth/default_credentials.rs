//! `default-credentials`: an account is made with a password that stands in the code.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "default-credentials",
    control: "AUTH-12",
    title: "an account is made with a password that stands in the code",
    what: "Calls of `create_superuser` and `create_user` with a literal password in Python code. Tests, demo and seed data are left out by their names.",
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

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = Vec::new();
    for module in &facts.code.modules {
        let path = module.path.as_str().to_ascii_lowercase();
        if TRYING.iter().any(|word| path.contains(word)) || path.contains("test") {
            continue;
        }
        found.extend(
            module.facts.accounts.iter().map(|account| (account.at.clone(), account.superuser)),
        );
    }
    for (at, superuser) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: if *superuser { Severity::Error } else { Severity::Warning },
                message: if *superuser {
                    "a superuser is made with a password that stands here".to_owned()
                } else {
                    "an account is made with a password that stands here".to_owned()
                },
                consequence: "wherever this has run, everybody with the repository can log in".to_owned(),
                fix: "read the password from the environment or a prompt, and change it where this has run".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.evidence(
            format!("{}, none makes an account with a written password", facts.code.looked_at()),
            None,
        );
    }
}
