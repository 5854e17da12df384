//! Classes of errors that the differential tests found, each with the value that Python gives.

use serde_json::{Value as Json, json};

use crate::batch;

/// What the evaluator says of `X` in a module of this source: its value where it is known,
/// `"unknown"` where it is not, the candidates of a choice.
fn x(source: &str, environment: &[(&str, &str)]) -> Json {
    let environment: serde_json::Map<String, Json> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let request = json!({
        "files": {"conf/__init__.py": "", "conf/settings.py": source, "data.json": "{}"},
        "module": "conf.settings",
        "environment": environment,
    });
    let answer = batch::answer(&request.to_string());
    let entry = &answer["settings"]["X"];
    match entry["state"].as_str() {
        Some("known") => entry["value"].clone(),
        Some("one_of") => json!({"one_of": entry["candidates"]}),
        Some(state) => json!(state),
        None => json!({"not set": answer["stops"]}),
    }
}

#[test]
fn values_are_those_of_python() {
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Json);
    let unknown = || json!("unknown");
    let cases: &[Case] = &[
        ("X = 'a,b'.split(',')", &[], json!(["a", "b"])),
        // What has no hash is in no dict and no set.
        ("try:\n    X = [1] in {'a': 1}\nexcept TypeError:\n    X = 'no'", &[], json!("no")),
        ("try:\n    X = ([],) in {1}\nexcept TypeError:\n    X = 'no'", &[], json!("no")),
        ("try:\n    X = {1} in {'a': 1}\nexcept TypeError:\n    X = 'no'", &[], json!("no")),
        ("X = {1: 2} in [{1: 2}]", &[], json!(true)),
        // Two slashes at the start are a root of their own.
        ("from pathlib import Path\nX = str(Path('//a').with_suffix('.b'))", &[], json!("//a.b")),
        ("from pathlib import Path\nX = str(Path('//a').parent)", &[], json!("//")),
        ("from pathlib import Path\nX = str(Path('/a').parent)", &[], json!("/")),
        // Classes may have an order of their own.
        (
            "class A:\n    def __init__(self, n):\n        self.n = n\n    def __lt__(self, other):\n        return self.n < other.n\nX = [A(1) < A(2), A(1) > A(2), [a.n for a in sorted([A(3), A(1), A(2)])], max(A(1), A(2)).n]",
            &[],
            json!([true, false, [1, 2, 3], 2]),
        ),
        (
            "class A:\n    def __ge__(self, other):\n        return 'yes'\nX = [A() >= 1, 1 <= A()]",
            &[],
            json!(["yes", "yes"]),
        ),
        // Iterators take their items when they are asked for them.
        ("X = [1, 2, 3, 4]\nfor i, a in enumerate(X):\n    X.pop(0)", &[], unknown()),
        (
            "A = [1, 2]\nX = []\nfor i, a in enumerate(A):\n    X += [a]\n    A.clear()",
            &[],
            unknown(),
        ),
        ("A = [1, 2]\nX = []\nfor i, a in enumerate(A):\n    X += [a]", &[], json!([1, 2])),
        ("A = [1]\nB = zip(A, 'xy')\nA.append(2)\nX = len(list(B))", &[], unknown()),
        ("A = [1]\nB = zip(A, 'xy')\nX = len(list(B))", &[], json!(1)),
        ("A = [1]\nB = iter(A)\nA[0] = 2\nX = next(B)", &[], unknown()),
        ("A = [1]\nB = iter(A)\nnext(B)\nX = next(B, 'end')", &[], json!("end")),
        ("A = [1]\nB = map(str, A)\nA[0] = 2\nX = list(B)", &[], unknown()),
        ("A = [1]\nB = 1\nC = (a + B for a in A)\nB = 2\nX = list(C)", &[], unknown()),
        ("A = [1]\nB = [1]\nC = (a in B for a in A)\nB.clear()\nX = list(C)", &[], unknown()),
        ("A = [1]\nC = (a for a in A)\nA = [2]\nX = list(C)", &[], json!([1])),
        ("A = [1]\nC = enumerate(a for a in A)\nA.clear()\nX = list(C)", &[], unknown()),
        ("A = [1]\nC = (a for a in A)\nX = list(C)\nA.clear()\nX = list(C)", &[], json!([])),
    ];
    for (source, environment, expected) in cases {
        assert_eq!(&x(source, environment), expected, "{source}");
    }
}

