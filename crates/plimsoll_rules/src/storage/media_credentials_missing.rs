//! `media-credentials-missing`: the object storage has no bucket.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-credentials-missing",
    control: "STO-05",
    title: "the object storage has no bucket",
    what: "AWS_STORAGE_BUCKET_NAME (or the `bucket_name` option) where uploads go to S3; keys may come from the role of the machine.",
    why: "Each upload ends in a 500.",
    bad: "```python settings.py
INSTALLED_APPS = ['storages']
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
AWS_STORAGE_BUCKET_NAME = ''
```",
    good: "```python settings.py
INSTALLED_APPS = ['storages']
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
AWS_STORAGE_BUCKET_NAME = 'rota-media'
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
    let judge = |value: &plimsoll_python::Value| match value.text() {
        Some("") => Judgement::error(
            "the bucket for uploads has no name",
            "each upload ends in a 500",
            "set the bucket's name from the environment",
        ),
        Some(_) => Judgement::Good("the bucket for uploads is named".to_owned()),
        None if matches!(value, plimsoll_python::Value::None) => Judgement::error(
            "the bucket for uploads has no name",
            "each upload ends in a 500",
            "set the bucket's name from the environment",
        ),
        None => Judgement::Neither,
    };
    if let Some(option) = super::storage_option(facts, "bucket_name") {
        if let Some(at) = facts.place_of("STORAGES") {
            look.settle(at, judge(option));
        }
    } else if facts.is_set("AWS_STORAGE_BUCKET_NAME") {
        look.judge("AWS_STORAGE_BUCKET_NAME", judge);
    } else if let Some(at) = facts.place_of("STORAGES") {
        look.settle(at, judge(&plimsoll_python::Value::None));
    }
}
