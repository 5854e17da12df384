//! Caddyfile as a tree of directives, snippets and files put in place.

use std::collections::BTreeMap;

use plimsoll_source::{Problem, ProblemKind, RepoPath, SourceText, Span, Tree};

use super::lexer::{Token, tokens};

/// Blocks nested deeper than this, and imports deeper than that, are not read.
const MAX_DEPTH: usize = 32;
const MAX_IMPORTS: usize = 10;
/// Files of a configuration, one that is imported twice counted twice.
const MAX_FILES: usize = 300;
/// Directives of a whole configuration, imports included.
const MAX_DIRECTIVES: usize = 50_000;

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaddyWord {
    /// Its value, quotes removed.
    pub value: String,
    /// Whether it stood in quotes, backquotes or a heredoc.
    pub quoted: bool,
    /// Where.
    pub span: Span,
}

impl CaddyWord {
    /// Whether it holds a placeholder (`{host}`) or a variable (`{$NAME}`, `{env.NAME}`), so that
    /// its value is not what is written.
    pub fn is_computed(&self) -> bool {
        self.value.contains('{') && self.value.contains('}')
    }
}

/// A directive with its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaddyDirective {
    /// The words of its line; the first is its name.
    pub words: Vec<CaddyWord>,
    /// The directives of its block, where it has one.
    pub block: Option<Vec<CaddyDirective>>,
    /// Its line.
    pub span: Span,
}

impl CaddyDirective {
    /// Its name.
    pub fn name(&self) -> &str {
        self.words.first().map_or("", |word| word.value.as_str())
    }

    /// Its matcher: `*`, a path that begins with `/`, or a named one (`@api`).
    pub fn matcher(&self) -> Option<&CaddyWord> {
        let word = self.words.get(1)?;
        (word.value == "*" || word.value.starts_with(['/', '@'])).then_some(word)
    }

    /// Its arguments, a matcher left out.
    pub fn args(&self) -> &[CaddyWord] {
        let skip = 1 + usize::from(self.matcher().is_some());
        self.words.get(skip..).unwrap_or(&[])
    }

    /// The directives of its block; none where it has no block.
    pub fn children(&self) -> &[CaddyDirective] {
        self.block.as_deref().unwrap_or(&[])
    }
}

/// One block at the top of a file, or a snippet's or an import's directives.
pub(super) struct Parser<'t> {
    tree: Option<&'t dyn Tree>,
    pub(super) problems: Vec<Problem>,
    pub(super) files: Vec<RepoPath>,
    snippets: BTreeMap<String, Vec<CaddyDirective>>,
    count: usize,
}

/// A file's words with their places.
struct Words {
    words: Vec<(Token, Span)>,
    at: usize,
}

impl Words {
    fn peek(&self) -> Option<&(Token, Span)> {
        self.words.get(self.at)
    }

    fn next(&mut self) -> Option<(Token, Span)> {
        let found = self.words.get(self.at).cloned();
        self.at += usize::from(found.is_some());
        found
    }
}

/// A block at the top: its heads (addresses, a snippet's name; none for the global options).
pub(super) struct TopBlock {
    pub(super) heads: Vec<CaddyWord>,
    pub(super) directives: Vec<CaddyDirective>,
    pub(super) span: Span,
}

impl<'t> Parser<'t> {
    pub(super) fn new(tree: Option<&'t dyn Tree>) -> Self {
        Self { tree, problems: Vec::new(), files: Vec::new(), snippets: BTreeMap::new(), count: 0 }
    }

