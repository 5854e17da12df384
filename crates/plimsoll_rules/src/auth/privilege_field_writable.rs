//! `privilege-field-writable`: users can make themselves staff through a form or serializer.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Access, Address, CodeFacts, Facts};
use plimsoll_python::code::{Class, Field, Function, Meta, Taken};

use super::view_without_permission::shown;
use crate::{Fault, Look, Rule, list};

pub(crate) const RULE: Rule = Rule {
    id: "privilege-field-writable",
    control: "AUTH-15",
    title: "users can give themselves privileges through a form or serializer",
    what: "ModelForms and ModelSerializers of the user model whose fields take in `is_staff`, `is_superuser`, `groups`, `user_permissions`, or a role of the project's own (`role`, `user_type`, `is_admin`, where the choices of the user model's field hold an administrator), by name, by `'__all__'` or by an `exclude` that leaves them in, where an address writes through them that asks for no more than a login; and views that hand such a field, or whatever fields the request names, from the request to an account (`user.role = request.data[…]`, `setattr`, `update(**request.data)`). Read-only fields, fields of a form that offer fewer choices, fields with a check of their own (`validate_role`), forms of the admin, serializers that only list, views for administrators by their permission or decorator, and views that pick their serializer or look at the caller's rights in code are left out.",
    why: "The page shows five fields; a script sends a sixth, `is_superuser=true`, and the account owns the system.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
AUTH_USER_MODEL = 'accounts.User'
```
```python urls.py
from django.urls import path
from accounts.views import Me

urlpatterns = [path('me/', Me.as_view())]
```
```python accounts/views.py
from rest_framework import generics, permissions, serializers
from django.contrib.auth.models import User

class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = '__all__'

class Me(generics.UpdateAPIView):
    serializer_class = UserSerializer
    permission_classes = [permissions.IsAuthenticated]
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
AUTH_USER_MODEL = 'accounts.User'
```
```python urls.py
from django.urls import path
from accounts.views import Me

urlpatterns = [path('me/', Me.as_view())]
```
```python accounts/views.py
from rest_framework import generics, permissions, serializers
from django.contrib.auth.models import User

class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ['first_name', 'last_name']

class Me(generics.UpdateAPIView):
    serializer_class = UserSerializer
    permission_classes = [permissions.IsAuthenticated]
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/forms/modelforms/#selecting-the-fields-to-use",
        "https://cheatsheetseries.owasp.org/cheatsheets/Mass_Assignment_Cheat_Sheet.html",
    ],
    check,
};

/// The fields of Django's own users that decide what an account may do.
const PRIVILEGES: [&str; 4] = ["is_superuser", "is_staff", "user_permissions", "groups"];

/// Fields that projects give their users for the same.
const ROLES: [&str; 7] =
    ["role", "user_role", "user_type", "account_type", "is_admin", "is_superadmin", "is_moderator"];

/// What a role must be among to give power.
const POWERS: [&str; 4] = ["admin", "superuser", "moderator", "root"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let code = &facts.code;
    let users = user_models(facts);
    let roles = roles(facts, &users);
    let (mut seen, mut found) = (0, Vec::new());
    for (_, class) in code.classes() {
        let Some(meta) = &class.meta else { continue };
        let of_user = meta.model.as_ref().is_some_and(|model| users.contains(model.as_str()));
        let is_form = class
            .bases
            .iter()
            .chain([&class.name])
            .any(|name| name.ends_with("Serializer") || name.ends_with("Form"));
        if !of_user || !is_form {
            continue;
        }
        seen += 1;
        let open = writable(class, meta, &roles);
        if open.is_empty() {
            continue;
        }
        if let Some(route) = code.routes.views.iter().find(|route| writes_by(code, route, class)) {
            found.push((class, meta, open, route));
        }
    }
    for (class, meta, open, route) in &found {
        let name = code.view_name(route).map_or("a view", |(_, name, _)| name);
        let finding = look.finding(
            meta.at.clone(),
            fault(format!(
                "{} lets the caller set {}, and {name} at {} writes through it for anybody who {}",
                class.name,
                list(open),
                shown(route),
                who(route),
            )),
        );
        // Code that the fields pass through may drop them.
        finding.confidence = Confidence::Medium;
        finding.related = vec![declared(route)];
    }
    let taken = taken(code, &roles);
    for (route, function, taken) in &taken {
        let what = match &taken.field {
            Some(field) => format!("{field} of {}", taken.of),
            None => format!("whatever fields of {} the request names", taken.of),
        };
        let finding = look.finding(
            taken.at.clone(),
            fault(format!(
                "{} at {} sets {what} as the request says, for anybody who {}",
                function.name,
                shown(route),
                who(route),
            )),
        );
        finding.confidence = Confidence::Medium;
        finding.related = vec![declared(route)];
    }
    if found.is_empty() && taken.is_empty() {
        look.evidence(
            format!(
                "{}; {seen} forms and serializers are of the user model, and none gives privileges away at an address that was followed",
                code.looked_at()
            ),
            None,
        );
    }
}

