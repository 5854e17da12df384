//! `proxy-upstream-mismatch`: the proxy hands requests to an address on which nothing listens.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{AppServer, Declaration, Facts};
use plimsoll_formats::command::{Bind, Program};
use plimsoll_formats::nginx::{Address, Location, Pass, PassKind};
use plimsoll_source::Span;

use super::sites::{self, is_same_path, port_of};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-upstream-mismatch",
    control: "PRX-02",
    title: "the proxy hands requests to an address on which nothing listens",
    what: "The addresses of nginx’s proxy_pass and uwsgi_pass against those that units and Supervisor programs of the repository make the application server bind, sockets of systemd counted; and for services of compose, the port. Told only where all of them are known and none of the proxy’s addresses fits: another upstream may belong to another program. Also: HTTP handed to a socket that speaks uWSGI’s own protocol.",
    why: "The proxy answers 502 for every page. One of the two was changed, or copied from another guide: a socket here, a port there.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind unix:/run/rota/web.sock config.wsgi:application
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / { proxy_pass http://unix:/run/gunicorn.sock; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind unix:/run/rota/web.sock config.wsgi:application
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / { proxy_pass http://unix:/run/rota/web.sock; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
        "https://docs.gunicorn.org/en/stable/settings.html#bind",
        "https://uwsgi-docs.readthedocs.io/en/latest/Nginx.html",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "where the proxy hands requests to") {
        return;
    }
    let facts = look.facts;
    let all = sites::sites(facts);
    let locations: Vec<Location<'_>> =
        all.iter().flat_map(|site| site.server.all_locations()).collect();
    let passes: Vec<(&Location<'_>, Pass<'_>)> = locations
        .iter()
        .filter_map(|location| Some((location, location.pass()?)))
        .filter(|(_, pass)| matches!(pass.kind, PassKind::Http | PassKind::Https | PassKind::Uwsgi))
        .collect();
    if passes.is_empty() {
        look.undetermined(
            "nginx hands no request on in what the repository has of its configuration",
            "probe the live site",
            None,
        );
        return;
    }
    if protocols(look, &passes) {
        return;
    }
    let Some(binds) = binds(facts) else {
        look.undetermined(
            "not every address on which the application server listens is known",
            "compare the proxy's addresses with ss -ltnx on the host",
            passes.first().map(|(_, pass)| pass.at.clone()),
        );
        return;
    };
    if let Some((_, pass)) =
        passes.iter().find(|(_, pass)| pass.addresses.iter().any(|address| hits(&binds, address)))
    {
        look.evidence(
            "the proxy hands requests to the address on which the application server listens",
            Some(pass.at.clone()),
        );
        return;
    }
    // Only what is on the same machine or a service of the same stack can be held against it.
    let comparable = |(_, pass): &(&Location<'_>, Pass<'_>)| {
        !pass.addresses.is_empty()
            && pass.addresses.iter().all(|address| is_comparable(&binds, address))
    };
    let for_all =
        |location: &Location<'_>| location.pattern() == "/" || location.pattern().starts_with('@');
    let wrong =
        passes.iter().filter(|entry| comparable(entry)).find(|(location, _)| for_all(location));
    let Some((_, pass)) = wrong else {
        look.undetermined(
            "the proxy's addresses are names that the repository does not explain",
            "compare the proxy's addresses with ss -ltnx on the host",
            None,
        );
        return;
    };
    let wanted = pass.addresses.first().map(name).unwrap_or_default();
    let Some(bound) = binds.first() else { return };
    look.finding(
        pass.at.clone(),
        Fault {
            severity: Severity::Error,
            message: format!(
                "requests go to {wanted}, and the application server listens on {}",
                title(&bound.bind)
            ),
            consequence: "the proxy finds nobody there and answers 502 Bad Gateway".to_owned(),
            fix: format!("give both the same address, {} for example", title(&bound.bind)),
        },
    );
    look.relate(Related {
        at: bound.at.clone(),
        message: "the application server's address".to_owned(),
    });
}

/// An address on which the application listens.
struct Bound {
    bind: Bind,
    /// The service of compose, where it is one.
    service: Option<String>,
    at: Span,
}

