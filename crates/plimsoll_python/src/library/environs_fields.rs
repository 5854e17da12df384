//! How environs turns text into values: marshmallow's fields.

use plimsoll_formats::dotenv::Version;

use super::environs::is_class;
use super::prelude::*;
use super::stdlib_text::{Trouble, literal};
use crate::interp::heap::{Builtin, Event, Object};

/// What a method of `Env` makes.
pub(super) enum Field {
    Raw,
    Str,
    Bool,
    Int,
    Float,
    List,
    Dict,
    Json,
    Path,
    Timedelta,
    LogLevel,
    Url,
    /// `parse` of this module.
    Call(&'static str),
    /// Not modelled.
    Other(&'static str),
}

impl Field {
    /// How the cast is called in a record; `None` for text as it is.
    pub(super) fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Raw => return None,
            Self::Str => "str",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::List => "list",
            Self::Dict => "dict",
            Self::Json => "json",
            Self::Path => "path",
            Self::Timedelta => "timedelta",
            Self::LogLevel => "log_level",
            Self::Url => "url",
            Self::Call("dj_database_url") => "db_url",
            Self::Call("dj_email_url") => "email_url",
            Self::Call(_) => "cache_url",
            Self::Other(name) => name,
        })
    }

    /// Whether a default goes the way of a variable's text.
    pub(super) fn converts_default(&self, version: Version) -> bool {
        let by_function = match self {
            Self::Call(_) => true,
            Self::Other(name) => *name == "enum" && version < Version(13, 0, 0),
            _ => false,
        };
        by_function || version < Version(14, 0, 0)
    }
}

/// The arguments that a field takes.
#[derive(Default)]
pub(super) struct Options {
    pub(super) subcast: Option<Val>,
    keys: Option<Val>,
    values: Option<Val>,
    delimiter: Option<Val>,
    between: Option<Val>,
    /// Those of the function behind a field.
    further: Vec<(std::rc::Rc<str>, Val)>,
}

impl Options {
    /// Whether an argument by name is known to this field.
    pub(super) fn take(
        &mut self,
        field: &Field,
        name: &str,
        value: &Val,
        version: Version,
    ) -> bool {
        let value = Some(value.clone()).filter(|value| !value.is_none());
        match (field, name) {
            (Field::List, "delimiter") => self.delimiter = value,
            (Field::Dict, "delimiter") if version >= Version(10, 3, 0) => self.delimiter = value,
            (Field::Dict, "key_value_delimiter") if version >= Version(14, 2, 0) => {
                self.between = value;
            }
            (Field::Dict, "subcast_keys") => self.keys = value,
            (Field::Dict, "subcast_values") => self.values = value,
            (Field::Call(_), _) => {
                let value = value.unwrap_or(Val::NONE);
                self.further.push((name.into(), value));
            }
            _ => return false,
        }
        true
    }
}

/// What a conversion depends on.
pub(super) struct Context<'a> {
    pub(super) version: Version,
    pub(super) options: &'a Options,
    /// `default=None` was given.
    pub(super) none_is_allowed: bool,
    pub(super) at: Event,
}

/// Why there is no value.
pub(super) enum Failure {
    /// A `ValidationError`, which environs turns into its own.
    Invalid(&'static str),
    /// Another exception, which goes through.
    Raise(Raise),
    /// Not modelled: why.
    Unknown(String),
}

impl From<Raise> for Failure {
    fn from(raise: Raise) -> Self {
        Self::Raise(raise)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Raise(_, why) => Self::Invalid(why),
            Trouble::Unknown(reason) => Self::Unknown(reason.to_owned()),
        }
    }
}

type Converted = Result<Val, Failure>;