fn fault(message: String) -> Fault {
    Fault {
        severity: Severity::Error,
        message,
        consequence: "one request with a field more makes any account an administrator".to_owned(),
        fix: "name the fields that people may change, or make these read-only (read_only_fields); give roles by a view that only administrators reach".to_owned(),
    }
}

fn who(route: &Address) -> &'static str {
    if matches!(route.access, Access::Open) { "comes" } else { "is logged in" }
}

fn declared(route: &Address) -> Related {
    Related { at: route.at.clone(), message: "the address is declared here".to_owned() }
}

/// The project's own fields of the user model that decide what an account may do.
fn roles<'f>(facts: &'f Facts, users: &BTreeSet<&str>) -> Vec<&'f str> {
    let powerful = |word: &String| POWERS.iter().any(|power| word.contains(power));
    let choices = |field: &Field| {
        field.choices.iter().any(|word| match word.strip_suffix(".choices") {
            None => powerful(word),
            Some(name) => facts.code.classes().any(|(_, class)| {
                class.name == name && class.attributes.iter().any(|it| powerful(&it.to_lowercase()))
            }),
        })
    };
    let models = facts.code.classes().filter(|(_, class)| {
        users.contains(class.name.as_str())
            && !class
                .bases
                .iter()
                .any(|base| base.ends_with("Serializer") || base.ends_with("Form"))
    });
    models
        .flat_map(|(_, class)| &class.fields)
        .filter(|field| ROLES.contains(&field.name.as_str()))
        .filter(|field| field.name.starts_with("is_") || choices(field))
        .map(|field| field.name.as_str())
        .collect()
}

/// What views hand from the request to accounts, where they ask for no more than a login.
fn taken<'f>(code: &'f CodeFacts, roles: &[&str]) -> Vec<(&'f Address, &'f Function, &'f Taken)> {
    let mut found: Vec<(&Address, &Function, &Taken)> = Vec::new();
    for route in code.routes.views.iter().filter(|route| asks_only_login(route)) {
        let functions = code.view_functions(route);
        if functions.iter().any(|function| function.denies) {
            continue;
        }
        for function in functions {
            for taken in &function.takes {
                let of = taken.of.to_lowercase();
                let of_account = ["user", "account", "member"].iter().any(|word| of.contains(word));
                let counts = match taken.field.as_deref() {
                    Some(field) if PRIVILEGES.contains(&field) => {
                        field.starts_with("is_") || of_account
                    }
                    Some(field) => of_account && roles.contains(&field),
                    None => of_account,
                };
                let known = found.iter().any(|(_, _, other)| other.at == taken.at);
                if counts && !known {
                    found.push((route, function, taken));
                }
            }
        }
    }
    found
}

/// The names of the project's user model as forms name it.
fn user_models(facts: &Facts) -> BTreeSet<&str> {
    let mut names: BTreeSet<&str> = ["User", "get_user_model", "UserModel"].into();
    let chosen = facts.partial("AUTH_USER_MODEL").and_then(|value| value.text());
    names.extend(chosen.and_then(|name| name.rsplit('.').next()));
    // A class of this name that is none of Django's users has other fields.
    let of_django = |class: &Class| {
        class.bases.iter().any(|base| {
            ["AbstractUser", "PermissionsMixin", "AbstractBaseUser"]
                .iter()
                .any(|end| base.ends_with(end))
                || base.contains("User")
        })
    };
    for (_, class) in facts.code.classes() {
        let is_model = class.bases.iter().any(|base| base.ends_with("models.Model"));
        if names.contains(class.name.as_str()) && is_model && !of_django(class) {
            names.remove(class.name.as_str());
        }
    }
    names
}

