//! `collections`, `itertools`, `copy`.

use std::collections::HashMap;
use std::rc::Rc;

use crate::interp::heap::{Builtin, Dict, Object};
use crate::interp::partial::Lost;
use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "collections", distribution: None, build: build_collections },
    Model { name: "itertools", distribution: None, build: build_itertools },
    Model { name: "copy", distribution: None, build: build_copy },
];

static DEFAULT_DICT: Native = function("collections.defaultdict", |interp, call| {
    let mut call = call;
    let factory = if call.positional.is_empty() { Val::NONE } else { call.positional.remove(0) };
    let mut dict = Dict::default();
    if !factory.is_none() {
        dict.factory = Some(factory);
    }
    let dict = Val::reference(interp.alloc(Object::Dict(dict)));
    if call.values().next().is_some() {
        interp.call_builtin_method(&dict, "update", call)?;
    }
    Ok(dict)
});
static NAMED_TUPLE: Native = function("collections.namedtuple", named_tuple);

fn build_collections(module: &mut Builder<'_, '_>) {
    let dict = module.interp.class_of_builtin(Builtin::Dict);
    module.class("OrderedDict", std::slice::from_ref(&dict), |_| {});
    module.class("UserDict", &[dict], |_| {});
    module.function("defaultdict", &DEFAULT_DICT);
    module.function("namedtuple", &NAMED_TUPLE);
    module.unknown("this part of collections is not modelled");
}

fn named_tuple(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let name = call.get(0, "typename").and_then(Val::as_str).unwrap_or("namedtuple").to_owned();
    let fields = call.get(1, "field_names").cloned().unwrap_or(Val::NONE);
    let names: Vec<Val> = match fields.as_str() {
        Some(text) => text
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|name| !name.is_empty())
            .map(Val::str)
            .collect(),
        None => match interp.iterate(&fields)? {
            Some(names) => names,
            None => return Ok(Val::unknown("a named tuple whose fields are not known")),
        },
    };
    let class = interp.native_class("", &name, &[], None);
    let Some(Object::Class(it)) = interp.object(&class) else { return Ok(class) };
    let namespace = it.namespace;
    if let Some(defaults) = call.keyword("defaults").cloned()
        && !defaults.is_none()
    {
        let Some(values) = interp.iterate(&defaults)? else {
            return Ok(Val::unknown("a named tuple whose defaults are not known"));
        };
        let skip = names.len().saturating_sub(values.len());
        let pairs: Vec<(Val, Val)> = names.iter().skip(skip).cloned().zip(values).collect();
        let dict = interp.new_dict_of(pairs);
        interp.namespace_set(namespace, "__plimsoll_defaults__", dict);
    }
    interp.namespace_set(namespace, "_fields", Val::tuple(names));
    Ok(class)
}

fn build_itertools(module: &mut Builder<'_, '_>) {
    static CHAIN: Native = method("itertools.chain", |interp, call| {
        let lists = call.positional.get(1..).unwrap_or_default().to_vec();
        chained(interp, lists)
    });
    static FROM: Native = function("itertools.chain.from_iterable", |interp, call| {
        let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
        match interp.iterate(&source)? {
            Some(lists) => chained(interp, lists),
            None => Ok(interp.why_unknown(&source)),
        }
    });
    let chain = module.class("chain", &[], |class| {
        class.method("__call__", &CHAIN);
        class.method("from_iterable", &FROM);
    });
    // An instance that is called behaves as the class does.
    let instance = module.interp.new_instance(&chain);
    module.value("chain", instance);
    static PRODUCT: Native = function("itertools.product", |interp, call| {
        if !call.named.is_empty() {
            return Ok(Val::unknown("product with repeat is not modelled"));
        }
        let mut rows: Vec<Vec<Val>> = vec![Vec::new()];
        for source in &call.positional {
            let Some(items) = interp.iterate(source)? else {
                return Ok(interp.why_unknown(source));
            };
            if !interp.spend((rows.len() * items.len()) as u64)
                || rows.len() * items.len() > 100_000
            {
                return Ok(Val::unknown("a product too large to be computed here"));
            }
            rows = rows
                .iter()
                .flat_map(|row| {
                    items.iter().map(|item| {
                        let mut row = row.clone();
                        row.push(item.clone());
                        row
                    })
                })
                .collect();
        }
        let rows = rows.into_iter().map(Val::tuple).collect();
        Ok(interp.new_iterator(rows, &[]))
    });
    module.function("product", &PRODUCT);
    module.unknown("this part of itertools is not modelled");
}

