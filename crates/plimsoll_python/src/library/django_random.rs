//! Django's makers of random texts.

use super::prelude::*;

pub(super) const MODELS: &[Model] = &[
    Model { name: "django.core.management", distribution: Some("django"), build: package },
    Model { name: "django.core.management.utils", distribution: Some("django"), build },
    Model { name: "django.utils.crypto", distribution: Some("django"), build },
];

static RANDOM: Native = function("django.utils.crypto.get_random_string", random);

fn package(module: &mut Builder<'_, '_>) {
    module.unknown("this part of Django is not modelled");
}

fn build(module: &mut Builder<'_, '_>) {
    module.function("get_random_secret_key", &RANDOM);
    module.function("get_random_string", &RANDOM);
    package(module);
}

fn random(_: &mut Interp<'_>, _: Call) -> Outcome {
    Ok(Val::unknown("a random text, another one in every process"))
}
