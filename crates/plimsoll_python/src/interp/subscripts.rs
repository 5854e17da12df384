//! Subscripts: reading, setting, deleting, slicing.

use super::Interp;
use super::heap::Object;
use super::iteration::{may_be_unbound, range_length};
use super::native::{Call, Outcome};
use super::value::{Id, Kind, Val};

/// What an index names in a sequence of a length.
enum Index {
    At(usize),
    Outside,
    /// Not an integer.
    Not,
}

fn index_in(index: &Val, length: usize) -> Index {
    let Some(number) = index.as_i64() else { return Index::Not };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = if number < 0 { number + length } else { number };
    match usize::try_from(at) {
        Ok(at) if (at as u64) < length.unsigned_abs() => Index::At(at),
        _ => Index::Outside,
    }
}

/// The positions that a slice takes of a sequence, in its order; `None` where a bound is not an
/// integer.
pub(crate) fn slice_positions(slice: &[Val; 3], length: usize) -> Option<Vec<usize>> {
    let [lower, upper, step] = slice;
    let bound = |value: &Val| match &value.kind {
        Kind::None => Some(None),
        Kind::Int(number) => Some(Some(i64::try_from(&**number).unwrap_or_else(|_| {
            if **number < num_bigint::BigInt::ZERO { i64::MIN / 2 } else { i64::MAX / 2 }
        }))),
        Kind::Bool(flag) => Some(Some(i64::from(*flag))),
        _ => None,
    };
    let (lower, upper) = (bound(lower)?, bound(upper)?);
    let step = bound(step)?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let length = i64::try_from(length).ok()?;
    let clamp = |at: i64| {
        let at = if at < 0 { at.saturating_add(length) } else { at };
        if step > 0 { at.clamp(0, length) } else { at.clamp(-1, length - 1) }
    };
    let (start, stop) = if step > 0 {
        (lower.map_or(0, clamp), upper.map_or(length, clamp))
    } else {
        (lower.map_or(length - 1, clamp), upper.map_or(-1, clamp))
    };
    let count = range_length(start, stop, step);
    Some((0..count).filter_map(|n| usize::try_from(start + n * step).ok()).collect())
}

