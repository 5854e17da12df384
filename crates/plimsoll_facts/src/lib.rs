//! The survey: finds the Django systems of a repository and gathers the facts about each.

pub mod candidates;
pub mod inventory;
pub mod mentions;
mod reading;
mod standing;
mod surroundings;
pub mod systems;

use candidates::Candidate;
use inventory::Inventory;
use mentions::Mention;
use plimsoll_python::Settings;
use plimsoll_source::Problem;
pub use reading::Reading;
pub use standing::Standing;
pub use surroundings::{Source, Surroundings};
use systems::System;

/// The facts about one Django system of a repository.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The system.
    pub system: System,
    /// The other systems of the repository.
    pub others: Vec<System>,
    /// Which file is what.
    pub inventory: Inventory,
    /// Every place that names a settings module.
    pub mentions: Vec<Mention>,
    /// The settings modules, production's first.
    pub candidates: Vec<Candidate>,
    /// Production's settings, evaluated.
    pub settings: Settings,
    /// The environment they were evaluated in.
    pub environment: Surroundings,
    /// What could not be read or understood.
    pub problems: Vec<Problem>,
}
