//! `media-acl-public`: object storage makes uploads readable by everybody.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-acl-public",
    control: "STO-06",
    title: "object storage makes uploads readable by everybody",
    what: "AWS_DEFAULT_ACL (or the `default_acl` option): `public-read` and `public-read-write`.",
    why: "Each upload is made public when it is written, whatever the application checks before it shows a link.",
    bad: "```python settings.py
INSTALLED_APPS = ['storages']
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
AWS_DEFAULT_ACL = 'public-read'
```",
    good: "```python settings.py
INSTALLED_APPS = ['storages']
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
AWS_DEFAULT_ACL = 'private'
```",
    sources: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::media_is_s3(facts) {
        super::not_s3(look);
        return;
    }
    let all_shown = facts.code.private_files.is_empty() && !facts.code.file_fields.is_empty();
    let judge = |value: &plimsoll_python::Value| match value.text() {
        // Pictures of goods and people's own portraits are made to be shown.
        Some(acl) if acl.starts_with("public") && all_shown => Judgement::note(
            format!(
                "uploads are written with the access list '{acl}'; by their names all are pictures to be shown"
            ),
            "everybody can read every upload",
            "where some uploads are not for everybody, leave the access list private and hand out signed addresses",
        ),
        Some(acl) if acl.starts_with("public") => Judgement::warning(
            format!("uploads are written with the access list '{acl}'"),
            "everybody can read every upload",
            "leave the access list private and hand out signed addresses",
        ),
        _ if matches!(value, plimsoll_python::Value::Unknown { .. }) => Judgement::Neither,
        _ => Judgement::Good("uploads are written without a public access list".to_owned()),
    };
    if let Some(option) = super::storage_option(facts, "default_acl") {
        if let Some(at) = facts.place_of("STORAGES") {
            look.settle(at, judge(option));
        }
    } else if facts.is_set("AWS_DEFAULT_ACL") {
        look.judge("AWS_DEFAULT_ACL", judge);
    } else {
        look.evidence(
            "no access list is set: uploads take the bucket's",
            facts.place_of("STORAGES"),
        );
    }
}
