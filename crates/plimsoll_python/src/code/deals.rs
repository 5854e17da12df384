//! Gathers how code deals with rows, other services and what the request holds.

use super::build::shown;
use super::dealings::{FoundOrMade, Sent, Step, Turned, Wait};
use super::flow;
use super::names::{dotted, last};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr, Operator, Stmt};

/// Expressions within expressions and names behind names that are followed.
const MAX_DEPTH: usize = 8;

/// Takes in what a statement counts.
pub(crate) fn statement<'a>(scan: &mut Scan<'_, 'a>, stmt: &'a Stmt) {
    if !scan.in_function() {
        return;
    }
    match stmt {
        Stmt::AugAssign(it) => {
            if let Expr::Attribute(target) = &*it.target
                && matches!(it.op, Operator::Add | Operator::Sub)
                && is_number(&it.value)
            {
                step(scan, target, &it.value, it);
            }
        }
        Stmt::Assign(it) => {
            if let [written @ Expr::Attribute(target)] = it.targets.as_slice() {
                let Some(name) = dotted(written) else { return };
                if counts(scan, &it.value, &name, 0) {
                    step(scan, target, &it.value, it);
                }
            }
        }
        _ => {}
    }
}

/// Takes in a call.
pub(crate) fn call<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    whole: &'a Expr,
    name: &str,
    receiver: Option<&'a Expr>,
) {
    wait(scan, call, whole, name, receiver);
    if !scan.in_function() {
        return;
    }
    match (name, receiver) {
        ("save" | "asave", Some(of)) => saved(scan, of),
        ("update", Some(of)) if in_manager(of) => updated(scan, call, of),
        ("get_or_create" | "update_or_create", Some(of)) => {
            found_or_made(scan, call, whole, name, of);
        }
        ("delay" | "apply_async", Some(of)) => sent(scan, call, whole, of),
        ("int" | "float" | "Decimal" | "UUID" | "strptime" | "fromisoformat", _) => {
            turned(scan, call, whole, name);
        }
        _ => {}
    }
}

/// Records a number that is counted; it counts once its row is saved.
fn step<'a>(
    scan: &mut Scan<'_, 'a>,
    target: &'a ast::ExprAttribute,
    value: &'a Expr,
    whole: &impl crate::syntax::Ranged,
) {
    let Some(row) = dotted(&target.value) else { return };
    // `F('stock') - 1` is counted by the database.
    if scan.written(value).contains("F(") {
        return;
    }
    let locked = is_locked(scan);
    let (found, model) = match flow::row(scan, &target.value, 0) {
        Some(flow::Origin::Made(_)) => return,
        Some(flow::Origin::Found(model)) => (true, model),
        None => (false, None),
    };
    let step = Step {
        at: scan.span(whole),
        row,
        field: target.attr.to_string(),
        model,
        found,
        class: scan.classes.last().map(|(name, _)| (*name).to_owned()),
    };
    if !locked {
        scan.counted.push(step);
    }
}

/// Whether a value is the attribute itself, one step up or down: `lot.left - taken`.
fn counts<'a>(scan: &Scan<'_, 'a>, value: &'a Expr, of: &str, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let inner = |value: &'a Expr| counts(scan, value, of, depth + 1);
    match value {
        Expr::BinOp(it) => match it.op {
            Operator::Add => {
                (reads(&it.left, of, 0) && is_number(&it.right))
                    || (reads(&it.right, of, 0) && is_number(&it.left))
            }
            Operator::Sub => reads(&it.left, of, 0),
            _ => false,
        },
        Expr::Name(_) if scan.is_local(value) => {
            let followed = scan.resolve(value);
            !matches!(followed, Expr::Name(_)) && inner(followed)
        }
        Expr::If(it) => inner(&it.body) || inner(&it.orelse),
        Expr::Call(call) => {
            let plain = matches!(
                last(&call.func),
                Some("max" | "min" | "round" | "int" | "float" | "Decimal" | "quantize" | "abs")
            );
            plain
                && (call.arguments.args.iter().any(inner)
                    || matches!(&*call.func, Expr::Attribute(method) if inner(&method.value)))
        }
        _ => false,
    }
}

/// Whether an expression is an attribute's value, converted or with a default.
fn reads(expr: &Expr, of: &str, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match expr {
        Expr::Attribute(_) => dotted(expr).as_deref() == Some(of),
        Expr::BoolOp(it) => it.values.iter().any(|value| reads(value, of, depth + 1)),
        Expr::BinOp(it) => reads(&it.left, of, depth + 1) || reads(&it.right, of, depth + 1),
        Expr::Call(call) => call.arguments.args.iter().any(|value| reads(value, of, depth + 1)),
        _ => false,
    }
}

/// Whether what is added can be a number.
fn is_number(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::BytesLiteral(_)
        | Expr::List(_)
        | Expr::Tuple(_)
        | Expr::ListComp(_)
        | Expr::Set(_)
        | Expr::Dict(_) => false,
        Expr::BinOp(it) => is_number(&it.left) && is_number(&it.right),
        Expr::Call(call) => !matches!(
            last(&call.func),
            Some("str" | "format" | "join" | "timedelta" | "relativedelta" | "list")
        ),
        _ => true,
    }
}

/// A row is saved: what was counted of it counts.
fn saved(scan: &mut Scan<'_, '_>, of: &Expr) {
    let Some(row) = dotted(of) else { return };
    let (done, left) = scan.counted.drain(..).partition(|step| step.row == row);
    scan.counted = left;
    scan.facts.dealings.steps.extend::<Vec<Step>>(done);
}

