//! Shell scripts.

use plimsoll_formats::shell::{Around, Command, Expect, Failure, Part, Script, is_expect};
use plimsoll_source::{RepoPath, SourceText};

use crate::hostile;

fn source(text: &str) -> SourceText {
    SourceText::new(RepoPath::new("s.sh").unwrap(), text)
}

fn script(text: &str) -> Script {
    let script = Script::parse(&source(text));
    assert_eq!(script.problems, [], "{text}");
    script
}

fn fate(text: &str, program: &str) -> Failure {
    script(text).named(program).next().unwrap_or_else(|| panic!("{text}")).failure
}

fn texts(command: &Command) -> Vec<&str> {
    command.words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn words_and_their_variables() {
    let script = script(
        "sudo -u postgres /usr/bin/pg_dump -U \"$USER\" --file='a b c' ${DB:-app}_x $(date +%F) \"x $Y z\" -h\n",
    );
    let command = &script.commands[0];
    assert_eq!(command.program(), Some("pg_dump"));
    assert!(command.has_argument("--file") && !command.has_argument("--fil"));
    assert_eq!(
        texts(command)[4..],
        ["-U", "$USER", "--file=a b c", "${DB:-app}_x", "$(date +%F)", "x $Y z", "-h"]
    );
    assert_eq!(command.words[6].literal().as_deref(), Some("--file=a b c"));
    let variable = Part::Variable { name: "DB".into(), operation: ":-app".into() };
    assert!(command.words[7].parts.contains(&variable));
    assert_eq!(command.words[5].span.to_string(), "s.sh:1:38");
    assert_eq!(script.commands[1].failure, Failure::InSubstitution);
    assert_eq!(script.commands[1].inside, [Around::Substitution]);
}

#[test]
fn what_happens_when_a_command_fails() {
    for (text, expected) in [
        ("dump\n", Failure::GoesOn),
        ("set -e\ndump\n", Failure::Stops),
        ("#!/bin/bash -eu\ndump\n", Failure::Stops),
        ("set -e; set +e\ndump\n", Failure::GoesOn),
        ("set -e\ndump | gzip > x\n", Failure::HiddenByPipe),
        ("set -e\ngzip | dump\n", Failure::Stops),
        ("set -euo pipefail\ndump | gzip | gpg > x\n", Failure::Stops),
        ("set -o pipefail\ndump | gzip\n", Failure::GoesOn),
        ("set -e\ndump || true\n", Failure::Swallowed),
        ("set -e\ndump | gzip || { echo bad; exit 1; }\n", Failure::HiddenByPipe),
        ("set -e\ndump || exit 1\n", Failure::Handled),
        ("dump || { echo \"no\"; }\n", Failure::Swallowed),
        ("set -e\ndump && rm x\n", Failure::Unchecked),
        ("set -e\nif ! dump; then exit 1; fi\n", Failure::Handled),
        ("set -e\nif x; then dump; fi\n", Failure::Stops),
        ("if x; then set -e; fi\ndump\n", Failure::GoesOn),
        ("( set -e )\ndump\n", Failure::GoesOn),
        ("set -e\ndump &\n", Failure::Background),
        ("set -e\nX=$(dump)\n", Failure::Stops),
        ("set -e\nexport X=$(dump)\n", Failure::InSubstitution),
        ("set -e\necho `dump`\n", Failure::InSubstitution),
        ("set -e\nwhile dump; do x; done\n", Failure::Handled),
        ("set -e\nfor f in *; do dump $f; done\n", Failure::Stops),
        ("set -e\ncase $1 in a) dump ;; esac\n", Failure::Stops),
        ("set -e\nf() {\n  dump\n}\nf\n", Failure::Stops),
        ("set -e\ndump <<X || true\nbody\nX\n", Failure::Swallowed),
    ] {
        assert_eq!(fate(text, "dump"), expected, "{text}");
    }
}

#[test]
fn pipelines_hold_together() {
    let script = script("pg_dump db | gzip > \"$OUT\" 2>>log\nother\n");
    let dump = script.named("pg_dump").next().unwrap();
    let line: Vec<_> = script.pipeline_of(dump).iter().map(|c| c.program().unwrap()).collect();
    assert_eq!(line, ["pg_dump", "gzip"]);
    let gzip = script.named("gzip").next().unwrap();
    let redirects: Vec<_> = gzip
        .redirects
        .iter()
        .map(|r| (r.operator.as_str(), r.descriptor, r.target.text.as_str()))
        .collect();
    assert_eq!(redirects, [(">", None, "$OUT"), (">>", Some(2), "log")]);
    assert!(script.pipeline_of(script.named("other").next().unwrap()).is_empty());
}

#[test]
fn heredocs_and_the_files_they_make() {
    let text = "cat > /etc/nginx/sites-available/$APP <<'EOF'\nserver {\n  listen 80;\n}\nEOF\nsudo tee -a /etc/x <<-END\n\ta \\$b\n\tX=$C \\\n\t d\n\tEND\ncat <<EOF | sudo tee /etc/y > /dev/null\ny\nEOF\npsql <<SQL\nSELECT 1;\nSQL\nafter\n";
    let script = script(text);
    let files = script.written_files();
    let found: Vec<_> =
        files.iter().map(|f| (f.path.as_str(), f.body.text(), f.expands, f.append)).collect();
    assert_eq!(
        found,
        [
            ("/etc/nginx/sites-available/$APP", "server {\n  listen 80;\n}\n", false, false),
            ("/etc/x", "a $b\nX=$C  d\n", true, true),
            ("/etc/y", "y\n", true, false),
        ]
    );
    assert_eq!(files[0].body.line_span(2).to_string(), "s.sh:3:1");
    let dollar = files[1].body.text().find("$b").unwrap();
    assert_eq!(files[1].body.position(dollar).column, 5);
    let psql = script.named("psql").next().unwrap();
    assert_eq!(psql.heredocs[0].body.text(), "SELECT 1;\n");
    assert!(script.named("after").next().is_some());
}

#[test]
fn assignments_functions_and_places() {
    let script = script(
        "export A=1 B\nC='x y' D=$A run --now\nlocal_fn() {\n  E=2\n}\nF=(1 2)\nreadonly G=\"$(x)\"\n",
    );
    let found: Vec<_> = script
        .assignments
        .iter()
        .map(|a| {
            let value = a.value.as_ref().map(|v| v.text.as_str());
            (a.name.as_str(), value, a.exported, a.for_command)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("A", Some("1"), true, false),
            ("B", None, true, false),
            ("C", Some("x y"), false, true),
            ("D", Some("$A"), false, true),
            ("E", Some("2"), false, false),
            ("F", None, false, false),
            ("G", Some("$(x)"), false, false),
        ]
    );
    assert_eq!(script.assignments[4].inside, [Around::Function("local_fn".into())]);
    assert_eq!(script.functions[0].value, "local_fn");
    let run = script.named("run").next().unwrap();
    assert_eq!((run.environment.len(), run.span.start.line), (2, 2));
    assert!(!format!("{script:?}").contains("x y"));
}

#[test]
fn broken_scripts_are_read_around_the_break() {
    let script = Script::parse(&source("pg_dump a\nif then ((\npg_restore b\n"));
    assert!(!script.problems.is_empty());
    assert!(script.named("pg_dump").next().is_some());
    let deep = Script::parse(&source(&"( ".repeat(3000)));
    assert!(!deep.problems.is_empty());
    let nested = format!("{}x{}", "$(".repeat(1000), ")".repeat(1000));
    assert!(!Script::parse(&source(&nested)).problems.is_empty());
}

#[test]
fn expect_scripts_say_what_they_start() {
    let file = source(
        "#!/usr/bin/expect -f\nset timeout 20\nspawn ssh root@host \\\n  \"uptime\"\nexpect {\n  \"password:\" { send \"hunter2\\r\" }\n}\nsend \"exit\\r\"\n",
    );
    assert!(is_expect(&file) && !is_expect(&source("#!/bin/sh\n")));
    let expect = Expect::parse(&file);
    let spawn = expect.spawned().next().unwrap();
    assert_eq!(
        spawn.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(),
        ["ssh", "root@host", "uptime"]
    );
    assert_eq!(spawn.words[2].span.start.line, 4);
    assert_eq!(expect.sent().count(), 1);
    assert!(!format!("{expect:?}").contains("hunter2"));
}

#[test]
fn nothing_upsets_it() {
    let text = "#!/bin/sh -e\nA=1 b \"$C é\" | d >e 2>&1 || { f; }\ncat <<-E >x\n\té \\$y\n\tE\nif g; then h $(i); fi\nj() { k & }\n";
    hostile::survive(text, |source| {
        let script = Script::parse(source);
        let mut spans = hostile::places(&script.problems);
        for command in &script.commands {
            spans.push(command.span.clone());
            spans.extend(command.words.iter().map(|word| word.span.clone()));
            spans.extend(command.heredocs.iter().map(|h| h.body.span(0..h.body.text().len())));
        }
        let expect = Expect::parse(source);
        spans.extend(expect.lines.iter().flat_map(|l| &l.words).map(|w| w.span.clone()));
        spans
    });
}
