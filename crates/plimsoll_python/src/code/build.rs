//! How a text is put together: of literals only, or with values in it.

use std::cell::RefCell;

use plimsoll_source::SourceText;

use super::facts::Text;
use super::names::{Assigned, dotted, last, text};
use crate::syntax::Ranged;
use crate::syntax::ast::{Expr, InterpolatedStringElement, Operator};

/// Expressions within expressions and names behind names that are followed.
const MAX_DEPTH: usize = 30;

/// What the text will be used as: decides which values are harmless in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Sql,
    Html,
}

/// Looks at expressions with the names that are in reach.
pub(crate) struct Builder<'s, 'a> {
    pub source: &'s SourceText,
    pub usage: Use,
    /// The innermost function's assignments first, the module's last.
    pub scopes: Vec<&'s Assigned<'a>>,
    /// The names that are being followed: `html = html + …` ends there.
    pub following: RefCell<Vec<&'a str>>,
}

impl<'a> Builder<'_, 'a> {
    /// How the value of an expression is put together.
    pub(crate) fn of(&self, expr: &'a Expr) -> Text {
        self.build(expr, 0)
    }

    fn build(&self, expr: &'a Expr, depth: usize) -> Text {
        if depth > MAX_DEPTH {
            return self.unseen(expr);
        }
        match expr {
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_) => Text::Fixed,
            Expr::FString(string) => {
                let mut before = String::new();
                for element in string.value.elements() {
                    match element {
                        InterpolatedStringElement::Literal(literal) => {
                            before = literal.value.to_string()
                        }
                        InterpolatedStringElement::Interpolation(part) => {
                            let found = self.part(&part.expression, &before, depth);
                            if found != Text::Fixed {
                                return found;
                            }
                        }
                    }
                }
                Text::Fixed
            }
            Expr::BinOp(it) if it.op == Operator::Mod => {
                let format = text(&it.left).unwrap_or("");
                let left = self.build(&it.left, depth + 1);
                if left != Text::Fixed {
                    return left;
                }
                let values: Vec<&'a Expr> = match &*it.right {
                    Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                    Expr::Dict(dict) => dict.items.iter().map(|item| &item.value).collect(),
                    other => vec![other],
                };
                let mut pieces = format.split('%');
                self.first(values.into_iter().map(|value| {
                    let before = pieces.next().unwrap_or("");
                    self.part(value, before, depth)
                }))
            }
            Expr::BinOp(it) if it.op == Operator::Add => {
                let before = text(&it.left).unwrap_or("");
                let left = match &*it.left {
                    Expr::BinOp(_) | Expr::StringLiteral(_) | Expr::FString(_) => {
                        self.build(&it.left, depth + 1)
                    }
                    value => self.part(value, "", depth),
                };
                if left != Text::Fixed { left } else { self.part(&it.right, before, depth) }
            }
            // `['%s'] * n`
            Expr::BinOp(it) if it.op == Operator::Mult => self.build(&it.left, depth + 1),
            Expr::If(it) => {
                self.first([self.build(&it.body, depth + 1), self.build(&it.orelse, depth + 1)])
            }
            Expr::BoolOp(it) => {
                self.first(it.values.iter().map(|value| self.build(value, depth + 1)))
            }
            Expr::Named(it) => self.build(&it.value, depth + 1),
            Expr::List(it) => self.first(it.elts.iter().map(|item| self.part(item, "", depth))),
            Expr::Tuple(it) => self.first(it.elts.iter().map(|item| self.part(item, "", depth))),
            Expr::ListComp(it) => self.build(&it.elt, depth + 1),
            Expr::Generator(it) => self.build(&it.elt, depth + 1),
            Expr::Name(_) => self.name(expr, depth),
            Expr::Subscript(it) if self.listed(&it.value).is_some() => {
                let listed = self.listed(&it.value).unwrap_or_default();
                self.first(listed.into_iter().map(|value| self.build(value, depth + 1)))
            }
            Expr::Call(_) => self.call(expr, depth),
            _ if self.is_harmless(expr) || self.is_of_constant(expr) => Text::Fixed,
            _ => self.unseen(expr),
        }
    }

    /// Whether an attribute or item is one of something that the code itself lists:
    /// `for name, choice in CHOICES.items()`.
    fn is_of_constant(&self, expr: &Expr) -> bool {
        let mut at = expr;
        for _ in 0..MAX_DEPTH {
            match at {
                Expr::Attribute(it) => at = &it.value,
                Expr::Subscript(it) => at = &it.value,
                Expr::Name(name) => {
                    let found =
                        self.scopes.iter().find_map(|scope| scope.values.get(name.id.as_str()));
                    return found
                        .is_some_and(|values| values.iter().all(|value| has_constant_root(value)));
                }
                _ => return false,
            }
        }
        false
    }

    /// The values of a dict that the code writes out, or of the name of one.
    fn listed(&self, expr: &'a Expr) -> Option<Vec<&'a Expr>> {
        let values = |expr: &'a Expr| match expr {
            Expr::Dict(dict) => Some(dict.items.iter().map(|item| &item.value).collect()),
            _ => None,
        };
        let Expr::Name(name) = expr else { return values(expr) };
        let id = name.id.as_str();
        let scope = self
            .scopes
            .iter()
            .find(|scope| scope.opaque.contains(&id) || scope.values.contains_key(id))
            .filter(|scope| !scope.opaque.contains(&id))?;
        let assigned = scope.values.get(id)?.iter().map(|value| values(value));
        let all: Option<Vec<Vec<&'a Expr>>> = assigned.collect();
        Some(all?.into_iter().flatten().collect())
    }

    fn call(&self, expr: &'a Expr, depth: usize) -> Text {
        let Expr::Call(call) = expr else { return self.unseen(expr) };
        if self.is_harmless(expr) {
            return Text::Fixed;
        }
        let name = last(&call.func).unwrap_or("");
        let first = call.arguments.args.first();
        match name {
            "format" | "format_map" => {
                let Expr::Attribute(method) = &*call.func else { return self.unseen(expr) };
                let format = self.build(&method.value, depth + 1);
                if format != Text::Fixed {
                    return format;
                }
                let written = text(&method.value).unwrap_or("");
                let mut pieces = written.split('{');
                let values = call
                    .arguments
                    .args
                    .iter()
                    .chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
                self.first(values.map(|value| {
                    let before = pieces.next().unwrap_or("");
                    let before = before.rsplit('}').next().unwrap_or(before);
                    self.part(value, before, depth)
                }))
            }
            // One of the values that the code lists, or the fallback.
            "get" => {
                let Expr::Attribute(method) = &*call.func else { return self.unseen(expr) };
                let Some(listed) = self.listed(&method.value) else { return self.unseen(expr) };
                let fallback = call.arguments.args.get(1);
                let all = listed.into_iter().chain(fallback);
                self.first(all.map(|value| self.build(value, depth + 1)))
            }
            "join" => first.map_or(Text::Fixed, |list| self.build(list, depth + 1)),
            "dedent" | "_" | "gettext" | "gettext_lazy" | "ugettext" | "ugettext_lazy"
            | "pgettext" | "ngettext" | "str" | "mark_safe" | "SafeString" => {
                first.map_or(Text::Fixed, |inner| self.build(inner, depth + 1))
            }
            "strip" | "replace" | "lower" | "upper" | "encode" | "decode" | "rstrip" | "lstrip" => {
                match &*call.func {
                    Expr::Attribute(method) => self.build(&method.value, depth + 1),
                    _ => self.unseen(expr),
                }
            }
            _ => self.unseen(expr),
        }
    }

    /// A name: what every assignment in reach gives; its own text where none is in reach.
    fn name(&self, expr: &'a Expr, depth: usize) -> Text {
        let Expr::Name(name) = expr else { return self.unseen(expr) };
        let id = name.id.as_str();
        if is_constant(id) {
            return Text::Fixed;
        }
        if self.following.borrow().contains(&id) {
            return Text::Fixed;
        }
        for scope in &self.scopes {
            if scope.opaque.contains(&id) {
                return self.unseen(expr);
            }
            let Some(values) = scope.values.get(id) else { continue };
            // What is cleaned last is clean.
            if values.last().is_some_and(|value| self.is_harmless(value)) {
                return Text::Fixed;
            }
            self.following.borrow_mut().push(id);
            let found = self.first(values.iter().map(|value| self.build(value, depth + 1)));
            self.following.borrow_mut().pop();
            return found;
        }
        self.unseen(expr)
    }

    /// A value within a text.
    fn part(&self, expr: &'a Expr, before: &str, depth: usize) -> Text {
        match self.build(expr, depth + 1) {
            // A piece of SQL, whose own making is not seen.
            Text::Unseen(part) if self.usage == Use::Sql && is_piece(&part) => Text::Unseen(part),
            // What a function of the project gives may be HTML that it made with care.
            Text::Unseen(part) if self.usage == Use::Html && is_own_call(&part) => {
                Text::Unseen(part)
            }
            Text::Unseen(part) => {
                let from_request = is_request(&part);
                let as_name = self.usage == Use::Sql && wants_name(before);
                Text::With { part, from_request, as_name }
            }
            other => other,
        }
    }

    /// The first that is not fixed; one with a value from the request before any other.
    fn first(&self, texts: impl IntoIterator<Item = Text>) -> Text {
        let mut found = Text::Fixed;
        for text in texts {
            match (&found, &text) {
                (_, Text::With { from_request: true, .. }) => return text,
                (Text::Fixed, _)
                | (Text::Unseen(_), Text::With { .. })
                | (Text::With { as_name: true, .. }, Text::With { as_name: false, .. }) => {
                    found = text
                }
                _ => {}
            }
        }
        found
    }

    fn unseen(&self, expr: &Expr) -> Text {
        Text::Unseen(shown(self.source, expr))
    }

    /// Whether an expression cannot carry anything into the text that its author did not mean.
    fn is_harmless(&self, expr: &Expr) -> bool {
        let Some(name) = dotted(expr) else { return false };
        if is_request(&shown(self.source, expr)) {
            return false;
        }
        let mut parts = name.rsplit('.');
        let end = parts.next().unwrap_or("");
        if has_constant_root(expr)
            || name.contains("_meta.")
            || is_constant(end)
            || name.starts_with("settings.")
        {
            return true;
        }
        let numbers = [
            "int",
            "len",
            "float",
            "sum",
            "id",
            "pk",
            "count",
            "now",
            "today",
            "quote_name",
            "qn",
            "table_name",
            "column",
        ];
        if numbers.contains(&end) || end.ends_with("_id") || end.ends_with("_count") {
            return true;
        }
        match self.usage {
            Use::Sql => {
                name.starts_with("sql.")
                    || name.contains("psycopg")
                    || end == "Identifier"
                    || end == "quote_ident"
                    || end == "mogrify"
                    || end == "adapt"
            }
            Use::Html => {
                [
                    "escape",
                    "conditional_escape",
                    "format_html",
                    "format_html_join",
                    "reverse",
                    "static",
                    "render_to_string",
                    "render",
                    "clean",
                    "sanitize",
                    "sanitize_html",
                    "as_p",
                    "as_table",
                    "as_div",
                    "as_widget",
                    "flatatt",
                    "urlencode",
                    "quote",
                    "get_absolute_url",
                    "urlquote",
                    "json_script",
                    "escapejs",
                    "strip_tags",
                    "bleach_clean",
                    "intcomma",
                    "date_format",
                    "urlize",
                    "linebreaks",
                    "get_admin_url",
                    "render_icon",
                    "localize",
                    "absolute_url",
                    "html_safe",
                ]
                .contains(&end)
                    || end.contains("escape")
                    || end.contains("sanitiz")
                    || end.starts_with("get_absolute")
                    || end.ends_with("_url")
                    || end == "url"
                    || [
                        "color",
                        "_class",
                        "icon",
                        "slug",
                        "width",
                        "height",
                        "_type",
                        "status",
                        "isoformat",
                        "strftime",
                        "naturaltime",
                        "naturalday",
                        "local_path",
                        "verbose_name",
                        "verbose_name_plural",
                        "uuid",
                        "uid",
                    ]
                    .iter()
                    .any(|known| end.ends_with(known))
                    || end.contains("clean")
                    || end.starts_with("render")
            }
        }
    }
}