fn chained(interp: &mut Interp<'_>, lists: Vec<Val>) -> Outcome {
    let mut all = Vec::new();
    for list in &lists {
        match interp.iterate(list)? {
            Some(items) => all.extend(items),
            None => return Ok(interp.why_unknown(list)),
        }
    }
    Ok(interp.new_iterator(all, &lists))
}

fn build_copy(module: &mut Builder<'_, '_>) {
    static COPY: Native = function("copy.copy", |interp, call| {
        let value = call.get(0, "x").cloned().unwrap_or(Val::NONE);
        let mut done = HashMap::new();
        copy(interp, &value, false, &mut done)
    });
    static DEEP: Native = function("copy.deepcopy", |interp, call| {
        let value = call.get(0, "x").cloned().unwrap_or(Val::NONE);
        let mut done = HashMap::new();
        copy(interp, &value, true, &mut done)
    });
    module.function("copy", &COPY);
    module.function("deepcopy", &DEEP);
    module.unknown("this part of copy is not modelled");
}

/// A copy of a value; with `deep` of all that it holds, shared objects staying shared.
fn copy(interp: &mut Interp<'_>, value: &Val, deep: bool, done: &mut HashMap<Id, Id>) -> Outcome {
    if let Kind::Tuple(items) | Kind::OneOf(items) = &value.kind
        && deep
    {
        let mut copies = Vec::with_capacity(items.len());
        for item in items.iter() {
            copies.push(copy(interp, item, true, done)?);
        }
        let kind = match &value.kind {
            Kind::Tuple(_) => Kind::Tuple(Rc::from(copies)),
            _ => Kind::OneOf(Rc::from(copies)),
        };
        return Ok(Val { kind, deps: value.deps.clone() });
    }
    if let Kind::OneOf(candidates) = &value.kind {
        let mut copies = Vec::with_capacity(candidates.len());
        for candidate in candidates.iter() {
            copies.push(copy(interp, candidate, deep, done)?);
        }
        return Ok(Val::new(Kind::OneOf(Rc::from(copies))).with_deps(&value.deps));
    }
    let Some(id) = value.as_id() else { return Ok(value.clone()) };
    if let Some(known) = done.get(&id) {
        return Ok(Val::reference(*known).with_deps(&value.deps));
    }
    if done.len() > 20_000 || !interp.step() {
        return Ok(Val::unknown("a copy of something too large"));
    }
    let Some(object) = interp.heap.object(id).cloned() else { return Ok(value.clone()) };
    let each = |interp: &mut Interp<'_>, item: &Val, done: &mut HashMap<Id, Id>| {
        if deep { copy(interp, item, true, done) } else { Ok(item.clone()) }
    };
    let target = match &object {
        Object::List(_) | Object::Dict(_) | Object::Set { .. } | Object::Instance { .. } => {
            let target = interp.alloc(Object::Havoc(Lost::of("a copy in the making")));
            done.insert(id, target);
            target
        }
        Object::Choice(_) | Object::Havoc(_) => {
            return Ok(interp.why_unknown(value));
        }
        _ => return Ok(value.clone()),
    };
    let made = match object {
        Object::List(items) => {
            let mut copies = Vec::with_capacity(items.len());
            for item in &items {
                copies.push(each(interp, item, done)?);
            }
            Object::List(copies)
        }
        Object::Dict(mut dict) => {
            for entry in dict.entries.values_mut() {
                entry.value = each(interp, &entry.value, done)?;
            }
            Object::Dict(dict)
        }
        Object::Instance { class, attributes, inner } => {
            if interp.enum_members(class).is_some() {
                return Ok(value.clone());
            }
            let attributes = copy(interp, &Val::reference(attributes), deep, done)?;
            let inner = match inner {
                Some(inner) => Some(copy(interp, &inner, deep, done)?),
                None => None,
            };
            let Some(attributes) = attributes.as_id() else { return Ok(value.clone()) };
            Object::Instance { class, attributes, inner }
        }
        other => other,
    };
    if let Some(slot) = interp.heap.slot_mut(target) {
        slot.object = made;
    }
    Ok(Val::reference(target).with_deps(&value.deps))
}
