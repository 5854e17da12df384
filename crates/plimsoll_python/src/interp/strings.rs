//! Methods of `str` and `bytes`.

use super::Interp;
use super::native::{Call, Outcome, Raise};
use super::numbers::is_space;
use super::value::{Kind, Val};

impl Interp<'_> {
    pub(crate) fn str_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Some(text) = this.as_str().map(str::to_owned) else { return Ok(Val::NONE) };
        if let Some(unknown) = call.unknown() {
            return Ok(unknown.clone());
        }
        if !self.spend(text.len() as u64 / 64) {
            return Ok(self.exhausted_value());
        }
        if let Some(value) = plain_method(&text, name) {
            if call.values().next().is_some() {
                return Err(self.raise("TypeError", &format!("str.{name}() takes no arguments")));
            }
            return Ok(value);
        }
        match name {
            "strip" | "lstrip" | "rstrip" => self.strip(&text, name, &call),
            "split" | "rsplit" => self.split(&text, name == "rsplit", call),
            "splitlines" => self.split_lines(&text, &call),
            "join" => self.join_strings(&text, &call),
            "replace" => self.replace_text(&text, &call),
            "startswith" | "endswith" => self.starts(&text, name == "startswith", &call),
            "find" | "rfind" | "index" | "rindex" | "count" => self.search_text(&text, name, &call),
            "partition" | "rpartition" => self.partition(&text, name == "rpartition", &call),
            "removeprefix" => {
                let part = self.text_argument(&call, 0)?;
                Ok(Val::str(text.strip_prefix(&*part).unwrap_or(&text)))
            }
            "removesuffix" => {
                let part = self.text_argument(&call, 0)?;
                Ok(Val::str(text.strip_suffix(&*part).unwrap_or(&text)))
            }
            "ljust" | "rjust" | "center" => self.justify(&text, name, &call),
            "zfill" => {
                let width = match self.width_argument(&call)? {
                    Ok(width) => width,
                    Err(unknown) => return Ok(unknown),
                };
                let (sign, digits) = match text.strip_prefix(['-', '+']) {
                    Some(rest) => text.split_at(text.len() - rest.len()),
                    None => ("", text.as_str()),
                };
                let missing = width.saturating_sub(text.chars().count());
                Ok(Val::str(format!("{sign}{}{digits}", "0".repeat(missing))))
            }
            "format" => self.format_string(&text, &call),
            "format_map" => {
                let mut call = call;
                let mapping = call.positional.first().cloned().unwrap_or(Val::NONE);
                match self.as_dict(&mapping).as_ref().and_then(Self::string_keys) {
                    Some(items) => {
                        call.positional.clear();
                        call.named = items;
                        self.format_string(&text, &call)
                    }
                    None => Ok(self.why_unknown(&mapping)),
                }
            }
            "encode" => {
                let name = call.get(0, "encoding").and_then(Val::as_str).unwrap_or("utf-8");
                let name = name.to_lowercase().replace('_', "-");
                match name.as_str() {
                    "utf-8" | "utf8" => Ok(Val::bytes(text.as_bytes())),
                    "ascii" | "latin-1" | "latin1" | "iso-8859-1" if text.is_ascii() => {
                        Ok(Val::bytes(text.as_bytes()))
                    }
                    _ => Ok(Val::unknown(format!("the encoding {name} is not modelled"))),
                }
            }
            "title" => Ok(Val::str(title(&text))),
            _ => Ok(Val::unknown(format!("str.{name} is not modelled"))),
        }
    }

    /// A string argument by position.
    fn text_argument(&mut self, call: &Call, at: usize) -> Result<String, Raise> {
        let value = call.positional.get(at).map(|value| self.unwrapped(value));
        match value.as_ref().and_then(Val::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.raise("TypeError", "a str is required")),
        }
    }

    /// A width; the unknown where it is too large to be filled here.
    fn width_argument(&mut self, call: &Call) -> Result<Result<usize, Val>, Raise> {
        let Some(width) = call.positional.first().and_then(Val::as_int) else {
            return Err(self.raise("TypeError", "an integer is required"));
        };
        let width = if width < num_bigint::BigInt::ZERO {
            0
        } else {
            usize::try_from(width).unwrap_or(usize::MAX)
        };
        if width > self.request.limits.size {
            return Ok(Err(Val::unknown("a string too long to be computed here")));
        }
        Ok(Ok(width))
    }

    fn strip(&mut self, text: &str, name: &str, call: &Call) -> Outcome {
        let chars = match call.positional.first() {
            None => None,
            Some(value) if value.is_none() => None,
            Some(_) => Some(self.text_argument(call, 0)?),
        };
        let matches = |c: char| match &chars {
            Some(chars) => chars.contains(c),
            None => is_space(c),
        };
        Ok(Val::str(match name {
            "lstrip" => text.trim_start_matches(matches),
            "rstrip" => text.trim_end_matches(matches),
            _ => text.trim_matches(matches),
        }))
    }

    fn split(&mut self, text: &str, from_right: bool, call: Call) -> Outcome {
        let [separator, limit] = call.bind(self, "split", ["sep", "maxsplit"], 0)?;
        let limit = limit.and_then(|limit| limit.as_i64()).unwrap_or(-1);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX - 1);
        let separator = separator.map(|value| self.unwrapped(&value));
        let parts: Vec<String> = match separator.as_ref() {
            Some(Val { kind: Kind::Str(separator), .. }) => {
                if separator.is_empty() {
                    return Err(self.raise("ValueError", "empty separator"));
                }
                if from_right {
                    let mut parts: Vec<String> = text
                        .rsplitn(limit.saturating_add(1), &**separator)
                        .map(str::to_owned)
                        .collect();
                    parts.reverse();
                    parts
                } else {
                    text.splitn(limit.saturating_add(1), &**separator).map(str::to_owned).collect()
                }
            }
            None | Some(Val { kind: Kind::None, .. }) => split_space(text, limit, from_right),
            Some(_) => return Err(self.raise("TypeError", "must be str or None")),
        };
        if !self.spend(parts.len() as u64) {
            return Ok(self.exhausted_value());
        }
        Ok(self.new_list(parts.into_iter().map(Val::str).collect()))
    }

    fn split_lines(&mut self, text: &str, call: &Call) -> Outcome {
        let keep = match call.get(0, "keepends") {
            Some(value) => self.truth(&value.clone())?.unwrap_or(false),
            None => false,
        };
        let mut lines = Vec::new();
        let mut rest = text;
        let is_break = |c: char| {
            matches!(
                c,
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'
                    ..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
            )
        };
        while !rest.is_empty() {
            let end = rest.find(is_break).unwrap_or(rest.len());
            let after = rest.get(end..).unwrap_or_default();
            let width = if after.starts_with("\r\n") {
                2
            } else {
                after.chars().next().map_or(0, char::len_utf8)
            };
            let until = if keep { end + width } else { end };
            lines.push(Val::str(rest.get(..until).unwrap_or_default()));
            rest = rest.get(end + width..).unwrap_or_default();
        }
        Ok(self.new_list(lines))
    }

    fn join_strings(&mut self, separator: &str, call: &Call) -> Outcome {
        let Some(list) = call.positional.first().cloned() else {
            return Err(self.raise("TypeError", "str.join() takes exactly one argument"));
        };
        let Some(items) = self.iterate(&list)? else { return Ok(self.why_unknown(&list)) };
        let count = items.len();
        // One of several strings in the list: once for each.
        let value = self.each_of(&items, |interp, items| {
            let mut parts = Vec::with_capacity(items.len());
            for item in items {
                if item.is_unknown() {
                    return Ok(item.clone());
                }
                match interp.unwrapped(item).as_str() {
                    Some(text) => parts.push(text.to_owned()),
                    None => {
                        return Err(
                            interp.raise("TypeError", "sequence item: expected str instance")
                        );
                    }
                }
            }
            let length: usize = parts.iter().map(|part| part.len() + separator.len()).sum();
            if length > interp.request.limits.size {
                return Ok(Val::unknown("a string too long to be computed here"));
            }
            Ok(Val::str(parts.join(separator)))
        })?;
        self.spend(count as u64);
        Ok(items.iter().fold(value, |value, item| value.with_deps(&item.deps)))
    }

    fn replace_text(&mut self, text: &str, call: &Call) -> Outcome {
        let old = self.text_argument(call, 0)?;
        let new = self.text_argument(call, 1)?;
        let count = call.get(2, "count").and_then(Val::as_i64).unwrap_or(-1);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let growth = text.len().saturating_mul(new.len().max(1));
        if growth > self.request.limits.size * 4
            && text.matches(&old).count().saturating_mul(new.len()) > self.request.limits.size
        {
            return Ok(Val::unknown("a string too long to be computed here"));
        }
        Ok(Val::str(text.replacen(&old, &new, count)))
    }

    fn starts(&mut self, text: &str, at_start: bool, call: &Call) -> Outcome {
        if call.positional.len() > 1 {
            return Ok(Val::unknown("startswith with a range is not modelled"));
        }
        let parts: Vec<Val> = match call.positional.first() {
            Some(Val { kind: Kind::Tuple(items), .. }) => items.to_vec(),
            Some(value) => vec![value.clone()],
            None => Vec::new(),
        };
        for part in parts {
            let part = self.unwrapped(&part);
            let Some(part) = part.as_str() else {
                if part.is_unknown() || matches!(part.kind, Kind::OneOf(_)) {
                    return Ok(self.why_unknown(&part));
                }
                return Err(
                    self.raise("TypeError", "startswith first arg must be str or a tuple of str")
                );
            };
            if if at_start { text.starts_with(part) } else { text.ends_with(part) } {
                return Ok(Val::bool(true));
            }
        }
        Ok(Val::bool(false))
    }

    fn search_text(&mut self, text: &str, name: &str, call: &Call) -> Outcome {
        let part = self.text_argument(call, 0)?;
        if call.positional.len() > 1 {
            return Ok(Val::unknown("a search in part of a string is not modelled"));
        }
        if name == "count" {
            let count = if part.is_empty() {
                text.chars().count() + 1
            } else {
                text.matches(&part).count()
            };
            return Ok(Val::int(count));
        }
        let found = if name.starts_with('r') { text.rfind(&part) } else { text.find(&part) };
        match found {
            Some(at) => Ok(Val::int(text.get(..at).map_or(0, |before| before.chars().count()))),
            None if name.ends_with("index") => Err(self.raise("ValueError", "substring not found")),
            None => Ok(Val::int(-1)),
        }
    }

    fn partition(&mut self, text: &str, from_right: bool, call: &Call) -> Outcome {
        let separator = self.text_argument(call, 0)?;
        if separator.is_empty() {
            return Err(self.raise("ValueError", "empty separator"));
        }
        let found =
            if from_right { text.rsplit_once(&separator) } else { text.split_once(&separator) };
        let parts = match found {
            Some((before, after)) => [before, &separator, after],
            None if from_right => ["", "", text],
            None => [text, "", ""],
        };
        Ok(Val::tuple(parts.iter().map(Val::str).collect()))
    }

    fn justify(&mut self, text: &str, name: &str, call: &Call) -> Outcome {
        let width = match self.width_argument(call)? {
            Ok(width) => width,
            Err(unknown) => return Ok(unknown),
        };
        let fill = match call.positional.get(1) {
            Some(_) => self.text_argument(call, 1)?,
            None => " ".to_owned(),
        };
        let length = text.chars().count();
        let missing = width.saturating_sub(length);
        let (left, right) = match name {
            "ljust" => (0, missing),
            "rjust" => (missing, 0),
            // As CPython: the odd one goes left only where the width is odd too.
            _ => {
                let left = missing / 2 + (missing & width & 1);
                (left, missing - left)
            }
        };
        Ok(Val::str(format!("{}{text}{}", fill.repeat(left), fill.repeat(right))))
    }

    pub(crate) fn bytes_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Kind::Bytes(bytes) = &this.kind else { return Ok(Val::NONE) };
        if let Some(unknown) = call.unknown() {
            return Ok(unknown.clone());
        }
        match name {
            "decode" => {
                let encoding = call.get(0, "encoding").and_then(Val::as_str).unwrap_or("utf-8");
                let encoding = encoding.to_lowercase().replace('_', "-");
                let is_utf8 = matches!(encoding.as_str(), "utf-8" | "utf8");
                let is_ascii =
                    bytes.is_ascii() && matches!(encoding.as_str(), "ascii" | "latin-1" | "latin1");
                if call.positional.len() > 1 || !(is_utf8 || is_ascii) {
                    return Ok(Val::unknown("a decoding that is not modelled"));
                }
                match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Val::str(text)),
                    Err(_) => Err(self.raise("UnicodeDecodeError", "invalid start byte")),
                }
            }
            "hex" if call.values().next().is_none() => {
                Ok(Val::str(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
            }
            _ => Ok(Val::unknown(format!("bytes.{name} is not modelled"))),
        }
    }
}