/// The value of a field for a text, or for a default that is converted as text is.
pub(super) fn deserialize(
    interp: &mut Interp<'_>,
    field: &Field,
    context: &Context<'_>,
    value: &Val,
) -> Converted {
    if let Field::Other(name) = field {
        return Err(Failure::Unknown(format!("env.{name}() of environs is not modelled")));
    }
    if let Field::Call(module) = field {
        return parse_url(interp, module, context, value);
    }
    if value.is_none() {
        let known = match field {
            Field::Url => false,
            Field::List | Field::Json => context.version >= Version(10, 3, 0),
            Field::Dict => false,
            _ => true,
        };
        return match (known, context.none_is_allowed) {
            (true, true) => Ok(Val::NONE),
            (true, false) => Err(Failure::Invalid("Field may not be null.")),
            (false, _) => Err(Failure::Unknown("environs with None as a value".into())),
        };
    }
    match field {
        Field::Raw => Ok(value.clone()),
        Field::List => list(interp, context, value),
        Field::Dict => dict(interp, context, value),
        Field::Json => json(interp, context, value),
        Field::Url => url(interp, context, value),
        Field::Path => path(interp, context, value),
        Field::Str | Field::Bool | Field::Int | Field::Float => scalar(field, value),
        Field::Timedelta => timedelta(context, value),
        Field::LogLevel => log_level(value),
        Field::Call(_) | Field::Other(_) => Ok(value.clone()),
    }
}

fn unnatural() -> Failure {
    Failure::Unknown("environs with a default of another type than the variable's".into())
}

fn scalar(field: &Field, value: &Val) -> Converted {
    match (field, &value.kind) {
        (Field::Str, Kind::Str(_)) | (Field::Bool, Kind::Bool(_)) => Ok(value.clone()),
        (Field::Str, _) => Err(Failure::Invalid("Not a valid string.")),
        (Field::Bool, Kind::Str(text)) => boolean(text),
        (Field::Bool, Kind::Int(_)) => match value.as_i64() {
            Some(1) => Ok(Val::bool(true)),
            Some(0) => Ok(Val::bool(false)),
            _ => Err(Failure::Invalid("Not a valid boolean.")),
        },
        (Field::Int, Kind::Int(_)) | (Field::Float, Kind::Float(_)) => Ok(value.clone()),
        (Field::Int, Kind::Str(text)) => Ok(Val::int(literal::int(text)?)),
        (Field::Float, Kind::Str(text)) => {
            let number = literal::float(text)?;
            match number.is_finite() {
                true => Ok(Val::float(number)),
                false => Err(Failure::Invalid("Special numeric values are not permitted.")),
            }
        }
        (Field::Float, Kind::Int(_)) => match value.as_i64() {
            #[allow(clippy::cast_precision_loss, reason = "exact within these bounds")]
            Some(number) if number.abs() < 1 << 50 => Ok(Val::float(number as f64)),
            _ => Err(unnatural()),
        },
        (Field::Int | Field::Float, Kind::Bool(_)) => Err(Failure::Invalid("Not a valid number.")),
        _ => Err(unnatural()),
    }
}

fn boolean(text: &str) -> Converted {
    const TRUE: &[&str] =
        &["t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1"];
    const FALSE: &[&str] = &[
        "f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0",
    ];
    match text {
        text if TRUE.contains(&text) => Ok(Val::bool(true)),
        text if FALSE.contains(&text) => Ok(Val::bool(false)),
        _ => Err(Failure::Invalid("Not a valid boolean.")),
    }
}

/// One item of a list, one key or value of a dict.
fn cast(
    interp: &mut Interp<'_>,
    subcast: Option<&Val>,
    value: Val,
    context: &Context<'_>,
) -> Converted {
    let Some(subcast) = subcast else {
        return match value.is_none() {
            true => Err(Failure::Invalid("Field may not be null.")),
            false => Ok(value),
        };
    };
    if subcast.is_unknown() || value.is_unknown() {
        return Ok(if value.is_unknown() { value } else { subcast.clone() });
    }
    if matches!(value.kind, Kind::None | Kind::OneOf(_)) {
        return Err(Failure::Unknown("a list of environs with such items is not modelled".into()));
    }
    for (builtin, field) in [
        (Builtin::Str, Field::Str),
        (Builtin::Int, Field::Int),
        (Builtin::Float, Field::Float),
        (Builtin::Bool, Field::Bool),
    ] {
        if is_class(interp, subcast, builtin) {
            return scalar(&field, &value);
        }
    }
    if [Builtin::List, Builtin::Set, Builtin::Tuple]
        .into_iter()
        .any(|it| is_class(interp, subcast, it))
    {
        return Ok(value);
    }
    let class = matches!(interp.object(subcast), Some(Object::Class(_)));
    let own = class
        && subcast.as_id().is_some_and(|id| {
            interp.class_name(id).is_some_and(|name| {
                ["bytes", "datetime", "date", "time", "timedelta", "UUID", "Decimal"]
                    .contains(&&*name)
            })
        });
    if own {
        return Err(Failure::Unknown("a subcast of environs that is not modelled".into()));
    }
    if value.as_str().is_none() && context.version >= Version(15, 0, 0) {
        return Ok(value);
    }
    Ok(interp.call(subcast, Call::of(vec![value], context.at))?)
}

