//! Formatting: f-strings, `str.format`, `%`, format specifications.

use num_bigint::{BigInt, Sign};

use super::Interp;
use super::native::{Call, Outcome, Raise};
use super::numbers::{float_repr, int_to_float};
use super::value::{Kind, Val};
use crate::syntax::ast::{self, FStringPart, InterpolatedStringElement};

/// A parsed format specification: `[[fill]align][sign][#][0][width][,][.precision][type]`.
#[derive(Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(text: &str) -> Option<Self> {
        let mut spec = Self::default();
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '=' | '^'));
        if is_align(chars.get(1)) {
            spec.fill = chars.first().copied();
            spec.align = chars.get(1).copied();
            at = 2;
        } else if is_align(chars.first()) {
            spec.align = chars.first().copied();
            at = 1;
        }
        if matches!(chars.get(at), Some('+' | '-' | ' ')) {
            spec.sign = chars.get(at).copied();
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if chars.get(at) == Some(&'0') {
            spec.zero = true;
            at += 1;
        }
        let digits = |at: &mut usize| {
            let mut number: Option<usize> = None;
            while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
                number =
                    Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize));
                *at += 1;
            }
            number
        };
        spec.width = digits(&mut at).unwrap_or(0);
        if matches!(chars.get(at), Some(',' | '_')) {
            spec.grouping = chars.get(at).copied();
            at += 1;
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(digits(&mut at)?);
        }
        spec.kind = chars.get(at).copied();
        at += usize::from(spec.kind.is_some());
        let fits = at == chars.len() && spec.width <= 10_000 && spec.precision.unwrap_or(0) <= 100;
        fits.then_some(spec)
    }

    fn pad(&self, text: &str, default: char) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(if self.zero && default != '<' { '=' } else { default });
        let many = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
        match align {
            '<' => format!("{text}{}", many(missing)),
            '^' => format!("{}{text}{}", many(missing / 2), many(missing - missing / 2)),
            '=' => {
                let (sign, digits) = match text.strip_prefix(['-', '+', ' ']) {
                    Some(rest) => text.split_at(text.len() - rest.len()),
                    None => ("", text),
                };
                format!("{sign}{}{digits}", many(missing))
            }
            _ => format!("{}{text}", many(missing)),
        }
    }
}

fn group(digits: &str, mark: char) -> String {
    let mut grouped = String::new();
    let length = digits.chars().count();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (length - at).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(c);
    }
    grouped
}

fn signed(text: &str, sign: Option<char>) -> String {
    match sign {
        Some(mark @ ('+' | ' ')) if !text.starts_with('-') => format!("{mark}{text}"),
        _ => text.to_owned(),
    }
}

fn format_int(number: &BigInt, spec: &Spec) -> Option<String> {
    if spec.precision.is_some() {
        return None;
    }
    let magnitude = number.magnitude();
    let (prefix, digits) = match spec.kind {
        None | Some('d' | 'n') => ("", magnitude.to_string()),
        Some('x') => ("0x", magnitude.to_str_radix(16)),
        Some('X') => ("0X", magnitude.to_str_radix(16).to_uppercase()),
        Some('o') => ("0o", magnitude.to_str_radix(8)),
        Some('b') => ("0b", magnitude.to_str_radix(2)),
        _ => return None,
    };
    let digits = match spec.grouping {
        Some(_) if spec.zero => return None,
        Some(mark) if matches!(spec.kind, None | Some('d')) => group(&digits, mark),
        Some(_) => return None,
        None => digits,
    };
    let prefix = if spec.alternate { prefix } else { "" };
    if !prefix.is_empty() && (spec.zero || spec.align == Some('=')) {
        return None;
    }
    let minus = if number.sign() == Sign::Minus { "-" } else { "" };
    Some(spec.pad(&signed(&format!("{minus}{prefix}{digits}"), spec.sign), '>'))
}

