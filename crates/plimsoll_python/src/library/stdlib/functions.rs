//! `functools`, `operator`, `contextlib`, `importlib`, `runpy`.

use std::rc::Rc;

use crate::interp::heap::{Descriptor, Object};
use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "functools", distribution: None, build: build_functools },
    Model { name: "contextlib", distribution: None, build: build_contextlib },
    Model { name: "importlib", distribution: None, build: build_importlib },
    Model { name: "importlib.util", distribution: None, build: build_importlib_util },
];

/// Gives back its only argument.
pub(in crate::library) static SAME: Native =
    function("same", |_, call| Ok(call.positional.first().cloned().unwrap_or(Val::NONE)));

fn build_functools(module: &mut Builder<'_, '_>) {
    static CACHE: Native = function("functools.lru_cache", |_, call| {
        // Bare decorator or decorator factory: either way the function stays what it is.
        Ok(match call.positional.first() {
            Some(value) if value.as_id().is_some() => value.clone(),
            _ => Val::native(&SAME),
        })
    });
    module.function("lru_cache", &CACHE);
    module.function("cache", &SAME);
    module.function("total_ordering", &SAME);
    static WRAPS: Native = function("functools.wraps", |_, _| Ok(Val::native(&SAME)));
    module.function("wraps", &WRAPS);
    static CACHED: Native = function("functools.cached_property", cached_property);
    module.function("cached_property", &CACHED);
    static REDUCE: Native = function("functools.reduce", |interp, call| {
        let function = call.get(0, "function").cloned().unwrap_or(Val::NONE);
        let source = call.get(1, "iterable").cloned().unwrap_or(Val::NONE);
        let Some(items) = interp.iterate(&source)? else { return Ok(interp.why_unknown(&source)) };
        let mut items = items.into_iter();
        let mut total = match call.get(2, "initial").cloned().or_else(|| items.next()) {
            Some(first) => first,
            None => {
                return Err(
                    interp.raise("TypeError", "reduce() of empty iterable with no initial value")
                );
            }
        };
        for item in items {
            total = interp.call(&function, Call::of(vec![total, item], call.at))?;
        }
        Ok(total)
    });
    module.function("reduce", &REDUCE);
    static INIT: Native = method("functools.partial.__init__", |interp, call| {
        let this = call.positional.first().cloned().unwrap_or(Val::NONE);
        let rest = call.positional.get(1..).unwrap_or_default().to_vec();
        let named = call
            .named
            .iter()
            .map(|(name, value)| Val::tuple(vec![Val::str(&**name), value.clone()]))
            .collect();
        interp.set_attribute(&this, "__args__", Val::tuple(rest))?;
        interp.set_attribute(&this, "__kwargs__", Val::tuple(named))
    });
    static CALL: Native = method("functools.partial.__call__", |interp, call| {
        let mut call = call;
        if call.positional.is_empty() {
            return Ok(Val::NONE);
        }
        let this = call.positional.remove(0);
        let kept = interp.get_attribute(&this, "__args__")?;
        let named = interp.get_attribute(&this, "__kwargs__")?;
        let (Kind::Tuple(kept), Kind::Tuple(named)) = (kept.kind, named.kind) else {
            return Ok(Val::unknown("a partial that is not known"));
        };
        let Some((function, first)) = kept.split_first() else { return Ok(Val::NONE) };
        call.positional.splice(0..0, first.iter().cloned());
        for pair in named.iter() {
            if let Kind::Tuple(pair) = &pair.kind
                && let [name, value] = &**pair
                && let Some(name) = name.as_str()
                && call.keyword(name).is_none()
            {
                call.named.push((Rc::from(name), value.clone()));
            }
        }
        interp.call(function, call)
    });
    module.class("partial", &[], |class| {
        class.method("__init__", &INIT);
        class.method("__call__", &CALL);
    });
    module.unknown("this part of functools is not modelled");
}

/// `cached_property`, Django's too.
pub(in crate::library) fn cached_property(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let function = call.get(0, "func").cloned().unwrap_or(Val::NONE);
    Ok(Val::reference(interp.alloc(Object::Descriptor(Descriptor::Cached, function))))
}

fn build_contextlib(module: &mut Builder<'_, '_>) {
    static SUPPRESS: Native = method("contextlib.suppress.__init__", |interp, call| {
        let this = call.positional.first().cloned().unwrap_or(Val::NONE);
        let classes = call.positional.get(1..).unwrap_or_default().to_vec();
        interp.set_attribute(&this, "_suppressed", Val::tuple(classes))
    });
    module.class("suppress", &[], |class| class.method("__init__", &SUPPRESS));
    module.unknown("this part of contextlib is not modelled");
}

fn build_importlib(module: &mut Builder<'_, '_>) {
    static IMPORT: Native = function("importlib.import_module", |interp, call| {
        let at = call.at;
        let Some(name) = call.get(0, "name").and_then(Val::as_str).map(str::to_owned) else {
            interp.may_raise("a module whose name is not known");
            return Ok(Val::unknown("a module whose name is not known"));
        };
        let package = call.get(1, "package").and_then(Val::as_str).map(str::to_owned);
        let level = name.len() - name.trim_start_matches('.').len();
        if level == 0 {
            return interp.import(&name, at);
        }
        let Some(package) = package else {
            return Err(interp.raise("TypeError", "the 'package' argument is required"));
        };
        let mut parts: Vec<&str> = package.split('.').collect();
        parts.truncate(parts.len().saturating_sub(level - 1));
        let rest = name.trim_start_matches('.');
        if !rest.is_empty() {
            parts.push(rest);
        }
        interp.import(&parts.join("."), at)
    });
    module.function("import_module", &IMPORT);
    let util = module.interp.model_module("importlib.util").unwrap_or(Val::NONE);
    module.value("util", util);
    let resources = module.interp.model_module("importlib.resources").unwrap_or(Val::NONE);
    module.value("resources", resources);
    let metadata = module.interp.model_module("importlib.metadata").unwrap_or(Val::NONE);
    module.value("metadata", metadata);
    module.unknown("this part of importlib is not modelled");
}

fn build_importlib_util(module: &mut Builder<'_, '_>) {
    static FIND: Native = function("importlib.util.find_spec", |interp, call| {
        let Some(name) = call.get(0, "name").and_then(Val::as_str).map(str::to_owned) else {
            return Ok(Val::unknown("a module whose name is not known"));
        };
        if name.starts_with('.') {
            return Ok(Val::unknown("a module that is found from its package"));
        }
        let at = call.at;
        interp.find_spec(&name, at)
    });
    module.function("find_spec", &FIND);
    module.unknown("this part of importlib is not modelled");
}
