//! The module `builtins`: classes, exceptions, functions; and what calling a builtin class gives.

use std::rc::Rc;

use super::builder::{function, method};
use super::heap::{Builtin, Descriptor, Object};
use super::native::{Binding, Call, Native, Outcome};
use super::numbers::{float_to_int, int_to_float, parse_float, parse_int};
use super::value::{Id, Kind, Val};
use super::{FrameKind, Interp};

/// `property.setter` and `.deleter`: only reading is modelled, so the property stays as it is.
pub(crate) static KEEP_PROPERTY: Native =
    method("property.setter", |_, call| Ok(call.positional.first().cloned().unwrap_or(Val::NONE)));
/// `object.__init__`.
pub(crate) static OBJECT_INIT: Native = method("object.__init__", |interp, call| {
    // An exception keeps what it is made with.
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    if let Some(Object::Instance { class, attributes, .. }) = interp.object(&this) {
        let (class, attributes) = (*class, *attributes);
        if interp.find_in_class(class, "with_traceback").is_some() {
            let args = call.positional.get(1..).unwrap_or_default().to_vec();
            interp.namespace_set(attributes, "args", Val::tuple(args));
        }
    }
    Ok(Val::NONE)
});
/// `dict.__init__` and `list.__init__` of an instance that extends them.
pub(crate) static INNER_INIT: Native = method("dict.__init__", |interp, call| {
    let mut call = call;
    if call.positional.is_empty() {
        return Ok(Val::NONE);
    }
    let inner = call.positional.remove(0);
    let name = match interp.object(&inner) {
        Some(Object::List(_)) => "extend",
        Some(Object::Dict(_) | Object::Set { .. }) => "update",
        _ => return Ok(Val::NONE),
    };
    if call.values().next().is_none() {
        return Ok(Val::NONE);
    }
    interp.call_builtin_method(&inner, name, call)
});
/// Does nothing.
pub(crate) static NOTHING: Native = function("nothing", |_, _| Ok(Val::NONE));
static OBJECT_NEW: Native = function("object.__new__", |interp, call| {
    let mut call = call;
    if call.positional.is_empty() {
        return Err(interp.raise("TypeError", "object.__new__(): not enough arguments"));
    }
    let class = call.positional.remove(0);
    match class.as_id() {
        Some(id) => interp.bare_instance(id, &call),
        None => Ok(Val::unknown("an instance of an unknown class")),
    }
});

const CLASSES: &[(&str, Builtin)] = &[
    ("object", Builtin::Object),
    ("type", Builtin::Type),
    ("NoneType", Builtin::NoneType),
    ("int", Builtin::Int),
    ("float", Builtin::Float),
    ("complex", Builtin::Complex),
    ("str", Builtin::Str),
    ("bytes", Builtin::Bytes),
    ("bytearray", Builtin::Bytearray),
    ("list", Builtin::List),
    ("tuple", Builtin::Tuple),
    ("dict", Builtin::Dict),
    ("set", Builtin::Set),
    ("frozenset", Builtin::Frozenset),
    ("range", Builtin::Range),
    ("slice", Builtin::Slice),
    ("property", Builtin::Property),
    ("staticmethod", Builtin::Staticmethod),
    ("classmethod", Builtin::Classmethod),
    ("super", Builtin::Super),
    ("function", Builtin::Function),
    ("builtin_function_or_method", Builtin::NativeFunction),
    ("method", Builtin::Method),
    ("module", Builtin::Module),
    ("generator", Builtin::Iterator),
    ("ellipsis", Builtin::Ellipsis),
    ("NotImplementedType", Builtin::NotImplemented),
];

/// Names that are no builtins though their classes exist.
const HIDDEN: &[&str] = &[
    "NoneType",
    "function",
    "builtin_function_or_method",
    "method",
    "module",
    "generator",
    "ellipsis",
    "NotImplementedType",
];

