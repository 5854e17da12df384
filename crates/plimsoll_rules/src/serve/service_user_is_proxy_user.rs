//! `service-user-is-proxy-user`: the application runs as the user of the web server.

use plimsoll_catalog::Severity;
use plimsoll_facts::Declaration;
use plimsoll_source::Span;

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-user-is-proxy-user",
    control: "APP-05",
    title: "the application runs as the user of the web server",
    what: "User= of units and `user` of Supervisor’s programs that start servers, workers and schedulers: `www-data`, `nginx`, `http`, `apache`, `caddy`. Group= may well be the web server’s, as it must open the socket. Users inside containers are left alone, where nothing else runs.",
    why: "A hole in the proxy, or in another site of the machine, that lets read files gives away the application’s secrets and lets write its code; and the other way round.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=www-data
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
Group=www-data
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
```",
    sources: &["https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#User="],
    check,
};

/// Users under which distributions run web servers.
const WEB: [&str; 7] = ["www-data", "nginx", "http", "apache", "caddy", "wwwrun", "httpd"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut users: Vec<(String, String, Span)> = Vec::new();
    for unit in &facts.units {
        if !unit.processes.iter().any(lasting) {
            continue;
        }
        let user = unit.unit.service().and_then(|service| service.user().cloned());
        users.extend(user.map(|user| (format!("the unit {}", unit.name), user.value, user.span)));
    }
    for process in facts
        .processes
        .iter()
        .filter(|process| lasting(process) && process.declared == Declaration::Supervisor)
    {
        users.extend(process.user.as_ref().map(|user| {
            (format!("the program {}", process.name), user.value.clone(), user.span.clone())
        }));
    }
    if users.is_empty() {
        look.undetermined(
            "no unit or program of the repository names the user that the application runs as",
            "look at the user of the running process",
            None,
        );
        return;
    }
    for (name, user, at) in users {
        if WEB.contains(&user.as_str()) {
            look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("{} runs as {user}, the user of the web server", name.trim_end()),
                    consequence: "a hole in the proxy or in another site reads the application's secrets and writes its files".to_owned(),
                    fix: "make a user for the application; let the socket's group be the web server's".to_owned(),
                },
            );
        } else if user.contains(['{', '$', '%']) {
            look.undetermined(
                format!("the user of {name} is filled in when it is installed"),
                "look at the user of the running process",
                Some(at),
            );
        } else {
            look.evidence(format!("{name} runs as {user}"), Some(at));
        }
    }
}
