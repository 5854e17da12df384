//! `app-port-public`: the application server listens where other machines reach it.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Declaration;
use plimsoll_formats::command::Bind;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "app-port-public",
    control: "APP-04",
    title: "the application server listens where other machines reach it",
    what: "The addresses that servers of units and Supervisor programs bind, and those of socket units that start them: all addresses, or one that is not loopback. In a container all addresses are right; what compose publishes is told by `compose-port-published`. Units that filter addresses themselves (IPAddressDeny) are left open, and so is an address of a private network, behind which the proxy may be.",
    why: "Who reaches the port talks to Django past the proxy: no TLS, no limits, and with forwarded headers of their own, which Django and gunicorn believe. A firewall in front is the second fence; it is off during the next incident.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind 0.0.0.0:8000 config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind 127.0.0.1:8000 config.wsgi
```",
    sources: &[
        "https://docs.gunicorn.org/en/stable/settings.html#bind",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html#ListenStream=",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for server in &facts.servers {
        let process = &server.process;
        match process.declared {
            Declaration::Unit | Declaration::Supervisor => {}
            Declaration::Image => {
                any = true;
                look.undetermined(
                    format!("{} listens inside a container; how it is published is not in the repository", server.title()),
                    "look at the ports of the running container, or connect to the port from outside",
                    Some(process.at.clone()),
                );
                continue;
            }
            Declaration::Compose => {
                any = true;
                look.evidence(format!("{} listens inside a container; what is published is looked at by compose-port-published", server.title()), Some(process.at.clone()));
                continue;
            }
            _ => continue,
        }
        let unit = facts
            .units
            .iter()
            .find(|unit| unit.processes.iter().any(|known| known.at == process.at));
        let filtered = unit
            .and_then(|unit| unit.unit.value("Service", "IPAddressDeny"))
            .map(|entry| entry.value.span.clone());
        let binds = server.binds();
        for (bind, at) in &binds {
            any = true;
            judge(look, bind, at, &server.title(), filtered.as_ref());
        }
        if binds.is_empty() {
            any = true;
            if server.unread.is_some() {
                look.undetermined(
                    "the server loads a configuration that is not in the repository",
                    "ss -ltn on the host",
                    server.unread.clone(),
                );
            } else {
                look.evidence(
                    format!(
                        "{} is told no address; its default is loopback or an inherited socket",
                        server.title()
                    ),
                    Some(process.at.clone()),
                );
            }
        }
    }
    for unit in &facts.units {
        let Some(socket) = unit.unit.socket() else { continue };
        let name = socket.service_name();
        let starts_app =
            facts.units.iter().any(|other| other.name == name && !other.processes.is_empty());
        if !starts_app {
            continue;
        }
        for address in socket.listens().iter().filter(|address| address.key == "ListenStream") {
            any = true;
            let text = address.address.value.as_str();
            let bind = match text.parse::<u16>() {
                Ok(port) => Bind::Tcp { host: String::new(), port },
                Err(_) if text.starts_with(['/', '@', '%']) => Bind::Unix(text.to_owned()),
                Err(_) => Bind::parse(text, 0),
            };
            judge(look, &bind, &address.address.span, &format!("the socket {}", unit.name), None);
        }
    }
    if !any {
        look.undetermined(
            "where the application server listens is not in the repository",
            "ss -ltn on the host",
            None,
        );
    }
}

fn judge(look: &mut Look, bind: &Bind, at: &Span, title: &str, filtered: Option<&Span>) {
    let Bind::Tcp { host, port } = bind else {
        match bind {
            Bind::Computed(text) => look.undetermined(
                format!("{title} listens on {text}, which is filled in when it starts"),
                "ss -ltn on the host",
                Some(at.clone()),
            ),
            _ => look
                .evidence(format!("{title} listens on a socket of this machine"), Some(at.clone())),
        }
        return;
    };
    if bind.is_local() == Some(true) {
        look.evidence(format!("{title} listens on {host}:{port}"), Some(at.clone()));
        return;
    }
    if let Some(filter) = filtered {
        look.undetermined(
            format!(
                "{title} listens on port {port} for other machines, and the unit filters addresses"
            ),
            "connect to the port from another machine",
            Some(filter.clone()),
        );
        return;
    }
    let everywhere = matches!(host.as_str(), "" | "0.0.0.0" | "::" | "*" | "0");
    if !everywhere {
        look.undetermined(format!("{title} listens on {host}:{port}, and who reaches that address is not in the repository"), "connect to the port from outside", Some(at.clone()));
        return;
    }
    if matches!(port, 80 | 443) {
        look.undetermined(
            format!("{title} listens on port {port} for everybody: it serves clients by itself, with no proxy in front"),
            "say whether a proxy is meant to be in front, or probe the live site",
            Some(at.clone()),
        );
        return;
    }
    let finding = look.finding(
        at.clone(),
        Fault {
            severity: Severity::Error,
            message: format!("{title} listens on port {port} of every address of the machine"),
            consequence: "clients reach Django past the proxy: without TLS and limits, and with forwarded headers of their own".to_owned(),
            fix: format!("bind 127.0.0.1:{port}, or a unix socket that the proxy may open"),
        },
    );
    finding.confidence = Confidence::High;
}
