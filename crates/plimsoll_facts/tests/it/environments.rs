//! Where the environment of the production web process comes from.

use plimsoll_facts::{Given, survey};
use plimsoll_source::{MemoryGit, MemoryTree};

use crate::support::{SYSTEM, facts, variables};

/// The files of a case, the variables expected, whether nothing can add to them.
struct Case {
    what: &'static str,
    files: &'static [(&'static str, &'static str)],
    variables: &'static [&'static str],
    complete: bool,
}

const CASES: &[Case] = &[
    Case {
        what: "a unit with a drop-in and two env files, the later winning",
        files: &[
            (
                "etc/shop.service",
                "[Service]\nWorkingDirectory=/srv/shop\nEnvironment=A=1 B=2\nEnvironmentFile=/srv/shop/etc/a.env\nEnvironmentFile=/srv/shop/etc/b.env\nExecStart=/srv/venv/bin/gunicorn shop.wsgi\n",
            ),
            ("etc/shop.service.d/more.conf", "[Service]\nEnvironment=C=3\n"),
            ("etc/a.env", "B=a\nD=a\n"),
            ("etc/b.env", "D=b\n"),
        ],
        variables: &["A=1", "B=a", "C=3", "D=b"],
        complete: true,
    },
    Case {
        what: "an env file of the host is a gap",
        files: &[(
            "etc/shop.service",
            "[Service]\nEnvironment=A=1\nEnvironmentFile=-/etc/shop/secret.env\nPassEnvironment=P\nExecStart=/bin/gunicorn shop.wsgi\n",
        )],
        variables: &["A=1", "P?"],
        complete: false,
    },
    Case {
        what: "variables of the command itself and gunicorn's --env",
        files: &[(
            "etc/shop.service",
            "[Service]\nExecStart=/usr/bin/env A=1 /bin/gunicorn --env B=2 -e C=3 shop.wsgi\n",
        )],
        variables: &["A=1", "B=2", "C=3"],
        complete: true,
    },
    Case {
        what: "a unit that starts a script of the repository",
        files: &[
            ("etc/shop.service", "[Service]\nExecStart=/srv/shop/bin/start.sh\n"),
            (
                "bin/start.sh",
                "#!/bin/sh\nNAME=x\nexport A=\"$NAME-1\"\nexport B=$HOST_THING\nif true; then\n  export C=1\nfi\nexec gunicorn shop.wsgi\n",
            ),
        ],
        variables: &["A=x-1", "B?", "C?"],
        complete: true,
    },
    Case {
        what: "the unit stands before compose",
        files: &[
            (
                "etc/shop.service",
                "[Service]\nEnvironment=A=unit\nExecStart=/bin/gunicorn shop.wsgi\n",
            ),
            (
                "docker-compose.yml",
                "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n    environment:\n      A: compose\n",
            ),
        ],
        variables: &["A=unit"],
        // Which of the two production is, nothing says.
        complete: false,
    },
    Case {
        what: "a heredoc of a setup script writes the unit",
        files: &[(
            "setup.sh",
            "#!/bin/bash\ncat > /etc/systemd/system/shop.service <<EOF\n[Service]\nEnvironment=A=1\nEnvironment=B=$DOMAIN\nExecStart=/bin/gunicorn shop.wsgi\nEOF\n",
        )],
        variables: &["A=1", "B?"],
        complete: true,
    },
    Case {
        what: "supervisor",
        files: &[(
            "etc/supervisord.conf",
            "[supervisord]\nenvironment=S=1\n[program:web]\ncommand=gunicorn shop.wsgi\nenvironment=A=\"x y\",B=%(ENV_B)s\n",
        )],
        variables: &["A=x y", "B?", "S=1"],
        complete: false,
    },
    Case {
        what: "compose: image, env file, environment, in this order",
        files: &[
            (
                "Dockerfile",
                "FROM python:3.12\nENV A=image B=image C=image\nCMD gunicorn shop.wsgi\n",
            ),
            (
                "docker-compose.yml",
                "services:\n  web:\n    build: .\n    env_file: web.env\n    environment:\n      - C=service\n      - D\n      - E=${TAG:-x}\n  db:\n    image: postgres\n    environment:\n      POSTGRES_DB: x\n",
            ),
            ("web.env", "B=file\n"),
        ],
        variables: &["A=image", "B=file", "C=service", "D?", "E?"],
        complete: true,
    },
    Case {
        what: "the files that a script gives to compose are merged, with the .env beside them",
        files: &[
            (
                "compose.yml",
                "services:\n  web:\n    build: .\n    environment:\n      A: base\n      B: base\n",
            ),
            (
                "compose.prod.yml",
                "services:\n  web:\n    command: gunicorn shop.wsgi\n    environment:\n      B: ${NAME}\n",
            ),
            (
                "compose.dev.yml",
                "services:\n  web:\n    command: manage.py runserver\n    environment:\n      B: dev\n",
            ),
            (
                "deploy.sh",
                "#!/bin/sh\ndocker compose -f compose.yml \\\n  -f compose.prod.yml up -d\n",
            ),
            (".env", "NAME=prod\n"),
            ("Dockerfile", "FROM python:3.12\nENV I=1\n"),
        ],
        variables: &["A=base", "B=prod", "I=1"],
        complete: true,
    },
    Case {
        what: "an entry point of cookiecutter-django's kind",
        files: &[
            (
                "production.yml",
                "services:\n  django:\n    build:\n      context: .\n      dockerfile: ./compose/production/django/Dockerfile\n    env_file:\n      - ./.envs/.production/.django\n    command: /start\n",
            ),
            (
                "compose/production/django/Dockerfile",
                "FROM node:20 AS assets\nENV N=1\nFROM python:3.12\nCOPY ./compose/production/django/entrypoint /entrypoint\nCOPY --chown=django:django ./compose/production/django/start /start\nENTRYPOINT [\"/entrypoint\"]\n",
            ),
            (
                "compose/production/django/entrypoint",
                "#!/bin/bash\nset -o errexit\nexport URL=\"postgres://${USER_NAME}@db\"\nexec \"$@\"\n",
            ),
            (
                "compose/production/django/start",
                "#!/bin/bash\npython /app/manage.py collectstatic --noinput\nexec /usr/local/bin/gunicorn shop.wsgi --bind 0.0.0.0:5000 --chdir=/app\n",
            ),
            (".envs/.production/.django", "A=1\n"),
        ],
        variables: &["A=1", "URL?"],
        complete: true,
    },
    Case {
        what: "a service whose image is not built here",
        files: &[(
            "docker-compose.yml",
            "services:\n  web:\n    image: ghcr.io/acme/shop\n    environment:\n      A: 1\n",
        )],
        variables: &["A=1"],
        complete: false,
    },
    Case {
        what: "a Procfile with app.json",
        files: &[
            (
                "Procfile",
                "release: python manage.py migrate\nweb: A=1 gunicorn shop.wsgi --log-file -\n",
            ),
            ("app.json", "{\"env\": {\"SECRET_KEY\": {\"generator\": \"secret\"}}}"),
        ],
        variables: &["A=1", "SECRET_KEY?"],
        complete: false,
    },
    Case {
        what: "fly.toml over the image",
        files: &[
            ("fly.toml", "app = 'shop'\n[env]\nA = '1'\n[processes]\napp = 'gunicorn shop.wsgi'\n"),
            ("Dockerfile", "FROM python:3.12\nENV A=image I=1\n"),
        ],
        variables: &["A=1", "I=1"],
        complete: false,
    },
    Case {
        what: "render.yaml",
        files: &[(
            "render.yaml",
            "services:\n  - type: web\n    name: shop\n    startCommand: gunicorn shop.wsgi\n    envVars:\n      - key: A\n        value: 1\n      - key: S\n        generateValue: true\n",
        )],
        variables: &["A=1", "S?"],
        complete: false,
    },
    Case {
        what: "Google's app.yaml",
        files: &[(
            "app.yaml",
            "runtime: python312\nentrypoint: gunicorn shop.wsgi\nenv_variables:\n  A: \"1\"\n",
        )],
        variables: &["A=1"],
        complete: false,
    },
    Case {
        what: "Kamal",
        files: &[(
            "config/deploy.yml",
            "service: shop\nimage: acme/shop\nservers:\n  web:\n    hosts:\n      - 192.0.2.1\nenv:\n  clear:\n    A: 1\n  secret:\n    - S\n",
        )],
        variables: &["A=1", "S?"],
        complete: false,
    },
    Case {
        what: "a manifest of Kubernetes",
        files: &[(
            "k8s/web.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: x\n          command: [gunicorn, shop.wsgi]\n          env:\n            - name: A\n              value: \"1\"\n            - name: S\n              valueFrom: {secretKeyRef: {name: s, key: s}}\n",
        )],
        variables: &["A=1", "S?"],
        complete: false,
    },
    Case {
        what: "a Dockerfile alone",
        files: &[(
            "Dockerfile",
            "FROM python:3.12 AS b\nENV X=1\nFROM b\nENV A=1\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
        )],
        variables: &["A=1", "X=1"],
        complete: false,
    },
    Case {
        what: "nothing tells",
        files: &[("docker-compose.dev.yml", "services:\n  web:\n    environment:\n      A: 1\n")],
        variables: &[],
        complete: false,
    },
    Case {
        what: "an image of somebody else that is told its settings",
        files: &[(
            "compose.yml",
            "services:\n  service:\n    image: acme/shop\n    environment:\n      DJANGO_SETTINGS_MODULE: shop.settings\n  db:\n    image: postgres\n",
        )],
        variables: &["DJANGO_SETTINGS_MODULE=shop.settings"],
        complete: false,
    },
    Case {
        what: "an entry point that looks its server up",
        files: &[
            ("Dockerfile", "FROM python:3.12\nCMD [\"/bin/bash\", \"docker/run.sh\"]\n"),
            (
                "docker/run.sh",
                "#!/bin/bash\nexport A=1\nexec $(command -v uwsgi) --ini uwsgi.ini\n",
            ),
        ],
        variables: &["A=1"],
        complete: false,
    },
    Case {
        what: "gunicorn's configuration file sets variables",
        files: &[
            (
                "etc/shop.service",
                "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/bin/gunicorn -c /srv/shop/etc/web.py shop.wsgi\n",
            ),
            ("etc/web.py", "bind = ':8000'\nraw_env = ['A=1']\n"),
        ],
        variables: &[],
        complete: false,
    },
    Case {
        what: "gunicorn's configuration file that sets none",
        files: &[
            (
                "etc/shop.service",
                "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/bin/gunicorn shop.wsgi\n",
            ),
            ("gunicorn.conf.py", "bind = ':8000'  # raw_env is not set\n"),
        ],
        variables: &[],
        complete: true,
    },
    Case {
        what: "uWSGI's ini file",
        files: &[
            ("etc/shop.service", "[Service]\nExecStart=/bin/uwsgi --ini /srv/shop/etc/uwsgi.ini\n"),
            (
                "etc/uwsgi.ini",
                "[uwsgi]\nmodule = shop.wsgi:application\nenv = A=1\nenv = B=$(HOME)/x\n",
            ),
        ],
        variables: &["A=1", "B?"],
        complete: true,
    },
    Case {
        what: "a unit beside an image and a stack for development",
        files: &[
            ("etc/shop.service", "[Service]\nEnvironment=A=1\nExecStart=/bin/gunicorn shop.wsgi\n"),
            ("Dockerfile", "FROM python:3.12\nENV B=1\nCMD gunicorn shop.wsgi\n"),
            (
                "docker-compose.yml",
                "services:\n  web:\n    build: .\n    command: ./manage.py runserver\n",
            ),
        ],
        variables: &["A=1"],
        complete: true,
    },
    Case {
        what: "a stack with the development server is not production's",
        files: &[(
            "docker-compose.yml",
            "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    environment:\n      A: 1\n",
        )],
        variables: &[],
        complete: false,
    },
];

