//! `login-bypasses-authenticate`: a login checks the password by itself, past backends and lockout.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "login-bypasses-authenticate",
    control: "AUTH-05",
    title: "a login checks the password by itself, past backends and lockout",
    what: "Functions and methods that call `check_password` and then log the account in or make tokens for it (`login`, `RefreshToken.for_user`), and never call `authenticate`. Authentication backends, which have to check the password themselves, and views that ask for the old password before changing it are left out.",
    why: "django-axes counts failures in authenticate(): through this door passwords can be tried without end, and a deactivated account still gets in.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth']
```
```python accounts/views.py
def sign_in(request):
    user = User.objects.get(email=request.POST['email'])
    if user.check_password(request.POST['password']):
        login(request, user)
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth']
```
```python accounts/views.py
def sign_in(request):
    user = authenticate(request, username=request.POST['email'], password=request.POST['password'])
    if user is not None:
        login(request, user)
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/default/#authenticating-users",
        "https://django-axes.readthedocs.io/en/latest/2_installation.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = Vec::new();
    for (module, function) in facts.code.functions() {
        let has = |word: &str| function.mentions.contains(&word);
        let of_backend = function.class.as_ref().is_some_and(|name| name.contains("Backend"));
        let logs_in = has("login") || has("for_user");
        if has("check_password")
            && logs_in
            && !has("authenticate")
            && !has("set_password")
            && !of_backend
            && !module.is_manual()
        {
            found.push((function, has("is_active")));
        }
    }
    for (function, looks_active) in &found {
        let finding = look.finding(
            function.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} checks the password itself and logs in without authenticate()", function.name),
                consequence: if *looks_active {
                    "failed attempts are not counted and no lockout applies here"
                } else {
                    "failed attempts are not counted, no lockout applies here, and an account that was deactivated gets in"
                }
                .to_owned(),
                fix: "call authenticate(request, username=…, password=…) and log in what it returns".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.evidence(
            format!("{}, and no login passes authenticate() by", facts.code.looked_at()),
            None,
        );
    }
}
