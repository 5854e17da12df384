//! `csp-unsafe-script`: the policy lets inline scripts or eval run.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csp-unsafe-script",
    control: "HDR-04",
    title: "the policy lets inline scripts or eval run",
    what: "The sources of `script-src`, or of `default-src` where there is none, in SECURE_CSP and django-csp's settings: `'unsafe-inline'` without a nonce or hash, `'unsafe-eval'`, a bare scheme or `*`.",
    why: "Inline script is what an injection adds. A policy that allows it stops nothing that matters and still looks like a policy.",
    bad: r#"```python settings.py
SECURE_CSP = {'default-src': ["'self'"], 'script-src': ["'self'", "'unsafe-inline'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    good: r#"```python settings.py
SECURE_CSP = {'default-src': ["'self'"], 'script-src': ["'self'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    sources: &["https://www.w3.org/TR/CSP3/#strict-csp"],
    check,
};

fn check(look: &mut Look) {
    for name in ["SECURE_CSP", "CONTENT_SECURITY_POLICY"] {
        if !look.facts.is_set(name) {
            continue;
        }
        look.judge(name, |value| {
            let directives = value.get("DIRECTIVES").unwrap_or(value);
            match directives.get("script-src").or_else(|| directives.get("default-src")) {
                Some(sources) => judge_sources(name, sources),
                None if directives.is_known() && value.truth() == Some(true) => Judgement::warning(
                    format!("{name} has neither script-src nor default-src"),
                    "scripts from anywhere run",
                    "add default-src with 'self'",
                ),
                None => Judgement::Neither,
            }
        });
    }
    for name in ["CSP_SCRIPT_SRC", "CSP_DEFAULT_SRC"] {
        if look.facts.is_set(name) {
            look.judge(name, |value| judge_sources(name, value));
            break;
        }
    }
}

fn judge_sources(name: &str, sources: &Value) -> Judgement {
    let texts: Vec<&str> = sources
        .items()
        .map(|items| items.iter().filter_map(Value::text).collect())
        .unwrap_or_default();
    // A nonce or hash makes browsers ignore 'unsafe-inline' (CSP level 2 and later).
    let guarded = texts.iter().any(|text| {
        text.starts_with("'nonce-") || text.starts_with("'sha") || text.contains("nonce")
    });
    let unsafe_source = texts.iter().find(|text| match **text {
        "'unsafe-inline'" => !guarded,
        "'unsafe-eval'" | "*" | "https:" | "http:" | "data:" => true,
        _ => false,
    });
    match unsafe_source {
        Some(source) => Judgement::warning(
            format!("the policy in {name} allows scripts by {source}"),
            "an injected script runs in spite of the policy",
            "give inline scripts a nonce, and name the hosts that scripts come from",
        ),
        None if sources.is_known() && !texts.is_empty() => {
            Judgement::Good(format!("{name} allows no inline script without a nonce and no eval"))
        }
        None => Judgement::Neither,
    }
}
