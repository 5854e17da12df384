//! The survey: finds the Django systems of a repository and gathers the facts about each.
