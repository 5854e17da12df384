//! `audit-bypassed`: audited models are changed without an entry.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "audit-bypassed",
    control: "DATA-02",
    title: "audited models are changed without an entry",
    what: "`Model.objects….update()`, `bulk_update` and `bulk_create` on models that are registered with auditlog or keep a history of their own. Both work by signals, which these calls do not send. Left out are migrations, management commands and scripts, updates of times and counters only, and modules that write entries of the trail themselves.",
    why: "The trail has a gap exactly where many rows were changed at once, and nobody can say who did it.",
    bad: "```python settings.py
INSTALLED_APPS = ['auditlog', 'clients']
```
```python clients/models.py
class Client(models.Model):
    name = models.CharField(max_length=80)

auditlog.register(Client)
```
```python clients/views.py
def close_all(request):
    Client.objects.filter(active=True).update(active=False)
```",
    good: "```python settings.py
INSTALLED_APPS = ['auditlog', 'clients']
```
```python clients/models.py
class Client(models.Model):
    name = models.CharField(max_length=80)

auditlog.register(Client)
```
```python clients/views.py
def close_all(request):
    for client in Client.objects.filter(active=True):
        client.active = False
        client.save()
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/models/querysets/#update"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let audited: BTreeSet<&str> = facts
        .code
        .modules
        .iter()
        .flat_map(|module| module.facts.audited.iter().map(String::as_str))
        .collect();
    if audited.is_empty() {
        return;
    }
    let mut any = false;
    for module in facts.code.modules.iter().filter(|module| !module.is_manual()) {
        for write in module.facts.bulk.iter().filter(|write| audited.contains(write.model.as_str()))
        {
            any = true;
            let finding = look.finding(
                write.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{}() on {} leaves no entry in its audit trail", write.call, write.model),
                    consequence: "who changed these rows cannot be found out later".to_owned(),
                    fix: "save the objects one by one, use bulk_update_with_history where simple-history is in use, or write the entry beside it".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if !any {
        look.evidence(
            format!("{} models are audited, and no bulk write on them was found", audited.len()),
            None,
        );
    }
}