/// Exceptions with their parent, parents first.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("FloatingPointError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("FileNotFoundError", "OSError"),
    ("FileExistsError", "OSError"),
    ("PermissionError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("ConnectionError", "OSError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("TimeoutError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("InterruptedError", "OSError"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("Warning", "Exception"),
    ("DeprecationWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UserWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("BytesWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("ExceptionGroup", "Exception"),
];

/// Fills `builtins`.
pub(crate) fn install(interp: &mut Interp<'_>) {
    let namespace = interp.builtins;
    for (name, builtin) in CLASSES {
        let class = interp.native_class("builtins", name, &[], Some(*builtin));
        if let Some(id) = class.as_id() {
            interp.classes.insert(*builtin, id);
        }
        if !HIDDEN.contains(name) {
            interp.namespace_set(namespace, name, class);
        }
    }
    let int = interp.class_of_builtin(Builtin::Int);
    let class = interp.native_class("builtins", "bool", &[int], Some(Builtin::Bool));
    interp.classes.extend(class.as_id().map(|id| (Builtin::Bool, id)));
    interp.namespace_set(namespace, "bool", class);
    for (module, name, builtin) in
        [("datetime", "timedelta", Builtin::Timedelta), ("pathlib", "PosixPath", Builtin::Path)]
    {
        let class = interp.native_class(module, name, &[], Some(builtin));
        interp.classes.extend(class.as_id().map(|id| (builtin, id)));
    }
    let base = interp.native_class("builtins", "BaseException", &[], Some(Builtin::Exception));
    if let Some(Object::Class(class)) = interp.object(&base) {
        let own = class.namespace;
        interp.namespace_set(own, "with_traceback", Val::native(&NOTHING));
    }
    interp.classes.extend(base.as_id().map(|id| (Builtin::Exception, id)));
    interp.namespace_set(namespace, "BaseException", base);
    for (name, parent) in EXCEPTIONS {
        let parent = interp.namespace_get(namespace, parent).unwrap_or(Val::NONE);
        let class = interp.native_class("builtins", name, &[parent], None);
        interp.namespace_set(namespace, name, class);
    }
    for alias in ["EnvironmentError", "IOError"] {
        let class = interp.namespace_get(namespace, "OSError").unwrap_or(Val::NONE);
        interp.namespace_set(namespace, alias, class);
    }
    if let Some(Object::Class(class)) = interp.object(&interp.class_of_builtin(Builtin::Object)) {
        let own = class.namespace;
        interp.namespace_set(own, "__new__", Val::native(&OBJECT_NEW));
    }
    for native in FUNCTIONS {
        interp.namespace_set(namespace, native.name, Val::native(native));
    }
    interp.namespace_set(namespace, "NotImplemented", Val::new(Kind::NotImplemented));
    interp.namespace_set(namespace, "Ellipsis", Val::new(Kind::Ellipsis));
    interp.namespace_set(namespace, "__debug__", Val::bool(true));
    interp.namespace_set(namespace, "__name__", Val::str("builtins"));
}

static FUNCTIONS: &[Native] = &[
    function("len", |interp, call| one(interp, call, "len", |interp, value| interp.length(value))),
    function("repr", |interp, call| one(interp, call, "repr", |interp, value| interp.repr(value))),
    function("print", |_, _| Ok(Val::NONE)),
    function("abs", |interp, call| one(interp, call, "abs", absolute)),
    function("isinstance", is_instance),
    function("issubclass", is_subclass),
    function("hasattr", has_attribute),
    function("getattr", get_attribute),
    function("setattr", set_attribute),
    function("delattr", |interp, call| {
        let value = call.positional.first().cloned().unwrap_or(Val::NONE);
        match call.positional.get(1).and_then(Val::as_str).map(str::to_owned) {
            Some(name) => interp.delete_attribute(&value, &name),
            None => Ok(Val::NONE),
        }
    }),
    function("callable", |interp, call| one(interp, call, "callable", is_callable)),
    function("sorted", sorted),
    function("reversed", reversed),
    function("enumerate", enumerate),
    function("zip", zip),
    function("map", map),
    function("filter", filter),
    function("any", |interp, call| any_all(interp, call, true)),
    function("all", |interp, call| any_all(interp, call, false)),
    function("sum", sum),
    function("min", |interp, call| extreme(interp, call, std::cmp::Ordering::Less)),
    function("max", |interp, call| extreme(interp, call, std::cmp::Ordering::Greater)),
    function("round", round),
    function("divmod", |interp, call| {
        let (a, b) = (call.get(0, "a").cloned(), call.get(1, "b").cloned());
        let (a, b) = (a.unwrap_or(Val::NONE), b.unwrap_or(Val::NONE));
        let quotient = interp.binary(crate::syntax::ast::Operator::FloorDiv, &a, &b)?;
        let rest = interp.binary(crate::syntax::ast::Operator::Mod, &a, &b)?;
        Ok(Val::tuple(vec![quotient, rest]))
    }),
    function("pow", |interp, call| {
        if call.positional.len() != 2 {
            return Ok(Val::unknown("pow with a modulus is not modelled"));
        }
        let (a, b) = (call.get(0, "base").cloned(), call.get(1, "exp").cloned());
        interp.binary(
            crate::syntax::ast::Operator::Pow,
            &a.unwrap_or(Val::NONE),
            &b.unwrap_or(Val::NONE),
        )
    }),
    function("chr", |interp, call| {
        let code = call.get(0, "i").and_then(Val::as_i64).and_then(|code| u32::try_from(code).ok());
        match code.and_then(char::from_u32) {
            Some(c) => Ok(Val::str(c.to_string())),
            None => unknown_or(interp, &call, "ValueError", "chr() arg not in range"),
        }
    }),
    function("ord", |interp, call| {
        let mut chars = call.get(0, "c").and_then(Val::as_str).unwrap_or_default().chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(Val::int(c as u32)),
            _ => unknown_or(interp, &call, "TypeError", "ord() expected a character"),
        }
    }),
    function("hex", |interp, call| radix(interp, call, "#x")),
    function("oct", |interp, call| radix(interp, call, "#o")),
    function("bin", |interp, call| radix(interp, call, "#b")),
    function("format", |interp, call| {
        let value = call.get(0, "value").cloned().unwrap_or(Val::NONE);
        let spec = call.get(1, "format_spec").and_then(Val::as_str).unwrap_or_default().to_owned();
        interp.format_value(&value, &spec)
    }),
    function("iter", |interp, call| {
        let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
        if matches!(interp.object(&value), Some(Object::Iterator(..))) {
            return Ok(value);
        }
        as_iterator(interp, &value)
    }),
    function("next", |interp, call| {
        let iterator = call.get(0, "iterator").cloned().unwrap_or(Val::NONE);
        let fallback = call.get(1, "default").cloned();
        interp.next_item(&iterator, fallback)
    }),
    function("globals", |interp, _| {
        Ok(interp.frames.last().map_or(Val::NONE, |frame| Val::reference(frame.module)))
    }),
    function("locals", |interp, _| {
        let frame = interp.frames.iter().rev().find(|frame| frame.kind != FrameKind::Comprehension);
        Ok(frame.map_or(Val::NONE, |frame| Val::reference(frame.scope)))
    }),
    function("vars", |interp, call| match call.positional.first() {
        Some(value) => {
            let value = value.clone();
            interp.get_attribute(&value, "__dict__")
        }
        None => Ok(interp.frames.last().map_or(Val::NONE, |frame| Val::reference(frame.scope))),
    }),
    function("dir", dir),
    function("id", |_, _| Ok(Val::unknown("an object's address"))),
    function("hash", |_, _| Ok(Val::unknown("a hash differs from run to run"))),
    function("input", |_, _| Ok(Val::unknown("what a person types"))),
    function("open", crate::library::os::open),
    function("exec", exec),
    function("eval", |interp, call| {
        for value in call.values() {
            interp.havoc(value, "it was given to eval()");
        }
        Ok(Val::unknown("the result of eval() is not modelled"))
    }),
    function("compile", |_, call| {
        // `exec(compile(text, name, 'exec'))` runs the text.
        Ok(call.get(0, "source").cloned().unwrap_or(Val::NONE))
    }),
    function("__import__", |interp, call| {
        let at = call.at;
        match call.get(0, "name").and_then(Val::as_str).map(str::to_owned) {
            Some(name) => {
                interp.import(&name, at)?;
                let top = name.split('.').next().unwrap_or_default().to_owned();
                Ok(interp.namespace_get(interp.modules, &top).unwrap_or(Val::NONE))
            }
            None => Ok(Val::unknown("a module whose name is not known")),
        }
    }),
    function("exit", |interp, _| Err(interp.raise("SystemExit", ""))),
    function("quit", |interp, _| Err(interp.raise("SystemExit", ""))),
    function("breakpoint", |_, _| Ok(Val::NONE)),
    function("ascii", |_, _| Ok(Val::unknown("ascii() is not modelled"))),
];

fn one(
    interp: &mut Interp<'_>,
    call: Call,
    name: &str,
    run: fn(&mut Interp<'_>, &Val) -> Outcome,
) -> Outcome {
    let [value] = call.bind(interp, name, ["object"], 1)?;
    let value = value.unwrap_or(Val::NONE);
    run(interp, &value)
}

fn unknown_or(interp: &mut Interp<'_>, call: &Call, class: &str, text: &str) -> Outcome {
    match call.unknown() {
        Some(unknown) => Ok(unknown.clone()),
        None => Err(interp.raise(class, text)),
    }
}

fn absolute(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    match &value.kind {
        Kind::Float(number) => Ok(Val::float(number.abs())),
        Kind::Timedelta(micros) => Ok(Val::new(Kind::Timedelta(micros.abs()))),
        Kind::Unknown(_) => Ok(value.clone()),
        _ => match value.as_int() {
            Some(number) => Ok(Val::int(num_bigint::BigInt::from(number.magnitude().clone()))),
            None => Err(interp.raise("TypeError", "bad operand type for abs()")),
        },
    }
}

fn radix(interp: &mut Interp<'_>, call: Call, spec: &str) -> Outcome {
    let value = call.get(0, "number").cloned().unwrap_or(Val::NONE);
    interp.format_value(&value, spec)
}

/// The classes of a second argument to `isinstance`: `None` where one is not known.
fn class_list(interp: &Interp<'_>, value: &Val) -> Option<Vec<Id>> {
    match &value.kind {
        Kind::Tuple(items) => {
            let lists: Option<Vec<Vec<Id>>> =
                items.iter().map(|item| class_list(interp, item)).collect();
            Some(lists?.into_iter().flatten().collect())
        }
        Kind::Ref(id) if matches!(interp.heap.object(*id), Some(Object::Class(_))) => {
            Some(vec![*id])
        }
        _ => None,
    }
}

fn is_instance(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let (value, classes) = (call.get(0, "object").cloned(), call.get(1, "class").cloned());
    let (value, classes) = (value.unwrap_or(Val::NONE), classes.unwrap_or(Val::NONE));
    if value.is_unknown() {
        return Ok(value);
    }
    let class = interp.class_of(&value);
    subclass_answer(interp, &class, &classes)
}

fn is_subclass(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let (class, classes) = (call.get(0, "cls").cloned(), call.get(1, "class").cloned());
    subclass_answer(interp, &class.unwrap_or(Val::NONE), &classes.unwrap_or(Val::NONE))
}

fn subclass_answer(interp: &mut Interp<'_>, class: &Val, classes: &Val) -> Outcome {
    let unknown = || Ok(Val::unknown("whether an object is of a class is not known"));
    let (Some(class), Some(parents)) = (class.as_id(), class_list(interp, classes)) else {
        return unknown();
    };
    let mut undecided = false;
    for parent in parents {
        match interp.is_subclass(class, parent) {
            Some(true) => return Ok(Val::bool(true)),
            Some(false) if is_abstract(interp, parent) => undecided = true,
            Some(false) => {}
            None => undecided = true,
        }
    }
    if undecided { unknown() } else { Ok(Val::bool(false)) }
}

/// Abstract base classes (`Mapping`, `Sequence`) count classes that do not extend them.
fn is_abstract(interp: &Interp<'_>, class: Id) -> bool {
    match interp.heap.object(class) {
        Some(Object::Class(it)) => {
            matches!(&*it.module, "collections.abc" | "typing" | "numbers" | "abc")
        }
        _ => true,
    }
}

fn has_attribute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let Some(name) = call.get(1, "name").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("an attribute whose name is not known"));
    };
    match interp.find_attribute(&value, &name)? {
        Some(found) if found.is_unknown() => {
            Ok(Val::unknown(format!("whether there is an attribute {name}")))
        }
        Some(_) => Ok(Val::bool(true)),
        None => Ok(Val::bool(false)),
    }
}

