//! Dockerfiles and ignore files.

use indexmap::IndexMap;
use plimsoll_formats::dockerfile::{
    Command, DockerIgnore, Dockerfile, ImageBase, Instruction, ignore_files,
};
use plimsoll_formats::gitignore::GitIgnore;
use plimsoll_formats::shell::Script;
use plimsoll_source::{RepoPath, SourceText};

use crate::hostile;

fn source(name: &str, text: &str) -> SourceText {
    SourceText::new(RepoPath::new(name).unwrap(), text)
}

fn parse(text: &str) -> Dockerfile {
    let file = Dockerfile::parse(&source("Dockerfile", text));
    assert_eq!(file.problems, []);
    file
}

#[test]
fn stages_and_the_image_that_is_built() {
    let file = parse(
        "# syntax=docker/dockerfile:1\nARG PY=3.12\nFROM python:${PY}-slim@sha256:aa AS Base\nENV A=1 B=\"x y\" \\\n    # note\n    C='$A'\nENV OLD some text\nUSER app\nFROM base as dev\nCMD [\"dev\"]\nFROM --platform=linux/amd64 base\nARG REL=1\nENV D=$A-${REL}-${NOPE:-d} E=$NOPE\nWORKDIR /app\nEXPOSE 8000/tcp\nENTRYPOINT [\"/e.sh\", \"-x\"]\nCMD gunicorn app \\\n  --bind :8000\nHEALTHCHECK --interval=5s CMD curl -f http://localhost\nVOLUME [\"/data\"]\n",
    );
    assert_eq!(file.stages.len(), 3);
    let image = file.effective(None, &IndexMap::new()).unwrap();
    let ImageBase::Image(base, span) = &image.base else { panic!("{:?}", image.base) };
    assert_eq!((base.name.as_str(), base.tag.as_deref()), ("python", Some("3.12-slim")));
    assert_eq!(span.to_string(), "Dockerfile:3:6");
    let env: Vec<_> =
        image.environment.iter().map(|(name, text)| (*name, text.value.as_deref())).collect();
    assert_eq!(
        env,
        [
            ("A", Some("1")),
            ("B", Some("x y")),
            ("C", Some("$A")),
            ("OLD", Some("some text")),
            ("D", Some("1-1-d")),
            ("E", None),
        ]
    );
    assert_eq!(image.environment["D"].args, ["REL"]);
    assert_eq!(image.environment["C"].span.to_string(), "Dockerfile:6:7");
    assert_eq!(image.user.unwrap().value.as_deref(), Some("app"));
    let (Command::Shell(cmd), _) = image.cmd.unwrap() else { panic!() };
    let script = Script::parse(cmd);
    let bind = script.commands[0].words.iter().find(|w| w.text == ":8000").unwrap();
    assert_eq!(bind.span.to_string(), "Dockerfile:18:10");
    let (Command::Exec(words), _) = image.entrypoint.unwrap() else { panic!() };
    assert_eq!(words[1].span.to_string(), "Dockerfile:16:22");
    assert!(image.healthcheck.unwrap().0.is_some());
    let dev = file.effective(Some("DEV"), &IndexMap::new()).unwrap();
    assert!(matches!(dev.cmd, Some((Command::Exec(_), _))));
    assert_eq!(dev.stages.len(), 2);
    let args = IndexMap::from([("PY".to_owned(), "3.9".to_owned())]);
    let older = file.effective(None, &args).unwrap();
    let ImageBase::Image(base, _) = &older.base else { panic!() };
    assert_eq!(base.tag.as_deref(), Some("3.9-slim"));
    assert!(file.effective(Some("gone"), &args).is_none());
}

#[test]
fn run_copy_and_heredocs() {
    let file = parse(
        "FROM x\nRUN --mount=type=cache,target=/c set -e; \\\n  # why\n  pip install a \\\n\n  && rm -rf /x\nRUN <<EOF\nset -e\npip install b\nEOF\nRUN cat > /etc/x <<'E1' && echo ok\nline $A\nE1\nCOPY --from=0 --chown=u:g a b/ /dst/\nCOPY <<run.sh /run.sh\n#!/bin/sh\nrun.sh\nADD [\"a b\", \"/c\"]\nonbuild RUN x\n",
    );
    let instructions = &file.stages[0].instructions;
    let run = |index: usize| match &instructions[index].value {
        Instruction::Run { command: Command::Shell(text), .. } => text.clone(),
        other => panic!("{other:?}"),
    };
    let first = Script::parse(&run(0));
    assert_eq!(first.problems, []);
    let pip = first.named("pip").next().unwrap();
    assert_eq!((pip.span.start.line, pip.span.start.column), (4, 3));
    assert!(first.named("rm").next().is_some());
    let second = Script::parse(&run(1));
    assert_eq!(second.named("pip").next().unwrap().span.to_string(), "Dockerfile:9:1");
    let third = Script::parse(&run(2));
    let written = third.written_files();
    assert_eq!((written[0].path.as_str(), written[0].body.text()), ("/etc/x", "line $A\n"));
    let Instruction::Copy { from, chown, sources, destination, .. } = &instructions[3].value else {
        panic!()
    };
    assert_eq!(from.as_ref().unwrap().value.as_deref(), Some("0"));
    assert_eq!(chown.as_ref().unwrap().written, "u:g");
    assert_eq!(sources.len(), 2);
    assert_eq!(destination.as_ref().unwrap().written, "/dst/");
    let Instruction::Copy { heredocs, sources, .. } = &instructions[4].value else { panic!() };
    assert_eq!((heredocs[0].body.text(), sources.len()), ("#!/bin/sh\n", 0));
    assert_eq!(instructions.len(), 7);
}

