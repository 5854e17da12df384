//! Texts kept between reads, within a bound on their size.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use plimsoll_source::{RepoPath, SourceText};

/// The texts read last. The oldest go first; who still holds a text keeps it.
#[derive(Debug)]
pub(crate) struct Cache {
    limit: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    texts: HashMap<RepoPath, SourceText>,
    order: VecDeque<RepoPath>,
    bytes: usize,
}

impl Cache {
    /// A cache of at most `limit` bytes of text.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, inner: Mutex::default() }
    }

    pub(crate) fn get(&self, path: &RepoPath) -> Option<SourceText> {
        self.lock().texts.get(path).cloned()
    }

    pub(crate) fn put(&self, path: &RepoPath, text: &SourceText) {
        let size = weight(text);
        // One large file must not drive out everything else.
        if size > self.limit / 8 {
            return;
        }
        let mut inner = self.lock();
        if inner.texts.insert(path.clone(), text.clone()).is_some() {
            return;
        }
        inner.order.push_back(path.clone());
        inner.bytes += size;
        while inner.bytes > self.limit {
            let Some(oldest) = inner.order.pop_front() else { break };
            if let Some(text) = inner.texts.remove(&oldest) {
                inner.bytes = inner.bytes.saturating_sub(weight(&text));
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A panic elsewhere leaves at worst a text too many.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that a kept text takes: its characters, its line table should that be asked for (lines
/// of source have some 32 characters), its place in the maps.
fn weight(text: &SourceText) -> usize {
    text.text().len() + text.text().len() / 8 + 256
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::Cache;

    #[test]
    fn the_oldest_texts_leave_first_and_large_ones_never_enter() {
        let cache = Cache::new(10_000);
        let put = |name: &str, length: usize| {
            let path = RepoPath::new(name).unwrap();
            cache.put(&path, &SourceText::new(path.clone(), "x".repeat(length)));
            path
        };
        let large = put("large", 5_000);
        let first = put("first", 800);
        (0..10).for_each(|n| drop(put(&n.to_string(), 800)));
        let last = put("last", 800);
        assert!(cache.get(&large).is_none());
        assert!(cache.get(&first).is_none());
        assert!(cache.get(&last).is_some());
        assert!(cache.lock().bytes <= 10_000);
    }
}
