//! `guide-without-site-url`: a guide for users does not say where the system is.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "guide-without-site-url",
    control: "DOC-05",
    title: "a guide for users does not say where the system is",
    what: "Documents that are guides for users by their name, against the hosts of ALLOWED_HOSTS, where those are known: at least one guide must have an address of one of them. Where production’s hosts are not known, the question stays open.",
    why: "Users ask a colleague, who sends the address of the test system.",
    bad: "```python settings.py
ALLOWED_HOSTS = ['rota.hospital.example.net']
```
```markdown docs/user-guide.md
Sign in and choose your shifts.
```",
    good: "```python settings.py
ALLOWED_HOSTS = ['rota.hospital.example.net']
```
```markdown docs/user-guide.md
Sign in at https://rota.hospital.example.net/ and choose your shifts.
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(guide) = facts.guides.guides.first() else { return };
    let at = Span::of_file(guide.path.clone());
    let hosts: Option<Vec<&str>> = facts
        .certain("ALLOWED_HOSTS")
        .and_then(|value| value.items())
        .map(|items| items.iter().filter_map(|item| item.text()).collect());
    let hosts: Vec<&str> = hosts
        .unwrap_or_default()
        .into_iter()
        .filter(|host| host.contains('.') && !host.starts_with("127.") && *host != "0.0.0.0")
        .collect();
    if hosts.is_empty() {
        return look.undetermined(
            "the site’s host names are not known here",
            "check with production's environment, and look whether the guide gives the address",
            Some(at),
        );
    }
    let named = facts.guides.guides.iter().find(|guide| {
        guide.hosts.iter().any(|host| {
            hosts.iter().any(|allowed| {
                let allowed = allowed.to_lowercase();
                *host == allowed || (allowed.starts_with('.') && host.ends_with(&allowed))
            })
        })
    });
    match named {
        Some(guide) => look.evidence(
            "the guide gives the site’s address",
            Some(Span::of_file(guide.path.clone())),
        ),
        None => {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!(
                        "no guide for users gives an address of {}",
                        crate::list(&hosts)
                    ),
                    consequence: "users do not know where to sign in".to_owned(),
                    fix: "write the address of the site at the top of the guide".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
}
