//! `xframe-options-not-deny`: X_FRAME_OPTIONS is not DENY.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "xframe-options-not-deny",
    control: "HDR-03",
    title: "X_FRAME_OPTIONS is not DENY",
    what: "X_FRAME_OPTIONS of the production settings (security.W019). `SAMEORIGIN` is reported as a note: it is right where the site frames itself.",
    why: "With any other value a page, one that an upload or another application of the same host serves, can frame yours and lead clicks astray.",
    bad: "```python settings.py
X_FRAME_OPTIONS = 'ALLOWALL'
```",
    good: "```python settings.py
X_FRAME_OPTIONS = 'DENY'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#x-frame-options"],
    check,
};

fn check(look: &mut Look) {
    look.judge("X_FRAME_OPTIONS", |value| {
        match value.text().map(str::to_ascii_uppercase).as_deref() {
            Some("DENY") => Judgement::Good("X_FRAME_OPTIONS is DENY".to_owned()),
            Some("SAMEORIGIN") => Judgement::note(
                "X_FRAME_OPTIONS is SAMEORIGIN",
                "pages of the same origin may frame each other; security.W019 asks for DENY",
                "set X_FRAME_OPTIONS = 'DENY' unless the site frames its own pages",
            ),
            Some(_) => Judgement::error(
                "X_FRAME_OPTIONS is neither DENY nor SAMEORIGIN",
                "browsers ignore the header, and any site can frame yours",
                "set X_FRAME_OPTIONS = 'DENY'",
            ),
            None => Judgement::Neither,
        }
    });
}
