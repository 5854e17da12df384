//! What the process has besides its variables: a home folder and a working folder.

use plimsoll_python::{
    EntryPoint, Environment, Machine, MachineEntry, Presence, Request, State, Variable, evaluate,
};
use plimsoll_source::{MemoryTree, RepoPath, Secret};

use crate::json::to_json;

/// The value of `X` in a repository at `/srv/app`; `-` where it is not known.
fn x(text: &str, home: Option<&str>, folder: Option<&str>) -> String {
    let tree = MemoryTree::new([("settings.py", text), ("data/a.txt", "content")]);
    let mut environment = Environment { given: true, ..Environment::default() };
    if let Some(home) = home {
        let variable = Variable { value: Secret::new(home), at: None };
        environment.variables.insert("HOME".into(), variable);
    }
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.absolute_root = "/srv/app".to_owned();
    request.working_folder = folder.map(str::to_owned);
    match evaluate(&request).get("X").map(|setting| setting.state.clone()) {
        Some(State::Known(value)) => to_json(&value).to_string(),
        _ => "-".to_owned(),
    }
}

#[test]
fn the_home_folder_is_that_of_the_environment() {
    let cases = [
        ("import os\nX = os.path.expanduser('~')", r#""/home/app""#),
        ("import os\nX = os.path.expanduser('~/.x')", r#""/home/app/.x""#),
        ("import os\nX = os.path.expanduser('~other/.x')", "-"),
        ("import os\nX = os.path.expanduser('a/~')", r#""a/~""#),
        ("from pathlib import Path\nX = str(Path.home() / 'a')", r#""/home/app/a""#),
        ("from pathlib import Path\nX = str(Path('~/a').expanduser())", r#""/home/app/a""#),
        // What the home folder holds is not known.
        ("import os\nX = os.path.exists(os.path.expanduser('~/.my.conf'))", "-"),
        ("import os\nX = os.path.exists(os.path.expanduser('~/file'))", "-"),
        (
            "from appdirs import user_data_dir\nX = user_data_dir('app')",
            r#""/home/app/.local/share/app""#,
        ),
        (
            "import appdirs\nX = appdirs.user_config_dir('app', version='1')",
            r#""/home/app/.config/app/1""#,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text, Some("/home/app"), None), expected, "{text}");
    }
    let home = "import os\nX = os.path.expanduser('~/a')";
    assert_eq!(x(home, None, None), "-");
    assert_eq!(x(home, Some("/"), None), r#""/a""#);
    assert_eq!(x(home, Some("/srv/app"), None), r#""/srv/app/a""#);
}

#[test]
fn relative_paths_need_the_working_folder() {
    let cases = [
        ("import os\nX = os.getcwd()", r#""/srv/app/data""#),
        ("import os\nX = os.path.abspath('../b')", r#""/srv/app/b""#),
        ("import os\nX = os.path.exists('a.txt')", "true"),
        ("import os\nX = os.path.exists('')", "false"),
        ("import os\nX = os.path.exists('../../b')", "-"),
        ("import os\nX = os.path.exists('b')", "false"),
        ("X = open('a.txt').read()", r#""content""#),
        ("from pathlib import Path\nX = str(Path('a.txt').resolve())", r#""/srv/app/data/a.txt""#),
        ("from pathlib import Path\nX = Path('a.txt').exists()", "true"),
        ("import os\nos.chdir('/')\nX = os.path.abspath('b')", "-"),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text, None, Some("/srv/app/data")), expected, "{text}");
        let without = if text.contains("''") { "false" } else { "-" };
        assert_eq!(x(text, None, None), without, "{text}");
    }
}

#[test]
fn the_files_of_a_folder_have_no_order() {
    let cases = [
        ("os.listdir(A)", "-"),
        ("sorted(os.listdir(A))", r#"["a.txt","b.txt"]"#),
        ("len(os.listdir(A))", "2"),
        ("bool(os.listdir(A))", "true"),
        ("'a.txt' in os.listdir(A)", "true"),
        ("'c.txt' not in os.listdir(A)", "true"),
        ("isinstance(os.listdir(A), set)", "-"),
        ("os.listdir(A) + ['x']", "-"),
        ("os.listdir(B + '/D') + ['x']", r#"["d.txt","x"]"#),
        ("[name for name in os.listdir(A)]", "-"),
        ("[name for name in os.listdir(A) if name > 'a.txt']", r#"["b.txt"]"#),
        ("sorted(name.upper() for name in os.listdir(A))", r#"["A.TXT","B.TXT"]"#),
        ("len({name for name in os.listdir(A)})", "2"),
        ("{name: 1 for name in os.listdir(A)}", "-"),
        ("sorted(os.listdir(A), key=len)", "-"),
        ("max(os.listdir(A))", r#""b.txt""#),
        ("max(os.listdir(A), key=len)", "-"),
        ("max({'a', 'b'}, key=len)", "-"),
        ("any(name.startswith('b') for name in os.listdir(A))", "true"),
        ("[name for name in sorted(os.listdir(A))]", r#"["a.txt","b.txt"]"#),
        ("[path.name for path in sorted(Path(A).glob('*.txt'))]", r#"["a.txt","b.txt"]"#),
        ("[path.name for path in Path(B + '/D').iterdir()]", r#"["d.txt"]"#),
        (
            "[path.name for path in sorted(Path('/srv/app').rglob('*.txt'))]",
            r#"["a.txt","b.txt","d.txt","c.txt"]"#,
        ),
        (
            "[str(path) for path in sorted(Path('/srv/app').glob('B/**/*.txt'))]",
            r#"["/srv/app/B/D/d.txt","/srv/app/B/c.txt"]"#,
        ),
        ("sorted(glob.glob('/srv/app/**/?.txt', recursive=True))[-1]", r#""/srv/app/B/c.txt""#),
        ("sorted(glob.glob('/srv/app/**/?.txt'))[-1]", r#""/srv/app/B/c.txt""#),
        ("len(glob.glob('/srv/app/**/?.txt'))", "3"),
        ("glob.glob(A + '/x*')", "[]"),
        ("glob.glob('/srv/app/none/*.txt')", "[]"),
        ("glob.glob(A + '/*.txt')", "-"),
        ("sorted(glob.glob('/srv/app/*/[bc].txt'))", r#"["/srv/app/A/b.txt","/srv/app/B/c.txt"]"#),
        ("sorted(glob.glob('/srv/app/?'))", r#"["/srv/app/A","/srv/app/B","/srv/app/P"]"#),
        ("glob.glob(A + '/a.txt')", r#"["/srv/app/A/a.txt"]"#),
        ("glob.glob('/opt/*.txt')", "-"),
        ("sorted(map(lambda path: len(os.listdir(path)), [A, A]))", "[2,2]"),
        ("sorted(name for _, _, names in os.walk(B) for name in names)", r#"["c.txt","d.txt"]"#),
        ("sorted(path for path, _, _ in os.walk(B))", r#"["/srv/app/B","/srv/app/B/D"]"#),
        ("[names for path, _, names in os.walk(B) if path.endswith('D')]", r#"[["d.txt"]]"#),
        ("list(os.walk('/srv/app/none'))", "[]"),
        ("next(os.walk(B))[2]", r#"["c.txt"]"#),
        ("sorted(next(os.walk('/srv/app'))[2])", r#"["settings.py"]"#),
        ("next(os.walk('/srv/app'))[1]", "-"),
        // Beside sources, Python may keep what it compiles.
        ("sorted(os.listdir(P))", "-"),
        ("len(os.listdir(P))", "-"),
        ("sorted(name for name in os.listdir(P) if name.endswith('.py'))", r#"["m.py","n.py"]"#),
        ("'m.py' in os.listdir(P)", "true"),
        ("'x.py' in os.listdir(P)", "false"),
        ("'__pycache__' in os.listdir(P)", "-"),
        ("sorted(glob.glob(P + '/*'))", "-"),
        ("len(glob.glob(P + '/?.py'))", "2"),
    ];
    for (expression, expected) in cases {
        assert_eq!(listed(&format!("X = {expression}")), expected, "{expression}");
    }
}

#[test]
fn a_loop_over_files_is_known_where_their_order_makes_no_difference() {
    let cases = [
        (
            "S = set()\nfor name in os.listdir(A):\n    S.add(name.upper())\nX = sorted(S)",
            r#"["A.TXT","B.TXT"]"#,
        ),
        (
            "S = {'x'}\nfor name in os.listdir(A):\n    stem = name.split('.')[0]\n    if stem == 'b':\n        continue\n    S.add(stem)\nX = sorted(S)",
            r#"["a","x"]"#,
        ),
        ("X = []\nfor name in os.listdir(A):\n    X.append(name)", "-"),
        ("X = {}\nfor name in os.listdir(A):\n    X[name] = 1", "-"),
        ("X = 0\nfor name in os.listdir(A):\n    X += 1", "-"),
        ("X = 0\nfor name in os.listdir(A):\n    X = 1", "1"),
        ("X = 0\nfor name in os.listdir(A):\n    X = name", "-"),
        (
            "X = 0\nfor name in os.listdir(A):\n    if name == 'b.txt':\n        X = name",
            r#""b.txt""#,
        ),
        ("X = 0\nfor name in os.listdir(A):\n    if name == 'c.txt':\n        X = name", "0"),
        ("X = 0\nfor name in os.listdir(A):\n    if not X:\n        X = name", "-"),
        (
            "X = 0\nfor name in os.listdir(A):\n    if name == 'b.txt':\n        X = name\n        break\nelse:\n    X = 2",
            r#""b.txt""#,
        ),
        (
            "X = 0\nfor name in os.listdir(A):\n    if name == 'c.txt':\n        X = name\n        break\nelse:\n    X = 2",
            "2",
        ),
        ("X = 0\nfor name in os.listdir(A):\n    X = name\n    break", "-"),
        (
            "def f():\n    for name in os.listdir(A):\n        if name.startswith('b'):\n            return name\nX = f()",
            r#""b.txt""#,
        ),
        ("def f():\n    for name in os.listdir(A):\n        return name\nX = f()", "-"),
        (
            "def f(wanted):\n    for path, _, names in os.walk(B):\n        if wanted in names:\n            return path\n    return None\nX = [f('d.txt'), f('a.txt')]",
            r#"["/srv/app/B/D",null]"#,
        ),
        // The folder itself comes first.
        (
            "def f():\n    for path, _, names in os.walk('/srv/app'):\n        if 'settings.py' in names:\n            return path\nX = f()",
            r#""/srv/app""#,
        ),
        (
            "def f():\n    for path, _, names in os.walk('/srv/app'):\n        if 'c.txt' in names:\n            return path\nX = f()",
            "-",
        ),
        ("W = os.walk(B)\nnext(W)\nX = [path for path, _, _ in W]", r#"["/srv/app/B/D"]"#),
        (
            "def f(wanted):\n    for path, _, names in os.walk(B):\n        if wanted in names:\n            return path\n    else:\n        raise IOError\ntry:\n    X = f('none.txt')\nexcept IOError:\n    X = 1",
            "1",
        ),
        ("S = set()\nfor name in os.listdir(A):\n    if not S:\n        S.add(name)\nX = S", "-"),
        (
            "S = set()\nT = S\nfor name in os.listdir(A):\n    if not T:\n        S.add(name)\nX = S",
            "-",
        ),
        ("S = set()\nfor name in {'a', 'b'}:\n    S.add(name)\nX = len(S)", "2"),
        (
            "N = [1]\ndef f():\n    return N.pop() if N else 0\nS = set()\nfor name in os.listdir(A):\n    S.add((name, f()))\nX = len(S)",
            "-",
        ),
        ("N = iter([1, 2])\nX = sorted((name, next(N)) for name in os.listdir(A))", "-"),
        ("X = sorted(list(os.listdir(A)))", r#"["a.txt","b.txt"]"#),
        ("X = os.listdir(A)\nX.sort()", r#"["a.txt","b.txt"]"#),
        ("X = os.listdir(A)\nX.sort(reverse=True)", r#"["b.txt","a.txt"]"#),
        ("X = os.listdir(A)\nX.append('c')\nX = sorted(X)", "-"),
        ("X = os.listdir(A)\nX += ['c']\nX = sorted(X)", "-"),
        ("X = os.listdir(A)\nX[0] = 'c'\nX = sorted(X)", "-"),
        ("X = os.listdir(A)\ndel X[0]\nX = sorted(X)", "-"),
        ("X = os.listdir(A)\nX *= 2\nX = sorted(X)", "-"),
        ("X = os.listdir(A)\nY = X.pop\nY()\nX = sorted(X)", "-"),
        ("import lib\nX = os.listdir(A)\nlib.change(X)\nX = sorted(X)", "-"),
        ("import random\nX = os.listdir(A)\nrandom.shuffle(X)\nX = sorted(X)", "-"),
        ("F = Path(A).iterdir()\nnext(F)\nX = sorted(F)", "-"),
        ("F = Path(A).iterdir()\nfor a, b in zip([1, 2], F):\n    pass\nX = sorted(F)", "-"),
        ("X = os.listdir(A)\nfor a in X:\n    X.append(a)\n    break\nX = sorted(X)", "-"),
        ("X = os.listdir(A)\nfor a in X:\n    X.clear()\nX = sorted(X)", "-"),
        ("F = Path(A).iterdir()\nS = sorted(F)\nX = sorted(F)", "[]"),
        ("try:\n    X = os.listdir('/srv/app/none')\nexcept FileNotFoundError:\n    X = 1", "1"),
    ];
    for (text, expected) in cases {
        assert_eq!(listed(text), expected, "{text}");
    }
}

/// `X` where the repository has a few folders.
fn listed(text: &str) -> String {
    let text = format!(
        "import glob, os\nfrom pathlib import Path\n\
         A = '/srv/app/A'\nB = '/srv/app/B'\nP = '/srv/app/P'\n{text}"
    );
    let tree = MemoryTree::new([
        ("settings.py", &*text),
        ("A/b.txt", ""),
        ("A/a.txt", ""),
        ("B/c.txt", ""),
        ("B/D/d.txt", ""),
        ("P/m.py", ""),
        ("P/n.py", ""),
    ]);
    let environment = Environment { given: true, ..Environment::default() };
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.absolute_root = "/srv/app".to_owned();
    request.installed.python = Some((3, 11));
    match evaluate(&request).get("X").map(|setting| setting.state.clone()) {
        Some(State::Known(value)) => to_json(&value).to_string(),
        _ => "-".to_owned(),
    }
}

#[test]
fn what_lies_outside_of_the_repository_is_known_where_it_is_told() {
    let texts = [
        ("X = os.path.exists('/etc/app.cfg')", "true"),
        ("X = os.path.isdir('/etc/app.cfg')", "false"),
        ("X = open('/etc/app.cfg').read()", r#""[a]\nb = 1\n""#),
        ("P = configparser.ConfigParser()\nP.read('/etc/app.cfg')\nX = P['a']['b']", r#""1""#),
        (
            "P = configparser.ConfigParser()\nX = P.read(['/etc/none.cfg', '/etc/app.cfg'])",
            r#"["/etc/app.cfg"]"#,
        ),
        ("X = os.path.exists('/etc/none.cfg')", "false"),
        ("try:\n    X = open('/etc/none.cfg').read()\nexcept OSError:\n    X = 1", "1"),
        ("X = os.path.exists('/etc/none.d/a')", "false"),
        ("X = os.access('/var/data', os.W_OK)", "true"),
        ("X = os.access('/etc/app.cfg', os.W_OK)", "-"),
        ("X = os.access('/etc/none.cfg', os.W_OK)", "false"),
        ("X = os.listdir('/etc')", "-"),
        ("import tempfile\nX = tempfile.gettempdir()", r#""/tmp""#),
        (
            "from logging.handlers import SysLogHandler\n\
             X = SysLogHandler(address='/etc/none.d/log').socket.fileno() != -1",
            "false",
        ),
    ];
    for (text, expected) in texts {
        let text = format!("import configparser, os\n{text}");
        assert_eq!(x_on(&text, &told()).0, expected, "{text}");
        if !text.contains("listdir") {
            // The process stops nowhere, and each place is named.
            let (value, outside) = x_on(&text, &Machine::default());
            assert_eq!(value, "-", "{text}");
            let named = ["/etc/", "/var/data", "/tmp"];
            assert!(named.iter().any(|name| outside[0].starts_with(name)), "{text}: {outside:?}");
        }
    }
}

#[test]
fn a_branch_on_a_file_of_the_machine_has_both_sides() {
    let text = "import os\nX = 1\nif os.path.exists('/etc/app/debug'):\n    X = 2\n";
    let tree = MemoryTree::new([("settings.py", text)]);
    let environment = Environment { given: true, ..Environment::default() };
    let found = evaluate(&Request::new(&tree, RepoPath::root(), "settings", &environment));
    let setting = found.get("X").unwrap();
    assert!(matches!(&setting.state, State::OneOf(values) if values.len() == 2), "{setting:?}");
    assert_eq!(setting.variables, ["/etc/app/debug"]);
    assert_eq!(found.outside, ["/etc/app/debug"]);
}

#[test]
fn what_the_process_writes_itself_is_not_taken_to_be_absent() {
    let cases = [
        ("os.makedirs('/srv/app/logs')\nX = os.path.exists('/srv/app/logs')", "-"),
        ("os.makedirs('/srv/app/a/b')\nX = os.path.exists('/srv/app/a')", "-"),
        ("os.makedirs('/srv/app/logs')\nX = os.path.exists('/srv/app/log')", "false"),
        ("Path('/srv/app/k').write_text('x')\nX = os.path.exists('/srv/app/k')", "-"),
        ("open('/srv/app/k', 'w').write('x')\nX = open('/srv/app/k').read()", "-"),
        (
            "open('/srv/app/data/a.txt', 'a').write('x')\nX = open('/srv/app/data/a.txt').read()",
            "-",
        ),
        ("X = open('/srv/app/data/a.txt').read()", r#""content""#),
        ("import lib\nlib.prepare('/srv/app/k')\nX = os.path.exists('/srv/app/k')", "-"),
        (
            "open(os.getenv('HOME', '/') + str(os.getpid()), 'w')\nX = os.path.exists('/srv/app/k')",
            "-",
        ),
        ("os.makedirs('/srv/app/data/x')\nX = sorted(os.listdir('/srv/app/data'))", "-"),
    ];
    for (text, expected) in cases {
        let text = format!("import os\nfrom pathlib import Path\n{text}");
        assert_eq!(x(&text, None, None), expected, "{text}");
    }
}

#[test]
fn the_name_of_the_machine_is_known_where_it_is_told() {
    let mut machine = Machine::default();
    machine.host_name = Some("web1".to_owned());
    machine.full_name = Some("web1.example.org".to_owned());
    for (text, expected) in [
        ("import socket\nX = socket.gethostname()", r#""web1""#),
        ("import socket\nX = socket.getfqdn()", r#""web1.example.org""#),
        ("import socket\nX = socket.getfqdn('other')", "-"),
        ("import socket\nX = socket.gethostbyname('web1')", "-"),
        ("import platform\nX = platform.node() == 'web1'", "true"),
    ] {
        assert_eq!(x_on(text, &machine).0, expected, "{text}");
        assert_eq!(x_on(text, &Machine::default()).0, "-", "{text}");
    }
}

#[test]
fn entry_points_are_known_where_all_are_told() {
    let text = "from importlib.metadata import entry_points\n\
                X = [(e.name, e.module, e.attr, e.value) for e in entry_points(group='app.plugins')]";
    let old = "import pkg_resources\n\
               X = [e.module_name for e in pkg_resources.iter_entry_points('app.plugins')]";
    let point = |distribution: &str, name: &str, value: &str| EntryPoint {
        group: "app.plugins".into(),
        name: name.into(),
        value: value.into(),
        distribution: distribution.into(),
    };
    let one = vec![point("a", "one", "a.one:Plugin"), point("a", "two", "a.two")];
    let mut other = one[0].clone();
    other.group = "console_scripts".into();
    let tuples =
        |items: &str| items.replace('(', r#"{"$type":"tuple","items":["#).replace(')', "]}");
    for (points, expected, expected_old) in [
        (None, "-".to_owned(), "-"),
        (Some(vec![]), "[]".to_owned(), "[]"),
        (Some(vec![other]), "[]".to_owned(), "[]"),
        (
            Some(one.clone()),
            tuples(r#"[("one","a.one","Plugin","a.one:Plugin"),("two","a.two","","a.two")]"#),
            r#"["a.one","a.two"]"#,
        ),
        // Which of two distributions comes first depends on the disk.
        (Some([one, vec![point("b", "three", "b")]].concat()), "-".to_owned(), "-"),
    ] {
        for (text, expected) in [(text, expected.as_str()), (old, expected_old)] {
            let tree = MemoryTree::new([("settings.py", text)]);
            let environment = Environment { given: true, ..Environment::default() };
            let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
            request.installed.entry_points = points.clone();
            assert_eq!(x_of(&request), expected, "{text}");
        }
    }
}

fn told() -> Machine {
    let mut machine = Machine::default();
    let file = Presence::File(Some(Secret::new("[a]\nb = 1\n")));
    for (path, presence, writable) in [
        ("/etc/app.cfg", file, None),
        ("/etc/none.cfg", Presence::Absent, None),
        ("/etc/none.d", Presence::Absent, None),
        ("/var/data", Presence::Folder, Some(true)),
        ("/tmp", Presence::Folder, Some(true)),
    ] {
        machine.insert(path, MachineEntry { presence, writable });
    }
    machine
}

/// `X`, and the places of the machine that something depends on.
fn x_on(text: &str, machine: &Machine) -> (String, Vec<String>) {
    let tree = MemoryTree::new([("settings.py", text)]);
    let environment = Environment { given: true, ..Environment::default() };
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.machine = machine.clone();
    (x_of(&request), evaluate(&request).outside)
}

fn x_of(request: &Request<'_>) -> String {
    match evaluate(request).get("X").map(|setting| setting.state.clone()) {
        Some(State::Known(value)) => to_json(&value).to_string(),
        _ => "-".to_owned(),
    }
}
