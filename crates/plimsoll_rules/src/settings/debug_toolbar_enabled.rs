//! `debug-toolbar-enabled`: a development application is installed in production.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "debug-toolbar-enabled",
    control: "SET-01",
    title: "a development application is installed in production",
    what: "INSTALLED_APPS and MIDDLEWARE of the production settings, for applications that exist to look into a running system: the debug toolbar, Silk, a browser reloader, a shell in the browser.",
    why: "The debug toolbar hides itself unless DEBUG is on and the address is internal; one changed setting or a proxy on 127.0.0.1 lifts that and shows settings, SQL and sessions. Silk records every request with its headers, cookies included, in the database.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'debug_toolbar']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth']
```",
    sources: &["https://django-debug-toolbar.readthedocs.io/en/latest/installation.html"],
    check,
};

/// Applications for development, by the first part of their dotted name.
const DEVELOPMENT: [&str; 7] = [
    "debug_toolbar",
    "silk",
    "django_browser_reload",
    "livereload",
    "devserver",
    "django_pdb",
    "template_profiler_panel",
];

fn check(look: &mut Look) {
    for name in ["INSTALLED_APPS", "MIDDLEWARE"] {
        look.judge(name, |value| {
            let items = value.items().unwrap_or_default();
            let found = items.iter().filter_map(|item| item.text()).find(|text| {
                DEVELOPMENT.contains(&text.split('.').next().unwrap_or(text))
            });
            match found {
                Some(found) => Judgement::warning(
                    format!("{name} holds {found}, an application for development"),
                    "it records or shows requests, SQL and settings of real users as soon as one more setting slips",
                    "install it in the development settings only",
                ).surely(),
                None => Judgement::Good(format!("{name} holds no application for development")),
            }
        });
    }
}
