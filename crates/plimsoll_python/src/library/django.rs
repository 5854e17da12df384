//! What settings import from Django itself.

use super::prelude::*;
use super::stdlib::functions::cached_property;
use crate::Value;
use crate::interp::heap::{Builtin, Object};

const DJANGO: Option<&str> = Some("django");

pub(super) const MODELS: &[Model] = &[
    Model { name: "django.utils._os", distribution: Some("django"), build: build_paths },
    Model { name: "django", distribution: DJANGO, build: build_django },
    Model { name: "django.core", distribution: DJANGO, build: package },
    Model { name: "django.core.exceptions", distribution: DJANGO, build: build_exceptions },
    Model { name: "django.utils", distribution: DJANGO, build: package },
    Model { name: "django.utils.translation", distribution: DJANGO, build: build_translation },
    Model { name: "django.utils.functional", distribution: DJANGO, build: build_functional },
    Model { name: "django.utils.log", distribution: DJANGO, build: constants },
    Model { name: "django.conf", distribution: DJANGO, build: build_conf },
    Model { name: "django.conf.global_settings", distribution: DJANGO, build: constants },
    Model { name: "django.contrib", distribution: DJANGO, build: package },
    Model { name: "django.contrib.messages", distribution: DJANGO, build: build_messages },
    Model { name: "django.contrib.messages.constants", distribution: DJANGO, build: constants },
    Model { name: "django.urls", distribution: DJANGO, build: build_urls },
    Model { name: "django.core.urlresolvers", distribution: DJANGO, build: build_urls },
    Model { name: "django.core.management", distribution: DJANGO, build: package },
    Model { name: "django.core.management.utils", distribution: DJANGO, build: build_management },
    Model { name: "django.db", distribution: DJANGO, build: package },
    Model { name: "django.db.models", distribution: DJANGO, build: build_models },
    Model { name: "django.db.models.enums", distribution: DJANGO, build: build_models },
];

fn package(module: &mut Builder<'_, '_>) {
    module.unknown("this part of Django is not modelled");
}

fn build_django(module: &mut Builder<'_, '_>) {
    let series = module.interp.request.installed.django_series();
    let pinned = exact_version(module.interp);
    if let Some(version) = &pinned {
        module.str("__version__", version);
        module.function("get_version", &GET_VERSION);
    }
    let patch = match pinned.as_deref().map(|text| text.split('.').collect::<Vec<_>>()).as_deref() {
        Some([_, _]) => Some(0),
        Some([_, _, patch]) => patch.parse::<u32>().ok(),
        _ => None,
    };
    let versions = series.iter().map(|(major, minor)| {
        let patch =
            patch.map_or_else(|| Val::unknown("the patch level of Django is not known"), Val::int);
        Val::tuple(vec![Val::int(*major), Val::int(*minor), patch, Val::str("final"), Val::int(0)])
    });
    let versions: Vec<Val> = versions.collect();
    if !versions.is_empty() {
        module.value("VERSION", crate::interp::value::one_of(versions));
    }
    module.unknown("this part of Django is not modelled");
}

/// The version of Django where it is pinned to one final release, as Django itself writes it.
fn exact_version(interp: &Interp<'_>) -> Option<String> {
    let installed = &interp.request.installed;
    let version = installed.distributions.get("django")?.clone()?;
    let (major, minor) = installed.django.filter(|_| installed.django_until.is_none())?;
    let is_final = version.split('.').all(|part| part.parse::<u32>().is_ok());
    (is_final && version.starts_with(&format!("{major}.{minor}"))).then_some(version)
}

static GET_VERSION: Native = function("django.get_version", |interp, call| {
    Ok(match exact_version(interp) {
        Some(version) if call.positional.is_empty() && call.named.is_empty() => Val::str(version),
        _ => Val::unknown("the version of Django with its suffix"),
    })
});

fn build_exceptions(module: &mut Builder<'_, '_>) {
    for name in [
        "ImproperlyConfigured",
        "ValidationError",
        "PermissionDenied",
        "SuspiciousOperation",
        "ObjectDoesNotExist",
        "AppRegistryNotReady",
        "MiddlewareNotUsed",
        "FieldError",
    ] {
        module.exception(name, "Exception");
    }
    module.exception("DisallowedHost", "SuspiciousOperation");
    module.unknown("this part of Django is not modelled");
}

static LAZY: Native = function("django.utils.translation.gettext_lazy", |interp, call| {
    let text = call.get(0, "message").cloned().unwrap_or(Val::NONE);
    Ok(promise(interp, Some(text)))
});

