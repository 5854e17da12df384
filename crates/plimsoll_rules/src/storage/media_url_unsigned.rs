//! `media-url-unsigned`: object storage hands out addresses without signature.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-url-unsigned",
    control: "STO-06",
    title: "object storage hands out addresses without signature",
    what: "AWS_QUERYSTRING_AUTH (or the `querystring_auth` option) where uploads go to S3.",
    why: "Addresses without signature work only when the bucket is public: then whoever guesses or is sent a name reads the upload, for ever.",
    bad: "```python settings.py
INSTALLED_APPS = ['storages']
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
AWS_QUERYSTRING_AUTH = False
```",
    good: "```python settings.py
INSTALLED_APPS = ['storages']
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
AWS_QUERYSTRING_AUTH = True
```",
    sources: &[
        "https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::media_is_s3(facts) {
        super::not_s3(look);
        return;
    }
    let option = super::storage_option(facts, "querystring_auth");
    let bad = || {
        Judgement::warning(
            "addresses of uploads carry no signature",
            "uploads can be read by everybody who has or guesses the address",
            "leave AWS_QUERYSTRING_AUTH on and the bucket private, unless all uploads are meant for the public",
        )
    };
    if let Some(option) = option {
        let Some(at) = facts.place_of("STORAGES") else { return };
        match option.truth() {
            Some(true) => look.evidence("addresses of uploads are signed", Some(at)),
            Some(false) => look.settle(at, bad()),
            None => look.undetermined(
                "the option querystring_auth is not known",
                crate::way_to_know("STORAGES"),
                Some(at),
            ),
        }
    } else if facts.is_set("AWS_QUERYSTRING_AUTH") {
        look.judge("AWS_QUERYSTRING_AUTH", |value| match value.truth() {
            Some(true) => Judgement::Good("addresses of uploads are signed".to_owned()),
            Some(false) => bad(),
            None => Judgement::Neither,
        });
    } else {
        look.evidence(
            "addresses of uploads are signed, by the default of the storage",
            facts.place_of("STORAGES"),
        );
    }
}
