//! `health-check-blind`: an answer with an error status satisfies the health check.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Reached, Routine};
use plimsoll_formats::shell::{Around, Command, Failure};
use plimsoll_python::Value;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "health-check-blind",
    control: "MON-06",
    title: "an answer with an error status satisfies the health check",
    what: "Health checks of compose services and images, and calls of curl on which scripts, recipes and pipelines decide whether a deployment went well: curl without `--fail`, which ends with 0 for any answer, a 500 included; code of requests or httpx that does not look at the status; and `curl --fail` without `--location` of a plain http address that the site redirects, as 301 is no failure to curl. What curl prints and something reads (`--write-out`, a pipe, a substitution), checks of other services, and calls whose status nobody asks for are left alone.",
    why: "The check is there so that a broken release is noticed. This one is green while every page is an error: the container counts as healthy, the deployment goes on, and the old version is gone.",
    bad: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
    healthcheck:
      test: [\"CMD\", \"curl\", \"-s\", \"http://localhost:8000/health/\"]
```",
    good: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
    healthcheck:
      test: [\"CMD\", \"curl\", \"-fsS\", \"http://localhost:8000/health/\"]
```",
    sources: &[
        "https://curl.se/docs/manpage.html#-f",
        "https://docs.docker.com/reference/dockerfile/#healthcheck",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for interior in facts.interiors.iter().filter(|interior| interior.serves()) {
        let Some(health) = &interior.health else { continue };
        any = true;
        match health.minds_status {
            Some(true) => look.evidence(
                format!("the health check of {} fails for an error status", interior.name),
                Some(health.at.clone()),
            ),
            Some(false) => tell(
                look,
                health.at.clone(),
                format!("the health check of {} passes for every answer, an error included", interior.name),
                "the container counts as healthy while every page is a 500",
                if health.url.is_empty() { "have it fail for an error status" } else { "write curl --fail (or -f), which ends with an error for 4xx and 5xx" },
                Confidence::High,
            ),
            None => look.undetermined(
                format!("whether the health check of {} looks at the status of the answer is not seen", interior.name),
                "have the health address answer 500 once and look whether the container becomes unhealthy",
                Some(health.at.clone()),
            ),
        }
    }
    for routine in facts.routines.iter().filter(|r| r.is_main() && !r.is_document()) {
        for (command, reached) in routine.reached() {
            if let Some(called) = Called::of(routine, command, reached) {
                any = true;
                of_script(look, &called);
            }
        }
    }
    if !any {
        look.undetermined(
            "no file of the repository asks for the health of the application",
            "look at the check of the platform or of the monitoring",
            None,
        );
    }
}

fn tell(
    look: &mut Look,
    at: Span,
    message: String,
    consequence: &str,
    fix: &str,
    confidence: Confidence,
) {
    let (consequence, fix) = (consequence.to_owned(), fix.to_owned());
    let finding =
        look.finding(at, Fault { severity: Severity::Warning, message, consequence, fix });
    finding.confidence = confidence;
}

/// A call of curl whose status decides something.
struct Called<'f> {
    at: &'f Span,
    url: String,
    fails: Option<bool>,
    follows: bool,
}

impl<'f> Called<'f> {
    fn of(routine: &Routine, command: &'f Command, reached: Reached<'f>) -> Option<Self> {
        if reached.program != "curl" || !is_asked(routine, command) {
            return None;
        }
        let texts = || reached.arguments.iter().map(|word| word.text.as_str());
        let url = texts().find(|text| text.contains("://") || text.starts_with("localhost"))?;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        // Search engines, queues and stores are asked for their health too.
        let other =
            [":9200", ":9090", ":9000", ":5601", ":15672", ":8200", ":8500", ":8080", ":3000"]
                .iter()
                .any(|port| host.ends_with(port));
        // A bare name is another container's.
        let named = host.contains(['.', '$', '{']) || host.starts_with("localhost");
        if other || !named || path.starts_with('_') {
            return None;
        }
        // Other calls of curl fetch or send something, and their answers are another matter.
        let sends = texts().any(|text| {
            matches!(
                text,
                "-X" | "-d"
                    | "--data"
                    | "--request"
                    | "-T"
                    | "-F"
                    | "--data-raw"
                    | "--json"
                    | "--unix-socket"
            ) || text.starts_with("--data")
        });
        let asks = ["health", "ping", "status", "ready", "alive", "livez", "/up"]
            .iter()
            .any(|word| path.to_ascii_lowercase().contains(word.trim_start_matches('/')))
            && !path.contains(".sh")
            && !path.contains(".py");
        let saves = texts().any(|text| matches!(text, "-O" | "--remote-name"));
        let follows = texts().any(|text| {
            text == "--location"
                || (text.starts_with('-') && !text.starts_with("--") && text.contains('L'))
        });
        (asks && !sends && !saves).then(|| Self {
            at: &command.span,
            url: url.to_owned(),
            fails: plimsoll_facts::curl_minds_status(texts()),
            follows,
        })
    }
}

/// Whether the exit status of a command decides what happens next.
fn is_asked(routine: &Routine, command: &Command) -> bool {
    let piped = command.pipeline.is_some_and(|place| place.length > 1);
    let captured = command.inside.iter().any(|around| matches!(around, Around::Substitution));
    let asked = match command.failure {
        Failure::Handled | Failure::Unchecked => true,
        // The last line of a check, or a step of a pipeline that exists for it.
        Failure::Stops => !routine.ignored,
        _ => false,
    };
    asked && !piped && !captured
}

fn of_script(look: &mut Look, called: &Called<'_>) {
    let facts = look.facts;
    match called.fails {
        Some(false) => tell(
            look,
            called.at.clone(),
            "this call of curl succeeds for every answer, an error included".to_owned(),
            "the deployment counts as done while the application answers 500",
            "write curl --fail (or -f), which ends with an error for 4xx and 5xx",
            Confidence::High,
        ),
        Some(true) if !called.follows && is_redirected(facts, &called.url) => tell(
            look,
            called.at.clone(),
            "this call of curl gets the redirect to HTTPS, and a 301 is no failure to curl"
                .to_owned(),
            "the check is green whatever state the application is in, as nothing asks it",
            "ask the https:// address, or add --location",
            Confidence::Medium,
        ),
        Some(true) => look.evidence(
            "a script asks for the health of the application and stops at an error status",
            Some(called.at.clone()),
        ),
        None => {}
    }
}

/// Whether the site answers a plain http address with a redirect to HTTPS, for certain.
fn is_redirected(facts: &Facts, url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let on = facts.certain("SECURE_SSL_REDIRECT").and_then(Value::truth) == Some(true)
        && facts
            .lists("MIDDLEWARE", &["django.middleware.security.SecurityMiddleware"])
            .unwrap_or(false)
        && facts
            .certain("SECURE_REDIRECT_EXEMPT")
            .and_then(Value::items)
            .is_some_and(<[Value]>::is_empty);
    let local = matches!(host, "localhost" | "127.0.0.1");
    // Port 80 is the proxy's, any other one of this machine the application's own.
    if port == "80" {
        facts.edge.redirects_to_https().is_some() && !host.contains('$')
    } else {
        on && local
    }
}
