//! Calls that set passwords, and calls that log.

use super::accounts;
use super::build::{is_request, shown};
use super::facts::{Logged, Password, PasswordSource};
use super::names::{dotted, last, text};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr, InterpolatedStringElement};

/// Expressions within expressions that are looked into.
const MAX_DEPTH: usize = 8;

/// Takes in a call that sets a password.
pub(crate) fn password<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    whole: &'a Expr,
    name: &str,
    receiver: Option<&Expr>,
) {
    let arguments = &call.arguments;
    let makes_account = name.starts_with("create_");
    // `create_user(username, email, password)` of Django's own manager.
    let place = if makes_account { 2 } else { 0 };
    let by_name = ["password", "raw_password"].iter().find_map(|name| arguments.find_keyword(name));
    let given = match by_name {
        Some(keyword) => Some(&keyword.value),
        None if makes_account && receiver.is_none() => None,
        None => arguments.find_positional(place),
    };
    let Some(given) = given else { return };
    let at = scan.span(whole);
    let source = source_of(scan, given);
    // A manager's or a model's own `create_user` hands on what it was given.
    let within = scan.classes.last();
    let relays = within.is_some_and(|(_, bases)| {
        bases.iter().any(|base| {
            [
                "Manager",
                "Model",
                "AbstractUser",
                "AbstractBaseUser",
                "UserCreationForm",
                "SetPasswordForm",
                "PasswordChangeForm",
                "SignupForm",
                "Factory",
                "Command",
                "TestCase",
            ]
            .iter()
            .any(|known| base.ends_with(known))
        })
    });
    let by_hand = within.is_some_and(|(_, bases)| bases.iter().any(|b| b.ends_with("Command")));
    let class = within.map(|(name, _)| (*name).to_owned());
    if name != "make_password" && (by_hand || !relays) {
        accounts::account(scan, given, &at, name, by_hand);
    }
    if relays {
        return;
    }
    scan.facts.passwords.push(Password {
        at,
        call: name.to_owned(),
        source,
        class,
        validated: scan.validates,
        part: if source == PasswordSource::Literal {
            String::new()
        } else {
            shown(scan.source, given)
        },
    });
}

fn source_of<'a>(scan: &Scan<'_, 'a>, given: &'a Expr) -> PasswordSource {
    let value = scan.resolve(given);
    if matches!(value, Expr::NoneLiteral(_)) || text(value) == Some("") {
        return PasswordSource::Generated;
    }
    if text(value).is_some() {
        return PasswordSource::Literal;
    }
    let written = shown(scan.source, value);
    if is_request(&written) {
        return PasswordSource::Request;
    }
    let own_class = |ends: &[&str]| {
        scan.classes.last().is_some_and(|(_, bases)| {
            bases.iter().any(|base| ends.iter().any(|end| base.ends_with(end)))
        })
    };
    if written.starts_with("validated_data") && own_class(&["Serializer"])
        || written.starts_with("self.validated_data") && own_class(&["Serializer"])
        || written.starts_with("self.cleaned_data") && own_class(&["Form"])
    {
        return PasswordSource::Validated;
    }
    let name = last(value).unwrap_or("");
    let random = ["random", "secrets", "token", "uuid", "generate", "unusable", "choice", "hex"];
    if random.iter().any(|word| written.contains(word) || name.contains(word)) {
        return PasswordSource::Generated;
    }
    let known = ["phone", "mobile", "birth", "dob", "username", "email", "roll_no", "roll_number"];
    let person = ["national_id", "student_id", "employee_id", "staff_id", "reg_no", "cpf", "nik"];
    let end = name.to_ascii_lowercase();
    let is_attribute = matches!(value, Expr::Attribute(_) | Expr::Name(_));
    if is_attribute
        && (known.iter().any(|word| end == *word || end.ends_with(&format!("_{word}")))
            || end.ends_with("_number") && end.contains("phone")
            || matches!(end.as_str(), "phone_number" | "mobile_number" | "date_of_birth")
            || person.contains(&end.as_str()))
    {
        return PasswordSource::Known;
    }
    PasswordSource::Other
}

