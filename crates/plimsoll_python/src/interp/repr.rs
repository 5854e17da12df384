//! `str()` and `repr()`.

use super::Interp;
use super::heap::Object;
use super::native::{Call, Outcome};
use super::numbers::float_repr;
use super::value::{Id, Kind, Val};

impl Interp<'_> {
    /// `str(value)`.
    pub(crate) fn text_of(&mut self, value: &Val) -> Outcome {
        let deps = value.deps.clone();
        let text = self.each(value, |interp, value| match &value.kind {
            Kind::Str(_) => Ok(value.clone()),
            Kind::Path(path) => Ok(Val::str(&**path)),
            Kind::Unknown(_) => Ok(value.clone()),
            Kind::Timedelta(micros) => Ok(Val::str(timedelta_text(*micros))),
            Kind::Ref(id) => interp.object_text(*id, value),
            _ => interp.repr(value),
        })?;
        Ok(text.with_deps(&deps))
    }

    fn object_text(&mut self, id: Id, value: &Val) -> Outcome {
        let Some(Object::Instance { class, attributes, inner }) = self.heap.object(id) else {
            return self.repr(value);
        };
        let (class, attributes, inner) = (*class, *attributes, inner.clone());
        if let Some(method) = self.find_in_class(class, "__str__") {
            let method = self.bind_to(&method, value)?;
            return self.call(&method, Call::of(Vec::new(), self.here));
        }
        if self.enum_members(class).is_some() {
            if self.extends(class, "enum", "StrEnum")
                || self.extends(class, "django.db.models.enums", "Choices")
            {
                return match inner {
                    Some(inner) => self.text_of(&inner),
                    None => Ok(Val::unknown("the text of a member")),
                };
            }
            let name = self.namespace_get(attributes, "name");
            let class = self.class_name(class).unwrap_or_default();
            return Ok(match name.as_ref().and_then(Val::as_str) {
                Some(name) => Val::str(format!("{class}.{name}")),
                None => Val::unknown("the text of a member"),
            });
        }
        if let Some(Val { kind: Kind::Tuple(args), .. }) = self.namespace_get(attributes, "args")
            && self.find_in_class(class, "with_traceback").is_some()
        {
            return match args.as_ref() {
                [] => Ok(Val::str("")),
                [only] if self.class_name(class).as_deref() == Some("KeyError") => self.repr(only),
                [only] => self.text_of(only),
                _ => {
                    let all = Val::new(Kind::Tuple(args));
                    self.repr(&all)
                }
            };
        }
        match inner {
            Some(inner)
                if self.find_in_class(class, "__repr__").is_none()
                    && self.find_in_class(class, "_fields").is_none()
                    && !self.extends(class, "collections", "OrderedDict") =>
            {
                self.text_of(&inner)
            }
            _ => self.repr(value),
        }
    }

    /// `repr(value)`.
    pub(crate) fn repr(&mut self, value: &Val) -> Outcome {
        self.each(value, |interp, value| interp.repr_within(value, 0))
    }

    fn repr_within(&mut self, value: &Val, depth: usize) -> Outcome {
        if depth > 40 || !self.step() {
            return Ok(Val::unknown("the text of a value nested too deeply"));
        }
        let text = match &value.kind {
            Kind::None => "None".to_owned(),
            Kind::Bool(true) => "True".to_owned(),
            Kind::Bool(false) => "False".to_owned(),
            Kind::Int(number) => {
                if number.bits() > 14_000 {
                    return Ok(Val::unknown("the text of a very large integer"));
                }
                number.to_string()
            }
            Kind::Float(number) => float_repr(*number),
            Kind::Str(text) if has_odd_characters(text) => {
                return Ok(Val::unknown("whether a character is printable is not modelled"));
            }
            Kind::Str(text) => quote(text),
            Kind::Bytes(bytes) => quote_bytes(bytes),
            Kind::Path(path) => format!("PosixPath({})", quote(path)),
            Kind::Ellipsis => "Ellipsis".to_owned(),
            Kind::NotImplemented => "NotImplemented".to_owned(),
            Kind::Timedelta(micros) => timedelta_repr(*micros),
            Kind::Range(start, stop, 1) => format!("range({start}, {stop})"),
            Kind::Range(start, stop, step) => format!("range({start}, {stop}, {step})"),
            Kind::Unknown(_) => return Ok(value.clone()),
            Kind::OneOf(_) => return Ok(self.why_unknown(value)),
            Kind::Tuple(items) => {
                let items = items.clone();
                return match self.repr_items(&items, depth)? {
                    Ok(parts) if parts.len() == 1 => Ok(Val::str(format!("({},)", parts.concat()))),
                    Ok(parts) => Ok(Val::str(format!("({})", parts.join(", ")))),
                    Err(unknown) => Ok(unknown),
                };
            }
            Kind::Ref(id) => return self.object_repr(*id, value, depth),
            _ => return Ok(Val::unknown("the text of an object holds its address")),
        };
        Ok(Val::str(text))
    }

    fn repr_items(
        &mut self,
        items: &[Val],
        depth: usize,
    ) -> Result<Result<Vec<String>, Val>, super::native::Raise> {
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            let text = self.repr_within(item, depth + 1)?;
            match text.as_str() {
                Some(text) => parts.push(text.to_owned()),
                None => return Ok(Err(self.why_unknown(&text))),
            }
        }
        Ok(Ok(parts))
    }

    fn object_repr(&mut self, id: Id, value: &Val, depth: usize) -> Outcome {
        match self.heap.object(id) {
            Some(Object::List(items)) => {
                let items = items.clone();
                Ok(match self.repr_items(&items, depth)? {
                    Ok(parts) => Val::str(format!("[{}]", parts.join(", "))),
                    Err(unknown) => unknown,
                })
            }
            Some(Object::Dict(dict)) => {
                if dict.open.is_some() || dict.namespace || dict.loose {
                    return Ok(self.why_unknown(value));
                }
                let entries: Vec<(Val, Val)> = dict
                    .entries
                    .values()
                    .map(|entry| (entry.key.clone(), entry.value.clone()))
                    .collect();
                let mut parts = Vec::new();
                for (key, value) in entries {
                    match self.repr_items(&[key, value], depth)? {
                        Ok(pair) => parts.push(pair.join(": ")),
                        Err(unknown) => return Ok(unknown),
                    }
                }
                Ok(Val::str(format!("{{{}}}", parts.join(", "))))
            }
            Some(Object::Set { items, frozen }) if items.len() < 2 => {
                let (items, frozen): (Vec<Val>, bool) =
                    (items.values().cloned().collect(), *frozen);
                Ok(match self.repr_items(&items, depth)? {
                    Ok(parts) => Val::str(match (parts.is_empty(), frozen) {
                        (true, false) => "set()".to_owned(),
                        (true, true) => "frozenset()".to_owned(),
                        (false, false) => format!("{{{}}}", parts.concat()),
                        (false, true) => format!("frozenset({{{}}})", parts.concat()),
                    }),
                    Err(unknown) => unknown,
                })
            }
            Some(Object::Set { .. }) => {
                Ok(Val::unknown("the order of a set differs from run to run"))
            }
            Some(Object::Class(class)) => Ok(Val::str(match &*class.module {
                "builtins" => format!("<class '{}'>", class.name),
                module => format!("<class '{module}.{}'>", class.name),
            })),
            Some(Object::Instance { class, .. }) => {
                let class = *class;
                if let Some(method) = self.find_in_class(class, "__repr__") {
                    let method = self.bind_to(&method, value)?;
                    return self.call(&method, Call::of(Vec::new(), self.here));
                }
                Ok(Val::unknown("the text of an object holds its address"))
            }
            Some(Object::Havoc(reason)) => Ok(Val::unknown(reason.to_string())),
            _ => Ok(Val::unknown("the text of an object holds its address")),
        }
    }
}

