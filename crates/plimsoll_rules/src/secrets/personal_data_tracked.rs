//! `personal-data-tracked`: a file with data about many people is in the repository.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Standing;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "personal-data-tracked",
    control: "SEC-01",
    title: "a file with data about many people is in the repository",
    what: "Files of rows (JSON, CSV, XML, YAML, SQL) for mail addresses at providers of private mail, ten different ones at least. Addresses at `example.com` and at companies do not count, nor do lists of authors and translators. Files of tests, demos and seeds are notes, as their rows are made up as a rule; files that git does not track are left out.",
    why: "Fixtures are dumped from the real system because it is the quickest way to rows that work. Every clone, fork and CI cache then holds customers’ names and addresses, and no deletion request reaches them.",
    bad: "```python settings.py
DEBUG = False
```
```csv data/customers.csv
ana.silva@gmail.com
b.kowalska@gmail.com
carl.berg@gmail.com
d.rossi@yahoo.it
e.maier@gmx.de
f.novak@outlook.com
g.dubois@orange.fr
h.jansen@hotmail.com
i.popescu@yahoo.com
j.larsen@icloud.com
```",
    good: "```python settings.py
DEBUG = False
```
```csv data/customers.csv
a@example.com
b@example.com
c@example.com
d@example.com
e@example.com
f@example.com
g@example.com
h@example.com
i@example.com
j@example.com
```",
    sources: &["https://gdpr-info.eu/art-5-gdpr/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for personal in &facts.leaks.personal {
        if !facts.is_tracked(&personal.at.file) {
            continue;
        }
        let severity = match personal.standing {
            Standing::Main | Standing::Development => Severity::Warning,
            _ => Severity::Note,
        };
        any |= severity > Severity::Note;
        let finding = look.finding(
            personal.at.clone(),
            Fault {
                severity,
                message: format!(
                    "{} private mail addresses stand in this file",
                    personal.addresses
                ),
                consequence: "where they are real, everybody with a copy of the repository has these people’s data, and nobody can delete it".to_owned(),
                fix: "put made-up rows with addresses at example.com in their place; where they were real, rewrite the history and treat them as disclosed".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any && facts.leaks.files > 0 {
        look.evidence("no file of rows holds many private mail addresses", None);
    }
}
