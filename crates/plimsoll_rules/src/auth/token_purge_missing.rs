//! `token-purge-missing`: nothing removes expired tokens.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "token-purge-missing",
    control: "AUTH-09",
    title: "nothing removes expired tokens",
    what: "With the blacklist of simplejwt or with django-oauth-toolkit installed: whether a schedule, unit, script or task of the repository runs `flushexpiredtokens` or `cleartokens`. Where the repository holds no schedule at all, the question stays open.",
    why: "Every login and every refresh adds a row that nothing removes; the table outgrows all others.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework_simplejwt.token_blacklist']
```
```text deploy/crontab
0 3 * * * /srv/app/backup.sh
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework_simplejwt.token_blacklist']
```
```text deploy/crontab
0 3 * * * /srv/app/venv/bin/python manage.py flushexpiredtokens
```",
    sources: &[
        "https://django-rest-framework-simplejwt.readthedocs.io/en/latest/blacklist_app.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let apps = ["rest_framework_simplejwt.token_blacklist", "oauth2_provider"];
    let keeps = apps.into_iter().find(|app| facts.has_app(app) == Some(true));
    let (Some(app), Some(at)) = (keeps, facts.place_of("INSTALLED_APPS")) else { return };
    let chores = &facts.code.chores;
    if let Some(place) = chores.token_purges.first() {
        look.evidence("expired tokens are removed", Some(place.clone()));
    } else if chores.schedules.is_empty() {
        look.undetermined(
            format!("{app} keeps tokens in the database, and no schedule is in the repository"),
            "add the crontab or timer to the repository, or look for flushexpiredtokens on the machine",
            Some(at),
        );
    } else {
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("{app} keeps tokens in the database, and none of the repository's schedules removes expired ones"),
                consequence: "the table of tokens grows with every login for ever".to_owned(),
                fix: "run manage.py flushexpiredtokens (cleartokens for django-oauth-toolkit) once a day".to_owned(),
            },
        );
    }
}