/// Whether an expression begins with a name in capitals: `CHOICES.items()`.
fn has_constant_root(expr: &Expr) -> bool {
    dotted(expr).is_some_and(|name| is_constant(name.split('.').next().unwrap_or("")))
}

/// Whether an expression is what a function or a method of the same object gives.
fn is_own_call(part: &str) -> bool {
    let callee = part.split('(').next().unwrap_or("");
    let method = callee.strip_prefix("self.").or_else(|| callee.strip_prefix("cls."));
    part.ends_with(')') && !method.unwrap_or(callee).contains('.') && !is_request(part)
}

/// Whether an expression is called what a piece of SQL is called.
fn is_piece(part: &str) -> bool {
    let end = part.rsplit(['.', '[', '(']).next().unwrap_or(part).to_ascii_lowercase();
    let name = if part.ends_with(')') { part.to_ascii_lowercase() } else { end };
    [
        "sql",
        "query",
        "clause",
        "where",
        "condition",
        "filter",
        "fragment",
        "placeholder",
        "column",
        "field",
        "table",
        "schema",
        "order",
        "join",
        "statement",
        "params",
        "cte",
        "select",
    ]
    .iter()
    .any(|word| name.contains(word))
        && !is_request(part)
}

/// Names in capitals are decided by the code.
fn is_constant(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    name.len() > 1
        && name.chars().any(|c| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Whether the SQL before a value asks for a name of a table or column next.
fn wants_name(before: &str) -> bool {
    if before.ends_with(['"', '`', '.', '[']) {
        return true;
    }
    let word = before.trim_end().rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    [
        "from",
        "table",
        "into",
        "update",
        "sequence",
        "schema",
        "index",
        "view",
        "join",
        "database",
        "role",
        "user",
        "by",
        "truncate",
        "exists",
        "column",
        "on",
        "to",
        "as",
        "owner",
        "analyze",
        "vacuum",
        "trigger",
        "function",
        "constraint",
        "select",
        "extension",
        "pragma",
        "only",
        "concurrently",
        "type",
    ]
    .contains(&word.to_ascii_lowercase().as_str())
}

/// Whether an expression takes something from the request that the client writes.
pub(crate) fn is_request(expression: &str) -> bool {
    [
        "request.GET",
        "request.POST",
        "request.data",
        "request.query_params",
        "request.body",
        "request.COOKIES",
        "request.headers",
        "request.META",
        "request.FILES",
    ]
    .iter()
    .any(|part| expression.contains(part))
}

/// An expression as written, shortened.
pub(crate) fn shown(source: &SourceText, expr: &Expr) -> String {
    let range = expr.range();
    let text = source.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or("");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= 60 {
        return flat;
    }
    flat.chars().take(57).chain("...".chars()).collect()
}
