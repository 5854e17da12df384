//! `importlib.metadata`, `inspect`, `errno`, `appdirs`: what is installed, and where things lie.

use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "importlib.metadata", distribution: None, build: build_metadata },
    Model {
        name: "importlib_metadata",
        distribution: Some("importlib-metadata"),
        build: build_metadata,
    },
    Model { name: "inspect", distribution: None, build: build_inspect },
    Model { name: "errno", distribution: None, build: build_errno },
    Model { name: "appdirs", distribution: Some("appdirs"), build: build_folders },
    Model { name: "platformdirs", distribution: Some("platformdirs"), build: build_folders },
];

static VERSION: Native = function("importlib.metadata.version", version);

fn build_metadata(module: &mut Builder<'_, '_>) {
    module.exception("PackageNotFoundError", "ModuleNotFoundError");
    module.function("version", &VERSION);
    module.unknown("what the installed packages declare");
}

/// The version of a distribution, where exactly one is declared.
fn version(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let name = call.get(0, "distribution_name").cloned().unwrap_or(Val::NONE);
    let Some(name) = name.as_str() else { return Ok(interp.why_unknown(&name)) };
    let normal = normalized(name);
    let declared = interp.request.installed.distributions.get(&normal).cloned().flatten();
    match declared.filter(|version| is_exact(version)) {
        Some(version) => Ok(Val::str(version)),
        None => {
            let reason = format!("which version of {name} is installed");
            interp.may_raise(&reason);
            Ok(Val::unknown(reason))
        }
    }
}

/// A distribution's name as indexes compare it.
fn normalized(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Whether a version is written as packages write their own: numbers, perhaps a suffix.
fn is_exact(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_digit())
        && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+'))
}

/// The attribute of a frame that holds its file.
const FILE: &str = "__plimsoll_file__";

static CURRENT: Native = function("inspect.currentframe", |interp, _| {
    let class = interp.native_class("types", "FrameType", &[], None);
    if let Some(crate::interp::heap::Object::Class(it)) = interp.object(&class) {
        let namespace = it.namespace;
        if let Some(dict) = interp.dict_mut(namespace) {
            dict.open = Some("what a frame holds".into());
        }
    }
    let frame = interp.new_instance(&class);
    let file = interp.frames.last().map(|frame| frame.file);
    let path = file.and_then(|file| interp.files.get(file as usize)).map(|it| it.path().clone());
    let path = match path {
        Some(path) => Val::str(interp.to_absolute(&path)),
        None => Val::unknown("the file of a frame"),
    };
    interp.set_attribute(&frame, FILE, path)?;
    Ok(frame)
});

static GET_FILE: Native = function("inspect.getfile", |interp, call| {
    let value = call.get(0, "object").cloned().unwrap_or(Val::NONE);
    let file = match interp.object(&value) {
        Some(crate::interp::heap::Object::Module { namespace, .. }) => {
            let namespace = *namespace;
            interp.namespace_get(namespace, "__file__")
        }
        Some(crate::interp::heap::Object::Instance { attributes, .. }) => {
            let attributes = *attributes;
            interp.namespace_get(attributes, FILE)
        }
        _ => None,
    };
    match file {
        Some(file) if file.as_str().is_some() => Ok(file),
        _ => Ok(Val::unknown("the file of an object of Python")),
    }
});

fn build_inspect(module: &mut Builder<'_, '_>) {
    module.function("currentframe", &CURRENT);
    module.function("getfile", &GET_FILE);
    module.function("getsourcefile", &GET_FILE);
    module.unknown("this part of inspect is not modelled");
}

/// Errors by their numbers on Linux.
fn build_errno(module: &mut Builder<'_, '_>) {
    for (name, number) in [
        ("EPERM", 1),
        ("ENOENT", 2),
        ("EACCES", 13),
        ("EEXIST", 17),
        ("ENOTDIR", 20),
        ("EISDIR", 21),
        ("EINVAL", 22),
        ("EROFS", 30),
    ] {
        module.value(name, Val::int(number));
    }
    module.unknown("this number of an error is not known");
}

static FOLDER: Native =
    function("user_data_dir", |_, _| Ok(Val::unknown("the home folder of the process's user")));

fn build_folders(module: &mut Builder<'_, '_>) {
    for kind in ["data", "config", "cache", "state", "log"] {
        module.function(&format!("user_{kind}_dir"), &FOLDER);
        module.function(&format!("user_{kind}_path"), &FOLDER);
    }
    module.unknown("a folder of the machine");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions() {
        assert_eq!(normalized("Foo.bar__Baz"), "foo-bar-baz");
        for (text, exact) in
            [("1.2.3", true), ("2.0rc1+local", true), (">=1", false), ("1.*", false)]
        {
            assert_eq!(is_exact(text), exact, "{text}");
        }
    }
}
