//! Python source to a syntax tree. The only module that names ruff's parser: its interface
//! changes with every release.

use plimsoll_source::{Problem, ProblemKind, SourceText};
use ruff_python_ast::PythonVersion;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, lexer};

pub use ruff_python_ast as ast;
pub use ruff_text_size::{Ranged, TextRange};

/// Longer files are not parsed: no settings module or application code comes near.
const MAX_BYTES: usize = 4 << 20;
/// Tokens of one expression between commas, and brackets in brackets: beyond, the tree would be
/// too deep to walk or drop.
const MAX_RUN: usize = 8_000;
const MAX_NESTING: usize = 200;
/// Files below this length cannot hold a tree deep enough to matter.
const SMALL: usize = 4_000;

/// A parsed module.
#[derive(Debug)]
pub struct Module {
    /// The statements, as far as they could be parsed.
    pub body: Vec<ast::Stmt>,
    /// Syntax errors, and syntax newer than the Python version asked for.
    pub problems: Vec<Problem>,
    /// Byte offsets of the syntax errors, sorted.
    pub errors: Vec<usize>,
}

/// Parses a module as far as its syntax allows. `python` is the version it must run on, where
/// that is known: newer syntax is then a problem.
pub fn parse(source: &SourceText, python: Option<(u8, u8)>) -> Module {
    let text = source.text();
    let too_long = text.len() > MAX_BYTES;
    if too_long || (text.len() > SMALL && is_too_deep(text)) {
        let message = if too_long { "too long to be read" } else { "nested too deeply to be read" };
        let problem = Problem::new(ProblemKind::Limit, source.line_span(1), message);
        return Module { body: Vec::new(), problems: vec![problem], errors: vec![0] };
    }
    let version =
        python.map_or(PythonVersion::latest(), |(major, minor)| PythonVersion { major, minor });
    let options = ParseOptions::from(Mode::Module).with_target_version(version);
    let parsed = ruff_python_parser::parse_unchecked(text, options);
    let mut problems = Vec::new();
    let mut errors = Vec::new();
    for error in parsed.errors() {
        errors.push(error.location.start().to_usize());
        let range = error.location.start().to_usize()..error.location.end().to_usize();
        let message = format!("syntax error: {}", error.error);
        problems.push(Problem::new(ProblemKind::Syntax, source.span(range), message));
    }
    if python.is_some() {
        for error in parsed.unsupported_syntax_errors() {
            let range = error.range().start().to_usize()..error.range().end().to_usize();
            problems.push(Problem::new(ProblemKind::Syntax, source.span(range), error.to_string()));
        }
    }
    errors.sort_unstable();
    let body = match parsed.into_syntax() {
        ast::Mod::Module(module) => module.body.into_iter().collect(),
        ast::Mod::Expression(_) => Vec::new(),
    };
    Module { body, problems, errors }
}

/// Whether the tree of this text could be deeper than the stack allows: a run of many tokens
/// without a comma, or deep brackets.
fn is_too_deep(text: &str) -> bool {
    let mut tokens = lexer::lex(text, Mode::Module);
    let mut runs = vec![0usize];
    let mut indentation = 0usize;
    loop {
        let kind = tokens.next_token();
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                }
                runs.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                if runs.len() > 1 {
                    runs.pop();
                }
            }
            TokenKind::Indent => indentation += 1,
            TokenKind::Dedent => indentation = indentation.saturating_sub(1),
            TokenKind::Newline => {
                runs.clear();
                runs.push(0);
            }
            TokenKind::Comma => {
                if let Some(run) = runs.last_mut() {
                    *run = 0;
                }
            }
            TokenKind::String | TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            _ => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                    if *run > MAX_RUN {
                        return true;
                    }
                }
            }
        }
        if runs.len() > MAX_NESTING || indentation > MAX_NESTING {
            return true;
        }
    }
}
