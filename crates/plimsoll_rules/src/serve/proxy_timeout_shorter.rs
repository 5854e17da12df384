//! `proxy-timeout-shorter`: the proxy gives up before the worker does.

use std::time::Duration;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::command::Program;
use plimsoll_formats::nginx::{Effective, PassKind};
use plimsoll_source::Span;

use super::worker_timeout_default::is_synchronous;
use crate::proxy::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-timeout-shorter",
    control: "APP-03",
    title: "the proxy gives up before the worker does",
    what: "`proxy_read_timeout` (or uwsgi_read_timeout; 60 seconds unless set) of nginx where it leads to the application, against the timeout of gunicorn’s synchronous workers and uWSGI’s harakiri. If one location waits long enough, it may be the one for long requests, and nothing is told. Caddy waits as long as the application works.",
    why: "At 60 seconds nginx answers 504 and the worker goes on to 120. The user presses the button again: now two workers make the same report, and soon all of them do.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind 127.0.0.1:8000 --timeout 120 config.wsgi
```
```text deploy/nginx.conf
events {}
http {
    server {
        listen 443 ssl;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind 127.0.0.1:8000 --timeout 120 config.wsgi
```
```text deploy/nginx.conf
events {}
http {
    server {
        listen 443 ssl;
        proxy_read_timeout 130s;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
        "https://docs.gunicorn.org/en/stable/settings.html#timeout",
    ],
    check,
};

/// nginx's own.
const DEFAULT: Duration = Duration::from_secs(60);

fn check(look: &mut Look) {
    if sites::is_absent(look, "how long the proxy waits") {
        return;
    }
    let facts = look.facts;
    if facts.edge.nginx.is_empty() {
        look.evidence("Caddy waits as long as the application works", None);
        return;
    }
    let Some((worker, set_at)) = longest(facts) else {
        look.undetermined(
            "after which time a worker is stopped is not in the repository",
            "compare the worker's timeout with the proxy's on the host",
            None,
        );
        return;
    };
    let mut waits: Vec<(Duration, Span, bool)> = Vec::new();
    for site in sites::sites(facts) {
        for handed in site.handed(facts) {
            let name = if handed.pass.kind == PassKind::Uwsgi {
                "uwsgi_read_timeout"
            } else {
                "proxy_read_timeout"
            };
            let scope = handed.location.scope();
            let at = handed.location.at().clone();
            match scope.value(name) {
                Effective::Set(directive) => {
                    let Some(time) = scope.timeout(name, DEFAULT) else { return unknown(look, at) };
                    waits.push((time, directive.span.clone(), true));
                }
                Effective::Unknown if scope.has_unread_includes() => return unknown(look, at),
                // nginx.conf of the distributions and of the image set none.
                Effective::Unknown => waits.push((DEFAULT, at, false)),
                Effective::Default => waits.push((DEFAULT, at, true)),
            }
        }
    }
    let best = waits.iter().max_by_key(|(time, ..)| *time);
    let Some((time, at, certain)) = best else {
        sites::leads_nowhere(look, false);
        return;
    };
    if *time >= worker {
        look.evidence(
            format!(
                "the proxy waits {} seconds, a worker works {}",
                time.as_secs(),
                worker.as_secs()
            ),
            Some(at.clone()),
        );
        return;
    }
    let finding = look.finding(
        at.clone(),
        Fault {
            severity: Severity::Warning,
            message: format!(
                "the proxy gives up after {} seconds, and a worker goes on for {}",
                time.as_secs(),
                worker.as_secs()
            ),
            consequence:
                "the user gets 504 and tries again while the worker still makes the first answer"
                    .to_owned(),
            fix: format!(
                "set proxy_read_timeout {}s; for these requests, or lower the worker's timeout",
                worker.as_secs() + 10
            ),
        },
    );
    if !certain {
        finding.confidence = Confidence::Medium;
    }
    finding
        .related
        .extend(set_at.map(|at| Related { at, message: "the worker's timeout".to_owned() }));
}

fn unknown(look: &mut Look, at: Span) {
    look.undetermined(
        "how long the proxy waits is set in a file that is not in the repository",
        "run nginx -T on the host",
        Some(at),
    );
}

/// The longest time that a request may take in a worker, where it is known of every server.
fn longest(facts: &Facts) -> Option<(Duration, Option<Span>)> {
    let mut found: Option<(Duration, Option<Span>)> = None;
    for server in &facts.servers {
        let setting = match server.program {
            Program::Gunicorn if is_synchronous(server)? => server.setting("timeout"),
            Program::Uwsgi => server.setting("harakiri"),
            _ => return None,
        };
        let seconds = match (setting.number(), setting.is_unset(), server.program) {
            (Some(seconds), ..) if seconds > 0 => seconds,
            (None, true, Program::Gunicorn) if server.unread.is_none() => 30,
            _ => return None,
        };
        let time = Duration::from_secs(seconds);
        if found.as_ref().is_none_or(|(known, _)| *known < time) {
            found = Some((time, setting.at().cloned()));
        }
    }
    found
}