fn get_attribute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let Some(name) = call.get(1, "name").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("an attribute whose name is not known"));
    };
    match call.positional.get(2).cloned() {
        Some(fallback) => Ok(interp.find_attribute(&value, &name)?.unwrap_or(fallback)),
        None => interp.get_attribute(&value, &name),
    }
}

fn set_attribute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let new = call.get(2, "value").cloned().unwrap_or(Val::NONE);
    match call.get(1, "name").and_then(Val::as_str).map(str::to_owned) {
        Some(name) => interp.set_attribute(&value, &name, new),
        None => {
            // Any attribute may have been set.
            match interp.object(&value) {
                Some(Object::Module { namespace, .. }) => {
                    let namespace = *namespace;
                    interp
                        .open_namespace(namespace, "an attribute whose name is not known was set");
                }
                _ => interp.havoc(&value, "an attribute whose name is not known was set"),
            }
            Ok(Val::NONE)
        }
    }
}

fn is_callable(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    Ok(match &value.kind {
        Kind::Unknown(_) => value.clone(),
        Kind::Native(_) | Kind::Method(_) | Kind::Bound(_) => Val::bool(true),
        Kind::Ref(id) => match interp.heap.object(*id) {
            Some(Object::Function(_) | Object::Class(_)) => Val::bool(true),
            Some(Object::Instance { class, .. }) => {
                let class = *class;
                if interp.find_in_class(class, "__call__").is_some() {
                    Val::bool(true)
                } else if interp.is_open_class(class)
                    || interp.find_in_class(class, "__record__").is_some()
                {
                    Val::unknown("whether an object can be called")
                } else {
                    Val::bool(false)
                }
            }
            _ => Val::bool(false),
        },
        _ => Val::bool(false),
    })
}

