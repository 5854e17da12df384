//! `os`, `os.path`, `pathlib`, `sys`, and `open`.

use std::rc::Rc;

use super::paths::{normalize, os_join, os_split, split_extension};
use super::prelude::*;
use crate::interp::heap::{Builtin, Object};

pub(super) const MODELS: &[Model] = &[
    Model { name: "os", distribution: None, build: build_os },
    Model { name: "os.path", distribution: None, build: build_path },
    Model { name: "posixpath", distribution: None, build: build_path },
    Model { name: "pathlib", distribution: None, build: build_pathlib },
    Model { name: "sys", distribution: None, build: build_sys },
];

fn build_os(module: &mut Builder<'_, '_>) {
    for name in ["environ", "getenv"] {
        let value = module.import("plimsoll._environ", name);
        module.value(name, value);
    }
    let path = module.interp.model_module("os.path").unwrap_or(Val::NONE);
    module.value("path", path);
    for (name, text) in [
        ("sep", "/"),
        ("linesep", "\n"),
        ("pathsep", ":"),
        ("curdir", "."),
        ("pardir", ".."),
        ("extsep", "."),
        ("name", "posix"),
        ("devnull", "/dev/null"),
    ] {
        module.str(name, text);
    }
    module.value("F_OK", Val::int(0));
    module.value("R_OK", Val::int(4));
    module.value("W_OK", Val::int(2));
    module.value("X_OK", Val::int(1));
    let error = module.interp.exception_class("OSError").map_or(Val::NONE, Val::reference);
    module.value("error", error);
    static FUNCTIONS: &[(&str, Native)] = &[
        (
            "fspath",
            function("os.fspath", |interp, call| {
                let value = call.get(0, "path").cloned().unwrap_or(Val::NONE);
                Ok(interp
                    .to_path(&value)
                    .map_or_else(|| interp.why_unknown(&value), |text| Val::str(&*text)))
            }),
        ),
        ("listdir", function("os.listdir", super::file_search::listdir)),
        ("walk", function("os.walk", super::file_search::walk)),
        ("access", function("os.access", access)),
        (
            "open",
            function("os.open", |interp, call| {
                let path = call.get(0, "path").and_then(|value| interp.to_path(value));
                interp.note_write(path.as_deref());
                Ok(Val::unknown_number("a descriptor of a file"))
            }),
        ),
        ("makedirs", function("os.makedirs", make_folder)),
        ("mkdir", function("os.mkdir", make_folder)),
        ("umask", function("os.umask", |_, _| Ok(Val::unknown("the process's umask")))),
        ("putenv", function("os.putenv", |_, _| Ok(Val::NONE))),
        ("chmod", function("os.chmod", |_, _| Ok(Val::NONE))),
        ("unsetenv", function("os.unsetenv", |_, _| Ok(Val::NONE))),
        (
            "getcwd",
            function("os.getcwd", |interp, _| {
                Ok(match interp.working_folder() {
                    Some(folder) => Val::str(folder),
                    None => Val::unknown("the folder that the process starts in"),
                })
            }),
        ),
        (
            "chdir",
            function("os.chdir", |interp, _| {
                interp.moved = true;
                Ok(Val::NONE)
            }),
        ),
    ];
    static NUMBERS: &[(&str, Native)] = &[
        ("getuid", function("os.getuid", number_of_machine)),
        ("geteuid", function("os.geteuid", number_of_machine)),
        ("getgid", function("os.getgid", number_of_machine)),
        ("getegid", function("os.getegid", number_of_machine)),
        ("getpid", function("os.getpid", number_of_machine)),
        ("getppid", function("os.getppid", number_of_machine)),
    ];
    for (name, native) in FUNCTIONS.iter().chain(NUMBERS) {
        module.function(name, native);
    }
    module.unknown("what it gives depends on the machine");
}

