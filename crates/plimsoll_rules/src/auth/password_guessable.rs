//! `password-guessable`: accounts get a password that others know or can guess.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::PasswordSource;

use crate::flows::running;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "password-guessable",
    control: "AUTH-04",
    title: "accounts get a password that others know or can guess",
    what: "`set_password`, `make_password` and `create_user` in code that requests run, whose password is something that others know of the person (an attribute or name like `phone`, `date_of_birth`, `username`, `email`, `student_id`), or, for the first two, a text that stands in the code. Management commands, migrations, tests and what is made at random are left out; accounts that are made with a written password are told by `default-credentials`.",
    why: "Everybody in the class has the list of names and birthdays. Whoever logs in first with them owns the account; most people never change the password that they were given.",
    bad: "```python settings.py
DEBUG = False
```
```python people/views.py
def add(request):
    user = User(username=form.cleaned_data['name'])
    user.set_password(student.phone)
    user.save()
```",
    good: "```python settings.py
DEBUG = False
```
```python people/views.py
import secrets

def add(request):
    user = User(username=form.cleaned_data['name'])
    user.set_password(secrets.token_urlsafe(16))
    user.save()
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#implement-proper-password-strength-controls",
        "https://docs.djangoproject.com/en/stable/topics/auth/default/#django.contrib.auth.views.PasswordResetView",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut any = false;
    for module in running(look.facts) {
        for password in &module.facts.passwords {
            // What makes an account with it is told by default-credentials.
            let told = module.facts.accounts.iter().any(|account| account.at == password.at);
            let written = !told
                && password.source == PasswordSource::Literal
                && matches!(password.call.as_str(), "set_password" | "make_password");
            let known = password.source == PasswordSource::Known;
            if !written && !known {
                continue;
            }
            any = true;
            let finding = look.finding(
                password.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: if known {
                        format!("the password is {}, which others know", password.part)
                    } else {
                        format!("{}() gets a password that stands here, the same for all", password.call)
                    },
                    consequence: "whoever knows the person, or one such account, logs in as any of them".to_owned(),
                    fix: "make the account without a usable password and mail a link to set one (PasswordResetForm), or make the password at random".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if !any {
        look.evidence(
            format!("{}, and none gives accounts a password that others know", code.looked_at()),
            None,
        );
    }
}
