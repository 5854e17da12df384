//! `error-mail-unfiltered`: error mail carries the full HTML report.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "error-mail-unfiltered",
    control: "LOG-06",
    title: "error mail carries the full HTML report",
    what: "`include_html` of AdminEmailHandler in LOGGING.",
    why: "The report holds the traceback with local variables, the cookies and the posted form: a mail server and several mailboxes then keep personal data and sessions.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'mail': {'class': 'django.utils.log.AdminEmailHandler', 'include_html': True}}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'mail': {'class': 'django.utils.log.AdminEmailHandler'}}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.AdminEmailHandler",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.evidence(
            "Django's default error mail carries no HTML report",
            look.facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("LOGGING", |value| {
        let full = super::section(value, "handlers").into_iter().find(|(_, config)| {
            config
                .get("class")
                .and_then(|class| class.text())
                .is_some_and(|class| class.ends_with("AdminEmailHandler"))
                && config.get("include_html").and_then(|flag| flag.truth()) == Some(true)
        });
        match full {
            Some((name, _)) => Judgement::warning(
                format!("the handler '{name}' mails the full HTML report"),
                "local variables, cookies and posted forms are kept in mailboxes",
                "take include_html out; an error tracker with scrubbing does this better",
            )
            .surely(),
            None if value.is_known() => {
                Judgement::Good("no error mail carries the full report".to_owned())
            }
            None => Judgement::Neither,
        }
    });
}
