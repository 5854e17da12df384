//! `importlib.metadata`, `inspect`, `errno`, `appdirs`: what is installed, and where things lie.

use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "importlib.metadata", distribution: None, build: build_metadata },
    Model {
        name: "importlib_metadata",
        distribution: Some("importlib-metadata"),
        build: build_metadata,
    },
    Model { name: "importlib.resources", distribution: None, build: build_resources },
    Model {
        name: "importlib_resources",
        distribution: Some("importlib-resources"),
        build: build_resources,
    },
    Model { name: "pkg_resources", distribution: Some("setuptools"), build: build_pkg_resources },
    Model { name: "inspect", distribution: None, build: build_inspect },
    Model { name: "errno", distribution: None, build: build_errno },
    Model { name: "appdirs", distribution: Some("appdirs"), build: build_folders },
    Model { name: "platformdirs", distribution: Some("platformdirs"), build: build_folders },
];

static VERSION: Native = function("importlib.metadata.version", version);
static ENTRY_POINTS: Native = function("importlib.metadata.entry_points", entry_points);

/// `EntryPoint` and `EntryPoints` (CPython 3.10 to 3.14, importlib_metadata 3.6 to 8).
const ENTRY_POINT: &str = r#"
from importlib import import_module
class EntryPoint:
    def __init__(self, name, value, group):
        self.name = name
        self.value = value
        self.group = group
        module, _, attr = value.partition('[')[0].partition(':')
        self.module = module.strip()
        self.attr = attr.strip()
    def load(self):
        found = import_module(self.module)
        for part in self.attr.split('.'):
            if part:
                found = getattr(found, part)
        return found
class EntryPoints:
    def __init__(self, items):
        self._items = items
    def __iter__(self):
        return iter(self._items)
    def __len__(self):
        return len(self._items)
    def __getitem__(self, name):
        for item in self._items:
            if item.name == name:
                return item
        raise KeyError(name)
    def select(self, group=None, name=None):
        return EntryPoints([
            item for item in self._items
            if (group is None or item.group == group) and (name is None or item.name == name)
        ])
    @property
    def names(self):
        return {item.name for item in self._items}
    @property
    def groups(self):
        return {item.group for item in self._items}
"#;

/// `pkg_resources.EntryPoint` (setuptools 40 to 80).
const OLD_ENTRY_POINT: &str = r#"
from importlib import import_module
class EntryPoint:
    def __init__(self, name, value, group):
        self.name = name
        module, _, attrs = value.partition('[')[0].partition(':')
        self.module_name = module.strip()
        self.attrs = tuple(attrs.strip().split('.')) if attrs.strip() else ()
    def resolve(self):
        found = import_module(self.module_name)
        for part in self.attrs:
            found = getattr(found, part)
        return found
    def load(self):
        return self.resolve()
"#;

