//! `guide-development-url`: a guide for users leads to a developer's machine.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "guide-development-url",
    control: "DOC-05",
    title: "a guide for users leads to a developer’s machine",
    what: "Addresses with localhost, 127.0.0.1, `.local`, `yourdomain` or example.com in documents that are guides for users by their name (user guide, user manual, handbook, training). Guides for developers, administrators and installation are left alone.",
    why: "Users type what the guide says and find nothing.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/user-guide.md
Open http://localhost:8000/login and sign in.
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/user-guide.md
Open https://rota.hospital.example.net/login and sign in.
```",
    sources: &["https://www.rfc-editor.org/rfc/rfc2606"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for guide in &facts.guides.guides {
        if guide.development.is_empty() {
            let at = plimsoll_source::Span::of_file(guide.path.clone());
            look.evidence("the guide leads to no developer’s machine", Some(at));
        }
        for at in &guide.development {
            look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: "the guide for users gives an address that works on a developer’s machine only".to_owned(),
                    consequence: "users who follow it find nothing".to_owned(),
                    fix: "write the address of the production site".to_owned(),
                },
            );
        }
    }
}
