//! `access-token-lifetime-long`: access tokens live longer than wanted.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "access-token-lifetime-long",
    control: "AUTH-08",
    title: "access tokens live longer than wanted",
    what: "SIMPLE_JWT['ACCESS_TOKEN_LIFETIME'] against the wanted 15 minutes.",
    why: "A token cannot be taken back before it expires: whoever has it is the user until then.",
    bad: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(days=90)}
```",
    good: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(minutes=10)}
```",
    sources: &["https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html"],
    check,
};

/// The default of the library in seconds.
const DEFAULT: i128 = 300;

fn check(look: &mut Look) {
    let wanted = look.parameter("access_lifetime");
    super::token_lifetime(look, "access", "ACCESS_TOKEN_LIFETIME", DEFAULT, wanted);
}
