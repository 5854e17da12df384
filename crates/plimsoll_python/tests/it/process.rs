//! What the process has besides its variables: a home folder and a working folder.

use plimsoll_python::{Environment, Request, State, Variable, evaluate};
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
        // Files of the home folder are none of the project's.
        ("import os\nX = os.path.exists(os.path.expanduser('~/.my.conf'))", "false"),
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
        ("sorted(os.listdir(A))", r#"["a.py","b.py"]"#),
        ("len(os.listdir(A))", "2"),
        ("'a.py' in os.listdir(A)", "true"),
        ("'c.py' not in os.listdir(A)", "true"),
        ("isinstance(os.listdir(A), set)", "-"),
        ("os.listdir(A) + ['x']", "-"),
        ("os.listdir(B) + ['x']", r#"["c.py","x"]"#),
        ("[name for name in os.listdir(A)]", "-"),
        ("[name for name in sorted(os.listdir(A))]", r#"["a.py","b.py"]"#),
        ("[path.name for path in sorted(Path(A).glob('*.py'))]", r#"["a.py","b.py"]"#),
        ("[path.name for path in Path(B).iterdir()]", r#"["c.py"]"#),
        ("glob.glob(A + '/x*')", "[]"),
        ("glob.glob(A + '/*.py')", "-"),
        ("sorted(glob.glob('/srv/app/*/[bc].py'))", r#"["/srv/app/A/b.py","/srv/app/B/c.py"]"#),
        ("sorted(glob.glob('/srv/app/?'))", r#"["/srv/app/A","/srv/app/B"]"#),
        ("glob.glob(A + '/a.py')", r#"["/srv/app/A/a.py"]"#),
        ("glob.glob('/opt/*.py')", "-"),
        ("sorted(map(lambda path: len(os.listdir(path)), [A, B]))", "[1,2]"),
    ];
    for (expression, expected) in cases {
        let text = format!(
            "import glob, os\nfrom pathlib import Path\nA = '/srv/app/A'\nB = '/srv/app/B'\nX = {expression}"
        );
        let files = [("settings.py", &*text), ("A/b.py", ""), ("A/a.py", ""), ("B/c.py", "")];
        let tree = MemoryTree::new(files);
        let environment = Environment { given: true, ..Environment::default() };
        let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
        request.absolute_root = "/srv/app".to_owned();
        let found = match evaluate(&request).get("X").map(|setting| setting.state.clone()) {
            Some(State::Known(value)) => to_json(&value).to_string(),
            _ => "-".to_owned(),
        };
        assert_eq!(found, expected, "{expression}");
    }
}
