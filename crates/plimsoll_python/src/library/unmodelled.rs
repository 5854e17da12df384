//! Libraries that read settings from sources of their own and are not modelled: a project that
//! imports one is told so.

use plimsoll_source::ProblemKind;

use super::prelude::*;

macro_rules! unmodelled {
    ($($module:literal $distribution:literal $build:ident $reason:literal;)+) => {
        $(fn $build(module: &mut Builder<'_, '_>) {
            let at = module.interp.here;
            module.interp.problem(ProblemKind::Unsupported, at, concat!("not modelled: ", $reason));
            module.unknown(concat!("not modelled: ", $reason));
        })+
        pub(super) const MODELS: &[Model] = &[
            $(Model { name: $module, distribution: Some($distribution), build: $build }),+
        ];
    };
}

unmodelled! {
    "dynaconf" "dynaconf" dynaconf
        "dynaconf reads settings from its own files (settings.toml, .secrets.toml) and from variables with a prefix";
    "pydantic_settings" "pydantic-settings" pydantic_settings
        "pydantic-settings reads the fields of its classes from the environment and from env files";
    "django_settings_env" "django-settings-env" django_settings_env
        "django-settings-env reads settings from the environment";
    "goodconf" "goodconf" goodconf
        "goodconf reads settings from its own file and from the environment";
    "confit" "confit" confit "confit reads settings from its own files";
}