/// The values are those of CPython 3.11 and packaging 25.
#[test]
fn digests_and_versions_are_those_of_the_libraries() {
    let head =
        "import hashlib, os\nfrom packaging.version import InvalidVersion, Version, parse as V\n";
    for (expression, expected) in [
        (
            "hashlib.sha256(b'a').hexdigest()",
            json!("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ),
        ("hashlib.sha512().hexdigest()[:8]", json!("cf83e135")),
        ("hashlib.sha224(b'x').hexdigest()[:8]", json!("54a2f7f9")),
        ("list(hashlib.sha384(b'x').digest()[:2])", json!([215, 82])),
        ("hashlib.sha256('a'.encode()).hexdigest()[:8]", json!("ca978112")),
        ("hashlib.md5(b'a').hexdigest()", json!("unknown")),
        ("hashlib.sha256(os.urandom(3)).hexdigest()", json!("unknown")),
        ("hashlib.sha256(b'a').block_size", json!("unknown")),
        ("V('4.2') > V('4.2rc1')", json!(true)),
        (
            "[V('1.10') > V('1.9'), V('1.0') == V('1.0.0'), V('1') != V('1.0')]",
            json!([true, true, false]),
        ),
        (
            "[V('2!1') > V('3'), V('1.0.post1') > V('1.0'), V('1.0.dev1') < V('1.0a1')]",
            json!([true, true, true]),
        ),
        ("[V('1.0+x') > V('1.0'), V('1') <= V('1'), V('1') >= V('2')]", json!([true, true, false])),
        (
            "[str(V('1.2.3')), V('5.2').major, V('5').minor, V('5.2.1').micro]",
            json!(["1.2.3", 5, 0, 1]),
        ),
        ("str(V('1.2RC1'))", json!("unknown")),
        ("[str(v) for v in sorted([V('2'), V('1')])]", json!(["1", "2"])),
        ("Version(os.uname().release) > V('1')", json!("unknown")),
        ("V('1').is_devrelease", json!("unknown")),
    ] {
        assert_eq!(x(&format!("{head}X = {expression}"), &[]), expected, "{expression}");
    }
    for (statement, expected) in [
        ("try:\n    X = V('no version')\nexcept InvalidVersion:\n    X = 1", json!(1)),
        ("try:\n    X = hashlib.sha256('a')\nexcept TypeError:\n    X = 1", json!(1)),
        ("H = hashlib.sha256()\nH.update(b'a')\nX = H.hexdigest()[:8]", json!("ca978112")),
    ] {
        assert_eq!(x(&format!("{head}{statement}"), &[]), expected, "{statement}");
    }
}

#[test]
fn loggers_and_clients_change_nothing_of_what_they_are_given() {
    for source in [
        "from loguru import logger\nX = {'a': [1]}\nlogger.configure(**X)\nlogger.add('x', **X)",
        "import boto3\nX = {'a': [1]}\nC = boto3.client('s3', config=X)",
        "from pymongo import MongoClient\nX = {'a': [1]}\nC = MongoClient('h', options=X)",
        "import redis\nX = {'a': [1]}\nC = redis.Redis(options=X)",
    ] {
        assert_eq!(x(source, &[]), json!({"a": [1]}), "{source}");
    }
}

#[test]
fn what_may_be_another_name_for_an_object_may_change_it() {
    let mut wrong = Vec::new();
    for source in [
        "import lib\nX = {'a': 1}\nY = next(lib.items(), X)\ndel Y['a']",
        "import lib\nX = {'a': 1}\nY = {}.get(lib.key, X)\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = lib.items() or X\nY['a'] = 2",
        "import lib, os\nX = {'a': 1}\nY = getattr(lib.a, 'b', X)\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = {'b': 2}.pop(lib.key, X)\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = {}.setdefault(lib.key, X)\nY['a'] = 2",
        "import lib\nX = ['a']\nY = next(lib.items(), X)\nY.insert(9, 'b')",
        "import lib\nX = ['a']\nY = next(lib.items(), X)\nF = Y.append\nF('b')",
        "import lib\nclass A:\n    n = []\n    def f(self):\n        self.n.append(1)\nX = A.n\nY = next(lib.items(), A())\nY.f()",
        "import lib\nX = {'a': 1}\nY = {'k': X}[lib.key]\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = {'k': X}.get(lib.key)\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = {'k': X}.pop(lib.key)\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = [X].pop(lib.n)\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nfor Y in lib.sort([X]):\n    Y['a'] = 2",
        "import lib\nX = {'a': 1}\nfor Y in sorted([X], key=lib.f):\n    Y['a'] = 2",
        "import lib\nX = {'a': 1}\nfor Y in [i for i in [X] if lib.f(1)]:\n    Y['a'] = 2",
        "import lib\nX = {'a': 1}\nY = (X, 1)[lib.n]\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = [X][:lib.n]\nY[0]['a'] = 2",
        "import lib\nX = {'a': 1}\nY = list(filter(lib.f, [X]))\nY[0]['a'] = 2",
        "import lib\nX = {'a': 1}\nY = [X, {}][lib.n]\nY['a'] = 2",
        "import lib\nX = {'a': 1}\nY = max([X, {}], key=lib.f)\nY['a'] = 2",
    ] {
        let found = x(source, &[]);
        if found != json!("unknown") && found.get("one_of").is_none() {
            wrong.push(source);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn relative_paths_lead_from_the_working_folder() {
    let ask = |source: &str, folder: Option<&str>| {
        let request = json!({
            "files": {"web/conf.py": source, "web/data.json": "{\"a\": 1}"},
            "root": "web", "module": "conf", "environment": {}, "absolute_root": "/srv",
            "working_folder": folder,
        });
        let answer = batch::answer(&request.to_string());
        let entry = &answer["settings"]["X"];
        if entry["state"] == "known" { entry["value"].clone() } else { entry["state"].clone() }
    };
    let cases = [
        ("import os\nX = os.getcwd()", json!("/srv/web")),
        ("import os\nX = os.path.abspath('../x')", json!("/srv/x")),
        ("from pathlib import Path\nX = str(Path('a').resolve())", json!("/srv/web/a")),
        ("from pathlib import Path\nX = str(Path.cwd() / 'a')", json!("/srv/web/a")),
        ("import os\nX = os.path.exists('data.json')", json!(true)),
        ("import os\nX = os.path.isdir('data')", json!(false)),
        ("X = open('data.json').read()", json!("{\"a\": 1}")),
    ];
    for (source, expected) in cases {
        assert_eq!(ask(source, Some("/srv/web")), expected, "{source}");
        assert_eq!(ask(source, None), json!("unknown"), "{source}");
    }
    // Another folder than the repository's says nothing of what is in it.
    assert_eq!(ask("import os\nX = os.path.exists('data.json')", Some("/var")), json!("unknown"));
}

#[test]
fn items_are_set_as_python_does() {
    let cases = [
        ("try:\n    a = [1]\n    a['k'] = 1\n    X = 1\nexcept TypeError:\n    X = 2", json!(2)),
        ("try:\n    a = [1]\n    del a['k']\n    X = 1\nexcept TypeError:\n    X = 2", json!(2)),
        ("try:\n    a = 'x'\n    del a[0]\n    X = 1\nexcept TypeError:\n    X = 2", json!(2)),
        ("try:\n    a = {}\n    del a[[]]\n    X = 1\nexcept TypeError:\n    X = 2", json!(2)),
        ("try:\n    a = range(3)['k']\n    X = 1\nexcept TypeError:\n    X = 2", json!(2)),
    ];
    for (source, expected) in cases {
        assert_eq!(x(source, &[]), expected, "{source}");
    }
}
