//! Accounts whose password is no secret: it is written in the call, or is the default of an argument
//! or of a variable.

use plimsoll_source::Span;

use super::facts::{Account, PasswordFrom};
use super::names::{last, text};
use super::scan::Scan;
use crate::syntax::ast::visitor::{self, Visitor};
use crate::syntax::ast::{self, Expr, Stmt};

/// Expressions within expressions that are looked into.
const MAX_DEPTH: usize = 6;

/// Takes in a call that gives an account this password. In a command that is run by hand, one that
/// was not followed counts as well.
pub(super) fn account<'a>(
    scan: &mut Scan<'_, 'a>,
    password: &'a Expr,
    at: &Span,
    call: &str,
    by_hand: bool,
) {
    let given = match known(scan, password, 0) {
        Some(Known { direct: true, .. }) => PasswordFrom::Written,
        Some(Known { value, direct: false }) => PasswordFrom::Fallback(scan.span(value)),
        None if by_hand && !is_open(scan, password) => PasswordFrom::Elsewhere,
        None => return,
    };
    let superuser = call == "create_superuser";
    scan.facts.accounts.push(Account { at: at.clone(), superuser, given });
}

/// A password that stands in the code.
struct Known<'a> {
    value: &'a Expr,
    /// Whether nothing else can take its place.
    direct: bool,
}

fn known<'a>(scan: &Scan<'_, 'a>, expr: &'a Expr, depth: usize) -> Option<Known<'a>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let literal = |expr: &'a Expr| text(expr).filter(|text| !text.is_empty()).map(|_| expr);
    let instead = |value: &'a Expr| Known { value, direct: false };
    let value = scan.resolve(expr);
    if let Some(value) = literal(value) {
        return Some(Known { value, direct: true });
    }
    match value {
        Expr::Name(name) => scan.parameter_default(name.id.as_str()).and_then(literal).map(instead),
        Expr::BoolOp(it) => it
            .values
            .iter()
            .find_map(|value| known(scan, value, depth + 1))
            .map(|known| instead(known.value)),
        Expr::If(it) => [&it.body, &it.orelse]
            .into_iter()
            .find_map(|value| known(scan, value, depth + 1))
            .map(|known| instead(known.value)),
        Expr::Subscript(it) if is_options(&it.value) => {
            argument_default(scan, text(&it.slice)?).map(instead)
        }
        Expr::Call(call) => {
            let arguments = &call.arguments;
            let of_options = match &*call.func {
                Expr::Attribute(method) => is_options(&method.value),
                _ => false,
            };
            let name = last(&call.func)?;
            if of_options && matches!(name, "get" | "pop") {
                let key = arguments.args.first().and_then(text)?;
                let default = arguments.args.get(1).and_then(literal);
                return argument_default(scan, key).or(default).map(instead);
            }
            // What a variable or a setting falls back to.
            let reads = matches!(
                name,
                "get" | "getenv" | "config" | "env" | "str" | "getattr" | "get_secret"
            );
            let place = if name == "getattr" { 2 } else { 1 };
            let fallback = arguments
                .find_keyword("default")
                .map(|keyword| &keyword.value)
                .or_else(|| arguments.args.get(place))
                .filter(|_| reads && is_environment(&call.func));
            fallback.and_then(literal).map(instead)
        }
        _ => None,
    }
}

/// Whether a function reads variables or settings: `os.environ.get`, `config`, `env.str`.
fn is_environment(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => {
            matches!(name.id.as_str(), "getenv" | "config" | "env" | "getattr" | "get_secret")
        }
        Expr::Attribute(it) => {
            it.attr.as_str() == "getenv"
                || matches!(last(&it.value), Some("environ" | "env" | "config" | "environment"))
        }
        _ => false,
    }
}

/// The options of a management command, by the names that everybody gives them.
fn is_options(expr: &Expr) -> bool {
    matches!(last(expr), Some("options" | "kwargs" | "opts"))
}

/// `options['password']`, `kwargs.get('password')`
fn is_argument(written: &str) -> bool {
    ["options", "kwargs", "opts"]
        .iter()
        .any(|name| written.strip_prefix(name).is_some_and(|rest| rest.starts_with(['[', '.'])))
}

/// Whether a password is asked for, made at random or taken from the environment, without
/// anything to fall back to.
fn is_open(scan: &Scan<'_, '_>, password: &Expr) -> bool {
    let written = scan.written(password).to_ascii_lowercase();
    let value = scan.assigned(password).iter().map(|value| scan.written(*value));
    let all: Vec<String> =
        value.map(str::to_ascii_lowercase).chain(std::iter::once(written)).collect();
    if all.iter().any(|text| is_argument(text)) {
        // An argument without a default is given by whoever runs the command.
        return true;
    }
    let safe = ["getpass", "input(", "random", "secrets.", "token_", "environ", "getenv", "uuid"];
    all.iter().any(|text| safe.iter().any(|word| text.contains(word)) || text == "none")
}

/// The default of an argument that the module's commands declare: `add_argument('--password',
/// default='…')`.
fn argument_default<'a>(scan: &Scan<'_, 'a>, name: &str) -> Option<&'a Expr> {
    struct Search<'a, 'n> {
        name: &'n str,
        found: Option<&'a Expr>,
    }
    impl<'a> Visitor<'a> for Search<'a, '_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr
                && last(&call.func) == Some("add_argument")
                && declares(call, self.name)
                && let Some(default) = call.arguments.find_keyword("default")
                && text(&default.value).is_some_and(|text| !text.is_empty())
            {
                self.found = Some(&default.value);
            }
            visitor::walk_expr(self, expr);
        }

        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            if self.found.is_none() {
                visitor::walk_stmt(self, stmt);
            }
        }
    }
    let mut search = Search { name, found: None };
    for stmt in scan.body() {
        search.visit_stmt(stmt);
    }
    search.found
}

fn declares(call: &ast::ExprCall, name: &str) -> bool {
    if let Some(destination) = call.arguments.find_keyword("dest") {
        return text(&destination.value) == Some(name);
    }
    let mut names = call.arguments.args.iter().filter_map(text);
    names.any(|given| given.trim_start_matches('-').replace('-', "_") == name)
}
