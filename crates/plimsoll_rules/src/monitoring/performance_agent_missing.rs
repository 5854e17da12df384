//! `performance-agent-missing`: nothing measures how long requests take.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "performance-agent-missing",
    control: "MON-07",
    title: "nothing measures how long requests take",
    what: "Libraries among the requirements that measure requests in production (New Relic, Datadog, Elastic APM, Scout, AppSignal, OpenTelemetry, django-prometheus, statsd), and `traces_sample_rate` of sentry-sdk. Metrics taken at the proxy or platform are not seen from here. Projects whose requirements are not in the repository leave the question open.",
    why: "Pages grow slow by and by; without figures the first to say so are users, and nobody knows since when.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
django==5.2.8
gunicorn==23.0.0
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
django==5.2.8
gunicorn==23.0.0
django-prometheus==2.4.1
```",
    sources: &["https://docs.sentry.io/platforms/python/tracing/"],
    check,
};

const AGENTS: [&str; 14] = [
    "newrelic",
    "ddtrace",
    "elastic-apm",
    "scout-apm",
    "appsignal",
    "django-prometheus",
    "statsd",
    "prometheus-client",
    "opencensus",
    "datadog",
    "skylight",
    "instana",
    "django-statsd",
    "prometheus-fastapi-instrumentator",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    let agent = declared.keys().find(|name| {
        AGENTS.contains(&name.as_str())
            || name.starts_with("opentelemetry")
            || name.starts_with("azure-monitor")
    });
    if let Some(name) = agent {
        return look.evidence(format!("{name} is among the requirements"), None);
    }
    let sentry = facts.settings.calls.iter().find(|call| {
        call.function == "sentry_sdk.init"
            && call.arguments.iter().any(|(name, _)| {
                matches!(
                    name.as_deref(),
                    Some("traces_sample_rate" | "traces_sampler" | "profiles_sample_rate")
                )
            })
    });
    if let Some(call) = sentry {
        return look.evidence("sentry-sdk takes traces", Some(call.at.clone()));
    }
    if declared.is_empty() || declared.contains_key("sentry-sdk") {
        return look.undetermined(
            "whether anything measures requests is not seen",
            "look at the metrics of the proxy, the platform or the tracker",
            None,
        );
    }
    let at = facts.place_of("MIDDLEWARE").unwrap_or_else(|| {
        Span::of_file(facts.system.manage.clone().unwrap_or_else(|| facts.system.root.clone()))
    });
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Note,
            message: "no library that measures requests is among the requirements".to_owned(),
            consequence: "nobody sees pages grow slow before users say so".to_owned(),
            fix: "add one (django-prometheus, OpenTelemetry, the tracker’s traces), or use the proxy’s request times".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}
