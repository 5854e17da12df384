//! What a function does with rows and with the request: what it finds, changes, refuses, hands on.

use super::build::shown;
use super::deals;
use super::facts::{Change, ChangeKind, Executed, Lookup, Redirect};
use super::names::{dotted, last};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr, InterpolatedStringElement};

/// Expressions within expressions and names behind names that are followed.
const MAX_DEPTH: usize = 12;

/// Names that a function can only have to look at who asks, or to refuse.
const DENYING: [&str; 27] = [
    "PermissionDenied",
    "NotAuthenticated",
    "AuthenticationFailed",
    "HttpResponseForbidden",
    "HTTP_401_UNAUTHORIZED",
    "HTTP_403_FORBIDDEN",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "redirect_to_login",
    "LOGIN_URL",
    "login_url",
    "has_perm",
    "has_perms",
    "is_authenticated",
    "is_anonymous",
    "is_staff",
    "is_superuser",
    "handle_no_permission",
    "check_object_permissions",
    "check_permissions",
    "get_current_user",
    "login_required",
    "user_passes_test",
    "permission_required",
    "staff_member_required",
    "SuspiciousOperation",
    "INTERNAL_IPS",
];

/// Words in texts and names by which a caller shows who it is.
const CREDENTIALS: [&str; 9] = [
    "authorization",
    "api_key",
    "apikey",
    "access_token",
    "auth_token",
    "signature",
    "secret",
    "remote_addr",
    "bearer",
];

/// Names whose mention in a function rules ask for.
const MENTIONED: [&str; 14] = [
    "COOKIES",
    "enforce_csrf",
    "CSRFCheck",
    "check_csrf",
    "set_password",
    "login",
    "is_active",
    "user_can_authenticate",
    "check_password",
    "authenticate",
    "for_user",
    "clean_token",
    "is_approved",
    "deactivated",
];

/// Whether a name or text means that the caller is looked at.
pub(crate) fn denies(word: &str) -> bool {
    if DENYING.contains(&word) {
        return true;
    }
    // Long texts are for people.
    word.len() < 60 && {
        let word = word.to_ascii_lowercase().replace(['-', ' '], "_");
        CREDENTIALS.iter().any(|known| word.contains(known))
    }
}

/// Whether a name means that the caller can be sent away.
pub(crate) fn refuses(word: &str) -> bool {
    matches!(
        word,
        "PermissionDenied"
            | "NotAuthenticated"
            | "AuthenticationFailed"
            | "HttpResponseForbidden"
            | "HTTP_401_UNAUTHORIZED"
            | "HTTP_403_FORBIDDEN"
            | "UNAUTHORIZED"
            | "FORBIDDEN"
            | "redirect_to_login"
            | "LOGIN_URL"
            | "login_url"
            | "login_required"
            | "redirect"
            | "HttpResponseRedirect"
            | "Http404"
    )
}

/// The name of a list that rules ask for, where a word is one.
pub(crate) fn mentioned(word: &str) -> Option<&'static str> {
    MENTIONED.into_iter().find(|known| *known == word)
}

/// Calls of a function that are kept.
const MAX_CALLS: usize = 16;

/// Where a row comes from.
pub(crate) enum Origin {
    /// Found in the database: its model, where it is seen.
    Found(Option<String>),
    /// Made by the function: its model.
    Made(Option<String>),
}

/// Whether an expression is the request.
pub(crate) fn is_request(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => matches!(name.id.as_str(), "request" | "req"),
        Expr::Attribute(it) => {
            it.attr.as_str() == "request"
                && matches!(&*it.value, Expr::Name(name) if name.id.as_str() == "self")
        }
        _ => false,
    }
}

