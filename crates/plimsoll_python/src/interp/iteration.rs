//! Iteration, truth, and views of containers.

use super::Interp;
use super::heap::{Builtin, Dict, Object};
use super::native::{Call, Outcome, Raise};
use super::value::{Kind, Val};

/// How many items a `range` may have.
const MAX_RANGE: i64 = 200_000;

impl Interp<'_> {
    /// All items of an iterable; `None` where they are not known. An iterator is used up.
    pub(crate) fn iterate(&mut self, value: &Val) -> Result<Option<Vec<Val>>, Raise> {
        Ok(match &value.kind {
            Kind::Tuple(items) => Some(items.to_vec()),
            Kind::Str(text) => {
                if !self.spend(text.len() as u64) {
                    return Ok(None);
                }
                Some(text.chars().map(|c| Val::str(c.encode_utf8(&mut [0; 4]))).collect())
            }
            Kind::Bytes(bytes) => Some(bytes.iter().map(|byte| Val::int(*byte)).collect()),
            Kind::Range(start, stop, step) => {
                let (start, stop, step) = (*start, *stop, *step);
                let length = range_length(start, stop, step);
                if length > MAX_RANGE || !self.spend(length.unsigned_abs()) {
                    self.exhaust("a range is too long");
                    return Ok(None);
                }
                Some((0..length).map(|at| Val::int(start + at * step)).collect())
            }
            Kind::Unknown(unknown) => {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
                None
            }
            Kind::OneOf(_) => None,
            Kind::Ref(id) => {
                let id = *id;
                self.refresh(value);
                match self.heap.object(id) {
                    Some(Object::List(items)) => Some(items.clone()),
                    Some(Object::Set { items, .. }) if items.len() < 2 => {
                        Some(items.values().cloned().collect())
                    }
                    Some(Object::Set { items, .. }) => {
                        // The order of a set is not the order of insertion: only where it does
                        // not matter (every use that sorts, counts or makes a set) is it asked
                        // for through `set_items`.
                        let _ = items;
                        None
                    }
                    Some(Object::Dict(dict)) => self.dict_keys(&dict.clone()),
                    Some(Object::Iterator(items, at)) => {
                        let (rest, end) = (items.iter().skip(*at).cloned().collect(), items.len());
                        if let Some(slot) = self.heap.slot_mut(id)
                            && let Object::Iterator(_, at) = &mut slot.object
                        {
                            *at = end;
                        }
                        Some(rest)
                    }
                    Some(Object::Instance { class, inner, .. }) => {
                        let (class, inner) = (*class, inner.clone());
                        if let Some(iter) = self.find_in_class(class, "__iter__") {
                            let iter = self.bind_to(&iter, value)?;
                            let items = self.call(&iter, Call::of(Vec::new(), self.here))?;
                            // An object that is its own iterator is driven by `__next__`.
                            if items.same(value) {
                                return self.drive(value);
                            }
                            return self.iterate(&items);
                        }
                        if let Some(inner) = inner {
                            return self.iterate(&inner);
                        }
                        if self.is_open_class(class) {
                            return Ok(None);
                        }
                        return Err(self.not_iterable(value));
                    }
                    Some(Object::Class(_)) => match self.enum_members(id) {
                        Some(members) => Some(members),
                        None if self.is_open_class(id) => None,
                        None => return Err(self.not_iterable(value)),
                    },
                    Some(Object::Havoc(lost)) => {
                        // An iterator is used up, in an order that is not known.
                        if lost.unordered.as_ref().is_some_and(|all| !all.is_list) {
                            self.lose(value);
                        }
                        None
                    }
                    Some(Object::Choice(_)) | None => None,
                    Some(_) => return Err(self.not_iterable(value)),
                }
            }
            _ => return Err(self.not_iterable(value)),
        })
    }

    /// As [`Self::iterate`] where the order does not matter: sets give their items too.
    pub(crate) fn iterate_any_order(&mut self, value: &Val) -> Result<Option<Vec<Val>>, Raise> {
        match self.object(value) {
            Some(Object::Set { items, .. }) => Ok(Some(items.values().cloned().collect())),
            Some(Object::Havoc(lost)) if lost.unordered.is_some() => {
                let found = self.unordered(value);
                Ok(found.filter(|found| found.perhaps.is_empty()).map(|found| found.items))
            }
            _ => self.iterate(value),
        }
    }

    fn drive(&mut self, value: &Val) -> Result<Option<Vec<Val>>, Raise> {
        let mut items = Vec::new();
        self.catching.push(super::Catches::Everything);
        let result = loop {
            if items.len() > 10_000 {
                break Ok(None);
            }
            match self.call_method(value, "__next__", Vec::new(), self.here) {
                Ok(item) if item.is_unknown() => break Ok(None),
                Ok(item) => items.push(item),
                Err(raise) => {
                    let class = self.raised_class(&raise).and_then(|class| self.class_name(class));
                    if class.as_deref() == Some("StopIteration") {
                        break Ok(Some(items));
                    }
                    break Err(raise);
                }
            }
        };
        self.catching.pop();
        result
    }

    fn not_iterable(&mut self, value: &Val) -> Raise {
        let name = self.type_name(value);
        self.raise("TypeError", &format!("'{name}' object is not iterable"))
    }

    fn dict_keys(&self, dict: &Dict) -> Option<Vec<Val>> {
        if dict.open.is_some() || dict.loose {
            return None;
        }
        let certain = dict.entries.values().all(|entry| !may_be_unbound(&entry.value));
        certain.then(|| dict.entries.values().map(|entry| entry.key.clone()).collect())
    }

    /// A mapping's content; `None` where it is no mapping, or which keys it has is not known.
    pub(crate) fn as_dict(&self, value: &Val) -> Option<Dict> {
        match self.object(value)? {
            Object::Dict(dict) => Some(dict.clone()),
            Object::Instance { inner: Some(inner), .. } => self.as_dict(inner),
            _ => None,
        }
    }

    /// The items of a dict (or an instance that extends it); `None` where they are not all known.
    pub(crate) fn dict_items(&self, value: &Val) -> Option<Vec<(Val, Val)>> {
        let dict = self.as_dict(value)?;
        if dict.open.is_some()
            || dict.loose
            || dict.entries.values().any(|entry| may_be_unbound(&entry.value))
        {
            return None;
        }
        Some(dict.entries.into_values().map(|entry| (entry.key, entry.value)).collect())
    }

    /// `bool(value)`; `None` where it is not known.
    pub(crate) fn truth(&mut self, value: &Val) -> Result<Option<bool>, Raise> {
        Ok(match &value.kind {
            Kind::None => Some(false),
            Kind::Bool(flag) => Some(*flag),
            Kind::Int(number) => Some(**number != num_bigint::BigInt::ZERO),
            Kind::Float(number) => Some(*number != 0.0),
            Kind::Str(text) => Some(!text.is_empty()),
            Kind::Bytes(bytes) => Some(!bytes.is_empty()),
            Kind::Tuple(items) => Some(!items.is_empty()),
            Kind::Range(start, stop, step) => Some(range_length(*start, *stop, *step) > 0),
            Kind::Timedelta(micros) => Some(*micros != 0),
            Kind::Unknown(_) | Kind::OneOf(_) => None,
            Kind::Unbound => None,
            Kind::Ellipsis
            | Kind::NotImplemented
            | Kind::Slice(_)
            | Kind::Path(_)
            | Kind::Native(_)
            | Kind::Method(_)
            | Kind::Bound(_) => Some(true),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(items)) => Some(!items.is_empty()),
                Some(Object::Set { items, .. }) => Some(!items.is_empty()),
                Some(Object::Dict(dict)) => {
                    if dict.entries.values().any(|entry| !may_be_unbound(&entry.value)) {
                        Some(true)
                    } else if dict.open.is_some() || !dict.entries.is_empty() {
                        None
                    } else {
                        Some(false)
                    }
                }
                Some(Object::Instance { class, inner, .. }) => {
                    let (class, inner) = (*class, inner.clone());
                    return self.instance_truth(value, class, inner);
                }
                Some(Object::Havoc(lost)) => match &lost.unordered {
                    Some(all) => (!all.is_list || !all.items.is_empty()).then_some(true),
                    None => lost.known().next().map(|_| true),
                },
                Some(Object::Choice(_)) | None => None,
                Some(_) => Some(true),
            },
        })
    }

    fn instance_truth(
        &mut self,
        value: &Val,
        class: super::value::Id,
        inner: Option<Val>,
    ) -> Result<Option<bool>, Raise> {
        for name in ["__bool__", "__len__"] {
            if let Some(method) = self.find_in_class(class, name) {
                let method = self.bind_to(&method, value)?;
                let answer = self.call(&method, Call::of(Vec::new(), self.here))?;
                return self.truth(&answer);
            }
        }
        if let Some(inner) = inner {
            return self.truth(&inner);
        }
        let unknown =
            self.is_open_class(class) || self.find_in_class(class, "__record__").is_some();
        Ok(if unknown { None } else { Some(true) })
    }

    /// `len(value)`.
    pub(crate) fn length(&mut self, value: &Val) -> Outcome {
        let length = match &value.kind {
            Kind::Str(text) => text.chars().count(),
            Kind::Bytes(bytes) => bytes.len(),
            Kind::Tuple(items) => items.len(),
            Kind::Range(start, stop, step) => {
                return Ok(Val::int(range_length(*start, *stop, *step).max(0)));
            }
            Kind::Unknown(_) | Kind::OneOf(_) => return Ok(self.why_unknown(value)),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(items)) => items.len(),
                Some(Object::Set { items, .. }) => items.len(),
                Some(Object::Dict(dict)) => match self.dict_keys(dict) {
                    Some(keys) => keys.len(),
                    None => return Ok(self.why_unknown(value)),
                },
                Some(Object::Instance { class, inner, .. }) => {
                    let (class, inner) = (*class, inner.clone());
                    if let Some(method) = self.find_in_class(class, "__len__") {
                        let method = self.bind_to(&method, value)?;
                        return self.call(&method, Call::of(Vec::new(), self.here));
                    }
                    return match inner {
                        Some(inner) => self.length(&inner),
                        None if self.is_open_class(class) => {
                            Ok(Val::unknown("the length of an object"))
                        }
                        None => Err(self.no_length(value)),
                    };
                }
                Some(Object::Class(_)) => match self.enum_members(*id) {
                    Some(members) => members.len(),
                    None => return Err(self.no_length(value)),
                },
                Some(Object::Havoc(lost)) => match &lost.unordered {
                    Some(all) if all.is_list && all.perhaps.is_empty() => all.items.len(),
                    _ => return Ok(self.why_unknown(value)),
                },
                Some(Object::Choice(_)) | None => {
                    return Ok(self.why_unknown(value));
                }
                Some(_) => return Err(self.no_length(value)),
            },
            _ => return Err(self.no_length(value)),
        };
        Ok(Val::int(length))
    }

    fn no_length(&mut self, value: &Val) -> Raise {
        let name = self.type_name(value);
        self.raise("TypeError", &format!("object of type '{name}' has no len()"))
    }

    /// The builtin class by which a value finds its methods.
    pub(crate) fn method_type(&self, value: &Val) -> Builtin {
        match &value.kind {
            Kind::Str(_) => Builtin::Str,
            Kind::Bytes(_) => Builtin::Bytes,
            Kind::Int(_) | Kind::Bool(_) => Builtin::Int,
            Kind::Float(_) => Builtin::Float,
            Kind::Tuple(_) => Builtin::Tuple,
            Kind::Path(_) => Builtin::Path,
            Kind::Timedelta(_) => Builtin::Timedelta,
            Kind::Range(..) => Builtin::Range,
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(_)) => Builtin::List,
                Some(Object::Dict(_)) => Builtin::Dict,
                Some(Object::Set { frozen: false, .. }) => Builtin::Set,
                Some(Object::Set { frozen: true, .. }) => Builtin::Frozenset,
                Some(Object::Iterator(..)) => Builtin::Iterator,
                _ => Builtin::Object,
            },
            _ => Builtin::Object,
        }
    }
}

/// Whether an entry of a namespace may be absent.
pub(crate) fn may_be_unbound(value: &Val) -> bool {
    match &value.kind {
        Kind::Unbound => true,
        Kind::OneOf(values) => values.iter().any(|value| matches!(value.kind, Kind::Unbound)),
        _ => false,
    }
}

/// The number of items of a range.
pub(crate) fn range_length(start: i64, stop: i64, step: i64) -> i64 {
    let (start, stop, step) = (i128::from(start), i128::from(stop), i128::from(step));
    let length = match step {
        0 => 0,
        1.. => (stop - start + step - 1).div_euclid(step),
        _ => (start - stop - step - 1).div_euclid(-step),
    };
    i64::try_from(length.max(0)).unwrap_or(i64::MAX)
}
