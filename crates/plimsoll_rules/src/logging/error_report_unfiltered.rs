//! `error-report-unfiltered`: the filter of error reports is replaced.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "error-report-unfiltered",
    control: "LOG-06",
    title: "the filter of error reports is replaced",
    what: "DEFAULT_EXCEPTION_REPORTER and DEFAULT_EXCEPTION_REPORTER_FILTER.",
    why: "Django’s filter hides settings and POST fields with the names of secrets; one of your own may not.",
    bad: "```python settings.py
DEFAULT_EXCEPTION_REPORTER_FILTER = 'shop.reports.ShowEverything'
```",
    good: "```python settings.py
DEFAULT_EXCEPTION_REPORTER_FILTER = 'django.views.debug.SafeExceptionReporterFilter'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/howto/error-reporting/#filtering-error-reports",
    ],
    check,
};

fn check(look: &mut Look) {
    for (name, default) in [
        ("DEFAULT_EXCEPTION_REPORTER_FILTER", "django.views.debug.SafeExceptionReporterFilter"),
        ("DEFAULT_EXCEPTION_REPORTER", "django.views.debug.ExceptionReporter"),
    ] {
        look.judge(name, |value| match value.text() {
            Some(text) if text == default => Judgement::Good(format!("{name} is Django's own")),
            Some(text) => Judgement::warning(
                format!("{name} is {text}"),
                "what error reports hide depends on that class",
                "leave the setting at its default, or show that the class hides as much",
            ),
            None => Judgement::Neither,
        });
    }
}
