//! `static-root-missing`: STATIC_ROOT is unset.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-root-missing",
    control: "STO-03",
    title: "STATIC_ROOT is unset",
    what: "STATIC_ROOT where django.contrib.staticfiles is installed.",
    why: "collectstatic stops with ImproperlyConfigured; or, where it is not run, the admin and every page come without style and script once DEBUG is off.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = '/var/www/rota/static'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#static-root",
        "https://docs.djangoproject.com/en/stable/howto/static-files/deployment/",
    ],
    check,
};

fn check(look: &mut Look) {
    if look.facts.has_app("django.contrib.staticfiles") == Some(false) {
        look.evidence(
            "the project serves no static files by django.contrib.staticfiles",
            look.facts.place_of("INSTALLED_APPS"),
        );
        return;
    }
    if super::static_is_remote(look.facts) {
        look.evidence("static files are stored remotely", look.facts.place_of("STORAGES"));
        return;
    }
    look.judge("STATIC_ROOT", |value| match (value, value.text()) {
        (Value::None, _) | (_, Some("")) => Judgement::error(
            "STATIC_ROOT is not set",
            "collectstatic stops, and pages come without style and script",
            "set STATIC_ROOT to the folder that the proxy serves, outside the code",
        ),
        (_, Some(root)) => Judgement::Good(format!("STATIC_ROOT is {root}")),
        _ => Judgement::Neither,
    });
}