/// Takes in a call that logs or prints.
pub(crate) fn logging<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    name: &str,
    receiver: Option<&Expr>,
) {
    let printed = name == "print" && receiver.is_none();
    let levels =
        ["debug", "info", "warning", "warn", "error", "exception", "critical", "log", "fatal"];
    let is_log = || {
        receiver.and_then(dotted).is_some_and(|of| {
            let end = of.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
            matches!(
                end.as_str(),
                "logger" | "log" | "logging" | "_logger" | "getlogger" | "get_logger"
            ) || end.ends_with("logger")
                || end.starts_with("logger")
        })
    };
    let logged = levels.contains(&name) && is_log();
    if !printed && !logged {
        return;
    }
    let keywords = call.arguments.keywords.iter().filter(|keyword| {
        keyword.arg.as_ref().is_none_or(|name| name.as_str() != "file" && name.as_str() != "end")
    });
    let values = call.arguments.args.iter().chain(keywords.map(|keyword| &keyword.value));
    for value in values {
        if let Some((expr, whole_request)) = sensitive(value, 0) {
            let (at, value) = (scan.span(expr), shown(scan.source, expr));
            scan.facts.logged.push(Logged { at, value, printed, whole_request });
            return;
        }
    }
}

/// The sensitive value that an argument prints, and whether it is a whole request.
fn sensitive(expr: &Expr, depth: usize) -> Option<(&Expr, bool)> {
    if depth > MAX_DEPTH {
        return None;
    }
    match expr {
        Expr::Name(name) => is_sensitive(name.id.as_str()).then_some((expr, false)),
        Expr::Attribute(it) => {
            let of_request = dotted(&it.value).is_some_and(|name| name.ends_with("request"));
            if of_request
                && matches!(
                    it.attr.as_str(),
                    "POST" | "body" | "data" | "META" | "COOKIES" | "headers"
                )
            {
                return Some((expr, true));
            }
            is_sensitive(it.attr.as_str()).then_some((expr, false))
        }
        Expr::Subscript(it) => text(&it.slice).is_some_and(is_sensitive).then_some((expr, false)),
        Expr::FString(string) => string.value.elements().find_map(|element| match element {
            InterpolatedStringElement::Interpolation(part) => {
                sensitive(&part.expression, depth + 1)
            }
            InterpolatedStringElement::Literal(_) => None,
        }),
        Expr::BinOp(it) => {
            sensitive(&it.left, depth + 1).or_else(|| sensitive(&it.right, depth + 1))
        }
        Expr::Tuple(it) => it.elts.iter().find_map(|item| sensitive(item, depth + 1)),
        Expr::List(it) => it.elts.iter().find_map(|item| sensitive(item, depth + 1)),
        Expr::Dict(it) => it.items.iter().find_map(|item| sensitive(&item.value, depth + 1)),
        Expr::Call(call) => called(expr, call, depth),
        _ => None,
    }
}

fn called<'e>(expr: &'e Expr, call: &'e ast::ExprCall, depth: usize) -> Option<(&'e Expr, bool)> {
    let name = last(&call.func)?;
    let arguments =
        || call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|k| &k.value));
    match name {
        "str" | "repr" | "dict" | "dumps" | "pformat" => {
            arguments().find_map(|value| sensitive(value, depth + 1))
        }
        "format" => arguments().find_map(|value| sensitive(value, depth + 1)),
        "decode" | "strip" => match &*call.func {
            Expr::Attribute(it) => sensitive(&it.value, depth + 1),
            _ => None,
        },
        // `request.POST.get('password')`
        "get" | "getenv" => {
            let key = call.arguments.args.first().and_then(text)?;
            is_sensitive(key).then_some((expr, false))
        }
        _ => None,
    }
}

/// Whether a name is that of a secret itself, not of something about one.
fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.replace('-', "_");
    let exact = [
        "password",
        "passwd",
        "password1",
        "password2",
        "new_password",
        "old_password",
        "raw_password",
        "secret",
        "secret_key",
        "api_key",
        "apikey",
        "api_secret",
        "client_secret",
        "access_token",
        "refresh_token",
        "auth_token",
        "id_token",
        "private_key",
        "api_token",
        "bearer_token",
        "otp_code",
        "session_key",
        "sessionid",
        "reset_token",
        "plain_password",
        "temp_password",
        "random_password",
        "generated_password",
        "secret_access_key",
        "credit_card",
        "card_number",
        "cvv",
    ];
    // `must_reset_password`, `is_secret`: a flag about one.
    let flag = name.split('_').next().is_some_and(|first| {
        matches!(first, "is" | "has" | "must" | "needs" | "should" | "can" | "requires" | "use")
    });
    if flag {
        return false;
    }
    exact.contains(&name.as_str())
        || [
            "_password",
            "_passwd",
            "_secret",
            "_api_key",
            "_secret_key",
            "_private_key",
            "_access_token",
            "_auth_token",
        ]
        .iter()
        .any(|end| name.ends_with(end))
}
