//! Mezzanine's `set_dynamic_settings`, by which a settings module of Mezzanine ends (read from
//! version 6.1.1): in Python, as what it does is done to lists and dicts of settings.

use super::prelude::*;

const DISTRIBUTION: Option<&str> = Some("mezzanine");

pub(super) const MODELS: &[Model] =
    &[Model { name: "mezzanine.utils.conf", distribution: DISTRIBUTION, build }];

fn build(module: &mut Builder<'_, '_>) {
    let installed = &module.interp.request.installed.distributions;
    let version = installed.get("mezzanine").and_then(|version| version.as_deref());
    if version.is_some_and(|version| version.starts_with("6.")) {
        module.class("SitesAllowedHosts", &[], |class| {
            class.unknown("the domains of the sites in the database");
        });
        module.value("LOCAL_TIME_ZONE", Val::unknown("the time zone of the machine"));
        module.python(include_str!("sources/mezzanine_conf.py"));
    }
    module.unknown("this part of mezzanine is not modelled");
}
