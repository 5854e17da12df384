//! `static-finder-overlap`: STATIC_ROOT is also in STATICFILES_DIRS.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-finder-overlap",
    control: "STO-03",
    title: "STATIC_ROOT is also in STATICFILES_DIRS",
    what: "STATIC_ROOT against STATICFILES_DIRS (staticfiles.E002).",
    why: "collectstatic stops, or copies its own output into itself: files that were deleted from the source come back at each deployment.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = '/srv/static'
STATICFILES_DIRS = ['/srv/static']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = '/srv/static'
STATICFILES_DIRS = ['/srv/app/assets']
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#staticfiles-dirs"],
    check,
};

fn check(look: &mut Look) {
    let root = look
        .facts
        .partial("STATIC_ROOT")
        .and_then(|value| value.text())
        .map(|root| root.trim_end_matches('/').to_owned());
    look.judge("STATICFILES_DIRS", |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        // An entry may be a pair of a prefix and a path.
        let paths =
            items.iter().filter_map(|item| item.text().or_else(|| item.items()?.get(1)?.text()));
        match &root {
            Some(root)
                if !root.is_empty()
                    && paths.clone().any(|path| path.trim_end_matches('/') == root) =>
            {
                Judgement::error(
                    "STATIC_ROOT is also in STATICFILES_DIRS",
                    "collectstatic stops with staticfiles.E002",
                    "collect into a folder that holds nothing of the source",
                )
            }
            _ => Judgement::Good("STATIC_ROOT is not in STATICFILES_DIRS".to_owned()),
        }
    });
}