/// An iterator over all that a value gives.
fn as_iterator(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    Ok(match interp.iterate(value)? {
        Some(items) => Val::reference(interp.alloc(Object::Iterator(items, 0))),
        None => interp.why_unknown(value),
    })
}

fn sorted(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let Some(items) = interp.iterate_any_order(&source)? else {
        return Ok(interp.why_unknown(&source));
    };
    let has_key = call.keyword("key").is_some_and(|key| !key.is_none());
    // With a key, equal items of a set keep an order that is not known.
    if has_key
        && matches!(interp.object(&source), Some(Object::Set { items, .. }) if items.len() > 1)
    {
        return Ok(Val::unknown("a set sorted by a key"));
    }
    match interp.sorted(items, call.keyword("key").cloned(), call.keyword("reverse").cloned())? {
        Some(items) => Ok(interp.new_list(items)),
        None => Ok(Val::unknown("the order of values that are not known")),
    }
}

fn reversed(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "sequence").cloned().unwrap_or(Val::NONE);
    match interp.iterate(&source)? {
        Some(mut items) => {
            items.reverse();
            Ok(Val::reference(interp.alloc(Object::Iterator(items, 0))))
        }
        None => Ok(interp.why_unknown(&source)),
    }
}

fn enumerate(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let start = match call.get(1, "start") {
        Some(start) => match start.as_i64() {
            Some(start) => start,
            None => return Ok(Val::unknown("where the counting starts is not known")),
        },
        None => 0,
    };
    match interp.iterate(&source)? {
        Some(items) => {
            let pairs = (start..).zip(items).map(|(at, item)| Val::tuple(vec![Val::int(at), item]));
            let pairs = pairs.collect();
            Ok(Val::reference(interp.alloc(Object::Iterator(pairs, 0))))
        }
        None => Ok(interp.why_unknown(&source)),
    }
}

