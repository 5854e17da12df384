"""Smaller libraries and parts of Django and Python: files of YAML, cache URLs, periods, addresses, JSON as text, the
folders of a user, Django's languages, hosts and form fields, and what is installed.
"""

from run import module

NEWEST = {
    "pyyaml": "6.0.3",
    "django-cache-url": "3.4.6",
    "pytimeparse": "1.1.10",
    "appdirs": "1.4.4",
    "platformdirs": "4.14.5",
    "django": "5.2.19",
    "asgiref": "3.13.0",
    "sqlparse": "0.6.1",
    "typing_extensions": "4.15.0",
    "pytz": "2026.6",
}
PREPARE = "import django.conf; django.conf.settings.configure()"

YAML = r"""
plain: text
empty:
tilde: ~
nothing: null
quoted: "a\tb"
single: 'it''s'
yes: no
on: On
flag: true
wrong: TrUe
word: y
int: 12
negative: -3
plus: +4
octal: 017
hex: 0x1F
binary: 0b101
under: 1_000
sexagesimal: 1:30
zero: 0
new octal: 0o17
float: 1.5
dot: .5
exponent: 1e3
exponent2: 1.0e+3
inf: .inf
minus: -.INF
big: 123456789012345678901234567890
date: 2001-12-14
version: 1.2.3
address: 10.0.0.1
network: 10.0.0.0/8
path: /srv/app
time: 12:30:45
dash: -x
star: "*"
list: [a, 1, null, "2"]
nested:
  - name: a
    hosts: [x, y]
  - - 1
    - 2
literal: |
  one
  two
folded: >-
  one
  two
1: number
true: flag
null: none
1.5: half
anchor: &a {k: v}
alias: *a
later: first
later: second
colon: a:b
hash: a#b
unicode: é
"""
PARTS_YAML = [f"LOADED[{key!r}]" for key in """plain empty tilde nothing quoted single flag wrong word int negative plus
octal hex binary under sexagesimal zero float dot exponent exponent2 inf minus version address network path dash star
list nested literal folded anchor alias later colon hash unicode""".split()]


def yaml_cases():
    head = (
        "import yaml\n"
        "from pathlib import Path\n"
        "HERE = Path(__file__).parent\n"
        "def load(name):\n"
        "    with open(HERE / name) as stream:\n"
        "        return yaml.safe_load(stream)\n"
        "LOADED = load('all.yml')\n"
    )
    # Forms that are not modelled make the whole file unknown: they have files of their own.
    odd = ("big:", "date:", "time:", "later:")
    text = "\n".join(line for line in YAML.split("\n") if not line.startswith(odd))
    expressions = PARTS_YAML[:]
    expressions += ["list(LOADED)", "LOADED[True]", "LOADED[1]", "LOADED[None]", "LOADED[1.5]"]
    expressions = [e for e in expressions if "'later'" not in e]
    texts = [
        "a: 1", "", "# only a comment", "[1, 2", "a: b: c", "- a\n- b", "text", "a: 2001-12-14", "a: 1\na: 2", "&a [1]",
        "!!str 1", "a: !tag b", "base: &b {x: 1}\nd:\n  <<: *b\n  y: 2", "a\n---\nb", "{a: b, c: [d]}", "'1'", "1",
        "a: 12:30:45", "a: 123456789012345678901234567890", "a: 0o17", "a: 1e3", "a: =", "a: -", "a: .", "a: 1.", "a: 1,5",
        "a: 09", "a: 1__0", "a: 0x", "a: +", "a: 10:70", "a: 1:2:3", "a: 3d", "a: 1h", "a: 5 MB", "a: 2 days", "a: 1-2",
        "a: 2026-11", "a: 2026-11-21 10:00", "a: 1.2.3.4", "a: .env", "a: .net", "a: -1.5e-3", "a: .nan", "a: 1.5e3",
        "a: 1/2", "a: 0b102", "a: 0xG", "a: 10%", "a: +49 30", "a: \"1\"", "a: 'yes'", "a: !!int '3'", "? a\n: b", "%YAML 1.1\n---\na: 1",
    ]
    expressions += [f"yaml.safe_load({text!r})" for text in texts]
    expressions += [
        "yaml.load('a: 1', Loader=yaml.SafeLoader)", "yaml.load('a: yes', yaml.FullLoader)", "yaml.safe_load(b'a: 1')",
        "yaml.load(open(HERE / 'all.yml'), Loader=yaml.CSafeLoader)['octal']",
    ]
    for version in (None, "6.0.1"):
        yield case("yaml", head, expressions, {"pyyaml": version}, {"all.yml": text})


