//! What limits how often a caller may ask or try, told by names.

use plimsoll_source::Span;

use super::classes;
use super::facts::Limit;
use super::scan::Scan;
use crate::syntax::ast;

impl Scan<'_, '_> {
    /// What limits requests among the decorators of a function or class.
    pub(super) fn limit(&mut self, of: &ast::Identifier, decorators: &[ast::Decorator]) {
        for name in classes::decorators(decorators).into_iter().filter(|name| is_limiter(name)) {
            let at = self.span(of);
            self.facts.limits.push(Limit { at, name, around: Some(of.to_string()) });
        }
    }

    /// A limit of what is around the current place.
    pub(super) fn limits_here(&mut self, name: String, at: Span) {
        let of_class = self.classes.last().map(|(name, _)| (*name).to_owned());
        let around = self.current().map(|function| function.name.clone()).or(of_class);
        self.facts.limits.push(Limit { at, name, around });
    }
}

/// Whether a dotted name is of something that limits how often a caller may ask or try.
pub(super) fn is_limiter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "ratelimit",
        "rate_limit",
        "throttle",
        "tokenbucket",
        "token_bucket",
        "login_attempt",
        "failed_login",
        "failed_attempt",
        "lockout",
    ]
    .iter()
    .any(|word| name.contains(word))
}
