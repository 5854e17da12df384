//! `static-unserved`: nothing serves static files with DEBUG off.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-unserved",
    control: "STO-03",
    title: "nothing serves static files with DEBUG off",
    what: "WhiteNoise among MIDDLEWARE, a remote static storage, or a proxy configuration of the repository that serves the static address.",
    why: "`runserver` serves static files while DEBUG is on; in production nothing does, and every page comes without style and script.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_URL = '/static/'
MIDDLEWARE = []
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_URL = '/static/'
MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']
```",
    sources: &["https://docs.djangoproject.com/en/stable/howto/static-files/deployment/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.has_app("django.contrib.staticfiles") == Some(false) {
        look.evidence("the project has no static files", facts.place_of("INSTALLED_APPS"));
        return;
    }
    let url = facts.partial("STATIC_URL").and_then(|value| value.text()).unwrap_or("/static/");
    let url_path = url
        .split("://")
        .nth(1)
        .and_then(|rest| rest.find('/').and_then(|at| rest.get(at..)))
        .unwrap_or(url);
    if facts.lists("MIDDLEWARE", &["whitenoise.middleware.WhiteNoiseMiddleware"]) == Some(true) {
        look.evidence("WhiteNoise serves static files", facts.place_of("MIDDLEWARE"));
    } else if super::static_is_remote(facts) {
        look.evidence("static files are served from another host", facts.place_of("STATIC_URL"));
    } else if url.starts_with("http") || url.starts_with("//") {
        look.undetermined(
            "static files are served from another host, and what it serves is not in the repository",
            "ask the other host for a collected file",
            facts.place_of("STATIC_URL"),
        );
    } else if let Some(at) = facts.edge.serves(url_path) {
        look.evidence("the proxy serves static files", Some(at.clone()));
    } else if let Some(served) = facts.edge.served.iter().find(|served| {
        served.pattern.starts_with('/') && url_path.starts_with(served.pattern.as_str())
    }) {
        look.undetermined(
            format!(
                "the proxy serves {} from a folder, and whether the files of {url_path} are in it is not in the repository",
                served.pattern
            ),
            "look on the host whether the static files are in that folder, or probe the live site",
            Some(served.at.clone()),
        );
    } else if facts.edge.is_present() {
        if let Some(at) = facts.place_of("STATIC_URL") {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("neither WhiteNoise nor a proxy configuration of the repository serves {url_path}"),
                    consequence: "with DEBUG off every page comes without style and script".to_owned(),
                    fix: "add a location for STATIC_URL with the path of STATIC_ROOT to the proxy, or install WhiteNoise".to_owned(),
                },
            );
        }
    } else if facts.lists("MIDDLEWARE", &["whitenoise.middleware.WhiteNoiseMiddleware"]).is_none() {
        look.undetermined(
            "MIDDLEWARE is not fully known",
            crate::way_to_know("MIDDLEWARE"),
            facts.place_of("MIDDLEWARE"),
        );
    } else if let Some(at) = facts.place_of("STATIC_URL") {
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("nothing in the repository serves {url_path} in production"),
                consequence: "unless a proxy that is configured elsewhere serves it, pages come without style and script".to_owned(),
                fix: "install WhiteNoise, or keep the proxy's configuration in the repository".to_owned(),
            },
        );
        finding.confidence = plimsoll_catalog::Confidence::Medium;
    }
}