CACHE_URLS = [
    "locmem://", "locmem://name", "dummy://", "db://table", "file:///var/tmp/cache", "memcached://127.0.0.1:11211",
    "memcached://h1:11211,h2:11211?key_prefix=p", "memcached:///tmp/m.sock", "redis://h", "redis://h:6380/2", "redis://h/",
    "redis://:pw@h:6379/1?timeout=5", "redis://user:p%40w@h:6379/1", "rediss://h:6379/1", "hiredis://h/1", "redis:///var/r.sock/2",
    "redis://h/1?lib=redis-cache", "locmem://?max_entries=10&cull_frequency=3", "locmem://?max_entries=x", "unknown://", "",
    "pymemcache://h:1", "elasticache://h:11211", "db://table?timeout=60&version=2", "redis://H.Example.org/0?KEY_PREFIX=a&key_prefix=b",
]


def cache_cases():
    expressions = [f"django_cache_url.parse({url!r})" for url in CACHE_URLS]
    expressions += [
        "django_cache_url.config()", "django_cache_url.config('SET')", "django_cache_url.config('EMPTY')",
        "django_cache_url.config(default='dummy://')", "django_cache_url.config('UNSET', 'redis://h:1/1')",
        "{'default': django_cache_url.config(env='SET')}",
    ]
    environment = {"SET": "redis://cache.internal:6379/1", "EMPTY": ""}
    for version in (None, "3.4.2", "3.4.0", "3.3.0", "3.2.3"):
        yield case("django-cache-url", "import django_cache_url", expressions, {"django-cache-url": version}, env=environment)


PERIODS = [
    "1h", "30m", "90", "1 day", "2 days, 5 minutes", "1m24s", "1:24", ":22", "1.5h", "-1h", "+ 5 minutes", "", "x", "1w2d3h4m5s",
    "5 secs", "1 HOUR", "10 mins", "3 wks", "1 d 2 h", "5m 3h", "1 hour/30 minutes", " 7 days ", "1:02:03", "2 dys", "1 hrs", "0s", "1 month",
]
ADDRESSES = [
    "ann@example.org", "Ann <ann@example.org>", "Ann Admin <ann@example.org>", "Ann  Admin   <ann@example.org>", "",
    "root", "1", "Ann Admin <ann@example.org>, bob@example.org", "a@b, c@d", "'Ann' <a@b>", '"Ann, A." <a@b>', "Ann (x) <a@b>",
    "Ann <a@b", "<a@b>", "Ann<a@b>", " a@b ", "a@b c@d", "Ünï <a@b>", "J. Smith <a@b>", "a.b+c@d-e.org", "a@b,", "True", "true ",
]


def text_cases():
    head = (
        "import json\nimport yaml\nfrom pytimeparse import parse\nfrom pytimeparse.timeparse import timeparse\n"
        "from email.utils import getaddresses, parseaddr, formataddr\n"
        "from django.http.request import split_domain_port\nfrom django.utils.safestring import mark_safe\n"
    )
    values = [
        "None", "True", "1", "-1.5", "1e300", "float('inf')", "float('nan')", "'a\"b'", "'é😀'", "'a\\tb\\x01\\x7f/'", "[]", "{}", "()",
        "[1, [2, {'a': None}]]", "{'b': 1, 'a': (1, 2)}", "{1: 2, None: 3, True: 4, 1.5: 5}", "{(1, 2): 3}", "{1, 2}", "b'x'", "object()",
        "{'a': {}, 'b': []}", "10**30",
    ]
    options = ["", ", indent=2", ", sort_keys=True", ", separators=(',', ':')", ", ensure_ascii=False", ", indent=0", ", indent='\\t', separators=(',', '=')", ", default=str"]
    expressions = [f"json.dumps({value}{option})" for value in values for option in options[:1] + options[1:2] + options[3:5]]
    expressions += [f"json.dumps({{'b': [1, {{}}], 'a': {{'z': 1, 'y': []}}}}{option})" for option in options]
    expressions += [f"parse({text!r})" for text in PERIODS] + ["timeparse('1h')"]
    expressions += [f"getaddresses([{text!r}])" for text in ADDRESSES] + [f"parseaddr({text!r})" for text in ADDRESSES]
    expressions += ["getaddresses(['a@b', 'Ann <c@d>'])", "getaddresses([])"]
    names = ["Ann", "", None, "Ann, A.", "A \"q\" B", "A\\B", "Ünï", "A (x)", "O'Neil"]
    expressions += [f"formataddr(({name!r}, 'a@b'))" for name in names]
    hosts = ["example.org", "Example.ORG:8000", "example.org.", "localhost:", "[::1]:80", "a b", "", "10.0.0.1:1", "a:b", "a..", ".a", "a_b", "x:80:90"]
    expressions += [f"split_domain_port({host!r})" for host in hosts]
    expressions += ["mark_safe('<b>x</b>')", "mark_safe('a') + 'b'", "'%s' % mark_safe('a')"]
    yield case("texts", head, expressions, {"pytimeparse": None})


