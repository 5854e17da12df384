//! `Env.parse_value`: text to a value, by django-environ's rules.

use plimsoll_formats::dotenv::Version;

use super::django_environ::DISTRIBUTION;
use super::prelude::*;
use super::stdlib_text::{Trouble, literal};
use super::support;
use crate::interp::heap::{Builtin, Event, Object};

/// `parse_value(value, cast)`.
pub(super) fn parse(
    interp: &mut Interp<'_>,
    value: &Val,
    cast: Option<&Val>,
    at: Event,
) -> Outcome {
    let Some(cast) = cast else { return Ok(value.clone()) };
    if value.is_unknown() || cast.is_unknown() {
        return Ok(if value.is_unknown() { value.clone() } else { cast.clone() });
    }
    let builtin = |builtin| support::is_builtin(interp, cast, builtin);
    let (is_bool, is_float) = (builtin(Builtin::Bool), builtin(Builtin::Float));
    let (is_list, is_tuple) = (builtin(Builtin::List), builtin(Builtin::Tuple));
    let is_dict = builtin(Builtin::Dict);
    let text = value.as_str().map(str::to_owned);
    let parts = match (&cast.kind, interp.object(cast)) {
        (Kind::Tuple(items), _) => Some((Builtin::Tuple, items.first().cloned())),
        (_, Some(Object::List(items))) => Some((Builtin::List, items.first().cloned())),
        (_, Some(Object::Dict(_))) => Some((Builtin::Dict, None)),
        _ => None,
    };
    if let (None, true) = (&text, is_float || is_list || is_tuple || is_dict || parts.is_some()) {
        return Ok(Val::unknown("a cast of what is no text to a list, dict or float"));
    }
    let text = text.unwrap_or_default();
    let result = match parts {
        _ if is_bool => truth(interp, value),
        _ if is_float => float(interp, &text),
        _ if is_list => {
            let items = list_items(&text).map(Val::str).collect();
            Ok(interp.new_list(items))
        }
        _ if is_tuple => Ok(Val::tuple(tuple_items(&text).map(Val::str).collect())),
        _ if is_dict => dict(interp, &text),
        Some((Builtin::Dict, _)) => typed_dict(interp, &text, cast, at),
        Some((kind, Some(item))) => {
            let words: Vec<String> = match kind {
                Builtin::Tuple => tuple_items(&text).map(str::to_owned).collect(),
                _ => list_items(&text).map(str::to_owned).collect(),
            };
            let mut items = Vec::with_capacity(words.len());
            for word in words {
                let word = Val::str(word).with_deps(&value.deps);
                items.push(interp.call(&item, Call::of(vec![word], at))?);
            }
            Ok(if kind == Builtin::Tuple { Val::tuple(items) } else { interp.new_list(items) })
        }
        Some((_, None)) => Err(interp.raise("IndexError", "list index out of range")),
        None => interp.call(cast, Call::of(vec![value.clone()], at)),
    }?;
    Ok(super::database_url::spread(interp, result, value))
}

/// The second cast of a value that came through `$NAME` and is cast already.
pub(super) fn again(
    interp: &mut Interp<'_>,
    value: &Val,
    cast: Option<&Val>,
    at: Event,
) -> Outcome {
    let Some(kind) = cast else { return Ok(value.clone()) };
    let url = kind.same(&Val::native(&super::stdlib::functions::SAME));
    if url && !value.is_unknown() {
        return Err(interp.raise("AttributeError", "a URL behind $NAME is parsed twice"));
    }
    if value.as_str().is_some() || value.is_unknown() {
        return parse(interp, value, cast, at);
    }
    if !interp.export(value).is_known() {
        return Ok(Val::unknown("a variable that refers to another ($NAME) is not all known"));
    }
    // What is a list or number by now has none of the methods of text that the second cast needs.
    let builtin = |builtin| support::is_builtin(interp, kind, builtin);
    let instance = matches!(kind.kind, Kind::Tuple(_))
        || matches!(interp.object(kind), Some(Object::List(_) | Object::Dict(_)));
    if instance || [Builtin::List, Builtin::Tuple, Builtin::Dict].into_iter().any(builtin) {
        return Err(interp.raise("AttributeError", "a variable behind $NAME is cast twice"));
    }
    if builtin(Builtin::Float) {
        return Err(interp.raise("TypeError", "a variable behind $NAME is cast twice"));
    }
    parse(interp, value, cast, at)
}

fn raised(interp: &mut Interp<'_>, trouble: Trouble) -> Outcome {
    match trouble {
        Trouble::Raise(class, message) => Err(interp.raise(class, message)),
        Trouble::Unknown(reason) => Ok(Val::unknown(reason)),
    }
}

