//! `retention-undeclared`: what an app gathers about people is kept for ever.

use plimsoll_catalog::Severity;
use plimsoll_facts::inventory::Role;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "retention-undeclared",
    control: "DATA-03",
    title: "an app gathers personal data that nothing purges",
    what: "Installed apps that write a row about a person with each login, request, change or mail, and that bring a command to purge it: whether anything in the repository runs that command. Where the repository schedules nothing at all, the question stays open, as the schedule may be elsewhere. Which of the project's own models need a limit only its people can say.",
    why: "Nobody looks at these tables. They grow with every click, slow down the backups, and hold addresses and habits of people who left years ago: data that nobody can justify and anybody can steal.",
    bad: "```python settings.py
INSTALLED_APPS = ['simple_history']
```
```text deploy/crontab
0 3 * * * /srv/app/backup.sh
```",
    good: "```python settings.py
INSTALLED_APPS = ['simple_history']
```
```text deploy/crontab
0 3 * * * /srv/app/venv/bin/python manage.py clean_old_history --days 365
```",
    sources: &[
        "https://gdpr-info.eu/art-5-gdpr/",
        "https://django-simple-history.readthedocs.io/en/latest/utils.html",
        "https://django-auditlog.readthedocs.io/en/latest/usage.html#management-commands",
    ],
    check,
};

/// Apps, what they gather, and the command that purges it.
const GATHERERS: [(&str, &str, &str); 8] = [
    ("simple_history", "old versions of rows", "clean_old_history"),
    ("auditlog", "changes with their authors", "auditlogflush"),
    ("reversion", "old versions of rows", "deleterevisions"),
    ("post_office", "mails that were sent", "cleanup_mail"),
    ("mailer", "mails that were sent", "purge_mail_log"),
    ("request", "requests with addresses", "purgerequests"),
    ("silk", "requests with their bodies", "silk_clear_request_log"),
    ("defender", "attempts to log in", "cleanup_django_defender"),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("INSTALLED_APPS") else { return };
    let named = &facts.code.named;
    let scheduled = !facts.code.chores.schedules.is_empty();
    let mut said = false;
    for (app, what, command) in GATHERERS {
        if facts.has_app(app) != Some(true) {
            continue;
        }
        said = true;
        let run = named.places(command).iter().find(|place| place.role != Role::Document);
        match run {
            Some(place) => look.evidence(
                format!("what {app} gathers is purged ({command})"),
                Some(place.at.clone()),
            ),
            None if scheduled => {
                look.finding(
                    at.clone(),
                    Fault {
                        // How much gathers, and of whom, is not known here.
                        severity: Severity::Note,
                        message: format!("{app} keeps {what}, and none of the repository's schedules runs {command}"),
                        consequence: "the table grows for ever and holds what nobody may keep so long".to_owned(),
                        fix: format!("decide how long it is needed, write it down, and run manage.py {command} with that limit once a day"),
                    },
                );
            }
            None => look.undetermined(
                format!("{app} keeps {what}, and no schedule is in the repository"),
                format!("add the crontab or timer to the repository, or look for {command} on the machine"),
                Some(at.clone()),
            ),
        }
    }
    if !said {
        look.undetermined(
            "which data of the project has which limit is nowhere in a form that can be read",
            "have the retention schedule attested, and query the oldest row of each class of data",
            None,
        );
    }
}
