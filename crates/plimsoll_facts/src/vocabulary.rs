//! What a project speaks of: the words of its apps' and models' names.

use std::collections::BTreeSet;

use plimsoll_source::{RepoPath, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Role};

/// The words of the names of the project's folders, modules and models, in lower case and singular
/// as far as an `s` at the end tells. Empty where the project has no models.
pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> BTreeSet<String> {
    let models: Vec<&RepoPath> = inventory
        .main(Role::Python)
        .map(|file| &file.path)
        .filter(|path| is_models(path))
        .collect();
    let mut words: BTreeSet<String> = models
        .par_iter()
        .filter_map(|path| tree.read(path).ok())
        .flat_map_iter(|source| {
            let classes = source.text().lines().filter_map(|line| line.strip_prefix("class "));
            let names = classes.filter_map(|rest| rest.split(['(', ':']).next());
            names.flat_map(words_of).collect::<Vec<_>>()
        })
        .collect();
    for path in models {
        words.extend(path.parent().into_iter().flat_map(|folder| words_of(folder.file_name())));
    }
    words
}

/// Whether a Python file holds models by its place: `models.py`, `models/…`.
fn is_models(path: &RepoPath) -> bool {
    path.file_name() == "models.py"
        || path.parent().is_some_and(|parent| parent.file_name() == "models")
}

/// `LeaveRequests` and `leave_requests`: leave, request.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_is_lower = false;
    for c in name.trim().chars() {
        if !c.is_alphanumeric() {
            previous_is_lower = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (c.is_uppercase() && previous_is_lower) {
            words.push(String::new());
        }
        previous_is_lower = c.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    let singular = |word: String| match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word,
    };
    words.into_iter().filter(|word| word.len() > 1).map(singular).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::gather;
    use crate::inventory::Inventory;

    #[test]
    fn names_of_models_and_their_folders_are_words() {
        let tree = MemoryTree::new([
            (
                "staff_rota/models.py",
                "class LeaveRequest(Model):\n    pass\nclass OSCEExam(Model): pass\n",
            ),
            ("shop/views.py", "class CartView: pass\n"),
        ]);
        let words = gather(&tree, &Inventory::of(&tree));
        for word in ["leave", "request", "staff", "rota"] {
            assert!(words.contains(word), "{word} of {words:?}");
        }
        assert!(!words.contains("cart"), "a view is no model");
    }
}
