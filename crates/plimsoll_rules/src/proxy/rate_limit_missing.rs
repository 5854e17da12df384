//! `rate-limit-missing`: login and token addresses have no rate limit at the proxy.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Facts;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "rate-limit-missing",
    control: "PRX-07",
    title: "login and token addresses have no rate limit at the proxy",
    what: "`limit_req` where nginx leads to the application: for the login page (LOGIN_URL, where it is a path, and usual addresses of logins, the admin and tokens). A limit of the whole server counts; one of other locations leaves it open whether the login is under it. Where the application counts failed logins by itself (django-axes, allauth and the like), it is a note. Caddy has no limit without a plugin (`rate_limit`). What a CDN or balancer in front does is not seen.",
    why: "A lockout counts failures per account and lets one password be tried on ten thousand accounts; each try costs a slow password hash. The proxy is where such a flood is stopped before it occupies every worker.",
    bad: "```python settings.py
DEBUG = False
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
```text deploy/nginx.conf
events {}
http {
    limit_req_zone $binary_remote_addr zone=login:10m rate=10r/m;
    server {
        listen 443 ssl;
        location /accounts/login/ {
            limit_req zone=login burst=10 nodelay;
            proxy_pass http://127.0.0.1:8000;
        }
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    sources: &["https://nginx.org/en/docs/http/ngx_http_limit_req_module.html"],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "whether the proxy limits requests") {
        return;
    }
    let facts = look.facts;
    let rate = look.parameter("login_rate");
    let burst = look.parameter("login_burst");
    let mut any = false;
    for site in sites::sites(facts) {
        let handed = site.handed(facts);
        let Some(first) = handed.first() else { continue };
        any = true;
        let at = site.server.at().unwrap_or(first.location.at()).clone();
        let shared =
            site.server.scope().inherited("limit_req").first().map(|limit| limit.span.clone());
        let limited: Vec<_> = handed
            .iter()
            .filter_map(|handed| {
                let limits = handed.location.scope().inherited("limit_req");
                Some((handed.location.pattern().to_owned(), limits.first()?.span.clone()))
            })
            .collect();
        if let Some(place) = shared {
            look.evidence("the proxy limits the rate of requests", Some(place));
        } else if let Some((pattern, place)) = limited.first().cloned() {
            of_some(look, &site, &limited, pattern, place);
        } else if handed.iter().any(|handed| handed.location.scope().has_unread_includes())
            || !site.from.config.is_complete() && facts.edge.nginx_image.is_none()
        {
            look.undetermined("no limit_req stands here; a part of nginx's configuration that is not in the repository may have one", "run nginx -T on the host, or send a burst to the login page", Some(at));
        } else {
            tell(look, at, rate, burst);
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        if site.reverse_proxies().is_empty() {
            continue;
        }
        any = true;
        match site.all("rate_limit").first() {
            Some(limit) => look
                .evidence("Caddy's plugin limits the rate of requests", Some(limit.span.clone())),
            None => tell(look, site.span.clone(), rate, burst),
        }
    }
    sites::leads_nowhere(look, any);
}

/// Where some locations are limited: whether the login is among them.
fn of_some(
    look: &mut Look,
    site: &sites::Site<'_>,
    limited: &[(String, plimsoll_source::Span)],
    pattern: String,
    place: plimsoll_source::Span,
) {
    let facts = look.facts;
    let url = facts
        .certain("LOGIN_URL")
        .and_then(|value| value.text())
        .filter(|url| url.starts_with('/') && facts.is_set("LOGIN_URL"));
    let covered = url.and_then(|url| site.server.location_for(url).location()).map(|location| {
        location.scope().inherited("limit_req").first().map(|limit| limit.span.clone())
    });
    let about = |pattern: &str| {
        ["login", "token", "auth", "account", "signin", "admin"]
            .iter()
            .any(|word| pattern.contains(word))
    };
    if let Some(Some(span)) = covered {
        look.evidence("the proxy limits the rate of requests to the login", Some(span));
    } else if let Some((pattern, span)) =
        limited.iter().find(|(pattern, _)| about(pattern) || pattern == "/")
    {
        look.evidence(
            format!("the proxy limits the rate of requests to {pattern}"),
            Some(span.clone()),
        );
    } else {
        look.undetermined(
            format!("the proxy limits {pattern}, and whether the login is under it is not known"),
            "send a burst to the login page",
            Some(place),
        );
    }
}

/// The address of the login, as far as it is known.
fn logins(facts: &Facts) -> String {
    // Django's default is an address that few projects have.
    let url = facts.certain("LOGIN_URL").and_then(|value| value.text());
    url.filter(|url| url.starts_with('/') && facts.is_set("LOGIN_URL"))
        .map_or_else(|| "the login".to_owned(), str::to_owned)
}

/// What in the application counts tries of passwords: a package for lockouts, a limit of the project's own
/// where it logs somebody in, or allauth, which limits
/// failed logins from version 65 on by `ACCOUNT_RATE_LIMITS` and before by an attempts limit.
fn counted_by(facts: &Facts) -> Option<String> {
    const COUNTERS: [(&str, &str); 5] = [
        ("axes", "django-axes"),
        ("defender", "django-defender"),
        ("lockout", "django-lockout"),
        ("django_ratelimit", "django-ratelimit"),
        ("allauth.account", "django-allauth"),
    ];
    COUNTERS
        .iter()
        .find(|(app, _)| facts.has_app(app) == Some(true))
        .map(|(_, name)| (*name).to_owned())
        .or_else(|| crate::auth::limits_logins(facts))
}

fn tell(look: &mut Look, at: plimsoll_source::Span, rate: i64, burst: i64) {
    let facts = look.facts;
    let login = logins(facts);
    let counted = counted_by(facts);
    let place = if login == "the login" { "the address of the login" } else { &login };
    let finding = look.finding(
        at,
        Fault {
            severity: if counted.is_some() { Severity::Note } else { Severity::Warning },
            message: format!("no rate limit of the proxy covers {login}"),
            consequence: match &counted {
                Some(name) => format!("{name} counts failed tries per account or address; a flood of them still occupies every worker"),
                None => "passwords can be tried as fast as the workers answer, and the tries occupy all of them".to_owned(),
            },
            fix: format!("limit_req_zone $binary_remote_addr zone=login:10m rate={rate}r/m; and in a location for {place}: limit_req zone=login burst={burst} nodelay; limit_req_status 429;"),
        },
    );
    // A balancer or CDN in front may limit.
    finding.confidence = Confidence::Medium;
}
