//! `contact-missing`: nobody is named whom to call.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "contact-missing",
    control: "DOC-06",
    title: "nobody is named whom to call",
    what: "Sections about contacts, escalation and on-call in documents for those who run the system, in which nothing stands but labels. Where no document has such a section, contacts may be kept elsewhere, and the question stays open.",
    why: "Whoever meets the outage looks for a name and finds a heading.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/runbook.md
## Support contacts

- Developer:
- Hosting:

## Next
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/runbook.md
## Support contacts

- Developer: Ada Okafor, extension 4417
- Hosting: support@provider.net

## Next
```",
    sources: &["https://sre.google/sre-book/managing-incidents/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let contacts = &facts.guides.contacts;
    for contact in
        contacts.iter().filter(|contact| contact.is_empty && contact.placeholders.is_empty())
    {
        look.finding(
            contact.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "this section names nobody".to_owned(),
                consequence: "at an incident nobody can be reached".to_owned(),
                fix: "write names, numbers and who stands in for whom".to_owned(),
            },
        );
    }
    match contacts.iter().find(|contact| !contact.is_empty) {
        Some(contact) => look.evidence("contacts are named here", Some(contact.at.clone())),
        None if contacts.is_empty() => look.undetermined(
            "no document of the repository says whom to call",
            "say where the contacts are kept, or add them to the runbook",
            None,
        ),
        None => {}
    }
}
