//! `task-before-commit`: a task is sent off before the rows that it needs are there.

use plimsoll_catalog::{Confidence, Severity};

use super::{here_as_well, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "task-before-commit",
    control: "JOB-05",
    title: "a task is sent off before its transaction is over",
    what: "`.delay(…)` and `.apply_async(…)` inside `with transaction.atomic()` or a function decorated with it, after a change to the database in the same function. Calls in `transaction.on_commit(…)`, in functions and lambdas within, and with a `countdown` or `eta` are left out, as is `delay_on_commit`. One finding for each module.",
    why: "A worker is quicker than the commit: it looks for the order, finds none, and the receipt is never sent. If the transaction is rolled back, the receipt goes out for an order that never was.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
from django.db import transaction
from notes.tasks import send_receipt

@transaction.atomic
def order(request):
    made = Order.objects.create(user=request.user)
    send_receipt.delay(made.pk)
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
from django.db import transaction
from notes.tasks import send_receipt

@transaction.atomic
def order(request):
    made = Order.objects.create(user=request.user)
    transaction.on_commit(lambda: send_receipt.delay(made.pk))
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit",
        "https://docs.celeryq.dev/en/stable/userguide/tasks.html#database-transactions",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut any = false;
    for module in running(look.facts) {
        let sent = &module.facts.dealings.sent;
        let Some(first) = sent.first() else { continue };
        any = true;
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} is sent off while the transaction is open", first.task),
                consequence: "a worker may run it before the rows are there, or after they were rolled back".to_owned(),
                fix: "send it when the transaction is over: transaction.on_commit(lambda: task.delay(pk)), or delay_on_commit(pk) of Celery 5.4".to_owned(),
            },
        );
        // It may need nothing of what was changed.
        finding.confidence = Confidence::Medium;
        here_as_well(finding, sent.iter().skip(1).map(|sent| &sent.at));
    }
    if !any {
        look.undetermined(
            format!("{}; no task was seen that is sent off within a transaction", code.looked_at()),
            "the queue's failures over some days",
            None,
        );
    }
}