fn zip(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut lists = Vec::new();
    for source in &call.positional {
        match interp.iterate(source)? {
            Some(items) => lists.push(items.into_iter()),
            None => return Ok(interp.why_unknown(source)),
        }
    }
    let mut rows = Vec::new();
    if !lists.is_empty() {
        loop {
            let row: Option<Vec<Val>> = lists.iter_mut().map(Iterator::next).collect();
            match row {
                Some(row) => rows.push(Val::tuple(row)),
                None => break,
            }
        }
    }
    Ok(Val::reference(interp.alloc(Object::Iterator(rows, 0))))
}

fn map(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut positional = call.positional.into_iter();
    let function = positional.next().unwrap_or(Val::NONE);
    let mut lists = Vec::new();
    for source in positional {
        match interp.iterate(&source)? {
            Some(items) => lists.push(items.into_iter()),
            None => return Ok(interp.why_unknown(&source)),
        }
    }
    let mut results = Vec::new();
    while !lists.is_empty() {
        let row: Option<Vec<Val>> = lists.iter_mut().map(Iterator::next).collect();
        let Some(row) = row else { break };
        results.push(interp.call(&function, Call::of(row, call.at))?);
    }
    Ok(Val::reference(interp.alloc(Object::Iterator(results, 0))))
}

