//! Methods of `list`, `tuple`, `dict` and `set`.

// tidy: long because the methods of lists, dicts, sets and tuples, one table each, in Python's order.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Interp;
use super::heap::{Dict, Object};
use super::iteration::may_be_unbound;
use super::native::{Call, Outcome, Raise};
use super::value::{Id, Kind, Val};

impl Interp<'_> {
    fn list_of(&self, id: Id) -> Vec<Val> {
        match self.heap.object(id) {
            Some(Object::List(items)) => items.clone(),
            _ => Vec::new(),
        }
    }

    /// A list for changing, noted as a change by the current statement.
    fn list_mut(&mut self, id: Id) -> Option<&mut Vec<Val>> {
        self.touch(id);
        match &mut self.heap.slot_mut(id)?.object {
            Object::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn list_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Some(id) = this.as_id() else { return Ok(Val::NONE) };
        let first = call.positional.first().cloned();
        let control = self.control.clone();
        match name {
            "append" => {
                let Some(item) = first else {
                    return Err(self.raise("TypeError", "append takes one argument"));
                };
                if let Some(list) = self.list_mut(id) {
                    list.push(item.with_deps(&control));
                }
                self.spend(1);
                Ok(Val::NONE)
            }
            "extend" => {
                let source = first.unwrap_or(Val::NONE);
                self.extend_list(id, &source)
            }
            "insert" => {
                let (Some(at), Some(item)) = (first, call.positional.get(1).cloned()) else {
                    return Err(self.raise("TypeError", "insert expected 2 arguments"));
                };
                let Some(at) = at.as_i64() else {
                    self.havoc(this, "an item was inserted at a place that is not known");
                    return Ok(Val::NONE);
                };
                if let Some(list) = self.list_mut(id) {
                    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
                    let at = if at < 0 { at.saturating_add(length) } else { at };
                    let at = usize::try_from(at.clamp(0, length)).unwrap_or(0);
                    list.insert(at, item.with_deps(&control));
                }
                Ok(Val::NONE)
            }
            "remove" => {
                let item = first.unwrap_or(Val::NONE);
                match self.position(&self.list_of(id), &item)? {
                    Some(Some(at)) => {
                        if let Some(list) = self.list_mut(id) {
                            list.remove(at);
                        }
                        Ok(Val::NONE)
                    }
                    Some(None) => Err(self.raise("ValueError", "list.remove(x): x not in list")),
                    None => {
                        self.havoc(this, "an item that is not known was removed");
                        self.may_raise("list.remove of what is not known");
                        Ok(Val::NONE)
                    }
                }
            }
            "pop" => {
                let at = match first {
                    Some(at) => match at.as_i64() {
                        Some(at) => at,
                        None => {
                            self.havoc(this, "an item at a place that is not known was taken");
                            return Ok(self.why_unknown(&at));
                        }
                    },
                    None => -1,
                };
                let length = i64::try_from(self.list_of(id).len()).unwrap_or(0);
                let at = if at < 0 { at + length } else { at };
                match usize::try_from(at) {
                    Ok(at) if (at as u64) < length.unsigned_abs() => {
                        Ok(self.list_mut(id).map_or(Val::NONE, |list| list.remove(at)))
                    }
                    _ => Err(self.raise("IndexError", "pop index out of range")),
                }
            }
            "clear" => {
                self.replace(id, Object::List(Vec::new()));
                Ok(Val::NONE)
            }
            "reverse" => {
                if let Some(list) = self.list_mut(id) {
                    list.reverse();
                }
                Ok(Val::NONE)
            }
            "copy" => {
                let items = self.list_of(id);
                Ok(self.new_list(items))
            }
            "sort" => {
                let items = self.list_of(id);
                match self.sorted(
                    items,
                    call.keyword("key").cloned(),
                    call.keyword("reverse").cloned(),
                )? {
                    Some(items) => self.replace(id, Object::List(items)),
                    None => self.havoc(this, "it was sorted by values that are not known"),
                }
                Ok(Val::NONE)
            }
            "index" | "count" => {
                let items = self.list_of(id);
                self.tuple_method(&Val::tuple(items), name, call)
            }
            _ => Ok(Val::unknown(format!("list.{name} is not modelled"))),
        }
    }

    /// `list.extend`.
    fn extend_list(&mut self, id: Id, source: &Val) -> Outcome {
        let control = self.control.clone();
        match self.iterate(source)? {
            Some(items) => {
                if !self.spend(items.len() as u64) {
                    return Ok(Val::NONE);
                }
                let deps = super::value::union(&source.deps, &control);
                if let Some(list) = self.list_mut(id) {
                    list.extend(items.into_iter().map(|item| item.with_deps(&deps)));
                }
                Ok(Val::NONE)
            }
            None => {
                // One of several known lists: the content is one of several too.
                let has_choice = matches!(source.kind, Kind::OneOf(_))
                    || matches!(self.object(source), Some(Object::Choice(_)));
                if has_choice {
                    return self.each(source, |interp, source| interp.extend_list(id, source));
                }
                self.extend_partly(id, source);
                Ok(Val::NONE)
            }
        }
    }

    /// The first place of an item: `Some(None)` where it is certainly absent, `None` where that
    /// is not known.
    fn position(&mut self, items: &[Val], item: &Val) -> Result<Option<Option<usize>>, Raise> {
        for (at, other) in items.iter().enumerate() {
            match self.equal(other, item)? {
                Some(true) => return Ok(Some(Some(at))),
                Some(false) => {}
                None => return Ok(None),
            }
        }
        Ok(Some(None))
    }

    pub(crate) fn tuple_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Kind::Tuple(items) = &this.kind else { return Ok(Val::NONE) };
        let items = items.clone();
        let Some(item) = call.positional.first().cloned() else {
            return Err(self.raise("TypeError", &format!("{name} expects an argument")));
        };
        if call.positional.len() > 1 {
            return Ok(Val::unknown("index in part of a list is not modelled"));
        }
        if name == "index" {
            return match self.position(&items, &item)? {
                Some(Some(at)) => Ok(Val::int(at)),
                Some(None) => Err(self.raise("ValueError", "x not in list")),
                None => {
                    self.may_raise("index of what is not known");
                    Ok(Val::unknown("the place of an item that is not known"))
                }
            };
        }
        let mut count = 0;
        for other in items.iter() {
            match self.equal(other, &item)? {
                Some(true) => count += 1,
                Some(false) => {}
                None => return Ok(Val::unknown("how often an item occurs is not known")),
            }
        }
        Ok(Val::int(count))
    }

    /// A stable sort; `None` where the order is not known.
    pub(crate) fn sorted(
        &mut self,
        items: Vec<Val>,
        key: Option<Val>,
        reverse: Option<Val>,
    ) -> Result<Option<Vec<Val>>, Raise> {
        let reverse = match reverse {
            Some(value) => match self.decided_truth(&value)? {
                Some(reverse) => reverse,
                None => return Ok(None),
            },
            None => false,
        };
        let key = key.filter(|key| !key.is_none());
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let by = match &key {
                Some(key) => self.call(key, Call::of(vec![item.clone()], self.here))?,
                None => item.clone(),
            };
            keyed.push((by, item));
        }
        // Insertion by binary search keeps equal items in order and asks for few comparisons.
        let mut sorted: Vec<(Val, Val)> = Vec::with_capacity(keyed.len());
        if reverse {
            keyed.reverse();
        }
        for (by, item) in keyed {
            let (mut low, mut high) = (0, sorted.len());
            while low < high {
                if !self.step() {
                    return Ok(None);
                }
                let middle = low + (high - low) / 2;
                let Some((other, _)) = sorted.get(middle) else { break };
                let other = other.clone();
                match self.order(&by, &other)? {
                    Some(Some(Ordering::Less)) => high = middle,
                    Some(Some(_)) => low = middle + 1,
                    Some(None) | None => return Ok(None),
                }
            }
            sorted.insert(low, (by, item));
        }
        let mut items: Vec<Val> = sorted.into_iter().map(|(_, item)| item).collect();
        if reverse {
            items.reverse();
        }
        Ok(Some(items))
    }

    pub(crate) fn dict_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Some(id) = this.as_id() else { return Ok(Val::NONE) };
        let Some(dict) = self.dict(id) else { return Ok(self.why_unknown(this)) };
        let first = call.positional.first().cloned();
        match name {
            "get" | "setdefault" | "pop" => self.dict_lookup(this, id, name, call),
            "items" | "keys" | "values" => {
                let is_certain = dict.open.is_none()
                    && !dict.loose
                    && !dict.entries.values().any(|entry| may_be_unbound(&entry.value));
                if !is_certain {
                    return Ok(self.why_unknown(this));
                }
                let entries = dict.entries.values();
                let items: Vec<Val> = match name {
                    "items" => entries
                        .map(|entry| Val::tuple(vec![entry.key.clone(), entry.value.clone()]))
                        .collect(),
                    "keys" => entries.map(|entry| entry.key.clone()).collect(),
                    _ => entries.map(|entry| entry.value.clone()).collect(),
                };
                // A view behaves as a list wherever settings use it.
                Ok(self.new_list(items))
            }
            "update" => self.dict_update(id, first, call.named),
            "copy" => {
                let mut copy = dict.clone();
                copy.namespace = false;
                if !copy.loose && copy.entries.values().any(|entry| may_be_unbound(&entry.value)) {
                    return Ok(self.why_unknown(this));
                }
                Ok(Val::reference(self.alloc(Object::Dict(copy))))
            }
            "clear" => {
                let empty = Dict { namespace: dict.namespace, ..Dict::default() };
                self.replace(id, Object::Dict(empty));
                Ok(Val::NONE)
            }
            "popitem" => {
                let last = dict.entries.last().map(|(key, entry)| (key.clone(), entry.clone()));
                match last {
                    Some((key, entry))
                        if dict.open.is_none() && !dict.loose && !may_be_unbound(&entry.value) =>
                    {
                        self.touch(id);
                        if let Some(dict) = self.dict_mut(id) {
                            dict.entries.shift_remove(&key);
                        }
                        Ok(Val::tuple(vec![entry.key, entry.value]))
                    }
                    None if dict.open.is_none() => {
                        Err(self.raise("KeyError", "dictionary is empty"))
                    }
                    _ => {
                        self.havoc(this, "an item that is not known was taken");
                        Ok(Val::unknown("an item of a dict that is not known"))
                    }
                }
            }
            "move_to_end" => {
                let dict_is_loose = dict.loose;
                let last = match call.get(1, "last") {
                    Some(last) => self.truth(&last.clone())?,
                    None => Some(true),
                };
                let key = first.as_ref().and_then(|key| self.key_of(key));
                let Some((key, last)) = key.zip(last).filter(|_| !dict_is_loose) else {
                    self.havoc(this, "its order was changed in a way that is not known");
                    return Ok(Val::NONE);
                };
                self.touch(id);
                let moved =
                    self.dict_mut(id).is_some_and(|dict| match dict.entries.shift_remove(&key) {
                        Some(entry) => {
                            let at = if last { dict.entries.len() } else { 0 };
                            dict.entries.shift_insert(at, key, entry);
                            true
                        }
                        None => false,
                    });
                if moved { Ok(Val::NONE) } else { Err(self.raise("KeyError", "no such key")) }
            }
            "fromkeys" => self.dict_from_keys(call),
            _ => Ok(Val::unknown(format!("dict.{name} is not modelled"))),
        }
    }

    fn dict_lookup(&mut self, this: &Val, id: Id, name: &str, call: Call) -> Outcome {
        let key_value = call.positional.first().cloned().unwrap_or(Val::NONE);
        let fallback = call.get(1, "default").cloned();
        let Some(key) = self.key_of(&key_value) else {
            if !key_value.is_unknown() && !matches!(key_value.kind, Kind::OneOf(_)) {
                let name = self.type_name(&key_value);
                return Err(self.raise("TypeError", &format!("unhashable type: '{name}'")));
            }
            if matches!(key_value.kind, Kind::OneOf(_)) {
                return self.each(&key_value, |interp, key| {
                    let mut call = call.clone();
                    if let Some(place) = call.positional.first_mut() {
                        *place = key.clone();
                    }
                    interp.dict_lookup(this, id, name, call)
                });
            }
            let unknown = self.why_unknown(&key_value);
            let picked = self.some_of(unknown, this, fallback);
            if name != "get" {
                self.havoc(this, "a key that is not known was used");
            }
            return Ok(picked);
        };
        let Some(dict) = self.dict(id) else { return Ok(self.why_unknown(this)) };
        let found = dict.entries.get(&key).map(|entry| entry.value.clone());
        let open = dict.open.clone();
        let found = match found {
            Some(found) if may_be_unbound(&found) => {
                if name != "get" {
                    self.havoc(this, "a key was used that may not be there");
                    return Ok(Val::unknown(
                        "whether a key is there depends on an undecided branch",
                    ));
                }
                // Absent on one path: there the fallback holds.
                let fallback = fallback.unwrap_or(Val::NONE);
                let rest = match &found.kind {
                    Kind::OneOf(values) => values
                        .iter()
                        .filter(|v| !matches!(v.kind, Kind::Unbound))
                        .cloned()
                        .collect(),
                    _ => Vec::new(),
                };
                let value =
                    rest.iter().fold(fallback, |value, other| super::value::join(&value, other));
                return Ok(value.with_deps(&found.deps));
            }
            found => found,
        };
        match (found, open) {
            (Some(value), _) => {
                if name == "pop" {
                    self.touch(id);
                    if let Some(dict) = self.dict_mut(id) {
                        dict.entries.shift_remove(&key);
                    }
                }
                Ok(value)
            }
            (None, Some(reason)) => {
                let value = Val::unknown(reason.to_string());
                if name == "setdefault" {
                    self.set_item(this, &key_value, value.clone())?;
                }
                Ok(value)
            }
            (None, None) => match (name, fallback) {
                ("get", fallback) => Ok(fallback.unwrap_or(Val::NONE)),
                ("pop", Some(fallback)) => Ok(fallback),
                ("pop", None) => {
                    Err(self.raise("KeyError", key_value.as_str().unwrap_or_default()))
                }
                (_, fallback) => {
                    let value = fallback.unwrap_or(Val::NONE);
                    self.set_item(this, &key_value, value.clone())?;
                    Ok(value)
                }
            },
        }
    }

    fn dict_update(&mut self, id: Id, source: Option<Val>, named: Vec<(Rc<str>, Val)>) -> Outcome {
        let control = self.control.clone();
        let is_namespace = self.dict(id).is_some_and(|dict| dict.namespace);
        // Of the process environment the known variables are taken, the others stay open.
        let is_environ = source.as_ref().is_some_and(|source| {
            let class = self.class_of(source).as_id();
            class.and_then(|class| self.class_name(class)).as_deref() == Some("_Environ")
        });
        let source = match source {
            Some(source) if is_environ => {
                Some(self.call_method(&source, "copy", Vec::new(), self.here)?)
            }
            source => source,
        };
        let source = match source {
            Some(source)
                if self.as_dict(&source).is_some_and(|dict| {
                    (dict.open.is_some() && !is_namespace) || (dict.loose && dict.open.is_none())
                }) =>
            {
                if let Some(mut dict) = self.dict(id).cloned() {
                    self.merge_into(&mut dict, &source)?;
                    self.replace(id, Object::Dict(dict));
                }
                None
            }
            source => source,
        };
        if let Some(source) = source {
            let has_choice = matches!(source.kind, Kind::OneOf(_))
                || matches!(self.object(&source), Some(Object::Choice(_)));
            if has_choice {
                self.each(&source, |interp, source| {
                    interp.dict_update(id, Some(source.clone()), Vec::new())
                })?;
            } else {
                let pairs = match self.pairs(&source)? {
                    Some(pairs) => pairs,
                    None => {
                        let unknown = self.why_unknown(&source);
                        let Kind::Unknown(unknown) = unknown.kind else { return Ok(Val::NONE) };
                        let reason =
                            format!("it was updated by what is not known: {}", unknown.reason);
                        let is_namespace = self.dict(id).is_some_and(|dict| dict.namespace);
                        if is_namespace {
                            self.open_namespace(id, &reason);
                        } else if let Some(mut dict) = self.dict(id).cloned() {
                            for entry in dict.entries.values_mut() {
                                entry.value = Val::unknown(reason.clone());
                            }
                            dict.open.get_or_insert_with(|| Rc::from(reason));
                            self.replace(id, Object::Dict(dict));
                        }
                        Vec::new()
                    }
                };
                let here = self.here;
                self.touch(id);
                for (key, value) in pairs {
                    let Some(hash) = self.key_of(&key) else {
                        let target = Val::reference(id);
                        self.set_item(&target, &key, value)?;
                        continue;
                    };
                    let value = value.with_deps(&source.deps).with_deps(&control);
                    if let Some(dict) = self.dict_mut(id) {
                        dict.set(hash, key, value, Some(here));
                    }
                }
            }
        }
        let here = self.here;
        self.touch(id);
        for (name, value) in named {
            if let Some(dict) = self.dict_mut(id) {
                let key = super::heap::Key::Str(name.clone());
                dict.set(key, Val::new(Kind::Str(name)), value.with_deps(&control), Some(here));
            }
        }
        Ok(Val::NONE)
    }

    /// Key-value pairs of a mapping or an iterable of pairs; `None` where they are not known.
    pub(crate) fn pairs(&mut self, source: &Val) -> Result<Option<Vec<(Val, Val)>>, Raise> {
        if self.as_dict(source).is_some() {
            return Ok(self.dict_items(source));
        }
        if source.is_unknown() {
            return Ok(None);
        }
        if let Some(Object::Instance { .. }) = self.object(source)
            && self.class_attribute_of(source, "keys").is_some()
        {
            let Some(keys) = ({
                let keys = self.call_method(source, "keys", Vec::new(), self.here)?;
                self.iterate(&keys)?
            }) else {
                return Ok(None);
            };
            let mut pairs = Vec::new();
            for key in keys {
                let value = self.get_item(source, &key)?;
                pairs.push((key, value));
            }
            return Ok(Some(pairs));
        }
        let Some(items) = self.iterate(source)? else { return Ok(None) };
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            match self.iterate(&item)? {
                Some(pair) => match <[Val; 2]>::try_from(pair) {
                    Ok([key, value]) => pairs.push((key, value.with_deps(&item.deps))),
                    Err(_) => {
                        return Err(self.raise(
                            "ValueError",
                            "dictionary update sequence element has wrong length",
                        ));
                    }
                },
                None => return Ok(None),
            }
        }
        Ok(Some(pairs))
    }

    pub(crate) fn dict_from_keys(&mut self, call: Call) -> Outcome {
        let source = call.positional.first().cloned().unwrap_or(Val::NONE);
        let value = call.get(1, "value").cloned().unwrap_or(Val::NONE);
        match self.iterate(&source)? {
            Some(keys) => {
                Ok(self.new_dict_of(keys.into_iter().map(|key| (key, value.clone())).collect()))
            }
            None => Ok(self.why_unknown(&source)),
        }
    }

    pub(crate) fn set_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Some(id) = this.as_id() else { return Ok(Val::NONE) };
        let Some(Object::Set { items, frozen }) = self.heap.object(id) else {
            return Ok(Val::NONE);
        };
        let (mut items, frozen) = (items.clone(), *frozen);
        let first = call.positional.first().cloned().unwrap_or(Val::NONE);
        match name {
            "add" | "discard" | "remove" => {
                let Some(key) = self.key_of(&first) else {
                    self.havoc(this, "an item that is not known was added or removed");
                    return Ok(Val::NONE);
                };
                if name == "add" {
                    items.entry(key).or_insert(first);
                } else if items.shift_remove(&key).is_none() && name == "remove" {
                    return Err(self.raise("KeyError", "no such item"));
                }
                self.replace(id, Object::Set { items, frozen });
                return Ok(Val::NONE);
            }
            "clear" => {
                self.replace(id, Object::Set { items: Default::default(), frozen });
                return Ok(Val::NONE);
            }
            "copy" => return Ok(Val::reference(self.alloc(Object::Set { items, frozen }))),
            "pop" => {
                self.havoc(this, "an item was taken, and which is not known");
                return Ok(Val::unknown("which item of a set comes first is not known"));
            }
            _ => {}
        }
        for other in &call.positional {
            let Some(values) = self.iterate_any_order(other)? else {
                if name.ends_with("update") {
                    self.havoc(this, "it was updated by what is not known");
                }
                return Ok(self.why_unknown(other));
            };
            let mut keys = indexmap::IndexMap::new();
            for value in values {
                match self.key_of(&value) {
                    Some(key) => {
                        keys.entry(key).or_insert(value);
                    }
                    None => {
                        if name.ends_with("update") {
                            self.havoc(this, "it was updated by what is not known");
                        }
                        return Ok(self.why_unknown(&value));
                    }
                }
            }
            match name {
                "update" | "union" => items.extend(keys),
                "difference" | "difference_update" => {
                    items.retain(|key, _| !keys.contains_key(key))
                }
                "intersection" | "intersection_update" => {
                    items.retain(|key, _| keys.contains_key(key))
                }
                "symmetric_difference" | "symmetric_difference_update" => {
                    let before = items.clone();
                    items.retain(|key, _| !keys.contains_key(key));
                    items.extend(keys.into_iter().filter(|(key, _)| !before.contains_key(key)));
                }
                "issubset" => return Ok(Val::bool(items.keys().all(|key| keys.contains_key(key)))),
                "issuperset" => {
                    return Ok(Val::bool(keys.keys().all(|key| items.contains_key(key))));
                }
                "isdisjoint" => {
                    return Ok(Val::bool(!items.keys().any(|key| keys.contains_key(key))));
                }
                _ => return Ok(Val::unknown(format!("set.{name} is not modelled"))),
            }
        }
        if name.ends_with("update") {
            self.replace(id, Object::Set { items, frozen });
            return Ok(Val::NONE);
        }
        Ok(Val::reference(self.alloc(Object::Set { items, frozen })))
    }
}
