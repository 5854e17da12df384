//! `xframe-exempt-view`: a view may be framed by every site.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "xframe-exempt-view",
    control: "HDR-03",
    title: "a view may be framed by every site",
    what: "Functions and classes with the decorator `xframe_options_exempt`. A page that is meant to be embedded needs it, and is left out where its name says so (embed, widget, iframe, badge).",
    why: "A foreign page can show the view under its own buttons, so that the visitor clicks what they do not see.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
@xframe_options_exempt
def approve(request):
    return render(request, 'approve.html')
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
@xframe_options_sameorigin
def approve(request):
    return render(request, 'approve.html')
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/clickjacking/#setting-x-frame-options-per-view",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let named = |decorators: &[String]| {
        decorators.iter().any(|name| name.rsplit('.').next() == Some("xframe_options_exempt"))
    };
    let mut found: Vec<(String, Span)> = code
        .functions()
        .filter(|(_, function)| named(&function.decorators))
        .map(|(_, function)| {
            (function.class.clone().unwrap_or_else(|| function.name.clone()), function.at.clone())
        })
        .collect();
    found.extend(
        code.classes()
            .filter(|(_, class)| named(&class.decorators))
            .map(|(_, class)| (class.name.clone(), class.at.clone())),
    );
    // Pages whose name says that they are made to be embedded.
    found.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        !["embed", "iframe", "widget", "badge", "oembed"].iter().any(|word| name.contains(word))
    });
    for (name, at) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{name} is exempt from X-Frame-Options"),
                consequence: "any site can show it in a frame and have the visitor click in it".to_owned(),
                fix: "remove the decorator; where the page is meant to be embedded, send frame-ancestors with the sites that may".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.evidence(
            format!(
                "{}, no view is exempt that is not made to be embedded",
                look.facts.code.looked_at()
            ),
            None,
        );
    }
}
