"""environs: the fields, defaults, prefixes, env files and files that variables name."""

from run import ROOT, module

NEWEST = {
    "environs": "15.2.0",
    "marshmallow": "4.4.0",
    "python-dotenv": "1.2.4",
    "dj-database-url": "3.1.2",
    "dj-email-url": "1.0.6",
    "django": "5.2.19",
    "asgiref": "3.13.0",
    "sqlparse": "0.6.1",
    "typing_extensions": "4.15.0",
    "packaging": "26.3",
}
# With the marshmallow of their time: older ones do not start with marshmallow 4.
VERSIONS = [
    (None, None), ("15.0.0", None), ("15.0.1", None), ("14.6.0", None), ("14.5.0", None),
    ("14.3.0", None), ("14.1.0", None), ("13.0.0", "3.26.1"), ("12.0.0", "3.26.1"),
    ("11.2.1", "3.26.1"), ("11.0.0", "3.13.0"), ("10.3.0", "3.26.1"), ("9.5.0", "3.13.0"),
]
VALUES = {
    "EMPTY": "", "ONE": "1", "ZERO": "0", "TRUE": "True", "ON": "on", "OFF": "OFF", "Y": "y",
    "SPACED": " yes ", "TWO": "2", "NEG": "-3", "WORD": "word", "LIST": "a,b,,c", "NUMS": "1, 2,3",
    "DICT": "a=1, b = 2", "DICT2": "a=x=y;b=2", "BADDICT": "a,b", "FLOAT": "1.5", "NAN": "nan",
    "UNDER": "1_000", "JSON": '{"a": [1, 2.5, null]}', "JSONLIST": "[1]", "NULL": "null",
    "BADJSON": "{a}", "PATHY": "/srv/x/../y/", "SECONDS": "90", "DURATION": "1d 2h30m", "MS": "5ms",
    "LEVEL": "warning", "LEVELNUM": "15", "DSN": "postgres://u:p%40w@h:5432/db", "MAIL": "smtp://u@h:25",
    "BADURL": "foo://x", "P_WORD": "prefixed", "P_Q_WORD": "twice", "P_DEBUG": "no", "T": "t", "N": "n",
    "NL": "x\ny", "REF": "${WORD}", "REFDEF": "${NOPE:-fallback}", "REFMISS": "${NOPE}",
    "REFIN": "a-${WORD}-${ONE}", "REFSTART": "${WORD}/x", "ESC": "\\${WORD}", "DOLLAR": "$WORD",
}
NAMES = [name for name in VALUES if not name.startswith("P_")]


def reading():
    """Expressions that read variables of `env`."""
    for name in NAMES:
        for kind in ["", ".str", ".bool", ".int", ".float", ".list", ".json", ".log_level"]:
            yield f"env{kind}('{name}')"
    for name in ["DICT", "DICT2", "BADDICT", "EMPTY", "WORD"]:
        yield f"env.dict('{name}')"
        yield f"env.dict('{name}', subcast_values=int)"
        yield f"env.dict('{name}', subcast_keys=str, subcast_values=str)"
    for name in ["NUMS", "LIST", "EMPTY", "NOPE"]:
        for cast in ["int", "str", "bool", "float", "str.upper", "lambda v: v.strip()"]:
            yield f"env.list('{name}', subcast={cast})"
        yield f"env.list('{name}', [], int)"
        yield f"env.list('{name}', delimiter=' ')"
    for name in ["SECONDS", "DURATION", "MS", "NEG", "NOPE"]:
        yield f"env.timedelta('{name}')"
    yield from ["env.path('PATHY')", "env.path('NOPE', default='a/b')", "env.path('NOPE')"]
    yield from ["env.dj_db_url('DSN')", "env.dj_db_url('BADURL')", "env.dj_db_url('NOPE')"]
    yield from ["env.dj_db_url('NOPE', default='sqlite:///x')", "env.dj_email_url('MAIL')"]
    yield from ["env.dj_db_url('DSN', conn_max_age=60)", "env.dj_email_url('NOPE', default='console:')"]
    yield from ["env.url('NOPE')", "env.str('WORD', validate=lambda v: True)"]
    yield from ["env.int('NOPE', default=1, validate=lambda v: True)"]


def defaults():
    """Expressions that fall to a default."""
    for kind in ["", ".str", ".bool", ".int", ".float", ".list", ".dict", ".json", ".log_level"]:
        for default in ["None", "True", "False", "0", "5", "'x'", "'7'", "''", "[]", "['a']", "{}"]:
            yield f"env{kind}('NOPE', {default})"
            yield f"env{kind}('NOPE', default={default})"
            yield f"env{kind}('ONE', default={default})"
    for default in ["[1, 2]", "['1']", "'1,2'", "None"]:
        yield f"env.list('NOPE', {default}, subcast=int)"


