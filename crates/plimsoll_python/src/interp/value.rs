//! Values inside the interpreter: immutable ones inline, mutable ones as identities in the heap.

use std::collections::BTreeSet;
use std::rc::Rc;

use num_bigint::BigInt;

use super::native::Native;

/// The identity of a heap object. Equal identities are the same Python object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub(crate) u32);

/// The names of the environment variables that a value depends on.
pub(crate) type Deps = Option<Rc<BTreeSet<Rc<str>>>>;

/// Joins two sets of variables.
pub(crate) fn union(left: &Deps, right: &Deps) -> Deps {
    match (left, right) {
        (None, other) | (other, None) => other.clone(),
        (Some(a), Some(b)) if Rc::ptr_eq(a, b) || b.is_subset(a) => Some(a.clone()),
        (Some(a), Some(b)) => Some(Rc::new(a.union(b).cloned().collect())),
    }
}

/// A Python value and the environment variables it depends on.
#[derive(Clone, Debug)]
pub(crate) struct Val {
    pub(crate) kind: Kind,
    pub(crate) deps: Deps,
}

/// Why a value cannot be determined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// For people; never holds the value of a variable.
    pub(crate) reason: String,
    /// The environment variable that decides it.
    pub(crate) variable: Option<Rc<str>>,
    /// Whether it is a number for certain.
    pub(crate) is_number: bool,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    None,
    Bool(bool),
    Int(Rc<BigInt>),
    Float(f64),
    Str(Rc<str>),
    Bytes(Rc<[u8]>),
    Tuple(Rc<[Val]>),
    Ellipsis,
    NotImplemented,
    /// `range(start, stop, step)`.
    Range(i64, i64, i64),
    /// `slice(lower, upper, step)`.
    Slice(Rc<[Val; 3]>),
    /// A `datetime.timedelta` in microseconds.
    Timedelta(i128),
    /// A `pathlib` path as Python would print it.
    Path(Rc<str>),
    /// A list, dict, set, instance, module, function or class.
    Ref(Id),
    /// A function of a model.
    Native(&'static Native),
    /// A method of a builtin type, bound: `[].append`.
    Method(Rc<(Val, Rc<str>)>),
    /// A function with its `self` (or `cls`).
    Bound(Rc<(Val, Val)>),
    /// Cannot be determined.
    Unknown(Rc<Unknown>),
    /// One of these; at least two.
    OneOf(Rc<[Val]>),
    /// Only in a namespace or as a candidate there: the name is not bound.
    Unbound,
}

/// How many alternatives a value may have before it is unknown.
pub(crate) const MAX_CANDIDATES: usize = 8;

