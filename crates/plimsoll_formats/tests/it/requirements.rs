//! Python dependencies.

use plimsoll_formats::requirements::{Requirements, Specifiers, Version, pip, read};
use plimsoll_source::{MemoryTree, RepoPath, SourceText};

use crate::hostile;

fn parse(name: &str, text: &str) -> Requirements {
    read(&SourceText::new(RepoPath::new(name).unwrap(), text))
}

/// `name specifier group line`, one per declared package.
fn declared(found: &Requirements) -> Vec<String> {
    let line = |d: &plimsoll_formats::requirements::Declared| {
        let group = d.group.as_deref().unwrap_or("-");
        format!("{} {} {} {}", d.name, d.specifier, group, d.span.start.line)
    };
    found.declared.iter().map(line).collect()
}

fn locked(found: &Requirements) -> Vec<String> {
    let version = |l: &plimsoll_formats::requirements::Locked| {
        l.version.as_ref().map_or("-".to_owned(), Version::to_string)
    };
    found
        .locked
        .iter()
        .map(|l| format!("{} {} {}", l.name, version(l), l.span.start.line))
        .collect()
}

#[test]
fn versions_are_ordered_as_pip_orders_them() {
    let order = [
        "1.0.dev1",
        "1.0a1.dev1",
        "1.0a1",
        "1.0b2",
        "1.0rc1",
        "1.0",
        "1.0+local",
        "1.0.post1.dev1",
        "1.0.post1",
        "1.0.1",
        "1.10",
        "2024.1",
        "1!0.1",
    ];
    let versions: Vec<_> = order.iter().map(|v| Version::parse(v).unwrap()).collect();
    for pair in versions.windows(2) {
        assert!(pair[0] < pair[1], "{} < {}", pair[0], pair[1]);
    }
    for (left, right) in
        [("1.0", "1"), ("v1.0-RC.1", "1rc1"), ("1.0-1", "1.0.post1"), ("1.0alpha", "1a0")]
    {
        assert_eq!(Version::parse(left), Version::parse(right), "{left}");
    }
    for bad in ["", "x", "1.0.x", "1..0", "4.2.*", "1.0+", "latest"] {
        assert!(Version::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn specifiers_accept_what_pip_accepts() {
    for (specifier, version, accepted) in [
        (">=4.2,<5", "4.2.7", true),
        (">=4.2,<5", "5.0", false),
        ("~=4.2", "4.9", true),
        ("~=4.2.0", "4.3", false),
        ("==4.2.*", "4.2.11", true),
        ("!=4.2.*", "4.2.11", false),
        ("<5.0", "5.0rc1", false),
        (">1.0", "1.0.post1", false),
        ("==1.0", "1.0+local", true),
        ("", "7", true),
    ] {
        let version = Version::parse(version).unwrap();
        assert_eq!(
            Specifiers::parse(specifier).unwrap().contains(&version),
            accepted,
            "{specifier}"
        );
    }
    for (poetry, version, accepted) in [
        ("^4.2", "4.9", true),
        ("^4.2", "5.0", false),
        ("^0.2.3", "0.3.0", false),
        ("~4.2", "4.3", false),
        ("~4", "4.9", true),
        ("4.2.1", "4.2.1", true),
        ("4.*", "4.9", true),
        (">= 3.8 <4", "3.9", true),
        ("*", "1", true),
    ] {
        let version = Version::parse(version).unwrap();
        let found = Specifiers::parse_poetry(poetry).unwrap_or_else(|| panic!("{poetry}"));
        assert_eq!(found.contains(&version), accepted, "{poetry} {version}");
    }
    assert!(Specifiers::parse("=>4").is_none());
    assert!(Specifiers::parse_poetry("^3.8 || ^4").is_none());
}

#[test]
fn a_requirements_file() {
    let text = "# base\n-r base.txt\n--index-url https://u:p@x/simple\nDjango[argon2,BCrypt] >= 4.2, < 5 ; python_version > '3.8' # web\nzope.interface==5.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-e git+https://x/y.git@main#egg=My_Pkg\npkg @ https://x/pkg.zip\n./local\nwhitenoise\r\n-cconstraints.txt\nbroken=1\n\ndjango_x ==1.*  # c\n<<<<<<< HEAD\n";
    let found = parse("req/requirements.txt", text);
    assert_eq!(
        declared(&found),
        [
            "django >= 4.2, < 5 - 4",
            "zope-interface ==5.0 - 5",
            "my-pkg  - 8",
            "pkg  - 9",
            "whitenoise  - 11",
            "broken =1 - 13",
            "django-x ==1.* - 15"
        ]
    );
    assert_eq!(found.declared[0].extras, ["argon2", "bcrypt"]);
    assert_eq!(found.declared[0].marker.as_deref(), Some("python_version > '3.8'"));
    assert_eq!(found.declared[1].pinned, Version::parse("5.0"));
    assert!(found.declared[1].hashed);
    assert_eq!(found.declared[1].span.end.line, 7);
    assert!(found.partial);
    let includes: Vec<_> =
        found.includes.iter().map(|i| i.path.as_ref().unwrap().as_str().to_owned()).collect();
    assert_eq!(includes, ["req/base.txt", "req/constraints.txt"]);
    assert_eq!(found.indexes[0].value.expose(), "https://u:p@x/simple");
    assert!(!format!("{found:?}").contains("u:p@"));
    let lines: Vec<_> = found.problems.iter().map(|p| p.at.start.line).collect();
    assert_eq!(lines, [13, 16]);
}

#[test]
fn included_files_are_read_once_each() {
    let tree = MemoryTree::new([
        ("r/a.txt", "-r b.txt\n-c c.txt\n-r gone.txt\nx==1\n"),
        ("r/b.txt", "-r a.txt\ny\n"),
        ("r/c.txt", "y==2\n"),
    ]);
    let found = pip::read_tree(&tree, &RepoPath::new("r/a.txt").unwrap());
    let names: Vec<_> = found.declared.iter().map(|d| (d.name.as_str(), d.constraint)).collect();
    assert_eq!(names, [("x", false), ("y", false), ("y", true)]);
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].at.start.line, 3);
}

#[test]
fn pyproject_in_its_dialects() {
    let standard = "[build-system]\nbuild-backend = 'hatchling.build'\n[project]\nrequires-python = '>=3.10'\ndynamic = ['version']\ndependencies = [\n  'django~=5.0',\n  \"gunicorn>=20; sys_platform != 'win32'\",\n]\n[project.optional-dependencies]\ns3 = ['boto3']\n[dependency-groups]\ndev = ['pytest', {include-group = 'x'}]\n";
    let found = parse("pyproject.toml", standard);
    assert_eq!(
        declared(&found),
        ["django ~=5.0 - 7", "gunicorn >=20 - 8", "boto3  s3 11", "pytest  dev 13"]
    );
    assert_eq!(found.python[0].text, ">=3.10");
    assert_eq!(found.build_backend.unwrap().value, "hatchling.build");
    assert!(!found.partial);
    let poetry = "[tool.poetry.dependencies]\npython = '^3.11'\nDjango = '^4.2'\npsycopg = {version = '3.1', extras = ['binary']}\nx = [{version='1', python='<3.9'}, {version='2'}]\ny = {git = 'https://u:p@h/y'}\n[tool.poetry.group.dev.dependencies]\nruff = '*'\n";
    let found = parse("pyproject.toml", poetry);
    assert_eq!(
        declared(&found),
        ["django ^4.2 - 3", "psycopg 3.1 - 4", "x 1 - 5", "x 2 - 5", "y  - 6", "ruff * dev 8"]
    );
    assert_eq!(found.python[0].span.start.line, 2);
    let broken = parse("pyproject.toml", "[project]\ndependencies = ['django']\nname = \n[x]\n");
    assert_eq!(declared(&broken), ["django  - 2"]);
    assert_eq!(broken.problems.len(), 1);
}

#[test]
fn locks_name_versions() {
    let poetry = "[[package]]\nname = \"Django\"\nversion = \"4.2.7\"\n\n[metadata]\npython-versions = \"^3.10\"\n";
    let found = parse("poetry.lock", poetry);
    assert_eq!(locked(&found), ["django 4.2.7 3"]);
    assert_eq!(found.python[0].text, "^3.10");
    let uv = "version = 1\nrequires-python = \">=3.12\"\n[[package]]\nname = \"own\"\nsource = { virtual = \".\" }\n";
    assert_eq!(locked(&parse("uv.lock", uv)), ["own - 4"]);
    let pylock = "[[packages]]\nname = 'a'\nversion = '1'\n";
    assert_eq!(locked(&parse("pylock.toml", pylock)), ["a 1 3"]);
    let pipenv = "{\n \"default\": {\n  \"django\": {\n   \"version\": \"==4.2\"\n  }\n },\n \"develop\": {\n  \"x\": {\"git\": \"y\"}}\n}";
    assert_eq!(locked(&parse("Pipfile.lock", pipenv)), ["django 4.2 3", "x - 8"]);
    assert!(parse("Pipfile.lock", "{").partial);
}

#[test]
fn the_older_files() {
    let cfg = "[options]\ninstall_requires =\n    Django>=3.2\n    # note\n    pytz\npython_requires = >=3.8\n[options.extras_require]\nldap = python-ldap\n[flake8]\nmax = 1\n";
    let found = parse("setup.cfg", cfg);
    assert_eq!(declared(&found), ["django >=3.2 - 3", "pytz  - 5", "python-ldap  ldap 8"]);
    assert_eq!(found.python[0].text, ">=3.8");
    let py = "setup(install_requires=[\n  'django[argon2]>=4', # 'no'\n  \"x\"], python_requires='>=3.9')\n";
    let found = parse("setup.py", py);
    assert_eq!(declared(&found), ["django >=4 - 2", "x  - 3"]);
    assert!(found.partial && found.python[0].text == ">=3.9");
    let conda = "dependencies:\n  - conda-forge::python=3.11\n  - numpy=1.2=py3\n  - pip:\n    - django==4.2\n";
    let found = parse("environment.yml", conda);
    assert_eq!(declared(&found), ["numpy ==1.2.* - 3", "django ==4.2 - 5"]);
    assert!(
        found.python[0].specifiers.as_ref().unwrap().contains(&Version::parse("3.11.4").unwrap())
    );
    assert_eq!(parse("runtime.txt", "python-3.12.1\n").python[0].text, "3.12.1");
    assert_eq!(parse(".python-version", "# c\n3.12\n").python[0].span.start.line, 2);
    let pipfile =
        parse("Pipfile", "[packages]\ndjango = \"==4.2\"\n[requires]\npython_version = \"3.9\"\n");
    assert_eq!(declared(&pipfile), ["django ==4.2 - 2"]);
}

#[test]
fn nothing_upsets_it() {
    for (name, text) in [
        ("requirements.txt", "-r x\nA[b]>=1,<2;x # c\nb==1 \\\n --hash=x\n-e ../x#egg=y\n"),
        (
            "pyproject.toml",
            "[project]\ndependencies=['é>=1']\n[tool.poetry.dependencies]\nx={version='1'}\n",
        ),
        ("setup.cfg", "[options]\ninstall_requires=\n  é\n  b>=1\n"),
        ("setup.py", "install_requires = ['a', \"é\"], python_requires = 'x'"),
        ("environment.yml", "dependencies:\n- a=1\n- pip:\n  - é\n  - b==1\n"),
        ("Pipfile.lock", "{\"default\": {\"é\": {\"version\": \"==1\"}}}"),
        ("runtime.txt", "python-3.é"),
    ] {
        hostile::survive(text, |source| {
            let source = SourceText::new(RepoPath::new(name).unwrap(), source.text());
            let found = read(&source);
            let mut spans = hostile::places(&found.problems);
            spans.extend(found.declared.iter().map(|d| d.span.clone()));
            spans.extend(found.locked.iter().map(|l| l.span.clone()));
            spans.extend(found.python.iter().map(|p| p.span.clone()));
            spans
        });
    }
}