HEAD = "from environs import Env\nenv = Env()\n"
PREFIX = """from environs import Env
env = Env()
with env.prefixed('P_'):
    A = env('WORD')
    with env.prefixed('Q_'):
        B = env.str('WORD', 'd')
        C = env('NOPE', 'e')
    D = env.bool('DEBUG')
E = env('WORD')
with env.prefixed('NONE_') as sub:
    F = sub('WORD', 'f')
"""
EAGER = """from environs import Env, EnvError
env = Env(eager=False)
A = env('WORD')
B = 1
try:
    env.seal()
    C = 'sealed'
except EnvError:
    C = 'failed'
try:
    env('WORD')
except TypeError:
    D = 'sealed'
"""
ERRORS = """from environs import Env, EnvError
import environs
env = Env()
try:
    A = env('NOPE')
except EnvError:
    A = 'caught'
try:
    B = env.int('WORD')
except environs.EnvValidationError:
    B = 'invalid'
try:
    C = env.int('WORD')
except ValueError:
    C = 'value'
"""
FILE = "# c\nA=1\nexport B='x y'\nC=${A}/${PRE}\nPRE=file\nD=\nE\nL=1,2\n"
KEYS = ["env('A')", "env('B')", "env('C')", "env('PRE')", "env('D')", "env('E', 'none')",
        "env.list('L', subcast=int)", "os.environ.get('A')", "env.int('A', 7)", "env('NOPE')"]


def cases():
    for version, marshmallow in VERSIONS:
        installed = {"environs": version}
        number = tuple(map(int, version.split("."))) if version else (99,)
        if marshmallow:
            installed["marshmallow"] = marshmallow

        def case(name, files, env=None):
            return {"name": name, "files": files, "env": env or {}, "installed": installed}

        def one(name, text, env=None, **files):
            return case(name, {"settings.py": text, **files}, env)

        yield one("environs reading", module(HEAD, reading()), VALUES)
        yield one("environs defaults", module(HEAD, defaults()), VALUES)
        expand = HEAD.replace("Env()", "Env(expand_vars=True)")
        names = [n for n in NAMES if n[:3] in ("REF", "ESC", "DOL", "WOR", "ONE")]
        expressions = [f"env('{n}')" for n in names] + [f"env('{n}', 'd')" for n in names]
        expressions += ["env('NOPE', '${WORD}')", "env.list('NOPE', ['${WORD}'])"]
        yield one("environs expand", module(expand, expressions), VALUES)
        yield one("environs prefix", PREFIX, VALUES)
        yield one("environs errors", ERRORS, VALUES)
        yield one("environs eager", EAGER, VALUES)
        for name, call in [
            ("", "env.read_env()"),
            (" path", "env.read_env(os.path.join(os.path.dirname(__file__), '.env'), recurse=False)"),
            (" override", "env.read_env(override=True)"),
        ]:
            text = module(f"import os\n{HEAD}{call}\n", KEYS)
            yield case("environs file" + name, {"settings.py": text, ".env": FILE}, {"PRE": "p", "A": "9"} if name else {"PRE": "p"})
        text = module(f"import os\n{HEAD}env.read_env()\n", ["env('A', 'x')", "env('A')"])
        yield one("environs no file", text)
        deep = {"settings.py": "from pkg.conf import *\n", "pkg/__init__.py": "", ".env": FILE}
        yield case("environs upward", {**deep, "pkg/conf.py": module(f"import os\n{HEAD}env.read_env()\n", KEYS)})
        if number >= (14,):
            single = "import os\nfrom environs import env\n"
            yield one("environs single", module(single, ["env('WORD')", "env.bool('ON')"]), VALUES)
        if number >= (14, 3):
            head = "import os\nfrom environs import FileAwareEnv\nenv = FileAwareEnv()\nenv.read_env()\n"
            keys = ["env('KEY')", "env('OTHER')", "env.int('NOPE', 3)", "env('A')", "env('PRE')"]
            files = {"settings.py": module(head, keys), "key.txt": " from file\r\n", ".env": FILE}
            env = {"KEY_FILE": str(ROOT / "key.txt"), "KEY": "direct", "OTHER": "o", "OTHER_FILE": ""}
            yield case("environs file aware", files, env)
        if number >= (14, 5):
            head = "from environs import FileAwareEnv\nenv = FileAwareEnv(strip_whitespace=True)\n"
            yield case("environs file strip", {"settings.py": module(head, ["env('KEY')"]), "key.txt": " k \n"}, {"KEY_FILE": str(ROOT / "key.txt")})
