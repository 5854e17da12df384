//! `ssl-redirect-disabled`: plain HTTP is not redirected to HTTPS.

use plimsoll_facts::{Facts, PlainTraffic};

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "ssl-redirect-disabled",
    control: "SET-06",
    title: "plain HTTP is not redirected to HTTPS",
    what: "SECURE_SSL_REDIRECT of the production settings, and, where it is off, whether the reverse proxy redirects every plain HTTP request (security.W008). An error where the proxy ends TLS and serves plain HTTP beside it; a warning where a redirect may stand in front of what the repository holds. Left open where one configuration redirects and another one, without TLS, does not, on platforms whose edge redirects by itself (Railway, Render, DigitalOcean, Fly), and behind proxies that are configured when they run (Traefik, nginx-proxy, a Caddy whose names are variables).",
    why: "A visitor who types the address arrives over plain HTTP. Without a redirect the login form itself is served and sent in clear.",
    bad: "```python settings.py
SECURE_SSL_REDIRECT = False
```",
    good: "```python settings.py
SECURE_SSL_REDIRECT = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-ssl-redirect"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let edge = facts.edge.plain_http();
    let elsewhere = elsewhere(facts);
    look.judge("SECURE_SSL_REDIRECT", |value| match value.truth() {
        Some(true) => Judgement::Good("Django redirects plain HTTP to HTTPS".to_owned()),
        Some(false) => off(edge, elsewhere.clone()),
        None => Judgement::Neither,
    });
}

fn off(edge: PlainTraffic<'_>, elsewhere: Option<String>) -> Judgement {
    const FIX: &str = "redirect at the proxy for every host, or set SECURE_SSL_REDIRECT = True together with a trusted scheme header";
    match edge {
        PlainTraffic::Redirected(place) => {
            Judgement::Good(format!("the proxy redirects plain HTTP to HTTPS ({place})"))
        }
        PlainTraffic::Differs { redirect, plain } => Judgement::Open {
            reason: format!(
                "{} redirects plain HTTP to HTTPS and {} serves it; which of the two is production's is not told",
                redirect.file, plain.file
            ),
            needs: "probe port 80 of the live site".to_owned(),
        },
        PlainTraffic::Served(place) => Judgement::error(
            format!(
                "SECURE_SSL_REDIRECT is off, and the proxy hands plain HTTP to Django ({place})"
            ),
            "pages, the login form among them, are served over plain HTTP to whoever asks for them so",
            FIX,
        ),
        PlainTraffic::Only(_) | PlainTraffic::Unknown if elsewhere.is_some() => Judgement::Open {
            reason: format!("SECURE_SSL_REDIRECT is off; {}", elsewhere.unwrap_or_default()),
            needs: "probe port 80 of the live site".to_owned(),
        },
        PlainTraffic::Only(place) => Judgement::warning(
            format!(
                "SECURE_SSL_REDIRECT is off, the proxy hands plain HTTP to Django ({place}), and nothing in the repository ends TLS"
            ),
            "unless something in front redirects to HTTPS, pages, the login form among them, are served in clear",
            FIX,
        ),
        PlainTraffic::Unknown => Judgement::warning(
            "SECURE_SSL_REDIRECT is off and no proxy configuration of the repository redirects to HTTPS",
            "unless a proxy that is not in the repository redirects, pages, the login form among them, are served over plain HTTP to whoever asks for them so",
            FIX,
        ),
    }
}

/// What may redirect by itself, so that no file of the repository says it.
fn elsewhere(facts: &Facts) -> Option<String> {
    if let Some(platform) = crate::platform::managed_by(facts) {
        return Some(format!("{platform} redirects plain HTTP to HTTPS at its edge"));
    }
    if let Some(proxy) = crate::proxy::made_at_run_time(facts) {
        return Some(format!(
            "{proxy} makes its configuration when it runs, and commonly redirects plain HTTP to HTTPS"
        ));
    }
    let caddy = facts.edge.caddy.iter().any(|file| !file.sites.is_empty());
    (caddy && facts.edge.plain_servers.is_empty()).then(|| {
        "Caddy redirects plain HTTP to HTTPS where its site has a name, which is not known here"
            .to_owned()
    })
}