    fn problem(&mut self, kind: ProblemKind, at: &Span, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, at.clone(), message));
    }

    fn words(&mut self, text: &SourceText) -> Words {
        if let Some(problem) = crate::scan::too_long_a_line(text) {
            self.problems.push(problem);
            return Words { words: Vec::new(), at: 0 };
        }
        let (tokens, open) = tokens(text.text());
        for range in open {
            let at = text.span(range);
            self.problem(ProblemKind::Syntax, &at, "this quote or heredoc is not closed");
        }
        let words = tokens.into_iter().map(|token| {
            let span = text.span(token.range.clone());
            (token, span)
        });
        Words { words: words.collect(), at: 0 }
    }

    /// The blocks of a file.
    pub(super) fn file(&mut self, text: &SourceText, depth: usize) -> Vec<TopBlock> {
        self.files.push(text.path().clone());
        let mut words = self.words(text);
        let mut blocks = Vec::new();
        while words.peek().is_some() && self.count < MAX_DIRECTIVES {
            blocks.extend(self.top(&mut words, text, depth));
        }
        blocks
    }

    fn top(&mut self, words: &mut Words, text: &SourceText, depth: usize) -> Vec<TopBlock> {
        let Some((_, span)) = words.peek().cloned() else { return Vec::new() };
        let mut heads: Vec<CaddyWord> = Vec::new();
        let mut opened = false;
        // Addresses stand on one line, or go on after a comma.
        while let Some((token, at)) = words.peek().cloned() {
            let goes_on = heads.last().is_some_and(|word| word.value.ends_with(','));
            if token.first && !heads.is_empty() && !goes_on && !token.is("{") {
                break;
            }
            words.at += 1;
            self.count += 1;
            if token.is("{") {
                opened = true;
                break;
            }
            if token.is("}") {
                self.problem(ProblemKind::Syntax, &at, "unexpected `}`");
                return Vec::new();
            }
            heads.push(CaddyWord { value: token.value, quoted: token.quoted, span: at });
        }
        if heads.first().is_some_and(|word| word.value == "import") {
            let directive = CaddyDirective { words: heads, block: None, span: span.clone() };
            return self.import_top(&directive, text, depth);
        }
        heads
            .iter_mut()
            .for_each(|word| word.value.truncate(word.value.trim_end_matches(',').len()));
        heads.retain(|word| !word.value.is_empty());
        // Without braces, the whole file is one site.
        let directives = self.block(words, text, opened, 0, depth, &span);
        let snippet = heads
            .first()
            .and_then(|word| word.value.strip_prefix('(').and_then(|name| name.strip_suffix(')')));
        if let Some(name) = snippet {
            self.snippets.insert(name.to_owned(), directives);
            return Vec::new();
        }
        vec![TopBlock { heads, directives, span }]
    }

    /// The directives up to the closing brace, or to the end of the file.
    fn block(
        &mut self,
        words: &mut Words,
        text: &SourceText,
        closes: bool,
        depth: usize,
        imports: usize,
        opened_at: &Span,
    ) -> Vec<CaddyDirective> {
        let mut found = Vec::new();
        while let Some((token, at)) = words.next() {
            if token.is("}") {
                if !closes {
                    self.problem(ProblemKind::Syntax, &at, "unexpected `}`");
                    continue;
                }
                return found;
            }
            self.count += 1;
            if self.count > MAX_DIRECTIVES {
                self.problem(ProblemKind::Limit, &at, "the rest of the file is not read");
                words.at = words.words.len();
                return found;
            }
            let mut line =
                vec![CaddyWord { value: token.value, quoted: token.quoted, span: at.clone() }];
            let mut opens = false;
            while let Some((next, span)) = words.peek().cloned() {
                if next.first || next.is("}") {
                    break;
                }
                words.at += 1;
                let ends_line = words.peek().is_none_or(|(after, _)| after.first);
                if next.is("{") && ends_line {
                    opens = true;
                    break;
                }
                line.push(CaddyWord { value: next.value, quoted: next.quoted, span });
            }
            let end = line.last().map_or(at.end, |word| word.span.end);
            let span = Span { end, ..at.clone() };
            let block = if opens && depth < MAX_DEPTH {
                Some(self.block(words, text, true, depth + 1, imports, &span))
            } else {
                if opens {
                    self.problem(ProblemKind::Limit, &span, "blocks this deep are not read");
                    skip_block(words);
                }
                None
            };
            let directive = CaddyDirective { words: line, block, span };
            if directive.name() == "import" {
                found.extend(self.import(&directive, text, imports));
            } else {
                found.push(directive);
            }
        }
        if closes {
            self.problem(ProblemKind::Syntax, opened_at, "this block is not closed");
        }
        found
    }

    /// The directives an `import` inside a block brings: a snippet's or those of files.
    fn import(
        &mut self,
        directive: &CaddyDirective,
        text: &SourceText,
        depth: usize,
    ) -> Vec<CaddyDirective> {
        let Some(name) = directive.words.get(1).map(|word| word.value.clone()) else {
            self.problem(ProblemKind::Syntax, &directive.span, "`import` wants a name or file");
            return Vec::new();
        };
        if let Some(snippet) = self.snippets.get(&name).cloned() {
            self.count += size(&snippet);
            if self.count > MAX_DIRECTIVES {
                self.problem(ProblemKind::Limit, &directive.span, "more directives than are read");
                return Vec::new();
            }
            let args: Vec<String> =
                directive.words.iter().skip(2).map(|word| word.value.clone()).collect();
            return snippet.into_iter().map(|inner| filled(inner, &args)).collect();
        }
        let mut found = Vec::new();
        for file in self.imported(&name, directive, text, depth) {
            self.files.push(file.path().clone());
            let mut words = self.words(&file);
            let at = directive.span.clone();
            found.extend(self.block(&mut words, &file, false, 0, depth + 1, &at));
        }
        found
    }

    /// The blocks that an `import` at the top brings.
    fn import_top(
        &mut self,
        directive: &CaddyDirective,
        text: &SourceText,
        depth: usize,
    ) -> Vec<TopBlock> {
        let Some(name) = directive.words.get(1).map(|word| word.value.clone()) else {
            return Vec::new();
        };
        let files = self.imported(&name, directive, text, depth);
        files.iter().flat_map(|file| self.file(file, depth + 1)).collect()
    }

    /// The files of an import: relative to the file it stands in, wildcards in the last part.
    fn imported(
        &mut self,
        name: &str,
        directive: &CaddyDirective,
        text: &SourceText,
        depth: usize,
    ) -> Vec<SourceText> {
        if depth >= MAX_IMPORTS || self.files.len() > MAX_FILES {
            self.problem(
                ProblemKind::Limit,
                &directive.span,
                "imports this deep or many are not followed",
            );
            return Vec::new();
        }
        let folder = text.path().parent().unwrap_or_else(RepoPath::root);
        let path = name.strip_prefix("/etc/caddy/").unwrap_or(name);
        let paths = match (self.tree, folder.join(path)) {
            (Some(tree), Some(path)) => matching(tree, &path),
            _ => Vec::new(),
        };
        let mut found = Vec::new();
        for path in &paths {
            if let Some(Ok(file)) = self.tree.map(|tree| tree.read(path)) {
                found.push(file);
            }
        }
        if found.is_empty() && !name.contains('*') {
            let message = format!("there is no snippet or file `{name}`");
            self.problem(ProblemKind::Missing, &directive.span, message);
        }
        found
    }
}