/// Takes in what a call says of the function around it.
pub(crate) fn call<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    whole: &'a Expr,
    name: &str,
    receiver: Option<&'a Expr>,
) {
    redirect(scan, call, whole, name);
    executed(scan, call, whole, name, receiver);
    deals::call(scan, call, whole, name, receiver);
    if !scan.in_function() {
        return;
    }
    let change = change(scan, call, name, receiver);
    let lookup = lookup(scan, call, name, receiver);
    let at = scan.span(whole);
    let branches = scan.branches.clone();
    let held = scan.transactions > 0;
    let row_call = receiver
        .filter(|of| matches!(of, Expr::Name(_)) && scan.is_local(of) && change.is_none())
        .and_then(|of| match row(scan, of, 0)? {
            Origin::Found(model) => Some((model, name.to_owned())),
            Origin::Made(_) => None,
        });
    let hands = call.arguments.args.iter().any(is_request)
        || call.arguments.keywords.iter().any(|keyword| is_request(&keyword.value));
    let callee = hands.then(|| dotted(&call.func)).flatten();
    let own = receiver.is_some_and(|of| match of {
        Expr::Name(of) => matches!(of.id.as_str(), "self" | "cls"),
        Expr::Call(of) => last(&of.func) == Some("super"),
        _ => false,
    });
    let Some(function) = scan.current() else { return };
    if let Some((kind, origin)) = change {
        let (model, found) = match origin {
            Origin::Found(model) => (model, true),
            Origin::Made(model) => (model, false),
        };
        let again = name.contains("_or_create");
        let at = at.clone();
        function.changes.push(Change { at, kind, model, found, branches, held, again });
    }
    if let Some((model, by, of_user, one)) = lookup {
        function.lookups.push(Lookup { at, model, by, of_user, one });
    }
    let takes_away =
        ["delete", "remove", "destroy", "purge", "erase"].iter().any(|word| name.starts_with(word));
    if takes_away && function.removes.len() < MAX_CALLS {
        function.removes.extend(dotted(&call.func));
    }
    function.row_calls.extend(row_call);
    function.hands_request_to.extend(callee);
    if name.starts_with(|c: char| c.is_ascii_uppercase()) {
        function.makes.push(name.to_owned());
    }
    if own {
        function.own_calls.push(name.to_owned());
    }
}

/// The change that a call makes to the database, where it is certain that it makes one.
fn change<'a>(
    scan: &Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    name: &str,
    receiver: Option<&'a Expr>,
) -> Option<(ChangeKind, Origin)> {
    let of = receiver?;
    let in_manager = || dotted(of).is_some_and(|of| of.split('.').any(|part| part == "objects"));
    match name {
        "delete" if call.arguments.is_empty() => Some((ChangeKind::Delete, row(scan, of, 0)?)),
        // Files and pictures are saved to a place that is handed in.
        "save" if call.arguments.args.is_empty() => {
            let written = dotted(of)?;
            if written.ends_with("session") || is_uncommitted(call) {
                return None;
            }
            let form = written.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
            if form.contains("form") || form.contains("serializer") {
                return Some((ChangeKind::Save, Origin::Made(None)));
            }
            Some((ChangeKind::Save, row(scan, of, 0)?))
        }
        "create" | "get_or_create" | "update_or_create" | "bulk_create" if in_manager() => {
            Some((ChangeKind::Create, Origin::Made(model_of(of))))
        }
        "update" | "bulk_update" if in_manager() => {
            Some((ChangeKind::Update, Origin::Found(model_of(of))))
        }
        _ => None,
    }
}

/// `save(commit=False)`
fn is_uncommitted(call: &ast::ExprCall) -> bool {
    call.arguments.find_keyword("commit").is_some_and(
        |keyword| matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value),
    )
}

