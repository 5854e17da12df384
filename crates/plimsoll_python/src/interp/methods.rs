//! Methods of builtin types: which there are, and where they are run.

use super::Interp;
use super::heap::{Builtin, Object};
use super::native::{Call, Outcome};
use super::value::{Kind, Val};

const STR: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
    "__contains__",
    "__len__",
    "__getitem__",
    "__add__",
    "__eq__",
    "__str__",
    "__repr__",
    "__format__",
    "__iter__",
];
const BYTES: &[&str] = &[
    "decode",
    "hex",
    "fromhex",
    "startswith",
    "endswith",
    "strip",
    "rstrip",
    "lstrip",
    "split",
    "join",
    "replace",
    "lower",
    "upper",
    "find",
    "count",
];
const INT: &[&str] = &[
    "bit_length",
    "to_bytes",
    "from_bytes",
    "conjugate",
    "is_integer",
    "as_integer_ratio",
    "__str__",
    "__repr__",
    "__format__",
    "__eq__",
    "__bool__",
];
const FLOAT: &[&str] = &["is_integer", "hex", "fromhex", "as_integer_ratio", "conjugate"];
const LIST: &[&str] = &[
    "append",
    "clear",
    "copy",
    "count",
    "extend",
    "index",
    "insert",
    "pop",
    "remove",
    "reverse",
    "sort",
    "__contains__",
    "__len__",
    "__getitem__",
    "__setitem__",
    "__delitem__",
    "__iter__",
    "__add__",
    "__iadd__",
    "__eq__",
];
const TUPLE: &[&str] =
    &["count", "index", "__contains__", "__len__", "__getitem__", "__iter__", "__add__", "__eq__"];
const DICT: &[&str] = &[
    "clear",
    "copy",
    "fromkeys",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
    "move_to_end",
    "__contains__",
    "__len__",
    "__getitem__",
    "__setitem__",
    "__delitem__",
    "__iter__",
    "__eq__",
];
const SET: &[&str] = &[
    "add",
    "clear",
    "copy",
    "difference",
    "difference_update",
    "discard",
    "intersection",
    "intersection_update",
    "isdisjoint",
    "issubset",
    "issuperset",
    "pop",
    "remove",
    "symmetric_difference",
    "symmetric_difference_update",
    "union",
    "update",
    "__contains__",
    "__len__",
    "__iter__",
    "__eq__",
];
const PATH: &[&str] = &[
    "absolute",
    "as_posix",
    "as_uri",
    "exists",
    "expanduser",
    "glob",
    "is_absolute",
    "is_dir",
    "is_file",
    "is_relative_to",
    "is_symlink",
    "iterdir",
    "joinpath",
    "match",
    "mkdir",
    "open",
    "read_bytes",
    "read_text",
    "relative_to",
    "rename",
    "resolve",
    "rglob",
    "stat",
    "touch",
    "unlink",
    "with_name",
    "with_stem",
    "with_suffix",
    "write_bytes",
    "write_text",
    "cwd",
    "home",
    "__truediv__",
    "__str__",
    "__fspath__",
    "chmod",
    "rmdir",
    "samefile",
    "is_mount",
];
const TIMEDELTA: &[&str] = &["total_seconds"];
const RANGE: &[&str] = &["count", "index"];
const ITERATOR: &[&str] = &["__next__", "__iter__", "close", "send"];

/// Whether values of a builtin class have a method.
pub(crate) fn has_method(builtin: Builtin, name: &str) -> bool {
    let names = match builtin {
        Builtin::Str => STR,
        Builtin::Bytes | Builtin::Bytearray => BYTES,
        Builtin::Int | Builtin::Bool => INT,
        Builtin::Float => FLOAT,
        Builtin::List => LIST,
        Builtin::Tuple => TUPLE,
        Builtin::Dict => DICT,
        Builtin::Set | Builtin::Frozenset => SET,
        Builtin::Path => PATH,
        Builtin::Timedelta => TIMEDELTA,
        Builtin::Range => RANGE,
        Builtin::Iterator => ITERATOR,
        _ => return false,
    };
    names.contains(&name)
}