/// The privileges that a form or serializer takes from the caller.
fn writable<'f>(class: &'f Class, meta: &Meta, roles: &[&'f str]) -> Vec<&'f str> {
    // What is worked out in code can take the fields away again.
    let worked_out =
        ["get_fields", "__init__", "to_internal_value", "validate", "get_extra_kwargs", "clean"];
    if class.methods.iter().any(|name| worked_out.contains(&name.as_str())) {
        return Vec::new();
    }
    let Some(read_only) = &meta.read_only else { return Vec::new() };
    let taken = |name: &str| match (&meta.fields, &meta.exclude) {
        (Some(fields), _) => fields.iter().any(|field| field == name || field == "__all__"),
        (None, Some(exclude)) if !meta.has_fields => !exclude.iter().any(|field| field == name),
        _ => false,
    };
    let checked = |name: &str| {
        class.methods.iter().any(|method| {
            ["validate_", "clean_"].iter().any(|start| method.strip_prefix(start) == Some(name))
        })
    };
    PRIVILEGES
        .into_iter()
        .chain(roles.iter().copied())
        .filter(|name| taken(name) && !read_only.iter().any(|field| field == name))
        .filter(|name| !checked(name))
        .filter(|name| {
            // A field that the class declares itself is known only where it is a plain one.
            let declared = class.attributes.iter().any(|attribute| attribute == name);
            let field = class.fields.iter().find(|field| field.name == *name);
            // A role that offers none of the powerful ones.
            let offers_less = field.is_some_and(|field| {
                let high = |word: &String| {
                    word.ends_with(".choices") || POWERS.iter().any(|power| word.contains(power))
                };
                !field.choices.is_empty() && !field.choices.iter().any(high)
            });
            if offers_less {
                return false;
            }
            !declared
                || field.is_some_and(|field| {
                    !matches!(
                        field.kind.as_str(),
                        "SerializerMethodField" | "ReadOnlyField" | "HiddenField"
                    ) && !field
                        .given
                        .iter()
                        .any(|given| given == "read_only" || given == "disabled")
                })
        })
        .collect()
}

fn asks_only_login(route: &Address) -> bool {
    let by_access = match &route.access {
        Access::Open | Access::Guarded(_) | Access::WritesGuarded(_) => true,
        // `self.request.user` in `get_object`.
        Access::Asks(by) => by.starts_with("what "),
        Access::Unknown(_) => false,
    };
    by_access && route.only_login()
}

/// Whether an address writes through a form or serializer and asks for no more than a login.
fn writes_by(code: &CodeFacts, route: &Address, class: &Class) -> bool {
    if !asks_only_login(route) {
        return false;
    }
    let functions = code.view_functions(route);
    if functions.iter().any(|function| function.denies) {
        return false;
    }
    let by_class = code
        .view_parts(route)
        .flat_map(|(_, part)| &part.uses)
        .find(|(attribute, _)| matches!(attribute.as_str(), "serializer_class" | "form_class"));
    let picks = functions.iter().any(|function| {
        matches!(
            function.name.as_str(),
            "get_serializer_class" | "get_form_class" | "get_serializer"
        )
    });
    let uses = by_class.is_some_and(|(_, name)| *name == class.name) && !picks;
    let makes = functions.iter().any(|function| function.makes.contains(&class.name));
    // Views that map only reading methods write nothing.
    let reads_only = route.methods.as_ref().is_some_and(|methods| {
        methods
            .iter()
            .all(|m| matches!(m.to_ascii_uppercase().as_str(), "GET" | "HEAD" | "OPTIONS"))
    }) || code.view_parts(route).any(|(_, part)| {
        part.http_methods.as_ref().is_some_and(|methods| {
            methods.iter().all(|m| matches!(m.as_str(), "get" | "head" | "options" | "delete"))
        })
    });
    let saves = route.changes.iter().any(|change| {
        change.kind == plimsoll_python::code::ChangeKind::Save && change.model.is_none()
    });
    let generic = route.edits.is_some_and(|edits| {
        !matches!(
            edits,
            "DeleteView"
                | "BaseDeleteView"
                | "DestroyAPIView"
                | "DestroyModelMixin"
                | "RetrieveDestroyAPIView"
        )
    });
    !reads_only && (uses && generic || (uses || makes) && saves && route.reads_form)
}