/// What row or query an expression is; `None` where that is not seen.
pub(crate) fn row<'a>(scan: &Scan<'_, 'a>, expr: &'a Expr, depth: usize) -> Option<Origin> {
    if depth > MAX_DEPTH {
        return None;
    }
    match expr {
        Expr::Name(_) => {
            let value = scan.resolve(expr);
            (!matches!(value, Expr::Name(_))).then(|| row(scan, value, depth + 1)).flatten()
        }
        Expr::Attribute(it) => {
            let written = dotted(expr)?;
            match written.as_str() {
                "self.object" => Some(Origin::Found(None)),
                "request.user" | "self.request.user" => {
                    Some(Origin::Found(Some("User".to_owned())))
                }
                _ if it.attr.as_str() == "objects" => Some(Origin::Found(model_of(&it.value))),
                _ => None,
            }
        }
        Expr::Await(it) => row(scan, &it.value, depth + 1),
        Expr::Call(call) => {
            let name = last(&call.func)?;
            match name {
                "get_object_or_404" | "get_list_or_404" | "aget_object_or_404" => {
                    let first = call.arguments.args.first()?;
                    Some(Origin::Found(model_of(first)))
                }
                "get_object" => Some(Origin::Found(None)),
                // `order.items.all()`: rows that belong to one that is known.
                "all" | "filter" | "exclude" if belongs_to_row(scan, &call.func, depth) => {
                    Some(Origin::Found(None))
                }
                "save" if is_uncommitted(call) => Some(Origin::Made(None)),
                _ if dotted(expr)
                    .is_some_and(|name| name.split('.').any(|part| part == "objects")) =>
                {
                    let makes = matches!(name, "create" | "create_user");
                    let model = model_of(expr);
                    Some(if makes { Origin::Made(model) } else { Origin::Found(model) })
                }
                _ if name.starts_with(|c: char| c.is_ascii_uppercase())
                    && ![
                        "Form",
                        "Serializer",
                        "FormSet",
                        "Image",
                        "Canvas",
                        "Writer",
                        "Workbook",
                    ]
                    .iter()
                    .any(|end| name.ends_with(end)) =>
                {
                    Some(Origin::Made(Some(name.to_owned())))
                }
                _ => None,
            }
        }
        Expr::Subscript(it) => row(scan, &it.value, depth + 1),
        _ => None,
    }
}

/// Whether a method is one of the manager of what belongs to a row.
fn belongs_to_row<'a>(scan: &Scan<'_, 'a>, method: &'a Expr, depth: usize) -> bool {
    let Expr::Attribute(method) = method else { return false };
    let Expr::Attribute(manager) = &*method.value else { return false };
    manager.attr.as_str() != "objects"
        && matches!(&*manager.value, Expr::Name(_))
        && matches!(row(scan, &manager.value, depth + 1), Some(Origin::Found(_)))
}

/// The model of `Note`, `models.Note`, `Note.objects.filter(…)`.
pub(crate) fn model_of(expr: &Expr) -> Option<String> {
    let written = dotted(expr)?;
    let part = written.split('.').take_while(|part| *part != "objects").last()?;
    part.starts_with(|c: char| c.is_ascii_uppercase()).then(|| part.to_owned())
}

type Found = (String, Vec<String>, bool, bool);

/// The rows that a call finds by name: `get_object_or_404(Note, pk=pk)`, `Note.objects.get(…)`.
fn lookup<'a>(
    scan: &Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    name: &str,
    receiver: Option<&'a Expr>,
) -> Option<Found> {
    let (of, one) = match name {
        "get_object_or_404" | "aget_object_or_404" => (call.arguments.args.first()?, true),
        "get_list_or_404" => (call.arguments.args.first()?, false),
        "get" | "aget" => (receiver?, true),
        "filter" | "exclude" => (receiver?, false),
        _ => return None,
    };
    let of = match of {
        Expr::Name(_) if scan.is_local(of) => scan.resolve(of),
        of => of,
    };
    let is_query = dotted(of).is_some_and(|of| of.split('.').any(|part| part == "objects"));
    if matches!(name, "get" | "aget" | "filter" | "exclude") && !is_query {
        // `request.user.notes.get(pk=pk)` names no model.
        return None;
    }
    let model = model_of(of)?;
    let keywords = &call.arguments.keywords;
    let mut by: Vec<String> = keywords
        .iter()
        .filter_map(|keyword| keyword.arg.as_ref().map(ToString::to_string))
        .collect();
    // `**lookup` and `Q(…)` may hold anything.
    if keywords.iter().any(|keyword| keyword.arg.is_none()) {
        by.push("**".to_owned());
    }
    let positional = usize::from(name.ends_with("_404"));
    if call.arguments.args.len() > positional {
        by.push("*".to_owned());
    }
    let written = scan.written(of);
    let given = keywords.iter().map(|keyword| scan.written(scan.resolve(&keyword.value)));
    let of_user = std::iter::once(written).chain(given).any(names_user)
        || call.arguments.args.iter().any(|arg| names_user(scan.written(arg)));
    Some((model, by, of_user, one))
}

