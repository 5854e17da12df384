//! YAML trees.

use plimsoll_formats::yaml::{Dialect, Meaning, Node, TemplateKind, Yaml};
use plimsoll_source::{ProblemKind, RepoPath, SourceText, Span};

use crate::hostile;

fn source(text: &str) -> SourceText {
    SourceText::new(RepoPath::new("f.yml").unwrap(), text)
}

fn root(text: &str) -> Node {
    let yaml = Yaml::parse(&source(text));
    assert_eq!(yaml.problems, []);
    yaml.root().unwrap().clone()
}

fn at<'n>(node: &'n Node, path: &str) -> &'n Node {
    node.at(&path.split('.').collect::<Vec<_>>()).unwrap()
}

/// The stretch of the text a node covers.
fn covered(text: &str, path: &str) -> String {
    let node = root(text);
    text[at(&node, path).range()].to_owned()
}

#[test]
fn every_kind_of_value_covers_what_is_written() {
    let text = "# ü\na:\r\n  b: 'x y' # c\r\n  \"d\": {e: [1, 2]}\r\nl:\n- one\n- two: é\n  m: |\n    t1\n     t2\n\nz: plain\n  text\nn:\n";
    // A block scalar's place begins with its text, not with `|`.
    for (path, expected) in [
        ("a.b", "'x y'"),
        ("a.d", "{e: [1, 2]}"),
        ("a.d.e", "[1, 2]"),
        ("z", "plain\n  text"),
        ("l", "one\n- two: é\n  m: |\n    t1\n     t2\n"),
    ] {
        assert!(
            covered(text, path).starts_with(expected.trim_end()),
            "{path}: {:?}",
            covered(text, path)
        );
        assert_eq!(covered(text, path).trim_end(), expected.trim_end(), "{path}");
    }
    let node = root(text);
    assert_eq!(at(&node, "a.b").span().to_string(), "f.yml:3:6");
    assert_eq!(at(&node, "z").text(), Some("plain text"));
    assert!(at(&node, "n").is_null());
    let two = &at(&node, "l").as_list().unwrap()[1];
    assert_eq!(two.get("m").unwrap().text(), Some("t1\n t2\n"));
    let script = two.get("m").unwrap().fragment(&source(text)).unwrap();
    assert_eq!(script.text().trim_end(), "t1\n t2");
    assert_eq!(script.position(4).to_string_pair(), (10, 6));
}

trait Pair {
    fn to_string_pair(&self) -> (u32, u32);
}

impl Pair for plimsoll_source::Position {
    fn to_string_pair(&self) -> (u32, u32) {
        (self.line, self.column)
    }
}

#[test]
fn folded_scripts_are_one_line_with_true_places() {
    let text = "command: >\n  gunicorn app\n  --bind 0.0.0.0\n\n  other\nnext: 1\n";
    let node = root(text);
    let command = at(&node, "command");
    assert_eq!(command.text(), Some("gunicorn app --bind 0.0.0.0\nother\n"));
    let fragment = command.fragment(&source(text)).unwrap();
    assert_eq!(fragment.text().lines().next(), Some("gunicorn app --bind 0.0.0.0"));
    let bind = fragment.text().find("--bind").unwrap();
    assert_eq!(fragment.position(bind).to_string_pair(), (3, 3));
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let node = root(
        "x: &base\n  a: 1\n  b: 2\ny: &more {b: 3, c: 3}\nz:\n  b: own\n  <<: [*base, *more]\n  '<<': text\nw: *base\n",
    );
    let z = at(&node, "z").as_map().unwrap();
    let values: Vec<_> = z.iter().map(|(k, e)| (k, e.value.text().unwrap(), e.merged)).collect();
    assert_eq!(
        values,
        [("b", "own", false), ("<<", "text", false), ("a", "1", true), ("c", "3", true)]
    );
    assert_eq!(at(&node, "w.b").span().start.line, 3);
}

#[test]
fn duplicate_keys_are_reported_and_the_last_counts() {
    let yaml = Yaml::parse(&source("a: 1\nb: 2\na: 3\n"));
    assert_eq!(yaml.root().unwrap().get("a").unwrap().text(), Some("3"));
    assert_eq!(yaml.problems.len(), 1);
    assert_eq!(yaml.problems[0].at.start.line, 3);
    assert_eq!(yaml.root().unwrap().as_map().unwrap().iter().count(), 2);
}

#[test]
fn what_stands_before_broken_syntax_is_kept() {
    let yaml = Yaml::parse(&source("services:\n  web:\n    image: x\n    ports: [1, 2\n  db: {\n"));
    assert!(!yaml.complete);
    assert!(yaml.problems.iter().any(|p| p.kind == ProblemKind::Syntax));
    let root = yaml.root().unwrap();
    assert_eq!(at(root, "services.web.image").text(), Some("x"));
    let tabs = Yaml::parse(&source("a: 1\n\tb: 2\n"));
    assert!(!tabs.problems.is_empty());
}

#[test]
fn closing_brackets_may_stand_at_the_left() {
    let text = "jobs:\n  a:\n    b: [\n      x,\n      y\n      # z\n    ]\n  c:\n    d: {\n      e: f\n  }\nz: 1\n";
    let node = root(text);
    assert_eq!(at(&node, "jobs.a.b").as_list().unwrap().len(), 2);
    assert_eq!(at(&node, "jobs.c.d.e").text(), Some("f"));
    assert_eq!(at(&node, "z").span().to_string(), "f.yml:12:4");
}