fn filter(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let function = call.get(0, "function").cloned().unwrap_or(Val::NONE);
    let source = call.get(1, "iterable").cloned().unwrap_or(Val::NONE);
    let Some(items) = interp.iterate(&source)? else { return Ok(interp.why_unknown(&source)) };
    let mut kept = Vec::new();
    for item in items {
        let answer = if function.is_none() {
            item.clone()
        } else {
            interp.call(&function, Call::of(vec![item.clone()], call.at))?
        };
        match interp.decided_truth(&answer)? {
            Some(true) => kept.push(item),
            Some(false) => {}
            None => return Ok(interp.why_unknown(&answer)),
        }
    }
    Ok(Val::reference(interp.alloc(Object::Iterator(kept, 0))))
}

fn any_all(interp: &mut Interp<'_>, call: Call, stop: bool) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let Some(items) = interp.iterate_any_order(&source)? else {
        return Ok(interp.why_unknown(&source));
    };
    let mut undecided = None;
    for item in items {
        match interp.decided_truth(&item)? {
            Some(truth) if truth == stop => return Ok(Val::bool(stop)),
            Some(_) => {}
            None => undecided = Some(interp.why_unknown(&item)),
        }
    }
    Ok(undecided.unwrap_or_else(|| Val::bool(!stop)))
}

fn sum(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let source = call.get(0, "iterable").cloned().unwrap_or(Val::NONE);
    let mut total = call.get(1, "start").cloned().unwrap_or_else(|| Val::int(0));
    let Some(items) = interp.iterate(&source)? else { return Ok(interp.why_unknown(&source)) };
    let floats = items.iter().filter(|item| matches!(item.kind, Kind::Float(_))).count();
    if floats > 1 {
        return Ok(Val::unknown("how a sum of floats is rounded depends on the Python version"));
    }
    for item in items {
        total = interp.binary(crate::syntax::ast::Operator::Add, &total, &item)?;
    }
    Ok(total)
}

fn extreme(interp: &mut Interp<'_>, call: Call, wanted: std::cmp::Ordering) -> Outcome {
    let items = match call.positional.as_slice() {
        [only] => {
            let only = only.clone();
            match interp.iterate_any_order(&only)? {
                Some(items) => items,
                None => return Ok(interp.why_unknown(&only)),
            }
        }
        several => several.to_vec(),
    };
    let key = call.keyword("key").cloned().filter(|key| !key.is_none());
    let mut best: Option<(Val, Val)> = None;
    for item in items {
        let by = match &key {
            Some(key) => interp.call(key, Call::of(vec![item.clone()], call.at))?,
            None => item.clone(),
        };
        best = Some(match best {
            None => (by, item),
            Some((best_by, best_item)) => match interp.order(&by, &best_by)? {
                Some(Some(ordering)) if ordering == wanted => (by, item),
                Some(_) => (best_by, best_item),
                None => return Ok(interp.why_unknown(&by)),
            },
        });
    }
    match (best, call.keyword("default")) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(value)) => Ok(value.clone()),
        (None, None) => Err(interp.raise("ValueError", "arg is an empty sequence")),
    }
}

