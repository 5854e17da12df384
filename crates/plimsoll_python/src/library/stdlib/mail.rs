//! `email.utils`: addresses in their plain forms. What else the grammar of RFC 5322 allows
//! (comments, quoted names, routes, encoded words) and what is no address is unknown: Python's own
//! answer changed between patch releases (CVE-2023-27043).

use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "email", distribution: None, build: build_open },
    Model { name: "email.utils", distribution: None, build: build_utils },
];

static GET_ADDRESSES: Native = function("email.utils.getaddresses", get_addresses);
static PARSE_ADDRESS: Native = function("email.utils.parseaddr", parse_address);
static FORMAT_ADDRESS: Native = function("email.utils.formataddr", format_address);

fn build_open(module: &mut Builder<'_, '_>) {
    module.unknown("this part of email is not modelled");
}

fn build_utils(module: &mut Builder<'_, '_>) {
    module.function("getaddresses", &GET_ADDRESSES);
    module.function("parseaddr", &PARSE_ADDRESS);
    module.function("formataddr", &FORMAT_ADDRESS);
    build_open(module);
}

fn get_addresses(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let values = call.get(0, "fieldvalues").cloned().unwrap_or(Val::NONE);
    if call.positional.len() + call.named.len() != 1 {
        return Ok(Val::unknown("getaddresses with options"));
    }
    let Some(items) = interp.iterate(&values)? else { return Ok(interp.why_unknown(&values)) };
    let mut found = Vec::new();
    for item in &items {
        let Some(text) = item.as_str() else { return Ok(interp.why_unknown(item)) };
        for part in text.split(',') {
            match address(part) {
                Some(pair) => found.push(pair.with_deps(&item.deps)),
                None => return Ok(Val::unknown("addresses in a form that is not modelled")),
            }
        }
    }
    Ok(interp.new_list(found).with_deps(&values.deps))
}

fn parse_address(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "addr").cloned().unwrap_or(Val::NONE);
    let Some(text) = value.as_str() else { return Ok(interp.why_unknown(&value)) };
    match address(text) {
        Some(pair) if call.positional.len() + call.named.len() == 1 => {
            Ok(pair.with_deps(&value.deps))
        }
        _ => Ok(Val::unknown("an address in a form that is not modelled")),
    }
}

/// `(name, address)` of `Ann Admin <ann@example.org>` or `ann@example.org`.
fn address(text: &str) -> Option<Val> {
    let text = text.trim_matches(' ');
    let pair = |name: &str, mail: &str| Some(Val::tuple(vec![Val::str(name), Val::str(mail)]));
    match text.split_once('<') {
        None => (is_mail(text) || is_word(text)).then(|| pair("", text)).flatten(),
        Some((name, rest)) => {
            let mail = rest.strip_suffix('>')?;
            let words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
            (is_mail(mail) && words.iter().all(|word| is_word(word)))
                .then(|| pair(&words.join(" "), mail))
                .flatten()
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"_-+".contains(&c))
}

/// `local@domain`, each of words with dots between them.
fn is_mail(text: &str) -> bool {
    let parts = |text: &str| text.split('.').all(is_word);
    text.split_once('@').is_some_and(|(local, domain)| parts(local) && parts(domain))
}

fn format_address(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let pair = call.get(0, "pair").cloned().unwrap_or(Val::NONE);
    let Some(items) = interp.iterate(&pair)? else { return Ok(interp.why_unknown(&pair)) };
    let [name, mail] = items.as_slice() else {
        return Ok(Val::unknown("an address that is no pair"));
    };
    let plain = |text: &str| text.bytes().all(|c| c.is_ascii_graphic() || c == b' ');
    let deps = call.deps();
    match (&name.kind, mail.as_str()) {
        (Kind::None, Some(mail)) if plain(mail) => Ok(Val::str(mail)),
        (Kind::Str(name), Some(mail)) if name.is_empty() && plain(mail) => Ok(Val::str(mail)),
        (Kind::Str(name), Some(mail)) if plain(name) && plain(mail) => {
            let special =
                name.contains(['(', ')', '<', '>', '@', ',', ':', ';', '.', '"', '[', ']', '\\']);
            let quotes = if special { "\"" } else { "" };
            let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
            Ok(Val::str(format!("{quotes}{escaped}{quotes} <{mail}>")))
        }
        _ => Ok(Val::unknown("an address in a form that is not modelled")),
    }
    .map(|value| value.with_deps(&deps))
}
