//! `performance-agent-missing`: nothing measures how long requests take.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, ProcessKind};
use plimsoll_python::Value;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "performance-agent-missing",
    control: "MON-07",
    title: "nothing measures how long requests take",
    what: "Libraries that measure requests in production (New Relic, Datadog, Elastic APM, Scout, AppSignal, OpenTelemetry, django-prometheus, statsd) at work: among the applications or the middleware, or in the command that starts the server; and `traces_sample_rate` of sentry-sdk. One that is only among the requirements leaves the question open, as do requirements that are not in the repository. Metrics taken at the proxy or platform are not seen from here.",
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
INSTALLED_APPS = ['django_prometheus']
```
```text requirements.txt
django==5.2.8
gunicorn==23.0.0
django-prometheus==2.4.1
```",
    sources: &["https://docs.sentry.io/platforms/python/tracing/"],
    check,
};

/// What measures requests: the distribution, and what is seen of it where it is at work, as the
/// beginning of an application, of a middleware or of the command that starts the server.
const AGENTS: [(&str, &[&str]); 13] = [
    ("newrelic", &["newrelic"]),
    ("ddtrace", &["ddtrace"]),
    ("elastic-apm", &["elasticapm"]),
    ("scout-apm", &["scout_apm"]),
    ("appsignal", &["appsignal"]),
    ("django-prometheus", &["django_prometheus"]),
    ("django-statsd", &["django_statsd"]),
    ("statsd", &["statsd", "django_statsd"]),
    ("prometheus-client", &[]),
    ("opencensus", &["opencensus"]),
    ("datadog", &["datadog", "ddtrace"]),
    ("skylight", &["skylight"]),
    ("instana", &["instana", "autowrapt"]),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    for (_, marks) in AGENTS {
        if let Some((name, at)) = at_work(facts, marks) {
            return look.evidence(format!("{name} measures requests"), at);
        }
    }
    if let Some((name, at)) = at_work(facts, &["opentelemetry-instrument"]) {
        return look.evidence(format!("{name} starts the server and measures requests"), at);
    }
    let needs = "look at the metrics of the proxy, the platform or the tracker";
    let traces = facts.settings.calls.iter().find_map(|call| {
        let rate = call.arguments.iter().find(|(name, _)| {
            matches!(name.as_deref(), Some("traces_sample_rate" | "traces_sampler"))
        });
        (call.function == "sentry_sdk.init").then_some((call, &rate?.1))
    });
    // Without a DSN nothing is sent.
    let sends = traces.is_some_and(|(call, _)| {
        let mut dsn = call
            .arguments
            .iter()
            .filter(|(name, _)| name.as_deref().is_none_or(|name| name == "dsn"));
        dsn.any(|(_, value)| value.text().is_some_and(|text| text.contains("://")))
    });
    match traces {
        Some((call, Value::Unknown { .. })) => {
            return look.undetermined(
                "how many requests sentry-sdk traces is not known",
                needs,
                Some(call.at.clone()),
            );
        }
        Some((call, rate)) if rate.truth() != Some(false) && !sends => {
            return look.undetermined(
                "sentry-sdk is told to take traces, and whether it has a DSN in production is not known",
                needs,
                Some(call.at.clone()),
            );
        }
        Some((call, rate)) if rate.truth() != Some(false) => {
            return look.evidence("sentry-sdk takes traces", Some(call.at.clone()));
        }
        _ => {}
    }
    let agent = declared.keys().find(|name| {
        AGENTS.iter().any(|(agent, _)| agent == name)
            || name.starts_with("opentelemetry")
            || name.starts_with("azure-monitor")
    });
    if let Some(name) = agent {
        return look.undetermined(
            format!("{name} is among the requirements, and where it is put to work is not seen"),
            needs,
            None,
        );
    }
    if declared.is_empty() || declared.contains_key("sentry-sdk") {
        return look.undetermined("whether anything measures requests is not seen", needs, None);
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

/// An application, a middleware or a start command that begins with one of these: its name and
/// where it stands.
fn at_work(facts: &Facts, marks: &[&str]) -> Option<(String, Option<Span>)> {
    if marks.is_empty() {
        return None;
    }
    let named = |text: &str| marks.iter().any(|mark| text.starts_with(mark));
    for setting in ["INSTALLED_APPS", "MIDDLEWARE"] {
        let items = facts.partial(setting).and_then(Value::items).unwrap_or_default();
        let found = items.iter().filter_map(Value::text).find(|text| named(text));
        if let Some(found) = found {
            return Some((found.to_owned(), facts.place_of(setting)));
        }
    }
    let servers = facts.processes.iter().filter(|process| process.kind == ProcessKind::Web);
    servers.filter_map(|process| process.command.as_ref()).find_map(|command| {
        let word = command.words.iter().find(|word| {
            named(word.value.rsplit('/').next().unwrap_or(&word.value)) && !word.value.contains('=')
        })?;
        Some((word.value.clone(), Some(word.span.clone())))
    })
}