/// A lazy object; with its text where that is known.
pub(super) fn promise(interp: &mut Interp<'_>, text: Option<Val>) -> Val {
    let class = interp
        .model_module("django.utils.functional")
        .and_then(|module| interp.module_namespace(&module))
        .and_then(|namespace| interp.namespace_get(namespace, "Promise"));
    let Some(class) = class else { return Val::unknown("a lazy object") };
    let instance = interp.new_instance(&class);
    if let Some(text) = text {
        let deps = text.deps.clone();
        let _ = interp.set_attribute(&instance, "_text", text);
        return instance.with_deps(&deps);
    }
    instance
}

/// Whether a value is a lazy object of Django.
pub(super) fn is_promise(interp: &Interp<'_>, value: &Val) -> bool {
    match interp.object(value) {
        Some(Object::Instance { class, .. }) => {
            interp.extends(*class, "django.utils.functional", "Promise")
        }
        _ => false,
    }
}

fn build_translation(module: &mut Builder<'_, '_>) {
    for name in ["gettext_lazy", "ugettext_lazy"] {
        module.function(name, &LAZY);
    }
    for name in ["gettext_noop", "ugettext_noop"] {
        module.function(name, &super::stdlib::functions::SAME);
    }
    static PLURAL: Native =
        function("django.utils.translation.lazy", |interp, _| Ok(promise(interp, None)));
    for name in ["pgettext_lazy", "ngettext_lazy", "npgettext_lazy"] {
        module.function(name, &PLURAL);
    }
    module.function("get_language_info", &super::django_locale::GET_INFO);
    module.unknown("a translation depends on the language");
}

fn build_functional(module: &mut Builder<'_, '_>) {
    module
        .class("Promise", &[], |class| class.unknown("a lazy object is resolved when it is used"));
    static CACHED: Native = function("django.utils.functional.cached_property", cached_property);
    module.function("cached_property", &CACHED);
    static LAZY_TEXT: Native =
        function("django.utils.functional.lazystr", |interp, _| Ok(promise(interp, None)));
    module.function("lazystr", &LAZY_TEXT);
    static LAZY_FUNCTION: Native =
        function("django.utils.functional.lazy", |_, _| Ok(Val::native(&LAZY_CALL)));
    static LAZY_CALL: Native =
        function("django.utils.functional.lazy", |interp, _| Ok(promise(interp, None)));
    module.function("lazy", &LAZY_FUNCTION);
    module.unknown("this part of Django is not modelled");
}

fn build_urls(module: &mut Builder<'_, '_>) {
    static LAZY_URL: Native =
        function("django.urls.reverse_lazy", |interp, _| Ok(promise(interp, None)));
    module.function("reverse_lazy", &LAZY_URL);
    module.unknown("URLs are resolved when they are used");
}

fn build_management(module: &mut Builder<'_, '_>) {
    static KEY: Native = function("django.core.management.utils.get_random_secret_key", |_, _| {
        Ok(Val::unknown("a random value, different in each process"))
    });
    module.function("get_random_secret_key", &KEY);
    package(module);
}

fn build_conf(module: &mut Builder<'_, '_>) {
    // `settings` while settings are loaded: every access would load them again.
    module.value(
        "settings",
        Val::unknown("django.conf.settings is read while the settings are loaded"),
    );
    module.unknown("this part of Django is not modelled");
}

fn build_messages(module: &mut Builder<'_, '_>) {
    let constants = module.interp.model_module("django.contrib.messages.constants");
    let namespace =
        constants.as_ref().and_then(|constants| module.interp.module_namespace(constants));
    if let (Some(constants), Some(namespace)) = (constants, namespace) {
        module.value("constants", constants);
        for name in ["DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR"] {
            if let Some(value) = module.interp.namespace_get(namespace, name) {
                module.value(name, value);
            }
        }
    }
    module.unknown("this part of Django is not modelled");
}

fn build_models(module: &mut Builder<'_, '_>) {
    let (int, text) = (
        module.interp.class_of_builtin(Builtin::Int),
        module.interp.class_of_builtin(Builtin::Str),
    );
    for (name, base) in [("TextChoices", text), ("IntegerChoices", int)] {
        // Members carry labels, which are not modelled.
        let unknown = Val::unknown("choices of a model are not modelled");
        let _ = base;
        module.value(name, unknown);
    }
    module.unknown("models are not read here");
}

/// A constant where all series of Django agree that the project accepts.
fn agreed(
    interp: &mut Interp<'_>,
    oldest: &crate::Defaults,
    others: &[crate::Defaults],
    module: &str,
    name: &str,
) -> Val {
    let value = oldest.constant(module, name);
    match value {
        Some(value) if others.iter().all(|it| it.constant(module, name) == Some(value)) => {
            import_value(interp, value)
        }
        _ => Val::unknown(format!(
            "{module}.{name} is not the same in all versions of Django that the project accepts"
        )),
    }
}

