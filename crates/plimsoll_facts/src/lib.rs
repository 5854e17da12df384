//! The survey: finds the Django systems of a repository and gathers the facts about each.

pub mod candidates;
pub mod inventory;
pub mod mentions;
mod standing;
pub mod systems;

pub use standing::Standing;

/// The facts about one Django system of a repository.
#[derive(Debug, Default)]
pub struct Facts {}
