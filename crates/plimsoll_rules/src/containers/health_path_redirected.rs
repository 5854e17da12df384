//! `health-path-redirected`: Django's own checks answer the health check.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Facts, HealthCheck};
use plimsoll_python::Value;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "health-path-redirected",
    control: "SET-06",
    title: "the health check is answered by Django's redirect or host check",
    what: "Health checks of compose services, images and Kubernetes containers that call the application over plain HTTP, against SECURE_SSL_REDIRECT, SECURE_REDIRECT_EXEMPT and ALLOWED_HOSTS as production has them. A check that sends the header of SECURE_PROXY_SSL_HEADER or a Host of its own is taken at its word. Where a middleware of the project stands before Django's own and may answer the check, nothing is said, and so for checks that run a script.",
    why: "The checker comes by address and over plain HTTP, not as the site's visitors do. Django answers 400 to a host name that it does not know, and 301 to plain HTTP. Either the container never becomes healthy and is restarted for ever, or the redirect counts as healthy and the check says nothing. The usual cure, a * in ALLOWED_HOSTS, opens what the setting closes.",
    bad: "```python settings.py
DEBUG = False
ALLOWED_HOSTS = ['rota.care-home.org.uk']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware']
```
```yaml docker-compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
    healthcheck:
      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:8000/health/\"]
```",
    good: "```python settings.py
DEBUG = False
ALLOWED_HOSTS = ['rota.care-home.org.uk']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware']
```
```yaml docker-compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
    healthcheck:
      test: [\"CMD\", \"curl\", \"-f\", \"-H\", \"Host: rota.care-home.org.uk\", \"http://localhost:8000/health/\"]
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-redirect-exempt",
        "https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let serving = facts.interiors.iter().filter(|interior| interior.serves());
    let checks: Vec<&HealthCheck> =
        serving.filter_map(|interior| interior.health.as_ref()).chain(&facts.probes).collect();
    for check in checks {
        let Some((scheme, host, path)) = check.parts() else {
            look.undetermined(
                "the address of the health check is not known",
                "call the health address on the running machine as its checker does",
                Some(check.at.clone()),
            );
            continue;
        };
        if scheme != "http" || check.is_open {
            look.undetermined(
                "how the health check calls is not fully seen",
                "call the health address on the running machine as its checker does",
                Some(check.at.clone()),
            );
            continue;
        }
        if let Some(own) = own_middleware_first(facts) {
            look.undetermined(
                format!(
                    "{own} stands before Django's own middleware and may answer the health check"
                ),
                "call the health address on the running machine as its checker does",
                Some(check.at.clone()),
            );
            continue;
        }
        let sent = check.header("Host").unwrap_or(host);
        judge(look, check, sent.split(':').next().unwrap_or(sent), path);
    }
}

fn judge(look: &mut Look, check: &HealthCheck, host: &str, path: &str) {
    let facts = look.facts;
    let accepted = accepts(facts, host);
    let redirected = redirects(facts, check, path);
    if accepted == Some(false) {
        let name = if check.calls_by_address { "the address of the pod" } else { host };
        let finding = look.finding(
            check.at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!("the health check calls {path} as {name}, which is not in ALLOWED_HOSTS"),
                consequence: "Django answers 400, so the container never becomes healthy, however well the application is".to_owned(),
                fix: "have the check send a Host header with a name of the site, or answer the health path in a middleware before Django's".to_owned(),
            },
        );
        if let Some(at) = facts.place_of("ALLOWED_HOSTS") {
            finding.related.push(Related { at, message: "the names that are accepted".to_owned() });
        }
        return;
    }
    if redirected == Some(true) {
        let follows = check.follows == Some(true);
        let finding = look.finding(
            check.at.clone(),
            Fault {
                severity: if follows { Severity::Error } else { Severity::Warning },
                message: format!("the health check calls {path} over plain HTTP, and SECURE_SSL_REDIRECT redirects it"),
                consequence: if follows {
                    "the check follows to https:// on the application's own port, where nobody speaks TLS, and fails for ever".to_owned()
                } else {
                    "the check gets a 301 and asks no further: it is green whatever state the application is in, or never, as its checker takes redirects".to_owned()
                },
                fix: format!("add the path to SECURE_REDIRECT_EXEMPT (r'^{}$'), or have the check send X-Forwarded-Proto: https where SECURE_PROXY_SSL_HEADER trusts it", path.trim_start_matches('/')),
            },
        );
        if check.follows.is_none() {
            finding.confidence = Confidence::Medium;
        }
        if let Some(at) = facts.place_of("SECURE_SSL_REDIRECT") {
            finding.related.push(Related { at, message: "the redirect is on".to_owned() });
        }
        return;
    }
    match (accepted, redirected) {
        (Some(true), Some(false)) => look.evidence(
            format!("the health check of {path} is neither redirected nor refused"),
            Some(check.at.clone()),
        ),
        _ => look.undetermined(
            "whether Django redirects or refuses the health check depends on settings that are not known",
            "check with production's environment: --env-file FILE",
            Some(check.at.clone()),
        ),
    }
}

