//! The syntax tree to the list of commands.

use plimsoll_source::{Problem, ProblemKind, SourceText, Spanned};
use tree_sitter::{Node, Parser};

use super::{
    Around, Assignment, Command, Failure, Heredoc, Options, PipelinePlace, Redirect, Script,
    heredoc, word,
};

/// Nesting that is followed.
const MAX_DEPTH: usize = 150;
/// Scripts longer than this are not read: no script is.
const MAX_BYTES: usize = 1_000_000;

pub(super) fn parse(source: &SourceText, given: Options) -> Script {
    let interpreter = interpreter(source);
    let options = interpreter.as_ref().map_or(given, |i| Options::of_interpreter(&i.value));
    let mut walk = Walk {
        source,
        options,
        pipelines: 0,
        script: Script {
            interpreter,
            commands: Vec::new(),
            assignments: Vec::new(),
            functions: Vec::new(),
            problems: Vec::new(),
        },
    };
    if source.text().len() > MAX_BYTES {
        walk.problem(ProblemKind::Limit, 0..0, "this script is too long and is not read");
        return walk.script;
    }
    let mut parser = Parser::new();
    let ready = parser.set_language(&tree_sitter_bash::LANGUAGE.into()).is_ok();
    let Some(tree) = parser.parse(source.text(), None).filter(|_| ready) else {
        walk.problem(ProblemKind::Unsupported, 0..0, "this script could not be parsed");
        return walk.script;
    };
    let root = tree.root_node();
    if root.has_error() {
        let at = first_error(root);
        walk.problem(
            ProblemKind::Syntax,
            at..at,
            "the shell's syntax is broken here, or not known",
        );
    }
    walk.visit(root, &Context::default());
    walk.script
}

fn interpreter(source: &SourceText) -> Option<Spanned<String>> {
    let line = source.line(1)?.strip_prefix("#!")?.trim();
    let line = line
        .strip_prefix("/usr/bin/env ")
        .map_or(line, |rest| rest.trim_start().strip_prefix("-S").unwrap_or(rest).trim_start());
    Some(Spanned::new(line.to_owned(), source.line_span(1)))
}

/// Where the first node is that is an error or was made up.
fn first_error(root: Node<'_>) -> usize {
    let mut node = root;
    for _ in 0..10_000 {
        let mut cursor = node.walk();
        let broken =
            node.children(&mut cursor).find(|child| child.has_error() || child.is_missing());
        match broken {
            Some(child) if !child.is_error() && !child.is_missing() => node = child,
            Some(child) => return child.start_byte(),
            None => return node.start_byte(),
        }
    }
    node.start_byte()
}

/// What is around the statement that is read.
#[derive(Clone, Default)]
struct Context {
    /// `None`: the options decide.
    fate: Option<Failure>,
    pipeline: Option<PipelinePlace>,
    inside: Vec<Around>,
    background: bool,
    redirects: Vec<Redirect>,
    heredocs: Vec<Heredoc>,
    depth: usize,
}

impl Context {
    fn within(&self, around: Around) -> Self {
        let mut inner = self.clone();
        inner.inside.push(around);
        inner
    }

    fn with_fate(&self, fate: Failure) -> Self {
        Self { fate: self.fate.or(Some(fate)), ..self.clone() }
    }
}

struct Walk<'a> {
    source: &'a SourceText,
    options: Options,
    pipelines: usize,
    script: Script,
}

