//! `allowed-hosts-development`: ALLOWED_HOSTS names only local or example hosts.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "allowed-hosts-development",
    control: "SET-03",
    title: "ALLOWED_HOSTS names only local or example hosts",
    what: "Whether any entry of ALLOWED_HOSTS can be the public name of a site.",
    why: "The list was written for development and never filled for production: every request under the real name gets 400.",
    bad: "```python settings.py
ALLOWED_HOSTS = ['localhost', '127.0.0.1']
```",
    good: "```python settings.py
ALLOWED_HOSTS = ['rota.care-home.org.uk', 'localhost']
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts"],
    check,
};

fn check(look: &mut Look) {
    look.judge("ALLOWED_HOSTS", |value| {
        let Some(hosts) = value.items() else { return Judgement::Neither };
        if hosts.is_empty() || !value.is_known() {
            return Judgement::Neither;
        }
        if hosts.iter().filter_map(|host| host.text()).all(is_local) {
            return Judgement::warning(
                "ALLOWED_HOSTS names only hosts of this machine or of examples",
                "requests under the public name of the site are answered with 400 Bad Request",
                "add the host names that users type",
            );
        }
        Judgement::Good("ALLOWED_HOSTS names a host that can be public".to_owned())
    });
}

/// Names that never are a public site: loopback, the reserved names of RFC 2606 and RFC 6761, and
/// the placeholders of guides.
fn is_local(host: &str) -> bool {
    let host = host.trim().trim_start_matches('.').to_ascii_lowercase();
    let reserved = [
        "localhost",
        "example.com",
        "example.net",
        "example.org",
        "test",
        "invalid",
        "local",
        "example",
    ];
    host.starts_with("127.")
        || matches!(
            host.as_str(),
            "0.0.0.0"
                | "[::1]"
                | "::1"
                | "testserver"
                | "yourdomain.com"
                | "your-domain.com"
                | "mydomain.com"
                | "domain.com"
                | "web"
                | "backend"
                | "django"
                | "app"
                | "host.docker.internal"
        )
        || reserved.iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
}
