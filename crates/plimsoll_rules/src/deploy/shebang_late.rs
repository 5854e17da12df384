//! `shebang-late`: the line that names the shell is not the first.

use plimsoll_catalog::Severity;

use super::looked_at;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "shebang-late",
    control: "DEP-01",
    title: "the line that names the script’s shell is not the first",
    what: "Scripts, and code blocks of documents that show one, in which `#!/bin/bash` or its like stands below the first line, behind a comment or an empty line.",
    why: "Below the first line it is a comment: cron and systemd start the script with another shell or not at all, and what only bash knows (`pipefail`, arrays) fails or is ignored there.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
# nightly backup
#!/bin/bash
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
#!/bin/bash
# nightly backup
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
```",
    sources: &["https://man7.org/linux/man-pages/man2/execve.2.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        let Some(at) = &routine.late_shebang else { continue };
        any = true;
        look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "this line names the shell only where it is the first one".to_owned(),
                consequence:
                    "the script runs in another shell than it was written for, or not at all"
                        .to_owned(),
                fix: "move it to the top of the file".to_owned(),
            },
        );
    }
    if !any {
        look.evidence(
            format!("{}; each names its shell in the first line or nowhere", looked_at(facts)),
            None,
        );
    }
}