/// Whether Django accepts a Host; `None` where that is not known.
fn accepts(facts: &Facts, host: &str) -> Option<bool> {
    // Nobody asks for the host without CommonMiddleware, and with DEBUG local names are good.
    let common = facts.lists("MIDDLEWARE", &["django.middleware.common.CommonMiddleware"]);
    if common == Some(false)
        && facts.certain("SECURE_SSL_REDIRECT").and_then(Value::truth) == Some(false)
    {
        return Some(true);
    }
    let hosts = facts.partial("ALLOWED_HOSTS")?.items()?;
    let fits = |pattern: &str| {
        let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
        pattern == "*"
            || pattern == host
            || pattern.strip_prefix('.').is_some_and(|bare| {
                host == bare || host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'))
            })
    };
    if hosts.iter().filter_map(Value::text).any(fits) {
        return Some(true);
    }
    let certain = facts.certain("ALLOWED_HOSTS").is_some_and(Value::is_known)
        && facts.certain("DEBUG").and_then(Value::truth) == Some(false)
        && common == Some(true);
    // An empty list is the business of another rule.
    (certain && !hosts.is_empty()).then_some(false)
}

/// Whether Django redirects the check to HTTPS.
fn redirects(facts: &Facts, check: &HealthCheck, path: &str) -> Option<bool> {
    let security = facts.lists("MIDDLEWARE", &["django.middleware.security.SecurityMiddleware"]);
    if security == Some(false) {
        return Some(false);
    }
    if !facts.certain("SECURE_SSL_REDIRECT")?.truth()? {
        return Some(false);
    }
    security?;
    if check.header("X-Forwarded-Proto").is_some() {
        // gunicorn believes it from loopback, Django where the setting names it.
        return Some(false);
    }
    let header = facts.certain("SECURE_PROXY_SSL_HEADER")?;
    let named = header.items().and_then(|items| items.first()).and_then(Value::text);
    if let Some(named) = named {
        let name = named.trim_start_matches("HTTP_").replace('_', "-");
        if check.header(&name).is_some() {
            return Some(false);
        }
    }
    let exempt = facts.certain("SECURE_REDIRECT_EXEMPT")?.items()?;
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_start_matches('/');
    for pattern in exempt {
        // Patterns are searched from anywhere; only plain ones are read here.
        let text = pattern.text()?;
        let plain = text.trim_start_matches('^').trim_end_matches('$').trim_end_matches("/?");
        let is_plain =
            plain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_'));
        if !is_plain {
            return None;
        }
        if path.contains(plain) {
            return Some(false);
        }
    }
    Some(true)
}

/// A middleware that stands before Django's own and is none of the known ones.
fn own_middleware_first(facts: &Facts) -> Option<&str> {
    let items = facts.partial("MIDDLEWARE")?.items()?;
    let first = items
        .iter()
        .map(|item| item.text().unwrap_or("a middleware that is not known"))
        .take_while(|name| {
            !name.starts_with("django.middleware.security.")
                && !name.starts_with("django.middleware.common.")
        });
    let harmless = [
        "django.",
        "corsheaders.",
        "whitenoise.",
        "debug_toolbar.",
        "django_prometheus.",
        "allauth.",
    ];
    first.into_iter().find(|name| !harmless.iter().any(|known| name.starts_with(known)))
}
