//! `session-serializer-unsafe`: sessions are pickled.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-serializer-unsafe",
    control: "AUTH-06",
    title: "sessions are pickled",
    what: "SESSION_SERIALIZER: PickleSerializer, which Django removed in 5.0.",
    why: "Whoever can write a session, by a leaked SECRET_KEY with cookie sessions or an open Redis, runs code on the server.",
    bad: "```python settings.py
SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'
```",
    good: "```python settings.py
SESSION_SERIALIZER = 'django.contrib.sessions.serializers.JSONSerializer'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#session-serializer",
        "https://docs.djangoproject.com/en/stable/topics/http/sessions/#session-serialization",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("SESSION_SERIALIZER", |value| match value.text() {
        Some(name) if name.contains("Pickle") => Judgement::error(
            format!("SESSION_SERIALIZER is {name}"),
            "whoever can write session data runs code on the server",
            "use django.contrib.sessions.serializers.JSONSerializer",
        ),
        Some(name) => Judgement::Good(format!("SESSION_SERIALIZER is {name}")),
        None => Judgement::Neither,
    });
}
