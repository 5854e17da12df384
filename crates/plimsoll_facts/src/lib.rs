//! The survey: finds the Django systems of a repository and gathers the facts about each.

/// The facts about one Django system of a repository.
#[derive(Debug, Default)]
pub struct Facts {}
