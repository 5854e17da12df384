//! Modules of constants: their names and values come from a table by version.

use super::django::import_value;
use super::prelude::*;

/// Every module of the table, and the packages above them.
pub(super) const MODELS: &[Model] = &[
    Model { name: "corsheaders", distribution: Some("django-cors-headers"), build },
    Model { name: "corsheaders.defaults", distribution: Some("django-cors-headers"), build },
    Model { name: "csp", distribution: Some("django-csp"), build },
    Model { name: "csp.constants", distribution: Some("django-csp"), build },
    Model { name: "ldap", distribution: Some("python-ldap"), build },
    Model { name: "oscar", distribution: Some("django-oscar"), build },
    Model { name: "oscar.defaults", distribution: Some("django-oscar"), build },
    Model { name: "sentry_sdk.scrubber", distribution: Some("sentry-sdk"), build },
    Model { name: "social_core", distribution: Some("social-auth-core"), build },
    Model { name: "social_core.pipeline", distribution: Some("social-auth-core"), build },
];

fn build(module: &mut Builder<'_, '_>) {
    let name = module.module.to_string();
    let distribution = crate::constant_distribution(&name);
    let version = distribution.and_then(|distribution| {
        module.interp.request.installed.distributions.get(distribution).cloned().flatten()
    });
    for constant in crate::tables::constant_names(&name) {
        if let Some(value) = crate::constant(&name, constant, version.as_deref()) {
            let value = import_value(module.interp, &value);
            module.value(constant, value);
        }
    }
    if name == "csp.constants" {
        // The only constant that is no plain value: it stands for the nonce of a response.
        let class = module.record("Nonce", "csp.constants.Nonce");
        let nonce = module.interp.new_instance(&class);
        module.value("NONCE", nonce);
    }
    module.unknown(&format!("this part of {name} is not modelled"));
}