impl Interp<'_> {
    /// Calls a method of a builtin type; `this` may be the class itself (`str.lower`).
    pub(crate) fn call_builtin_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let mut call = call;
        let mut this = this.clone();
        if let Some(Object::Class(class)) = self.object(&this) {
            let class = class.clone();
            let builtin = class.mro.iter().find_map(|id| match self.heap.object(*id) {
                Some(Object::Class(it)) => it.builtin,
                _ => None,
            });
            match (builtin, name) {
                (Some(Builtin::Dict), "fromkeys") => return self.dict_from_keys(call),
                (Some(Builtin::Path), "home") => {
                    let home = self.expand_user("~");
                    return Ok(match home.as_str() {
                        Some(text) => {
                            Val::path(crate::library::paths::pure(text)).with_deps(&home.deps)
                        }
                        None => home,
                    });
                }
                (Some(Builtin::Path), "cwd") => {
                    return Ok(match self.working_folder() {
                        Some(folder) => Val::path(crate::library::paths::pure(folder)),
                        None => Val::unknown("the folder that the process starts in"),
                    });
                }
                (_, "maketrans" | "fromhex" | "from_bytes") => {
                    return Ok(Val::unknown(format!("{name} is not modelled")));
                }
                _ => {}
            }
            if call.positional.is_empty() {
                return Err(self.raise("TypeError", "an unbound method needs an argument"));
            }
            this = call.positional.remove(0);
        }
        let deps = super::value::union(&this.deps, &call.deps());
        // Arguments that are one of several are tried one by one; items inside containers not.
        let mut values: Vec<Val> = vec![this];
        values.extend(call.values().cloned());
        let count = call.positional.len();
        let names: Vec<_> = call.named.iter().map(|(name, _)| name.clone()).collect();
        let at = call.at;
        let keeps = matches!(
            name,
            "append" | "insert" | "add" | "setdefault" | "get" | "pop" | "update" | "extend"
        );
        let result = if keeps {
            // What is only stored may stay one of several.
            let this = values.first().cloned().unwrap_or(Val::NONE);
            self.each(&this, |interp, this| interp.run_method(this, name, call.clone()))?
        } else {
            self.each_of(&values, |interp, values| {
                let Some((this, rest)) = values.split_first() else { return Ok(Val::NONE) };
                let (positional, named) = rest.split_at(count.min(rest.len()));
                let call = Call {
                    positional: positional.to_vec(),
                    named: names.iter().cloned().zip(named.iter().cloned()).collect(),
                    at,
                };
                interp.run_method(this, name, call)
            })?
        };
        Ok(result.of_any_type().with_deps(&deps))
    }

    fn run_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        if this.is_unknown() {
            return self.unknown_call(this, call);
        }
        let this = self.unwrapped(this);
        let class = self.method_type(&this);
        if name.starts_with("__") {
            return self.special_method(&this, name, call);
        }
        match class {
            Builtin::Str => self.str_method(&this, name, call),
            Builtin::Bytes => self.bytes_method(&this, name, call),
            Builtin::List => self.list_method(&this, name, call),
            Builtin::Tuple => self.tuple_method(&this, name, call),
            Builtin::Dict => self.dict_method(&this, name, call),
            Builtin::Set | Builtin::Frozenset => self.set_method(&this, name, call),
            Builtin::Path => self.path_method(&this, name, call),
            Builtin::Timedelta => match &this.kind {
                Kind::Timedelta(micros) => Ok(Val::float(*micros as f64 / 1e6)),
                _ => Ok(Val::NONE),
            },
            Builtin::Range => match self.iterate(&this)? {
                Some(items) => {
                    let tuple = Val::tuple(items);
                    self.tuple_method(&tuple, name, call)
                }
                None => Ok(self.why_unknown(&this)),
            },
            Builtin::Float if name == "is_integer" => match &this.kind {
                Kind::Float(number) => Ok(Val::bool(number.is_finite() && number.fract() == 0.0)),
                _ => Ok(Val::NONE),
            },
            Builtin::Int if name == "bit_length" => match this.as_int() {
                Some(number) => Ok(Val::int(number.bits())),
                None => Ok(Val::NONE),
            },
            _ if name == "sort" && self.is_unordered(&this) => self.sort_unordered(&this, call),
            _ if matches!(self.object(&this), Some(Object::Havoc(_))) => {
                self.partial_method(&this, name, call)
            }
            _ => Ok(Val::unknown(format!("the method {name} is not modelled"))),
        }
    }

    fn special_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let first = call.positional.first().cloned().unwrap_or(Val::NONE);
        match name {
            "__contains__" => Ok(match self.contains(this, &first)? {
                Some(found) => Val::bool(found),
                None => self.why_unknown(this),
            }),
            "__len__" => self.length(this),
            "__getitem__" => self.get_item(this, &first),
            "__setitem__" => {
                let value = call.positional.get(1).cloned().unwrap_or(Val::NONE);
                self.set_item(this, &first, value)
            }
            "__delitem__" => self.delete_item(this, &first),
            "__iter__" => {
                if matches!(self.object(this), Some(Object::Iterator(..))) {
                    return Ok(this.clone());
                }
                match self.iterate(this)? {
                    Some(items) => Ok(self.new_iterator(items, std::slice::from_ref(this))),
                    None => Ok(self.why_unknown(this)),
                }
            }
            "__next__" => self.next_item(this, None),
            "__add__" => self.binary(crate::syntax::ast::Operator::Add, this, &first),
            "__iadd__" => self.in_place(crate::syntax::ast::Operator::Add, this, &first),
            "__truediv__" => self.binary(crate::syntax::ast::Operator::Div, this, &first),
            "__eq__" => Ok(match self.equal(this, &first)? {
                Some(equal) => Val::bool(equal),
                None => Val::unknown("a comparison that is not known"),
            }),
            "__str__" | "__fspath__" => self.text_of(this),
            "__repr__" => self.repr(this),
            "__bool__" => Ok(match self.truth(this)? {
                Some(truth) => Val::bool(truth),
                None => self.why_unknown(this),
            }),
            "__format__" => {
                let spec = first.as_str().unwrap_or_default().to_owned();
                self.format_value(this, &spec)
            }
            _ => Ok(Val::unknown(format!("the method {name} is not modelled"))),
        }
    }

    /// What an iterator gives of which nothing is known: an item, or the fallback at its end.
    fn or_fallback(&self, unknown: Val, fallback: Option<Val>) -> Val {
        match fallback {
            Some(fallback) => super::value::one_of(vec![unknown, fallback]),
            None => unknown,
        }
    }

    /// `next(iterator)`, with a fallback for its end.
    pub(crate) fn next_item(&mut self, iterator: &Val, fallback: Option<Val>) -> Outcome {
        if iterator.is_unknown() {
            return Ok(self.or_fallback(iterator.clone(), fallback));
        }
        self.refresh(iterator);
        let next = match iterator
            .as_id()
            .and_then(|id| self.heap.slot_mut(id))
            .map(|slot| &mut slot.object)
        {
            Some(Object::Iterator(items, at)) => {
                let item = items.get(*at).cloned();
                *at += 1;
                item
            }
            Some(Object::Havoc(_)) => {
                if let Some(first) = self.take_first(iterator) {
                    return Ok(first);
                }
                let unknown = self.why_unknown(iterator);
                self.lose(iterator);
                return Ok(self.or_fallback(unknown, fallback));
            }
            Some(Object::Instance { .. }) => {
                return self.call_method(iterator, "__next__", Vec::new(), self.here);
            }
            _ => {
                let name = self.type_name(iterator);
                return Err(self.raise("TypeError", &format!("'{name}' object is not an iterator")));
            }
        };
        match next.or(fallback) {
            Some(item) => Ok(item),
            None => Err(self.raise("StopIteration", "")),
        }
    }
}