fn matching(tree: &dyn Tree, path: &RepoPath) -> Vec<RepoPath> {
    if tree.has_file(path) {
        return vec![path.clone()];
    }
    let glob = globset::GlobBuilder::new(path.as_str()).literal_separator(true).build();
    let Ok(glob) = glob.map(|glob| glob.compile_matcher()) else { return Vec::new() };
    let files = tree.files().iter().map(|entry| &entry.path);
    files.filter(|path| glob.is_match(path.as_str())).cloned().collect()
}

fn skip_block(words: &mut Words) {
    let mut depth = 1_usize;
    while let Some((token, _)) = words.next() {
        let ends_line = words.peek().is_none_or(|(after, _)| after.first);
        if token.is("{") && ends_line {
            depth += 1;
        } else if token.is("}") {
            depth -= 1;
            if depth == 0 {
                return;
            }
        }
    }
}

fn size(directives: &[CaddyDirective]) -> usize {
    directives.iter().map(|directive| 1 + size(directive.children())).sum()
}

/// A snippet's directive with `{args[0]}` and `{args.0}` replaced.
fn filled(mut directive: CaddyDirective, args: &[String]) -> CaddyDirective {
    for word in &mut directive.words {
        for (index, arg) in args.iter().enumerate() {
            for mark in [format!("{{args[{index}]}}"), format!("{{args.{index}}}")] {
                if word.value.contains(&mark) {
                    word.value = word.value.replace(&mark, arg);
                }
            }
        }
    }
    directive.block =
        directive.block.map(|block| block.into_iter().map(|inner| filled(inner, args)).collect());
    directive
}
