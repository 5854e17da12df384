//! Rules about hosting platforms: the port, the release phase, the variables.

mod platform_port_unbound;
mod platform_release_phase_missing;
mod platform_variable_mismatch;

use plimsoll_facts::inventory::Role;
use plimsoll_facts::{Declaration, Facts, ProcessKind};

use crate::{Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    platform_port_unbound::RULE,
    platform_release_phase_missing::RULE,
    platform_variable_mismatch::RULE,
];

/// Says so where the repository has no file of a platform.
fn is_absent(look: &mut Look) -> bool {
    let facts = look.facts;
    let mut files =
        facts.inventory.main(Role::Platform).chain(facts.inventory.main(Role::Procfile));
    let absent = files.next().is_none();
    if absent {
        look.undetermined(
            "no file of a hosting platform is in the repository",
            "look at the platform's own configuration",
            None,
        );
    }
    absent
}

/// The hosting platform that production runs on, where the files of the repository name one and no
/// host of the project's own: one whose edge ends TLS and redirects plain HTTP by itself, and whose
/// releases start on a new disk. Railway
/// (<https://docs.railway.com/reference/public-networking>), Render
/// (<https://render.com/docs/tls>), DigitalOcean's App Platform, Fly with `force_https`, which
/// `fly launch` writes (<https://fly.io/docs/reference/configuration/>). Heroku does not.
pub(crate) fn managed_by(facts: &Facts) -> Option<&'static str> {
    let is_host = |declared| matches!(declared, Declaration::Unit | Declaration::Supervisor);
    if facts.processes_of(ProcessKind::Web).any(|process| is_host(process.declared)) {
        return None;
    }
    facts.inventory.main(Role::Platform).find_map(|file| {
        Some(match file.path.file_name() {
            "railway.json" | "railway.toml" => "Railway",
            "render.yaml" => "Render",
            "fly.toml" => "Fly",
            "app.yaml" | "app.yml" if file.path.as_str().contains(".do/") => {
                "DigitalOcean's App Platform"
            }
            _ => return None,
        })
    })
}
