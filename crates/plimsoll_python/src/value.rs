//! Python values as the evaluator hands them out.

use num_bigint::BigInt;
use plimsoll_source::Secret;

/// A Python value, plain data: no reference to the evaluator.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of any size.
    Int(BigInt),
    /// A float.
    Float(f64),
    /// A string that may be shown.
    Str(String),
    /// A string that may not be shown: a setting, key or variable with a secret's name, or text
    /// that holds such a value.
    Secret(Secret),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A set or frozenset, in order of insertion.
    Set(Vec<Value>),
    /// A dict in order of insertion; keys are any hashable value.
    Dict(Vec<(Value, Value)>),
    /// A `datetime.timedelta`, in microseconds.
    Timedelta(i128),
    /// A `pathlib` path; paths in the repository start with its placeholder root.
    Path(String),
    /// Any other object: what is known of it.
    Object(Object),
    /// Cannot be determined: why.
    Unknown {
        /// The reason, with the way to find out. Never holds the value of a secret.
        reason: String,
        /// The environment variable that decides it, where one does.
        variable: Option<String>,
    },
    /// One of these, known but for a branch that could not be decided. At least two, no two equal.
    OneOf(Vec<Value>),
}

/// An object that is no plain data: a class, a function, an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The dotted name of its type or, for a class or function, its own: `celery.schedules.crontab`.
    pub type_name: String,
    /// What Python's `repr` would show, as far as known.
    pub repr: String,
    /// What it was made with: positional values have no name.
    pub arguments: Vec<(Option<String>, Value)>,
}

impl Value {
    /// The text of a string, shown or secret. Whoever prints it must have looked at the variant.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Str(text) | Value::Path(text) => Some(text),
            Value::Secret(secret) => Some(secret.expose()),
            _ => None,
        }
    }

    /// The items of a list, tuple or set.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => Some(items),
            _ => None,
        }
    }

    /// The value under a string key of a dict.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Dict(pairs) => {
                pairs.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The value as an integer that fits; booleans are 0 and 1 as in Python.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Value::Int(number) => i64::try_from(number).ok(),
            Value::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    /// What `bool()` gives; `None` where that is not known.
    pub fn truth(&self) -> Option<bool> {
        Some(match self {
            Value::None => false,
            Value::Bool(flag) => *flag,
            Value::Int(number) => *number != BigInt::ZERO,
            Value::Float(number) => *number != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Secret(secret) => !secret.expose().is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => !items.is_empty(),
            Value::Dict(pairs) => !pairs.is_empty(),
            Value::Timedelta(micros) => *micros != 0,
            Value::Path(_) => true,
            Value::Object(_) | Value::Unknown { .. } => return None,
            Value::OneOf(values) => {
                let mut truths = values.iter().map(Value::truth);
                let first = truths.next()??;
                return truths.all(|truth| truth == Some(first)).then_some(first);
            }
        })
    }

    /// Whether the value and everything in it is known for certain.
    pub fn is_known(&self) -> bool {
        match self {
            Value::Unknown { .. } | Value::OneOf(_) => false,
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                items.iter().all(Value::is_known)
            }
            Value::Dict(pairs) => {
                pairs.iter().all(|(key, value)| key.is_known() && value.is_known())
            }
            _ => true,
        }
    }
}