/// `os.makedirs`, `os.mkdir`: there is a folder afterwards.
fn make_folder(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let path = call.values().next().and_then(|value| interp.to_path(value));
    interp.note_write(path.as_deref());
    Ok(Val::NONE)
}

/// `os.access(path, mode)`: what is there can be read; who may write is a matter of the machine.
fn access(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let path = call.get(0, "path").and_then(|value| interp.to_path(value));
    let mode = call.get(1, "mode").and_then(Val::as_i64);
    let (Some(path), Some(mode)) = (path, mode) else {
        return Ok(Val::unknown("what the process may do with a file"));
    };
    let there = interp.path_test(&path, "exists");
    if !matches!(there.kind, Kind::Bool(true)) || mode & !4 == 0 {
        return Ok(there);
    }
    let full = normalize(&interp.in_working_folder(&path));
    let unknown = format!("whether the process may write to {path}");
    Ok(match interp.is_writable(&full) {
        Some(writable) if mode & 1 == 0 => Val::bool(writable),
        _ => Val::unknown(unknown),
    })
}

fn number_of_machine(_: &mut Interp<'_>, _: Call) -> Outcome {
    Ok(Val::unknown_number("a number that depends on the machine"))
}

fn build_path(module: &mut Builder<'_, '_>) {
    static FUNCTIONS: &[(&str, Native)] = &[
        (
            "join",
            function("os.path.join", |interp, call| {
                let mut parts: Vec<Rc<str>> = Vec::new();
                for value in &call.positional {
                    match interp.to_path(value) {
                        Some(text) => parts.push(text),
                        None if value.is_unknown() => return Ok(value.clone()),
                        None => {
                            let text = "join() argument must be str, bytes, or os.PathLike object";
                            return Err(interp.raise("TypeError", text));
                        }
                    }
                }
                let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
                Ok(Val::str(os_join(&parts)))
            }),
        ),
        (
            "dirname",
            function("os.path.dirname", |interp, call| {
                text(interp, call, |path| Val::str(os_split(path).0))
            }),
        ),
        (
            "basename",
            function("os.path.basename", |interp, call| {
                text(interp, call, |path| Val::str(os_split(path).1))
            }),
        ),
        (
            "normpath",
            function("os.path.normpath", |interp, call| {
                text(interp, call, |path| Val::str(normalize(path)))
            }),
        ),
        (
            "normcase",
            function("os.path.normcase", |interp, call| text(interp, call, |path| Val::str(path))),
        ),
        ("abspath", function("os.path.abspath", absolute)),
        ("realpath", function("os.path.realpath", absolute)),
        (
            "isabs",
            function("os.path.isabs", |interp, call| {
                text(interp, call, |path| Val::bool(path.starts_with('/')))
            }),
        ),
        (
            "split",
            function("os.path.split", |interp, call| {
                text(interp, call, |path| {
                    let (head, tail) = os_split(path);
                    Val::tuple(vec![Val::str(head), Val::str(tail)])
                })
            }),
        ),
        (
            "splitext",
            function("os.path.splitext", |interp, call| {
                text(interp, call, |path| {
                    let (stem, extension) = split_extension(path);
                    Val::tuple(vec![Val::str(stem), Val::str(extension)])
                })
            }),
        ),
        ("exists", function("os.path.exists", |interp, call| test(interp, call, "exists"))),
        ("lexists", function("os.path.lexists", |interp, call| test(interp, call, "exists"))),
        ("isfile", function("os.path.isfile", |interp, call| test(interp, call, "is_file"))),
        ("isdir", function("os.path.isdir", |interp, call| test(interp, call, "is_dir"))),
        (
            "expanduser",
            function("os.path.expanduser", |interp, call| {
                let value = first(&call);
                match interp.to_path(&value) {
                    Some(path) => Ok(interp.expand_user(&path)),
                    None => text(interp, call, |path| Val::str(path)),
                }
            }),
        ),
        (
            "expandvars",
            function("os.path.expandvars", |interp, call| {
                text(interp, call, |path| {
                    if path.contains('$') {
                        Val::unknown("os.path.expandvars is not modelled")
                    } else {
                        Val::str(path)
                    }
                })
            }),
        ),
    ];
    for (name, native) in FUNCTIONS {
        module.function(name, native);
    }
    module.str("sep", "/");
    module.str("pathsep", ":");
    module.str("curdir", ".");
    module.str("pardir", "..");
    module.unknown("this function of os.path is not modelled");
}

