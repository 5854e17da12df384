//! swh.core: configuration files of Software Heritage's programs (`swh.core.config`, read from
//! versions 2.0 to 5.0.1).
//!
//! Where its files are known to be absent, what is left are the defaults that the program itself
//! gives.

use super::prelude::*;
use super::support;
use crate::interp::files::Place;

const DISTRIBUTION: Option<&str> = Some("swh-core");

pub(super) const MODELS: &[Model] = &[
    Model { name: "swh.core", distribution: DISTRIBUTION, build: build_open },
    Model { name: "swh.core.config", distribution: DISTRIBUTION, build: build_config },
];

/// Where files are looked for, in this order.
const FOLDERS: &[&str] = &["~/.config/swh", "~/.swh", "/etc/softwareheritage"];
/// A file's name is tried as it is, then with this.
const EXTENSION: &str = ".yml";
/// What every program gets where `global.yml` does not say otherwise: 100 MiB.
const MAX_CONTENT_SIZE: i64 = 100 * 1024 * 1024;

static LOAD_NAMED: Native = function("swh.core.config.load_named_config", load_named_config);

fn build_open(module: &mut Builder<'_, '_>) {
    module.unknown("this part of swh.core is not modelled");
}

fn build_config(module: &mut Builder<'_, '_>) {
    module.function("load_named_config", &LOAD_NAMED);
    build_open(module);
}

fn load_named_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [name, defaults, global] =
        call.bind(interp, "load_named_config", ["name", "default_conf", "global_conf"], 1)?;
    let name = name.unwrap_or(Val::NONE);
    let Some(file) = support::text_or_path(&name) else { return Ok(interp.why_unknown(&name)) };
    let is_global = match &global {
        None => Some(true),
        Some(value) => interp.truth(value)?,
    };
    let Some(is_global) = is_global else { return Ok(Val::unknown("global_conf is not known")) };
    let mut pairs = Vec::new();
    if is_global {
        if let Some(path) = present(interp, "global.yml") {
            return Ok(unknown(interp, &path));
        }
        pairs.push((Val::str("max_content_size"), Val::int(MAX_CONTENT_SIZE)));
    }
    if let Some(path) = present(interp, &file) {
        return Ok(unknown(interp, &path));
    }
    let defaults = defaults.unwrap_or(Val::NONE);
    if !defaults.is_none() {
        let Some(items) = interp.dict_items(&defaults) else {
            return Ok(interp.why_unknown(&defaults));
        };
        for (key, value) in items {
            // (name of the type, default)
            let Kind::Tuple(parts) = &value.kind else {
                return Ok(Val::unknown("a default of swh.core that is no pair"));
            };
            let [_, default] = &**parts else {
                return Ok(Val::unknown("a default of swh.core that is no pair"));
            };
            pairs.push((key, default.clone()));
        }
    }
    Ok(interp.new_dict_of(pairs).with_deps(&name.deps))
}

fn unknown(interp: &mut Interp<'_>, path: &str) -> Val {
    let reason = format!("what the file {path} holds");
    interp.may_raise(&reason);
    Val::unknown(reason)
}

/// The first of the places of a file where there is one, or may be one.
fn present(interp: &mut Interp<'_>, file: &str) -> Option<String> {
    for folder in FOLDERS {
        let path = super::paths::os_join(&[folder, file]);
        for path in [path.clone(), format!("{path}{EXTENSION}")] {
            let full = interp.expand_user(&path);
            match full.as_str() {
                Some(full) if interp.place(full) == Place::Absent => {}
                _ => return Some(path),
            }
        }
    }
    None
}
