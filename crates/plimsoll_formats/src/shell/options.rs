//! The options of a shell: `set` and the `#!` line.

use super::Word;

/// What `set` has switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-e`: a failing command ends the script.
    pub errexit: bool,
    /// `-u`: an unset variable is an error.
    pub nounset: bool,
    /// `-o pipefail`: a pipeline fails with any of its commands.
    pub pipefail: bool,
    /// `-x`: commands are printed, values included.
    pub xtrace: bool,
}

impl Options {
    /// Options of a `#!/bin/bash -eu` line.
    pub(super) fn of_interpreter(line: &str) -> Self {
        let mut options = Self::default();
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        options.apply(words.into_iter());
        options
    }

    /// Applies the arguments of `set`.
    pub(super) fn set(&mut self, arguments: &[Word]) {
        self.apply(arguments.iter().map(|word| word.text.as_str()));
    }

    fn apply<'w>(&mut self, mut words: impl Iterator<Item = &'w str>) {
        while let Some(word) = words.next() {
            let on = match word.chars().next() {
                Some('-') => true,
                Some('+') => false,
                _ => continue,
            };
            if word == "--" {
                return;
            }
            for letter in word.chars().skip(1) {
                match letter {
                    'e' => self.errexit = on,
                    'u' => self.nounset = on,
                    'x' => self.xtrace = on,
                    'o' => match words.next() {
                        Some("errexit") => self.errexit = on,
                        Some("nounset") => self.nounset = on,
                        Some("pipefail") => self.pipefail = on,
                        Some("xtrace") => self.xtrace = on,
                        _ => {}
                    },
                    _ => {}
                }
            }
        }
    }
}
