//! `input-executed`: what the request holds is run as code.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "input-executed",
    control: "SEC-09",
    title: "what the request holds is run as code",
    what: "`eval`, `exec`, `pickle.loads`, `marshal.loads`, `yaml.load` without a safe loader, `os.system` and `subprocess` with `shell=True` whose argument is taken from the request: form, query, body, cookies, headers, files; names followed within the function. Numbers (`int(…)`) and quoted words (`shlex.quote`) are let through. Values whose origin is not seen in the function are not judged.",
    why: "Each of these runs what it is given: one request reads the environment, the database and every secret of the process.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
import pickle

def restore(request):
    state = pickle.loads(request.body)
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
import json

def restore(request):
    state = json.loads(request.body)
```",
    sources: &[
        "https://docs.python.org/3/library/pickle.html",
        "https://docs.python.org/3/library/subprocess.html#security-considerations",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = 0;
    for module in facts.code.modules.iter().filter(|module| !module.is_test()) {
        for executed in &module.facts.executed {
            found += 1;
            look.finding(
                executed.at.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("{}() runs what {} holds", executed.call, executed.part),
                    consequence: "whoever can send the request runs code as the application's user"
                        .to_owned(),
                    fix: "read the input as data: json.loads, ast.literal_eval, yaml.safe_load; start programs with a list of arguments and without a shell".to_owned(),
                },
            );
        }
    }
    if found == 0 {
        look.evidence(
            format!("{}, and none runs what a request holds as code", facts.code.looked_at()),
            None,
        );
    }
}
