//! `csrf-origin-malformed`: an entry of CSRF_TRUSTED_ORIGINS can match nothing.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-origin-malformed",
    control: "AUTH-07",
    title: "an entry of CSRF_TRUSTED_ORIGINS can match nothing",
    what: "Each known entry of CSRF_TRUSTED_ORIGINS: from Django 4.0 on it needs a scheme (4_0.E001); a path never matches.",
    why: "Forms posted from that origin get 403, and the list looks right.",
    bad: "```python settings.py
CSRF_TRUSTED_ORIGINS = ['rota.example.org']
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
CSRF_TRUSTED_ORIGINS = ['https://rota.example.org']
```
```text requirements.txt
Django==5.2.1
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#csrf-trusted-origins"],
    check,
};

fn check(look: &mut Look) {
    if look.facts.django_at_least(4, 0) == Some(false) {
        // Before 4.0 the entries were bare hosts.
        look.evidence("this version of Django takes bare hosts in CSRF_TRUSTED_ORIGINS", None);
        return;
    }
    look.judge("CSRF_TRUSTED_ORIGINS", |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        let wrong = items.iter().filter_map(|item| item.text()).find(|origin| {
            let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            rest.is_none_or(|host| {
                host.is_empty() || host.contains('/') || host.contains(char::is_whitespace)
            })
        });
        match wrong {
            Some(origin) => Judgement::error(
                format!("the entry '{origin}' of CSRF_TRUSTED_ORIGINS is no origin"),
                "Django's checks fail, and forms from that origin get 403",
                "write scheme and host only: 'https://rota.example.org'",
            )
            .surely(),
            None => Judgement::Good(format!(
                "all {} entries of CSRF_TRUSTED_ORIGINS are origins",
                items.len()
            )),
        }
    });
}
