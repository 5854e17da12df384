//! `mark-safe-on-data`: data is declared safe HTML.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::Text;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mark-safe-on-data",
    control: "SEC-10",
    title: "data is declared safe HTML",
    what: "`mark_safe`, `SafeString` and `Markup` on text with a value in it, and `format_html` whose format itself holds one. Escaped or cleaned values, addresses from `reverse`, numbers, constants and what another template rendered are let through; of the rest only what the request brings and what a model of the project keeps as text (told by the field's name) is a finding, other values are counted, and places that the author has marked as looked at (`# nosec`, `# noqa: S308`) are left out.",
    why: "A name such as `<img src=x onerror=…>` then runs as script in the browser of whoever looks at the page, an administrator's in the admin.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/models.py
from django.db import models

class Note(models.Model):
    title = models.CharField(max_length=80)
```
```python notes/admin.py
def title(self, note):
    return mark_safe('<b>%s</b>' % note.title)
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/models.py
from django.db import models

class Note(models.Model):
    title = models.CharField(max_length=80)
```
```python notes/admin.py
def title(self, note):
    return format_html('<b>{}</b>', note.title)
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/utils/#django.utils.html.format_html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let texts = super::text_fields(facts);
    let (mut found, mut unseen, mut fixed) = (Vec::new(), Vec::new(), 0);
    for module in &facts.code.modules {
        for safe in &module.facts.safe {
            match &safe.text {
                Text::With { part, from_request: false, .. } if !is_kept(part, &texts) => {
                    unseen.push(safe.at.clone());
                }
                Text::With { part, from_request, .. } => {
                    found.push((safe.at.clone(), safe.call.clone(), part.clone(), *from_request));
                }
                Text::Unseen(_) => unseen.push(safe.at.clone()),
                Text::Fixed => fixed += 1,
            }
        }
    }
    for (at, call, part, from_request) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: if *from_request { Severity::Error } else { Severity::Warning },
                message: format!("{part} goes into {call}() unescaped"),
                consequence: "what a user can put there runs as script for whoever opens the page"
                    .to_owned(),
                fix: "use format_html('…{}…', value), which escapes the values".to_owned(),
            },
        );
        if !from_request {
            finding.confidence = Confidence::Medium;
        }
    }
    if let Some(at) = unseen.first() {
        look.undetermined(
            format!("{} values are declared safe whose making is not seen", unseen.len()),
            "follow each of them to where it is made, the first is here",
            Some(at.clone()),
        );
    } else if found.is_empty() {
        look.evidence(
            format!("{}; {fixed} texts declared safe hold no data", facts.code.looked_at()),
            None,
        );
    }
}

/// Whether what goes in is a text that a model of the project keeps: an attribute by the name of such
/// a field. What else goes in (what a widget renders, a number, a name in a loop) is often made by code.
fn is_kept(part: &str, texts: &BTreeSet<&str>) -> bool {
    let is_path = part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    is_path && part.rsplit_once('.').is_some_and(|(_, end)| texts.contains(end))
}
