//! `https-redirect-to-any-host`: the redirect of a catch-all server leads wherever the client says.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::nginx::Server;

use crate::proxy::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "https-redirect-to-any-host",
    control: "TLS-03",
    title: "the redirect of a catch-all server leads wherever the client’s Host says",
    what: "Servers of nginx on plain HTTP that answer for every name (`default_server`, `server_name _`, or no name) and redirect to `https://$host` or `$http_host`. Servers with names of their own are right, as `$host` is one of those.",
    why: "A cache or a mail scanner that follows the redirect, or a request made with a foreign Host header, is sent to that host in the name of this site. Names that merely point to the machine get a permanent redirect to an address whose certificate does not fit.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 80 default_server;
    server_name _;
    return 301 https://$host$request_uri;
}
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
    listen 80;
    server_name rota.care-home.org.uk;
    return 301 https://$host$request_uri;
}
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host",
        "https://nginx.org/en/docs/http/server_names.html#miscellaneous_names",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if sites::is_absent(look, "where plain HTTP is redirected to") {
        return;
    }
    if facts.edge.nginx.is_empty() {
        look.evidence("Caddy redirects the names of its sites only", None);
        return;
    }
    let mut any = false;
    for site in sites::sites(facts) {
        let server = &site.server;
        if server.is_tls() {
            continue;
        }
        let locations = server.locations();
        let root = locations
            .iter()
            .filter(|location| location.pattern() == "/")
            .flat_map(|location| location.redirects());
        let redirect =
            server.redirects().into_iter().chain(root).find(|answer| answer.is_https_redirect());
        let Some(redirect) = redirect else { continue };
        any = true;
        let at = redirect.directive.span.clone();
        let target = redirect.target.unwrap_or("");
        let copies =
            target.starts_with("https://$host") || target.starts_with("https://$http_host");
        if !copies {
            look.evidence(format!("the redirect leads to {target}"), Some(at));
        } else if answers_everything(server) {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("this server answers for every name and redirects to {target}"),
                    consequence: "a request with a foreign Host is redirected there in the name of this site".to_owned(),
                    fix: "give the redirecting server the names of the site, and let the default server return 444".to_owned(),
                },
            );
            finding.confidence = Confidence::High;
        } else {
            look.evidence("the redirect leads to one of the server's own names", Some(at));
        }
    }
    if !any {
        look.undetermined(
            "no server of the proxy's configuration redirects plain HTTP",
            "probe port 80 with a foreign Host",
            None,
        );
    }
}

fn answers_everything(server: &Server<'_>) -> bool {
    let names = server.names();
    server.listens().iter().any(|listen| listen.default_server)
        || names.is_empty()
        || names.iter().all(|name| matches!(name.value.as_str(), "_" | "" | "*"))
}
