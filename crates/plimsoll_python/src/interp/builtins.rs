//! The module `builtins`: its classes, exceptions and names.

use super::Interp;
use super::builder::{function, method};
use super::builtin_functions::FUNCTIONS;
use super::heap::{Builtin, Object};
use super::native::Native;
use super::value::{Kind, Val};

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
    ("ConnectionResetError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("BrokenPipeError", "ConnectionError"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
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
    ("TabError", "IndentationError"),
    ("SystemError", "Exception"),
    ("ReferenceError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
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
    ("EncodingWarning", "Warning"),
    ("ExceptionGroup", "Exception"),
    ("BaseExceptionGroup", "BaseException"),
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
    for name in ["memoryview", "help", "aiter", "anext", "copyright", "credits", "license"] {
        let unknown = Val::unknown(format!("{name} is not modelled"));
        interp.namespace_set(namespace, name, unknown);
    }
    interp.namespace_set(namespace, "NotImplemented", Val::new(Kind::NotImplemented));
    interp.namespace_set(namespace, "Ellipsis", Val::new(Kind::Ellipsis));
    interp.namespace_set(namespace, "__debug__", Val::bool(true));
    interp.namespace_set(namespace, "__name__", Val::str("builtins"));
}