fn delimiter(value: Option<&Val>, default: &str) -> Result<String, Failure> {
    match value {
        None => Ok(default.to_owned()),
        Some(value) => value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| Failure::Unknown("a delimiter that is not known".into())),
    }
}

fn list(interp: &mut Interp<'_>, context: &Context<'_>, value: &Val) -> Converted {
    let items: Vec<Val> = match value.as_str() {
        Some("") => Vec::new(),
        Some(text) => {
            let delimiter = delimiter(context.options.delimiter.as_ref(), ",")?;
            text.split(&*delimiter).map(|item| Val::str(item).with_deps(&value.deps)).collect()
        }
        None => match (&value.kind, interp.object(value)) {
            (Kind::Tuple(items), _) => items.to_vec(),
            (_, Some(Object::List(items))) => items.clone(),
            _ => return Err(unnatural()),
        },
    };
    let subcast = context.options.subcast.clone();
    let mut made = Vec::with_capacity(items.len());
    for item in items {
        made.push(cast(interp, subcast.as_ref(), item, context)?);
    }
    Ok(interp.new_list(made))
}

fn dict(interp: &mut Interp<'_>, context: &Context<'_>, value: &Val) -> Converted {
    let Some(text) = value.as_str().map(str::to_owned) else {
        return match interp.dict_items(value) {
            Some(items) => Ok(interp.new_dict_of(items)),
            None => Err(unnatural()),
        };
    };
    let options = context.options;
    let delimiter_text = delimiter(options.delimiter.as_ref(), ",")?;
    let between = delimiter(options.between.as_ref(), "=")?;
    let mut pairs = Vec::new();
    for item in text.split(&*delimiter_text).filter(|_| !text.is_empty()) {
        let Some((key, item)) = item.split_once(&*between) else {
            let message = "not enough values to unpack (expected 2, got 1)";
            return Err(Failure::Raise(interp.raise("ValueError", message)));
        };
        let strip = |text: &str| {
            Val::str(text.trim_matches(super::stdlib_text::is_space)).with_deps(&value.deps)
        };
        // A comprehension evaluates the key first.
        let key = cast(interp, options.keys.as_ref(), strip(key), context)?;
        let item = cast(interp, options.values.as_ref(), strip(item), context)?;
        if interp.key_of(&key).is_none() {
            return Err(Failure::Unknown("a dict whose keys are not known".into()));
        }
        pairs.push((key, item));
    }
    Ok(interp.new_dict_of(pairs))
}

fn json(interp: &mut Interp<'_>, context: &Context<'_>, value: &Val) -> Converted {
    if value.as_str().is_none() {
        let is_container = matches!(interp.object(value), Some(Object::List(_) | Object::Dict(_)));
        return match is_container && context.version >= Version(10, 3, 0) {
            true => Ok(value.clone()),
            false => Err(unnatural()),
        };
    }
    let module = interp.import("json", context.at)?;
    let loads = interp.get_attribute(&module, "loads")?;
    match interp.call(&loads, Call::of(vec![value.clone()], context.at)) {
        Err(_) => Err(Failure::Invalid("Not valid JSON.")),
        Ok(found) if found.is_none() && !context.none_is_allowed => {
            Err(Failure::Invalid("Field may not be null."))
        }
        Ok(found) => Ok(found),
    }
}

fn url(interp: &mut Interp<'_>, context: &Context<'_>, value: &Val) -> Converted {
    if value.as_str().is_none() {
        return Err(unnatural());
    }
    let module = interp.import("urllib.parse", context.at)?;
    let parse = interp.get_attribute(&module, "urlparse")?;
    let found = interp.call(&parse, Call::of(vec![value.clone()], context.at))?;
    // Whether marshmallow accepts the address is not judged: where it does not, nothing starts.
    interp.may_raise("environs may not accept the URL");
    Ok(found)
}

