//! `contact-placeholder`: a contact was never filled in.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "contact-placeholder",
    control: "DOC-06",
    title: "a contact was never filled in",
    what: "Lines below headings about contacts, escalation and on-call in documents for those who run the system (runbooks, deployment, operations, checklists) that hold an invented number (555-…, 0123456789), an address at example.com, a name in brackets, or TBD. Documents for developers are left alone.",
    why: "At three in the morning nobody can be called.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/runbook.md
## Emergency contacts

- On call: +1-555-0100
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/runbook.md
## Emergency contacts

- On call: the rota in the pager, https://pager.hospital.net/rota
```",
    sources: &["https://sre.google/sre-book/being-on-call/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for contact in &facts.guides.contacts {
        if contact.placeholders.is_empty() && !contact.is_empty {
            look.evidence("the contacts are filled in", Some(contact.at.clone()));
        }
        for at in &contact.placeholders {
            let finding = look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: "this contact is a placeholder".to_owned(),
                    consequence: "at an incident nobody can be reached".to_owned(),
                    fix: "write whom to call, and call them once".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
}