fn round(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "number").cloned().unwrap_or(Val::NONE);
    match (&value.kind, call.get(1, "ndigits")) {
        (Kind::Int(_) | Kind::Bool(_), None) => Ok(value.as_int().map_or(Val::NONE, Val::int)),
        (Kind::Float(number), None) => {
            let rounded = number.round_ties_even();
            Ok(float_to_int(rounded)
                .map_or_else(|| Val::unknown("a float that is not finite"), Val::int))
        }
        (Kind::Float(number), Some(digits)) => match digits.as_i64() {
            // The decimal text rounded correctly, which is what Python does.
            Some(digits @ 0..=15) => {
                let text = format!("{number:.*}", usize::try_from(digits).unwrap_or(0));
                Ok(text.parse().map_or_else(|_| Val::unknown("a rounding"), Val::float))
            }
            _ => Ok(Val::unknown("a rounding that is not modelled")),
        },
        _ => unknown_or(interp, &call, "TypeError", "a number is required"),
    }
}

fn dir(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let namespace = match call.positional.first() {
        None => interp.frames.last().map(|frame| frame.scope),
        Some(value) => interp.module_namespace(value),
    };
    let Some(dict) = namespace.and_then(|id| interp.dict(id)) else {
        let names = call.positional.first().and_then(|value| interp.class_names(value));
        return Ok(match names {
            Some(names) => interp.new_list(names.into_iter().map(Val::str).collect()),
            None => Val::unknown("dir() of an object is not modelled"),
        });
    };
    if dict.open.is_some()
        || dict.entries.values().any(|entry| super::iteration::may_be_unbound(&entry.value))
    {
        return Ok(Val::unknown("which names a module has is not known"));
    }
    let mut names: Vec<String> =
        dict.entries.values().filter_map(|entry| entry.key.as_str().map(str::to_owned)).collect();
    for name in ["__cached__", "__loader__"] {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(interp.new_list(names.into_iter().map(Val::str).collect()))
}

/// `exec`: of a file of the repository that was read, in the current namespace.
fn exec(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let code = call.get(0, "source").cloned().unwrap_or(Val::NONE);
    let target = match call.get(1, "globals") {
        Some(value) if !value.is_none() => value.as_id(),
        _ => interp.frames.last().map(|frame| frame.scope),
    };
    let Some(target) = target else { return Ok(Val::NONE) };
    let text = match &code.kind {
        Kind::Str(text) => Some(text.to_string()),
        Kind::Bytes(bytes) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    };
    let Some(text) = text else {
        interp.open_namespace(target, "code that is not known was executed");
        interp.environment_open("code that is not known was executed", true);
        return Ok(Val::NONE);
    };
    // Its places are those of the file it was read from, where that can be told.
    let file = interp.files_read.iter().rev().find_map(|path| {
        let source = interp.request.tree.read(path).ok()?;
        (source.text().replace("\r\n", "\n") == text).then_some(source)
    });
    let Some(source) = file else {
        interp.open_namespace(target, "code made at run time was executed");
        return Ok(Val::NONE);
    };
    match interp.execute(&source, target, "") {
        super::Flow::Raise(raise) => Err(raise),
        _ => Ok(Val::NONE),
    }
}

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
            Builtin::Bool => Ok(match self.truth(&value)? {
                Some(truth) => Val::bool(truth),
                None => self.why_unknown(&value),
            }),
            Builtin::Int => self.make_int(&value, call.get(1, "base").cloned()),
            Builtin::Float => self.make_float(&value),
            Builtin::List | Builtin::Tuple => Ok(match self.iterate(&value)? {
                Some(items) if builtin == Builtin::List => self.new_list(items),
                Some(items) => Val::tuple(items),
                None => self.why_unknown(&value),
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

#[allow(dead_code, reason = "names every way a native binds")]
const fn _bindings(binding: Binding) -> Binding {
    binding
}