#[test]
fn documents_and_tags() {
    let yaml = Yaml::parse(&source("%YAML 1.1\n---\na: !reset null\n---\nb: !!str 1\n...\n"));
    assert_eq!(yaml.documents.len(), 2);
    assert_eq!(yaml.documents[0].get("a").unwrap().tag(), Some("!reset"));
    let tagged = yaml.documents[1].get("b").unwrap().as_scalar().unwrap();
    assert_eq!(tagged.meaning(Dialect::Go), Meaning::Text);
}

#[test]
fn the_same_word_means_different_things_to_different_readers() {
    let meaning = |text: &str, dialect| {
        root(&format!("a: {text}\n")).get("a").unwrap().as_scalar().unwrap().meaning(dialect)
    };
    for (text, pyyaml, go, core) in [
        ("yes", Meaning::Bool(true), Meaning::Text, Meaning::Text),
        ("Off", Meaning::Bool(false), Meaning::Text, Meaning::Text),
        ("y", Meaning::Text, Meaning::Text, Meaning::Text),
        ("True", Meaning::Bool(true), Meaning::Bool(true), Meaning::Bool(true)),
        ("'true'", Meaning::Text, Meaning::Text, Meaning::Text),
        ("0777", Meaning::Int(511), Meaning::Int(511), Meaning::Int(777)),
        ("0o17", Meaning::Text, Meaning::Int(15), Meaning::Int(15)),
        ("22:22", Meaning::Int(1342), Meaning::Text, Meaning::Text),
        ("1_000", Meaning::Int(1000), Meaning::Int(1000), Meaning::Text),
        ("3.10", Meaning::Float(3.1), Meaning::Float(3.1), Meaning::Float(3.1)),
        ("1e3", Meaning::Text, Meaning::Float(1000.0), Meaning::Float(1000.0)),
        ("3.10.1", Meaning::Text, Meaning::Text, Meaning::Text),
        ("~", Meaning::Null, Meaning::Null, Meaning::Null),
        ("127.0.0.1:8000:8000", Meaning::Text, Meaning::Text, Meaning::Text),
        ("-5", Meaning::Int(-5), Meaning::Int(-5), Meaning::Int(-5)),
    ] {
        assert_eq!(meaning(text, Dialect::PyYaml), pyyaml, "{text}");
        assert_eq!(meaning(text, Dialect::Go), go, "{text}");
        assert_eq!(meaning(text, Dialect::Core), core, "{text}");
    }
}

#[test]
fn laughs_loops_and_depth_are_bounded() {
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..30 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 10].join(",");
        laughs.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let yaml = Yaml::parse(&source(&laughs));
    assert!(yaml.problems.iter().any(|p| p.kind == ProblemKind::Limit));
    let own = Yaml::parse(&source("a: &a [*a]\n"));
    assert!(!own.problems.is_empty());
    let deep = Yaml::parse(&source(&"[".repeat(20_000)));
    assert!(!deep.problems.is_empty());
    let deep = Yaml::parse(&source(&format!("{}1", "- ".repeat(5_000))));
    assert!(!deep.problems.is_empty());
    let chain: String = std::iter::once("c0: &c0 1\n".to_owned())
        .chain((1..5000).map(|i| format!("c{i}: &c{i} [*c{}]\n", i - 1)))
        .collect();
    assert!(Yaml::parse(&source(&chain)).problems.iter().any(|p| p.kind == ProblemKind::Limit));
}

#[test]
fn templates_are_told() {
    for (text, kind) in [
        ("a: {{ cookiecutter.name }}\n", Some(TemplateKind::Jinja)),
        ("{%- if x %}\na: 1\n{% endif %}\n", Some(TemplateKind::Jinja)),
        ("a: {{ .Values.image }}\n", Some(TemplateKind::Go)),
        ("a: {{- include \"x\" . }}\n", Some(TemplateKind::Go)),
        ("a: ${{ secrets.X }}\n", None),
        ("# {{ not here }}\na: {}\n", None),
    ] {
        let found = Yaml::parse(&source(text)).template.map(|found| found.value);
        assert_eq!(found, kind, "{text}");
    }
}

#[test]
fn nothing_upsets_it() {
    let text = "a: &x {b: [1, 'é'], <<: *y}\nscript: |\n  one\n  two\nf: >-\n  a\n  b\n---\n- *x\n- !t \"q\\n\"\n";
    hostile::survive(text, |source| {
        let yaml = Yaml::parse(source);
        let mut spans = hostile::places(&yaml.problems);
        for document in &yaml.documents {
            walk(document, source, &mut spans);
        }
        spans
    });
}

fn walk(node: &Node, source: &SourceText, spans: &mut Vec<Span>) {
    spans.push(node.span().clone());
    if let Some(fragment) = node.fragment(source) {
        spans.push(fragment.span(0..fragment.text().len()));
    }
    for item in node.as_list().unwrap_or(&[]) {
        walk(item, source, spans);
    }
    for entry in node.as_map().map_or(&[][..], |map| map.entries()) {
        walk(&entry.key, source, spans);
        walk(&entry.value, source, spans);
    }
}
