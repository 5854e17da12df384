//! `static-immutable-unhashed`: a long lifetime for file names that carry no hash.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::nginx::Scope;
use plimsoll_source::Span;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-immutable-unhashed",
    control: "PRX-03",
    title: "a long cache lifetime for file names that carry no hash",
    what: "`expires` and `Cache-Control` of the location that serves STATIC_URL, and WHITENOISE_MAX_AGE, where they promise more than an hour and the static storage is one that keeps names as they are. With a manifest storage, names change with their content. A storage that nobody here knows, or that variables choose, is left open. Locations of a front end’s own files are left alone: bundlers put hashes into names. Only proxies of the repository are looked at.",
    why: "After a release browsers go on using the old script and style for weeks, with the new pages: buttons that do nothing, for some people, sometimes. `immutable` keeps even a reload from asking.",
    bad: "```python settings.py
STATIC_URL = '/static/'
STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /static/ {
        alias /srv/static/;
        expires 30d;
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
STATIC_URL = '/static/'
STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /static/ {
        alias /srv/static/;
        expires 30d;
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/#manifeststaticfilesstorage",
        "https://nginx.org/en/docs/http/ngx_http_headers_module.html#expires",
        "https://whitenoise.readthedocs.io/en/stable/django.html#WHITENOISE_MAX_AGE",
    ],
    check,
};

/// Storages that keep file names as they are.
const PLAIN: [&str; 3] = [
    "django.contrib.staticfiles.storage.StaticFilesStorage",
    "whitenoise.storage.CompressedStaticFilesStorage",
    "django.core.files.storage.FileSystemStorage",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(backend) = crate::storage::static_backend(facts).map(str::to_owned) else {
        look.undetermined(
            "the storage of static files is not known",
            crate::way_to_know("STORAGES"),
            facts.place_of("STORAGES"),
        );
        return;
    };
    if backend.contains("Manifest") {
        look.evidence(
            format!("{backend} puts a hash of the content into file names"),
            facts.place_of("STORAGES"),
        );
        return;
    }
    let assumed = [facts.open_variables("STORAGES"), facts.open_variables("STATICFILES_STORAGE")];
    if let Some(variables) = assumed.iter().find(|variables| !variables.is_empty()) {
        look.undetermined(
            format!(
                "the storage of static files is {backend} unless {} is set",
                crate::list(variables)
            ),
            crate::way_to_know("STORAGES"),
            facts.place_of("STORAGES"),
        );
        return;
    }
    if !PLAIN.contains(&backend.as_str()) {
        look.undetermined(
            format!("whether {backend} puts a hash into file names is not known"),
            "look at the names of collected files",
            facts.place_of("STORAGES"),
        );
        return;
    }
    let longest = u64::try_from(look.parameter("unhashed_max_age")).unwrap_or(0);
    let mut any = of_whitenoise(look, longest);
    let url = facts.partial("STATIC_URL").and_then(|value| value.text()).unwrap_or("/static/");
    if url.starts_with('/') {
        for site in sites::sites(facts) {
            let path = format!("{}/plimsoll/site.css", url.trim_end_matches('/'));
            let Some(location) = site.server.location_for(&path).location() else { continue };
            if location.root().is_none() || location.pass().is_some() {
                continue;
            }
            if !is_of_django(facts, location.pattern(), url, location.file_of(&path).as_deref()) {
                continue;
            }
            any = true;
            of_location(look, location.scope(), location.at(), longest, &backend);
        }
    }
    if !any {
        look.undetermined(
            "how long static files are kept by browsers is not in the repository",
            "probe the Cache-Control of a static file on the live site",
            None,
        );
    }
}

/// Whether the files of a location are those that Django collects: its pattern is STATIC_URL's, or
/// its folder is named like STATIC_ROOT. Another one with static files for a pattern such as
/// `\.(js|css)$` serves a front end, whose bundler puts hashes into the names.
fn is_of_django(facts: &Facts, pattern: &str, url: &str, file: Option<&str>) -> bool {
    let bare = url.trim_matches('/');
    if pattern.trim_start_matches(['^', '~', '/']).starts_with(bare) {
        return true;
    }
    let root = facts.partial("STATIC_ROOT").and_then(|value| value.text()).unwrap_or("");
    let folder = root.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    !folder.is_empty() && file.is_some_and(|file| file.split('/').any(|part| part == folder))
}