/// A module whose constants are in the table of Django's facts.
fn constants(module: &mut Builder<'_, '_>) {
    let installed = &module.interp.request.installed;
    let version = installed.django.map(|(major, minor)| format!("{major}.{minor}"));
    let defaults = crate::defaults(version.as_deref());
    let others: Vec<crate::Defaults> = installed
        .django_series()
        .into_iter()
        .map(|(major, minor)| crate::defaults(Some(&format!("{major}.{minor}"))))
        .collect();
    let name = module.module.clone();
    if &*name == "django.conf.global_settings" {
        let names: std::collections::BTreeSet<&str> = others
            .iter()
            .chain([&defaults])
            .flat_map(|it| it.iter().map(|(name, _)| name))
            .collect();
        for setting in names {
            let value = agreed(module.interp, &defaults, &others, &name, setting);
            module.value(setting, value);
        }
    }
    let known: &[&str] = match &*name {
        "django.utils.log" => &["DEFAULT_LOGGING"],
        "django.contrib.messages.constants" => {
            &["DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "DEFAULT_TAGS", "DEFAULT_LEVELS"]
        }
        _ => &[],
    };
    for constant in known {
        if defaults.constant(&name, constant).is_some() {
            let value = agreed(module.interp, &defaults, &others, &name, constant);
            module.value(constant, value);
        }
    }
    module.unknown("this part of Django is not modelled");
}

/// A plain value into the interpreter.
pub(crate) fn import_value(interp: &mut Interp<'_>, value: &Value) -> Val {
    let mut all = |items: &[Value]| -> Vec<Val> {
        items.iter().map(|item| import_value(interp, item)).collect()
    };
    match value {
        Value::None => Val::NONE,
        Value::Bool(flag) => Val::bool(*flag),
        Value::Int(number) => Val::int(number.clone()),
        Value::Float(number) => Val::float(*number),
        Value::Str(text) => Val::str(text),
        Value::Secret(secret) => Val::str(secret.expose()),
        Value::Bytes(bytes) => Val::bytes(bytes),
        Value::Timedelta(micros) => Val::new(Kind::Timedelta(*micros)),
        Value::Path(path) => Val::path(path),
        Value::List(items) => {
            let items = all(items);
            interp.new_list(items)
        }
        Value::Tuple(items) => Val::tuple(all(items)),
        Value::Set(items) => {
            let items = all(items);
            interp.new_set(items, false).unwrap_or_else(|| Val::unknown("a set"))
        }
        Value::Dict(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(key, value)| (import_value(interp, key), import_value(interp, value)))
                .collect();
            interp.new_dict_of(pairs)
        }
        Value::OneOf(values) => crate::interp::value::one_of(all(values)),
        Value::Object(object) if object.type_name.ends_with("Promise") => {
            // A translation of Django's own: its text is the repr without quotes.
            let text = object.repr.trim_matches(['\'', '"']);
            promise(interp, Some(Val::str(text)))
        }
        Value::Object(object) => {
            let (module, name) =
                object.type_name.rsplit_once('.').unwrap_or(("", &object.type_name));
            let class = interp.native_class(module, name, &[], None);
            if let Some(Object::Class(it)) = interp.object(&class) {
                let namespace = it.namespace;
                interp.namespace_set(namespace, "__record__", Val::str(&object.type_name));
            }
            interp.new_instance(&class)
        }
        Value::Unknown { reason, variable } => match variable {
            Some(variable) => Val::unknown_variable(reason.clone(), variable),
            None => Val::unknown(reason.clone()),
        },
    }
}

/// Constants of third-party modules that are in the table of libraries' facts.
pub(crate) fn library_constant(interp: &mut Interp<'_>, module: &str, name: &str) -> Option<Val> {
    let distribution = crate::constant_distribution(module)?;
    let version = interp.request.installed.distributions.get(distribution).cloned().flatten();
    let value = crate::constant(module, name, version.as_deref())?;
    Some(import_value(interp, &value))
}

static SAFE_JOIN: Native = function("django.utils._os.safe_join", safe_join);

fn build_paths(module: &mut Builder<'_, '_>) {
    module.function("safe_join", &SAFE_JOIN);
    module.unknown("this part of django.utils._os is not modelled");
}

/// A path below a folder, as text.
fn safe_join(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut parts = Vec::new();
    for value in call.values() {
        match interp.to_path(value) {
            Some(part) => parts.push(part),
            None => return Ok(interp.why_unknown(value)),
        }
    }
    let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
    let base = super::paths::normalize(parts.first().copied().unwrap_or_default());
    let path = super::paths::normalize(&super::paths::os_join(&parts));
    let is_below = path == base
        || path.strip_prefix(&base).is_some_and(|rest| rest.starts_with('/') || base == "/");
    if base.starts_with('/') && is_below {
        return Ok(Val::str(path));
    }
    interp.may_raise("a path outside of its folder");
    Ok(Val::unknown("a path outside of its folder, or relative to the folder of the process"))
}
