//! `access-log-off`: the proxy writes no access log.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "access-log-off",
    control: "LOG-04",
    title: "the proxy writes no access log",
    what: "`access_log off` for a whole server of the nginx configuration; switched off for a health path or static files is fine.",
    why: "After an incident nobody can say what was asked for, by whom, and when it began.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    access_log off;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    access_log /var/log/nginx/rota.log;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    sources: &["https://nginx.org/en/docs/http/ngx_http_log_module.html#access_log"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for at in &facts.edge.access_log_off {
        look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "this server writes no access log".to_owned(),
                consequence: "after an incident nobody can say what was asked for, and by whom"
                    .to_owned(),
                fix: "log to a file that is rotated; switch the log off for the health path only"
                    .to_owned(),
            },
        );
    }
    if facts.edge.access_log_off.is_empty() {
        if facts.edge.is_present() {
            look.evidence("every server of the proxy writes an access log", None);
        } else {
            look.undetermined(
                "the proxy's configuration is not in the repository",
                "add it to the repository, or inspect the host",
                None,
            );
        }
    }
}
