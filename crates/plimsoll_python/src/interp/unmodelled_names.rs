//! Attributes that Python's own objects have (3.8 to 3.13, by `dir()`) and that are not modelled:
//! asking for them gives an unknown value, where any other name raises `AttributeError`.

use super::heap::Builtin;

/// Whether values of a builtin class, or the class itself, have an attribute that is not modelled.
pub(crate) fn exists(builtin: Builtin, name: &str) -> bool {
    let own: &[&str] = match builtin {
        Builtin::Str => {
            &["maketrans", "__mod__", "__mul__", "__rmod__", "__rmul__", "__getnewargs__"]
        }
        Builtin::Bytes | Builtin::Bytearray => BYTES,
        Builtin::Int | Builtin::Bool => &["bit_count", "__index__", "__int__", "__invert__"],
        Builtin::Float => &["real", "imag", "__getformat__", "__int__"],
        Builtin::List | Builtin::Tuple | Builtin::Dict | Builtin::Set | Builtin::Frozenset => {
            CONTAINER
        }
        Builtin::Path => PATH,
        Builtin::Timedelta => &["days", "max", "microseconds", "min", "resolution", "seconds"],
        Builtin::Range => &["start", "step", "stop", "__len__", "__getitem__", "__iter__"],
        Builtin::Iterator => &[
            "gi_code",
            "gi_frame",
            "gi_running",
            "gi_suspended",
            "gi_yieldfrom",
            "throw",
            "__name__",
        ],
        Builtin::Exception => EXCEPTION,
        Builtin::Function | Builtin::NativeFunction | Builtin::Method => FUNCTION,
        Builtin::Type => &["mro", "register", "__subclasses__", "__weakref__"],
        _ => &[],
    };
    let is_number = matches!(builtin, Builtin::Int | Builtin::Bool | Builtin::Float)
        || builtin == Builtin::Timedelta;
    own.contains(&name)
        || of_every_object(name)
        || is_number
            && ARITHMETIC.iter().any(|word| {
                name.strip_prefix("__")
                    .and_then(|name| name.strip_suffix("__"))
                    .is_some_and(|name| name == *word || name.strip_prefix('r') == Some(word))
            })
}

/// Whether every object has such an attribute.
pub(crate) fn of_every_object(name: &str) -> bool {
    OBJECT.contains(&name)
}

const OBJECT: &[&str] = &[
    "__class__",
    "__delattr__",
    "__dir__",
    "__doc__",
    "__eq__",
    "__format__",
    "__ge__",
    "__getattribute__",
    "__gt__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__le__",
    "__lt__",
    "__ne__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setattr__",
    "__sizeof__",
    "__str__",
    "__subclasshook__",
];
const ARITHMETIC: &[&str] = &[
    "abs", "add", "and", "bool", "ceil", "divmod", "float", "floor", "floordiv", "lshift", "mod",
    "mul", "neg", "or", "pos", "pow", "round", "rshift", "sub", "truediv", "trunc", "xor",
];
const BYTES: &[&str] = &[
    "__add__",
    "__contains__",
    "__getitem__",
    "__iter__",
    "__len__",
    "__mod__",
    "__mul__",
    "capitalize",
    "center",
    "expandtabs",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdigit",
    "islower",
    "isspace",
    "istitle",
    "isupper",
    "ljust",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "splitlines",
    "swapcase",
    "title",
    "translate",
    "zfill",
];
const CONTAINER: &[&str] = &[
    "__and__",
    "__class_getitem__",
    "__iand__",
    "__imul__",
    "__ior__",
    "__isub__",
    "__ixor__",
    "__mul__",
    "__or__",
    "__reversed__",
    "__rmul__",
    "__ror__",
    "__sub__",
    "__xor__",
];
const PATH: &[&str] = &[
    "anchor",
    "drive",
    "from_uri",
    "full_match",
    "group",
    "hardlink_to",
    "is_block_device",
    "is_char_device",
    "is_fifo",
    "is_junction",
    "is_mount",
    "is_reserved",
    "is_socket",
    "lchmod",
    "link_to",
    "lstat",
    "name",
    "owner",
    "parent",
    "parents",
    "parser",
    "parts",
    "readlink",
    "replace",
    "root",
    "stem",
    "suffix",
    "suffixes",
    "symlink_to",
    "walk",
    "with_segments",
    "__bytes__",
    "__enter__",
    "__exit__",
    "__rtruediv__",
];
const EXCEPTION: &[&str] = &[
    "add_note",
    "__cause__",
    "__context__",
    "__notes__",
    "__setstate__",
    "__suppress_context__",
    "__traceback__",
];
const FUNCTION: &[&str] =
    &["__builtins__", "__call__", "__closure__", "__get__", "__kwdefaults__", "__type_params__"];