impl Walk<'_> {
    fn problem(&mut self, kind: ProblemKind, at: std::ops::Range<usize>, message: &str) {
        self.script.problems.push(Problem::new(kind, self.source.span(at), message));
    }

    fn text(&self, node: Node<'_>) -> &str {
        self.source.text().get(node.byte_range()).unwrap_or("")
    }

    fn visit(&mut self, node: Node<'_>, context: &Context) {
        if context.depth > MAX_DEPTH {
            self.problem(ProblemKind::Limit, node.byte_range(), "nested too deep; not read");
            return;
        }
        let context = &Context { depth: context.depth + 1, ..context.clone() };
        match node.kind() {
            "command" | "declaration_command" | "unset_command" | "test_command" => {
                self.command(node, context);
            }
            "variable_assignment" => {
                self.assignment(node, false, false, context);
                // The substitution's status is the assignment's: `set -e` looks at it.
                self.substitutions(node, context, None);
            }
            "pipeline" => self.pipeline(node, context),
            "list" => self.list(node, context),
            "redirected_statement" => self.redirected(node, context),
            "negated_command" => self.children(node, &context.with_fate(Failure::Unchecked)),
            "if_statement" | "elif_clause" | "while_statement" => self.conditional(node, context),
            "else_clause" | "case_item" => self.scoped(node, Around::Branch, context),
            "for_statement" | "c_style_for_statement" => self.scoped(node, Around::Loop, context),
            "subshell" => self.scoped(node, Around::Subshell, context),
            "function_definition" => self.function(node, context),
            "command_substitution" | "process_substitution" => {
                let mut inner = context.within(Around::Substitution);
                inner.redirects.clear();
                inner.heredocs.clear();
                inner.pipeline = None;
                self.children_keeping_options(node, &inner);
            }
            _ => self.children(node, context),
        }
    }

    /// The statements of a node; one before `&` runs in the background.
    fn children(&mut self, node: Node<'_>, context: &Context) {
        let mut cursor = node.walk();
        let mut context = context.clone();
        for child in node.children(&mut cursor) {
            if !child.is_named() {
                continue;
            }
            let background = child.next_sibling().is_some_and(|next| next.kind() == "&");
            let before = self.script.commands.len();
            if background {
                let inner = Context {
                    background: true,
                    fate: Some(context.fate.unwrap_or(Failure::Background)),
                    ..context.clone()
                };
                self.visit(child, &inner);
            } else {
                self.visit(child, &context);
            }
            // A heredoc around a group is read by its first command.
            if self.script.commands.len() > before {
                context.heredocs.clear();
            }
        }
    }

    fn children_keeping_options(&mut self, node: Node<'_>, context: &Context) {
        let options = self.options;
        self.children(node, context);
        self.options = options;
    }

    fn scoped(&mut self, node: Node<'_>, around: Around, context: &Context) {
        self.children_keeping_options(node, &context.within(around));
    }

    /// `if`, `elif`, `while`, `until`: what stands before `then` or `do` is looked at.
    fn conditional(&mut self, node: Node<'_>, context: &Context) {
        let options = self.options;
        let around = match node.kind() {
            "while_statement" => Around::Loop,
            _ => Around::Branch,
        };
        let mut in_condition = true;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if matches!(child.kind(), "then" | "do_group") {
                in_condition = false;
            }
            if !child.is_named() {
                continue;
            }
            if in_condition {
                self.visit(child, &context.with_fate(Failure::Handled));
            } else {
                self.visit(child, &context.within(around.clone()));
            }
        }
        self.options = options;
    }

    fn function(&mut self, node: Node<'_>, context: &Context) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let text = self.text(name).to_owned();
        let span = self.source.span(name.byte_range());
        self.script.functions.push(Spanned::new(text.clone(), span));
        let inner = context.within(Around::Function(text));
        if let Some(body) = node.child_by_field_name("body") {
            let options = self.options;
            self.visit(body, &inner);
            self.options = options;
        }
    }

    fn pipeline(&mut self, node: Node<'_>, context: &Context) {
        let mut cursor = node.walk();
        let stages: Vec<Node<'_>> =
            node.children(&mut cursor).filter(|child| child.is_named()).collect();
        self.stages(&stages, context);
    }

    /// The commands of one pipeline: each but the last is hidden without `pipefail`.
    fn stages(&mut self, stages: &[Node<'_>], context: &Context) {
        let id = self.pipelines;
        self.pipelines += 1;
        let options = self.options;
        for (index, stage) in stages.iter().enumerate() {
            let mut inner = context.clone();
            inner.pipeline = Some(PipelinePlace { id, index, length: stages.len() });
            if index > 0 {
                inner.heredocs.clear();
            }
            if index + 1 < stages.len() {
                inner.redirects.clear();
                if !self.options.pipefail {
                    inner.fate = Some(Failure::HiddenByPipe);
                }
            }
            self.visit(*stage, &inner);
            // Each command of a pipeline runs in a shell of its own.
            self.options = options;
        }
    }

    fn list(&mut self, node: Node<'_>, context: &Context) {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let is_or = children.iter().any(|child| child.kind() == "||");
        let mut statements = children.into_iter().filter(|child| child.is_named());
        let (Some(left), right) = (statements.next(), statements.next()) else { return };
        let fate = match right {
            Some(right) if is_or => self.alternative(right),
            _ => Failure::Unchecked,
        };
        self.visit(left, &context.with_fate(fate));
        if let Some(right) = right {
            let options = self.options;
            self.visit(right, &context.within(Around::Branch));
            self.options = options;
        }
    }

    /// What `|| right` makes of a failure: nothing, where it only says something.
    fn alternative(&self, right: Node<'_>) -> Failure {
        const EMPTY: [&str; 9] =
            ["true", ":", "echo", "printf", "logger", "/bin/true", "cat", "continue", "date"];
        let text = self.text(right).trim_matches(['{', '}', '(', ')', ' ', '\n', '\t', ';']);
        let commands = text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
        let only_words = commands
            .filter_map(|line| line.split_whitespace().next())
            .all(|word| EMPTY.contains(&word));
        if only_words { Failure::Swallowed } else { Failure::Handled }
    }

    fn redirected(&mut self, node: Node<'_>, context: &Context) {
        let mut inner = context.clone();
        let mut piped = Vec::new();
        let mut after: Option<(Node<'_>, bool)> = None;
        let mut arguments = Vec::new();
        let mut body = None;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "file_redirect" | "herestring_redirect" => {
                    inner.redirects.push(self.redirect(child));
                    self.substitutions(child, context, Some(Failure::InSubstitution));
                }
                "heredoc_redirect" => {
                    self.heredoc(child, &mut inner, &mut piped, &mut after, &mut arguments);
                }
                _ if child.is_named() => body = body.or(Some(child)),
                _ => {}
            }
        }
        if let Some((right, is_or)) = after {
            let fate = if is_or { self.alternative(right) } else { Failure::Unchecked };
            inner = inner.with_fate(fate);
        }
        let first = self.script.commands.len();
        match body {
            Some(body) if !piped.is_empty() => {
                let stages: Vec<Node<'_>> = std::iter::once(body).chain(piped).collect();
                self.stages(&stages, &inner);
            }
            Some(body) => self.visit(body, &inner),
            // `> file` alone empties the file.
            None => {
                let words = Vec::new();
                self.emit(words, Vec::new(), node, &inner);
            }
        }
        if let Some(command) = self.script.commands.get_mut(first) {
            command.words.extend(arguments);
        }
        if let Some((right, _)) = after {
            self.visit(right, &context.within(Around::Branch));
        }
    }

    fn redirect(&self, node: Node<'_>) -> Redirect {
        let mut cursor = node.walk();
        let operator = node
            .children(&mut cursor)
            .find(|child| !child.is_named())
            .map_or("", |child| child.kind())
            .to_owned();
        let descriptor = node
            .child_by_field_name("descriptor")
            .and_then(|descriptor| self.text(descriptor).parse().ok());
        let mut cursor = node.walk();
        let last = node.children(&mut cursor).filter(|child| child.is_named()).last();
        let target = node.child_by_field_name("destination").or(last).unwrap_or(node);
        Redirect {
            operator,
            descriptor,
            target: word::read(self.source, target),
            span: self.source.span(node.byte_range()),
        }
    }

    /// A heredoc; what is written behind its opening on the same line is inside its node.
    fn heredoc<'t>(
        &mut self,
        node: Node<'t>,
        inner: &mut Context,
        piped: &mut Vec<Node<'t>>,
        after: &mut Option<(Node<'t>, bool)>,
        arguments: &mut Vec<word::Word>,
    ) {
        let mut cursor = node.walk();
        let (mut strip_tabs, mut quoted, mut is_or) = (false, false, false);
        let mut body = None;
        let mut end = node.end_byte();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "<<-" => strip_tabs = true,
                "||" => is_or = true,
                "heredoc_start" => quoted = self.text(child).contains(['\'', '"', '\\']),
                "heredoc_body" => body = Some(child.byte_range()),
                "heredoc_end" => end = child.start_byte(),
                "file_redirect" | "herestring_redirect" => {
                    inner.redirects.push(self.redirect(child));
                }
                "pipeline" => {
                    let mut cursor = child.walk();
                    piped.extend(child.children(&mut cursor).filter(|stage| stage.is_named()));
                }
                "file_descriptor" => {}
                kind if child.is_named() => {
                    let is_statement = kind.ends_with("command")
                        || kind.ends_with("statement")
                        || matches!(kind, "list" | "subshell" | "variable_assignment");
                    if is_statement {
                        *after = Some((child, is_or));
                    } else {
                        arguments.push(word::read(self.source, child));
                    }
                }
                _ => {}
            }
        }
        let Some(body) = body else { return };
        // The body ends where the line of the closing word begins.
        let stop =
            self.source.text().get(..end).and_then(|t| t.rfind('\n')).map_or(end, |at| at + 1);
        let range = body.start..body.end.max(stop).min(end.max(body.end));
        inner.heredocs.push(Heredoc {
            body: heredoc::body(self.source, range.clone(), !quoted, strip_tabs),
            expands: !quoted,
            span: self.source.span(range),
        });
    }

    fn command(&mut self, node: Node<'_>, context: &Context) {
        let mut words = Vec::new();
        let mut environment = Vec::new();
        let mut inner = context.clone();
        let declares = node.kind() == "declaration_command";
        let keyword = node.child(0).map(|child| self.text(child).to_owned()).unwrap_or_default();
        let mut exported = keyword == "export";
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "variable_assignment" => {
                    let index = self.script.assignments.len();
                    self.assignment(child, declares && exported, !declares, context);
                    if !declares {
                        environment.push(index);
                    }
                }
                "file_redirect" | "herestring_redirect" => {
                    inner.redirects.push(self.redirect(child));
                }
                "variable_name" if declares => {
                    let read = word::read(self.source, child);
                    self.script.assignments.push(Assignment {
                        name: read.text.clone(),
                        value: None,
                        exported,
                        for_command: false,
                        inside: context.inside.clone(),
                        span: read.span.clone(),
                    });
                    words.push(read);
                }
                "subshell" => self.visit(child, context),
                kind => {
                    let read = word::read(self.source, child);
                    exported |= declares && kind == "word" && read.text.starts_with("-x");
                    words.push(read);
                }
            }
        }
        if words.first().is_some_and(|word| word.plain() == Some("set")) {
            self.options.set(words.get(1..).unwrap_or(&[]));
        }
        self.emit(words, environment, node, &inner);
        self.substitutions(node, context, Some(Failure::InSubstitution));
    }

    fn emit(
        &mut self,
        words: Vec<word::Word>,
        environment: Vec<usize>,
        node: Node<'_>,
        context: &Context,
    ) {
        let by_options = if self.options.errexit { Failure::Stops } else { Failure::GoesOn };
        self.script.commands.push(Command {
            words,
            environment,
            redirects: context.redirects.clone(),
            heredocs: context.heredocs.clone(),
            options: self.options,
            pipeline: context.pipeline,
            failure: context.fate.unwrap_or(by_options),
            inside: context.inside.clone(),
            background: context.background,
            span: self.source.span(node.byte_range()),
        });
    }

    fn assignment(&mut self, node: Node<'_>, exported: bool, for_command: bool, context: &Context) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let value = node.child_by_field_name("value").filter(|value| value.kind() != "array");
        self.script.assignments.push(Assignment {
            name: self.text(name).to_owned(),
            value: value.map(|value| word::read(self.source, value)),
            exported,
            for_command,
            inside: context.inside.clone(),
            span: self.source.span(node.byte_range()),
        });
    }

    /// The commands inside the words of a node.
    fn substitutions(&mut self, node: Node<'_>, context: &Context, fate: Option<Failure>) {
        let mut waiting = vec![node];
        let mut found = Vec::new();
        let mut seen = 0;
        while let Some(node) = waiting.pop() {
            seen += 1;
            if seen > 20_000 {
                break;
            }
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                match child.kind() {
                    "command_substitution" | "process_substitution" => found.push(child),
                    "subshell" => {}
                    _ => waiting.push(child),
                }
            }
        }
        found.sort_by_key(Node::start_byte);
        for substitution in found {
            let inner = Context { fate: context.fate.or(fate), ..context.clone() };
            self.visit(substitution, &inner);
        }
    }
}