/// `os.path.abspath` and `realpath`; links of the repository are not followed.
fn absolute(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = first(&call);
    let Some(path) = interp.to_path(&value) else { return text(interp, call, |_| Val::NONE) };
    let path = interp.in_working_folder(&path);
    if !path.starts_with('/') {
        return Ok(Val::unknown("a path relative to the folder that the process starts in"));
    }
    Ok(Val::str(normalize(&path)))
}

/// The one argument of a function on a path.
fn first(call: &Call) -> Val {
    call.values().next().cloned().unwrap_or(Val::NONE)
}

fn text(interp: &mut Interp<'_>, call: Call, run: fn(&str) -> Val) -> Outcome {
    let value = first(&call);
    match interp.to_path(&value) {
        Some(path) => Ok(run(&path)),
        None if value.is_unknown() => Ok(value),
        None => Err(interp.raise("TypeError", "expected str, bytes or os.PathLike object")),
    }
}

fn test(interp: &mut Interp<'_>, call: Call, name: &str) -> Outcome {
    let value = first(&call);
    match interp.to_path(&value) {
        Some(path) => Ok(interp.path_test(&path, name)),
        None if value.is_unknown() => Ok(value),
        None => {
            Err(interp
                .raise("TypeError", "stat: path should be string, bytes, os.PathLike or integer"))
        }
    }
}

fn build_pathlib(module: &mut Builder<'_, '_>) {
    let path = module.interp.class_of_builtin(Builtin::Path);
    for name in ["Path", "PosixPath", "PurePath", "PurePosixPath"] {
        module.value(name, path.clone());
    }
    module.unknown("this part of pathlib is not modelled");
}

fn build_sys(module: &mut Builder<'_, '_>) {
    let argv: Vec<Val> = module.interp.request.argv.iter().map(Val::str).collect();
    let argv = module.interp.new_list(argv);
    module.value("argv", argv);
    let path = Val::reference(module.interp.sys_path);
    module.value("path", path);
    let modules = Val::reference(module.interp.modules);
    module.value("modules", modules);
    module.str("platform", "linux");
    module.str("byteorder", "little");
    module.value("maxsize", Val::int(i64::MAX));
    let version = match module.interp.request.installed.python {
        Some((major, minor)) => {
            let class = module.interp.native_class("sys", "version_info", &[], None);
            let reason = "the patch level of Python is not known";
            let items = vec![
                Val::int(major),
                Val::int(minor),
                Val::unknown(reason),
                Val::str("final"),
                Val::int(0),
            ];
            let instance = module.interp.new_instance(&class);
            if let Some(slot) = instance.as_id().and_then(|id| module.interp.heap.slot_mut(id))
                && let Object::Instance { inner, .. } = &mut slot.object
            {
                *inner = Some(Val::tuple(items));
            }
            for (name, value) in [
                ("major", Val::int(major)),
                ("minor", Val::int(minor)),
                ("micro", Val::unknown(reason)),
            ] {
                let _ = module.interp.set_attribute(&instance, name, value);
            }
            instance
        }
        None => Val::unknown("the project's Python version is not declared"),
    };
    module.value("version_info", version);
    static EXIT: Native = function("sys.exit", |interp, _| Err(interp.raise("SystemExit", "")));
    module.function("exit", &EXIT);
    static LIMIT: Native = function("sys.setrecursionlimit", |_, _| Ok(Val::NONE));
    module.function("setrecursionlimit", &LIMIT);
    static INTERN: Native =
        function("sys.intern", |_, call| Ok(call.get(0, "string").cloned().unwrap_or(Val::NONE)));
    module.function("intern", &INTERN);
    for name in ["stdout", "stderr", "stdin"] {
        let stream = stream(module.interp);
        module.value(name, stream);
    }
    module.unknown("what it gives depends on the interpreter");
}

