//! Configuration inside other files.

use plimsoll_formats::embedded::{BlockKind, Grounds, blocks, kind_of_content};
use plimsoll_source::{RepoPath, SourceText};

use crate::hostile;

fn found(name: &str, text: &str) -> Vec<(BlockKind, Grounds, String, u32)> {
    let source = SourceText::new(RepoPath::new(name).unwrap(), text);
    let blocks = blocks(&source).into_iter();
    blocks.map(|b| (b.kind, b.grounds, b.text.text().to_owned(), b.span.start.line)).collect()
}

#[test]
fn scripts_and_dockerfiles_write_files() {
    let script = "#!/bin/bash\nsudo tee /etc/systemd/system/app.service > /dev/null <<'EOF'\n[Service]\nUser=x\nEOF\ncat > out.conf <<EOF\nserver {\n listen 80;\n}\nEOF\n";
    assert_eq!(
        found("setup.sh", script),
        [
            (BlockKind::Systemd, Grounds::TargetPath, "[Service]\nUser=x\n".into(), 3),
            (BlockKind::Nginx, Grounds::Content, "server {\n listen 80;\n}\n".into(), 7),
        ]
    );
    let docker =
        "FROM x\nCOPY <<EOF /etc/nginx/conf.d/a.conf\nlisten 1;\nEOF\nRUN cat <<E > .env\nA=1\nE\n";
    let kinds: Vec<_> = found("Dockerfile", docker).into_iter().map(|b| (b.0, b.3)).collect();
    assert_eq!(kinds, [(BlockKind::Nginx, 3), (BlockKind::Dotenv, 6)]);
}

#[test]
fn documents_hold_blocks() {
    let text = "# Deploy\nEdit `/etc/nginx/sites-available/app`:\n\n```\nlocation / { x y; }\n```\n\n1. Then\n   ```ini\n   [Unit]\n   After=x\n   ```\n\nCron:\n\n    0 2 * * * /backup.sh\n\n    @daily x\n\nend\n~~~ yaml\nservices:\n  a:\n    image: x\n~~~\n```\n???\n```\n```python title=\"settings.py\"\nimport x\n```\n```sh\nls\n";
    let expected = [
        (BlockKind::Nginx, Grounds::NameBefore, 5),
        (BlockKind::Systemd, Grounds::Content, 10),
        (BlockKind::Crontab, Grounds::Content, 16),
        (BlockKind::Compose, Grounds::Content, 22),
        (BlockKind::Unknown, Grounds::Nothing, 27),
        (BlockKind::Python, Grounds::NameBefore, 30),
        (BlockKind::Shell, Grounds::Language, 33),
    ];
    let blocks = found("docs/x.md", text);
    let short: Vec<_> = blocks.iter().map(|b| (b.0, b.1, b.3)).collect();
    assert_eq!(short, expected);
    assert_eq!(blocks[1].2, "[Unit]\nAfter=x\n");
    // A name that is about something else.
    let text =
        "Edit `settings.py`, then:\n\n```bash\npython x\n```\n\nSee app.yml:\n\n    make test\n";
    let kinds: Vec<_> = found("x.md", text).into_iter().map(|b| b.0).collect();
    assert_eq!(kinds, [BlockKind::Shell, BlockKind::Unknown]);
    let rst = "Title\n=====\nPut in ``.env``::\n\n   SECRET_KEY=x\n\n   DEBUG=0\n\n.. code-block:: nginx\n   :linenos:\n\n   location / { }\n\nend.\n\n.. note:: x\n   no block\n";
    let short: Vec<_> = found("x.rst", rst).into_iter().map(|b| (b.0, b.2, b.3)).collect();
    assert_eq!(
        short,
        [
            (BlockKind::Dotenv, "SECRET_KEY=x\n\nDEBUG=0\n".to_owned(), 5),
            (BlockKind::Nginx, "location / { }\n".to_owned(), 12)
        ]
    );
    assert!(found("x.txt", "```\nA=1\n```\n").is_empty());
}

#[test]
fn content_speaks_only_where_it_is_plain() {
    for (text, kind) in [
        ("SECRET_KEY=abc\nDEBUG=False\n", Some(BlockKind::Dotenv)),
        ("DEBUG = False\nALLOWED_HOSTS = ['x']\n", Some(BlockKind::Python)),
        ("add_header X-Frame-Options DENY;\n", Some(BlockKind::Nginx)),
        ("FROM python\nRUN x\n", Some(BlockKind::Dockerfile)),
        ("FROM table\n", None),
        ("#!/usr/bin/env python\nx\n", Some(BlockKind::Python)),
        ("[program:web]\ncommand=x\n", Some(BlockKind::Supervisor)),
        ("pip install x\n", None),
        ("# only\n", None),
        ("", None),
    ] {
        assert_eq!(kind_of_content(text), kind, "{text}");
    }
}

#[test]
fn nothing_upsets_it() {
    let text = "é `a.env`:\n\n```x\nA=é\n```\n- y\n\n    z\n\n~~~\n  q::\n\n   r\n.. code-block:: y\n\n  é\n";
    for name in ["a.md", "a.rst", "a.sh", "Dockerfile"] {
        hostile::survive(text, |source| {
            let source = SourceText::new(RepoPath::new(name).unwrap(), source.text());
            blocks(&source).into_iter().map(|block| block.span).collect()
        });
    }
}
