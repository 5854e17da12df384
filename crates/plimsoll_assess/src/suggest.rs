//! "Did you mean": the nearest of a set of names.

/// The candidate that a person most likely meant by `word`, where one is near enough: at most a
/// third of its letters differ, or it starts with the word.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(word);
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    let limit = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let name = fold(candidate);
        let distance = if name.starts_with(&wanted) && wanted.len() >= 3 {
            1
        } else {
            distance(&wanted, &name)
        };
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Letters without case; `_` and `-` are one.
fn fold(word: &str) -> Vec<char> {
    word.to_lowercase().chars().map(|c| if c == '_' { '-' } else { c }).collect()
}

/// Edits between two words (insert, delete, replace, swap neighbours), by optimal alignment.
fn distance(left: &[char], right: &[char]) -> usize {
    if left.len().abs_diff(right.len()) > left.len().max(4) {
        return usize::MAX;
    }
    let mut before: Vec<usize> = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut above_left: Option<char> = None;
    for (row, &a) in left.iter().enumerate() {
        let mut line = vec![row + 1];
        let mut b_left: Option<char> = None;
        for (column, &b) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, column).saturating_add(usize::from(a != b));
            let deleted = at(&last, column + 1).saturating_add(1);
            let inserted = at(&line, column).saturating_add(1);
            let mut least = replaced.min(deleted).min(inserted);
            if column > 0 && above_left == Some(b) && b_left == Some(a) {
                least = least.min(at(&before, column - 1).saturating_add(1));
            }
            line.push(least);
            b_left = Some(b);
        }
        above_left = Some(a);
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["SET-01", "SET-10", "AUTH-05", "debug-enabled", "expiry"];
        for (word, expected) in [
            ("set-1", Some("SET-01")),
            ("AUHT-05", Some("AUTH-05")),
            ("debug_enable", Some("debug-enabled")),
            ("debug", Some("debug-enabled")),
            ("expires", Some("expiry")),
            ("owner", None),
            ("", None),
        ] {
            assert_eq!(suggest(word, names), expected, "{word}");
        }
    }
}
