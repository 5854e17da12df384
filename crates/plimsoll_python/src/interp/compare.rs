//! Comparisons, membership, identity.

use std::cmp::Ordering;

use super::Interp;
use super::heap::{Key, Object};
use super::iteration::may_be_unbound;
use super::native::{Call, Outcome, Raise};
use super::numbers::int_to_float;
use super::value::{Kind, Val};
use crate::syntax::ast::{CmpOp, ExprCompare};

impl Interp<'_> {
    /// A comparison, chained or not.
    pub(crate) fn comparison(&mut self, it: &ExprCompare) -> Outcome {
        let mut left = self.eval(&it.left)?;
        let mut result = Val::bool(true);
        for (op, right) in it.ops.iter().zip(&it.comparators) {
            let right = self.eval(right)?;
            let answer = self.compare(*op, &left, &right)?;
            let deps = super::value::union(&result.deps, &answer.deps);
            match self.decided_truth(&answer)? {
                Some(false) => return Ok(answer.with_deps(&deps)),
                Some(true) => {
                    if !result.is_unknown() {
                        result = answer.with_deps(&deps);
                    }
                }
                None => result = self.why_unknown(&answer).with_deps(&deps),
            }
            left = right;
        }
        Ok(result)
    }

    /// `left op right`.
    pub(crate) fn compare(&mut self, op: CmpOp, left: &Val, right: &Val) -> Outcome {
        let deps = super::value::union(&left.deps, &right.deps);
        let result = self.each_of(&[left.clone(), right.clone()], |interp, pair| match pair {
            [left, right] => interp.compare_two(op, left, right),
            _ => Ok(Val::NONE),
        })?;
        Ok(result.with_deps(&deps))
    }

    fn compare_two(&mut self, op: CmpOp, left: &Val, right: &Val) -> Outcome {
        let answer = match op {
            CmpOp::Eq => self.equal(left, right)?,
            CmpOp::NotEq => self.equal(left, right)?.map(|equal| !equal),
            CmpOp::Is => self.identical(left, right),
            CmpOp::IsNot => self.identical(left, right).map(|same| !same),
            CmpOp::In => self.contains(right, left)?,
            CmpOp::NotIn => self.contains(right, left)?.map(|found| !found),
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
                if left.is_unknown() || right.is_unknown() {
                    None
                } else if let Some(answer) = self.own_order(op, left, right)? {
                    return Ok(answer);
                } else {
                    self.order(left, right)?.map(|ordering| match op {
                        CmpOp::Lt => ordering == Some(Ordering::Less),
                        CmpOp::LtE => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
                        CmpOp::Gt => ordering == Some(Ordering::Greater),
                        _ => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
                    })
                }
            }
        };
        Ok(match answer {
            Some(answer) => Val::bool(answer),
            None if left.is_unknown() => left.clone(),
            None => self.why_unknown(right),
        })
    }

    /// What the classes of the sides say of `left < right` and its like; `None` where they define
    /// nothing for it.
    fn own_order(&mut self, op: CmpOp, left: &Val, right: &Val) -> Result<Option<Val>, Raise> {
        let (own, reflected) = match op {
            CmpOp::Lt => ("__lt__", "__gt__"),
            CmpOp::LtE => ("__le__", "__ge__"),
            CmpOp::Gt => ("__gt__", "__lt__"),
            _ => ("__ge__", "__le__"),
        };
        for (this, other, name) in [(left, right, own), (right, left, reflected)] {
            let Some(Object::Instance { class, .. }) = self.object(this) else { continue };
            let class = *class;
            let Some(method) = self.find_in_class(class, name) else { continue };
            let method = self.bind_to(&method, this)?;
            let answer = self.call(&method, Call::of(vec![other.clone()], self.here))?;
            if !matches!(answer.kind, Kind::NotImplemented) {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// `left == right`; `None` where it is not known.
    pub(crate) fn equal(&mut self, left: &Val, right: &Val) -> Result<Option<bool>, Raise> {
        self.equal_within(left, right, 0)
    }

    fn equal_within(
        &mut self,
        left: &Val,
        right: &Val,
        depth: usize,
    ) -> Result<Option<bool>, Raise> {
        if depth > 50 || !self.step() {
            return Ok(None);
        }
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            return Ok(Some(a == b));
        }
        Ok(match (&left.kind, &right.kind) {
            (Kind::Unknown(_) | Kind::OneOf(_), _) | (_, Kind::Unknown(_) | Kind::OneOf(_)) => None,
            (Kind::Float(a), Kind::Float(b)) => Some(a == b),
            (Kind::Float(a), Kind::Int(b)) | (Kind::Int(b), Kind::Float(a)) => {
                Some(int_to_float(b) == Some(*a))
            }
            (Kind::Float(a), Kind::Bool(b)) | (Kind::Bool(b), Kind::Float(a)) => {
                Some(*a == f64::from(u8::from(*b)))
            }
            (Kind::Tuple(a), Kind::Tuple(b)) => {
                let (a, b) = (a.clone(), b.clone());
                return self.all_equal(&a, &b, depth);
            }
            (Kind::Ref(a), Kind::Ref(b)) => {
                if a == b {
                    return Ok(Some(true));
                }
                return self.objects_equal(left, right, depth);
            }
            (Kind::Ref(_), _) | (_, Kind::Ref(_)) => return self.objects_equal(left, right, depth),
            _ => Some(left.same(right)),
        })
    }

    fn all_equal(&mut self, a: &[Val], b: &[Val], depth: usize) -> Result<Option<bool>, Raise> {
        if a.len() != b.len() {
            return Ok(Some(false));
        }
        let mut answer = Some(true);
        for (a, b) in a.iter().zip(b) {
            match self.equal_within(a, b, depth + 1)? {
                Some(false) => return Ok(Some(false)),
                None => answer = None,
                Some(true) => {}
            }
        }
        Ok(answer)
    }

    fn objects_equal(
        &mut self,
        left: &Val,
        right: &Val,
        depth: usize,
    ) -> Result<Option<bool>, Raise> {
        for (this, other) in [(left, right), (right, left)] {
            let Some(Object::Instance { class, inner, .. }) = self.object(this) else { continue };
            let (class, inner) = (*class, inner.clone());
            if let Some(method) = self.find_in_class(class, "__eq__") {
                let method = self.bind_to(&method, this)?;
                let answer = self.call(&method, Call::of(vec![other.clone()], self.here))?;
                return self.truth(&answer);
            }
            if let Some(inner) = inner {
                return self.equal_within(&inner, other, depth + 1);
            }
            if self.is_open_class(class)
                || self.find_in_class(class, "__record__").is_some()
                || self.find_in_class(class, "__plimsoll_fields__").is_some()
            {
                return Ok(None);
            }
        }
        Ok(match (self.object(left), self.object(right)) {
            (Some(Object::Havoc(_) | Object::Choice(_)), _)
            | (_, Some(Object::Havoc(_) | Object::Choice(_))) => None,
            (Some(Object::List(a)), Some(Object::List(b))) => {
                let (a, b) = (a.clone(), b.clone());
                return self.all_equal(&a, &b, depth);
            }
            (Some(Object::Set { items: a, .. }), Some(Object::Set { items: b, .. })) => {
                Some(a.len() == b.len() && a.keys().all(|key| b.contains_key(key)))
            }
            (Some(Object::Dict(a)), Some(Object::Dict(b))) => {
                let is_certain = |dict: &super::heap::Dict| {
                    let mut entries = dict.entries.values();
                    dict.open.is_none() && !entries.any(|entry| may_be_unbound(&entry.value))
                };
                if !is_certain(a) || !is_certain(b) {
                    return Ok(None);
                }
                if a.entries.len() != b.entries.len() {
                    return Ok(Some(false));
                }
                let (a, b) = (a.clone(), b.clone());
                let mut answer = Some(true);
                for (key, entry) in &a.entries {
                    let Some(other) = b.entries.get(key) else { return Ok(Some(false)) };
                    match self.equal_within(&entry.value, &other.value, depth + 1)? {
                        Some(false) => return Ok(Some(false)),
                        None => answer = None,
                        Some(true) => {}
                    }
                }
                answer
            }
            _ => Some(false),
        })
    }

    /// `left is right`; `None` where it is not known.
    fn identical(&self, left: &Val, right: &Val) -> Option<bool> {
        match (&left.kind, &right.kind) {
            (Kind::Unknown(it), Kind::None) | (Kind::None, Kind::Unknown(it)) if it.is_number => {
                Some(false)
            }
            (Kind::Unknown(_) | Kind::OneOf(_), _) | (_, Kind::Unknown(_) | Kind::OneOf(_)) => None,
            (Kind::Ref(a), Kind::Ref(b)) => Some(a == b),
            (Kind::None, Kind::None)
            | (Kind::Ellipsis, Kind::Ellipsis)
            | (Kind::NotImplemented, Kind::NotImplemented) => Some(true),
            (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
            (Kind::Native(a), Kind::Native(b)) => Some(std::ptr::eq(*a, *b)),
            // Whether equal strings or numbers are one object is up to the implementation.
            (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => {
                if left.same(right) { None } else { Some(false) }
            }
            _ => Some(false),
        }
    }

    /// `item in container`; `None` where it is not known.
    pub(crate) fn contains(&mut self, container: &Val, item: &Val) -> Result<Option<bool>, Raise> {
        if container.is_unknown() {
            if let Kind::Unknown(unknown) = &container.kind {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
            }
            return Ok(None);
        }
        match &container.kind {
            Kind::Str(text) => {
                let Some(part) = self.unwrapped(item).as_str().map(str::to_owned) else {
                    if item.is_unknown() {
                        return Ok(None);
                    }
                    return Err(
                        self.raise("TypeError", "'in <string>' requires string as left operand")
                    );
                };
                return Ok(Some(text.contains(&part)));
            }
            Kind::Tuple(items) => {
                let items = items.clone();
                return self.any_equal(&items, item);
            }
            Kind::Range(..) => {
                let items = self.iterate(container)?;
                return match items {
                    Some(items) => self.any_equal(&items, item),
                    None => Ok(None),
                };
            }
            Kind::Bytes(bytes) => {
                return Ok(match &item.kind {
                    Kind::Bytes(part) => Some(
                        part.is_empty()
                            || bytes.windows(part.len()).any(|window| window == &**part),
                    ),
                    Kind::Int(number) => {
                        Some(u8::try_from(&**number).is_ok_and(|byte| bytes.contains(&byte)))
                    }
                    _ => None,
                });
            }
            Kind::Ref(_) => {}
            _ => {
                let name = self.type_name(container);
                return Err(
                    self.raise("TypeError", &format!("argument of type '{name}' is not iterable"))
                );
            }
        }
        let key = self.key_of(item);
        match self.object(container) {
            Some(Object::List(items)) => {
                let items = items.clone();
                self.any_equal(&items, item)
            }
            Some(Object::Set { .. } | Object::Dict(_)) if self.cannot_be_key(container, item) => {
                let name = self.type_name(item);
                Err(self.raise("TypeError", &format!("unhashable type: '{name}'")))
            }
            Some(Object::Set { items, .. }) => Ok(key.map(|key| items.contains_key(&key))),
            Some(Object::Dict(dict)) => {
                let Some(key): Option<Key> = key else { return Ok(None) };
                Ok(match dict.entries.get(&key) {
                    Some(entry) if !may_be_unbound(&entry.value) => Some(true),
                    Some(_) => None,
                    None if dict.open.is_some() => None,
                    // What else a server has imported is not known, but no test runner.
                    None if container.as_id() == Some(self.modules) => {
                        let name = item.as_str().unwrap_or_default();
                        matches!(name, "pytest" | "_pytest" | "nose" | "IPython" | "test")
                            .then_some(false)
                    }
                    None => Some(false),
                })
            }
            Some(Object::Iterator(..)) => match self.iterate(container)? {
                Some(items) => self.any_equal(&items, item),
                None => Ok(None),
            },
            Some(Object::Instance { class, inner, .. }) => {
                let (class, inner) = (*class, inner.clone());
                if let Some(method) = self.find_in_class(class, "__contains__") {
                    let method = self.bind_to(&method, container)?;
                    let answer = self.call(&method, Call::of(vec![item.clone()], self.here))?;
                    return self.truth(&answer);
                }
                match inner {
                    Some(inner) => self.contains(&inner, item),
                    None => match self.iterate(container)? {
                        Some(items) => self.any_equal(&items, item),
                        None => Ok(None),
                    },
                }
            }
            Some(Object::Class(_)) => match self.iterate(container)? {
                Some(items) => {
                    if items.iter().any(|member| member.same(item)) {
                        return Ok(Some(true));
                    }
                    Ok(None)
                }
                None => Ok(None),
            },
            Some(Object::Havoc(lost)) => {
                let lost = lost.clone();
                self.partly_contains(&lost, item)
            }
            Some(Object::Choice(_)) | None => Ok(None),
            Some(_) => {
                let name = self.type_name(container);
                Err(self.raise("TypeError", &format!("argument of type '{name}' is not iterable")))
            }
        }
    }

    /// Whether an item certainly has no hash. A set may be looked for in a set.
    fn cannot_be_key(&self, container: &Val, item: &Val) -> bool {
        if let Kind::Tuple(items) = &item.kind {
            return items.iter().any(|item| {
                self.cannot_be_key(container, item)
                    || matches!(self.object(item), Some(Object::Set { frozen: false, .. }))
            });
        }
        match self.object(item) {
            Some(Object::List(_) | Object::Dict(_)) => true,
            Some(Object::Set { frozen: false, .. }) => {
                !matches!(self.object(container), Some(Object::Set { .. }))
            }
            _ => false,
        }
    }

    fn any_equal(&mut self, items: &[Val], item: &Val) -> Result<Option<bool>, Raise> {
        let mut answer = Some(false);
        for other in items {
            // A candidate among the items is settled where all its values agree.
            let found = match &other.kind {
                Kind::OneOf(values) => {
                    let values = values.clone();
                    let mut answers = Vec::new();
                    for value in values.iter() {
                        answers.push(self.equal(value, item)?);
                    }
                    if answers.iter().all(|answer| *answer == Some(false)) {
                        Some(false)
                    } else {
                        None
                    }
                }
                _ => self.equal(other, item)?,
            };
            match found {
                Some(true) => return Ok(Some(true)),
                None => answer = None,
                Some(false) => {}
            }
        }
        Ok(answer)
    }

    /// How two values are ordered: `Some(None)` where neither is less (sets, NaN), `None` where it
    /// is not known.
    ///
    /// # Errors
    /// `TypeError` where Python has no order for them.
    pub(crate) fn order(
        &mut self,
        left: &Val,
        right: &Val,
    ) -> Result<Option<Option<Ordering>>, Raise> {
        if let Some(less) = self.own_order(CmpOp::Lt, left, right)? {
            return match self.truth(&less)? {
                Some(true) => Ok(Some(Some(Ordering::Less))),
                // Sorting asks for no more than which of two is less.
                Some(false) => match self.own_order(CmpOp::Lt, right, left)? {
                    Some(more) => Ok(self
                        .truth(&more)?
                        .map(|more| Some(if more { Ordering::Greater } else { Ordering::Equal }))),
                    None => Ok(None),
                },
                None => Ok(None),
            };
        }
        let (left, right) = (self.unwrapped(left), self.unwrapped(right));
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            return Ok(Some(Some(a.cmp(&b))));
        }
        let float = |value: &Val| match &value.kind {
            Kind::Float(number) => Some(*number),
            _ => value.as_int().and_then(|number| int_to_float(&number)),
        };
        if let (Some(a), Some(b)) = (float(&left), float(&right)) {
            return Ok(Some(a.partial_cmp(&b)));
        }
        match (&left.kind, &right.kind) {
            (Kind::Unknown(_) | Kind::OneOf(_), _) | (_, Kind::Unknown(_) | Kind::OneOf(_)) => {
                return Ok(None);
            }
            // Code points in order are bytes of UTF-8 in order.
            (Kind::Str(a), Kind::Str(b)) => return Ok(Some(Some(a.cmp(b)))),
            (Kind::Bytes(a), Kind::Bytes(b)) => return Ok(Some(Some(a.cmp(b)))),
            (Kind::Timedelta(a), Kind::Timedelta(b)) => return Ok(Some(Some(a.cmp(b)))),
            (Kind::Path(a), Kind::Path(b)) => {
                let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
                return Ok(Some(Some(parts(a).cmp(&parts(b)))));
            }
            (Kind::Tuple(a), Kind::Tuple(b)) => {
                let (a, b) = (a.clone(), b.clone());
                return self.order_items(&a, &b);
            }
            _ => {}
        }
        match (self.object(&left), self.object(&right)) {
            (Some(Object::List(a)), Some(Object::List(b))) => {
                let (a, b) = (a.clone(), b.clone());
                return self.order_items(&a, &b);
            }
            (Some(Object::Set { items: a, .. }), Some(Object::Set { items: b, .. })) => {
                let below = a.keys().all(|key| b.contains_key(key));
                let above = b.keys().all(|key| a.contains_key(key));
                return Ok(Some(match (below, above) {
                    (true, true) => Some(Ordering::Equal),
                    (true, false) => Some(Ordering::Less),
                    (false, true) => Some(Ordering::Greater),
                    (false, false) => None,
                }));
            }
            (Some(Object::Instance { .. } | Object::Havoc(_) | Object::Choice(_)), _)
            | (_, Some(Object::Instance { .. } | Object::Havoc(_) | Object::Choice(_))) => {
                return Ok(None);
            }
            _ => {}
        }
        let (a, b) = (self.type_name(&left), self.type_name(&right));
        Err(self
            .raise("TypeError", &format!("'<' not supported between instances of '{a}' and '{b}'")))
    }

    fn order_items(&mut self, a: &[Val], b: &[Val]) -> Result<Option<Option<Ordering>>, Raise> {
        for (a, b) in a.iter().zip(b) {
            match self.equal(a, b)? {
                Some(true) => {}
                Some(false) => return self.order(a, b),
                None => return Ok(None),
            }
        }
        Ok(Some(Some(a.len().cmp(&b.len()))))
    }
}
