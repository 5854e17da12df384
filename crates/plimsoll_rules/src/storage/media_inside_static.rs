//! `media-inside-static`: media and static files share a folder or an address.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-inside-static",
    control: "STO-05",
    title: "media and static files share a folder or an address",
    what: "MEDIA_ROOT against STATIC_ROOT, and MEDIA_URL against STATIC_URL: equal, or one inside the other.",
    why: "collectstatic --clear deletes the uploads; and uploads are served with the long cache life and from the trusted place of static files.",
    bad: "```python settings.py
STATIC_ROOT = '/srv/www'
MEDIA_ROOT = '/srv/www/media'
STATIC_URL = '/static/'
MEDIA_URL = '/media/'
```",
    good: "```python settings.py
STATIC_ROOT = '/srv/static'
MEDIA_ROOT = '/srv/media'
STATIC_URL = '/static/'
MEDIA_URL = '/media/'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#media-root",
        "https://docs.djangoproject.com/en/stable/ref/settings/#media-url",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let text = |name: &str| {
        facts
            .certain(name)
            .and_then(|value| value.text())
            .map(|text| text.trim_end_matches('/').to_owned())
    };
    for (media, fixed) in [("MEDIA_ROOT", "STATIC_ROOT"), ("MEDIA_URL", "STATIC_URL")] {
        let (Some(a), Some(b)) = (text(media), text(fixed)) else {
            look.undetermined(
                format!("{media} and {fixed} are not both known"),
                crate::way_to_know(media),
                facts.place_of(media),
            );
            continue;
        };
        let Some(at) = facts.place_of(media) else { continue };
        let inside = |inner: &str, outer: &str| {
            inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        if !a.is_empty() && !b.is_empty() && (inside(&a, &b) || inside(&b, &a)) {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("{media} and {fixed} overlap: '{a}' and '{b}'"),
                    consequence: "collectstatic --clear deletes uploads, and uploads are served as if they were the site's own files".to_owned(),
                    fix: "give uploads a folder and an address of their own".to_owned(),
                },
            );
        } else {
            look.evidence(format!("{media} and {fixed} do not overlap"), Some(at));
        }
    }
}
