//! `media-root-missing`: uploads are taken and MEDIA_ROOT is unset.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-root-missing",
    control: "STO-05",
    title: "uploads are taken and MEDIA_ROOT is unset",
    what: "MEDIA_ROOT where the default storage is the local file system and a model of the project has a file or image field.",
    why: "With an empty MEDIA_ROOT uploads land in the working directory of the process: in the code, in a container that is thrown away, or nowhere for lack of permission.",
    bad: "```python settings.py
INSTALLED_APPS = ['shop']
MEDIA_ROOT = ''
```
```python shop/models.py
from django.db import models

class Item(models.Model):
    image = models.ImageField(upload_to='items')
```",
    good: "```python settings.py
INSTALLED_APPS = ['shop']
MEDIA_ROOT = '/srv/rota/media'
```
```python shop/models.py
from django.db import models

class Item(models.Model):
    image = models.ImageField(upload_to='items')
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#media-root"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if super::media_is_remote(facts) {
        look.evidence("uploads go to a remote storage", facts.place_of("STORAGES"));
        return;
    }
    let uploads = facts.code.file_fields.first();
    look.judge("MEDIA_ROOT", |value| match (value, value.text(), uploads) {
        (Value::None, _, Some(_)) | (_, Some(""), Some(_)) => Judgement::error(
            "models have file fields and MEDIA_ROOT is not set",
            "uploads land in the working directory of the process and are lost with it",
            "set MEDIA_ROOT to a folder outside the code that is backed up",
        ),
        (_, Some(""), None) => {
            Judgement::Good("no model of the project has a file field".to_owned())
        }
        (_, Some(root), _) => Judgement::Good(format!("MEDIA_ROOT is {root}")),
        _ => Judgement::Neither,
    });
    if let Some(at) = uploads {
        look.relate(plimsoll_catalog::Related {
            at: at.clone(),
            message: "a file field of the project".to_owned(),
        });
    }
}
