//! `load-test-blind`: a load test that counts errors as answers.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "load-test-blind",
    control: "PERF-01",
    title: "a load test counts errors as answers",
    what: "Apache Bench (`ab -n … -c …`) in scripts, pipelines and code blocks of documents as the measure of a site’s load. Tools that check what comes back (k6, Locust, JMeter, wrk with a script) are good.",
    why: "`ab` reports no failed request when every answer is a 502 or a redirect to the login, and counts pages of varying length as failed. Its figures pass while nothing works.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/launch.md
## Load test

    ab -n 1000 -c 100 https://rota.hospital.example.net/
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/launch.md
## Load test

    locust -f loadtest.py --headless -u 100 -t 5m --host https://rota.hospital.example.net
```",
    sources: &["https://httpd.apache.org/docs/2.4/programs/ab.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut other = None;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        for (command, reached) in routine.reached() {
            match reached.program {
                "ab" if reached.arguments.iter().any(|word| word.text.starts_with("-n")) => {
                    let finding = look.finding(
                        command.span.clone(),
                        Fault {
                            severity: Severity::Warning,
                            message: "ab counts a 502 or a redirect to the login as a request that worked".to_owned(),
                            consequence: "the test passes while the site answers with errors".to_owned(),
                            fix: "use a tool that asserts status and content, with a logged-in scenario (locust, k6)".to_owned(),
                        },
                    );
                    finding.confidence = Confidence::Medium;
                }
                "locust" | "k6" | "jmeter" | "artillery" | "gatling" | "vegeta" => {
                    other.get_or_insert_with(|| command.span.clone());
                }
                _ => {}
            }
        }
    }
    if let Some(at) = other {
        look.evidence("the load test can check what comes back", Some(at));
    }
}
