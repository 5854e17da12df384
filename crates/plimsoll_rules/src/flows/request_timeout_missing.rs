//! `request-timeout-missing`: a call of another service waits for ever.

use plimsoll_catalog::Severity;

use super::{here_as_well, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "request-timeout-missing",
    control: "APP-03",
    title: "a call of another service waits for as long as that service takes",
    what: "Calls of the library requests (`requests.get(…)`, `post`, …) and of `urllib.request.urlopen` without `timeout`, in code that requests and workers run. Sessions, clients of other libraries, management commands, scripts and calls whose arguments are spread from a mapping are left out. One finding for each module.",
    why: "Neither of the two has a limit of its own. The other side accepts the connection and says nothing: each request that needs it holds a worker until the server kills it, and soon all workers wait. A Celery worker waits for days.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
import requests

def weather(request):
    return requests.get('https://api.example.org/weather').json()
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
import requests

def weather(request):
    return requests.get('https://api.example.org/weather', timeout=5).json()
```",
    sources: &[
        "https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",
        "https://docs.python.org/3/library/urllib.request.html#urllib.request.urlopen",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut any = false;
    for module in running(look.facts) {
        let waits = &module.facts.dealings.waits;
        let Some(first) = waits.first() else { continue };
        any = true;
        let message = match waits.len() {
            1 => format!("{} is called without a timeout", first.call),
            count => format!("{count} calls of other services in this module have no timeout"),
        };
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message,
                consequence: "when the other side hangs, each call holds a worker of this system until that is killed: soon none is left".to_owned(),
                fix: "give it a timeout in seconds (timeout=5), and say what happens when it is over".to_owned(),
            },
        );
        here_as_well(finding, waits.iter().skip(1).map(|wait| &wait.at));
    }
    if !any {
        look.evidence(
            format!(
                "{}, and no call of requests or urlopen without a timeout was found",
                code.looked_at()
            ),
            None,
        );
    }
}
