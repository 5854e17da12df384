//! `cors-regex-loose`: a pattern for origins matches foreign ones.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-regex-loose",
    control: "API-01",
    title: "a pattern for origins matches foreign ones",
    what: "Each pattern of CORS_ALLOWED_ORIGIN_REGEXES: it has to end with `$`, because the middleware matches from the start only, and dots between letters have to be escaped.",
    why: "`https://.*\\.example\\.org` also matches https://app.example.org.attacker.net, which anybody can register.",
    bad: r"```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGIN_REGEXES = [r'^https://\w+\.example\.org']
```",
    good: r"```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGIN_REGEXES = [r'^https://\w+\.example\.org$']
```",
    sources: &[
        "https://github.com/adamchainz/django-cors-headers#cors_allowed_origin_regexes-sequencestr--patternstr",
    ],
    check,
};

fn check(look: &mut Look) {
    if !super::uses_cors(look.facts) {
        return;
    }
    let Some(name) = super::cors_name(look.facts, super::PATTERNS) else {
        look.evidence("no patterns for origins are set", look.facts.place_of("MIDDLEWARE"));
        return;
    };
    look.judge(name, |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        let loose = items
            .iter()
            .filter_map(super::pattern)
            .find_map(|text| Some((text, super::looseness(text)?)));
        match loose {
            Some((text, why)) => Judgement::error(
                format!("the pattern '{text}' of {name} {why}"),
                "an origin that belongs to somebody else is let in",
                "end the pattern with `$` and escape its dots, or list the origins in CORS_ALLOWED_ORIGINS",
            )
            .surely(),
            None if items.iter().all(|item| super::pattern(item).is_some()) => {
                Judgement::Good(format!("all {} patterns are anchored and escaped", items.len()))
            }
            None => Judgement::Open {
                reason: format!("{name} holds a pattern that is not known"),
                needs: crate::way_to_know(name),
            },
        }
    });
}
