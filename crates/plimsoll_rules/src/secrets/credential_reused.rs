//! `credential-reused`: two variables hold the same secret.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "credential-reused",
    control: "SEC-12",
    title: "two variables hold the same secret",
    what: "The variables of the known production environment with the name of a secret, compared with each other.",
    why: "One leak then opens two doors, and neither can be changed alone.",
    bad: "```python settings.py
DEBUG = False
```
```ini process.env
SECRET_KEY=kd82Jd92kLdp30sX
JWT_SECRET=kd82Jd92kLdp30sX
```",
    good: "```python settings.py
DEBUG = False
```
```ini process.env
SECRET_KEY=kd82Jd92kLdp30sX
JWT_SECRET=pQ7rT1zXc93mVbN4
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let secrets: Vec<_> = facts
        .environment
        .environment
        .variables
        .iter()
        .filter(|(name, variable)| super::is_secret_name(name) && variable.value.length() >= 6)
        .collect();
    let mut any = false;
    for (index, (name, variable)) in secrets.iter().enumerate() {
        let earlier = secrets.iter().take(index).find(|(_, other)| other.value == variable.value);
        let (Some((other, first)), Some(at)) = (earlier, variable.at.clone()) else { continue };
        any = true;
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("{name} holds the same secret as {other}"),
                consequence: "one leak opens both, and neither can be changed alone".to_owned(),
                fix: "give each its own".to_owned(),
            },
        );
        finding.related.extend(
            first.at.clone().map(|at| plimsoll_catalog::Related {
                at,
                message: format!("{other} is set here"),
            }),
        );
    }
    super::finish(look, any, secrets.len(), "hold different values");
}