/// A stream whose writing has no effect on settings.
fn stream(interp: &mut Interp<'_>) -> Val {
    let class = interp.native_class("io", "TextIOWrapper", &[], None);
    let instance = interp.new_instance(&class);
    static NOTHING: Native = method("io.write", |_, _| Ok(Val::NONE));
    if let Some(Object::Class(it)) = interp.object(&class) {
        let namespace = it.namespace;
        for name in ["write", "flush"] {
            interp.namespace_set(namespace, name, Val::native(&NOTHING));
        }
        if let Some(dict) = interp.dict_mut(namespace) {
            dict.open = Some(Rc::from("a stream of the process"));
        }
    }
    instance
}

static READ: Native = method("io.read", |interp, call| {
    let text = content(interp, &call);
    Ok(if call.positional.len() > 1 { Val::unknown("a part of a file") } else { text })
});
static READLINE: Native = method("io.readline", |interp, call| match content(interp, &call) {
    Val { kind: Kind::Str(text), .. } => {
        let end = text.find('\n').map_or(text.len(), |at| at + 1);
        Ok(Val::str(text.get(..end).unwrap_or_default()))
    }
    other => Ok(other),
});
static READLINES: Native = method("io.readlines", |interp, call| match content(interp, &call) {
    Val { kind: Kind::Str(text), .. } => {
        let lines = text.split_inclusive('\n').map(Val::str).collect();
        Ok(interp.new_list(lines))
    }
    other => Ok(other),
});
static ENTER: Native =
    method("io.__enter__", |_, call| Ok(call.positional.first().cloned().unwrap_or(Val::NONE)));
static NOTHING: Native = method("io.close", |_, _| Ok(Val::NONE));

fn content(interp: &mut Interp<'_>, call: &Call) -> Val {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let found = interp.get_attribute(&this, "_content");
    found.unwrap_or_else(|_| Val::unknown("the content of a file"))
}

/// `open`: files of the repository for reading; writing has no effect here.
pub(crate) fn open(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let mode = call.get(1, "mode").and_then(Val::as_str).unwrap_or("r").to_owned();
    let file = call.get(0, "file").cloned().unwrap_or(Val::NONE);
    let path = interp.to_path(&file);
    let text = match path {
        path if mode.contains(['w', 'a', 'x', '+']) => {
            interp.note_write(path.as_deref());
            Val::unknown("a file that is written")
        }
        Some(path) => {
            let text = interp.read_path(&path, at)?;
            match (&text.kind, mode.contains('b')) {
                (Kind::Str(text), true) => Val::bytes(text.as_bytes()),
                _ => text,
            }
        }
        None => {
            interp.may_raise("a file whose name is not known");
            Val::unknown("the content of a file whose name is not known")
        }
    };
    let class = interp.native_class("io", "TextIOWrapper", &[], None);
    if let Some(Object::Class(it)) = interp.object(&class) {
        let namespace = it.namespace;
        let methods: [(&str, &'static Native); 8] = [
            ("read", &READ),
            ("readline", &READLINE),
            ("readlines", &READLINES),
            ("__iter__", &READLINES),
            ("__enter__", &ENTER),
            ("__exit__", &NOTHING),
            ("close", &NOTHING),
            ("write", &NOTHING),
        ];
        for (name, native) in methods {
            interp.namespace_set(namespace, name, Val::native(native));
        }
    }
    let stream = interp.new_instance(&class);
    interp.set_attribute(&stream, "_content", text)?;
    Ok(stream)
}