fn build_metadata(module: &mut Builder<'_, '_>) {
    module.exception("PackageNotFoundError", "ModuleNotFoundError");
    module.function("version", &VERSION);
    module.python(ENTRY_POINT);
    for name in ["EntryPoint", "EntryPoints"] {
        module.leave_open(name, "this part of an entry point is not modelled");
    }
    module.function("entry_points", &ENTRY_POINTS);
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

static ITER_ENTRY_POINTS: Native = function("pkg_resources.iter_entry_points", |interp, call| {
    let [group, name] = call.bind(interp, "iter_entry_points", ["group", "name"], 1)?;
    Ok(match offered(interp, "pkg_resources", group, name)? {
        Ok(items) => match interp.iterate(&items)? {
            Some(items) => {
                Val::reference(interp.alloc(crate::interp::heap::Object::Iterator(items, 0)))
            }
            None => interp.why_unknown(&items),
        },
        Err(unknown) => unknown,
    })
});

fn build_pkg_resources(module: &mut Builder<'_, '_>) {
    module.python(OLD_ENTRY_POINT);
    module.leave_open("EntryPoint", "this part of an entry point is not modelled");
    module.function("iter_entry_points", &ITER_ENTRY_POINTS);
    module.unknown("of pkg_resources only entry points are modelled");
}

/// `importlib.resources.files(package)`: the folder of a package of the project.
static FILES: Native = function("importlib.resources.files", |interp, call| {
    let package = call.values().next().cloned().unwrap_or(Val::NONE);
    let package = match package.as_str().map(str::to_owned) {
        Some(name) => interp.import(&name, call.at)?,
        None => package,
    };
    let file = match interp.object(&package) {
        Some(crate::interp::heap::Object::Module { namespace, .. }) => {
            let namespace = *namespace;
            interp.namespace_get(namespace, "__file__")
        }
        _ => None,
    };
    Ok(
        match file.as_ref().and_then(Val::as_str).and_then(|path| path.strip_suffix("/__init__.py"))
        {
            Some(folder) => Val::path(folder),
            None => Val::unknown("where the files of a package are that is not the project's"),
        },
    )
});

fn build_resources(module: &mut Builder<'_, '_>) {
    module.function("files", &FILES);
    module.unknown("this part of importlib.resources is not modelled");
}

fn entry_points(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let only = |name: &str| call.keyword(name).cloned();
    let others = call.named.iter().any(|(name, _)| !matches!(&**name, "group" | "name"));
    if others || !call.positional.is_empty() {
        return Ok(Val::unknown("entry points chosen in a way that is not modelled"));
    }
    // Up to Python 3.11 all of them together are a mapping.
    if call.named.is_empty() && interp.request.installed.python.is_none_or(|it| it < (3, 12)) {
        return Ok(Val::unknown("the entry points of all groups"));
    }
    let items = match offered(interp, "importlib.metadata", only("group"), only("name"))? {
        Ok(items) => items,
        Err(unknown) => return Ok(unknown),
    };
    let class = class_of(interp, "importlib.metadata", "EntryPoints");
    interp.call(&class, Call::of(vec![items], call.at))
}

/// The entry points of a group and a name; an unknown value where they are not known.
fn offered(
    interp: &mut Interp<'_>,
    module: &str,
    group: Option<Val>,
    name: Option<Val>,
) -> Result<Result<Val, Val>, Raise> {
    let mut wanted = Vec::new();
    for value in [group, name] {
        let value = value.filter(|value| !value.is_none());
        match value.as_ref().map(|value| value.as_str()) {
            Some(None) => {
                let value = value.unwrap_or(Val::NONE);
                return Ok(Err(interp.why_unknown(&value)));
            }
            found => wanted.push(found.flatten().map(str::to_owned)),
        }
    }
    let Some(all) = &interp.request.installed.entry_points else {
        return Ok(Err(Val::unknown("the entry points of the packages that are installed")));
    };
    let is = |wanted: Option<&Option<String>>, found: &str| {
        wanted.and_then(Option::as_deref).is_none_or(|wanted| wanted == found)
    };
    let found: Vec<crate::EntryPoint> = all
        .iter()
        .filter(|it| is(wanted.first(), &it.group) && is(wanted.get(1), &it.name))
        .cloned()
        .collect();
    // Distributions come in the order of the folders that they are in, which the disk decides.
    let mut distributions: Vec<&str> = found.iter().map(|it| &*it.distribution).collect();
    distributions.dedup();
    if distributions.len() > 1 {
        return Ok(Err(Val::unknown("the order of the packages that offer entry points")));
    }
    let class = class_of(interp, module, "EntryPoint");
    let mut items = Vec::with_capacity(found.len());
    for it in &found {
        let arguments = [&it.name, &it.value, &it.group].map(Val::str).to_vec();
        items.push(interp.call(&class, Call::of(arguments, interp.here))?);
    }
    Ok(Ok(interp.new_list(items)))
}

fn class_of(interp: &mut Interp<'_>, module: &str, name: &str) -> Val {
    let namespace = interp.model_module(module).and_then(|module| interp.module_namespace(&module));
    let class = namespace.and_then(|namespace| interp.namespace_get(namespace, name));
    class.unwrap_or_else(|| Val::unknown("entry points"))
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
