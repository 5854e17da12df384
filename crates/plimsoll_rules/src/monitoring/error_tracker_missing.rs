//! `error-tracker-missing`: errors in production reach nobody.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::Value;

use super::TRACKERS;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "error-tracker-missing",
    control: "MON-01",
    title: "errors in production reach nobody",
    what: "Whether anything reports errors: a call of `sentry_sdk.init` with a DSN, another tracker (Rollbar, Bugsnag, Honeybadger, Elastic APM, New Relic, Datadog, Scout, AppSignal) among the requirements, or Django’s mails to ADMINS. A tracker that starts only where its variable is set leaves the question open. Projects whose requirements are not in the repository do too.",
    why: "Users meet a page that says 500 and go away; the log has the traceback, and nobody reads it.",
    bad: "```python settings.py
DEBUG = False
ADMINS = []
```
```text requirements.txt
django==5.2.8
gunicorn==23.0.0
```",
    good: "```python settings.py
import sentry_sdk
DEBUG = False
ADMINS = []
sentry_sdk.init(dsn='https://key@sentry.example.net/1', environment='production')
```
```text requirements.txt
django==5.2.8
sentry-sdk==2.40.0
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/howto/error-reporting/",
        "https://docs.sentry.io/platforms/python/integrations/django/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let needs = "look whether production sets the tracker’s variable, and send it a test error";
    let called = facts.settings.calls.iter().find(|call| call.function == "sentry_sdk.init");
    if let Some(call) = called {
        let dsn = call
            .arguments
            .iter()
            .find(|(name, _)| name.as_deref().is_none_or(|name| name == "dsn"))
            .map(|(_, value)| value);
        match dsn {
            Some(value) if value.text().is_some_and(|text| text.contains("://")) => {
                look.evidence("sentry_sdk.init is called with a DSN", Some(call.at.clone()));
            }
            _ => look.undetermined(
                "sentry_sdk.init is called, and its DSN comes from an environment that is not known here",
                needs,
                Some(call.at.clone()),
            ),
        }
        return;
    }
    let elsewhere = facts.code.modules.iter().find_map(|module| module.facts.trackers.first());
    if let Some(tracker) = elsewhere {
        return look.undetermined(
            "sentry_sdk.init is called under a condition, or outside of the settings",
            needs,
            Some(tracker.at.clone()),
        );
    }
    let declared = &facts.versions.distributions;
    if let Some(name) = TRACKERS.iter().find(|name| declared.contains_key(**name)) {
        return look.undetermined(
            format!("{name} is among the requirements, and where it is started is not seen"),
            needs,
            None,
        );
    }
    if declared.keys().any(|name| {
        name.contains("opentelemetry") || name.contains("sentry") || name.contains("glitchtip")
    }) {
        return look.undetermined(
            "telemetry is among the requirements, and whether it reports errors is not seen",
            needs,
            None,
        );
    }
    let admins =
        facts.certain("ADMINS").and_then(Value::items).is_some_and(|items| !items.is_empty());
    if admins {
        return look.evidence("Django mails errors to ADMINS", facts.place_of("ADMINS"));
    }
    // Variables that production may set.
    let names = ["ADMINS", "ADMIN_EMAIL", "ADMIN_MAIL", "SENTRY", "ROLLBAR", "BUGSNAG"];
    let read = facts.settings_names.iter().any(|name| names.iter().any(|part| name.contains(part)));
    let open = facts.is_set("ADMINS") && facts.certain("ADMINS").is_none() || read;
    if open || declared.is_empty() {
        return look.undetermined(
            "whether errors are reported to anybody is not seen",
            "name the tracker in the settings, or set ADMINS in production",
            facts.place_of("ADMINS"),
        );
    }
    let set = ["ADMINS", "LOGGING", "DEBUG", "INSTALLED_APPS"]
        .into_iter()
        .find(|name| facts.is_set(name));
    let at = set.and_then(|name| facts.place_of(name));
    let Some(at) = at else { return };
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: "no error tracker is among the requirements, and ADMINS is empty".to_owned(),
            consequence: "an error in production is a line in a log that nobody reads".to_owned(),
            fix: "add a tracker (sentry-sdk also talks to self-hosted ones) and start it in the production settings, or set ADMINS".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}
