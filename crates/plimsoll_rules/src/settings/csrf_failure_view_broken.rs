//! `csrf-failure-view-broken`: CSRF_FAILURE_VIEW names a view that cannot be found.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-failure-view-broken",
    control: "SET-05",
    title: "CSRF_FAILURE_VIEW names a view that cannot be found",
    what: "CSRF_FAILURE_VIEW where it names a module of the project: whether the module exists (security.E102 and E101 test it by import).",
    why: "Each refused form then ends in a 500 with an import error in place of the 403 page.",
    bad: "```python settings.py
CSRF_FAILURE_VIEW = 'shop.views.csrf_failure'
```
```python shop/__init__.py
```",
    good: "```python settings.py
CSRF_FAILURE_VIEW = 'django.views.csrf.csrf_failure'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#csrf-failure-view"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    look.judge("CSRF_FAILURE_VIEW", |value| match value.text() {
        Some("django.views.csrf.csrf_failure") => {
            Judgement::Good("the CSRF failure view is Django's own".to_owned())
        }
        Some(path) => {
            let Some((module, _)) = path.rsplit_once('.') else {
                return Judgement::error(
                    format!("CSRF_FAILURE_VIEW '{path}' is no dotted path"),
                    "every refused form ends in a 500",
                    "name the view with its module: 'shop.views.csrf_failure'",
                );
            };
            if facts.has_module(module) {
                Judgement::Good(format!(
                    "the module of CSRF_FAILURE_VIEW, {module}, is in the repository"
                ))
            } else if facts.is_own_package(module) {
                Judgement::error(
                    format!("CSRF_FAILURE_VIEW names {path}, and there is no module {module}"),
                    "every refused form ends in a 500 in place of the 403 page",
                    "name a view that exists, or leave the setting at its default",
                )
            } else {
                Judgement::Open {
                    reason: format!(
                        "CSRF_FAILURE_VIEW names {path}, which is not in the repository"
                    ),
                    needs: "python manage.py check, where the package is installed".to_owned(),
                }
            }
        }
        None => Judgement::Neither,
    });
}