/// Whether an expression as written takes who asks.
fn names_user(written: &str) -> bool {
    [
        "request.user",
        "self.user",
        "current_user",
        "request.tenant",
        "request.org",
        "request.company",
    ]
    .iter()
    .any(|known| written.contains(known))
}

/// Takes in a redirect to an address that the request names.
fn redirect<'a>(scan: &mut Scan<'_, 'a>, call: &'a ast::ExprCall, whole: &'a Expr, name: &str) {
    if !matches!(name, "redirect" | "HttpResponseRedirect" | "HttpResponsePermanentRedirect") {
        return;
    }
    let Some(target) = call.arguments.args.first() else { return };
    address(scan, target, whole);
}

/// Records an address that the request names and that the visitor is sent to.
pub(crate) fn address<'a>(scan: &mut Scan<'_, 'a>, target: &'a Expr, whole: &'a Expr) {
    let Some(part) = leading(scan, target, 0) else { return };
    let part = shown(scan.source, part);
    let around = scan.text_of_function();
    // Any look at the address counts; whether it is enough is not judged here.
    let checked = [
        "url_has_allowed_host_and_scheme",
        "is_safe",
        "safe_url",
        "safe_redirect",
        "urlparse",
        "urlsplit",
        "netloc",
        "startswith",
        "resolve(",
        "ALLOWED_HOSTS",
        "validate",
        "is_valid",
        "sanitize",
        "iri_to_uri",
        "allowed",
        "whitelist",
        " in [",
        " in (",
        " in {",
        "re.match",
        "signing",
        "signer",
    ]
    .iter()
    .any(|word| around.contains(word))
        || target.as_name_expr().is_some_and(|name| is_asked_about(around, name.id.as_str()));
    let at = scan.span(whole);
    scan.facts.redirects.push(Redirect { at, part, checked });
}

/// Whether a condition of the function hands a name to something: `if allowed(url):`.
fn is_asked_about(around: &str, name: &str) -> bool {
    let ways =
        [format!("({name})"), format!("({name},"), format!(", {name})"), format!("={name})")];
    around.lines().any(|line| {
        let line = line.trim_start();
        let is_condition = line.starts_with("if ")
            || line.starts_with("elif ")
            || line.contains(" if ")
            || line.starts_with("and ")
            || line.starts_with("assert ");
        is_condition && ways.iter().any(|way| line.contains(way.as_str()))
    })
}

/// The part of an address that decides its host, where the request names it.
fn leading<'a>(scan: &Scan<'_, 'a>, expr: &'a Expr, depth: usize) -> Option<&'a Expr> {
    if depth > MAX_DEPTH {
        return None;
    }
    if is_named_by_request(expr) {
        return Some(expr);
    }
    match expr {
        Expr::Name(_) => {
            scan.assigned(expr).iter().find_map(|value| leading(scan, value, depth + 1))
        }
        Expr::BoolOp(it) => it.values.iter().find_map(|value| leading(scan, value, depth + 1)),
        Expr::If(it) => {
            leading(scan, &it.body, depth + 1).or_else(|| leading(scan, &it.orelse, depth + 1))
        }
        Expr::Named(it) => leading(scan, &it.value, depth + 1),
        Expr::BinOp(it) => leading(scan, &it.left, depth + 1),
        Expr::FString(string) => match string.value.elements().next()? {
            InterpolatedStringElement::Interpolation(part) => {
                leading(scan, &part.expression, depth + 1)
            }
            InterpolatedStringElement::Literal(_) => None,
        },
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method)
                if matches!(method.attr.as_str(), "strip" | "lower" | "rstrip" | "lstrip") =>
            {
                leading(scan, &method.value, depth + 1)
            }
            Expr::Name(function) if matches!(function.id.as_str(), "str" | "unquote") => {
                leading(scan, call.arguments.args.first()?, depth + 1)
            }
            _ => None,
        },
        _ => None,
    }
}

