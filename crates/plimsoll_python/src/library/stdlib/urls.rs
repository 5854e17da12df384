//! `urllib.parse`, `ast`, `distutils.util`, `base64`.

use crate::interp::heap::Object;
use crate::library::django::import_value;
use crate::library::prelude::*;
use crate::library::stdlib_text::url::{self, Url};
use crate::library::stdlib_text::{Trouble, literal};

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "urllib", distribution: None, build: build_urllib },
    Model { name: "urllib.parse", distribution: None, build: build_parse },
    Model { name: "ast", distribution: None, build: build_ast },
    Model { name: "distutils", distribution: None, build: build_urllib },
    Model { name: "distutils.util", distribution: None, build: build_distutils },
];

fn build_urllib(module: &mut Builder<'_, '_>) {
    module.unknown("this part of the standard library is not modelled");
}

/// Runs a function over one text; unknown and missing texts are told apart.
fn over_text(
    interp: &mut Interp<'_>,
    call: &Call,
    name: &str,
    run: impl FnOnce(&mut Interp<'_>, &str) -> Outcome,
) -> Outcome {
    let value = call.get(0, name).cloned().unwrap_or(Val::NONE);
    let value = interp.unwrapped(&value);
    match value.as_str() {
        Some(text) => {
            let text = text.to_owned();
            run(interp, &text)
        }
        None if value.is_unknown() => {
            interp.may_raise("text that is not known");
            Ok(value)
        }
        None => Ok(Val::unknown("a function over text that is given no text")),
    }
}

fn trouble(interp: &mut Interp<'_>, trouble: Trouble) -> Outcome {
    match trouble {
        Trouble::Unknown(reason) => Ok(Val::unknown(reason)),
        Trouble::Raise(class, message) => Err(interp.raise(class, message)),
    }
}

fn build_parse(module: &mut Builder<'_, '_>) {
    static PARSE: Native = function("urllib.parse.urlparse", |interp, call| {
        if call.values().count() > 1 {
            return Ok(Val::unknown("urlparse with a scheme is not modelled"));
        }
        over_text(interp, &call, "url", |interp, text| match url::parse(text) {
            Ok(parsed) => Ok(result(interp, &parsed, true)),
            Err(error) => trouble(interp, error),
        })
    });
    static SPLIT: Native = function("urllib.parse.urlsplit", |interp, call| {
        if call.values().count() > 1 {
            return Ok(Val::unknown("urlsplit with a scheme is not modelled"));
        }
        over_text(interp, &call, "url", |interp, text| match url::split(text) {
            Ok(parsed) => Ok(result(interp, &parsed, false)),
            Err(error) => trouble(interp, error),
        })
    });
    static QUOTE: Native = function("urllib.parse.quote", |interp, call| {
        let safe = call.get(1, "safe").cloned().unwrap_or_else(|| Val::str("/"));
        over_text(interp, &call, "string", |_, text| {
            Ok(match safe.as_str() {
                Some(safe) if safe.is_ascii() => Val::str(url::quote(text, safe)),
                _ => Val::unknown("quote() with a safe= that is not known"),
            })
        })
    });
    static QUOTE_PLUS: Native = function("urllib.parse.quote_plus", |interp, call| {
        if call.values().count() > 1 {
            return Ok(Val::unknown("quote_plus with safe= is not modelled"));
        }
        over_text(interp, &call, "string", |_, text| {
            Ok(Val::str(url::quote(text, " ").replace(' ', "+")))
        })
    });
    static UNQUOTE: Native = function("urllib.parse.unquote", |interp, call| {
        over_text(interp, &call, "string", |_, text| Ok(Val::str(url::unquote(text))))
    });
    static UNQUOTE_PLUS: Native = function("urllib.parse.unquote_plus", |interp, call| {
        over_text(interp, &call, "string", |_, text| Ok(Val::str(url::unquote_plus(text))))
    });
    static PARSE_QS: Native = function("urllib.parse.parse_qs", |interp, call| {
        if call.values().count() > 1 {
            return Ok(Val::unknown("parse_qs with options is not modelled"));
        }
        over_text(interp, &call, "qs", |interp, text| {
            let mut pairs = Vec::new();
            for (key, values) in url::parse_qs(text) {
                let list = interp.new_list(values.iter().map(Val::str).collect());
                pairs.push((Val::str(key), list));
            }
            Ok(interp.new_dict_of(pairs))
        })
    });
    module.function("urlparse", &PARSE);
    module.function("urlsplit", &SPLIT);
    module.function("quote", &QUOTE);
    module.function("quote_plus", &QUOTE_PLUS);
    module.function("unquote", &UNQUOTE);
    module.function("unquote_plus", &UNQUOTE_PLUS);
    module.function("parse_qs", &PARSE_QS);
    module.unknown("this part of urllib.parse is not modelled");
}

/// A `ParseResult` or `SplitResult`: a tuple with named parts and what is derived from them.
fn result(interp: &mut Interp<'_>, parsed: &Url, has_params: bool) -> Val {
    let name = if has_params { "ParseResult" } else { "SplitResult" };
    let class = interp.native_class("urllib.parse", name, &[], None);
    let mut fields = vec![
        ("scheme", parsed.scheme.as_str()),
        ("netloc", parsed.netloc.as_str()),
        ("path", parsed.path.as_str()),
    ];
    if has_params {
        fields.push(("params", parsed.params.as_str()));
    }
    fields.extend([("query", parsed.query.as_str()), ("fragment", parsed.fragment.as_str())]);
    if let Some(Object::Class(it)) = interp.object(&class) {
        let namespace = it.namespace;
        let names = fields.iter().map(|(name, _)| Val::str(*name)).collect();
        interp.namespace_set(namespace, "_fields", Val::tuple(names));
    }
    let instance = interp.new_instance(&class);
    let items: Vec<Val> = fields.iter().map(|(_, text)| Val::str(*text)).collect();
    let optional = |text: Option<&str>| text.map_or(Val::NONE, Val::str);
    let (user, password) = parsed.user_info();
    let mut named: Vec<(&str, Val)> =
        fields.iter().map(|(name, text)| (*name, Val::str(*text))).collect();
    named.push(("username", optional(user)));
    named.push(("password", optional(password)));
    named.push(("hostname", optional(parsed.hostname().as_deref())));
    named.push((
        "port",
        match parsed.port() {
            Ok(Some(port)) => Val::int(port),
            Ok(None) => Val::NONE,
            Err(_) => Val::unknown("a port that is no number raises ValueError"),
        },
    ));
    let attributes = match instance.as_id().and_then(|id| interp.heap.slot_mut(id)) {
        Some(slot) => match &mut slot.object {
            Object::Instance { attributes, inner, .. } => {
                *inner = Some(Val::tuple(items));
                Some(*attributes)
            }
            _ => None,
        },
        None => None,
    };
    if let Some(attributes) = attributes {
        for (name, value) in named {
            interp.namespace_set(attributes, name, value);
        }
        if let Some(dict) = interp.dict_mut(attributes) {
            dict.open = Some("a method of a parsed URL is not modelled".into());
        }
    }
    instance
}

fn build_ast(module: &mut Builder<'_, '_>) {
    static LITERAL: Native = function("ast.literal_eval", |interp, call| {
        over_text(interp, &call, "node_or_string", |interp, text| {
            match literal::literal_eval(text) {
                Ok(Some(value)) => Ok(import_value(interp, &value)),
                // Which of two exceptions it is depends on what is wrong.
                Ok(None) => {
                    interp.may_raise("text that is no Python literal");
                    Ok(Val::unknown("text that is no Python literal"))
                }
                Err(error) => trouble(interp, error),
            }
        })
    });
    module.function("literal_eval", &LITERAL);
    module.unknown("this part of ast is not modelled");
}

fn build_distutils(module: &mut Builder<'_, '_>) {
    static STRTOBOOL: Native = function("distutils.util.strtobool", |interp, call| {
        over_text(interp, &call, "val", |interp, text| match text.to_lowercase().as_str() {
            "y" | "yes" | "t" | "true" | "on" | "1" => Ok(Val::int(1)),
            "n" | "no" | "f" | "false" | "off" | "0" => Ok(Val::int(0)),
            _ => Err(interp.raise("ValueError", "invalid truth value")),
        })
    });
    module.function("strtobool", &STRTOBOOL);
    module.unknown("this part of distutils is not modelled");
}
