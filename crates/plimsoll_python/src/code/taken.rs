//! What the request says and a row's fields take: a role, a flag of staff, or whatever fields the
//! caller names.

use super::build::is_request;
use super::facts::Taken;
use super::names::{dotted, last, text};
use super::scan::Scan;
use crate::syntax::Ranged;
use crate::syntax::ast::{self, Expr};

/// Fields of accounts that decide what they may do, by the names that projects give them.
const PRIVILEGES: [&str; 11] = [
    "is_superuser",
    "is_staff",
    "is_admin",
    "is_superadmin",
    "is_moderator",
    "role",
    "user_role",
    "user_type",
    "account_type",
    "groups",
    "user_permissions",
];

/// `user.role = request.data['role']`
pub(super) fn by_assignment<'a>(scan: &mut Scan<'_, 'a>, it: &'a ast::StmtAssign) {
    if !scan.in_function() {
        return;
    }
    for target in &it.targets {
        let Expr::Attribute(field) = target else { continue };
        let name = field.attr.as_str();
        let Some(of) = dotted(&field.value).filter(|of| of != "self" && of != "request") else {
            continue;
        };
        if PRIVILEGES.contains(&name) && from_request(scan, &it.value) {
            push(scan, it, of, Some(name));
        }
    }
}

/// `User.objects.create_user(…, role=request.data['role'])`, `.update(**request.data)`,
/// `setattr(user, 'role', request.data['role'])`.
pub(super) fn by_call<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    whole: &'a Expr,
    name: &str,
) {
    if !scan.in_function() {
        return;
    }
    if name == "setattr" {
        if let [of, field, value] = &*call.arguments.args
            && let (Some(of), Some(field)) = (dotted(of), text(field))
            && PRIVILEGES.contains(&field)
            && from_request(scan, value)
        {
            push(scan, whole, of, Some(field));
        }
        return;
    }
    let writes = matches!(
        name,
        "create" | "create_user" | "create_superuser" | "update" | "update_or_create"
    );
    let model = matches!(&*call.func, Expr::Name(it) if it.id.starts_with(char::is_uppercase))
        && name.ends_with("User");
    let Some(of) = dotted(&call.func).filter(|of| model || writes && of.contains("objects")) else {
        return;
    };
    for keyword in &call.arguments.keywords {
        match &keyword.arg {
            Some(field)
                if PRIVILEGES.contains(&field.as_str()) && from_request(scan, &keyword.value) =>
            {
                push(scan, whole, of.clone(), Some(field.as_str()));
            }
            // A form's or serializer's own data have passed its fields.
            None if from_request(scan, &keyword.value) => push(scan, whole, of.clone(), None),
            _ => {}
        }
    }
}

/// `for name, value in request.data.items(): setattr(user, name, value)`, where nothing in the loop
/// asks which name it is.
pub(super) fn by_loop<'a>(scan: &mut Scan<'_, 'a>, it: &'a ast::StmtFor) {
    if !scan.in_function() {
        return;
    }
    let Expr::Tuple(target) = &*it.target else { return };
    let Some(Expr::Name(name)) = target.elts.first() else { return };
    let Expr::Call(items) = &*it.iter else { return };
    let Expr::Attribute(method) = &*items.func else { return };
    if method.attr.as_str() != "items" || !from_request(scan, &method.value) {
        return;
    }
    // Only a bare `setattr` in the loop itself: an `if` around it may pick the names.
    let set = it.body.iter().find_map(|stmt| {
        let ast::Stmt::Expr(stmt) = stmt else { return None };
        let Expr::Call(call) = &*stmt.value else { return None };
        let [of, field, _] = &*call.arguments.args else { return None };
        let named = matches!(field, Expr::Name(field) if field.id == name.id);
        (last(&call.func) == Some("setattr") && named).then_some(of)
    });
    let picks = it.body.iter().any(|stmt| matches!(stmt, ast::Stmt::If(_)));
    if let Some(of) = set.and_then(dotted).filter(|_| !picks) {
        push(scan, it, of, None);
    }
}

/// Whether a value is what the request says, and not what something made of it: a lookup in a
/// table or a comparison decides by itself.
fn from_request<'a>(scan: &Scan<'_, 'a>, value: &'a Expr) -> bool {
    let value = scan.resolve(value);
    // `data = request.data`, and then `data.get('role')`.
    let base = match value {
        Expr::Attribute(_) => value,
        Expr::Subscript(it) => &*it.value,
        Expr::Call(call) => match (&*call.func, last(&call.func)) {
            (Expr::Attribute(method), Some("get" | "dict" | "copy" | "strip" | "lower")) => {
                &*method.value
            }
            _ => return false,
        },
        _ => return false,
    };
    is_request(scan.written(scan.resolve(base)))
}

fn push(scan: &mut Scan<'_, '_>, node: &impl Ranged, of: String, field: Option<&str>) {
    let taken = Taken { at: scan.span(node), of, field: field.map(str::to_owned) };
    if let Some(function) = scan.current() {
        function.takes.push(taken);
    }
}
