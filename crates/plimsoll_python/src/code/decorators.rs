//! What decorators of functions say.

use super::names::{last, text};
use crate::syntax::ast::{self, Expr};

/// The texts of the methods in a decorator: `require_http_methods(['POST'])`, `api_view(['GET'])`.
pub(crate) fn methods(decorators: &[ast::Decorator]) -> Option<Vec<String>> {
    let mut found = None;
    for decorator in decorators {
        let listed = match (last(&decorator.expression)?, &decorator.expression) {
            ("require_POST", _) => Some(vec!["POST".to_owned()]),
            ("require_GET", _) => Some(vec!["GET".to_owned()]),
            ("require_safe", _) => Some(vec!["GET".to_owned(), "HEAD".to_owned()]),
            ("require_http_methods" | "api_view", Expr::Call(call)) => {
                let first = call.arguments.args.first().or_else(|| {
                    call.arguments.find_keyword("http_method_names").map(|keyword| &keyword.value)
                });
                match first {
                    Some(Expr::List(list)) => list.elts.iter().map(upper).collect(),
                    Some(Expr::Tuple(tuple)) => tuple.elts.iter().map(upper).collect(),
                    None => Some(vec!["GET".to_owned()]),
                    _ => None,
                }
            }
            _ => continue,
        };
        found = listed.or(found);
    }
    found
}

fn upper(expr: &Expr) -> Option<String> {
    text(expr).map(str::to_ascii_uppercase)
}

/// The names in the decorator `permission_classes([…])`.
pub(crate) fn permissions(decorators: &[ast::Decorator]) -> Option<Vec<String>> {
    decorators.iter().find_map(|decorator| match &decorator.expression {
        Expr::Call(call) if last(&call.func) == Some("permission_classes") => {
            super::names::listed(call.arguments.args.first()?)
        }
        _ => None,
    })
}
