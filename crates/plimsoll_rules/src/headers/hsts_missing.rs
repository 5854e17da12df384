//! `hsts-missing`: no Strict-Transport-Security header is sent.

use plimsoll_facts::{Facts, PlainTraffic};

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-missing",
    control: "HDR-01",
    title: "no Strict-Transport-Security header is sent",
    what: "SECURE_HSTS_SECONDS of the production settings together with SecurityMiddleware, and the header that the reverse proxy adds over TLS (security.W004). An error where the proxy of the repository ends TLS and does not add it; a warning where what ends TLS is not in the repository. Configurations for hosts without TLS are left alone: browsers ignore the header there. Django sends the header only on requests that it sees as secure: where nothing tells it so (SECURE_PROXY_SSL_HEADER, an application server that takes the scheme from the proxy), a setting alone is undetermined.",
    why: "Without HSTS the browser tries plain HTTP whenever somebody types the name or follows an old link, and whoever sits on the network can answer in your place before the redirect does.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 0
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-hsts-seconds",
        "https://www.rfc-editor.org/rfc/rfc6797",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let told = crate::proxy::told_of_https(facts);
    look.judge("SECURE_HSTS_SECONDS", |value| match value.integer() {
        Some(seconds) if seconds > 0 => match (&told, facts.edge.header_over_tls("Strict-Transport-Security")) {
            (Ok(how), _) => Judgement::Good(format!("Django sends HSTS with max-age={seconds}; {how}")),
            (Err(_), Some(header)) => Judgement::Good(format!("the proxy sends HSTS ({})", header.at)),
            (Err(why), None) => Judgement::Open {
                reason: format!("SECURE_HSTS_SECONDS is {seconds}, and Django sends the header only on requests that it sees as secure: {why}"),
                needs: "SECURE_PROXY_SSL_HEADER with a proxy that sets the header over TLS, or a look at the live response: curl -sI https://HOST/".to_owned(),
            },
        },
        Some(_) => unsent(facts),
        None => Judgement::Neither,
    });
}

fn unsent(facts: &Facts) -> Judgement {
    const FIX: &str = "set SECURE_HSTS_SECONDS, first to an hour, then to 31536000 when every host answers on HTTPS";
    let header = facts.edge.header_over_tls("Strict-Transport-Security");
    match (header, facts.edge.plain_http()) {
        (Some(header), PlainTraffic::Differs { plain, .. }) => Judgement::Open {
            reason: format!(
                "{} sends HSTS, and {} is the configuration of another host, without TLS; which of the two is production's is not told",
                header.at.file, plain.file
            ),
            needs: "probe the headers of the live site".to_owned(),
        },
        (Some(header), _) => Judgement::Good(format!("the proxy sends HSTS ({})", header.at)),
        (None, _) if facts.edge.ends_tls() => Judgement::error(
            "SECURE_HSTS_SECONDS is 0, and the proxy that ends TLS does not send the header on every page",
            "browsers go on trying plain HTTP, and somebody on the network can answer first",
            FIX,
        ),
        (None, _) if crate::proxy::made_at_run_time(facts) == Some("nginx-proxy") => Judgement::Open {
            reason: "SECURE_HSTS_SECONDS is 0; nginx-proxy in front sends the header by itself, unless it is told not to".to_owned(),
            needs: "probe the headers of the live site".to_owned(),
        },
        (None, _) => Judgement::warning(
            "SECURE_HSTS_SECONDS is 0 and no proxy configuration of the repository sends the header",
            "unless what ends TLS sends it, browsers go on trying plain HTTP, and somebody on the network can answer first",
            FIX,
        ),
    }
}
