//! `mark-safe-on-data`: data is declared safe HTML.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::Text;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mark-safe-on-data",
    control: "SEC-10",
    title: "data is declared safe HTML",
    what: "`mark_safe`, `SafeString` and `Markup` on text with a value in it, and `format_html` whose format itself holds one. Escaped or cleaned values, addresses from `reverse`, numbers, constants and what another template rendered are let through; a variable whose making is not seen and whose name says nothing of data (`color`, `icon`), and attributes of settings and configuration, are only counted, and places that the author has marked as looked at (`# nosec`, `# noqa: S308`) are left out.",
    why: "A name such as `<img src=x onerror=…>` then runs as script in the browser of whoever looks at the page, an administrator's in the admin.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/admin.py
def title(self, note):
    return mark_safe('<b>%s</b>' % note.title)
```",
    good: "```python settings.py
DEBUG = False
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
    let (mut found, mut unseen, mut fixed) = (Vec::new(), Vec::new(), 0);
    for module in &facts.code.modules {
        for safe in &module.facts.safe {
            match &safe.text {
                Text::With { part, from_request: false, .. } if !is_data(part) => {
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

/// Whether what goes in is data that somebody enters: an attribute of an object, an item, what a
/// call gives, or a name that is given to such values. Colours, icons and the like come from the
/// code as a rule.
fn is_data(part: &str) -> bool {
    const NAMES: [&str; 26] = [
        "value",
        "text",
        "content",
        "contents",
        "name",
        "title",
        "message",
        "comment",
        "body",
        "description",
        "label",
        "username",
        "email",
        "bio",
        "url",
        "link",
        "query",
        "search",
        "note",
        "reason",
        "subject",
        "address",
        "data",
        "html",
        "markup",
        "output",
    ];
    const OF_CODE: [&str; 8] =
        ["settings", "attrs", "_meta", "meta", "config", "conf", "field", "column"];
    let (base, rest) = match part.split_once(['.', '[', '(']) {
        Some((base, _)) => (base, true),
        None => (part, false),
    };
    let names =
        |list: &[&str]| base.split('_').any(|word| list.contains(&word)) || list.contains(&base);
    if rest && part.contains('.') { !names(&OF_CODE) } else { names(&NAMES) }
}