fn path(interp: &mut Interp<'_>, context: &Context<'_>, value: &Val) -> Converted {
    match &value.kind {
        Kind::Path(_) => Ok(value.clone()),
        Kind::Str(_) => {
            let class = interp.class_of_builtin(Builtin::Path);
            Ok(interp.call(&class, Call::of(vec![value.clone()], context.at))?)
        }
        _ => Err(unnatural()),
    }
}

fn log_level(value: &Val) -> Converted {
    let text = match &value.kind {
        Kind::Int(_) => return Ok(value.clone()),
        Kind::Str(text) => text,
        _ => return Err(unnatural()),
    };
    match literal::int(text) {
        Ok(number) => return Ok(Val::int(number)),
        Err(Trouble::Unknown(reason)) => return Err(Failure::Unknown(reason.to_owned())),
        Err(Trouble::Raise(..)) => {}
    }
    let level = match text.to_uppercase().as_str() {
        "CRITICAL" | "FATAL" => 50,
        "ERROR" => 40,
        "WARNING" | "WARN" => 30,
        "INFO" => 20,
        "DEBUG" => 10,
        "NOTSET" => 0,
        _ => return Err(Failure::Invalid("Not a valid log level.")),
    };
    Ok(Val::int(level))
}

/// Whole seconds; from 11.1.1 on also `1d 2h 3m`.
fn timedelta(context: &Context<'_>, value: &Val) -> Converted {
    const SECOND: i128 = 1_000_000;
    let not_modelled = || Failure::Unknown("this form of a timedelta is not modelled".into());
    let text = match &value.kind {
        Kind::Timedelta(_) => return Ok(value.clone()),
        Kind::Int(_) => {
            let seconds = value.as_i64().filter(|it| it.abs() < 1 << 40).ok_or_else(unnatural)?;
            return Ok(Val::new(Kind::Timedelta(i128::from(seconds) * SECOND)));
        }
        Kind::Str(text) => text.trim_matches(' '),
        _ => return Err(unnatural()),
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.len() < 12 && digits.bytes().all(|c| c.is_ascii_digit()) {
        let seconds: i64 = text.parse().map_err(|_| not_modelled())?;
        return Ok(Val::new(Kind::Timedelta(i128::from(seconds) * SECOND)));
    }
    if context.version < Version(11, 2, 1) {
        return Err(not_modelled());
    }
    let units = [
        ("w", 604_800 * SECOND),
        ("d", 86_400 * SECOND),
        ("h", 3_600 * SECOND),
        ("m", 60 * SECOND),
        ("s", SECOND),
        ("ms", 1_000),
        ("us", 1),
    ];
    let (mut rest, mut next, mut total) = (text, 0, 0i128);
    while !rest.is_empty() {
        let digits = rest.trim_start_matches('-').bytes().take_while(u8::is_ascii_digit).count();
        let sign = usize::from(rest.starts_with('-'));
        let number = rest.get(..sign + digits).and_then(|text| text.parse::<i64>().ok());
        let number = number.filter(|it| it.abs() < 1 << 40).ok_or_else(not_modelled)?;
        rest = rest.get(sign + digits..).unwrap_or_default().trim_start_matches(' ');
        let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let name = rest.get(..letters).unwrap_or_default();
        let at = units.iter().position(|(unit, _)| *unit == name).filter(|at| *at >= next);
        let (at, unit) = at.and_then(|at| Some((at, units.get(at)?.1))).ok_or_else(not_modelled)?;
        total += i128::from(number) * unit;
        next = at + 1;
        rest = rest.get(letters..).unwrap_or_default().trim_start_matches(' ');
    }
    match next {
        0 => Err(not_modelled()),
        _ => Ok(Val::new(Kind::Timedelta(total))),
    }
}

fn parse_url(
    interp: &mut Interp<'_>,
    module: &str,
    context: &Context<'_>,
    value: &Val,
) -> Converted {
    let module = interp.import(module, context.at)?;
    let parse = interp.get_attribute(&module, "parse")?;
    let named = context.options.further.clone();
    let call = Call { positional: vec![value.clone()], named, at: context.at };
    match interp.call(&parse, call) {
        Err(_) => Err(Failure::Invalid("Not a valid URL.")),
        Ok(found) => Ok(found),
    }
}
