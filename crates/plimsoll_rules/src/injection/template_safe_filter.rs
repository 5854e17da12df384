//! `template-safe-filter`: a template prints a variable with the safe filter.

use plimsoll_facts::Escape;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "template-safe-filter",
    control: "SEC-10",
    title: "a template prints a variable with the safe filter",
    what: "Uses of `|safe` on a variable in the templates of the project. Literals, and values that another filter has escaped, are let through.",
    why: "Whatever a user can put into the variable runs as script in the browser of whoever looks at the page.",
    bad: "```python settings.py
DEBUG = False
```
```html templates/page.html
<p>{{ note.text|safe }}</p>
```",
    good: "```python settings.py
DEBUG = False
```
```html templates/page.html
<p>{{ note.text|linebreaks }}</p>
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/templates/language/#automatic-html-escaping",
    ],
    check,
};

fn check(look: &mut Look) {
    super::unescaped(look, Escape::SafeFilter, "is printed without escaping");
}
