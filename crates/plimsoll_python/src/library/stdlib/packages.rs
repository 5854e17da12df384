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

/// Functions of appdirs 1.4.4 and of platformdirs 4: on Linux, with the variable that goes first and
/// the folder below the home folder.
macro_rules! folder {
    ($static:ident, $name:literal, $variable:literal, $folder:literal, $path:literal) => {
        static $static: Native =
            function($name, |interp, call| user_folder(interp, call, $variable, $folder, $path));
    };
}
folder!(DATA, "user_data_dir", "XDG_DATA_HOME", "~/.local/share", false);
folder!(CONFIG, "user_config_dir", "XDG_CONFIG_HOME", "~/.config", false);
folder!(CACHE, "user_cache_dir", "XDG_CACHE_HOME", "~/.cache", false);
folder!(STATE, "user_state_dir", "XDG_STATE_HOME", "~/.local/state", false);
folder!(DATA_PATH, "user_data_path", "XDG_DATA_HOME", "~/.local/share", true);
folder!(CONFIG_PATH, "user_config_path", "XDG_CONFIG_HOME", "~/.config", true);
folder!(CACHE_PATH, "user_cache_path", "XDG_CACHE_HOME", "~/.cache", true);
folder!(STATE_PATH, "user_state_path", "XDG_STATE_HOME", "~/.local/state", true);

fn build_folders(module: &mut Builder<'_, '_>) {
    for native in [&DATA, &CONFIG, &CACHE, &STATE] {
        module.function(native.name, native);
    }
    if &*module.module == "platformdirs" {
        for native in [&DATA_PATH, &CONFIG_PATH, &CACHE_PATH, &STATE_PATH] {
            module.function(native.name, native);
        }
    }
    module.unknown("a folder of the machine");
}

/// `user_…_dir(appname, appauthor, version)`. Only the plain case: the variable of the desktop is
/// not set, and no option but the name and the version is given.
fn user_folder(
    interp: &mut Interp<'_>,
    call: Call,
    variable: &str,
    folder: &str,
    is_path: bool,
) -> Outcome {
    const KNOWN: &[&str] = &["appname", "appauthor", "version", "roaming"];
    if call.positional.len() > 3 || call.named.iter().any(|(name, _)| !KNOWN.contains(&&**name)) {
        return Ok(Val::unknown("a folder with options that are not modelled"));
    }
    if !matches!(interp.environment_get(variable), Lookup::Unset) {
        return Ok(Val::unknown(format!("a folder that {variable} names")));
    }
    let home = interp.expand_user(folder);
    let Some(mut path) = home.as_str().map(str::to_owned) else { return Ok(home) };
    let name = call.get(0, "appname").cloned().unwrap_or(Val::NONE);
    let version = call.get(2, "version").cloned().unwrap_or(Val::NONE);
    for part in [&name, &version] {
        match &part.kind {
            Kind::None => break,
            Kind::Str(text) if text.is_empty() => break,
            Kind::Str(text) => path = crate::library::paths::os_join(&[&path, text]),
            _ => return Ok(interp.why_unknown(part)),
        }
    }
    let value =
        if is_path { Val::path(crate::library::paths::pure(&path)) } else { Val::str(path) };
    Ok(value.with_deps(&home.deps).with_deps(&name.deps).with_deps(&version.deps))
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