#[test]
fn each_source_gives_its_variables_and_says_what_it_cannot_see() {
    for case in CASES {
        let facts = facts(case.files);
        assert_eq!(variables(&facts), case.variables, "{}", case.what);
        assert_eq!(
            facts.environment.is_complete(),
            case.complete,
            "{}: {:?}",
            case.what,
            facts.environment.gaps
        );
    }
}

#[test]
fn an_env_file_that_git_does_not_hold_may_differ_in_production() {
    let files = [
        (
            "compose.yml",
            "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n    env_file: .env\n",
        ),
        ("Dockerfile", "FROM python:3.12\n"),
        (".env", "A=1\n"),
    ];
    let tree = |tracked: &[&str]| {
        let tree = MemoryTree::new(SYSTEM.iter().chain(&files).copied());
        tree.with_git(MemoryGit::new(tracked.iter().copied()))
    };
    let complete = |tracked: &[&str]| {
        survey(&tree(tracked), &Given::default()).unwrap().environment.is_complete()
    };
    assert!(complete(&["compose.yml", ".env"]));
    assert!(!complete(&["compose.yml"]));
}

#[test]
fn sources_and_variables_have_places() {
    let facts = facts(&[(
        "setup.sh",
        "#!/bin/bash\n\ncat > /etc/systemd/system/shop.service <<'EOF'\n[Service]\nEnvironment=A=1\nExecStart=/bin/gunicorn shop.wsgi\nEOF\n",
    )]);
    let variable = facts.environment.environment.variables.get("A").unwrap();
    assert_eq!(
        variable.at.as_ref().map(|at| (at.file.as_str(), at.start.line)),
        Some(("setup.sh", 5))
    );
    let source = facts.environment.sources.first().unwrap();
    assert_eq!(source.text, "the unit in setup.sh");
    assert_eq!(source.at.as_ref().map(|at| at.start.line), Some(4));
}