/// Methods without arguments. Case mapping is Unicode's, as Python's; words with Greek final sigma
/// and the like agree as both follow SpecialCasing.
fn plain_method(text: &str, name: &str) -> Option<Val> {
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    Some(match name {
        "lower" => Val::str(text.to_lowercase()),
        "upper" => Val::str(text.to_uppercase()),
        "casefold" if text.is_ascii() => Val::str(text.to_lowercase()),
        "capitalize" if text.is_ascii() => {
            let mut chars = text.chars();
            match chars.next() {
                Some(first) => Val::str(format!(
                    "{}{}",
                    first.to_ascii_uppercase(),
                    chars.as_str().to_lowercase()
                )),
                None => Val::str(""),
            }
        }
        "swapcase" if text.is_ascii() => {
            Val::str(
                text.chars()
                    .map(|c| {
                        if c.is_lowercase() {
                            c.to_ascii_uppercase()
                        } else {
                            c.to_ascii_lowercase()
                        }
                    })
                    .collect::<String>(),
            )
        }
        "isascii" => Val::bool(text.is_ascii()),
        "isspace" => Val::bool(all(is_space)),
        "isdigit" | "isdecimal" | "isnumeric" if text.is_ascii() => {
            Val::bool(all(|c| c.is_ascii_digit()))
        }
        "isalpha" if text.is_ascii() => Val::bool(all(|c| c.is_ascii_alphabetic())),
        "isalnum" if text.is_ascii() => Val::bool(all(|c| c.is_ascii_alphanumeric())),
        "isupper" if text.is_ascii() => {
            let has = text.chars().any(|c| c.is_ascii_uppercase());
            Val::bool(has && !text.chars().any(|c| c.is_ascii_lowercase()))
        }
        "islower" if text.is_ascii() => {
            let has = text.chars().any(|c| c.is_ascii_lowercase());
            Val::bool(has && !text.chars().any(|c| c.is_ascii_uppercase()))
        }
        "isidentifier" if text.is_ascii() => {
            let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            Val::bool(starts && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        }
        "isprintable" if text.is_ascii() => Val::bool(text.chars().all(|c| !c.is_ascii_control())),
        _ => return None,
    })
}

fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if c.is_alphabetic() {
            if inside {
                titled.extend(c.to_lowercase());
            } else {
                titled.extend(c.to_uppercase());
            }
            inside = true;
        } else {
            titled.push(c);
            inside = false;
        }
    }
    titled
}

/// `split()` on runs of white space.
fn split_space(text: &str, limit: usize, from_right: bool) -> Vec<String> {
    let mut parts = Vec::new();
    if from_right {
        let mut rest = text.trim_end_matches(is_space);
        while !rest.is_empty() {
            if parts.len() == limit {
                parts.push(rest.to_owned());
                break;
            }
            match rest.rfind(is_space) {
                Some(at) => {
                    let width = rest
                        .get(at..)
                        .and_then(|rest| rest.chars().next())
                        .map_or(1, char::len_utf8);
                    parts.push(rest.get(at + width..).unwrap_or_default().to_owned());
                    rest = rest.get(..at).unwrap_or_default().trim_end_matches(is_space);
                }
                None => {
                    parts.push(rest.to_owned());
                    break;
                }
            }
        }
        parts.reverse();
        return parts;
    }
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        if parts.len() == limit {
            parts.push(rest.to_owned());
            break;
        }
        match rest.find(is_space) {
            Some(at) => {
                parts.push(rest.get(..at).unwrap_or_default().to_owned());
                rest = rest.get(at..).unwrap_or_default().trim_start_matches(is_space);
            }
            None => {
                parts.push(rest.to_owned());
                break;
            }
        }
    }
    parts
}
