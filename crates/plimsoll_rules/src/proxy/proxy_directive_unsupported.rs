//! `proxy-directive-unsupported`: a directive is older or newer than the nginx that runs.

use plimsoll_catalog::{Related, Severity};
use plimsoll_formats::nginx::Directive;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-directive-unsupported",
    control: "PRX-01",
    title: "a directive is older or newer than the nginx that runs",
    what: "Directives that nginx got or lost in a certain version, against the version in the tag of nginx’s own image. Where no tag names a version, only a configuration that needs two versions at once is a finding; else it is left open.",
    why: "An unknown directive keeps nginx from starting: `http2 on` is unknown before 1.25.1, and `ssl on` since then. A configuration copied from a newer guide fails on the distribution’s nginx.",
    bad: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  proxy:
    image: nginx:1.22
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    http2 on;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  proxy:
    image: nginx:1.27
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    http2 on;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_v2_module.html#http2",
        "https://nginx.org/en/docs/http/ngx_http_ssl_module.html",
        "https://nginx.org/en/CHANGES",
    ],
    check,
};

/// A release of nginx.
type Release = [u64; 3];

/// Directives and the first release that has them, from nginx's own change log.
const SINCE: &[(&str, Release)] = &[
    ("limit_req_dry_run", [1, 17, 1]),
    ("limit_conn_dry_run", [1, 17, 6]),
    ("auth_delay", [1, 17, 10]),
    ("ssl_ocsp", [1, 19, 0]),
    ("ssl_reject_handshake", [1, 19, 4]),
    ("ssl_conf_command", [1, 19, 4]),
    ("proxy_ssl_conf_command", [1, 19, 4]),
    ("proxy_cookie_flags", [1, 19, 3]),
    ("keepalive_time", [1, 19, 10]),
    ("http2", [1, 25, 1]),
    ("http3", [1, 25, 0]),
    ("quic_retry", [1, 25, 0]),
    ("proxy_pass_trailers", [1, 27, 2]),
    ("ssl_object_cache_inheritable", [1, 27, 4]),
    ("keepalive_min_timeout", [1, 27, 4]),
    ("add_header_inherit", [1, 29, 3]),
];

/// Directives and the first release that refuses them.
const GONE: &[(&str, Release)] = &[("ssl", [1, 25, 1]), ("spdy_headers_comp", [1, 9, 5])];

fn check(look: &mut Look) {
    if sites::is_absent(look, "the proxy's configuration") {
        return;
    }
    let facts = look.facts;
    if facts.edge.nginx.is_empty() {
        look.evidence("no configuration of nginx is in the repository", None);
        return;
    }
    let mut dated: Vec<(&Directive, Release, bool)> = Vec::new();
    for from in &facts.edge.nginx {
        gather(&from.config.directives, &mut dated, 0);
    }
    let image = facts.edge.nginx_image.as_ref();
    let version = image.and_then(|image| Some((image.version.as_ref()?.release(), &image.at)));
    if dated.is_empty() {
        look.evidence(
            "no directive of the configuration depends on a recent version of nginx",
            None,
        );
        return;
    }
    if let Some((release, at)) = version {
        let mut any = false;
        for (directive, since, gone) in &dated {
            let is_wrong = if *gone { reaches(release, *since) } else { !reaches(release, *since) };
            if !is_wrong {
                continue;
            }
            any = true;
            tell(look, directive, *since, *gone);
            look.relate(Related { at: at.clone(), message: "this nginx runs".to_owned() });
        }
        if !any {
            look.evidence("the image's nginx knows every dated directive", Some(at.clone()));
        }
        return;
    }
    // Without a version: a directive that is gone beside one that came later suits none.
    let newest = dated.iter().filter(|(_, _, gone)| !gone).map(|(_, since, _)| *since).max();
    let torn = dated
        .iter()
        .find(|(_, since, gone)| *gone && newest.is_some_and(|newest| newest >= *since));
    match torn {
        Some((directive, since, _)) => tell(look, directive, *since, true),
        None => {
            let Some((directive, since, gone)) = dated.first() else { return };
            let side = if *gone { "before" } else { "from" };
            look.undetermined(
                format!(
                    "{} needs nginx {side} {} on, and which nginx runs is not in the repository",
                    directive.name.value,
                    text(*since)
                ),
                "run nginx -v and nginx -t on the host",
                Some(directive.span.clone()),
            );
        }
    }
}

fn tell(look: &mut Look, directive: &Directive, since: Release, gone: bool) {
    let name = &directive.name.value;
    let message = if gone {
        format!("nginx {} and later refuse the directive {name}", text(since))
    } else {
        format!("the directive {name} is unknown before nginx {}", text(since))
    };
    let fix = match (name.as_str(), gone) {
        ("ssl", true) => "take it out and write listen 443 ssl;".to_owned(),
        ("http2", false) => "write listen 443 ssl http2; or run a newer nginx".to_owned(),
        (_, true) => "take the line out".to_owned(),
        (_, false) => format!("run nginx {} or later, or take the line out", text(since)),
    };
    look.finding(
        directive.span.clone(),
        Fault {
            severity: Severity::Error,
            message,
            consequence: "nginx does not start with this configuration".to_owned(),
            fix,
        },
    );
}

fn text(release: Release) -> String {
    release.map(|part| part.to_string()).join(".")
}

/// Whether a release is at least another one; a tag of two parts means the last of its series.
fn reaches(release: &[u64], since: Release) -> bool {
    let mut full = release.to_vec();
    if full.len() == 2 {
        full.push(u64::MAX);
    }
    full.as_slice() >= since.as_slice()
}

/// The dated directives of a level and below, which the parser bounds.
fn gather<'c>(
    directives: &'c [Directive],
    out: &mut Vec<(&'c Directive, Release, bool)>,
    depth: usize,
) {
    if depth > 60 {
        return;
    }
    for directive in directives {
        if !directive.conditional {
            let name = directive.name.value.as_str();
            let since = SINCE.iter().find(|(known, _)| *known == name);
            out.extend(since.map(|(_, release)| (directive, *release, false)));
            let gone = GONE.iter().find(|(known, _)| *known == name);
            out.extend(gone.map(|(_, release)| (directive, *release, true)));
        }
        gather(directive.children(), out, depth + 1);
    }
}