#[test]
fn files_of_development_are_left_out_with_the_reason() {
    let facts = facts(&[
        (
            "docker/dev/docker-compose.yml",
            "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n    environment:\n      A: dev\n",
        ),
        (
            "docker/prod/docker-compose.yml",
            "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n    environment:\n      A: prod\n",
        ),
        (".envs/.local/.django", "A=local\n"),
        (".env.dev", "A=dev\n"),
    ]);
    assert_eq!(variables(&facts), ["A=prod"]);
    let texts: Vec<_> =
        facts.environment.left_out.iter().map(|source| source.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            ".env.dev (its name says that it is for development)",
            ".envs/.local/.django (its folder .envs/.local is named for development)",
            "docker/dev/docker-compose.yml (its folder docker/dev is named for development)",
        ]
    );
}

const UNIT: (&str, &str) = (
    "etc/shop.service",
    "[Service]\nEnvironmentFile=/srv/shop/.env\nExecStart=/bin/gunicorn shop.wsgi\n",
);

#[test]
fn an_env_file_that_a_script_writes_is_read_in_place() {
    for (what, script, expected, complete) in [
        (
            "a heredoc with parts that are filled in",
            "#!/bin/sh\nAPP=/srv/shop\ncat > $APP/.env <<EOF\nA=1\nB=$PASSWORD\nC='x y'\nEOF\n",
            &["A=1", "B?", "C=x y"][..],
            true,
        ),
        (
            "a quoted heredoc fills nothing in",
            "sudo tee /srv/shop/.env > /dev/null <<'EOF'\nA=$x\nEOF\n",
            &["A=$x"],
            true,
        ),
        (
            "lines that are added, the later winning",
            "echo A=1 > /srv/shop/.env\necho \"B=$KEY\" >> /srv/shop/.env\nprintf 'C=3\\nD=%s\\n' x >> /srv/shop/.env\necho 'A=2' | sudo tee -a /srv/shop/.env\n",
            &["A=2", "B?", "C=3", "D?"],
            true,
        ),
        ("a group", "{\n  echo 'A=1'\n  echo 'B=2'\n} > /srv/shop/.env\n", &["A=1", "B=2"], true),
        ("what is only added to holds more", "echo A=1 >> /srv/shop/.env\n", &["A=1"], false),
        (
            "a condition leaves a gap",
            "if [ ! -f /srv/shop/.env ]; then\n  cat > /srv/shop/.env <<EOF\nA=1\nEOF\nfi\n",
            &["A=1"],
            false,
        ),
        (
            "two ways of writing it agree on a part",
            "if $TLS; then\n  printf 'A=1\\nB=1\\n' > /srv/shop/.env\nelse\n  printf 'A=1\\nB=2\\n' > /srv/shop/.env\nfi\n",
            &["A=1", "B?"],
            false,
        ),
        ("another path", "echo A=1 > /srv/other/.env\n", &[], false),
        ("a path that is not known", "echo A=1 > \"$ROOT/.env\"\n", &["A=1"], true),
        (
            "a line that is not known",
            "cat > /srv/shop/.env <<EOF\nA=1\n$(secrets)\nEOF\n",
            &["A=1"],
            false,
        ),
    ] {
        let facts = facts(&[UNIT, ("deploy/setup.sh", script)]);
        assert_eq!(variables(&facts), expected, "{what}");
        assert_eq!(
            facts.environment.is_complete(),
            complete,
            "{what}: {:?}",
            facts.environment.gaps
        );
    }
}

#[test]
fn what_a_script_writes_has_the_lines_of_the_script() {
    let compose = (
        "docker-compose.yml",
        "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n    env_file: .env\n",
    );
    let script = "#!/bin/sh\nset -e\ncat > .env <<EOF\n# keys\nSECRET_KEY=changeme\nEOF\n";
    let facts = facts(&[compose, ("deploy.sh", script), ("Dockerfile", "FROM python:3.12\n")]);
    let variable = facts.environment.environment.variables.get("SECRET_KEY").unwrap();
    assert_eq!(variable.value.expose(), "changeme");
    let at = variable.at.as_ref().map(|at| (at.file.as_str(), at.start.line));
    assert_eq!(at, Some(("deploy.sh", 5)));
    let texts: Vec<_> = facts.environment.sources.iter().map(|s| s.text.as_str()).collect();
    assert!(texts.contains(&"the env file .env that deploy.sh writes"), "{texts:?}");
}
