//! `cron-percent-unescaped`: a crontab line is cut at a percent sign.

use plimsoll_catalog::{Change, Repair, Severity};
use plimsoll_source::Position;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cron-percent-unescaped",
    control: "BAK-01",
    title: "a crontab line is cut at a percent sign",
    what: "Jobs in crontabs, and in code blocks of documents that show a crontab, whose command holds a `%` without a backslash before it. A line that means it, as it hands text to a program that reads its input (`mail -s report root%Hello`), is left alone: what stands before the sign must be cut in the middle of a word, a quotation or a substitution.",
    why: "cron ends the command at the first `%` and gives the rest to it as input: `date +%F` becomes `date +`, the shell meets an open quotation, and the job fails each time, in silence.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/crontab
0 2 * * * pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/crontab
0 2 * * * pg_dump -Fc shop > /srv/backups/shop-$(date +\\%F).dump
```",
    sources: &["https://man7.org/linux/man-pages/man5/crontab.5.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut jobs = 0;
    let mut any = false;
    for job in &facts.cron_lines {
        if !job.standing.is_main() {
            continue;
        }
        jobs += 1;
        let Some(percent) = &job.percent else { continue };
        if !is_cut(&job.command) {
            continue;
        }
        any = true;
        let severity = if job.in_document { Severity::Warning } else { Severity::Error };
        let mut rest = percent.clone();
        rest.end = Position { line: percent.start.line, column: u32::MAX };
        let change =
            Change::Replace { at: rest, old: "%".to_owned(), new: "\\%".to_owned(), every: true };
        let finding = look.finding(
            percent.clone(),
            Fault {
                severity,
                message: "cron cuts this command at the percent sign".to_owned(),
                consequence: "the job fails each time it runs, and its output goes to a mailbox that nobody reads".to_owned(),
                fix: "write \\% in the crontab, or put the command into a script and call that".to_owned(),
            },
        );
        finding.repair = Some(Repair {
            is_safe: true,
            does: format!("escape the percent signs of a cron job in {}", percent.file),
            changes: vec![change],
        });
    }
    if jobs > 0 && !any {
        look.evidence(
            format!("{jobs} cron jobs were read, and none is cut at a percent sign"),
            None,
        );
    }
}

/// Whether a command ends where no command can.
fn is_cut(before: &str) -> bool {
    let count = |mark: char| before.chars().filter(|c| *c == mark).count();
    before.ends_with('+')
        || count('(') > count(')')
        || count('"') % 2 == 1
        || count('`') % 2 == 1
        || count('\'') % 2 == 1
}
