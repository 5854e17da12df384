//! `certificate-path-missing`: a TLS server names no certificate, or a key that is in git.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::nginx::Effective;
use plimsoll_source::RepoPath;

use crate::proxy::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "certificate-path-missing",
    control: "TLS-01",
    title: "a TLS server names no certificate, or a key that is in git",
    what: "`ssl_certificate` and `ssl_certificate_key` of nginx’s TLS servers: unset in a configuration that is whole, the distribution’s self-made `snakeoil` pair, or a key of a name that git tracks. Servers that refuse handshakes need none. Caddy obtains certificates by itself. What is in a certificate, and whether it is valid, only a probe can tell.",
    why: "Without a certificate nginx does not start. With the snakeoil pair every visitor gets a warning. With a key from the repository, everybody with a clone can pretend to be the site.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
events {}
http {
    server {
        listen 443 ssl;
        server_name rota.care-home.org.uk;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
events {}
http {
    server {
        listen 443 ssl;
        server_name rota.care-home.org.uk;
        ssl_certificate /etc/letsencrypt/live/rota.care-home.org.uk/fullchain.pem;
        ssl_certificate_key /etc/letsencrypt/live/rota.care-home.org.uk/privkey.pem;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate",
        "https://nginx.org/en/docs/http/configuring_https_servers.html",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "which certificate is served") {
        return;
    }
    let facts = look.facts;
    let mut any = false;
    for site in sites::sites(facts) {
        let server = &site.server;
        if !server.is_tls() || server.rejects_handshakes() {
            continue;
        }
        let Some(at) = server.at().cloned() else { continue };
        any = true;
        match sites::effective(facts, server.scope(), "ssl_certificate") {
            Effective::Default => {
                look.finding(
                    at,
                    Fault {
                        severity: Severity::Error,
                        message: "this server speaks TLS and names no certificate".to_owned(),
                        consequence:
                            "nginx refuses the configuration, or every handshake with this server"
                                .to_owned(),
                        fix: "set ssl_certificate and ssl_certificate_key".to_owned(),
                    },
                );
                continue;
            }
            Effective::Unknown => {
                look.undetermined(
                    "the certificate of this server is set in a file that is not in the repository",
                    "run nginx -T on the host, or probe the live site",
                    Some(at),
                );
                continue;
            }
            Effective::Set(directive) => {
                let path = directive.arg(0).unwrap_or("").to_owned();
                if path.contains("snakeoil") {
                    look.finding(
                        directive.span.clone(),
                        Fault {
                            severity: Severity::Error,
                            message: "this server shows the distribution's self-made certificate".to_owned(),
                            consequence: "every browser warns its user, and people learn to click warnings away".to_owned(),
                            fix: "obtain a certificate for the name: certbot --nginx -d NAME".to_owned(),
                        },
                    );
                    continue;
                }
                look.evidence(format!("the certificate is {path}"), Some(directive.span.clone()));
            }
        }
        key(look, server.scope().value("ssl_certificate_key"));
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        any = true;
        look.evidence(
            "Caddy obtains the certificate by itself, or is told its path",
            Some(site.span.clone()),
        );
    }
    if !any {
        look.undetermined(
            "no server of the proxy's configuration ends TLS",
            "probe the live site",
            None,
        );
    }
}

/// Whether git tracks a key of the same name and folder.
fn key(look: &mut Look, value: Effective<'_>) {
    let Some(directive) = value.directive() else { return };
    let Some(path) = directive.arg(0).filter(|path| !path.contains(['$', '{'])) else { return };
    let tail: Vec<&str> = path.trim_matches('/').rsplit('/').take(2).collect();
    let (Some(name), folder) = (tail.first(), tail.get(1)) else { return };
    let is_it = |file: &RepoPath| {
        file.file_name() == *name
            && folder.is_none_or(|folder| {
                file.parent().is_some_and(|parent| parent.file_name() == *folder)
            })
    };
    let facts = look.facts;
    let Some(tracked) =
        facts.tracked.as_ref().and_then(|tracked| tracked.iter().find(|file| is_it(file)))
    else {
        return;
    };
    let finding = look.finding(
        directive.span.clone(),
        Fault {
            severity: Severity::Error,
            message: format!("the key of this server has the name of {tracked}, which git tracks"),
            consequence: "everybody with a clone can pretend to be the site".to_owned(),
            fix: "make a new key outside of the repository, and revoke the certificate of this one"
                .to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}