impl Interp<'_> {
    /// `value[index]`.
    pub(crate) fn get_item(&mut self, value: &Val, index: &Val) -> Outcome {
        let deps = super::value::union(&value.deps, &index.deps);
        let result = self.each_of(&[value.clone(), index.clone()], |interp, pair| match pair {
            [value, index] => interp.item(value, index),
            _ => Ok(Val::NONE),
        })?;
        let result = if index.is_unknown_number() { result.of_any_type() } else { result };
        Ok(result.with_deps(&deps))
    }

    /// An item of a container, where it is not known which: it may be another name for any of the
    /// objects in it.
    pub(crate) fn some_of(&self, unknown: Val, container: &Val, other: Option<Val>) -> Val {
        let mut all = vec![unknown];
        all.extend(self.items_held(container));
        all.extend(other);
        super::value::one_of(all)
    }

    /// The values of a list, tuple or dict.
    fn items_held(&self, container: &Val) -> Vec<Val> {
        match (&container.kind, self.object(container)) {
            (Kind::Tuple(items), _) => items.to_vec(),
            (_, Some(Object::List(items))) => items.clone(),
            (_, Some(Object::Dict(dict))) if !dict.namespace => {
                dict.entries.values().map(|entry| entry.value.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Some of a container's items are taken, and which is not known: what may be changed through
    /// them is not followed.
    pub(crate) fn lose_items(&mut self, items: &[Val], reason: &str) {
        for item in items.iter().filter(|item| item.as_id().is_some()) {
            self.havoc(item, reason);
        }
    }

    fn item(&mut self, value: &Val, index: &Val) -> Outcome {
        if let Kind::Unknown(unknown) = &value.kind {
            let reason = unknown.reason.clone();
            self.may_raise(&reason);
            return Ok(value.clone());
        }
        if let Some(Object::Instance { class, inner, .. }) = self.object(value) {
            let (class, inner) = (*class, inner.clone());
            if let Some(method) = self.find_in_class(class, "__getitem__") {
                let method = self.bind_to(&method, value)?;
                return self.call(&method, Call::of(vec![index.clone()], self.here));
            }
            if let Some(inner) = inner {
                let is_missing = match (self.object(&inner), self.key_of(index)) {
                    (Some(Object::Dict(dict)), Some(key)) => !dict.entries.contains_key(&key),
                    _ => false,
                };
                if is_missing && let Some(method) = self.find_in_class(class, "__missing__") {
                    let method = self.bind_to(&method, value)?;
                    return self.call(&method, Call::of(vec![index.clone()], self.here));
                }
                return self.item(&inner, index);
            }
            if self.is_open_class(class) {
                return Ok(Val::unknown("an item of an object whose class is not known"));
            }
            return Err(self.not_subscriptable(value));
        }
        if index.is_unknown() {
            if let Kind::Unknown(unknown) = &index.kind {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
            }
            return Ok(self.some_of(index.clone(), value, None));
        }
        if let Kind::Slice(slice) = &index.kind {
            let slice = slice.clone();
            return self.slice(value, &slice);
        }
        match &value.kind {
            Kind::Str(text) => {
                let length = text.chars().count();
                match index_in(index, length) {
                    Index::At(at) => Ok(text
                        .chars()
                        .nth(at)
                        .map_or(Val::NONE, |c| Val::str(c.encode_utf8(&mut [0; 4])))),
                    Index::Outside => Err(self.raise("IndexError", "string index out of range")),
                    Index::Not => Err(self.raise("TypeError", "string indices must be integers")),
                }
            }
            Kind::Bytes(bytes) => match index_in(index, bytes.len()) {
                Index::At(at) => Ok(bytes.get(at).map_or(Val::NONE, |byte| Val::int(*byte))),
                Index::Outside => Err(self.raise("IndexError", "index out of range")),
                Index::Not => Err(self.raise("TypeError", "byte indices must be integers")),
            },
            Kind::Tuple(items) => {
                let items = items.clone();
                self.sequence_item("tuple", &items, index)
            }
            Kind::Range(start, stop, step) => {
                let length = range_length(*start, *stop, *step);
                match index_in(index, usize::try_from(length).unwrap_or(0)) {
                    Index::At(at) => Ok(Val::int(start + i64::try_from(at).unwrap_or(0) * step)),
                    Index::Not => Err(self.raise("TypeError", "range indices must be integers")),
                    Index::Outside => {
                        Err(self.raise("IndexError", "range object index out of range"))
                    }
                }
            }
            Kind::Ref(id) => self.object_item(*id, value, index),
            _ => Err(self.not_subscriptable(value)),
        }
    }

    fn sequence_item(&mut self, kind: &str, items: &[Val], index: &Val) -> Outcome {
        match index_in(index, items.len()) {
            Index::At(at) => Ok(items.get(at).cloned().unwrap_or(Val::NONE)),
            Index::Outside => Err(self.raise("IndexError", &format!("{kind} index out of range"))),
            Index::Not => {
                Err(self.raise("TypeError", &format!("{kind} indices must be integers or slices")))
            }
        }
    }

    fn object_item(&mut self, id: Id, value: &Val, index: &Val) -> Outcome {
        match self.heap.object(id) {
            Some(Object::List(items)) => {
                let items = items.clone();
                self.sequence_item("list", &items, index)
            }
            Some(Object::Dict(dict)) => {
                let Some(key) = self.key_of(index) else {
                    let name = self.type_name(index);
                    return Err(self.raise("TypeError", &format!("unhashable type: '{name}'")));
                };
                let found = dict.entries.get(&key).map(|entry| entry.value.clone());
                let (open, factory) = (dict.open.clone(), dict.factory.clone());
                match found {
                    Some(found) if !may_be_unbound(&found) => Ok(found),
                    Some(found) => {
                        let name = index.as_str().unwrap_or_default().to_owned();
                        self.bound_or(found, "KeyError", &name)
                    }
                    None => match (open, factory) {
                        (Some(reason), _) => {
                            self.may_raise(&reason);
                            Ok(Val::unknown(reason.to_string()))
                        }
                        (None, Some(factory)) => {
                            let made = self.call(&factory, Call::of(Vec::new(), self.here))?;
                            self.set_item(value, index, made.clone())?;
                            Ok(made)
                        }
                        (None, None) => {
                            let mut raise = self.raise("KeyError", "");
                            let exception = raise.exception.clone();
                            if let Some(Object::Instance { attributes, .. }) =
                                self.object(&exception)
                            {
                                let attributes = *attributes;
                                self.namespace_set(
                                    attributes,
                                    "args",
                                    Val::tuple(vec![index.clone()]),
                                );
                            }
                            raise.exception =
                                exception.with_deps(&index.deps).with_deps(&value.deps);
                            Err(raise)
                        }
                    },
                }
            }
            Some(Object::Class(class)) => {
                let class = class.clone();
                if let Some(members) = self.enum_members(id) {
                    for member in members {
                        let name = self.get_attribute(&member, "name")?;
                        if name.same(index) {
                            return Ok(member);
                        }
                    }
                    return Err(self.raise("KeyError", "no such member"));
                }
                if let Some(method) = self.find_in_class(id, "__class_getitem__") {
                    let method = self.bind_to_class(&method, value)?;
                    return self.call(&method, Call::of(vec![index.clone()], self.here));
                }
                // `list[str]`: a generic alias behaves as the class where it matters here.
                let _ = class;
                Ok(value.clone())
            }
            Some(Object::Havoc(lost)) => {
                let before_unknown = lost.items.iter().map_while(|item| item.clone());
                let known: Vec<Val> = before_unknown.collect();
                let at = index.as_i64().and_then(|at| usize::try_from(at).ok());
                if let Some(item) = at.and_then(|at| known.get(at)) {
                    return Ok(item.clone());
                }
                let reason = lost.to_string();
                self.may_raise(&reason);
                Ok(Val::unknown(reason))
            }
            Some(Object::Set { .. }) | None | Some(_) => Err(self.not_subscriptable(value)),
        }
    }

    fn not_subscriptable(&mut self, value: &Val) -> super::native::Raise {
        let name = self.type_name(value);
        self.raise("TypeError", &format!("'{name}' object is not subscriptable"))
    }

    fn slice(&mut self, value: &Val, slice: &[Val; 3]) -> Outcome {
        if let Some(unknown) =
            slice.iter().find(|part| part.is_unknown() || matches!(part.kind, Kind::OneOf(_)))
        {
            let unknown = self.why_unknown(unknown);
            let items = self.items_held(value);
            self.lose_items(&items, "it may be among the items of another list");
            return Ok(unknown);
        }
        let bad = "slice indices must be integers or None or have an __index__ method";
        let pick = |items: &[Val]| {
            let positions = slice_positions(slice, items.len())?;
            Some(positions.iter().filter_map(|at| items.get(*at).cloned()).collect::<Vec<Val>>())
        };
        let result = match &value.kind {
            Kind::Str(text) => {
                let chars: Vec<char> = text.chars().collect();
                slice_positions(slice, chars.len()).map(|positions| {
                    Val::str(positions.iter().filter_map(|at| chars.get(*at)).collect::<String>())
                })
            }
            Kind::Bytes(bytes) => slice_positions(slice, bytes.len()).map(|positions| {
                let picked: Vec<u8> =
                    positions.iter().filter_map(|at| bytes.get(*at).copied()).collect();
                Val::bytes(&picked)
            }),
            Kind::Tuple(items) => pick(items).map(Val::tuple),
            Kind::Range(..) => match self.iterate(value)? {
                Some(items) => {
                    return Ok(pick(&items).map_or(Val::NONE, |items| self.new_list(items)));
                }
                None => return Ok(self.why_unknown(value)),
            },
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(items)) => {
                    let picked = pick(items);
                    picked.map(|items| self.new_list(items))
                }
                Some(Object::Havoc(reason)) => return Ok(Val::unknown(reason.to_string())),
                _ => return Err(self.not_subscriptable(value)),
            },
            _ => return Err(self.not_subscriptable(value)),
        };
        match result {
            Some(value) => Ok(value),
            None => Err(self.raise("TypeError", bad)),
        }
    }

    /// `value[index] = new`.
    pub(crate) fn set_item(&mut self, value: &Val, index: &Val, new: Val) -> Outcome {
        let new = new.with_deps(&self.control);
        self.each_of(&[value.clone(), index.clone()], |interp, pair| match pair {
            [value, index] => interp.put_item(value, index, new.clone()),
            _ => Ok(Val::NONE),
        })
    }

    fn put_item(&mut self, value: &Val, index: &Val, new: Val) -> Outcome {
        let Some(id) = value.as_id() else {
            if let Kind::Unknown(unknown) = &value.kind {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
                self.havoc(&new, "it was put into something that is not known");
                return Ok(Val::NONE);
            }
            let name = self.type_name(value);
            return Err(self
                .raise("TypeError", &format!("'{name}' object does not support item assignment")));
        };
        if let Some(Object::Instance { class, inner, .. }) = self.heap.object(id) {
            let (class, inner) = (*class, inner.clone());
            if let Some(method) = self.find_in_class(class, "__setitem__") {
                let method = self.bind_to(&method, value)?;
                return self.call(&method, Call::of(vec![index.clone(), new], self.here));
            }
            return match inner {
                Some(inner) => self.put_item(&inner, index, new),
                None => {
                    self.havoc(value, "an item of it was set");
                    Ok(Val::NONE)
                }
            };
        }
        let key = self.key_of(index);
        let here = self.here;
        if self.is_opaque(value) || self.is_opaque(index) {
            self.may_raise("an item that is not known was set");
        }
        let is_opaque = self.is_opaque(index);
        self.touch(id);
        match self.heap.slot_mut(id).map(|slot| &mut slot.object) {
            Some(Object::Dict(dict)) => match key {
                Some(key) => {
                    dict.set(key, index.clone(), new, Some(here));
                    Ok(Val::NONE)
                }
                None if dict.namespace => {
                    self.open_namespace(id, "a name that is not known was set");
                    Ok(Val::NONE)
                }
                None => {
                    let mut dict = dict.clone();
                    self.open_dict(&mut dict, index)?;
                    self.replace(id, Object::Dict(dict));
                    Ok(Val::NONE)
                }
            },
            Some(Object::List(items)) => {
                if let Kind::Slice(slice) = &index.kind {
                    let slice = slice.clone();
                    return self.put_slice(id, &slice, &new);
                }
                match index_in(index, items.len()) {
                    Index::At(at) => {
                        if let Some(place) = items.get_mut(at) {
                            *place = new;
                        }
                        Ok(Val::NONE)
                    }
                    Index::Outside => {
                        Err(self.raise("IndexError", "list assignment index out of range"))
                    }
                    Index::Not if is_opaque => {
                        self.havoc(value, "an item at a place that is not known was set");
                        Ok(Val::NONE)
                    }
                    Index::Not => {
                        Err(self.raise("TypeError", "list indices must be integers or slices"))
                    }
                }
            }
            Some(Object::Havoc(_)) | None => {
                self.lose(value);
                Ok(Val::NONE)
            }
            Some(_) => {
                let name = self.type_name(value);
                Err(self.raise(
                    "TypeError",
                    &format!("'{name}' object does not support item assignment"),
                ))
            }
        }
    }

    fn put_slice(&mut self, id: Id, slice: &[Val; 3], new: &Val) -> Outcome {
        let items = self.iterate(new)?;
        let Some(Object::List(list)) = self.heap.object(id) else { return Ok(Val::NONE) };
        let mut list = list.clone();
        let is_plain = matches!(slice.get(2).map(|step| &step.kind), Some(Kind::None));
        let positions = slice_positions(slice, list.len());
        let (Some(items), Some(positions), true) = (items, positions, is_plain) else {
            self.havoc(&Val::reference(id), "a slice of it was set in a way that is not known");
            return Ok(Val::NONE);
        };
        let start = match positions.first() {
            Some(start) => *start,
            None => {
                // An empty slice inserts at its lower bound.
                let lower = slice.first().and_then(Val::as_i64).unwrap_or(0);
                let length = i64::try_from(list.len()).unwrap_or(0);
                let at = if lower < 0 { lower + length } else { lower };
                usize::try_from(at.clamp(0, length)).unwrap_or(0)
            }
        };
        list.splice(start..start + positions.len(), items);
        self.replace(id, Object::List(list));
        Ok(Val::NONE)
    }

    /// `del value[index]`.
    pub(crate) fn delete_item(&mut self, value: &Val, index: &Val) -> Outcome {
        self.each_of(&[value.clone(), index.clone()], |interp, pair| match pair {
            [value, index] => interp.remove_item(value, index),
            _ => Ok(Val::NONE),
        })
    }

    fn remove_item(&mut self, value: &Val, index: &Val) -> Outcome {
        let Some(id) = value.as_id() else {
            if let Kind::Unknown(unknown) = &value.kind {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
                return Ok(Val::NONE);
            }
            return Err(self.no_deletion(value));
        };
        if let Some(Object::Instance { class, inner, .. }) = self.heap.object(id) {
            let (class, inner) = (*class, inner.clone());
            if let Some(method) = self.find_in_class(class, "__delitem__") {
                let method = self.bind_to(&method, value)?;
                return self.call(&method, Call::of(vec![index.clone()], self.here));
            }
            return match inner {
                Some(inner) => self.remove_item(&inner, index),
                None => Ok(Val::NONE),
            };
        }
        let key = self.key_of(index);
        let is_opaque = self.is_opaque(index);
        if is_opaque || self.is_opaque(value) {
            self.may_raise("an item that is not known was deleted");
        }
        self.touch(id);
        match self.heap.slot_mut(id).map(|slot| &mut slot.object) {
            Some(Object::Dict(dict)) => match key {
                Some(key) => {
                    let open = dict.open.is_some();
                    match dict.entries.shift_remove(&key) {
                        Some(entry) if !open && !may_be_unbound(&entry.value) => {}
                        None if !open => {
                            return Err(self.raise("KeyError", index.as_str().unwrap_or_default()));
                        }
                        _ => self.may_raise("a key was deleted that may not be there"),
                    }
                }
                None if is_opaque => self.havoc(value, "a key that is not known was deleted"),
                None => {
                    let name = self.type_name(index);
                    return Err(self.raise("TypeError", &format!("unhashable type: '{name}'")));
                }
            },
            Some(Object::List(items)) => {
                let positions = match &index.kind {
                    Kind::Slice(slice) => slice_positions(slice, items.len()),
                    _ => match index_in(index, items.len()) {
                        Index::At(at) => Some(vec![at]),
                        Index::Outside => {
                            return Err(
                                self.raise("IndexError", "list assignment index out of range")
                            );
                        }
                        Index::Not if is_opaque => None,
                        Index::Not => {
                            let text = "list indices must be integers or slices";
                            return Err(self.raise("TypeError", text));
                        }
                    },
                };
                match positions {
                    Some(positions) => {
                        let mut at = 0;
                        items.retain(|_| {
                            at += 1;
                            !positions.contains(&(at - 1))
                        });
                    }
                    None => self.havoc(value, "an item at a place that is not known was deleted"),
                }
            }
            Some(Object::Havoc(_) | Object::Choice(_)) | None => self.lose(value),
            Some(_) => return Err(self.no_deletion(value)),
        }
        Ok(Val::NONE)
    }

    fn no_deletion(&mut self, value: &Val) -> super::native::Raise {
        let name = self.type_name(value);
        self.raise("TypeError", &format!("'{name}' object does not support item deletion"))
    }

    /// Whether a value is not known, or an object that says itself what it does.
    fn is_opaque(&self, value: &Val) -> bool {
        match &value.kind {
            Kind::Unknown(_) | Kind::OneOf(_) => true,
            Kind::Tuple(items) => items.iter().any(|item| self.is_opaque(item)),
            Kind::Slice(parts) => parts.iter().any(|part| self.is_opaque(part)),
            Kind::Ref(id) => matches!(
                self.heap.object(*id),
                Some(Object::Instance { .. } | Object::Havoc(_) | Object::Choice(_)) | None
            ),
            _ => false,
        }
    }

    /// The value an instance wraps, or the value itself.
    pub(crate) fn unwrapped(&self, value: &Val) -> Val {
        match self.object(value) {
            Some(Object::Instance { inner: Some(inner), .. }) => {
                inner.clone().with_deps(&value.deps)
            }
            _ => value.clone(),
        }
    }
}
