//! What a project speaks of: the words of its apps' and models' names.

use plimsoll_source::SourceText;

/// The words of the names of a file of models, of the models in it and of its folder, in lower
/// case and singular as far as an `s` at the end tells.
pub(crate) fn of_file(source: &SourceText) -> Vec<String> {
    let classes = source.text().lines().filter_map(|line| line.strip_prefix("class "));
    let names = classes.filter_map(|rest| rest.split(['(', ':']).next());
    let mut words: Vec<String> = names.flat_map(words_of).collect();
    let folder = source.path().parent();
    words.extend(folder.into_iter().flat_map(|folder| words_of(folder.file_name())));
    words
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

    use crate::sweep::Sweep;

    #[test]
    fn names_of_models_and_their_folders_are_words() {
        let tree = MemoryTree::new([
            (
                "staff_rota/models.py",
                "class LeaveRequest(Model):\n    pass\nclass OSCEExam(Model): pass\n",
            ),
            ("shop/views.py", "class CartView: pass\n"),
        ]);
        let words = Sweep::of_tree(&tree).vocabulary;
        for word in ["leave", "request", "staff", "rota"] {
            assert!(words.contains(word), "{word} of {words:?}");
        }
        assert!(!words.contains("cart"), "a view is no model");
    }
}