/// `….update(stock=product.stock - 1)`
fn updated<'a>(scan: &mut Scan<'_, 'a>, call: &'a ast::ExprCall, of: &'a Expr) {
    for keyword in &call.arguments.keywords {
        let Some(name) = &keyword.arg else { continue };
        let Expr::BinOp(value) = &keyword.value else { continue };
        let read = [&*value.left, &*value.right].into_iter().find_map(|side| match side {
            Expr::Attribute(it) if it.attr.as_str() == name.as_str() => dotted(&it.value),
            _ => None,
        });
        let counts = matches!(value.op, Operator::Add | Operator::Sub);
        let locked = is_locked(scan);
        if let (Some(row), true, false) = (read, counts, locked) {
            let step = Step {
                at: scan.span(keyword),
                row,
                field: name.to_string(),
                model: flow::model_of(of),
                found: true,
                class: scan.classes.last().map(|(name, _)| (*name).to_owned()),
            };
            scan.facts.dealings.steps.push(step);
        }
    }
}

/// Whether the function around locks something: rows, a name, the whole database.
fn is_locked(scan: &Scan<'_, '_>) -> bool {
    let around = scan.text_of_function();
    ["select_for_update", "immediate_atomic", "advisory", "lock(", "Lock(", "_lock", "serializable"]
        .iter()
        .any(|word| around.contains(word))
}

fn in_manager(of: &Expr) -> bool {
    dotted(of).is_some_and(|of| of.split('.').any(|part| part == "objects"))
}

fn found_or_made(
    scan: &mut Scan<'_, '_>,
    call: &ast::ExprCall,
    whole: &Expr,
    name: &str,
    of: &Expr,
) {
    // `user.carts.get_or_create()` names no model.
    if !dotted(of).is_some_and(|of| of.ends_with(".objects")) {
        return;
    }
    let Some(model) = flow::model_of(of) else { return };
    let mut by = Vec::new();
    for keyword in &call.arguments.keywords {
        match &keyword.arg {
            None => return,
            Some(name) if name.as_str() == "defaults" || name.as_str() == "create_defaults" => {}
            Some(name) => by.push(name.to_string()),
        }
    }
    let at = scan.span(whole);
    let call = name.to_owned();
    scan.facts.dealings.found_or_made.push(FoundOrMade { at, call, model, by });
}

/// Calls of other services by functions that wait for ever where they are not told otherwise.
fn wait<'a>(
    scan: &mut Scan<'_, 'a>,
    call: &'a ast::ExprCall,
    whole: &'a Expr,
    name: &str,
    receiver: Option<&'a Expr>,
) {
    let arguments = &call.arguments;
    let told = arguments
        .keywords
        .iter()
        .any(|keyword| keyword.arg.as_ref().is_none_or(|name| name.as_str() == "timeout"));
    if told || !scan.in_function() || arguments.args.iter().any(Expr::is_starred_expr) {
        return;
    }
    let imported = |wanted: &str, item: Option<&str>, bound: &str| {
        scan.facts.imports.iter().any(|import| {
            import.level == 0
                && import.module == wanted
                && import.item.as_deref() == item
                && import.name == bound
        })
    };
    let waits = match (name, receiver) {
        ("get" | "post" | "put" | "patch" | "delete" | "head" | "request", Some(of)) => {
            matches!(of, Expr::Name(it) if it.id.as_str() == "requests")
                && imported("requests", None, "requests")
                && scan.assigned(of).is_empty()
        }
        // The third argument is the timeout.
        ("urlopen", None) => {
            arguments.args.len() < 3 && imported("urllib.request", Some("urlopen"), "urlopen")
        }
        ("urlopen", Some(of)) => {
            arguments.args.len() < 3
                && dotted(of).is_some_and(|of| of == "urllib.request" || of == "request")
                && (imported("urllib", None, "urllib")
                    || imported("urllib", Some("request"), "request"))
        }
        _ => false,
    };
    if waits && !scan.is_marked(whole) {
        let at = scan.span(whole);
        let call = match name {
            "urlopen" => "urllib.request.urlopen".to_owned(),
            name => format!("requests.{name}"),
        };
        scan.facts.dealings.waits.push(Wait { at, call });
    }
}

/// A task that is sent off while the transaction is open, after a change of it.
fn sent(scan: &mut Scan<'_, '_>, call: &ast::ExprCall, whole: &Expr, of: &Expr) {
    let later = ["countdown", "eta"].iter().any(|name| call.arguments.find_keyword(name).is_some());
    let changed = scan.current().is_some_and(|function| !function.changes.is_empty());
    if scan.transactions == 0 || later || !changed {
        return;
    }
    let Some(task) = dotted(of) else { return };
    let at = scan.span(whole);
    scan.facts.dealings.sent.push(Sent { at, task });
}

/// A value of the request that is turned into a number or date where nothing catches the error.
fn turned<'a>(scan: &mut Scan<'_, 'a>, call: &'a ast::ExprCall, whole: &'a Expr, name: &str) {
    let Some(value) = call.arguments.args.first() else { return };
    let value = match value {
        Expr::Name(_) if scan.is_local(value) => match scan.assigned(value) {
            [only] => *only,
            _ => return,
        },
        value => value,
    };
    // `request.GET.get('page') or 1`
    let value = match value {
        Expr::BoolOp(it) => it.values.first().unwrap_or(value),
        value => value,
    };
    if scan.tries > 0 || !flow::is_named_by_request(value) {
        return;
    }
    let around = scan.text_of_function();
    let checked =
        ["isdigit", "isnumeric", "isdecimal", "is_valid", "validat", "re.match", "fullmatch"]
            .iter()
            .any(|word| around.contains(word));
    if let (false, Some(function)) = (checked, scan.place()) {
        let (at, part) = (scan.span(whole), shown(scan.source, value));
        scan.facts.dealings.turned.push(Turned { at, by: name.to_owned(), part, function });
    }
}
