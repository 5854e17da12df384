//! `open-redirect`: a view sends the visitor to whatever address the request names.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "open-redirect",
    control: "AUTH-14",
    title: "a view sends the visitor to whatever address the request names",
    what: "`redirect(…)`, `HttpResponseRedirect(…)` and the hooks `get_success_url` and `get_redirect_url` whose address begins with a value that the request names (`request.GET['next']`, `request.POST.get('next')`), names followed within the function, in functions that never look at the address: by `url_has_allowed_host_and_scheme`, by its parts, by a list, by `resolve`. The Referer header, which nobody else can write, and values that stand behind a fixed beginning are left out.",
    why: "A mail leads to the real login page of the real site; after the login the visitor stands on a copy of it that asks for the password once more.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python accounts/views.py
def done(request):
    target = request.GET.get('next', '/')
    return redirect(target)
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python accounts/views.py
from django.utils.http import url_has_allowed_host_and_scheme

def done(request):
    target = request.GET.get('next', '/')
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = '/'
    return redirect(target)
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html",
        "https://docs.djangoproject.com/en/stable/releases/3.0/#miscellaneous",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (mut found, mut checked) = (Vec::new(), 0);
    for module in facts.code.modules.iter().filter(|module| !module.is_test()) {
        for redirect in &module.facts.redirects {
            if redirect.checked { checked += 1 } else { found.push(redirect) }
        }
    }
    for redirect in &found {
        let posted = !redirect.part.contains("GET") && !redirect.part.contains("query_params");
        let finding = look.finding(
            redirect.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("the visitor is sent to {}, which nothing looks at before", redirect.part),
                consequence: "a link to this site leads to any other one, such as a copy of the login page".to_owned(),
                fix: "send the visitor there only if url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure()) holds, else to a page of the site".to_owned(),
            },
        );
        // A form has to be made to post it.
        finding.confidence = if posted { Confidence::Medium } else { Confidence::High };
    }
    if found.is_empty() {
        look.undetermined(
            format!(
                "{}; no redirect to an unchecked address was found, and {checked} look at theirs in a way that is not judged",
                facts.code.looked_at()
            ),
            "a rehearsal: attempts against login, reset and redirects",
            None,
        );
    }
}
