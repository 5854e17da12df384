//! `sensitive-value-logged`: a password, token or whole request goes into the log.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "sensitive-value-logged",
    control: "LOG-06",
    title: "a password, token or whole request goes into the log",
    what: "Arguments of loggers, and of `print` outside of management commands and scripts, that are a variable, attribute or key called a password, secret, API key or token, or the form data, body or headers of a request as a whole. Texts that only speak of a password are no matter.",
    why: "Logs are read by more people than the database, sent to other services and kept for months: each line is a password to be changed.",
    bad: "```python settings.py
DEBUG = False
```
```python accounts/views.py
def login(request):
    logger.info('login %s', request.POST)
```",
    good: "```python settings.py
DEBUG = False
```
```python accounts/views.py
def login(request):
    logger.info('password accepted for %s', request.user.pk)
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = Vec::new();
    for module in &facts.code.modules {
        let logged =
            module.facts.logged.iter().filter(|logged| !logged.printed || !module.is_manual());
        found.extend(logged);
    }
    for logged in &found {
        let finding = look.finding(
            logged.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{} is {}",
                    logged.value,
                    if logged.printed { "printed" } else { "logged" }
                ),
                consequence: if logged.whole_request {
                    "passwords and personal data that a form or header holds stand in the log"
                        .to_owned()
                } else {
                    "whoever reads the log can use it".to_owned()
                },
                fix: "log who did what by id, and leave the value out".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.evidence(format!("{}, none logs such a value", facts.code.looked_at()), None);
    }
}