/// A number other than 0, or one of the true words of the class.
fn truth(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    let text = match &value.kind {
        Kind::Bool(_) => return Ok(value.clone()),
        Kind::Int(number) => return Ok(Val::bool(**number != num_bigint::BigInt::ZERO)),
        Kind::Str(text) => text.clone(),
        Kind::None => return Err(interp.raise("TypeError", "int() argument must be a string")),
        _ => return Ok(Val::unknown("a cast to bool of what is no text")),
    };
    if support::version(interp, DISTRIBUTION) < Version(0, 11, 0) {
        return match literal::int(&text) {
            Ok(number) => Ok(Val::bool(number != num_bigint::BigInt::ZERO)),
            Err(Trouble::Raise(..)) => Ok(Val::bool(matches!(
                text.to_lowercase().as_str(),
                "true" | "on" | "ok" | "y" | "yes" | "1"
            ))),
            Err(unknown) => raised(interp, unknown),
        };
    }
    match super::urls::environ_search::truth(&text) {
        Ok(flag) => Ok(Val::bool(flag)),
        Err(trouble) => raised(interp, trouble),
    }
}

/// Everything but digits, commas, points and the minus sign is dropped; the last comma or point
/// separates the fraction.
fn float(interp: &mut Interp<'_>, text: &str) -> Outcome {
    if text.chars().any(|c| !c.is_ascii() && c.is_numeric()) {
        return Ok(Val::unknown("a float in digits that are not ASCII"));
    }
    let signs = support::version(interp, DISTRIBUTION) >= Version(0, 7, 0);
    let kept: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, ',' | '.') || (signs && *c == '-'))
        .collect();
    let clean = match kept.rsplit_once([',', '.']) {
        Some((whole, fraction)) => format!("{}.{fraction}", whole.replace([',', '.'], "")),
        None => kept,
    };
    match literal::float(&clean) {
        Ok(number) => Ok(Val::float(number)),
        Err(trouble) => raised(interp, trouble),
    }
}

fn list_items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|item| !item.is_empty())
}

fn tuple_items(text: &str) -> impl Iterator<Item = &str> {
    text.trim_matches('(').trim_matches(')').split(',').filter(|item| !item.is_empty())
}

/// `a=1,b=2`: before 0.10 a value could not hold a `=`.
fn dict(interp: &mut Interp<'_>, text: &str) -> Outcome {
    let version = support::version(interp, DISTRIBUTION);
    let mut pairs = Vec::new();
    for item in text.split(',').filter(|item| !item.is_empty()) {
        match item.split_once('=') {
            Some((key, value)) if version >= Version(0, 10, 0) || !value.contains('=') => {
                pairs.push((Val::str(key), Val::str(value)));
            }
            _ => {
                let message = "dictionary update sequence element has the wrong length";
                return Err(interp.raise("ValueError", message));
            }
        }
    }
    Ok(interp.new_dict_of(pairs))
}

/// A dict of casts: `{"key": …, "value": …, "cast": {…}}`; items are separated by `;`.
fn typed_dict(interp: &mut Interp<'_>, text: &str, cast: &Val, at: Event) -> Outcome {
    let Some(options) = interp.dict_items(cast) else {
        return Ok(Val::unknown("a cast to a dict that is not known"));
    };
    let option = |name: &str| {
        options.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value.clone())
    };
    let string = interp.class_of_builtin(Builtin::Str);
    let key_cast = option("key").unwrap_or_else(|| string.clone());
    let value_cast = option("value").unwrap_or(string);
    let by_key = match option("cast") {
        None => Vec::new(),
        Some(casts) => match interp.dict_items(&casts) {
            Some(casts) => casts,
            None => return Ok(Val::unknown("a cast to a dict that is not known")),
        },
    };
    let mut pairs = Vec::new();
    for item in text.split(';').filter(|item| !item.is_empty()) {
        let mut parts = item.split('=');
        let key = parts.next().unwrap_or_default();
        let made_key = interp.call(&key_cast, Call::of(vec![Val::str(key)], at))?;
        if made_key.is_unknown() {
            return Ok(made_key);
        }
        let Some(value) = parts.next() else {
            return Err(interp.raise("IndexError", "list index out of range"));
        };
        let own = by_key.iter().find(|(name, _)| name.as_str() == Some(key));
        let value_cast = own.map_or_else(|| value_cast.clone(), |(_, cast)| cast.clone());
        let value = parse(interp, &Val::str(value), Some(&value_cast), at)?;
        let key = made_key;
        if interp.key_of(&key).is_none() {
            return Ok(Val::unknown("a dict whose keys are not known"));
        }
        pairs.push((key, value));
    }
    Ok(interp.new_dict_of(pairs))
}
