//! `tls-protocol-old`: the proxy allows a protocol older than TLS 1.2.

use std::collections::BTreeSet;

use plimsoll_catalog::Severity;
use plimsoll_formats::nginx::Effective;

use crate::proxy::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "tls-protocol-old",
    control: "TLS-02",
    title: "the proxy allows a protocol older than TLS 1.2",
    what: "`ssl_protocols` where nginx’s TLS servers are. Where it is unset, nginx’s own default counts if the version is known: TLS 1.2 and 1.3 since 1.23.4. Older versions add 1.0 and 1.1, which the system’s OpenSSL may still refuse: that is left open. Caddy has nothing older than 1.2.",
    why: "TLS 1.0 and 1.1 rest on MD5 and SHA-1 and are deprecated; payment and health rules forbid them. No browser of today needs them.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://www.rfc-editor.org/rfc/rfc8996",
        "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols",
    ],
    check,
};

const OLD: [&str; 4] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];

fn check(look: &mut Look) {
    if sites::is_absent(look, "which protocols are allowed") {
        return;
    }
    let facts = look.facts;
    let mut any = false;
    let mut told = BTreeSet::new();
    for site in sites::sites(facts) {
        if !site.server.is_tls() || site.server.rejects_handshakes() {
            continue;
        }
        any = true;
        let at = site.server.at().cloned();
        match sites::effective(facts, site.server.scope(), "ssl_protocols") {
            Effective::Set(directive) => {
                if !told.insert(directive.span.clone()) {
                    continue;
                }
                let old: Vec<&str> = directive.args.iter().map(|word| word.value.as_str()).filter(|word| OLD.iter().any(|old| old.eq_ignore_ascii_case(word))).collect();
                if old.is_empty() {
                    look.evidence(directive.text(), Some(directive.span.clone()));
                    continue;
                }
                let kept: Vec<&str> = directive.args.iter().map(|word| word.value.as_str()).filter(|word| !old.contains(word)).collect();
                let kept = if kept.is_empty() { "TLSv1.2 TLSv1.3".to_owned() } else { kept.join(" ") };
                let written: Vec<&str> = directive.args.iter().map(|word| word.value.as_str()).collect();
                let repair = crate::repairs::replace(&directive.span, &written.join(" "), &kept, false, format!("allow {kept} only in {}", directive.span.file));
                let finding = look.finding(
                    directive.span.clone(),
                    Fault {
                        severity: Severity::Error,
                        message: format!("{} allowed", are(&old)),
                        consequence: "a connection can be brought down to a protocol with known weaknesses".to_owned(),
                        fix: "ssl_protocols TLSv1.2 TLSv1.3;".to_owned(),
                    },
                );
                finding.repair = Some(repair);
            }
            Effective::Default => {
                let version = facts.edge.nginx_image.as_ref().and_then(|image| image.version.as_ref());
                let release = version.map(|version| (version.part(0), version.part(1), version.part(2), version.release().len()));
                match release {
                    Some((major, minor, patch, parts)) if (major, minor) > (1, 23) || ((major, minor) == (1, 23) && (patch >= 4 || parts == 2)) => {
                        look.evidence("nginx's own default since 1.23.4 is TLS 1.2 and 1.3", at);
                    }
                    _ => look.undetermined("ssl_protocols is not set, and nginx before 1.23.4 adds TLS 1.0 and 1.1 unless the system's OpenSSL refuses them", "set ssl_protocols TLSv1.2 TLSv1.3; or probe the live site with each protocol", at),
                }
            }
            Effective::Unknown => look.undetermined("ssl_protocols is set in a part of nginx's configuration that is not in the repository, or not at all", "set ssl_protocols TLSv1.2 TLSv1.3; in this server, or probe the live site with each protocol", at),
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        any = true;
        look.evidence("Caddy speaks TLS 1.2 and 1.3 only", Some(site.span.clone()));
    }
    if !any {
        look.undetermined(
            "no server of the proxy's configuration ends TLS",
            "probe the live site",
            None,
        );
    }
}

fn are(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
        [] => String::new(),
    }
}
