//! `template-safe-filter`: a template prints a variable with the safe filter.

use plimsoll_facts::Escape;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "template-safe-filter",
    control: "SEC-10",
    title: "a template prints a variable with the safe filter",
    what: "Uses of `|safe` on what a model of the project keeps as text (told by the field's name), on messages and on JSON for scripts, in the templates of the project. Literals, values that another filter has escaped, and the labels and help texts of forms are let through; what a filter of the project or a view makes is left open.",
    why: "Whatever a user can put into the variable runs as script in the browser of whoever looks at the page.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/models.py
from django.db import models

class Note(models.Model):
    text = models.TextField()
```
```html templates/page.html
<p>{{ note.text|safe }}</p>
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/models.py
from django.db import models

class Note(models.Model):
    text = models.TextField()
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
