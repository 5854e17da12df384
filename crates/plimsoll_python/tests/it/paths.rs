//! What is not known: undecided branches, unknown code, missing variables and files, limits.

use plimsoll_source::ProblemKind;

use crate::json::{evaluated, settings, shown};

/// `text` as settings, and what is known of `X`.
fn x(text: &str) -> String {
    shown(&evaluated(text, &[]), "X")
}

#[test]
fn undecided_branches_join() {
    let cases = [
        ("import socket\nif socket.gethostname() == 'a':\n    X = 1\nelse:\n    X = 1", "1"),
        (
            "import socket\nif socket.gethostname() == 'a':\n    X = 1\nelse:\n    X = 2",
            "one of 1 2",
        ),
        ("import socket\nX = 'a' if socket.gethostname() else 'b'", "one of \"a\" \"b\""),
        (
            "import socket\nX = ['a']\nif socket.gethostname():\n    X.append('b')\nX += ['c']",
            "one of [\"a\",\"b\",\"c\"] [\"a\",\"c\"]",
        ),
        ("import socket\nif socket.gethostname():\n    X = 1", "unknown"),
        (
            "import socket\nX = 1\nif socket.gethostname():\n    raise SystemExit\nelse:\n    X = 2",
            "2",
        ),
        (
            "import socket\ndef f():\n    if socket.gethostname():\n        return 1\n    return 2\nX = f()",
            "one of 1 2",
        ),
        (
            "import socket\nX = 0\nfor i in range(3):\n    if socket.gethostname():\n        break\n    X = i",
            "one of 0 1 2",
        ),
        (
            "import socket\nclass C: pass\nc = C()\nif socket.gethostname():\n    c.z = 5\n\
             X = getattr(c, 'z', 'no')",
            "one of \"no\" 5",
        ),
        // An alias made on one path only.
        (
            "import socket\nA = [1]\nX = [2]\nif socket.gethostname():\n    X = A\nA.append(3)\nX = list(X)",
            "one of [1,3] [2]",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text), expected, "{text}");
    }
}

#[test]
fn paths_that_end_the_process_do_not_count() {
    let cases = [
        // More of them than paths are followed.
        (
            "import lib\nX = 0\nfor i in range(900):\n    try:\n        lib.act(i)\n    \
             except ValueError as e:\n        raise SystemExit(str(e))\n    X += 1",
            "900",
        ),
        (
            "import socket\ndef f(n):\n    if socket.gethostname() == n:\n        raise ValueError(n)\n    \
             return n\nX = [f(n) for n in range(900)][-1]",
            "899",
        ),
        // `finally` ends an exception where it leaves the block.
        (
            "import socket\ndef f():\n    try:\n        if socket.gethostname():\n            raise ValueError\n        \
             return 1\n    finally:\n        return 2\nX = f()",
            "2",
        ),
        (
            "import socket\nX = 0\nfor i in [1, 2]:\n    try:\n        if socket.gethostname():\n            \
             raise ValueError\n        X = i\n    finally:\n        continue",
            "one of 0 1 2",
        ),
        // A handler that raises inside of another `try`.
        (
            "import lib\nX = 1\ntry:\n    try:\n        lib.act()\n    except Exception as e:\n        X = 2\n        \
             raise ValueError from e\nexcept ValueError:\n    pass",
            "one of 1 2",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text), expected, "{text}");
    }
}

#[test]
fn items_that_are_not_known_may_raise() {
    let cases = [
        (
            "import lib\nX = 1\ntry:\n    a = [1]\n    a[lib.n] = 2\nexcept IndexError:\n    X = 2",
            "one of 1 2",
        ),
        ("import lib\nX = 1\ntry:\n    del lib.d['a']\nexcept KeyError:\n    X = 2", "one of 1 2"),
        ("import lib\nX = 1\ntry:\n    lib.d['a'] = 1\nexcept KeyError:\n    X = 2", "one of 1 2"),
        (
            "import socket\nX = 1\nd = {}\nif socket.gethostname():\n    d['a'] = 1\ntry:\n    del d['a']\n\
             except KeyError:\n    X = 2",
            "one of 1 2",
        ),
        // A number is neither None nor can it be called; what it picks may be either.
        (
            "import os\nX = os.getuid() is None, callable(os.getuid())",
            "{\"$type\":\"tuple\",\"items\":[false,false]}",
        ),
        ("import os\nX = callable([len, 1][os.getuid() % 2])", "unknown"),
        ("import os\nX = {0: len}.get(os.getuid()) is None", "unknown"),
        ("import os\nX = callable(os.getuid() or len)", "unknown"),
        ("import os\nX = callable(os.getuid().conjugate)", "unknown"),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text), expected, "{text}");
    }
}

