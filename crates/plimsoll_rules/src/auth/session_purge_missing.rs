//! `session-purge-missing`: nothing removes expired sessions.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-purge-missing",
    control: "AUTH-06",
    title: "nothing removes expired sessions",
    what: "With sessions in the database: whether a schedule, unit, script or task of the repository runs `clearsessions`. Where the repository holds no schedule at all, one may be on the machine, and the question stays open.",
    why: "The table grows with every visitor for ever, slows each login and makes each dump longer.",
    bad: "```python settings.py
SESSION_ENGINE = 'django.contrib.sessions.backends.db'
INSTALLED_APPS = ['django.contrib.sessions']
```
```text deploy/crontab
0 3 * * * /srv/app/backup.sh
```",
    good: "```python settings.py
SESSION_ENGINE = 'django.contrib.sessions.backends.db'
INSTALLED_APPS = ['django.contrib.sessions']
```
```text deploy/crontab
0 3 * * * /srv/app/venv/bin/python manage.py clearsessions
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/http/sessions/#clearing-the-session-store",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.has_app("django.contrib.sessions") != Some(true) {
        return;
    }
    let chores = &facts.code.chores;
    look.judge("SESSION_ENGINE", |value| {
        let engine = value.text().and_then(|name| name.rsplit('.').next());
        match engine {
            Some("cache" | "signed_cookies") => Judgement::Good("sessions are not kept in the database".to_owned()),
            Some("db" | "cached_db" | "file") => match (chores.session_purges.first(), chores.schedules.is_empty()) {
                (Some(at), _) => Judgement::Good(format!("expired sessions are removed, see {}:{}", at.file, at.start.line)),
                (None, false) if crate::api::logs_in_by_header(facts) => Judgement::note(
                    "the repository schedules chores, and none of them removes expired sessions",
                    "the API logs in by a header, so that few sessions are made; those of the admin stay in the table for ever",
                    "run manage.py clearsessions once a day from the same schedule",
                ),
                (None, false) => Judgement::warning(
                    "the repository schedules chores, and none of them removes expired sessions",
                    "the session table grows for ever",
                    "run manage.py clearsessions once a day from the same schedule",
                ),
                (None, true) => Judgement::Open {
                    reason: "nothing in the repository removes expired sessions, and its schedules are not in it".to_owned(),
                    needs: "add the crontab or timer to the repository, or look for clearsessions on the machine".to_owned(),
                },
            },
            _ => Judgement::Neither,
        }
    });
}
