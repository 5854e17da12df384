//! `template-autoescape-off`: a template switches escaping off.

use plimsoll_facts::Escape;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "template-autoescape-off",
    control: "SEC-10",
    title: "a template switches escaping off",
    what: "Blocks of `{% autoescape off %}` in the templates of the project. Text templates of mails, which are no HTML, end in .txt and are not looked at.",
    why: "Every variable inside the block, and every one that is added later, is printed as it is.",
    bad: "```python settings.py
DEBUG = False
```
```html templates/page.html
<p>{% autoescape off %}{{ note.text }}{% endautoescape %}</p>
```",
    good: "```python settings.py
DEBUG = False
```
```html templates/page.html
<p>{% autoescape on %}{{ note.text }}{% endautoescape %}</p>
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/templates/language/#automatic-html-escaping",
    ],
    check,
};

fn check(look: &mut Look) {
    super::unescaped(look, Escape::AutoescapeOff, "switches escaping off");
}
