//! `proxy-default-server-missing`: no default server refuses unknown host names.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::nginx::Server;

use super::sites::{self, Site};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-default-server-missing",
    control: "PRX-01",
    title: "no default server refuses unknown host names",
    what: "Which server of nginx answers on a TLS port for names that none of them has: one marked `default_server` that refuses (444, 403, 404, 421, `ssl_reject_handshake`), or the one that leads to the application. Proxies that speak plain HTTP only stand behind another one and are left alone, and so is Caddy, which answers for the names that it was given and no other.",
    why: "Without a server for the rest, nginx gives requests for any name and for the bare address to the first server of the port. Scanners and foreign names that point to the machine reach Django, which fills the log with DisallowedHost errors; and when the files are renamed, another site becomes the first.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
}
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/request_processing.html",
        "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_reject_handshake",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "which server answers for unknown names") {
        return;
    }
    let facts = look.facts;
    if facts.edge.nginx.is_empty() {
        look.evidence(
            "Caddy answers for the names of its sites only",
            facts.edge.caddy.first().and_then(|file| Some(file.sites.first()?.span.clone())),
        );
        return;
    }
    let all = sites::sites(facts);
    let on_tls_port = |site: &&Site<'_>| tls_ports(&site.server).next().is_some();
    let refusing = all
        .iter()
        .filter(on_tls_port)
        .find(|site| is_default(&site.server) && refuses(&site.server));
    if let Some(site) = refusing {
        look.evidence("a default server refuses unknown names", site.server.at().cloned());
        return;
    }
    let serving: Vec<&Site<'_>> =
        all.iter().filter(on_tls_port).filter(|site| site.serves_app(facts)).collect();
    // Of several servers the one marked as default, else the first, answers.
    let answering = serving.iter().find(|site| is_default(&site.server)).or(serving.first());
    let Some(site) = answering else {
        look.undetermined(
            "no server of the proxy's configuration ends TLS for the application, so that what answers for unknown names stands in front of it",
            "probe the live site with a name that is not its own",
            None,
        );
        return;
    };
    let other_default = all
        .iter()
        .filter(on_tls_port)
        .any(|other| is_default(&other.server) && other.server.at() != site.server.at());
    let Some(at) = site.server.at().cloned() else { return };
    if other_default {
        look.undetermined(
            "another server is the default one, and whether it refuses is not plain",
            "probe the live site with a name that is not its own",
            Some(at),
        );
        return;
    }
    if site.from.config.has_unread_includes() && site.from.config.is_complete() {
        look.undetermined(
            "an include that is not in the repository may hold a default server",
            "add the included file to the repository, or probe the live site",
            Some(at),
        );
        return;
    }
    // Another file of the machine may hold one.
    let whole = site.from.config.is_complete() || facts.edge.nginx_image.is_some();
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: "this server answers for every name on its port: no default server refuses the others".to_owned(),
            consequence: "requests for foreign names and for the bare address reach the application, and another file can take the place of the first server unnoticed".to_owned(),
            fix: "add server { listen 443 ssl default_server; ssl_reject_handshake on; }, or with a certificate return 444; (ssl_reject_handshake needs nginx 1.19.4)".to_owned(),
        },
    );
    if !whole {
        finding.confidence = Confidence::Medium;
    }
}

fn tls_ports<'s>(server: &'s Server<'_>) -> impl Iterator<Item = u16> + 's {
    let old = server.is_tls();
    server
        .listens()
        .into_iter()
        .filter(move |listen| listen.ssl || old)
        .filter_map(|listen| listen.port)
}

fn is_default(server: &Server<'_>) -> bool {
    server.listens().iter().any(|listen| listen.default_server)
}

/// Whether it answers no request with content: it hangs up, or says no.
fn refuses(server: &Server<'_>) -> bool {
    if server.rejects_handshakes() {
        return true;
    }
    let says_no = |status: u16| status >= 400;
    if server.answers_all().is_some_and(|answer| says_no(answer.status)) {
        return true;
    }
    let locations = server.locations();
    !locations.is_empty()
        && locations.iter().all(|location| {
            location.pass().is_none()
                && location.redirects().iter().any(|a| a.condition.is_none() && says_no(a.status))
        })
}
