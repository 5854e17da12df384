//! Operators.

use std::rc::Rc;

use num_bigint::BigInt;

use super::Interp;
use super::heap::Object;
use super::iteration::may_be_unbound;
use super::native::{Call, Outcome};
use super::value::{Kind, Val};
use crate::syntax::ast::{Operator, UnaryOp};

impl Interp<'_> {
    /// `left op right`.
    pub(crate) fn binary(&mut self, op: Operator, left: &Val, right: &Val) -> Outcome {
        let deps = super::value::union(&left.deps, &right.deps);
        let result = self.each_of(&[left.clone(), right.clone()], |interp, pair| match pair {
            [left, right] => interp.operate(op, left, right),
            _ => Ok(Val::NONE),
        })?;
        Ok(result.with_deps(&deps))
    }

    fn operate(&mut self, op: Operator, left: &Val, right: &Val) -> Outcome {
        if op == Operator::Add
            && let Some(sum) = self.partial_sum(left, right)
        {
            self.may_raise("a sum of what is not known");
            return Ok(sum);
        }
        if left.is_unknown() || right.is_unknown() {
            let unknown = if left.is_unknown() { left } else { right };
            if let Kind::Unknown(it) = &unknown.kind {
                let reason = it.reason.clone();
                self.may_raise(&reason);
            }
            return Ok(unknown.clone());
        }
        if let Some(result) = self.arithmetic(op, left, right) {
            return result;
        }
        if let Some(result) = self.overloaded(op, left, right)? {
            return Ok(result);
        }
        let (left, right) = (self.unwrapped(left), self.unwrapped(right));
        if let Some(result) = self.arithmetic(op, &left, &right) {
            return result;
        }
        let found = match op {
            Operator::Add => self.add(&left, &right)?,
            Operator::Mult => self.repeat(&left, &right)?,
            Operator::Mod => match &left.kind {
                Kind::Str(text) => {
                    let text = text.clone();
                    Some(self.percent_format(&text, &right)?)
                }
                Kind::Bytes(_) => Some(Val::unknown("formatting of bytes is not modelled")),
                _ => None,
            },
            Operator::Div => self.join_path(&left, &right)?,
            Operator::BitOr | Operator::BitAnd | Operator::Sub | Operator::BitXor => {
                self.set_operation(op, &left, &right)?
            }
            _ => None,
        };
        if let Some(value) = found {
            return Ok(value);
        }
        if let Some(value) = self.timedelta_operation(op, &left, &right) {
            return Ok(value);
        }
        let is_type = |interp: &Self, value: &Val| {
            matches!(interp.object(value), Some(Object::Class(_))) || value.is_none()
        };
        if matches!(op, Operator::BitOr) && is_type(self, &left) && is_type(self, &right) {
            return Ok(Val::unknown("a union of types"));
        }
        for side in [&left, &right] {
            if matches!(self.object(side), Some(Object::Havoc(_))) {
                return Ok(self.why_unknown(side));
            }
        }
        let (a, b) = (self.type_name(&left), self.type_name(&right));
        Err(self.raise(
            "TypeError",
            &format!("unsupported operand type(s) for {}: '{a}' and '{b}'", op.as_str()),
        ))
    }

    /// Operators that classes of the project or of models define.
    fn overloaded(
        &mut self,
        op: Operator,
        left: &Val,
        right: &Val,
    ) -> Result<Option<Val>, super::native::Raise> {
        let (name, reflected) = method_names(op);
        for (this, other, method) in [(left, right, name), (right, left, reflected)] {
            let Some(Object::Instance { class, inner, .. }) = self.object(this) else { continue };
            let (class, has_inner) = (*class, inner.is_some());
            if let Some(method) = self.find_in_class(class, method) {
                let method = self.bind_to(&method, this)?;
                let value = self.call(&method, Call::of(vec![other.clone()], self.here))?;
                if !matches!(value.kind, Kind::NotImplemented) {
                    return Ok(Some(value));
                }
            } else if !has_inner
                && (self.is_open_class(class) || self.find_in_class(class, "__record__").is_some())
            {
                return Ok(Some(Val::unknown("an operation on an object that is not modelled")));
            }
        }
        Ok(None)
    }

    fn add(&mut self, left: &Val, right: &Val) -> Result<Option<Val>, super::native::Raise> {
        Ok(match (&left.kind, &right.kind) {
            (Kind::Str(a), Kind::Str(b)) => Some(self.bounded_str(&[a, b])),
            (Kind::Bytes(a), Kind::Bytes(b)) => Some(Val::bytes(&[&**a, &**b].concat())),
            (Kind::Tuple(a), Kind::Tuple(b)) => {
                Some(Val::tuple(a.iter().chain(b.iter()).cloned().collect()))
            }
            (Kind::Ref(a), Kind::Ref(b)) => match (self.heap.object(*a), self.heap.object(*b)) {
                (Some(Object::List(a)), Some(Object::List(b))) => {
                    let items: Vec<Val> = a.iter().chain(b).cloned().collect();
                    if !self.spend(items.len() as u64) {
                        return Ok(Some(self.exhausted_value()));
                    }
                    Some(self.new_list(items))
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// Strings joined, within the limit of their size.
    pub(crate) fn bounded_str(&mut self, parts: &[&str]) -> Val {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length > self.request.limits.size || !self.spend(length as u64 / 64) {
            return Val::unknown("a string too long to be computed here");
        }
        Val::str(parts.concat())
    }

    fn repeat(&mut self, left: &Val, right: &Val) -> Result<Option<Val>, super::native::Raise> {
        let (sequence, count) = match (left.as_int(), right.as_int()) {
            (None, Some(count)) => (left, count),
            (Some(count), None) => (right, count),
            _ => return Ok(None),
        };
        let count = if count < BigInt::ZERO { BigInt::ZERO } else { count };
        let length = match &sequence.kind {
            Kind::Str(text) => text.len(),
            Kind::Bytes(bytes) => bytes.len(),
            Kind::Tuple(items) => items.len(),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(items)) => items.len(),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let count = usize::try_from(&count)
            .ok()
            .filter(|count| count.saturating_mul(length.max(1)) <= self.request.limits.size);
        let Some(count) = count else {
            return Ok(Some(Val::unknown("a repetition too long to be computed here")));
        };
        if !self.spend((count * length) as u64 / 16) {
            return Ok(Some(self.exhausted_value()));
        }
        let times = |items: &[Val]| -> Vec<Val> {
            std::iter::repeat_n(items, count).flatten().cloned().collect()
        };
        Ok(Some(match &sequence.kind {
            Kind::Str(text) => Val::str(text.repeat(count)),
            Kind::Bytes(bytes) => Val::bytes(&bytes.repeat(count)),
            Kind::Tuple(items) => Val::tuple(times(items)),
            Kind::Ref(id) => match self.heap.object(*id) {
                Some(Object::List(items)) => {
                    let items = times(items);
                    self.new_list(items)
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    fn set_operation(
        &mut self,
        op: Operator,
        left: &Val,
        right: &Val,
    ) -> Result<Option<Val>, super::native::Raise> {
        if let (Operator::BitOr, Some(Object::Dict(a)), Some(Object::Dict(b))) =
            (op, self.object(left), self.object(right))
        {
            let (mut merged, _) = (a.clone(), b);
            if std::mem::take(&mut merged.namespace) {
                merged.loose = merged.entries.values().any(|it| may_be_unbound(&it.value));
            }
            self.merge_into(&mut merged, right)?;
            return Ok(Some(Val::reference(self.alloc(Object::Dict(merged)))));
        }
        let (Some(Object::Set { items: a, frozen }), Some(Object::Set { items: b, .. })) =
            (self.object(left), self.object(right))
        else {
            return Ok(None);
        };
        let mut items = a.clone();
        match op {
            Operator::BitOr => items.extend(b.iter().map(|(k, v)| (k.clone(), v.clone()))),
            Operator::BitAnd => items.retain(|key, _| b.contains_key(key)),
            Operator::Sub => items.retain(|key, _| !b.contains_key(key)),
            _ => {
                items.retain(|key, _| !b.contains_key(key));
                let rest = b.iter().filter(|(key, _)| !a.contains_key(*key));
                items.extend(rest.map(|(k, v)| (k.clone(), v.clone())));
            }
        }
        let frozen = *frozen;
        Ok(Some(Val::reference(self.alloc(Object::Set { items, frozen }))))
    }

    fn timedelta_operation(&mut self, op: Operator, left: &Val, right: &Val) -> Option<Val> {
        let int = |value: &Val| value.as_i64().map(i128::from);
        match (op, &left.kind, &right.kind) {
            (Operator::Add, Kind::Timedelta(a), Kind::Timedelta(b)) => {
                Some(Val::new(Kind::Timedelta(a + b)))
            }
            (Operator::Sub, Kind::Timedelta(a), Kind::Timedelta(b)) => {
                Some(Val::new(Kind::Timedelta(a - b)))
            }
            (Operator::Mult, Kind::Timedelta(a), _) => {
                Some(Val::new(Kind::Timedelta(a.checked_mul(int(right)?)?)))
            }
            (Operator::Mult, _, Kind::Timedelta(b)) => {
                Some(Val::new(Kind::Timedelta(b.checked_mul(int(left)?)?)))
            }
            (Operator::Div, Kind::Timedelta(a), Kind::Timedelta(b)) if *b != 0 => {
                let (a, b) = (i64::try_from(*a).ok()?, i64::try_from(*b).ok()?);
                let exact = a.unsigned_abs() < 1 << 53 && b.unsigned_abs() < 1 << 53;
                exact.then(|| Val::float(a as f64 / b as f64))
            }
            (Operator::FloorDiv, Kind::Timedelta(a), Kind::Timedelta(b)) if *b != 0 => {
                let quotient = super::numbers::floor_divide(&BigInt::from(*a), &BigInt::from(*b)).0;
                Some(Val::int(quotient))
            }
            _ => None,
        }
    }

    /// `target op= value`: lists, dicts and sets change in place.
    pub(crate) fn in_place(&mut self, op: Operator, before: &Val, value: &Val) -> Outcome {
        self.each(before, |interp, before| {
            if let Kind::Unknown(unknown) = &before.kind {
                // It may be a list that has other names: the result is that list, not a new one.
                let reason = unknown.reason.clone();
                interp.may_raise(&reason);
                return Ok(before.clone().of_any_type());
            }
            let kind = match before.as_id().and_then(|id| interp.heap.object(id)) {
                Some(Object::List(_)) => "list",
                Some(Object::Dict(_)) => "dict",
                Some(Object::Set { frozen: false, .. }) => "set",
                Some(Object::Instance { .. }) => "instance",
                Some(Object::Havoc(_)) => "havoc",
                _ => "",
            };
            let here = interp.here;
            let method = match (kind, op) {
                ("list", Operator::Add) => "extend",
                ("dict" | "set", Operator::BitOr) => "update",
                ("set", Operator::Sub) => "difference_update",
                ("set", Operator::BitAnd) => "intersection_update",
                ("instance", _) => {
                    let name = format!("__i{}", method_names(op).0.trim_start_matches("__"));
                    if let Some(method) = interp.class_attribute_of(before, &name) {
                        let method = interp.bind_to(&method, before)?;
                        return interp.call(&method, Call::of(vec![value.clone()], here));
                    }
                    let inner = interp.unwrapped(before);
                    if !inner.same(before) && inner.as_id().is_some() {
                        interp.in_place(op, &inner, value)?;
                        return Ok(before.clone());
                    }
                    return interp.binary(op, before, value);
                }
                ("havoc", Operator::Add) if interp.partial(before).is_some() => "extend",
                ("havoc", _) => {
                    interp.lose(before);
                    return Ok(before.clone());
                }
                _ => return interp.binary(op, before, value),
            };
            interp.call_builtin_method(before, method, Call::of(vec![value.clone()], here))?;
            Ok(before.clone().with_deps(&value.deps))
        })
    }

    pub(crate) fn unary(&mut self, op: UnaryOp, operand: &Val) -> Outcome {
        let deps = operand.deps.clone();
        let result = self.each(operand, |interp, operand| {
            if matches!(op, UnaryOp::Not) {
                return Ok(match interp.truth(operand)? {
                    Some(truth) => Val::bool(!truth),
                    None => interp.why_unknown(operand),
                });
            }
            if operand.is_unknown() {
                return Ok(operand.clone());
            }
            match (op, &operand.kind) {
                (UnaryOp::USub, Kind::Float(number)) => return Ok(Val::float(-number)),
                (UnaryOp::UAdd, Kind::Float(_)) => return Ok(operand.clone()),
                (UnaryOp::USub, Kind::Timedelta(micros)) => {
                    return Ok(Val::new(Kind::Timedelta(-micros)));
                }
                _ => {}
            }
            if let Some(number) = operand.as_int() {
                return Ok(match op {
                    UnaryOp::USub => Val::int(-number),
                    UnaryOp::UAdd => Val::int(number),
                    _ => Val::int(-number - 1),
                });
            }
            if matches!(interp.object(operand), Some(Object::Instance { .. })) {
                return Ok(Val::unknown("an operation on an object that is not modelled"));
            }
            let name = interp.type_name(operand);
            Err(interp
                .raise("TypeError", &format!("bad operand type for unary operator: '{name}'")))
        })?;
        Ok(result.with_deps(&deps))
    }

    /// `path / other`.
    fn join_path(&mut self, left: &Val, right: &Val) -> Result<Option<Val>, super::native::Raise> {
        let text = |value: &Val| match &value.kind {
            Kind::Path(text) | Kind::Str(text) => Some(Rc::clone(text)),
            _ => None,
        };
        let has_path = matches!(left.kind, Kind::Path(_)) || matches!(right.kind, Kind::Path(_));
        if !has_path {
            return Ok(None);
        }
        let (Some(a), Some(b)) = (text(left), text(right)) else { return Ok(None) };
        Ok(Some(Val::path(crate::library::paths::join(&[&a, &b]))))
    }
}

fn method_names(op: Operator) -> (&'static str, &'static str) {
    match op {
        Operator::Add => ("__add__", "__radd__"),
        Operator::Sub => ("__sub__", "__rsub__"),
        Operator::Mult => ("__mul__", "__rmul__"),
        Operator::MatMult => ("__matmul__", "__rmatmul__"),
        Operator::Div => ("__truediv__", "__rtruediv__"),
        Operator::Mod => ("__mod__", "__rmod__"),
        Operator::Pow => ("__pow__", "__rpow__"),
        Operator::LShift => ("__lshift__", "__rlshift__"),
        Operator::RShift => ("__rshift__", "__rrshift__"),
        Operator::BitOr => ("__or__", "__ror__"),
        Operator::BitXor => ("__xor__", "__rxor__"),
        Operator::BitAnd => ("__and__", "__rand__"),
        Operator::FloorDiv => ("__floordiv__", "__rfloordiv__"),
    }
}
