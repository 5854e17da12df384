//! Libraries that read settings from sources of their own and are not modelled: a project that
//! imports one is told so.

use plimsoll_source::ProblemKind;

use super::prelude::*;

/// Instances whose fields come from elsewhere.
static FIELDS: Native = function("pydantic_settings.BaseSettings", |_, _| {
    Ok(Val::unknown("not modelled: the fields are read from the environment and from files"))
});

/// A base class whose instances are not known, whatever a subclass gives its fields by default.
fn class_of_fields(module: &mut Builder<'_, '_>, name: &str) {
    module.class(name, &[], |class| {
        class.method("__new__", &FIELDS);
        class.unknown("this part of a class of settings is not modelled");
    });
}

/// pydantic before version 2 has the class of pydantic-settings.
fn pydantic(module: &mut Builder<'_, '_>) {
    class_of_fields(module, "BaseSettings");
    module.unknown("pydantic is not modelled");
}

macro_rules! unmodelled {
    ($($module:literal $distribution:literal $build:ident $class:literal $reason:literal;)+) => {
        $(fn $build(module: &mut Builder<'_, '_>) {
            let at = module.interp.here;
            module.interp.problem(ProblemKind::Unsupported, at, concat!("not modelled: ", $reason));
            if !$class.is_empty() {
                class_of_fields(module, $class);
            }
            module.unknown(concat!("not modelled: ", $reason));
        })+
        pub(super) const MODELS: &[Model] = &[
            Model { name: "pydantic", distribution: Some("pydantic"), build: pydantic },
            $(Model { name: $module, distribution: Some($distribution), build: $build }),+
        ];
    };
}

unmodelled! {
    "dynaconf" "dynaconf" dynaconf ""
        "dynaconf reads settings from its own files (settings.toml, .secrets.toml) and from variables with a prefix";
    "pydantic_settings" "pydantic-settings" pydantic_settings "BaseSettings"
        "pydantic-settings reads the fields of its classes from the environment and from env files";
    "django_settings_env" "django-settings-env" django_settings_env ""
        "django-settings-env reads settings from the environment";
    "goodconf" "goodconf" goodconf "GoodConf"
        "goodconf reads settings from its own file and from the environment";
    "confit" "confit" confit "" "confit reads settings from its own files";
}
