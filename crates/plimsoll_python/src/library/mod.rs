//! Models of library modules: what settings code imports that is not the project's own.
//!
//! # How to add a library
//!
//! 1. A file `library/<name>.rs` with `pub(super) const MODELS: &[Model]`: one [`Model`] for each
//!    importable module (`environ`, `environ.environ`; a model may alias another's builder).
//! 2. A line in [`ALL`].
//!
//! A model's `build` fills a module through [`Builder`]:
//!
//! - `module.function("getenv", &GETENV)` with
//!   `static GETENV: Native = function("os.getenv", getenv)`;
//! - `module.class("Env", &[], |class| { class.method("__init__", &INIT); … })`: a Python class
//!   whose methods are Rust. The project may subclass it, `isinstance` works, and the instance's
//!   state is kept in ordinary attributes (`interp.get_attribute`, `interp.set_attribute`);
//! - `module.record("crontab", "celery.schedules.crontab")`: a class whose instances come out as
//!   an object with the arguments it was made with;
//! - `module.value("NOTSET", value)`, `module.exception("ImproperlyConfigured", "Exception")`;
//! - `module.unknown("reason")`: names not defined here are unknown instead of missing. Without
//!   it, `from library import missing` raises `ImportError`: leave it out only where the model is
//!   complete.
//!
//! - `module.python(text)`: functions that are easier said in Python. What they do is noted as done by
//!   the statement of the project that calls them.
//!
//! A native function gets `(&mut Interp, Call)` and gives an [`Outcome`]. Arguments may be unknown
//! ([`Val::is_unknown`]) but never one of several: the interpreter calls once for each candidate
//! and joins what comes back (alternatives *inside* containers remain; whatever looks into a list
//! must expect them). Where an unknown argument matters, return it (`call.unknown()`), or
//! `Val::unknown(reason)`. Useful on [`Interp`]:
//!
//! - `interp.environment_get(name, reader, at)`: looks up a variable in `os.environ` as it is at
//!   this moment (`.env` files and `os.environ[...] = …` included): [`Lookup`];
//! - `interp.record_use(…)`: notes a reading for `Settings::variables`;
//! - `interp.environment_set(name, value)`, `interp.environment_setdefault(name, value)`;
//! - `interp.read_file(path, at)`: the text of a file at a machine path, from the repository;
//! - `interp.new_list`, `interp.new_dict`, `interp.dict_items`, `interp.iterate`,
//!   `interp.text_of` (`str()`), `interp.truth`, `interp.call`, `interp.to_path`;
//! - `interp.raise("ImproperlyConfigured", "text")`: an exception by the name of a builtin class
//!   or of one known from a model (`interp.raise_variable` where a missing variable is the cause);
//! - `interp.missing(…)`: notes that a file which would be read is not in the repository.

mod configparser;
mod configuration_values;
mod constants;
mod database_url;
mod decouple;
mod decouple_casts;
mod digests;
pub(crate) mod django;
mod django_environ;
mod django_environ_casts;
mod django_environ_path;
mod django_environ_source;
mod django_environ_urls;
mod django_locale;
mod django_parts;
mod django_random;
mod dotenv;
mod environs;
mod environs_fields;
mod environs_source;
pub(crate) mod file_search;
mod mezzanine;
mod monitoring;
mod objects;
pub(crate) mod os;
mod os_environ;
mod packaging;
pub(crate) mod paths;
mod pytimeparse;
mod split_settings;
pub(crate) mod standard;
mod stdlib;
mod stdlib_text;
mod support;
mod swh_core;
mod unmodelled;
mod urls;
mod yaml;

use crate::interp::builder::Builder;

/// An importable module of a library.
pub(crate) struct Model {
    /// Dotted name: `os.path`.
    pub(crate) name: &'static str,
    /// The distribution that installs it, normalized (`django-environ`); `None` for the standard
    /// library.
    pub(crate) distribution: Option<&'static str>,
    pub(crate) build: fn(&mut Builder<'_, '_>),
}

/// Every file's models.
const ALL: &[&[Model]] = &[
    os::MODELS,
    os_environ::MODELS,
    stdlib::containers::MODELS,
    stdlib::data::MODELS,
    stdlib::effects::MODELS,
    stdlib::functions::MODELS,
    stdlib::kinds::MODELS,
    stdlib::mail::MODELS,
    stdlib::packages::MODELS,
    stdlib::urls::MODELS,
    django::MODELS,
    configparser::MODELS,
    configuration_values::MODELS,
    constants::MODELS,
    unmodelled::MODELS,
    yaml::MODELS,
    database_url::MODELS,
    decouple::MODELS,
    digests::MODELS,
    django_environ::MODELS,
    django_locale::MODELS,
    django_parts::MODELS,
    django_random::MODELS,
    dotenv::MODELS,
    environs::MODELS,
    file_search::MODELS,
    mezzanine::MODELS,
    monitoring::MODELS,
    objects::MODELS,
    packaging::MODELS,
    pytimeparse::MODELS,
    split_settings::MODELS,
    swh_core::MODELS,
];

/// The model of a module.
pub(crate) fn find(name: &str) -> Option<&'static Model> {
    ALL.iter().flat_map(|models| models.iter()).find(|model| model.name == name)
}

/// Whether a package of this name, or below it, is modelled.
pub(crate) fn has_below(name: &str) -> bool {
    let below =
        |model: &Model| model.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    ALL.iter().flat_map(|models| models.iter()).any(below)
}

/// The distribution that installs a top-level module of another name.
pub(crate) fn distribution_of(top: &str) -> Option<&'static str> {
    const OTHER: &[(&str, &str)] = &[
        ("environ", "django-environ"),
        ("decouple", "python-decouple"),
        ("dotenv", "python-dotenv"),
        ("rest_framework", "djangorestframework"),
        ("corsheaders", "django-cors-headers"),
        ("debug_toolbar", "django-debug-toolbar"),
        ("sentry_sdk", "sentry-sdk"),
        ("yaml", "pyyaml"),
        ("PIL", "pillow"),
        ("psycopg2", "psycopg2-binary"),
        ("ldap", "python-ldap"),
        ("configurations", "django-configurations"),
        ("storages", "django-storages"),
        ("split_settings", "django-split-settings"),
        ("MySQLdb", "mysqlclient"),
        ("pythonjsonlogger", "python-json-logger"),
        ("rest_framework_simplejwt", "djangorestframework-simplejwt"),
    ];
    OTHER.iter().find(|(module, _)| *module == top).map(|(_, distribution)| *distribution)
}

#[allow(unused_imports, reason = "the words a model is written in")]
pub(crate) mod prelude {
    pub(crate) use super::Model;
    pub(crate) use crate::interp::Interp;
    pub(crate) use crate::interp::builder::{
        Builder, ClassBuilder, class_method, function, method, property,
    };
    pub(crate) use crate::interp::environ::Lookup;
    pub(crate) use crate::interp::native::{Binding, Call, Native, Outcome, Raise};
    pub(crate) use crate::interp::value::{Id, Kind, Val};
}