impl Val {
    pub(crate) const NONE: Val = Val { kind: Kind::None, deps: None };

    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, deps: None }
    }

    pub(crate) fn bool(flag: bool) -> Self {
        Self::new(Kind::Bool(flag))
    }

    pub(crate) fn str(text: impl AsRef<str>) -> Self {
        Self::new(Kind::Str(Rc::from(text.as_ref())))
    }

    pub(crate) fn int(number: impl Into<BigInt>) -> Self {
        Self::new(Kind::Int(Rc::new(number.into())))
    }

    pub(crate) fn float(number: f64) -> Self {
        Self::new(Kind::Float(number))
    }

    pub(crate) fn path(text: impl AsRef<str>) -> Self {
        Self::new(Kind::Path(Rc::from(text.as_ref())))
    }

    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::new(Kind::Bytes(Rc::from(bytes)))
    }

    pub(crate) fn tuple(items: Vec<Val>) -> Self {
        Self::new(Kind::Tuple(Rc::from(items)))
    }

    pub(crate) fn reference(id: Id) -> Self {
        Self::new(Kind::Ref(id))
    }

    pub(crate) fn native(native: &'static Native) -> Self {
        Self::new(Kind::Native(native))
    }

    /// A value that cannot be determined.
    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self::new(Kind::Unknown(Rc::new(Unknown {
            reason: reason.into(),
            variable: None,
            is_number: false,
        })))
    }

    /// A number that cannot be determined.
    pub(crate) fn unknown_number(reason: impl Into<String>) -> Self {
        Self::new(Kind::Unknown(Rc::new(Unknown {
            reason: reason.into(),
            variable: None,
            is_number: true,
        })))
    }

    pub(crate) fn is_unknown_number(&self) -> bool {
        matches!(&self.kind, Kind::Unknown(unknown) if unknown.is_number)
    }

    /// What follows from the value: unknown for the same reason, and of any type.
    pub(crate) fn of_any_type(self) -> Self {
        match &self.kind {
            Kind::Unknown(unknown) if unknown.is_number => {
                let unknown = Unknown { is_number: false, ..(**unknown).clone() };
                Self { kind: Kind::Unknown(Rc::new(unknown)), deps: self.deps }
            }
            _ => self,
        }
    }

    /// A value that an environment variable decides which is not known here.
    pub(crate) fn unknown_variable(reason: impl Into<String>, variable: &str) -> Self {
        Self::new(Kind::Unknown(Rc::new(Unknown {
            reason: reason.into(),
            variable: Some(Rc::from(variable)),
            is_number: false,
        })))
        .depending_on(variable)
    }

    /// The same value, depending on one more variable.
    pub(crate) fn depending_on(mut self, variable: &str) -> Self {
        let more = Some(Rc::new(BTreeSet::from([Rc::from(variable)])));
        self.deps = union(&self.deps, &more);
        self
    }

    /// The same value, depending on these variables too.
    pub(crate) fn with_deps(mut self, deps: &Deps) -> Self {
        if deps.is_some() {
            self.deps = union(&self.deps, deps);
        }
        self
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self.kind, Kind::None)
    }

    /// The text of a `str`.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer of an `int` or `bool` that fits.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        match &self.kind {
            Kind::Int(number) => i64::try_from(&**number).ok(),
            Kind::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    /// The integer of an `int` or `bool`.
    pub(crate) fn as_int(&self) -> Option<BigInt> {
        match &self.kind {
            Kind::Int(number) => Some((**number).clone()),
            Kind::Bool(flag) => Some(BigInt::from(i32::from(*flag))),
            _ => None,
        }
    }

    /// The heap identity.
    pub(crate) fn as_id(&self) -> Option<Id> {
        match &self.kind {
            Kind::Ref(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether two values are the same value for certain, without looking into the heap.
    pub(crate) fn same(&self, other: &Val) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::None, Kind::None)
            | (Kind::Ellipsis, Kind::Ellipsis)
            | (Kind::NotImplemented, Kind::NotImplemented)
            | (Kind::Unbound, Kind::Unbound) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Int(a), Kind::Int(b)) => a == b,
            (Kind::Float(a), Kind::Float(b)) => a.to_bits() == b.to_bits(),
            (Kind::Str(a), Kind::Str(b)) | (Kind::Path(a), Kind::Path(b)) => a == b,
            (Kind::Bytes(a), Kind::Bytes(b)) => a == b,
            (Kind::Tuple(a), Kind::Tuple(b)) | (Kind::OneOf(a), Kind::OneOf(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b))
            }
            (Kind::Range(a, b, c), Kind::Range(d, e, f)) => (a, b, c) == (d, e, f),
            (Kind::Timedelta(a), Kind::Timedelta(b)) => a == b,
            (Kind::Ref(a), Kind::Ref(b)) => a == b,
            (Kind::Native(a), Kind::Native(b)) => std::ptr::eq(*a, *b),
            (Kind::Method(a), Kind::Method(b)) => a.1 == b.1 && a.0.same(&b.0),
            (Kind::Bound(a), Kind::Bound(b)) => a.0.same(&b.0) && a.1.same(&b.1),
            (Kind::Slice(a), Kind::Slice(b)) => a.iter().zip(b.iter()).all(|(a, b)| a.same(b)),
            (Kind::Unknown(_), Kind::Unknown(_)) => true,
            _ => false,
        }
    }
}

/// The value of a place that has `left` on one path and `right` on the other.
pub(crate) fn join(left: &Val, right: &Val) -> Val {
    let deps = union(&left.deps, &right.deps);
    if left.same(right) {
        let value =
            if right.is_unknown_number() { left.clone() } else { left.clone().of_any_type() };
        return value.with_deps(&deps);
    }
    let mut candidates: Vec<Val> = Vec::new();
    for value in [left, right] {
        match &value.kind {
            Kind::OneOf(values) => {
                values.iter().for_each(|value| add_candidate(&mut candidates, value));
            }
            _ => add_candidate(&mut candidates, value),
        }
    }
    one_of(candidates).with_deps(&deps)
}

fn add_candidate(candidates: &mut Vec<Val>, value: &Val) {
    if !candidates.iter().any(|known| known.same(value)) {
        candidates.push(value.clone());
    }
}

/// A value that is one of these; unknown where one of them is or they are too many. Objects stay
/// among the candidates even then: what is done to the value is done to one of them.
pub(crate) fn one_of(mut candidates: Vec<Val>) -> Val {
    let unknown = candidates.iter().find(|value| value.is_unknown()).cloned();
    let unknown = unknown.map(Val::of_any_type);
    let unknown = unknown.or_else(|| {
        let reason = "branches that could not be decided leave too many values possible";
        (candidates.len() > MAX_CANDIDATES).then(|| Val::unknown(reason))
    });
    let Some(unknown) = unknown else {
        return match candidates.len() {
            0 => Val::unknown("no value is possible here"),
            1 => candidates.swap_remove(0),
            _ => Val::new(Kind::OneOf(Rc::from(candidates))),
        };
    };
    candidates.retain(holds_object);
    if candidates.is_empty() {
        return unknown;
    }
    candidates.truncate(MAX_OBJECTS);
    candidates.insert(0, unknown);
    Val::new(Kind::OneOf(Rc::from(candidates)))
}

/// How many objects an unknown value may be.
const MAX_OBJECTS: usize = 32;

fn holds_object(value: &Val) -> bool {
    match &value.kind {
        Kind::Ref(_) => true,
        Kind::Tuple(items) => items.iter().any(holds_object),
        // A method changes the object that it is of.
        Kind::Method(method) => holds_object(&method.0),
        Kind::Bound(bound) => holds_object(&bound.0),
        _ => false,
    }
}