def user_cases():
    head = "import os\nfrom pathlib import Path\nimport appdirs\nimport platformdirs\n"
    expressions = [
        "os.path.expanduser('~')", "os.path.expanduser('~/a')", "os.path.expanduser('~nobody-at-all/a')", "os.path.expanduser('a~')",
        "Path.home()", "Path('~/a/b').expanduser()", "Path('a').expanduser()", "str(Path.home() / '.x')",
    ]
    for library in ("appdirs", "platformdirs"):
        for kind in ("data", "config", "cache", "state"):
            expressions += [f"{library}.user_{kind}_dir('app')", f"{library}.user_{kind}_dir()"]
        expressions += [
            f"{library}.user_data_dir('app', 'author')", f"{library}.user_data_dir(appname='app', version='1.0')",
            f"{library}.user_data_dir('', version='1')", f"{library}.user_data_dir('app', roaming=True)",
        ]
    expressions += ["platformdirs.user_config_path('app')", "platformdirs.user_data_path('app', version='2')"]
    for environment in ({"HOME": "/home/app"}, {"HOME": "/home/app/"}, {"HOME": "/"}, {"HOME": "/home/app", "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": ""}):
        yield case("home", head, expressions, {"appdirs": None, "platformdirs": None}, env=environment)


def django_cases():
    head = (
        "import importlib.util\nfrom importlib.util import find_spec\nimport django.forms\nfrom django import forms\n"
        "from django.conf.locale import LANG_INFO\nfrom django.core import validators\nfrom django.utils.translation import get_language_info\n"
        "import logging.handlers\n"
        "LANG_INFO['de-informal'] = {'bidi': False, 'code': 'de-informal', 'name': 'German (informal)', 'name_local': 'Deutsch'}\n"
    )
    expressions = [
        "list(LANG_INFO)", "LANG_INFO['de']", "LANG_INFO['zh-cn']", "LANG_INFO['pt-br']['name_local']", "len(LANG_INFO)", "'ckb' in LANG_INFO",
        "[code for code in LANG_INFO if LANG_INFO[code].get('bidi')]", "LANG_INFO['de-informal']", "LANG_INFO['xx']",
        "get_language_info('de')['name_local']", "get_language_info('de-ch-1996')['code']", "get_language_info('zh-cn')['code']",
        "get_language_info('de-informal')['name']", "get_language_info('xx')", "get_language_info('xx-yy')", "sorted(get_language_info('nl'))",
        "forms.CharField(max_length=3)", "[forms.IntegerField(), 'a']", "forms.fields.JSONField(required=False)", "django.forms.TextInput({'size': 3})",
        "validators.RegexValidator(r'^a$', 'no')", "[validators.MinValueValidator(1)]",
        "find_spec('json') is not None", "find_spec('django') is not None", "find_spec('yaml') is None", "find_spec('not_there_at_all')",
        "importlib.util.find_spec('local_settings') is None", "find_spec('package').name", "find_spec('package.part') is not None", "find_spec('package.none')",
        "find_spec('django.contrib') is not None", "find_spec('nothing.below')",
        "logging.handlers.SysLogHandler.LOG_LOCAL2", "logging.handlers.SysLogHandler.LOG_DAEMON", "logging.handlers.SysLogHandler.LOG_ERR", "logging.handlers.SysLogHandler.LOG_SOLCRON",
    ]
    files = {"package/__init__.py": "", "package/part.py": ""}
    for version in (None, "4.2.30", "3.2.25"):
        yield case("django parts", head, expressions, {"django": version, "pyyaml": None}, files)


def case(name, head, expressions, installed, files=None, env=None):
    text = module(head, expressions)
    return {"name": name, "files": {"settings.py": text, **(files or {})}, "env": env or {}, "installed": installed}


def cases():
    for make in (yaml_cases, cache_cases, text_cases, user_cases, django_cases):
        yield from make()
