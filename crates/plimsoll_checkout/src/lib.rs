//! A repository on disk: the bounded walk, reads, git's index and tips.
