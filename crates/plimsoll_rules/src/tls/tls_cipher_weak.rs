//! `tls-cipher-weak`: the cipher list allows weak suites.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::nginx::{Effective, Server};

use crate::proxy::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "tls-cipher-weak",
    control: "TLS-02",
    title: "the cipher list allows suites without forward secrecy or authenticated encryption",
    what: "`ssl_ciphers` of nginx’s TLS servers, read as OpenSSL reads it: RC4, 3DES, NULL, anonymous and export suites, those without (EC)DHE, and those without GCM, CCM or ChaCha20. Suites that `!` takes out do not count. Servers that speak TLS 1.3 only need no list. nginx’s own default, `HIGH:!aNULL:!MD5`, allows suites without forward secrecy. Caddy’s list holds none of them. A list that is a variable is left open.",
    why: "Without forward secrecy, whoever records the traffic today and gets the key one day reads all of it. Suites without authenticated encryption have been broken again and again by padding and timing.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    ssl_ciphers HIGH:!aNULL:!MD5;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://docs.openssl.org/3.0/man1/openssl-ciphers/",
        "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ciphers",
        "https://www.rfc-editor.org/rfc/rfc9325#section-4.2",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "which ciphers are allowed") {
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
        if only_newest(&site.server) {
            look.evidence("TLS 1.3 only, whose suites are all good", at);
            continue;
        }
        match sites::effective(facts, site.server.scope(), "ssl_ciphers") {
            Effective::Set(directive) => {
                if !told.insert(directive.span.clone()) {
                    continue;
                }
                let Some(list) = directive.arg(0).filter(|list| !list.contains(['$', '{'])) else {
                    look.undetermined("the cipher list is filled in by another program", "probe the live site", Some(directive.span.clone()));
                    continue;
                };
                match judge(list) {
                    None => look.evidence("the cipher list holds suites with forward secrecy and authenticated encryption only", Some(directive.span.clone())),
                    Some(weak) => {
                        look.finding(directive.span.clone(), fault(weak.severity, weak.message));
                    }
                }
            }
            Effective::Default => {
                let Some(at) = at else { continue };
                let finding = look.finding(at, fault(Severity::Warning, "ssl_ciphers is not set, and nginx's default HIGH:!aNULL:!MD5 allows suites without forward secrecy".to_owned()));
                finding.confidence = Confidence::Medium;
            }
            Effective::Unknown => look.undetermined("ssl_ciphers is set in a part of nginx's configuration that is not in the repository, or not at all", "set it in this server, or probe the live site", at),
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        any = true;
        let own = site
            .all("tls")
            .iter()
            .flat_map(|tls| tls.children())
            .any(|child| child.name() == "ciphers");
        if own {
            look.undetermined(
                "the site has a cipher list of its own",
                "probe the live site",
                Some(site.span.clone()),
            );
        } else {
            look.evidence("Caddy's own cipher list holds suites with forward secrecy and authenticated encryption only", Some(site.span.clone()));
        }
    }
    if !any {
        look.undetermined(
            "no server of the proxy's configuration ends TLS",
            "probe the live site",
            None,
        );
    }
}

fn only_newest(server: &Server<'_>) -> bool {
    let protocols = server.scope().value("ssl_protocols").directive();
    protocols.is_some_and(|directive| {
        !directive.args.is_empty()
            && directive.args.iter().all(|word| word.value.eq_ignore_ascii_case("TLSv1.3"))
    })
}

fn fault(severity: Severity, message: String) -> Fault {
    Fault {
        severity,
        message,
        consequence: "recorded traffic can be read once the key is known, or a connection be attacked while it lasts".to_owned(),
        fix: "take the intermediate list of https://ssl-config.mozilla.org/".to_owned(),
    }
}

/// What is weak in a cipher list.
struct Weak {
    severity: Severity,
    message: String,
}

/// Words of OpenSSL's list that stand for broken suites.
const BROKEN: [&str; 11] =
    ["RC4", "DES", "3DES", "MD5", "NULL", "ENULL", "ANULL", "EXPORT", "EXP", "LOW", "ADH"];

fn judge(list: &str) -> Option<Weak> {
    let items: Vec<&str> = list.split([':', ',', ' ']).filter(|item| !item.is_empty()).collect();
    let removed: Vec<String> = items
        .iter()
        .filter_map(|item| item.strip_prefix(['!', '-']))
        .map(str::to_ascii_uppercase)
        .collect();
    let is_removed = |word: &str| removed.iter().any(|gone| gone == word);
    let no_static_rsa = is_removed("KRSA") || is_removed("RSA");
    let positive = items.iter().filter(|item| !item.starts_with(['!', '-', '@', '+']));
    let mut worst: Option<Weak> = None;
    for item in positive {
        let upper = item.to_ascii_uppercase();
        let parts: Vec<&str> = upper.split(['-', '+', '_']).collect();
        let broken = parts.iter().find(|part| {
            BROKEN.contains(*part) && !is_removed(part) && !(**part == "DES" && is_removed("3DES"))
        });
        if let Some(word) = broken.filter(|_| !upper.starts_with("TLS_AES")) {
            return Some(Weak {
                severity: Severity::Error,
                message: format!("{item} is in the cipher list: {word} is broken"),
            });
        }
        let has = |words: &[&str]| parts.iter().any(|part| words.contains(part));
        let is_13 = upper.starts_with("TLS_");
        let forward = is_13
            || has(&["ECDHE", "DHE", "EECDH", "EDH", "KEECDH", "KEDH", "KECDHE", "KDHE", "ECDH"])
                && !upper.starts_with("ECDH-");
        let sealed = is_13 || has(&["GCM", "AESGCM", "CHACHA20", "CCM", "CCM8", "AESCCM"]);
        let message = if !forward && !no_static_rsa {
            format!("{item} in the cipher list allows suites without forward secrecy")
        } else if !sealed {
            format!("{item} in the cipher list allows suites without authenticated encryption")
        } else {
            continue;
        };
        worst.get_or_insert(Weak { severity: Severity::Warning, message });
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn lists_are_read_as_openssl_reads_them() {
        for (list, weak) in [
            ("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305", false),
            ("EECDH+AESGCM:EDH+AESGCM", false),
            ("ECDHE+AESGCM:!aNULL:!MD5:!DSS", false),
            ("TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES256-GCM-SHA384", false),
            ("HIGH:!aNULL:!MD5", true),
            ("HIGH:!kRSA:!aNULL", true),
            ("ECDHE-RSA-AES256-SHA384", true),
            ("AES128-GCM-SHA256", true),
            ("ECDHE-RSA-RC4-SHA", true),
            ("ECDHE-RSA-AES128-GCM-SHA256:DES-CBC3-SHA", true),
        ] {
            assert_eq!(judge(list).is_some(), weak, "{list}");
        }
    }
}
