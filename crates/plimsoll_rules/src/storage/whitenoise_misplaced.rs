//! `whitenoise-misplaced`: WhiteNoise is not directly after SecurityMiddleware.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "whitenoise-misplaced",
    control: "STO-03",
    title: "WhiteNoise is not directly after SecurityMiddleware",
    what: "The place of WhiteNoiseMiddleware in MIDDLEWARE.",
    why: "Above SecurityMiddleware its files leave without HSTS and redirect; far below, each static file passes sessions, CSRF and the rest, and is slow.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.contrib.sessions.middleware.SessionMiddleware', 'whitenoise.middleware.WhiteNoiseMiddleware']
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'whitenoise.middleware.WhiteNoiseMiddleware', 'django.contrib.sessions.middleware.SessionMiddleware']
```",
    sources: &[
        "https://whitenoise.readthedocs.io/en/stable/django.html#enable-whitenoise",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("MIDDLEWARE", |value| {
        let texts: Vec<&str> =
            value.items().unwrap_or_default().iter().filter_map(|item| item.text()).collect();
        let Some(place) = texts.iter().position(|text| text.starts_with("whitenoise.")) else {
            return if value.is_known() {
                Judgement::Good("WhiteNoise is not used".to_owned())
            } else {
                Judgement::Neither
            };
        };
        let security = texts.iter().position(|text| text.ends_with("SecurityMiddleware"));
        let late = texts.iter().take(place).find(|text| {
            text.ends_with("SessionMiddleware")
                || text.ends_with("AuthenticationMiddleware")
                || text.ends_with("CsrfViewMiddleware")
                || text.ends_with("LocaleMiddleware")
        });
        match (security, late) {
            (Some(security), _) if place < security => Judgement::warning(
                "WhiteNoise comes before SecurityMiddleware",
                "static files leave without HSTS, nosniff and the redirect to HTTPS",
                "put WhiteNoiseMiddleware directly after SecurityMiddleware",
            ),
            (_, Some(late)) => Judgement::warning(
                format!("WhiteNoise comes after {late}"),
                "each static file passes sessions and other middleware first",
                "put WhiteNoiseMiddleware directly after SecurityMiddleware",
            ),
            _ => Judgement::Good(
                "WhiteNoise comes after SecurityMiddleware and before the rest".to_owned(),
            ),
        }
    });
}
