//! `session-cookie-domain-wide`: the session cookie goes to every subdomain.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-cookie-domain-wide",
    control: "SET-08",
    title: "the session cookie goes to every subdomain",
    what: "SESSION_COOKIE_DOMAIN: with a domain set, the cookie is sent to that domain and all below it.",
    why: "Each application on a subdomain, a forgotten test system or a hosted help page too, receives the session cookie of your users and can use it.",
    bad: "```python settings.py
SESSION_COOKIE_DOMAIN = '.example.org'
```",
    good: "```python settings.py
SESSION_COOKIE_DOMAIN = None
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#session-cookie-domain"],
    check,
};

fn check(look: &mut Look) {
    look.judge("SESSION_COOKIE_DOMAIN", |value| match value {
        plimsoll_python::Value::None => Judgement::Good("the session cookie goes to the site's own host only".to_owned()),
        other => match other.text() {
            Some("") => Judgement::Good("the session cookie goes to the site's own host only".to_owned()),
            Some(domain) => Judgement::warning(
                format!("SESSION_COOKIE_DOMAIN gives the session cookie to every host below '{}'", domain.trim_start_matches('.')),
                "any application on a subdomain receives the sessions of your users",
                "leave SESSION_COOKIE_DOMAIN unset, unless one login for all subdomains is wanted and all of them are yours",
            ),
            None => Judgement::Neither,
        },
    });
}