fn format_float(number: f64, spec: &Spec) -> Option<String> {
    if !number.is_finite() || spec.alternate {
        return None;
    }
    let text = match (spec.kind, spec.precision) {
        (None, None) => float_repr(number),
        (Some('f' | 'F'), precision) => format!("{number:.*}", precision.unwrap_or(6)),
        (Some('%'), precision) => format!("{:.*}%", precision.unwrap_or(6), number * 100.0),
        _ => return None,
    };
    let text = match spec.grouping {
        Some(_) if spec.zero => return None,
        Some(mark) => {
            let (sign, rest) = match text.strip_prefix('-') {
                Some(rest) => ("-", rest),
                None => ("", text.as_str()),
            };
            match rest.split_once('.') {
                Some((whole, fraction)) => format!("{sign}{}.{fraction}", group(whole, mark)),
                None => format!("{sign}{}", group(rest, mark)),
            }
        }
        None => text,
    };
    Some(spec.pad(&signed(&text, spec.sign), '>'))
}

impl Interp<'_> {
    pub(crate) fn f_string(&mut self, it: &ast::ExprFString) -> Outcome {
        let mut parts: Vec<Val> = Vec::new();
        for part in it.value.as_slice() {
            match part {
                FStringPart::Literal(literal) => parts.push(Val::str(&*literal.value)),
                FStringPart::FString(inner) => self.interpolated(&inner.elements, &mut parts)?,
            }
        }
        self.concatenate(parts)
    }

    fn interpolated(
        &mut self,
        elements: &ast::InterpolatedStringElements,
        parts: &mut Vec<Val>,
    ) -> Result<(), Raise> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    parts.push(Val::str(&*literal.value))
                }
                InterpolatedStringElement::Interpolation(it) => {
                    if it.debug_text.is_some() {
                        parts.push(Val::unknown("the form {x=} of an f-string is not modelled"));
                        continue;
                    }
                    let value = self.eval(&it.expression)?;
                    let value = match it.conversion {
                        ast::ConversionFlag::None => value,
                        ast::ConversionFlag::Str => self.text_of(&value)?,
                        ast::ConversionFlag::Repr => self.repr(&value)?,
                        ast::ConversionFlag::Ascii => {
                            Val::unknown("the conversion !a is not modelled")
                        }
                    };
                    let spec = match &it.format_spec {
                        Some(spec) => {
                            let mut inner = Vec::new();
                            self.interpolated(&spec.elements, &mut inner)?;
                            self.concatenate(inner)?
                        }
                        None => Val::str(""),
                    };
                    let deps = value.deps.clone();
                    let text = self.each_of(&[value, spec], |interp, pair| match pair {
                        [value, spec] => match spec.as_str() {
                            Some(spec) => {
                                let spec = spec.to_owned();
                                interp.format_value(value, &spec)
                            }
                            None => Ok(spec.clone()),
                        },
                        _ => Ok(Val::NONE),
                    })?;
                    parts.push(text.with_deps(&deps));
                }
            }
        }
        Ok(())
    }

    /// Strings, possibly one of several each, as one.
    fn concatenate(&mut self, parts: Vec<Val>) -> Outcome {
        let value = self.each_of(&parts, |interp, parts| {
            if let Some(unknown) = parts.iter().find(|part| part.as_str().is_none()) {
                return Ok(interp.why_unknown(unknown));
            }
            let texts: Vec<&str> = parts.iter().filter_map(Val::as_str).collect();
            Ok(interp.bounded_str(&texts))
        })?;
        Ok(parts.iter().fold(value, |value, part| value.with_deps(&part.deps)))
    }

    /// `format(value, spec)`.
    pub(crate) fn format_value(&mut self, value: &Val, spec: &str) -> Outcome {
        if value.is_unknown() {
            return Ok(value.clone());
        }
        if let Some(method) = self.class_attribute_of(value, "__format__") {
            let method = self.bind_to(&method, value)?;
            return self.call(&method, Call::of(vec![Val::str(spec)], self.here));
        }
        if spec.is_empty() {
            // An enum with a mixed-in type formats differently from version to version.
            let is_mixed = match self.object(value) {
                Some(super::heap::Object::Instance { class, inner, .. }) => {
                    let class = *class;
                    inner.is_some()
                        && self.enum_members(class).is_some()
                        && !self.extends(class, "enum", "StrEnum")
                }
                _ => false,
            };
            if is_mixed {
                return Ok(Val::unknown("how an enum is formatted depends on the Python version"));
            }
            return self.text_of(value);
        }
        let Some(parsed) = Spec::parse(spec) else {
            return Ok(Val::unknown(format!("the format {spec} is not modelled")));
        };
        let value = self.unwrapped(value);
        let text = match &value.kind {
            Kind::Int(number) if matches!(parsed.kind, Some('f' | 'F' | '%')) => {
                int_to_float(number).and_then(|number| format_float(number, &parsed))
            }
            Kind::Int(number) => format_int(number, &parsed),
            Kind::Float(number) => format_float(*number, &parsed),
            Kind::Str(text) => match parsed.kind {
                None | Some('s')
                    if parsed.sign.is_none()
                        && parsed.grouping.is_none()
                        && !parsed.zero
                        && parsed.align != Some('=') =>
                {
                    let cut: String = match parsed.precision {
                        Some(length) => text.chars().take(length).collect(),
                        None => text.to_string(),
                    };
                    Some(parsed.pad(&cut, '<'))
                }
                _ => None,
            },
            _ => None,
        };
        Ok(match text {
            Some(text) => Val::str(text),
            None => {
                // Many are none that the value takes.
                self.may_raise("a format that the value may not take");
                Val::unknown(format!("the format {spec} is not modelled for this value"))
            }
        })
    }

    /// `text % value`.
    pub(crate) fn percent_format(&mut self, text: &str, value: &Val) -> Outcome {
        let mut output = String::new();
        let mut chars = text.chars().peekable();
        let arguments: Vec<Val> = match &value.kind {
            Kind::Tuple(items) => items.to_vec(),
            _ => vec![value.clone()],
        };
        let mut next = arguments.iter();
        let mut used_key = false;
        let mut deps = value.deps.clone();
        while let Some(c) = chars.next() {
            if c != '%' {
                output.push(c);
                continue;
            }
            if chars.peek() == Some(&'%') {
                chars.next();
                output.push('%');
                continue;
            }
            let mut key = None;
            if chars.peek() == Some(&'(') {
                chars.next();
                key = Some(chars.by_ref().take_while(|c| *c != ')').collect::<String>());
            }
            let mut spec = String::new();
            let kind = loop {
                match chars.next() {
                    Some(c @ ('0'..='9' | '-' | '+' | ' ' | '#' | '.' | '*')) => spec.push(c),
                    Some(c) => break c,
                    None => return Err(self.raise("ValueError", "incomplete format")),
                }
            };
            let argument = match key {
                Some(key) => {
                    used_key = true;
                    self.get_item(value, &Val::str(key))?
                }
                None => match next.next() {
                    Some(argument) => argument.clone(),
                    None => {
                        return Err(
                            self.raise("TypeError", "not enough arguments for format string")
                        );
                    }
                },
            };
            deps = super::value::union(&deps, &argument.deps);
            let text =
                self.each(&argument, |interp, argument| interp.percent_one(argument, &spec, kind))?;
            match text.as_str() {
                Some(text) => output.push_str(text),
                None => return Ok(self.why_unknown(&text)),
            }
            if output.len() > self.request.limits.size {
                return Ok(Val::unknown("a string too long to be computed here"));
            }
        }
        let is_mapping = self.as_dict(value).is_some();
        if next.next().is_some() && !used_key && !is_mapping {
            return Err(
                self.raise("TypeError", "not all arguments converted during string formatting")
            );
        }
        Ok(Val::str(output).with_deps(&deps))
    }

    fn percent_one(&mut self, argument: &Val, spec: &str, kind: char) -> Outcome {
        if argument.is_unknown() {
            return Ok(argument.clone());
        }
        let not_modelled = || Ok(Val::unknown("a form of % formatting that is not modelled"));
        match kind {
            's' | 'r' => {
                let text = if kind == 's' { self.text_of(argument)? } else { self.repr(argument)? };
                let Some(plain) = text.as_str() else { return Ok(text) };
                if spec.is_empty() {
                    return Ok(text);
                }
                let (left, width) = match spec.strip_prefix('-') {
                    Some(width) => (true, width),
                    None => (false, spec),
                };
                match width.parse::<usize>() {
                    Ok(width) if width < 10_000 && !width.to_string().is_empty() => {
                        let missing = " ".repeat(width.saturating_sub(plain.chars().count()));
                        Ok(Val::str(if left {
                            format!("{plain}{missing}")
                        } else {
                            format!("{missing}{plain}")
                        }))
                    }
                    _ => not_modelled(),
                }
            }
            'd' | 'i' | 'u' => {
                let number = match &argument.kind {
                    Kind::Float(number) => super::numbers::float_to_int(*number),
                    _ => self.unwrapped(argument).as_int(),
                };
                let Some(number) = number else {
                    return Err(self.raise("TypeError", "%d format: a real number is required"));
                };
                let parsed = Spec::parse(spec)
                    .filter(|spec| spec.precision.is_none() && spec.align.is_none());
                match parsed.and_then(|spec| format_int(&number, &spec)) {
                    Some(text) if !spec.starts_with('-') => Ok(Val::str(text)),
                    _ => not_modelled(),
                }
            }
            'f' | 'x' | 'X' | 'o' => {
                if spec.starts_with('-') {
                    return not_modelled();
                }
                let value = self.unwrapped(argument);
                let text = self.format_value(&value, &format!("{spec}{kind}"))?;
                Ok(text)
            }
            'c' | 'e' | 'g' | 'a' | 'E' | 'G' | 'F' => not_modelled(),
            _ => Err(self.raise("ValueError", "unsupported format character")),
        }
    }

    /// `text.format(…)`.
    pub(crate) fn format_string(&mut self, text: &str, call: &Call) -> Outcome {
        let mut output = String::new();
        let mut chars = text.chars().peekable();
        let mut automatic = 0usize;
        let mut deps = None;
        while let Some(c) = chars.next() {
            match c {
                '{' if chars.peek() == Some(&'{') => {
                    chars.next();
                    output.push('{');
                }
                '}' if chars.peek() == Some(&'}') => {
                    chars.next();
                    output.push('}');
                }
                '}' => {
                    return Err(self.raise("ValueError", "Single '}' encountered in format string"));
                }
                '{' => {
                    let mut field = String::new();
                    let mut nested = 0;
                    loop {
                        match chars.next() {
                            Some('}') if nested == 0 => break,
                            Some(c) => {
                                nested += i32::from(c == '{') - i32::from(c == '}');
                                field.push(c);
                            }
                            None => {
                                return Err(
                                    self.raise("ValueError", "expected '}' before end of string")
                                );
                            }
                        }
                    }
                    let value = self.format_field(&field, call, &mut automatic)?;
                    deps = super::value::union(&deps, &value.deps);
                    match value.as_str() {
                        Some(text) => output.push_str(text),
                        None => return Ok(self.why_unknown(&value).with_deps(&deps)),
                    }
                }
                c => output.push(c),
            }
            if output.len() > self.request.limits.size {
                return Ok(Val::unknown("a string too long to be computed here"));
            }
        }
        Ok(Val::str(output).with_deps(&deps))
    }

    fn format_field(&mut self, field: &str, call: &Call, automatic: &mut usize) -> Outcome {
        let (path, spec) = field.split_once(':').unwrap_or((field, ""));
        let (path, conversion) = match path.split_once('!') {
            Some((path, conversion)) => (path, Some(conversion)),
            None => (path, None),
        };
        if spec.contains('{') {
            return Ok(Val::unknown("a nested format is not modelled"));
        }
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(end);
        let mut value = if first.is_empty() || first.bytes().all(|byte| byte.is_ascii_digit()) {
            let at = if first.is_empty() {
                *automatic += 1;
                *automatic - 1
            } else {
                first.parse().unwrap_or(usize::MAX)
            };
            match call.positional.get(at) {
                Some(value) => value.clone(),
                None => return Err(self.raise("IndexError", "Replacement index out of range")),
            }
        } else {
            match call.keyword(first) {
                Some(value) => value.clone(),
                None => return Err(self.raise("KeyError", first)),
            }
        };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, tail) = after.split_at(end);
                value = self.get_attribute(&value, name)?;
                rest = tail;
            } else if let Some((key, tail)) =
                rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            {
                let key = match key.parse::<i64>() {
                    Ok(number) => Val::int(number),
                    Err(_) => Val::str(key),
                };
                value = self.get_item(&value, &key)?;
                rest = tail;
            } else {
                return Err(self.raise("ValueError", "Only '.' or '[' may follow ']'"));
            }
        }
        let value = match conversion {
            None => value,
            Some("r") => self.repr(&value)?,
            Some("s") => self.text_of(&value)?,
            Some(_) => return Ok(Val::unknown("a conversion that is not modelled")),
        };
        let deps = value.deps.clone();
        let spec = spec.to_owned();
        let text = self.each(&value, |interp, value| interp.format_value(value, &spec))?;
        Ok(text.with_deps(&deps))
    }
}