/// The addresses of all application servers; `None` where one is not known.
fn binds(facts: &Facts) -> Option<Vec<Bound>> {
    let mut found = Vec::new();
    for server in &facts.servers {
        let process = &server.process;
        let host = matches!(process.declared, Declaration::Unit | Declaration::Supervisor);
        if !host && process.declared != Declaration::Compose {
            continue;
        }
        let service = (!host).then(|| process.name.clone());
        let sockets = activated(facts, server);
        let mut own: Vec<(Bind, Span)> = server.binds();
        if own.is_empty() && sockets.is_empty() {
            // gunicorn's and uvicorn's own default, which variables can change.
            let bind = server.command().and_then(|command| command.default_bind())?;
            if server.may_be_set_elsewhere() {
                return None;
            }
            own.push((bind, process.at.clone()));
        }
        for (bind, at) in own.into_iter().chain(sockets) {
            if matches!(bind, Bind::Computed(_)) {
                return None;
            }
            if bind != Bind::Descriptor {
                found.push(Bound { bind, service: service.clone(), at });
            }
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The addresses that a socket unit of the same name listens on for a service.
fn activated(facts: &Facts, server: &AppServer) -> Vec<(Bind, Span)> {
    if server.process.declared != Declaration::Unit {
        return Vec::new();
    }
    let sockets = facts.units.iter().filter_map(|unit| unit.unit.socket());
    sockets
        .filter(|socket| socket.service_name() == server.process.name)
        .flat_map(|socket| socket.listens())
        .filter(|address| address.key == "ListenStream")
        .map(|address| {
            let text = address.address.value.as_str();
            let bind = match text.strip_prefix('/') {
                Some(_) => Bind::Unix(text.to_owned()),
                None => match text.parse() {
                    Ok(port) => Bind::Tcp { host: "0.0.0.0".to_owned(), port },
                    Err(_) => Bind::parse(text, 0),
                },
            };
            (bind, address.address.span.clone())
        })
        .collect()
}

fn hits(binds: &[Bound], address: &Address) -> bool {
    binds.iter().any(|bound| match (address, &bound.bind) {
        (Address::Unix { path }, Bind::Unix(known)) => is_same_path(path, known),
        (Address::Host { host, port }, bind) => {
            let port = port.unwrap_or(80);
            let same_port = port_of(bind) == Some(port);
            match &bound.service {
                // The network may know the service by another name too.
                Some(_) => same_port,
                None => same_port && (address.is_local() == Some(true) || !host.is_empty()),
            }
        }
        _ => false,
    })
}

fn is_comparable(binds: &[Bound], address: &Address) -> bool {
    match address {
        Address::Unix { .. } => binds.iter().all(|bound| bound.service.is_none()),
        Address::Host { host, .. } => binds.iter().all(|bound| match &bound.service {
            Some(service) => service == host,
            None => address.is_local() == Some(true),
        }),
        Address::Computed(_) => false,
    }
}

/// HTTP handed to a socket of uWSGI's own protocol, or the reverse; whether it said so.
fn protocols(look: &mut Look, passes: &[(&Location<'_>, Pass<'_>)]) -> bool {
    let facts = look.facts;
    let mut wrong: Vec<(Span, Span, bool)> = Vec::new();
    for server in facts.servers.iter().filter(|server| server.program == Program::Uwsgi) {
        for (name, speaks_http) in
            [("socket", false), ("uwsgi-socket", false), ("http-socket", true), ("http", true)]
        {
            let plimsoll_facts::ServerSetting::Set { text, at, .. } = server.setting(name) else {
                continue;
            };
            // `protocol = http` makes a plain socket speak HTTP.
            if !server.setting("protocol").is_unset() {
                continue;
            }
            let bind = Bind::parse(text.trim(), 0);
            let bound = [Bound { bind, service: None, at: at.clone() }];
            for (_, pass) in passes {
                let is_http = pass.kind != PassKind::Uwsgi;
                let meets = pass.addresses.iter().any(|address| {
                    (matches!(address, Address::Unix { .. }) || address.is_local() == Some(true))
                        && hits(&bound, address)
                });
                if meets && is_http != speaks_http {
                    wrong.push((pass.at.clone(), at.clone(), is_http));
                }
            }
        }
    }
    for (at, bound, is_http) in &wrong {
        let (message, fix) = if *is_http {
            (
                "proxy_pass speaks HTTP to a socket on which uWSGI speaks its own protocol",
                "use uwsgi_pass with include uwsgi_params, or http-socket in uWSGI's configuration",
            )
        } else {
            (
                "uwsgi_pass speaks uWSGI's own protocol to a socket on which it speaks HTTP",
                "use proxy_pass, or socket in uWSGI's configuration",
            )
        };
        look.finding(
            at.clone(),
            Fault {
                severity: Severity::Error,
                message: message.to_owned(),
                consequence: "every page is 502 Bad Gateway".to_owned(),
                fix: fix.to_owned(),
            },
        );
        look.relate(Related { at: bound.clone(), message: "uWSGI listens here".to_owned() });
    }
    !wrong.is_empty()
}

fn name(address: &Address) -> String {
    match address {
        Address::Unix { path } => path.clone(),
        Address::Host { host, port: Some(port) } => format!("{host}:{port}"),
        Address::Host { host, port: None } => format!("{host}:80"),
        Address::Computed(text) => text.clone(),
    }
}

fn title(bind: &Bind) -> String {
    match bind {
        Bind::Tcp { host, port } => format!("{host}:{port}"),
        Bind::Unix(path) => path.clone(),
        Bind::Descriptor => "an inherited socket".to_owned(),
        Bind::Computed(text) => text.clone(),
    }
}
