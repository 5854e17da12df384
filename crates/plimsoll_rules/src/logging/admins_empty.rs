//! `admins-empty`: error mail is configured and ADMINS is empty.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "admins-empty",
    control: "LOG-01",
    title: "error mail is configured and ADMINS is empty",
    what: "ADMINS where a handler of LOGGING mails to administrators.",
    why: "AdminEmailHandler sends to ADMINS; with an empty list it drops every report without a word.",
    bad: "```python settings.py
ADMINS = []
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'mail': {'class': 'django.utils.log.AdminEmailHandler'}}, 'loggers': {'django': {'handlers': ['mail']}}}
```",
    good: "```python settings.py
ADMINS = [('On call', 'oncall@care-home.org.uk')]
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'mail': {'class': 'django.utils.log.AdminEmailHandler'}}, 'loggers': {'django': {'handlers': ['mail']}}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#admins",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mails = facts.is_set("LOGGING")
        && facts.partial("LOGGING").is_some_and(|value| {
            super::section(value, "handlers").iter().any(|(_, config)| {
                config.get("class").and_then(|class| class.text())
                    == Some("django.utils.log.AdminEmailHandler")
            })
        });
    if !mails {
        look.evidence(
            "no handler of the project mails to administrators",
            facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("ADMINS", |value| match value.items() {
        Some([]) => Judgement::warning(
            "a handler mails errors to ADMINS, and ADMINS is empty",
            "every error report is dropped",
            "set ADMINS to the people who are to be woken",
        ),
        Some(people) => Judgement::Good(format!("ADMINS has {} entries", people.len())),
        None => Judgement::Neither,
    });
}