/// Whether a text has characters beyond letters and common marks, of which Python's own tables say
/// whether `repr` escapes them.
fn has_odd_characters(text: &str) -> bool {
    text.chars().any(|c| {
        !c.is_ascii()
            && !c.is_alphanumeric()
            && !matches!(c, '\u{80}'..='\u{ff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20bf}' | '\u{2190}'..='\u{21ff}')
    })
}

/// `repr` of a string.
pub(crate) fn quote(text: &str) -> String {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(mark);
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c == mark => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if (c as u32) < 0x20
                || c as u32 == 0x7f
                || (0x80..0xa1).contains(&(c as u32))
                || c as u32 == 0xad =>
            {
                quoted.push_str(&format!("\\x{:02x}", c as u32));
            }
            c if c.is_whitespace() && c != ' ' => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push(mark);
    quoted
}

fn quote_bytes(bytes: &[u8]) -> String {
    let mark = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut quoted = format!("b{mark}");
    for byte in bytes {
        match byte {
            b'\\' => quoted.push_str("\\\\"),
            b'\n' => quoted.push_str("\\n"),
            b'\r' => quoted.push_str("\\r"),
            b'\t' => quoted.push_str("\\t"),
            byte if char::from(*byte) == mark => {
                quoted.push('\\');
                quoted.push(mark);
            }
            0x20..=0x7e => quoted.push(char::from(*byte)),
            byte => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push(mark);
    quoted
}

/// Days, seconds and microseconds as Python normalizes them.
pub(crate) fn timedelta_parts(micros: i128) -> (i128, i128, i128) {
    let day = 86_400_000_000;
    let rest = micros.rem_euclid(day);
    (micros.div_euclid(day), rest / 1_000_000, rest % 1_000_000)
}

fn timedelta_repr(micros: i128) -> String {
    let (days, seconds, micros) = timedelta_parts(micros);
    let parts: Vec<String> = [("days", days), ("seconds", seconds), ("microseconds", micros)]
        .iter()
        .filter(|(_, number)| *number != 0)
        .map(|(name, number)| format!("{name}={number}"))
        .collect();
    if parts.is_empty() {
        return "datetime.timedelta(0)".to_owned();
    }
    format!("datetime.timedelta({})", parts.join(", "))
}

fn timedelta_text(micros: i128) -> String {
    let (days, seconds, micros) = timedelta_parts(micros);
    let mut text = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if days != 0 {
        let plural = if days.abs() == 1 { "" } else { "s" };
        text = format!("{days} day{plural}, {text}");
    }
    if micros != 0 {
        text.push_str(&format!(".{micros:06}"));
    }
    text
}