#[test]
fn lists_keep_the_part_that_is_known() {
    let cases = [
        ("A = ['a', 'b']\nfor i in lib.all():\n    A.append(i)\nX = 'b' in A", "true"),
        ("A = ['a', 'b']\nfor i in lib.all():\n    A.append(i)\nX = 'c' in A", "unknown"),
        (
            "A = ['a']\nwhile lib.more():\n    A.insert(1, 'c')\nA.append('z')\nX = A[0], 'z' in A",
            "[\"a\",true]",
        ),
        ("A = ['a'] + lib.MORE + ['z']\nX = 'z' in A and bool(A)", "true"),
        ("A = [*lib.MORE, 'z']\nX = 'z' in A", "true"),
        (
            "A = ['a']\nA += lib.MORE\nA.extend(['z'])\nX = [i in A for i in ('a', 'z')]",
            "[true,true]",
        ),
        ("A = ['a']\nA.extend(lib.MORE)\nB = list(A)\nA.remove('a')\nX = 'a' in B", "true"),
        ("A = ['a']\nA.extend(lib.MORE)\nA.remove('a')\nX = 'a' in A", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nX = A[1]", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nX = len(A)", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nA.pop()\nX = 'a' in A", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nA.sort()\nX = A[0]", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nA[0] = 'b'\nX = 'a' in A", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\ndel A[0]\nX = 'a' in A", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nlib.change(A)\nX = 'a' in A", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nA *= 0\nX = 'a' in A", "unknown"),
        ("A = ['a']\nA.extend(lib.MORE)\nA.clear()\nX = A", "[]"),
        // It may be a list that is changed by another name.
        ("A = lib.MORE\nB = A\nA += ['z']\nB.clear()\nX = 'z' in A", "unknown"),
        (
            "A = ['a']\nif lib.flag:\n    A += lib.MORE\nelse:\n    A.append('b')\nX = 'a' in A, 'b' in A",
            "unknown",
        ),
    ];
    for (text, expected) in cases {
        let found = x(&format!("import lib\n{text}"));
        let found = found.replace("{\"$type\":\"tuple\",\"items\":", "").replace("]}", "]");
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn dicts_of_which_keys_may_be_there_keep_the_others() {
    // More keys that may be there than combinations are followed.
    let make = "import lib\nd = {'a': 1}\nfor k in 'bcdefg':\n    if lib.flag(k):\n        d[k] = 2\nd['z'] = [3]\n";
    let cases = [
        ("X = d['a'], d['z'][0], 'y' in d", "[1,3,false]"),
        ("X = 'b' in d", "unknown"),
        ("X = d.get('b', 5)", "one of 2 5"),
        ("X = d.get('y', 5)", "5"),
        ("try:\n    X = d['b']\nexcept KeyError:\n    X = 'none'", "one of \"none\" 2"),
        ("d['b'] = 7\nX = d['b']", "7"),
        ("d['b'] = 7\nX = list(d)", "unknown"),
        ("X = len(d)", "unknown"),
        ("X = d == {'a': 1}", "unknown"),
        ("X = bool(d)", "true"),
        ("X = str(d)", "unknown"),
        ("X = dict(**d)", "unknown"),
        ("X = {'b': 9, **d}['b']", "one of 2 9"),
        ("X = {'a': 9, **d}['a']", "1"),
        ("X = ({'b': 9} | d)['b']", "one of 2 9"),
        ("e = {'b': 9}\ne.update(d)\nX = e['b'], e['z'] is d['z']", "unknown"),
        ("e = {'b': 9}\ne.update(d)\nX = e['a'], e['z'] is d['z']", "[1,true]"),
        ("e = d.copy()\ne['a'] = 4\nX = d['a'], e['a']", "[1,4]"),
        ("import copy\ne = copy.deepcopy(d)\ne['z'].append(4)\nX = d['z'], e['z']", "[[3],[3,4]]"),
        ("d.pop('b', None)\nX = d", "unknown"),
        ("for k in d:\n    X = k\nX = 1", "1"),
        ("K = 8\nb = 5\nglobals().update(d)\nX = K, a, z", "[8,1,[3]]"),
        ("b = 5\nglobals().update(d)\nX = b", "one of 2 5"),
        ("globals().update(d)\nX = c", "2"),
    ];
    for (text, expected) in cases {
        let found = x(&format!("{make}{text}"));
        let found = found.replace("{\"$type\":\"tuple\",\"items\":", "").replace("]}", "]");
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn names_of_a_pattern_may_be_parts_of_the_subject() {
    let cases = [
        (
            "import lib\nX = {'a': []}\nmatch X:\n    case lib.C(a=b):\n        b.append(1)",
            "unknown",
        ),
        ("import lib\nX = [[], lib.a]\nmatch X:\n    case [b, 1]:\n        b.append(1)", "unknown"),
        ("import lib\nX = 1\nmatch lib.a:\n    case [X, 2]:\n        pass", "unknown"),
        (
            "import socket\nX = 1 if socket.gethostname() else 'a'\nmatch X:\n    case int():\n        X = 5\n    \
          case str(b):\n        X = b",
            "one of \"a\" 5",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text), expected, "{text}");
    }
}

#[test]
fn unknown_code_may_change_all_it_is_given() {
    let cases = [
        ("import lib\nX = ['a']\nlib.run(X)", "unknown"),
        ("import lib\nX = ['a']\nlib.run('x')", "[\"a\"]"),
        ("import lib\nX = 1\nlib.run(globals())", "unknown"),
        ("import lib\nX = 1\nlib.run(__name__)", "unknown"),
        ("X = 1\nfrom lib import *", "unknown"),
        ("from lib import *\nX = 1", "1"),
        ("import lib\nX = [1]\nfor i in lib.items():\n    X.append(i)", "unknown"),
        ("import lib\nX = 1\nfor i in lib.items():\n    X = 2", "one of 1 2"),
        ("import lib\nX = 0\nwhile lib.more():\n    X += 1", "unknown"),
        ("import lib\nX = {'a': 1}\nX[lib.key] = 2", "unknown"),
        // What a function does counts, whatever it is given.
        ("import lib\nX = 1\ndef f(a, *rest):\n    globals()['X'] = 2\nf(*lib.items())", "2"),
        (
            "import lib\nX = 1\ndef f(a, **rest):\n    global X\n    X = a\nf(**lib.items())",
            "unknown",
        ),
        (
            "import lib, os, dotenv\ndotenv.load_dotenv(*lib.items())\nX = os.environ.get('A', 'd')",
            "unknown",
        ),
        (
            "import lib\nfrom split_settings.tools import include\nX = 1\ninclude(*lib.items())",
            "unknown",
        ),
        ("import lib\ntry:\n    X = lib.value()\nexcept Exception:\n    X = 1", "unknown"),
        ("import lib\nX = 1\ntry:\n    lib.act()\nexcept Exception:\n    X = 2", "one of 1 2"),
        (
            "import logging.config\nX = {'a': 1}\nlogging.config.dictConfig(X)",
            "{\"$type\":\"dict\",\"items\":[[\"a\",1]]}",
        ),
        ("@unknown_decorator\ndef f():\n    return 1\nX = f()", "unknown"),
        // A library may take the names of a class for fields that it fills from elsewhere.
        ("import lib\nclass A(lib.Base):\n    b = 1\nX = A.b", "unknown"),
        ("import lib\nclass A(lib.Base):\n    b = 1\nX = A().b", "unknown"),
        ("import lib\nclass A(lib.Base):\n    b = 1\nclass C(A):\n    pass\nX = C().b", "unknown"),
        ("import lib\nclass A(metaclass=lib.Meta):\n    b = 1\nX = A.b", "unknown"),
        ("import lib\nclass A(lib.Base):\n    def f(self):\n        return 1\nX = A().f()", "1"),
        ("import lib\nclass A(lib.Base):\n    pass\nX = A.b", "unknown"),
        ("X = list({'a', 'b'})", "unknown"),
        ("X = sorted({'b', 'a'})", "[\"a\",\"b\"]"),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text), expected, "{text}");
    }
}

#[test]
fn a_missing_variable_stops_the_process_and_the_evaluation_goes_on() {
    let text = "import os\nX = {'a': os.environ['NEEDED'], 'b': 1}\nY = 2";
    let found = evaluated(text, &[]);
    assert_eq!(shown(&found, "X"), "unknown");
    assert_eq!(shown(&found, "Y"), "2");
    assert_eq!(found.stops.len(), 1);
    assert!(found.stops[0].message.contains("NEEDED"));
    assert_eq!(found.get("X").unwrap().variables, ["NEEDED"]);
    let given = evaluated(text, &[("NEEDED", "v")]);
    assert!(given.stops.is_empty());
    assert_eq!(shown(&given, "X"), r#"{"$type":"dict","items":[["a","v"],["b",1]]}"#);
}

#[test]
fn helpers_that_raise_name_the_variable() {
    let text = "import os\nfrom django.core.exceptions import ImproperlyConfigured\n\
                def need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        \
                raise ImproperlyConfigured('Set the %s variable' % name)\nX = need('KEY')";
    let found = evaluated(text, &[]);
    assert!(found.stops[0].message.contains("ImproperlyConfigured"));
    assert!(found.stops[0].message.contains("KEY"));
    assert_eq!(shown(&evaluated(text, &[("KEY", "k")]), "X"), "\"k\"");
}

#[test]
fn optional_files_are_absent_and_said_to_be() {
    let text = "X = 1\ntry:\n    from local_settings import *\nexcept ImportError:\n    pass";
    let found = evaluated(text, &[]);
    assert_eq!(shown(&found, "X"), "1");
    assert!(
        found
            .problems
            .iter()
            .any(|p| p.kind == ProblemKind::Missing && p.message.contains("local_settings"))
    );
    let found = settings(&[("settings.py", text), ("local_settings.py", "X = 2")], &[]);
    assert_eq!(shown(&found, "X"), "2");
    assert!(found.problems.is_empty());
}

#[test]
fn history_names_every_assignment_and_change() {
    let found = settings(
        &[
            ("base.py", "X = ['a']\nDEBUG = True\n"),
            ("settings.py", "from base import *\nX.append('b')\nDEBUG = False\n"),
        ],
        &[],
    );
    let via = |name: &str| -> Vec<String> {
        found.get(name).unwrap().via.iter().map(ToString::to_string).collect()
    };
    assert_eq!(via("X"), ["base.py:1:1", "settings.py:2:1"]);
    assert_eq!(via("DEBUG"), ["base.py:2:1", "settings.py:3:1"]);
    assert_eq!(found.get("DEBUG").unwrap().at.as_ref().unwrap().to_string(), "settings.py:3:1");
}

#[test]
fn what_decides_a_branch_is_among_the_variables() {
    let found = evaluated(
        "import os\nX = 1\nif os.environ.get('MODE') == 'a':\n    X = 2",
        &[("MODE", "a")],
    );
    assert_eq!(found.get("X").unwrap().variables, ["MODE"]);
}

#[test]
fn what_a_branch_left_out_adds_to_what_is_installed_is_no_dependence_of_it() {
    for (name, text, expected) in [
        (
            "MIDDLEWARE",
            "MIDDLEWARE = ['a']\nif os.environ.get('MODE'):\n    MIDDLEWARE += ['b']",
            vec![],
        ),
        ("X", "X = 1\nif os.environ.get('MODE'):\n    X += 1", vec!["MODE"]),
        ("X", "X = 'a'\nif os.environ.get('MODE'):\n    X += 'b'", vec!["MODE"]),
    ] {
        let found = evaluated(&format!("import os\n{text}"), &[]);
        assert_eq!(found.get(name).unwrap().variables, expected, "{text}");
    }
}

#[test]
fn hostile_files_end() {
    let deep = format!("X = {}1{}\nY = 1", "(".repeat(5000), ")".repeat(5000));
    let cases = [
        ("while True:\n    pass\nX = 1", "unknown"),
        ("def f(n):\n    return f(n + 1)\nX = f(0)", "unknown"),
        ("X = 'x' * 10 ** 10", "unknown"),
        ("X = 10 ** 10 ** 10", "unknown"),
        ("X = [0] * 10 ** 9", "unknown"),
        ("X = 'x'.ljust(10 ** 9)", "unknown"),
        ("X = 'x'\nfor i in range(64):\n    X = X + X", "unknown"),
        ("X = []\nX.append(X)", "unknown"),
        ("X = [1]\nfor y in X:\n    X.append(y)", "unknown"),
        (deep.as_str(), "absent"),
    ];
    for (text, expected) in cases {
        assert_eq!(x(text), expected, "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn around_a_syntax_error_nothing_is_claimed() {
    let found = evaluated("A = 1\nX = (1,\nB = 2\n", &[]);
    assert!(found.problems.iter().any(|problem| problem.kind == ProblemKind::Syntax));
    assert_ne!(shown(&found, "X"), "{\"$type\":\"tuple\",\"items\":[1]}");
    assert_eq!(shown(&found, "ALLOWED_HOSTS"), "unknown");
}

#[test]
fn what_python_has_but_is_not_modelled_does_not_stop_the_process() {
    let cases = [
        ("X = 0\ntry:\n    X = 1\nexcept (ConnectionResetError, BrokenPipeError):\n    X = 2", "1"),
        ("X = issubclass(ConnectionResetError, OSError)", "true"),
        ("X = memoryview(b'a')", "unknown"),
        ("from pathlib import Path\nX = Path('/a').owner()", "unknown"),
        ("X = b'a-b'.partition(b'-')", "unknown"),
        ("X = hasattr('', '__html__'), hasattr('', '__doc__')", "unknown"),
        ("X = hasattr('', '__html__')", "false"),
        ("X = hasattr('', 'nothing')", "false"),
        ("class A:\n    pass\nX = hasattr(A(), 'nothing')", "false"),
        ("class A:\n    pass\nX = A().__doc__", "unknown"),
    ];
    for (text, expected) in cases {
        let found = evaluated(text, &[]);
        assert_eq!(shown(&found, "X"), expected, "{text}");
        assert!(found.stops.is_empty(), "{text}: {:?}", found.stops);
    }
}
