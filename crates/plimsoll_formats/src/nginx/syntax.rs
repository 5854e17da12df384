//! nginx configuration as a tree of directives.

use std::ops::Range;

use plimsoll_source::{Problem, ProblemKind, SourceText, Span};

use crate::scan::too_long_a_line;

use super::lexer::{Fault, Lexer, Quote, Token, is_template};

/// Blocks nested deeper than this are not read (real files reach 6).
const MAX_DEPTH: usize = 48;
/// Directives per file; real files have at most some thousands.
const MAX_DIRECTIVES: usize = 50_000;

/// A word of a directive: quotes removed, escapes resolved as nginx does, variables kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Word {
    /// The word.
    pub value: String,
    /// How it was quoted.
    pub quote: Quote,
    /// Where, quotes included.
    pub span: Span,
}

impl Word {
    /// Whether another program fills the word in before nginx reads it: `{{ … }}`, `<% … %>`,
    /// `@NAME@`, `__NAME__`, or an upper-case `$NAME` or `${NAME}` as envsubst has them (nginx's
    /// own variables are lower-case).
    pub fn is_placeholder(&self) -> bool {
        is_placeholder(&self.value)
    }

    /// Whether the word holds a mark of a template language. Unlike [`Self::is_placeholder`] this
    /// takes no `$` for one, which in a regular expression is the end.
    pub(super) fn is_placeholder_template(&self) -> bool {
        self.value.contains("{{") || self.value.contains("<%") || self.value.contains("${")
    }

    /// Whether the word holds a variable of nginx or a placeholder, so that its value is not
    /// what is written.
    pub fn is_computed(&self) -> bool {
        self.value.contains('$') || self.is_placeholder()
    }
}

fn is_placeholder(value: &str) -> bool {
    if value.contains("{{") || value.contains("<%") {
        return true;
    }
    let named = |rest: &str| {
        rest.trim_start_matches('{').chars().next().is_some_and(|c| c.is_ascii_uppercase())
    };
    if value.match_indices('$').any(|(at, _)| value.get(at + 1..).is_some_and(named)) {
        return true;
    }
    let wrapped = |mark: &str| {
        let inner = value.split(mark).nth(1).unwrap_or("");
        value.matches(mark).count() >= 2
            && !inner.is_empty()
            && inner.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    wrapped("@") || wrapped("@@") || wrapped("__")
}

/// The braces of a directive and what is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Directives in their order. For `map`, `geo`, `types` and the like every entry is a
    /// directive named by its first word.
    pub directives: Vec<Directive>,
    /// The code of a `*_by_lua_block`, which has no directives.
    pub lua: Option<String>,
    /// From `{` to `}`.
    pub span: Span,
}

/// One directive, simple or with a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its name.
    pub name: Word,
    /// What follows the name.
    pub args: Vec<Word>,
    /// Its block, where it has one.
    pub block: Option<Block>,
    /// From the name to the `;` or the `{` (the head only).
    pub span: Span,
    /// Whether it stands inside a template's `{% if %}` or `{% for %}`, so that it may be there
    /// or not.
    pub conditional: bool,
    /// The `include` that brought it in, where it comes from another file.
    pub included_at: Option<Span>,
}

impl Directive {
    /// Whether the directive has this name.
    pub fn is(&self, name: &str) -> bool {
        self.name.value == name
    }

    /// An argument by number, from 0.
    pub fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(|word| word.value.as_str())
    }

    /// The arguments joined by a space.
    pub fn text(&self) -> String {
        self.args.iter().map(|word| word.value.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The directives of its block; none where it has no block.
    pub fn children(&self) -> &[Directive] {
        self.block.as_ref().map_or(&[], |block| &block.directives)
    }

    /// Whether any argument is filled in by another program first ([`Word::is_placeholder`]).
    pub fn has_placeholder(&self) -> bool {
        self.args.iter().any(Word::is_placeholder)
    }
}

/// One nginx file as it is written, includes not followed.
#[derive(Clone, Debug)]
pub struct NginxFile {
    /// Its directives.
    pub directives: Vec<Directive>,
    /// Whether it is a template of another language (Jinja, Go, ERB).
    pub template: bool,
    /// What nginx would refuse, or what was not read.
    pub problems: Vec<Problem>,
}

/// Reads one nginx file. Broken syntax is recorded; what can be read is returned: a statement
/// without `;` before `}` counts as a statement, a stray `}` is skipped, an open block is closed
/// by the end of the file.
pub fn parse(text: &SourceText) -> NginxFile {
    if let Some(problem) = too_long_a_line(text) {
        return NginxFile { directives: Vec::new(), template: false, problems: vec![problem] };
    }
    let template = is_template(text.text());
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text.text(), template),
        stack: vec![Open::default()],
        words: Vec::new(),
        tags: 0,
        count: 0,
        skipped: 0,
        problems: Vec::new(),
    };
    parser.run();
    let directives = std::mem::take(&mut parser.stack)
        .into_iter()
        .next()
        .map(|open| open.directives)
        .unwrap_or_default();
    let mut problems = parser.problems;
    for (fault, range) in &parser.lexer.faults {
        let message = match fault {
            Fault::OpenQuote => "this quote is not closed",
            Fault::AfterQuote => "nginx wants a space, `;` or `{` after a closing quote",
            Fault::OpenMark => "this template mark is not closed",
        };
        problems.push(Problem::new(ProblemKind::Syntax, text.span(range.clone()), message));
    }
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    NginxFile { directives, template, problems }
}