/// `request.GET['next']`, `request.POST.get('next', …)`: the value itself, which the client writes.
pub(crate) fn is_named_by_request(expr: &Expr) -> bool {
    let of = match expr {
        Expr::Subscript(it) => &*it.value,
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if matches!(method.attr.as_str(), "get" | "pop") => {
                &*method.value
            }
            _ => return false,
        },
        _ => return false,
    };
    let Expr::Attribute(it) = of else { return false };
    is_request(&it.value)
        && matches!(
            it.attr.as_str(),
            "GET" | "POST" | "REQUEST" | "query_params" | "data" | "COOKIES"
        )
}

/// Takes in a call that runs what it is given as code.
fn executed<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    whole: &'a Expr,
    name: &str,
    receiver: Option<&'a Expr>,
) {
    let of = receiver.and_then(dotted).unwrap_or_default();
    let flag = |keyword: &str| {
        call.arguments.find_keyword(keyword).is_some_and(
            |keyword| matches!(&keyword.value, Expr::BooleanLiteral(literal) if literal.value),
        )
    };
    let safe_loader = || {
        let loader = call.arguments.find_keyword("Loader").map(|keyword| &keyword.value);
        let loader = loader.or_else(|| call.arguments.args.get(1));
        loader.and_then(last).is_some_and(|name| name.contains("Safe") || name.contains("Base"))
    };
    let runs = match (of.as_str(), name) {
        ("", "eval" | "exec") => true,
        (
            "pickle" | "cPickle" | "dill" | "marshal" | "joblib" | "cloudpickle",
            "loads" | "load",
        ) => true,
        ("jsonpickle", "decode") => true,
        ("yaml", "load" | "load_all") => !safe_loader(),
        ("yaml", "unsafe_load" | "unsafe_load_all" | "full_load") => name.starts_with("unsafe"),
        ("os", "system" | "popen") => true,
        ("subprocess", _) => flag("shell"),
        _ => false,
    };
    if !runs {
        return;
    }
    let Some(given) = call.arguments.args.first() else { return };
    let Some(part) = taken(scan, given, 0) else { return };
    let part = shown(scan.source, part);
    let call = if of.is_empty() { name.to_owned() } else { format!("{of}.{name}") };
    let at = scan.span(whole);
    scan.facts.executed.push(Executed { at, call, part });
}

/// The part of an expression that is taken from the request, names followed.
fn taken<'a>(scan: &Scan<'_, 'a>, expr: &'a Expr, depth: usize) -> Option<&'a Expr> {
    if depth > MAX_DEPTH {
        return None;
    }
    let inner = |expr: &'a Expr| taken(scan, expr, depth + 1);
    match expr {
        Expr::Attribute(it) => {
            let client = matches!(
                it.attr.as_str(),
                "GET" | "POST" | "body" | "data" | "query_params" | "COOKIES" | "FILES" | "headers"
            );
            if client && is_request(&it.value) { Some(expr) } else { inner(&it.value) }
        }
        Expr::Name(_) => scan.assigned(expr).iter().find_map(|value| inner(value)),
        Expr::Subscript(it) => inner(&it.value),
        Expr::BinOp(it) => inner(&it.left).or_else(|| inner(&it.right)),
        Expr::BoolOp(it) => it.values.iter().find_map(inner),
        Expr::FString(string) => string.value.elements().find_map(|element| match element {
            InterpolatedStringElement::Interpolation(part) => inner(&part.expression),
            InterpolatedStringElement::Literal(_) => None,
        }),
        Expr::Call(call) => {
            // A number is a number, a quoted word a word.
            if matches!(
                last(&call.func),
                Some("int" | "float" | "len" | "quote" | "bool" | "uuid4")
            ) {
                return None;
            }
            let of = match &*call.func {
                Expr::Attribute(method) => inner(&method.value),
                _ => None,
            };
            of.or_else(|| call.arguments.args.iter().find_map(inner))
        }
        _ => None,
    }
}
