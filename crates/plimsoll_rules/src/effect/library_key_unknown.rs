//! `library-key-unknown`: a key of a library's table of settings that it does not read.

use plimsoll_catalog::{Confidence, Severity};

use plimsoll_python::Value;

use super::installed;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "library-key-unknown",
    control: "SET-13",
    title: "a key of a library's table of settings that the library does not read",
    what: "Keys of tables such as `REST_FRAMEWORK` and `SIMPLE_JWT` that the installed version of the library does not know. Left alone: keys that another installed package names, and tables whose keys are not known.",
    why: "Django REST framework and its kin take what they know from the table and pass over the rest without a word: a throttle, a permission or a lifetime that is written down and not in force.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_THROTTLE_RATE': {'anon': '20/hour'}}
```
```text requirements.txt
Django==5.2.1
djangorestframework==3.15.2
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_THROTTLE_RATES': {'anon': '20/hour'}}
```
```text requirements.txt
Django==5.2.1
djangorestframework==3.15.2
```",
    sources: &["https://www.django-rest-framework.org/api-guide/settings/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let installed = installed(facts);
    for it in &installed {
        let Some(series) = it.series.or_else(|| it.package.newest()) else { continue };
        for table in series.tables().into_iter().filter(|table| *table != "CELERY") {
            let Some(at) = facts.place_of(table).filter(|_| facts.is_set(table)) else { continue };
            let known = series.keys(table);
            let Some(Value::Dict(entries)) = facts.partial(table) else { continue };
            let given: Vec<&str> = entries.iter().filter_map(|(key, _)| key.text()).collect();
            let unknown: Vec<&str> = given
                .iter()
                .copied()
                .filter(|key| !known.contains(key))
                .filter(|key| it.series.is_some() || !it.package.has(key))
                .filter(|key| {
                    !installed.iter().any(|other| {
                        !std::ptr::eq(other.package, it.package) && other.package.has(key)
                    })
                })
                .collect();
            for key in &unknown {
                let meant = known.iter().find(|known| crate::is_slip(key, known));
                let meant = meant.filter(|meant| !given.contains(*meant));
                let finding = look.finding(
                    at.clone(),
                    Fault {
                        severity: Severity::Warning,
                        message: match meant {
                            Some(meant) => format!("{table} has a key {key}; {} reads {meant}", it.package.name),
                            None => format!(
                                "{table} has a key {key}, which {} {} does not read",
                                it.package.name,
                                series.version()
                            ),
                        },
                        consequence: "what it asks for is not in force, and nothing says so".to_owned(),
                        fix: match meant {
                            Some(meant) => format!("write {meant}"),
                            None => format!("take it out, or look up in the documentation of {} how it is spelt", it.package.name),
                        },
                    },
                );
                if meant.is_none() {
                    finding.confidence = Confidence::Medium;
                }
            }
            if unknown.is_empty() && !given.is_empty() {
                look.evidence(format!("{} reads every key of {table}", it.package.name), Some(at));
            }
        }
    }
}
