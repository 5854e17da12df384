//! `os.environ`, `os.getenv` and their kin: the smallest complete model, to be read as an example.

use super::prelude::*;
use crate::interp::heap::{Dict, Event, Object};
use crate::interp::iteration::may_be_unbound;

/// `os` itself takes these in; see the `os` model.
pub(super) const MODELS: &[Model] =
    &[Model { name: "plimsoll._environ", distribution: None, build: build_environ }];

static GETENV: Native = function("os.getenv", getenv);
static GET: Native = method("os.environ.get", get);
static GET_ITEM: Native = method("os.environ.__getitem__", get_item);
static SET_ITEM: Native = method("os.environ.__setitem__", set_item);
static DEL_ITEM: Native = method("os.environ.__delitem__", delete_item);
static CONTAINS: Native = method("os.environ.__contains__", contains);
static SET_DEFAULT: Native = method("os.environ.setdefault", set_default);
static POP: Native = method("os.environ.pop", pop);
static UPDATE: Native = method("os.environ.update", update);
static COPY: Native = method("os.environ.copy", copy);
static ITEMS: Native = method("os.environ.items", items);
static KEYS: Native = method("os.environ.keys", keys);
static VALUES: Native = method("os.environ.values", values);
static ITER: Native = method("os.environ.__iter__", keys);

fn build_environ(module: &mut Builder<'_, '_>) {
    module.function("getenv", &GETENV);
    let class = module.class("_Environ", &[], |class| {
        class.method("get", &GET);
        class.method("__getitem__", &GET_ITEM);
        class.method("__setitem__", &SET_ITEM);
        class.method("__delitem__", &DEL_ITEM);
        class.method("__contains__", &CONTAINS);
        class.method("setdefault", &SET_DEFAULT);
        class.method("pop", &POP);
        class.method("update", &UPDATE);
        class.method("copy", &COPY);
        class.method("items", &ITEMS);
        class.method("keys", &KEYS);
        class.method("values", &VALUES);
        class.method("__iter__", &ITER);
    });
    let environ = module.interp.new_instance(&class);
    module.value("environ", environ);
}

/// Reads a variable, notes the reading, and gives its value or the fallback.
fn read(interp: &mut Interp<'_>, name: &Val, fallback: Option<Val>, at: Event) -> Outcome {
    let Some(key) = name.as_str().map(str::to_owned) else {
        if name.is_unknown() {
            return Ok(name.clone());
        }
        return Err(interp.raise("TypeError", "str expected"));
    };
    interp.record_use(&key, at, fallback.as_ref(), None, "os");
    match interp.environment_get(&key) {
        Lookup::Set(value) | Lookup::Unknown(value) => Ok(value),
        Lookup::Unset => match fallback {
            Some(value) => Ok(value.depending_on(&key)),
            None => Err(interp.raise_variable("KeyError", &key, &key)),
        },
    }
}

fn getenv(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [name, fallback] = call.bind(interp, "getenv", ["key", "default"], 1)?;
    read(interp, &name.unwrap_or(Val::NONE), Some(fallback.unwrap_or(Val::NONE)), at)
}

fn get(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [_, name, fallback] = call.bind(interp, "get", ["self", "key", "default"], 2)?;
    read(interp, &name.unwrap_or(Val::NONE), Some(fallback.unwrap_or(Val::NONE)), at)
}

fn get_item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let name = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    read(interp, &name, None, at)
}

fn set_item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [_, name, value] = call.bind(interp, "__setitem__", ["self", "key", "value"], 3)?;
    let (name, value) = (name.unwrap_or(Val::NONE), value.unwrap_or(Val::NONE));
    store(interp, &name, value, false)
}

/// Sets a variable, or only where it is unset.
fn store(interp: &mut Interp<'_>, name: &Val, value: Val, only_unset: bool) -> Outcome {
    let Some(key) = name.as_str().map(str::to_owned) else {
        interp.environment_open("a variable whose name is not known was set", true);
        return Ok(Val::NONE);
    };
    if value.as_str().is_none() && !value.is_unknown() {
        return Err(interp.raise("TypeError", "str expected"));
    }
    if only_unset {
        interp.environment_setdefault(&key, value);
    } else {
        interp.environment_set(&key, value);
    }
    Ok(Val::NONE)
}

fn contains(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let Some(key) = call.get(1, "key").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(call.unknown().cloned().unwrap_or_else(|| Val::bool(false)));
    };
    interp.record_use(&key, call.at, Some(&Val::NONE), None, "os");
    Ok(match interp.environment_get(&key) {
        Lookup::Set(_) => Val::bool(true).depending_on(&key),
        Lookup::Unset => Val::bool(false).depending_on(&key),
        Lookup::Unknown(value) => value,
    })
}

fn set_default(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [_, name, value] = call.bind(interp, "setdefault", ["self", "key", "value"], 2)?;
    let (name, value) = (name.unwrap_or(Val::NONE), value.unwrap_or(Val::NONE));
    store(interp, &name, value, true)?;
    read(interp, &name, None, at)
}

fn pop(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [_, name, fallback] = call.bind(interp, "pop", ["self", "key", "default"], 2)?;
    let name = name.unwrap_or(Val::NONE);
    let value = read(interp, &name, fallback, at)?;
    remove(interp, &name);
    Ok(value)
}

fn remove(interp: &mut Interp<'_>, name: &Val) {
    let id = interp.environ;
    match name.as_str() {
        Some(key) => {
            let key = crate::interp::heap::Key::Str(std::rc::Rc::from(key));
            if let Some(dict) = interp.dict_mut(id) {
                dict.entries.shift_remove(&key);
            }
        }
        None => interp.environment_open("a variable whose name is not known was removed", true),
    }
}

fn delete_item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let name = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    read(interp, &name, None, call.at)?;
    remove(interp, &name);
    Ok(Val::NONE)
}

fn update(interp: &mut Interp<'_>, call: Call) -> Outcome {
    if let Some(other) = call.positional.get(1).cloned() {
        match interp.dict_items(&other) {
            Some(items) => {
                for (name, value) in items {
                    store(interp, &name, value, false)?;
                }
            }
            None => interp.environment_open("variables that are not known were set", true),
        }
    }
    for (name, value) in call.named {
        store(interp, &Val::str(&*name), value, false)?;
    }
    Ok(Val::NONE)
}

/// A plain dict of the whole environment. The real one holds more (`PATH`, `HOME`…), so it stays
/// open.
fn snapshot(interp: &mut Interp<'_>) -> Dict {
    let mut dict = interp.dict(interp.environ).cloned().unwrap_or_default();
    dict.namespace = false;
    // It is open: what it does not list may be there or not.
    dict.entries.retain(|_, entry| !may_be_unbound(&entry.value));
    dict.open
        .get_or_insert_with(|| "a process has further variables, which are not known here".into());
    dict
}

fn copy(interp: &mut Interp<'_>, _: Call) -> Outcome {
    let dict = snapshot(interp);
    Ok(Val::reference(interp.alloc(Object::Dict(dict))))
}

fn items(interp: &mut Interp<'_>, call: Call) -> Outcome {
    through_copy(interp, call, "items")
}

fn keys(interp: &mut Interp<'_>, call: Call) -> Outcome {
    through_copy(interp, call, "keys")
}

fn values(interp: &mut Interp<'_>, call: Call) -> Outcome {
    through_copy(interp, call, "values")
}

fn through_copy(interp: &mut Interp<'_>, call: Call, name: &str) -> Outcome {
    let at = call.at;
    let dict = copy(interp, call)?;
    interp.call_method(&dict, name, Vec::new(), at)
}
