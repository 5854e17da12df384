//! logrotate configuration.
//!
//! Accepted: global directives, blocks for patterns (over several lines, quoted or not), scripts
//! up to `endscript`, comments, `include`. Failure policy: a block that the end of the file
//! leaves open is closed there and recorded.

use plimsoll_source::{Problem, ProblemKind, SourceText, Span};

use crate::Spanned;
use crate::scan::{blank_words, lines, spanned};

/// A directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotateDirective {
    /// Its name: `daily`, `rotate`, `copytruncate`…
    pub name: Spanned<String>,
    /// What follows it.
    pub value: Spanned<String>,
}

/// A script such as `postrotate … endscript`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotateScript {
    /// `postrotate`, `prerotate`, `firstaction`, `lastaction` or `preremove`.
    pub name: Spanned<String>,
    /// Its text.
    pub body: Spanned<String>,
}

/// The rules for some files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotateBlock {
    /// The patterns of its files.
    pub patterns: Vec<Spanned<String>>,
    /// Its directives in order.
    pub directives: Vec<RotateDirective>,
    /// Its scripts.
    pub scripts: Vec<RotateScript>,
}

/// A logrotate file.
#[derive(Clone, Debug, Default)]
pub struct Logrotate {
    /// Directives outside of blocks; each holds for the blocks below it.
    pub globals: Vec<RotateDirective>,
    /// The blocks.
    pub blocks: Vec<RotateBlock>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Logrotate {
    /// The last directive of this name that holds for a block: its own, else a global one.
    pub fn effective<'l>(
        &'l self,
        block: &'l RotateBlock,
        name: &str,
    ) -> Option<&'l RotateDirective> {
        let named = |directive: &&RotateDirective| directive.name.value == name;
        block.directives.iter().rfind(named).or_else(|| self.globals.iter().rfind(named))
    }

    /// How many rotated files are kept, where it is said; 0 by default.
    pub fn rotate_count(&self, block: &RotateBlock) -> Option<i64> {
        self.effective(block, "rotate")?.value.value.parse().ok()
    }

    /// For how many days rotated files are kept: `maxage`, or the number of rotations times
    /// their interval (`hourly` counts as a day at most); `None` where neither is said.
    pub fn retention_days(&self, block: &RotateBlock) -> Option<i64> {
        let max_age = self.effective(block, "maxage").and_then(|d| d.value.value.parse().ok());
        let interval =
            [("hourly", 1), ("daily", 1), ("weekly", 7), ("monthly", 30), ("yearly", 365)]
                .into_iter()
                .find(|(name, _)| self.effective(block, name).is_some());
        let kept =
            interval.and_then(|(_, days)| Some(self.rotate_count(block)?.saturating_mul(days)));
        match (max_age, kept) {
            (Some(age), Some(kept)) => Some(i64::min(age, kept)),
            (age, kept) => age.or(kept),
        }
    }
}

const SCRIPTS: [&str; 5] = ["postrotate", "prerotate", "firstaction", "lastaction", "preremove"];

/// Reads a logrotate file.
pub fn read(text: &SourceText) -> Logrotate {
    let mut reader = Reader { text, file: Logrotate::default(), patterns: Vec::new(), block: None };
    let mut script: Option<(Spanned<String>, usize)> = None;
    for (start, line) in lines(text.text()) {
        let content = line.trim();
        if let Some((name, from)) = &script {
            if content == "endscript" {
                let body = text.text().get(*from..start).unwrap_or("");
                let body = spanned(text, *from, body);
                reader.script(RotateScript { name: name.clone(), body });
                script = None;
            }
            continue;
        }
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if SCRIPTS.contains(&content) {
            script = Some((spanned(text, start, line), start + line.len()));
            continue;
        }
        reader.line(start, line);
    }
    if let Some((name, _)) = script {
        reader.problem(name.span, "this script has no `endscript`");
    }
    reader.finish();
    reader.file
}

struct Reader<'t> {
    text: &'t SourceText,
    file: Logrotate,
    /// Patterns whose `{` is still to come.
    patterns: Vec<Spanned<String>>,
    block: Option<RotateBlock>,
}

impl Reader<'_> {
    fn problem(&mut self, at: Span, message: &str) {
        self.file.problems.push(Problem::new(ProblemKind::Syntax, at, message));
    }

    fn script(&mut self, script: RotateScript) {
        match &mut self.block {
            Some(block) => block.scripts.push(script),
            None => self.problem(script.name.span, "a script outside of a block"),
        }
    }

    fn line(&mut self, start: usize, line: &str) {
        let content = line.trim();
        if self.block.is_some() {
            match content.strip_suffix('}') {
                Some(before) => {
                    let end = line.rfind('}').unwrap_or(line.len());
                    if !before.trim().is_empty() {
                        self.directive(start, line.get(..end).unwrap_or(""));
                    }
                    self.file.blocks.extend(self.block.take());
                }
                None => self.directive(start, line),
            }
            return;
        }
        let is_pattern =
            content.starts_with(['/', '"', '\'', '*', '~', '{', '$']) || content.ends_with('{');
        if !is_pattern {
            self.directive(start, line);
            return;
        }
        let (head, rest) = match line.split_once('{') {
            // A brace of a template is none of logrotate's.
            Some((head, rest)) if !rest.starts_with('{') => (head, Some(rest)),
            _ => (line, None),
        };
        for (at, word) in blank_words(head) {
            let pattern = spanned(self.text, start + at, word);
            self.patterns.push(pattern.map(|word| word.trim_matches(['"', '\'']).to_owned()));
        }
        if let Some(rest) = rest {
            let patterns = std::mem::take(&mut self.patterns);
            self.block =
                Some(RotateBlock { patterns, directives: Vec::new(), scripts: Vec::new() });
            if !rest.trim().is_empty() {
                self.line(start + head.len() + 1, rest);
            }
        }
    }

    /// `name value`, `name=value`; what follows ` #` is a comment.
    fn directive(&mut self, start: usize, line: &str) {
        let line = line.find(" #").and_then(|at| line.get(..at)).unwrap_or(line);
        let lead = line.len() - line.trim_start().len();
        let content = line.trim();
        let end = content.find([' ', '\t', '=']).unwrap_or(content.len());
        let name = spanned(self.text, start + lead, content.get(..end).unwrap_or(""));
        let after = content.get(end..).unwrap_or("");
        let marks = after.len() - after.trim_start_matches([' ', '\t', '=']).len();
        let value =
            spanned(self.text, start + lead + end + marks, after.get(marks..).unwrap_or(""));
        let directive = RotateDirective { name, value };
        match &mut self.block {
            Some(block) => block.directives.push(directive),
            None => self.file.globals.push(directive),
        }
    }

    fn finish(&mut self) {
        if let Some(block) = self.block.take() {
            if let Some(pattern) = block.patterns.first() {
                self.problem(pattern.span.clone(), "this block is not closed");
            }
            self.file.blocks.push(block);
        }
        if let Some(pattern) = self.patterns.first() {
            self.problem(pattern.span.clone(), "a pattern without a block");
        }
    }
}
