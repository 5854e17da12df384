//! `xss-filter-header-enabled`: X-XSS-Protection is sent with a value other than 0.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "xss-filter-header-enabled",
    control: "HDR-05",
    title: "X-XSS-Protection is sent with a value other than 0",
    what: "`add_header X-XSS-Protection` in the proxy configuration.",
    why: "Browsers have dropped the filter; in the old ones that have it, mode=block and the filter itself opened holes that the page did not have.",
    bad: r#"```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    add_header X-XSS-Protection "1; mode=block";
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```"#,
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    add_header X-XSS-Protection 0;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    sources: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-XSS-Protection",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let mut seen = Vec::new();
    for header in facts
        .edge
        .added
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("X-XSS-Protection"))
    {
        if header.value.trim() == "0" || seen.contains(&&header.at) {
            continue;
        }
        seen.push(&header.at);
        any = true;
        let repair = crate::repairs::replace(
            &header.at,
            &header.value,
            "0",
            true,
            format!("send X-XSS-Protection: 0 from {}", header.at.file),
        );
        let finding = look.finding(
            header.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "X-XSS-Protection is switched on".to_owned(),
                consequence: "nothing in browsers of today; in old ones the filter can be turned against the page".to_owned(),
                fix: "take the header out, or send 0".to_owned(),
            },
        );
        finding.repair = Some(repair);
    }
    if !any {
        look.evidence(
            if facts.edge.is_present() {
                "the proxy does not switch the old filter on"
            } else {
                "no proxy configuration of the repository sends the header"
            },
            None,
        );
    }
}
