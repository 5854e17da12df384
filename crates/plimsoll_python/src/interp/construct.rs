//! Calls of builtin classes: `int(…)`, `list(…)`, `timedelta(…)`.

use std::rc::Rc;

use super::Interp;
use super::builtin_functions::unknown_or;
use super::environ::Lookup;
use super::heap::{Builtin, Descriptor, Event, Object};
use super::native::{Call, Outcome};
use super::numbers::{float_to_int, int_to_float, parse_float, parse_int};
use super::value::{Kind, Val};

impl Interp<'_> {
    /// Calls a builtin class.
    pub(crate) fn construct(&mut self, builtin: Builtin, call: Call) -> Outcome {
        let deps = call.deps();
        let value = match call.positional.first().cloned() {
            Some(first) if !matches!(builtin, Builtin::Tuple | Builtin::List | Builtin::Dict) => {
                self.each(&first, |interp, first| {
                    let mut call = call.clone();
                    if let Some(place) = call.positional.first_mut() {
                        *place = first.clone();
                    }
                    interp.construct_one(builtin, call)
                })?
            }
            Some(first)
                if matches!(self.object(&first), Some(Object::Choice(_)))
                    || matches!(first.kind, Kind::OneOf(_)) =>
            {
                self.each(&first, |interp, first| {
                    let mut call = call.clone();
                    if let Some(place) = call.positional.first_mut() {
                        *place = first.clone();
                    }
                    interp.construct_one(builtin, call)
                })?
            }
            _ => self.construct_one(builtin, call)?,
        };
        Ok(value.with_deps(&deps))
    }

    /// Notes where `bool()` is taken of the text of a variable as it stands: any text but the empty
    /// one is true.
    fn note_truth_of_text(&mut self, value: &Val, at: Event) {
        let Some(name) = value.deps.as_ref().filter(|deps| deps.len() == 1).and_then(|d| d.first())
        else {
            return;
        };
        let name = name.to_string();
        let as_it_stands = match (&value.kind, self.environment_get(&name)) {
            (Kind::Str(text), Lookup::Set(set)) => {
                matches!(&set.kind, Kind::Str(whole) if whole == text)
            }
            _ => false,
        };
        if as_it_stands {
            self.record_use(&name, at, None, Some("bool()"), "os");
        }
    }

    fn construct_one(&mut self, builtin: Builtin, call: Call) -> Outcome {
        let first = call.positional.first().cloned();
        match builtin {
            Builtin::Timedelta => return self.make_timedelta(call),
            Builtin::Path => return self.make_path(call),
            Builtin::Type if call.positional.len() == 1 => {
                return Ok(self.class_of(&first.unwrap_or(Val::NONE)));
            }
            Builtin::Type => return self.make_type(call),
            Builtin::Object => {
                let class = self.class_of_builtin(Builtin::Object);
                return Ok(self.new_instance(&class));
            }
            Builtin::Dict => return self.make_dict(call),
            Builtin::Property | Builtin::Staticmethod | Builtin::Classmethod => {
                let kind = match builtin {
                    Builtin::Property => Descriptor::Property,
                    Builtin::Staticmethod => Descriptor::Static,
                    _ => Descriptor::Class,
                };
                let function = call.get(0, "fget").cloned().unwrap_or(Val::NONE);
                return Ok(Val::reference(self.alloc(Object::Descriptor(kind, function))));
            }
            Builtin::Super => {
                let (class, this) = (call.get(0, "type").cloned(), call.get(1, "object").cloned());
                return Ok(match (class.and_then(|class| class.as_id()), this) {
                    (Some(class), Some(this)) => {
                        Val::reference(self.alloc(Object::Super(class, this)))
                    }
                    _ => Val::unknown("super() of an unknown class"),
                });
            }
            _ => {}
        }
        let Some(value) = first else {
            return Ok(match builtin {
                Builtin::Str => Val::str(""),
                Builtin::Int => Val::int(0),
                Builtin::Float => Val::float(0.0),
                Builtin::Bool => Val::bool(false),
                Builtin::Bytes => Val::bytes(&[]),
                Builtin::List => self.new_list(Vec::new()),
                Builtin::Tuple => Val::tuple(Vec::new()),
                Builtin::Set => self.new_set(Vec::new(), false).unwrap_or(Val::NONE),
                Builtin::Frozenset => self.new_set(Vec::new(), true).unwrap_or(Val::NONE),
                _ => Val::unknown("a class of the language that is not modelled"),
            });
        };
        match builtin {
            Builtin::Str if call.positional.len() > 1 || !call.named.is_empty() => {
                match &value.kind {
                    Kind::Bytes(_) => {
                        let mut rest = call.clone();
                        rest.positional.remove(0);
                        self.bytes_method(&value, "decode", rest)
                    }
                    _ => Ok(Val::unknown("a decoding that is not modelled")),
                }
            }
            Builtin::Str => self.text_of(&value),
            Builtin::Bool => {
                self.note_truth_of_text(&value, call.at);
                Ok(match self.truth(&value)? {
                    Some(truth) => Val::bool(truth),
                    None => self.why_unknown(&value),
                })
            }
            Builtin::Int => self.make_int(&value, call.get(1, "base").cloned()),
            Builtin::Float => self.make_float(&value),
            Builtin::List if self.is_listing(&value) => Ok(match self.unordered(&value) {
                Some(found) => self.new_unordered(found.items, found.perhaps, true),
                None => self.why_unknown(&value),
            }),
            Builtin::List | Builtin::Tuple => Ok(match self.iterate(&value)? {
                Some(items) if builtin == Builtin::List => self.new_list(items),
                Some(items) => Val::tuple(items),
                None => match self.partial(&value).cloned() {
                    Some(lost) if builtin == Builtin::List => {
                        self.new_partial(lost.items.to_vec(), &lost.reason)
                    }
                    _ => self.why_unknown(&value),
                },
            }),
            Builtin::Set | Builtin::Frozenset => match self.iterate_any_order(&value)? {
                Some(items) => self.make_set(items, builtin == Builtin::Frozenset),
                None => Ok(self.why_unknown(&value)),
            },
            Builtin::Range => {
                let bounds: Option<Vec<i64>> = call.positional.iter().map(Val::as_i64).collect();
                match bounds.as_deref() {
                    Some([stop]) => Ok(Val::new(Kind::Range(0, *stop, 1))),
                    Some([start, stop]) => Ok(Val::new(Kind::Range(*start, *stop, 1))),
                    Some([_, _, 0]) => {
                        Err(self.raise("ValueError", "range() arg 3 must not be zero"))
                    }
                    Some([start, stop, step]) => Ok(Val::new(Kind::Range(*start, *stop, *step))),
                    _ => unknown_or(self, &call, "TypeError", "an integer is required"),
                }
            }
            Builtin::Slice => {
                let mut parts = [Val::NONE, Val::NONE, Val::NONE];
                match call.positional.as_slice() {
                    [stop] => parts[1] = stop.clone(),
                    several => {
                        for (place, part) in parts.iter_mut().zip(several) {
                            *place = part.clone();
                        }
                    }
                }
                Ok(Val::new(Kind::Slice(Rc::new(parts))))
            }
            Builtin::Bytes => match &value.kind {
                Kind::Str(text)
                    if call.positional.len() > 1 || call.keyword("encoding").is_some() =>
                {
                    let mut rest = call.clone();
                    rest.positional.remove(0);
                    self.str_method(&Val::new(Kind::Str(text.clone())), "encode", rest)
                }
                Kind::Bytes(_) => Ok(value),
                _ => Ok(Val::unknown("a way to make bytes that is not modelled")),
            },
            _ => Ok(Val::unknown("a class of the language that is not modelled")),
        }
    }

    fn make_int(&mut self, value: &Val, base: Option<Val>) -> Outcome {
        let value = self.unwrapped(value);
        if value.is_unknown() {
            if let Kind::Unknown(unknown) = &value.kind {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
            }
            return Ok(value);
        }
        if let Some(number) = value.as_int() {
            return Ok(Val::int(number));
        }
        let base = match base {
            Some(base) => match base.as_i64().and_then(|base| u32::try_from(base).ok()) {
                Some(base @ (0 | 2..=36)) => base,
                _ => return Ok(Val::unknown("int() with a base that is not known")),
            },
            None => 10,
        };
        match &value.kind {
            Kind::Float(number) => match float_to_int(*number) {
                Some(number) => Ok(Val::int(number)),
                None => Err(self.raise("ValueError", "cannot convert float to integer")),
            },
            Kind::Str(text) => match parse_int(text, base) {
                Some(number) => Ok(Val::int(number)),
                None if text.chars().any(|c| !c.is_ascii() && c.is_numeric())
                    || text.len() > 4_000 =>
                {
                    self.may_raise("int() of digits beyond ASCII is not modelled");
                    Ok(Val::unknown("int() of digits beyond ASCII is not modelled"))
                }
                None => Err(self.raise("ValueError", "invalid literal for int() with base 10")),
            },
            Kind::Bytes(_) => Ok(Val::unknown("int() of bytes is not modelled")),
            _ => {
                if let Some(method) = self.class_attribute_of(&value, "__int__") {
                    let method = self.bind_to(&method, &value)?;
                    return self.call(&method, Call::of(Vec::new(), self.here));
                }
                if matches!(self.object(&value), Some(Object::Instance { .. } | Object::Havoc(_))) {
                    self.may_raise("int() of an object");
                    return Ok(self.why_unknown(&value));
                }
                Err(self.raise("TypeError", "int() argument must be a string or a real number"))
            }
        }
    }

    fn make_float(&mut self, value: &Val) -> Outcome {
        let value = self.unwrapped(value);
        if let Some(number) = value.as_int() {
            return match int_to_float(&number) {
                Some(number) => Ok(Val::float(number)),
                None => Err(self.raise("OverflowError", "int too large to convert to float")),
            };
        }
        match &value.kind {
            Kind::Float(_) => Ok(value),
            Kind::Unknown(unknown) => {
                let reason = unknown.reason.clone();
                self.may_raise(&reason);
                Ok(value)
            }
            Kind::Str(text) => match parse_float(text) {
                Some(number) => Ok(Val::float(number)),
                None if text.chars().any(|c| !c.is_ascii() && c.is_numeric()) => {
                    self.may_raise("float() of digits beyond ASCII");
                    Ok(Val::unknown("float() of digits beyond ASCII"))
                }
                None => Err(self.raise("ValueError", "could not convert string to float")),
            },
            _ if matches!(
                self.object(&value),
                Some(Object::Instance { .. } | Object::Havoc(_))
            ) =>
            {
                self.may_raise("float() of an object");
                Ok(self.why_unknown(&value))
            }
            _ => Err(self.raise("TypeError", "float() argument must be a string or a real number")),
        }
    }

    fn make_dict(&mut self, call: Call) -> Outcome {
        let dict = Val::reference(self.alloc(Object::Dict(Default::default())));
        if call.values().next().is_some() {
            self.call_builtin_method(&dict, "update", call)?;
        }
        if let Some(slot) = dict.as_id().and_then(|id| self.heap.slot_mut(id)) {
            slot.events = None;
        }
        Ok(dict)
    }

    fn make_type(&mut self, call: Call) -> Outcome {
        let (name, bases, body) =
            (call.positional.first(), call.positional.get(1), call.positional.get(2));
        let (Some(name), Some(Kind::Tuple(bases)), Some(body)) =
            (name.and_then(Val::as_str), bases.map(|bases| &bases.kind), body)
        else {
            return Ok(Val::unknown("a class made at run time"));
        };
        let class = self.native_class("", name, bases, None);
        let items = self.as_dict(body).as_ref().and_then(Self::string_keys);
        if let (Some(Object::Class(it)), Some(items)) = (self.object(&class), items) {
            let namespace = it.namespace;
            for (name, value) in items {
                self.namespace_set(namespace, &name, value);
            }
            return Ok(class);
        }
        Ok(Val::unknown("a class made at run time"))
    }

    fn make_path(&mut self, call: Call) -> Outcome {
        let mut parts: Vec<Rc<str>> = Vec::new();
        for value in &call.positional {
            match self.to_path(value) {
                Some(text) => parts.push(text),
                None => {
                    return unknown_or(
                        self,
                        &call,
                        "TypeError",
                        "expected str, bytes or os.PathLike object",
                    );
                }
            }
        }
        let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
        Ok(Val::path(crate::library::paths::join(&parts)))
    }

    fn make_timedelta(&mut self, call: Call) -> Outcome {
        const UNITS: [(&str, i128); 7] = [
            ("days", 86_400_000_000),
            ("seconds", 1_000_000),
            ("microseconds", 1),
            ("milliseconds", 1_000),
            ("minutes", 60_000_000),
            ("hours", 3_600_000_000),
            ("weeks", 604_800_000_000),
        ];
        let names = UNITS.map(|(name, _)| name);
        let bound = call.bind(self, "timedelta", names, 0)?;
        let mut total: i128 = 0;
        for (value, (_, unit)) in bound.iter().zip(UNITS) {
            let Some(value) = value else { continue };
            if value.is_unknown() || matches!(value.kind, Kind::OneOf(_)) {
                return Ok(self.why_unknown(value));
            }
            total += match &value.kind {
                Kind::Float(number) => {
                    // Exact where the product has no rounding: a whole number of microseconds.
                    let micros = number * unit as f64;
                    if micros.fract() != 0.0
                        || micros.abs() >= 9.0e15
                        || *number != (micros / unit as f64)
                    {
                        return Ok(Val::unknown("a timedelta of a float that needs rounding"));
                    }
                    micros as i128
                }
                _ => match value.as_i64() {
                    Some(number) => i128::from(number) * unit,
                    None => {
                        return Err(
                            self.raise("TypeError", "unsupported type for timedelta component")
                        );
                    }
                },
            };
        }
        if total.abs() >= 86_400_000_000 * 1_000_000_000 {
            return Err(self.raise("OverflowError", "days must have magnitude <= 999999999"));
        }
        Ok(Val::new(Kind::Timedelta(total)))
    }
}