fn of_whitenoise(look: &mut Look, longest: u64) -> bool {
    let facts = look.facts;
    let installed =
        facts.lists("MIDDLEWARE", &["whitenoise.middleware.WhiteNoiseMiddleware"]) == Some(true);
    if !installed || !facts.is_set("WHITENOISE_MAX_AGE") {
        return false;
    }
    let (Some(seconds), Some(at)) = (
        facts.certain("WHITENOISE_MAX_AGE").and_then(|value| value.integer()),
        facts.place_of("WHITENOISE_MAX_AGE"),
    ) else {
        return false;
    };
    if u64::try_from(seconds).is_ok_and(|seconds| seconds > longest) {
        look.finding(
            at,
            fault(format!(
                "WHITENOISE_MAX_AGE is {seconds} seconds, and names of static files carry no hash"
            )),
        );
    } else {
        look.evidence(format!("WHITENOISE_MAX_AGE is {seconds} seconds"), Some(at));
    }
    true
}

fn of_location(look: &mut Look, scope: &Scope<'_>, at: &Span, longest: u64, backend: &str) {
    let facts = look.facts;
    let Some((seconds, place, immutable)) = lifetime(scope) else {
        look.evidence(
            "the proxy promises no lifetime for static files, or decides it by a variable",
            Some(at.clone()),
        );
        return;
    };
    if seconds <= longest && !immutable {
        look.evidence(format!("browsers keep static files for {seconds} seconds"), Some(place));
        return;
    }
    let storage = storage_place(facts);
    let how =
        if immutable { "and `immutable` forbids to ask again" } else { "without asking again" };
    let finding = look.finding(
        place,
        fault(format!(
            "browsers keep static files for {} {how}, and {backend} puts no hash into their names",
            span_of_time(seconds)
        )),
    );
    // A bundler can put hashes into names before Django sees the files.
    finding.confidence = Confidence::Medium;
    finding.related.extend(
        storage.map(|at| Related { at, message: "the storage of static files".to_owned() }),
    );
}

fn storage_place(facts: &Facts) -> Option<Span> {
    ["STORAGES", "STATICFILES_STORAGE"]
        .iter()
        .find(|name| facts.is_set(name))
        .and_then(|name| facts.place_of(name))
}

fn fault(message: String) -> Fault {
    Fault {
        severity: Severity::Warning,
        message,
        consequence: "after a release people see new pages with the old script and style".to_owned(),
        fix: "use ManifestStaticFilesStorage (or WhiteNoise's CompressedManifestStaticFilesStorage), or shorten the lifetime".to_owned(),
    }
}

fn span_of_time(seconds: u64) -> String {
    match seconds {
        0 => "as long as they like".to_owned(),
        s if s % 86_400 == 0 && s >= 172_800 => format!("{} days", s / 86_400),
        s => format!("{s} seconds"),
    }
}

/// The lifetime that responses of a level get, where it is written, and whether it is `immutable`.
/// `None` where there is none or it is computed.
pub(super) fn lifetime(scope: &Scope<'_>) -> Option<(u64, Span, bool)> {
    let mut found: Option<(u64, Span)> = None;
    let mut immutable = false;
    if let Some(expires) = scope.value("expires").directive() {
        let word = expires.args.last().map_or("", |word| word.value.as_str());
        let seconds = match word {
            "max" => Some(315_360_000),
            "off" | "epoch" => None,
            text if text.starts_with('-') || text.starts_with('@') || text.contains('$') => None,
            text => plimsoll_formats::nginx::values::time(text.trim_start_matches('+'))
                .map(|time| time.as_secs()),
        };
        found = seconds.map(|seconds| (seconds, expires.span.clone()));
    }
    for header in scope.added_headers() {
        if !header.name.eq_ignore_ascii_case("Cache-Control") {
            continue;
        }
        let value = header.value.to_ascii_lowercase();
        if value.contains("no-cache") || value.contains("no-store") || value.contains('$') {
            return None;
        }
        let parts = || value.split(',').map(str::trim);
        let age = parts().find_map(|part| part.strip_prefix("max-age=")?.parse().ok());
        if parts().any(|part| part == "immutable") {
            immutable = true;
            found = found.or_else(|| Some((0, header.directive.span.clone())));
        }
        if let Some(age) = age {
            found = Some((age, header.directive.span.clone()));
        }
    }
    found.map(|(seconds, at)| (seconds, at, immutable))
}
