//! `plain-http-url`: a page loads something over plain HTTP.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "plain-http-url",
    control: "TLS-06",
    title: "a page loads something over plain HTTP",
    what: "Templates with `src`, a style sheet, an icon, a form’s `action`, `@import` or `url()` of an http:// address, and scripts that fetch one or open a ws:// socket. Links (`<a href>`), names that are never fetched (XML namespaces, `rel=\"profile\"`), localhost, addresses that a template fills in, comments, and bundled or vendored scripts are left alone.",
    why: "Browsers block scripts, styles and requests that an https page loads over http: the map stays empty, the form does not send. What is not blocked can be read and changed on the way.",
    bad: "```python settings.py
DEBUG = False
```
```html templates/base.html
<html><head>
<script src=\"http://cdn.ajax-libraries.org/jquery.js\"></script>
</head></html>
```",
    good: "```python settings.py
DEBUG = False
```
```html templates/base.html
<html xmlns=\"http://www.w3.org/1999/xhtml\"><head>
<script src=\"https://cdn.ajax-libraries.org/jquery.js\"></script>
<link rel=\"profile\" href=\"http://gmpg.org/xfn/11\">
</head></html>
```",
    sources: &["https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let found = &facts.code.plain_http;
    for one in found {
        let finding = look.finding(
            one.at.clone(),
            Fault {
                severity: if one.active { Severity::Error } else { Severity::Warning },
                message: format!("{} is loaded over plain HTTP", one.url),
                consequence: if one.active {
                    "browsers block it on an https page"
                } else {
                    "it can be read and changed on the way, and browsers may block it"
                }
                .to_owned(),
                fix: "use https://, or serve the file from this site".to_owned(),
            },
        );
        // The address may answer to https only by now, and the page may be in use no longer.
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        if facts.code.templates == 0 {
            look.undetermined(
                "no template was read",
                "crawl the live site for mixed content",
                None,
            );
        } else {
            look.evidence(
                format!("nothing is loaded over plain HTTP in {} templates", facts.code.templates),
                None,
            );
        }
    }
}
