//! Keys of encryption, error trackers, and addresses of clients taken from a header.

use super::build::shown;
use super::facts::{BulkWrite, KeySource, KeyUse, Tracker};
use super::names::{dotted, last, text};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr};

impl<'a> Scan<'_, 'a> {
    pub(super) fn key(&mut self, call: &'a ast::ExprCall, whole: &'a Expr) {
        let Some(first) = call
            .arguments
            .args
            .first()
            .or_else(|| call.arguments.find_keyword("key").map(|keyword| &keyword.value))
        else {
            return;
        };
        let value = self.resolve(first);
        let literal = matches!(value, Expr::BytesLiteral(_) | Expr::StringLiteral(_))
            || matches!(value, Expr::Call(inner) if last(&inner.func) == Some("encode")
                && matches!(&*inner.func, Expr::Attribute(a) if a.value.is_string_literal_expr()));
        let source = if literal {
            KeySource::Literal
        } else if self.mentions_secret_key(value, 0) {
            KeySource::SecretKey
        } else {
            KeySource::Other
        };
        self.facts.keys.push(KeyUse { at: self.span(whole), source });
    }

    /// Whether an expression, with the names in it followed, is made of SECRET_KEY.
    fn mentions_secret_key(&self, expr: &'a Expr, depth: usize) -> bool {
        if depth > 8 {
            return false;
        }
        match expr {
            Expr::Attribute(it) => {
                it.attr.as_str() == "SECRET_KEY" || self.mentions_secret_key(&it.value, depth + 1)
            }
            Expr::Name(name) if name.id.as_str() == "SECRET_KEY" => true,
            Expr::Name(_) => {
                let value = self.resolve(expr);
                !matches!(value, Expr::Name(_)) && self.mentions_secret_key(value, depth + 1)
            }
            Expr::Call(it) => {
                self.mentions_secret_key(&it.func, depth + 1)
                    || it.arguments.args.iter().any(|arg| self.mentions_secret_key(arg, depth + 1))
                    || it
                        .arguments
                        .keywords
                        .iter()
                        .any(|kw| self.mentions_secret_key(&kw.value, depth + 1))
            }
            Expr::Subscript(it) => self.mentions_secret_key(&it.value, depth + 1),
            Expr::BinOp(it) => {
                self.mentions_secret_key(&it.left, depth + 1)
                    || self.mentions_secret_key(&it.right, depth + 1)
            }
            _ => false,
        }
    }

    pub(super) fn tracker(&mut self, call: &ast::ExprCall, whole: &Expr) {
        let arguments = &call.arguments;
        let pii = arguments.find_keyword("send_default_pii");
        self.facts.trackers.push(Tracker {
            at: self.span(whole),
            personal_data: pii.map(|keyword| match &keyword.value {
                Expr::BooleanLiteral(literal) => Some(literal.value),
                _ => None,
            }),
            personal_data_at: pii.map(|keyword| self.span(keyword)),
            has_environment: arguments.find_keyword("environment").is_some(),
            scrubs: ["before_send", "event_scrubber"]
                .iter()
                .any(|name| arguments.find_keyword(name).is_some()),
            open: arguments.keywords.iter().any(|keyword| keyword.arg.is_none()),
        });
    }

    /// `….split(',')[0]` of the header that every proxy appends to.
    pub(super) fn forwarded(&mut self, it: &'a ast::ExprSubscript, whole: &'a Expr) {
        let first = matches!(&*it.slice, Expr::NumberLiteral(number)
            if matches!(&number.value, ast::Number::Int(value) if value.as_u8() == Some(0)));
        let Expr::Call(call) = self.resolve(&it.value) else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        if !first || !matches!(method.attr.as_str(), "split" | "partition") {
            return;
        }
        let separator = call.arguments.args.first().and_then(text);
        if separator.is_none_or(|separator| separator.trim() != ",") {
            return;
        }
        // The name may be used for the address afterwards: `ip = ip.split(',')[0]`.
        let header = self.resolve(&method.value);
        let earlier = self.assigned(&method.value).iter().copied();
        let names_header = |value: &Expr| {
            let written = shown(self.source, value).to_ascii_uppercase().replace('-', "_");
            written.contains("X_FORWARDED_FOR") || written.contains("XFF")
        };
        if std::iter::once(header).chain(earlier).any(names_header) {
            let at = self.span(whole);
            self.facts.forwarded_first.push(at);
        }
    }

    /// Writes that pass models by.
    pub(super) fn bulk(
        &mut self,
        call: &ast::ExprCall,
        whole: &Expr,
        name: &str,
        receiver: Option<&Expr>,
    ) {
        // Times and counters say nothing of what somebody did.
        let bookkeeping = |name: &str| {
            ["modified", "updated", "last_", "synced", "checked"]
                .iter()
                .any(|word| name.contains(word))
                || name.ends_with("_count")
                || name.ends_with("_at")
        };
        let keywords = &call.arguments.keywords;
        let named = || keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
        if name == "update"
            && !keywords.is_empty()
            && named().count() == keywords.len()
            && named().all(|name| bookkeeping(name.as_str()))
        {
            return;
        }
        let Some(of) = receiver.and_then(dotted) else { return };
        let mut parts = of.split('.').collect::<Vec<_>>();
        let Some(place) = parts.iter().position(|part| *part == "objects") else { return };
        parts.truncate(place);
        if let (Some(model), false) =
            (parts.last(), self.source.text().contains("LogEntry.objects"))
        {
            let (at, model) = (self.span(whole), (*model).to_owned());
            self.facts.bulk.push(BulkWrite { at, model, call: name.to_owned() });
        }
    }
}