/// A block being read.
#[derive(Default)]
struct Open {
    head: Option<(Word, Vec<Word>, Range<usize>, bool)>,
    brace: usize,
    directives: Vec<Directive>,
}

struct Parser<'t> {
    text: &'t SourceText,
    lexer: Lexer<'t>,
    stack: Vec<Open>,
    /// The words of the statement being read.
    words: Vec<(Word, Range<usize>)>,
    /// How many template tags are open.
    tags: usize,
    count: usize,
    /// How many braces are open below the depth that is read.
    skipped: usize,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn run(&mut self) {
        while let Some((token, range)) = self.lexer.next() {
            if self.count > MAX_DIRECTIVES {
                self.problem(ProblemKind::Limit, range, "the rest of the file is not read");
                self.words.clear();
                break;
            }
            match token {
                Token::Word { value, quote } => {
                    let span = self.text.span(range.clone());
                    self.words.push((Word { value, quote, span }, range));
                }
                Token::Semicolon => self.end_statement(range),
                Token::Open => self.open(range),
                Token::Close => self.close(range),
                Token::Tag(tag) => self.tag(&tag),
            }
        }
        self.finish();
    }

    fn problem(&mut self, kind: ProblemKind, range: Range<usize>, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, self.text.span(range), message));
    }

    fn tag(&mut self, tag: &str) {
        match tag.split_whitespace().next() {
            Some("if" | "for" | "macro" | "call" | "block" | "filter") => self.tags += 1,
            Some(word) if word.starts_with("end") => self.tags = self.tags.saturating_sub(1),
            _ => {}
        }
    }

    /// The words so far as the head of a directive.
    fn take_head(&mut self) -> Option<(Word, Vec<Word>, Range<usize>)> {
        let mut words = std::mem::take(&mut self.words).into_iter();
        let (name, first) = words.next()?;
        let mut end = first.end;
        let args = words
            .map(|(word, range)| {
                end = range.end;
                word
            })
            .collect();
        Some((name, args, first.start..end))
    }

    fn push(&mut self, directive: Directive) {
        self.count += 1;
        if self.skipped == 0
            && let Some(open) = self.stack.last_mut()
        {
            open.directives.push(directive);
        }
    }

    fn simple(&mut self, name: Word, args: Vec<Word>, range: Range<usize>) {
        let span = self.text.span(range);
        let conditional = self.tags > 0;
        self.push(Directive { name, args, block: None, span, conditional, included_at: None });
    }

    fn end_statement(&mut self, range: Range<usize>) {
        match self.take_head() {
            Some((name, args, head)) => self.simple(name, args, head.start..range.end),
            // A template whose `{{ … }};` is empty leaves one; nginx refuses it.
            None => self.problem(ProblemKind::Syntax, range, "unexpected `;`"),
        }
    }

    fn open(&mut self, range: Range<usize>) {
        let head = self.take_head();
        let Some((name, args, head)) = head else {
            self.problem(ProblemKind::Syntax, range, "unexpected `{`");
            self.skipped += 1;
            return;
        };
        if name.value.ends_with("_by_lua_block") {
            self.lua(name, args, head, range.start);
        } else if self.skipped > 0 || self.stack.len() > MAX_DEPTH {
            if self.skipped == 0 {
                self.problem(ProblemKind::Limit, range, "blocks this deep are not read");
            }
            self.skipped += 1;
        } else {
            self.stack.push(Open {
                head: Some((name, args, head.start..range.end, self.tags > 0)),
                brace: range.start,
                directives: Vec::new(),
            });
        }
    }

    fn lua(&mut self, name: Word, args: Vec<Word>, head: Range<usize>, brace: usize) {
        let (body, closed) = self.lexer.lua_body();
        if !closed {
            self.problem(ProblemKind::Syntax, brace..brace + 1, "this Lua block is not closed");
        }
        let lua = self.text.text().get(body.clone()).map(str::to_owned);
        let block = Block {
            directives: Vec::new(),
            lua,
            span: self.text.span(brace..body.end + usize::from(closed)),
        };
        let span = self.text.span(head.start..brace + 1);
        let conditional = self.tags > 0;
        let block = Some(block);
        self.push(Directive { name, args, block, span, conditional, included_at: None });
    }

    fn close(&mut self, range: Range<usize>) {
        if let Some((name, args, head)) = self.take_head() {
            let message = format!("`{}` is not ended by `;`", name.value);
            self.problem(ProblemKind::Syntax, head.clone(), message);
            self.simple(name, args, head);
        }
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if self.stack.len() > 1 {
            self.close_block(range.end);
        } else {
            self.problem(ProblemKind::Syntax, range, "unexpected `}`");
        }
    }

    fn close_block(&mut self, end: usize) {
        let Some(open) = self.stack.pop() else { return };
        let Some((name, args, head, conditional)) = open.head else { return };
        let block = Some(Block {
            directives: open.directives,
            lua: None,
            span: self.text.span(open.brace..end),
        });
        let span = self.text.span(head);
        self.push(Directive { name, args, block, span, conditional, included_at: None });
    }

    fn finish(&mut self) {
        let end = self.text.text().len();
        if let Some((name, args, head)) = self.take_head() {
            let message = format!("`{}` is not ended by `;`", name.value);
            self.problem(ProblemKind::Syntax, head.clone(), message);
            self.simple(name, args, head);
        }
        self.skipped = 0;
        while self.stack.len() > 1 {
            let brace = self.stack.last().map_or(end, |open| open.brace);
            self.problem(ProblemKind::Syntax, brace..brace + 1, "this block is not closed");
            self.close_block(end);
        }
    }
}
