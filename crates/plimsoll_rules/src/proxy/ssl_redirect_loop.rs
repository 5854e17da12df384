//! `ssl-redirect-loop`: the redirect to HTTPS loops behind the proxy.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "ssl-redirect-loop",
    control: "SET-06",
    title: "the redirect to HTTPS loops behind the proxy",
    what: "SECURE_SSL_REDIRECT on, while SECURE_PROXY_SSL_HEADER is unset or the proxy does not send that header. gunicorn by itself believes X-Forwarded-Proto from loopback and unix sockets; then the loop does not occur.",
    why: r#"Behind a proxy that ends TLS every request looks like plain HTTP to Django. It redirects to https://, which comes back the same way: the browser stops with "too many redirects", and the site is down."#,
    bad: "```python settings.py
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
    }
}
```",
    good: "```python settings.py
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header",
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("SECURE_SSL_REDIRECT") else { return };
    let Some(redirects) = facts.certain("SECURE_SSL_REDIRECT").and_then(|value| value.truth())
    else {
        look.undetermined(
            "SECURE_SSL_REDIRECT is not known",
            crate::way_to_know("SECURE_SSL_REDIRECT"),
            Some(at),
        );
        return;
    };
    if !redirects {
        look.evidence("Django does not redirect to HTTPS by itself", Some(at));
        return;
    }
    let fault = |message: String| {
        Fault {
        severity: Severity::Error,
        message,
        consequence: "Django takes every request for plain HTTP and redirects it for ever: the site is down".to_owned(),
        fix: "set proxy_set_header X-Forwarded-Proto $scheme; at the proxy and SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')".to_owned(),
    }
    };
    let header = super::trusted_header(facts);
    let ends_tls: Vec<_> = facts.edge.locations.iter().filter(|location| location.tls).collect();
    let Some(name) = header else {
        let all_pass =
            ends_tls.iter().all(|location| location.passes("X-Forwarded-Proto").is_some());
        if !ends_tls.is_empty()
            && all_pass
            && let Some(server) = super::server_sets_scheme(facts)
        {
            look.evidence("the proxy sends X-Forwarded-Proto, and gunicorn trusts it and sets the scheme by itself", Some(server));
        } else if let Some(location) = ends_tls.first() {
            // gunicorn's forwarded_allow_ips trusts 127.0.0.1 and unix sockets by default and then
            // sets the scheme itself, so that this is a defect with other servers only.
            let finding = look.finding(at, fault("SECURE_SSL_REDIRECT is on, the proxy ends TLS, and SECURE_PROXY_SSL_HEADER is not set".to_owned()));
            finding.confidence = plimsoll_catalog::Confidence::Medium;
            finding.related.push(plimsoll_catalog::Related {
                at: location.at.clone(),
                message: "the proxy ends TLS here".to_owned(),
            });
        } else {
            look.undetermined("SECURE_SSL_REDIRECT is on, no scheme header is trusted, and what ends TLS is not in the repository", "add the proxy's configuration to the repository, or probe the live site", Some(at));
        }
        return;
    };
    if ends_tls.is_empty() {
        look.undetermined(
            format!("whether the proxy sends {name} is not in the repository"),
            "add the proxy's configuration to the repository, or probe the live site",
            Some(at),
        );
        return;
    }
    for location in ends_tls {
        if location.passes(&name).is_some() {
            look.evidence(format!("the proxy sets {name}"), Some(location.at.clone()));
        } else if location.open {
            look.undetermined(
                format!("an include that is not in the repository may set {name}"),
                "add the included file to the repository",
                Some(location.at.clone()),
            );
        } else {
            let finding = look.finding(
                location.at.clone(),
                fault(format!("the proxy does not set {name}, which Django trusts for the scheme")),
            );
            finding.related.push(plimsoll_catalog::Related {
                at: at.clone(),
                message: "the redirect is switched on here".to_owned(),
            });
        }
    }
}
