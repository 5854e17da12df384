//! Django's languages: `django.conf.locale` and `get_language_info`.

use super::django::{import_value, promise};
use super::prelude::*;
use crate::tables::languages;

const DJANGO: Option<&str> = Some("django");

pub(super) const MODELS: &[Model] =
    &[Model { name: "django.conf.locale", distribution: DJANGO, build: build_locale }];

/// `django.utils.translation.get_language_info` (Django 1.11 to 6.1).
pub(super) static GET_INFO: Native =
    function("django.utils.translation.get_language_info", get_language_info);

fn build_locale(module: &mut Builder<'_, '_>) {
    // Languages come with versions.
    let series = module.interp.request.installed.django_series();
    if let [version] = *series.as_slice() {
        let pairs = languages(version)
            .into_iter()
            .map(|(code, facts)| (Val::str(code), import_value(module.interp, facts)))
            .collect();
        let table = module.interp.new_dict_of(pairs);
        module.value("LANG_INFO", table);
    }
    module.unknown("this part of django.conf.locale is not modelled");
}

fn get_language_info(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [code] = call.bind(interp, "get_language_info", ["lang_code"], 1)?;
    let code = code.unwrap_or(Val::NONE);
    let Some(text) = code.as_str() else { return Ok(interp.why_unknown(&code)) };
    let table = interp
        .model_module("django.conf.locale")
        .and_then(|module| interp.module_namespace(&module))
        .and_then(|namespace| interp.namespace_get(namespace, "LANG_INFO"))
        .unwrap_or_else(|| {
            Val::unknown("the languages of a version of Django that is not declared")
        });
    // The project may have changed the table.
    let own = find(interp, &table, text)?;
    let info = match own {
        Found::Facts(info) => info,
        Found::Unknown(reason) => return Ok(reason),
        Found::Nothing => {
            let general = text.split('-').next().filter(|general| *general != text);
            let general = match general {
                Some(general) => find(interp, &table, general)?,
                None => Found::Nothing,
            };
            match general {
                Found::Facts(info) => info,
                Found::Unknown(reason) => return Ok(reason),
                Found::Nothing => {
                    let message = format!("Unknown language code {text}.");
                    return Err(interp.raise("KeyError", &message));
                }
            }
        }
    };
    let name = interp.call_method(&info, "get", vec![Val::str("name")], at)?;
    if name.is_none() {
        return Ok(Val::unknown("a language without a name"));
    }
    let translated = promise(interp, Some(name));
    interp.set_item(&info, &Val::str("name_translated"), translated)?;
    Ok(info.with_deps(&code.deps))
}

/// What the table has of a language.
enum Found {
    Facts(Val),
    Nothing,
    Unknown(Val),
}

/// The facts of a language, of the one that it falls back to where it has no name of its own.
fn find(interp: &mut Interp<'_>, table: &Val, code: &str) -> Result<Found, Raise> {
    let mut code = code.to_owned();
    for _ in 0..4 {
        let Some(items) = interp.dict_items(table) else {
            return Ok(Found::Unknown(interp.why_unknown(table)));
        };
        let facts = items.into_iter().find(|(key, _)| key.as_str() == Some(&code));
        let Some((_, facts)) = facts else { return Ok(Found::Nothing) };
        let Some(items) = interp.dict_items(&facts) else {
            return Ok(Found::Unknown(interp.why_unknown(&facts)));
        };
        let has = |name: &str| items.iter().find(|(key, _)| key.as_str() == Some(name));
        match (has("name"), has("fallback").map(|(_, value)| value.clone())) {
            (None, Some(fallback)) => {
                let first = interp.iterate(&fallback)?.and_then(|all| all.first().cloned());
                match first.as_ref().and_then(Val::as_str) {
                    Some(next) => code = next.to_owned(),
                    None => return Ok(Found::Unknown(Val::unknown("a language's fallback"))),
                }
            }
            _ => return Ok(Found::Facts(facts)),
        }
    }
    Ok(Found::Unknown(Val::unknown("languages that fall back to each other")))
}
