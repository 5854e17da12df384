//! From the interpreter's values to plain ones.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use super::Interp;
use super::heap::{Event, Key, Object};
use super::iteration::may_be_unbound;
use super::value::{Id, Kind, Val};
use crate::value::{Object as Plain, Value};

/// How deep a value may be nested.
const MAX_DEPTH: usize = 60;
/// How many values one setting may hold.
const MAX_VALUES: usize = 20_000;

impl Interp<'_> {
    /// A plain copy of a value.
    pub(crate) fn export(&self, value: &Val) -> Value {
        let mut budget = MAX_VALUES;
        self.export_within(value, MAX_DEPTH, &mut budget)
    }

    fn export_within(&self, value: &Val, depth: usize, budget: &mut usize) -> Value {
        if depth == 0 || *budget == 0 {
            return unknown("nested too deeply or too large to be shown");
        }
        *budget -= 1;
        match &value.kind {
            Kind::None => Value::None,
            Kind::Bool(flag) => Value::Bool(*flag),
            Kind::Int(number) => Value::Int((**number).clone()),
            Kind::Float(number) => Value::Float(*number),
            Kind::Str(text) => Value::Str(text.to_string()),
            Kind::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Kind::Tuple(items) => Value::Tuple(self.export_all(items, depth, budget)),
            Kind::Timedelta(micros) => Value::Timedelta(*micros),
            Kind::Path(path) => Value::Path(path.to_string()),
            Kind::Unknown(it) => Value::Unknown {
                reason: it.reason.clone(),
                variable: it.variable.as_deref().map(str::to_owned),
            },
            Kind::OneOf(values) => self.export_candidates(values, depth, budget),
            Kind::Unbound => unknown("set on one way only, by a branch that could not be decided"),
            Kind::Ref(id) => self.export_object(*id, depth, budget),
            Kind::Native(native) => object(native.name, format!("<function {}>", native.name)),
            Kind::Bound(bound) => self.export_within(&bound.1, depth - 1, budget),
            Kind::Method(method) => {
                let name = format!("{}.{}", self.type_name(&method.0), method.1);
                object(&name, format!("<method {name}>"))
            }
            Kind::Range(start, stop, 1) => object("range", format!("range({start}, {stop})")),
            Kind::Range(start, stop, step) => {
                object("range", format!("range({start}, {stop}, {step})"))
            }
            Kind::Slice(_) => object("slice", "slice".to_owned()),
            Kind::Ellipsis => object("ellipsis", "Ellipsis".to_owned()),
            Kind::NotImplemented => object("NotImplementedType", "NotImplemented".to_owned()),
        }
    }

    fn export_all(&self, items: &[Val], depth: usize, budget: &mut usize) -> Vec<Value> {
        items.iter().map(|item| self.export_within(item, depth - 1, budget)).collect()
    }

    fn export_candidates(&self, values: &[Val], depth: usize, budget: &mut usize) -> Value {
        let candidates =
            values.iter().map(|value| self.export_within(value, depth - 1, budget)).collect();
        one_of(candidates)
    }

    fn export_object(&self, id: Id, depth: usize, budget: &mut usize) -> Value {
        match self.heap.object(id) {
            Some(it) => self.export_content(it, depth, budget),
            None => unknown("an object that is not known on this path"),
        }
    }

    fn export_content(&self, it: &Object, depth: usize, budget: &mut usize) -> Value {
        match it {
            Object::List(items) => Value::List(self.export_all(items, depth, budget)),
            Object::Set { items, .. } => Value::Set(
                items.values().map(|item| self.export_within(item, depth - 1, budget)).collect(),
            ),
            Object::Dict(dict) => {
                let mut pairs: Vec<(Value, Value)> = Vec::with_capacity(dict.entries.len());
                for entry in dict.entries.values() {
                    let key = self.export_within(&entry.key, depth - 1, budget);
                    let value = if may_be_unbound(&entry.value) {
                        unknown("there on one way only, by a branch that could not be decided")
                    } else {
                        self.export_within(&entry.value, depth - 1, budget)
                    };
                    pairs.push((key, value));
                }
                if dict.loose && dict.open.is_none() {
                    let reason = "which keys are there depends on undecided branches";
                    pairs.push((unknown(&format!("further keys: {reason}")), unknown(reason)));
                }
                if let Some(reason) = &dict.open {
                    pairs.push((unknown(&format!("further keys: {reason}")), unknown(reason)));
                }
                Value::Dict(pairs)
            }
            Object::Instance { class, attributes, inner } => {
                self.export_instance(*class, *attributes, inner.as_ref(), depth, budget)
            }
            Object::Class(class) => {
                let name = dotted(&class.module, &class.name);
                object(&name, format!("<class '{name}'>"))
            }
            Object::Function(function) => {
                let module = self.namespace_get(function.module, "__name__");
                let module = module.as_ref().and_then(Val::as_str).unwrap_or_default();
                let name = dotted(module, &function.qualname);
                object(&name, format!("<function {name}>"))
            }
            Object::Module { name, .. } => object("module", format!("<module '{name}'>")),
            Object::Iterator(..) => object("generator", "<generator>".to_owned()),
            Object::Super(..) => object("super", "<super>".to_owned()),
            Object::Descriptor(..) => object("property", "<property>".to_owned()),
            Object::Havoc(lost) if lost.is_list() => {
                let items = lost.items.iter().map(|item| match item {
                    Some(item) => self.export_within(item, depth - 1, budget),
                    None => unknown(&format!("further items: {lost}")),
                });
                Value::List(items.collect())
            }
            Object::Havoc(lost) => unknown(&lost.reason),
            Object::Choice(choices) => {
                let all = choices
                    .iter()
                    .map(|choice| self.export_content(choice, depth, budget))
                    .collect();
                one_of(all)
            }
        }
    }

    fn export_instance(
        &self,
        class: Id,
        attributes: Id,
        inner: Option<&Val>,
        depth: usize,
        budget: &mut usize,
    ) -> Value {
        let Some(Object::Class(it)) = self.heap.object(class) else {
            return unknown("an object of an unknown class");
        };
        if &*it.name == "Promise" || self.extends(class, "django.utils.functional", "Promise") {
            let text = self.namespace_get(attributes, "_text");
            let repr = match text.as_ref().and_then(Val::as_str) {
                Some(text) => super::repr::quote(text),
                None => "<translation>".to_owned(),
            };
            return object("django.utils.functional.Promise", repr);
        }
        if let Some(inner) = inner {
            let is_enum = self.enum_members(class).is_some();
            if !is_enum {
                return self.export_within(inner, depth - 1, budget);
            }
        }
        let recorded = self.find_in_class(class, "__record__");
        let name = recorded
            .as_ref()
            .and_then(Val::as_str)
            .map_or_else(|| dotted(&it.module, &it.name), str::to_owned);
        let mut arguments = Vec::new();
        if let Some(Val { kind: Kind::Tuple(items), .. }) =
            self.namespace_get(attributes, "__args__")
        {
            arguments.extend(
                items.iter().map(|item| (None, self.export_within(item, depth - 1, budget))),
            );
        }
        if let Some(Val { kind: Kind::Tuple(items), .. }) =
            self.namespace_get(attributes, "__kwargs__")
        {
            for item in items.iter() {
                if let Kind::Tuple(pair) = &item.kind
                    && let [name, value] = &**pair
                {
                    let value = self.export_within(value, depth - 1, budget);
                    arguments.push((name.as_str().map(str::to_owned), value));
                }
            }
        }
        let mut repr = format!("<{name} object>");
        if self.enum_members(class).is_some()
            && let Some(member) =
                self.namespace_get(attributes, "name").as_ref().and_then(Val::as_str)
        {
            repr = format!("<{}.{member}>", it.name);
        }
        Value::Object(Plain { type_name: name, repr, arguments })
    }

    /// The places that changed a value in place, and the variables it depends on.
    pub(crate) fn history(
        &self,
        value: &Val,
        events: &mut BTreeSet<Event>,
        variables: &mut BTreeSet<Rc<str>>,
        seen: &mut HashSet<Id>,
    ) {
        variables.extend(value.deps.iter().flat_map(|names| names.iter().cloned()));
        if let Kind::Unknown(unknown) = &value.kind {
            variables.extend(unknown.variable.clone());
        }
        match &value.kind {
            Kind::Tuple(items) | Kind::OneOf(items) => {
                items.iter().for_each(|item| self.history(item, events, variables, seen));
            }
            Kind::Ref(id) if seen.insert(*id) && seen.len() < MAX_VALUES => {
                let Some(slot) = self.heap.slot(*id) else { return };
                events.extend(slot.events.iter().flat_map(|events| events.iter().copied()));
                variables.extend(slot.deps.iter().flat_map(|names| names.iter().cloned()));
                self.history_of(&slot.object, events, variables, seen);
            }
            _ => {}
        }
    }

    /// Of a dict: the variables that the values of its keys depend on, where there are some, and
    /// those that decide which keys it has. Nothing of anything else.
    pub(crate) fn key_variables(
        &self,
        value: &Val,
    ) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
        let mut keys = BTreeMap::new();
        let Kind::Ref(id) = &value.kind else { return (keys, Vec::new()) };
        let Some(slot) = self.heap.slot(*id) else { return (keys, Vec::new()) };
        let Object::Dict(dict) = &slot.object else { return (keys, Vec::new()) };
        let all = value.deps.iter().chain(slot.deps.iter());
        let shape: BTreeSet<&str> =
            all.flat_map(|names| names.iter()).map(|name| &**name).collect();
        for (key, entry) in &dict.entries {
            let Key::Str(key) = key else { continue };
            let mut variables = BTreeSet::new();
            self.history(&entry.value, &mut BTreeSet::new(), &mut variables, &mut HashSet::new());
            if !variables.is_empty() {
                keys.insert(key.to_string(), variables.iter().map(ToString::to_string).collect());
            }
        }
        (keys, shape.into_iter().map(str::to_owned).collect())
    }

    fn history_of(
        &self,
        object: &Object,
        events: &mut BTreeSet<Event>,
        variables: &mut BTreeSet<Rc<str>>,
        seen: &mut HashSet<Id>,
    ) {
        match object {
            Object::List(items) => {
                items.iter().for_each(|item| self.history(item, events, variables, seen));
            }
            Object::Set { items, .. } => {
                items.values().for_each(|item| self.history(item, events, variables, seen));
            }
            Object::Dict(dict) => {
                dict.entries
                    .values()
                    .for_each(|entry| self.history(&entry.value, events, variables, seen));
            }
            Object::Instance { attributes, inner, .. } => {
                if let Some(inner) = inner {
                    self.history(inner, events, variables, seen);
                }
                self.history(&Val::reference(*attributes), events, variables, seen);
            }
            Object::Choice(choices) => {
                choices.iter().for_each(|choice| self.history_of(choice, events, variables, seen));
            }
            _ => {}
        }
    }
}

fn unknown(reason: &str) -> Value {
    Value::Unknown { reason: reason.to_owned(), variable: None }
}

fn object(type_name: &str, repr: String) -> Value {
    Value::Object(Plain { type_name: type_name.to_owned(), repr, arguments: Vec::new() })
}

fn dotted(module: &str, name: &str) -> String {
    if module.is_empty() || module == "builtins" {
        name.to_owned()
    } else {
        format!("{module}.{name}")
    }
}

/// Candidates without repetition; unknown where one of them is.
pub(crate) fn one_of(values: Vec<Value>) -> Value {
    let mut distinct: Vec<Value> = Vec::new();
    for value in values {
        match value {
            Value::Unknown { .. } => return value,
            Value::OneOf(inner) => {
                for value in inner {
                    if !distinct.contains(&value) {
                        distinct.push(value);
                    }
                }
            }
            value if !distinct.contains(&value) => distinct.push(value),
            _ => {}
        }
    }
    if distinct.len() < 2 {
        return distinct.pop().unwrap_or(Value::None);
    }
    Value::OneOf(distinct)
}