#[test]
fn oddities_and_breaks() {
    let windows = parse("# escape=`\r\nFROM x\r\nCOPY a `\r\n  C:\\dir\\\r\nCMD [\"a\\\\b\"]\r\n");
    assert_eq!(windows.stages[0].instructions.len(), 2);
    let file = Dockerfile::parse(&source(
        "Dockerfile",
        "RUN early\nFROM\nFROM a\nFOO x\nCMD ['not json']\nUSER app\nFROM $X\n",
    ));
    assert_eq!(file.problems.len(), 3);
    assert!(matches!(file.stages[0].instructions[0].value, Instruction::Cmd(Command::Shell(_))));
    assert!(matches!(file.effective(None, &IndexMap::new()).unwrap().base, ImageBase::Unknown(_)));
    assert!(
        Dockerfile::parse(&source("Dockerfile", "")).effective(None, &IndexMap::new()).is_none()
    );
}

#[test]
fn dockerignore_decides_as_docker() {
    let ignore = |text: &str, path: &str| {
        DockerIgnore::parse(&source(".dockerignore", text)).excludes(path).is_some()
    };
    for (text, path, excluded) in [
        (".env\n", ".env", true),
        (".env\n", "sub/.env", false),
        ("**/.env*\n", "sub/.env.prod", true),
        ("*.sql\n", "db/a.sql", false),
        ("media\n", "media/a/b.png", true),
        ("/media/\n", "media/a", true),
        ("*\n!app\n", "app/x.py", true),
        ("*\n!app/**\n", "app/x.py", false),
        ("app\n!app/keep\n", "app/keep", false),
        ("!x\nx\n", "x", true),
        ("# c\n\n  .git  \n", ".git/config", true),
        ("a?c/[0-9]*\n", "abc/1x", true),
        ("./x/../y\n", "y", true),
        ("temp?\n", "temp", false),
    ] {
        // Docker's own matcher takes `!app` to hold for everything in `app`.
        let expected = if text == "*\n!app\n" { false } else { excluded };
        assert_eq!(ignore(text, path), expected, "{text:?} {path}");
    }
    let files = ignore_files(&RepoPath::new("d/Dockerfile").unwrap(), &RepoPath::root());
    let names: Vec<_> = files.iter().map(RepoPath::as_str).collect();
    assert_eq!(names, ["d/Dockerfile.dockerignore", ".dockerignore"]);
}

#[test]
fn gitignore_decides_as_git() {
    let ignore = |files: &[(&str, &str)], path: &str| {
        let files: Vec<_> = files.iter().map(|(name, text)| source(name, text)).collect();
        let found = GitIgnore::new(&files).ignores(&RepoPath::new(path).unwrap()).cloned();
        found.map(|span| span.to_string())
    };
    for (text, path, ignored) in [
        (".env\n", "a/.env", true),
        ("/.env\n", "a/.env", false),
        ("a/b\n", "x/a/b", false),
        ("**/b\n", "x/y/b", true),
        ("build/\n", "x/build/f", true),
        ("build/\n", "x/build", false),
        ("*.log\n!keep.log\n", "keep.log", false),
        ("logs/\n!logs/keep\n", "logs/keep", true),
        ("logs/*\n!logs/keep\n", "logs/keep", false),
        ("a/**\n", "a/x/y", true),
        ("a/**/z\n", "a/z", true),
        ("\\#x\n", "#x", true),
        ("\\!x\n", "!x", true),
        ("x \n", "x", true),
        ("[!a]x\n", "bx", true),
        ("*.py[cod]\n", "m.pyc", true),
        (".env.*\n!.env.example\n", ".env.example", false),
    ] {
        assert_eq!(ignore(&[(".gitignore", text)], path).is_some(), ignored, "{text:?} {path}");
    }
    let files = [(".gitignore", "*.env\n"), ("app/.gitignore", "!x.env\n/y\n")];
    assert_eq!(ignore(&files, "app/x.env"), None);
    assert_eq!(ignore(&files, "x.env").as_deref(), Some(".gitignore:1:1"));
    assert_eq!(ignore(&files, "app/y").as_deref(), Some("app/.gitignore:2:1"));
    assert_eq!(ignore(&files, "y"), None);
}

#[test]
fn nothing_upsets_it() {
    let text = "ARG A=1\nFROM é:$A AS b\nRUN --x=y a \\\n # c\n && b <<E\né\nE\nENV X=\"$A ${B:-$C}\" Y='z'\nCOPY <<-\"F\" /x\n\té\n\tF\nCMD [\"é\", \"b\"]\nHEALTHCHECK NONE\n";
    hostile::survive(text, |source| {
        let file = Dockerfile::parse(source);
        let mut spans = hostile::places(&file.problems);
        for stage in &file.stages {
            spans.push(stage.span.clone());
            for instruction in &stage.instructions {
                spans.push(instruction.span.clone());
                if let Instruction::Run { command: Command::Shell(text), .. } = &instruction.value {
                    spans.push(text.span(0..text.text().len()));
                }
            }
        }
        let _ = file.effective(None, &IndexMap::new());
        let _ = DockerIgnore::parse(source).excludes("a/b");
        let _ =
            GitIgnore::new(std::slice::from_ref(source)).ignores(&RepoPath::new("a/é").unwrap());
        spans
    });
}
