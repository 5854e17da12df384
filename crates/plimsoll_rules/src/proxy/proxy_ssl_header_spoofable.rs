//! `proxy-ssl-header-spoofable`: a client can write the scheme header that Django trusts.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Facts, Proxied};
use plimsoll_source::Span;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-ssl-header-spoofable",
    control: "SET-07",
    title: "a client can write the scheme header that Django trusts",
    what: "SECURE_PROXY_SSL_HEADER against what each proxying location does with that header: set to a value of its own, passed on from the client, or not touched (which passes it on). An error on a server for plain HTTP beside one that ends TLS; a warning where another proxy may stand in front. Locations below STATIC_URL and MEDIA_URL, and those that lead elsewhere than to Django, are left alone.",
    why: "A client that sends `X-Forwarded-Proto: https` over plain HTTP is believed: no redirect, and secure cookies over a clear connection.",
    bad: "```python settings.py
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```
```text deploy/nginx.conf
server {
    listen 80;
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;
    }
}
```",
    good: "```python settings.py
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
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(name) = super::trusted_header(facts) else {
        if facts.certain("SECURE_PROXY_SSL_HEADER").is_some() {
            look.evidence("no scheme header is trusted", facts.place_of("SECURE_PROXY_SSL_HEADER"));
        }
        return;
    };
    let Some(at) = facts.place_of("SECURE_PROXY_SSL_HEADER") else { return };
    if facts.edge.locations.is_empty() {
        look.undetermined(
            format!("what the proxy does with {name} is not in the repository"),
            "add the proxy's configuration to the repository, or probe the live site",
            Some(at),
        );
        return;
    }
    let variable = format!("$http_{}", name.to_ascii_lowercase().replace('-', "_"));
    let locations = facts.edge.locations.iter().filter(|location| is_asked(facts, location));
    let mut any = false;
    let mut found: Vec<(Fault, Span, Vec<Span>)> = Vec::new();
    for location in locations {
        any = true;
        let message = match location.passes(&name) {
            Some((value, place)) if value == variable => {
                Some((place.clone(), format!("the proxy hands on the client's own {name}")))
            }
            Some((_, place)) => {
                look.evidence(format!("the proxy sets {name} itself"), Some(place.clone()));
                None
            }
            None if location.open => {
                look.undetermined(
                    format!("an include that is not in the repository may set {name}"),
                    "add the included file to the repository",
                    Some(location.at.clone()),
                );
                None
            }
            None => Some((
                location.at.clone(),
                format!("this location leaves {name} as the client sent it"),
            )),
        };
        let Some((place, message)) = message else { continue };
        let fault = judged(facts, location, &name, message);
        // A server that forgets it does so in all of its locations: one defect.
        let twin = found.iter_mut().find(|(known, first, _)| {
            first.file == place.file
                && known.severity == fault.severity
                && known.message == fault.message
        });
        match twin {
            Some((_, _, others)) => others.push(place),
            None => found.push((fault, place, Vec::new())),
        }
    }
    for (fault, place, others) in found {
        let finding = look.finding(place, fault);
        if !facts.edge.ends_tls() {
            finding.confidence = Confidence::Medium;
        }
        finding
            .related
            .push(Related { at: at.clone(), message: "Django trusts the header here".to_owned() });
        finding.related.extend(
            others
                .into_iter()
                .take(5)
                .map(|at| Related { at, message: "it is the same here".to_owned() }),
        );
    }
    sites::leads_nowhere(look, any);
}

/// How bad it is: a client that comes over plain HTTP can lie about it; one that speaks TLS to the
/// proxy cannot gain by it; and where the proxy never ends TLS, what does so sets the header.
fn judged(facts: &Facts, location: &Proxied, name: &str, message: String) -> Fault {
    let (severity, consequence) = match (location.plain, facts.edge.ends_tls()) {
        (true, true) => (
            Severity::Error,
            "a client that sends the header over plain HTTP is taken to be on HTTPS",
        ),
        (false, _) => (
            Severity::Warning,
            "Django takes pages for plain HTTP or HTTPS as the client says: right only where another proxy in front sets the header",
        ),
        (true, false) => (
            Severity::Warning,
            "unless what ends TLS in front sets the header, a client that sends it is taken to be on HTTPS",
        ),
    };
    Fault {
        severity,
        message,
        consequence: consequence.to_owned(),
        fix: format!(
            "set proxy_set_header {name} $scheme; in every location that proxies to Django; behind another proxy that ends TLS, take the header from that one alone"
        ),
    }
}

/// Whether what a location hands on is a page of Django for all that is known: not another
/// service's, nor the files below STATIC_URL and MEDIA_URL.
fn is_asked(facts: &Facts, location: &Proxied) -> bool {
    let is_files = ["STATIC_URL", "MEDIA_URL"].iter().any(|name| {
        let url = facts.partial(name).and_then(|value| value.text()).unwrap_or("");
        let bare = url.trim_matches('/');
        !bare.is_empty() && location.pattern.trim_matches('/').starts_with(bare)
    });
    let to_other = || {
        sites::sites(facts).iter().flat_map(|site| site.server.all_locations()).any(|known| {
            known.at() == &location.at
                && known.pass().is_some_and(|pass| sites::leads_to_app(facts, &pass) != Some(true))
        })
    };
    !is_files && !to_other()
}
