"""Writes random settings modules of the idioms that real ones are made of.

Each statement is run while it is written, so that the next one can choose among the values that exist: a method for a
string, a key that a dict has. Statements that raise are left out; so are values that grow too large.
"""

import contextlib
import datetime
import io
import os
import pathlib
import random
import signal
import sys

WORDS = ["app", "Web", "api", "x", "", "a b", "True", "false", "1", "0", "10", "prod.example.org", "redis://h:6379/1",
         "ünï", "a,b,c", " pad ", "it's", 'say "x"', "tab\t", "%s", "{}", "/srv/data", "k=v;z=w", "yes", "INFO"]
KEYS = ["default", "NAME", "ENGINE", "OPTIONS", "host", "port", "a", "b"]
VARIABLES = {"DEBUG": ["True", "False", "true", "0", "1", "", "on", None], "HOSTS": ["a.org,b.org", "a.org, b.org,", "", None],
             "PORT": ["8000", "0", None], "NAME": ["db", "", None], "LEVEL": ["info", "DEBUG", None], "MODE": ["prod", "dev", None],
             "RATIO": ["0.5", "2", None], "PAIRS": ["a=1,b=2", None], "JSON": ['{"a": [1, 2]}', "[]", None]}
TYPES = {"str": str, "int": int, "bool": bool, "float": float, "list": list, "dict": dict, "tuple": tuple, "set": set,
         "none": type(None), "path": pathlib.PurePath, "delta": datetime.timedelta}
PRELUDE = ["import os", "import sys", "import json", "import copy", "import re", "from pathlib import Path", "from datetime import timedelta",
           "import datetime", "from os import environ, path", "import itertools, functools", "from collections import OrderedDict, defaultdict",
           "BASE_DIR = Path(__file__).resolve().parent.parent", "ROOT = os.path.dirname(os.path.abspath(__file__))"]


class Writer:
    """Writes one module, running it as it goes."""

    def __init__(self, rng, scope, prefix):
        self.rng, self.scope, self.prefix, self.count = rng, scope, prefix, 0
        self.locals = []  # (name, type) of names in scope inside functions and comprehensions
        self.helpers = []  # (name, types of parameters, type of result)

    # names and values -------------------------------------------------------------------------

    def fresh(self, upper=True):
        self.count += 1
        return f"{self.prefix}{self.count}" if upper else f"{self.prefix.lower()}{self.count}"

    def names(self, wanted):
        """Names that hold a value of a type."""
        kind = TYPES.get(wanted)
        found = [name for name, known in self.locals if known == wanted]
        for name, value in self.scope.items():
            if name.startswith("_") or not (name[-1:].isdigit() or name in ("BASE_DIR", "ROOT")) or isinstance(value, type):
                continue
            if kind and isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
                found.append(name)
        return found

    def pick(self, *options):
        return self.rng.choice(options)

    def chance(self, share):
        return self.rng.random() < share

    def any_type(self):
        return self.rng.choices(["str", "int", "bool", "list", "dict", "tuple", "none", "float", "path", "set", "delta"], [30, 14, 14, 14, 12, 6, 3, 3, 5, 3, 2])[0]

    # expressions ------------------------------------------------------------------------------

    def expr(self, wanted=None, depth=2):
        """The text of an expression of a type, as far as can be told."""
        wanted = wanted or self.any_type()
        names = self.names(wanted)
        if names and self.chance(0.3):
            return self.rng.choice(names)
        if depth <= 0 or self.chance(0.2):
            return self.literal(wanted)
        if self.chance(0.08):
            return self.general(wanted, depth - 1)
        return getattr(self, "expr_" + wanted)(depth - 1)

    def literal(self, wanted):
        r = self.rng
        if wanted == "str":
            word = r.choice(WORDS)
            return r.choice([repr(word), repr(word), "'" + "''" * 0 + word.replace("'", "").replace("\\", "") .replace("\t", " ")+ "'", 'r"' + word.replace('"', "") + '"'])
        if wanted == "int":
            return r.choice(["0", "1", "2", "3", "7", "60", "1_000", "0x1F", "0o755", "-1", "60 * 60 * 24", "5432", "10 ** 20"])
        return {
            "bool": lambda: r.choice(["True", "False"]),
            "float": lambda: r.choice(["0.5", "1.0", "2.25", "1e3", "-0.1"]),
            "none": lambda: "None",
            "list": lambda: r.choice(["[]", "['a', 'b']", "[1, 2, 3]", "['x.Middleware', 'y.Middleware']", "[('a', 1), ('b', 2)]"]),
            "tuple": lambda: r.choice(["()", "('a',)", "(1, 2)", "('HTTP_X', 'https')"]),
            "dict": lambda: r.choice(["{}", "{'a': 1}", "{'default': {'ENGINE': 'x', 'OPTIONS': {}}}", "{'a': [1], 'b': [2]}", "{1: 'x', 'y': None}"]),
            "set": lambda: r.choice(["set()", "{'a', 'b'}", "{1, 2}", "frozenset(['a'])"]),
            "path": lambda: r.choice(["BASE_DIR", "Path('/srv/data')", "Path('x/y.txt')"]),
            "delta": lambda: r.choice(["timedelta(days=1)", "timedelta(hours=2, minutes=30)", "datetime.timedelta(minutes=15)"]),
        }[wanted]()

    def general(self, wanted, d):
        """Forms that exist for every type."""
        e = lambda kind=wanted: self.expr(kind, d)  # noqa: E731
        forms = [
            lambda: f"({e()} if {e('bool')} else {e()})",
            lambda: f"({e()} or {e()})",
            lambda: f"({e(self.any_type())} and {e()})",
            lambda: f"[{e()}, {e()}][{self.pick('0', '1', '-1')}]",
            lambda: f"{{'k': {e()}}}['k']",
            lambda: f"{e('dict')}.get({self.key()}, {e()})",
            lambda: f"(lambda v: v)({e()})",
            lambda: f"({self.fresh(False)} := {e()})",
            lambda: f"next((item for item in {e('list')} if item == {e()}), {e()})",
            lambda: f"copy.deepcopy({e()})",
        ]
        helpers = [(name, kinds) for name, kinds, result in self.helpers if result == wanted]
        if helpers:
            name, kinds = self.rng.choice(helpers)
            forms += [lambda: f"{name}({', '.join(self.expr(kind, d) for kind in kinds)})"] * 6
        return self.rng.choice(forms)()

    def key(self):
        return repr(self.rng.choice(KEYS))

    def variable(self):
        return repr(self.rng.choice([*VARIABLES, "UNSET"]))

    def comprehended(self, kind, d, result=None):
        """(element, loop variable, source, condition) of a comprehension over a list."""
        name = self.fresh(False)
        source, item = self.pick((self.expr("list", d), None), ("['a', 'B', 'c,d', '']", "str"), ("range(4)", "int"), (f"{self.expr('str', d)}.split(',')", "str"))
        if item:
            self.locals.append((name, item))
        element = self.expr(result or kind, d)
        if self.chance(0.5):
            element = name
        condition = self.pick("", "", f" if {name}", f" if {self.expr('bool', d)}", f" if {name} not in {self.expr('list', 0)}")
        if item:
            self.locals.pop()
        return element, name, source, condition

    def expr_str(self, d):
        e = lambda kind="str": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([
            lambda: f"{e()} + {e()}", lambda: f"({e()} * {self.pick('0', '1', '2')})",
            lambda: f"f'{{{self.safe(e())}}}-{{{self.safe(e('int'))}:{self.pick('d', '03d', '>5', ',', 'x')}}}'",
            lambda: f"f'pre/{{{self.safe(e())}{self.pick('', '!r', '!s', ':>8', ':.2')}}}'",
            lambda: f"'%s:%s' % ({e()}, {e(self.any_type())})", lambda: f"'%s' % {e()}", lambda: f"'%d/%05.1f' % ({e('int')}, {e('float')})",
            lambda: f"'%(a)s-%(b)r' % {{'a': {e()}, 'b': {e(self.any_type())}}}",
            lambda: f"'{{}}_{{}}'.format({e()}, {e('int')})", lambda: f"'{{0}}{{x!r:>6}}{{0}}'.format({e('int')}, x={e()})",
            lambda: f"{e()}.{self.pick('upper', 'lower', 'strip', 'title', 'capitalize', 'swapcase', 'lstrip', 'rstrip', 'casefold')}()",
            lambda: f"{e()}.replace({e()}, {e()})", lambda: f"{e()}.{self.pick('strip', 'rstrip', 'lstrip')}({e()})",
            lambda: f"{e()}.{self.pick('removeprefix', 'removesuffix')}({e()})", lambda: f"{e()}.{self.pick('zfill', 'ljust', 'rjust', 'center')}({self.pick('1', '6')})",
            lambda: f"{e()}[{self.slice()}]", lambda: f"{e()}.{self.pick('partition', 'rpartition')}({self.pick(repr(','), repr('='), repr(':'))})[{self.pick('0', '1', '2', '-1')}]",
            lambda: f"{e()}.{self.pick('split', 'rsplit')}({self.pick(repr(','), repr('.'), '', repr(' ') + ', 1', 'maxsplit=1')})[{self.pick('0', '-1')}]",
            lambda: f"{self.pick(repr(','), repr(''))}.join(map(str, {e('list')}))", lambda: f"{self.pick(repr('-'), repr(' '))}.join(str(i) for i in {e('list')})",
            lambda: f"str({e(self.any_type())})", lambda: f"repr({e(self.pick('str', 'int', 'bool', 'list', 'dict', 'tuple', 'none', 'float'))})",
            lambda: f"os.environ.get({self.variable()}, {e()})", lambda: f"os.getenv({self.variable()}, {e()})", lambda: f"environ.get({self.variable()}, default={e()})",
            lambda: f"(os.environ.get({self.variable()}) or {e()})", lambda: f"os.path.join({e()}, {e()})", lambda: f"os.path.join(ROOT, {e()})",
            lambda: f"os.path.{self.pick('basename', 'dirname', 'normpath')}({e()})", lambda: f"os.path.splitext({e()})[{self.pick('0', '1')}]",
            lambda: f"{e('path')}.{self.pick('name', 'stem', 'suffix')}", lambda: f"str({e('path')})", lambda: f"{e('path')}.as_posix()",
            lambda: f"max({e()}, {e()})", lambda: f"hex({e('int')})", lambda: f"{e()}.encode().decode('utf-8')", lambda: f"json.dumps({e(self.pick('str', 'int', 'bool', 'none'))})",
            lambda: f"re.sub({self.pick(repr('[^a-z]'), repr(','), repr('^a'))}, '_', {e()})", lambda: f"type({e(self.any_type())}).__name__",
            lambda: f"'' .join(sorted({e()}))", lambda: f"{e()}[::-1]", lambda: f"{e()}.expandtabs(4)", lambda: f"', '.join([{e()}, {e()}])",
        ])()

    def safe(self, text):
        """Text that may stand in the braces of an f-string of Python 3.8."""
        return text if not any(c in text for c in "'\"\\#{}:!") else self.rng.choice(["ROOT", "1", "len(ROOT)"])

    def slice(self):
        part = lambda: self.pick("", "1", "-1", "2", "0")  # noqa: E731
        return self.pick(f"{part()}:{part()}", f"{part()}:{part()}:{self.pick('1', '2', '-1')}", ":", "0", "-1")

    def expr_int(self, d):
        e = lambda kind="int": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([
            lambda: f"({e()} {self.pick('+', '-', '*', '//', '%', '&', '|', '^')} {e()})", lambda: f"len({e(self.pick('str', 'list', 'dict', 'tuple', 'set'))})",
            lambda: f"int({self.pick(repr('12'), repr(' 7 '), repr('-3'))})", lambda: f"int(os.environ.get('PORT', {self.pick(repr('80'), '80')}))", lambda: f"int({e('bool')})",
            lambda: f"{e('str')}.{self.pick('count', 'find', 'rfind')}({e('str')})", lambda: f"{e('list')}.index({e(self.any_type())})", lambda: f"{e('list')}.count({e(self.any_type())})",
            lambda: f"sum([{e()}, {e()}])", lambda: f"{self.pick('max', 'min')}({e()}, {e()})", lambda: f"abs({e()})", lambda: f"-{e()}", lambda: f"round({e('float')})", lambda: f"int({e('float')})",
            lambda: f"({e()} << 2)", lambda: f"sum(1 for item in {e('list')} if item)", lambda: f"divmod({e()}, {e()})[{self.pick('0', '1')}]", lambda: f"int(timedelta(hours={self.pick('1', '24')}).total_seconds())",
            lambda: f"int({e('delta')}.total_seconds())", lambda: f"{e('delta')}.{self.pick('days', 'seconds')}", lambda: f"2 ** {self.pick('3', '10', '70')}", lambda: f"~{e()}", lambda: f"int('ff', 16)",
            lambda: f"functools.reduce(lambda a, b: a + b, [1, 2, {e()}])",
        ])()

    def expr_bool(self, d):
        e = lambda kind="bool": self.expr(kind, d)  # noqa: E731
        kind = self.any_type()
        return self.rng.choice([
            lambda: f"({e(kind)} {self.pick('==', '!=')} {e(kind)})", lambda: f"({e('int')} {self.pick('<', '<=', '>', '>=')} {e('int')})", lambda: f"(0 < {e('int')} <= {e('int')})",
            lambda: f"({e('str')} {self.pick('<', '>=')} {e('str')})", lambda: f"({e(self.any_type())} {self.pick('in', 'not in')} {e(self.pick('list', 'tuple', 'dict'))})",
            lambda: f"({e('str')} {self.pick('in', 'not in')} {e('str')})", lambda: f"(not {e(self.any_type())})", lambda: f"({e()} {self.pick('and', 'or')} {e()})",
            lambda: f"bool({e(self.any_type())})", lambda: f"isinstance({e(self.any_type())}, {self.pick('str', 'int', '(list, tuple)', 'dict', 'bool')})",
            lambda: f"({e(self.any_type())} {self.pick('is', 'is not')} None)", lambda: f"{e('str')}.{self.pick('startswith', 'endswith')}({self.pick(repr('a'), repr('/'), '(' + repr('a') + ', ' + repr('/') + ')')})",
            lambda: f"{e('str')}.{self.pick('isdigit', 'isupper', 'islower', 'isalpha', 'isspace', 'isalnum', 'isidentifier')}()", lambda: f"{self.pick('any', 'all')}({e('list')})",
            lambda: f"any(item == {e('str')} for item in {e('list')})", lambda: f"(os.environ.get({self.variable()}, 'False') == 'True')", lambda: f"(os.environ.get({self.variable()}, '').lower() in ('true', '1', 'yes', 'on'))",
            lambda: f"bool(int(os.environ.get('PORT', {self.pick('0', '1')})))", lambda: f"(os.getenv({self.variable()}) is not None)", lambda: f"({self.variable()} in os.environ)", lambda: f"json.loads({self.pick(repr('true'), repr('false'))})",
            lambda: f"({e('str')} == {e('path')})", lambda: f"(BASE_DIR / {self.pick(repr('nothing.txt'), repr('data.json'))}).exists()", lambda: f"os.path.isfile(os.path.join(BASE_DIR, {self.pick(repr('nothing.txt'), repr('data.json'))}))",
            lambda: f"callable({e(self.any_type())})", lambda: f"hasattr({e('str')}, 'lower')", lambda: f"({e('set')} {self.pick('<=', '==', '&')} {e('set')}) == set()", lambda: f"bool(re.match({self.pick(repr('[a-z]+'), repr('.*org$'))}, {e('str')}))",
            lambda: f"('test' in sys.argv)", lambda: f"(sys.version_info >= (3, {self.pick('6', '99')}))",
        ])()

    def expr_float(self, d):
        e = lambda kind="int": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([lambda: f"({e()} / {self.pick('2', '4', '3', '10')})", lambda: f"float({self.pick(repr('1.5'), repr('2'), repr('1e2'))})", lambda: f"({e('float')} {self.pick('+', '*', '-')} {e('float')})",
                                lambda: f"round({e('float')}, 1)", lambda: f"float(os.environ.get('RATIO', '0.1'))", lambda: f"float({e()})", lambda: f"{e('delta')}.total_seconds()"])()

    def expr_none(self, d):
        return self.rng.choice([lambda: "None", lambda: "os.environ.get('UNSET')", lambda: f"{self.expr('dict', d)}.get('missing-key')", lambda: f"[].append({self.expr('int', d)})"])()

    def expr_list(self, d):
        e = lambda kind="list": self.expr(kind, d)  # noqa: E731
        kind = self.any_type()

        def comprehension():
            element, name, source, condition = self.comprehended(kind, d)
            return f"[{element} for {name} in {source}{condition}]"

        return self.rng.choice([
            lambda: "[" + ", ".join(e(self.any_type()) for _ in range(self.rng.randrange(4))) + "]", lambda: f"({e()} + {e()})", lambda: f"[*{e()}, {e(kind)}]", lambda: f"[{e(kind)}] * 2", comprehension, comprehension,
            lambda: f"sorted({e('str')}.split())", lambda: f"sorted([{e('int')}, {e('int')}, 3], reverse={e('bool')})", lambda: f"sorted(['b', 'A', {e('str')}], key=str.lower)", lambda: f"sorted([(2, 'a'), (1, 'b')], key=lambda pair: pair[{self.pick('0', '1')}])",
            lambda: f"list({e('dict')})", lambda: f"list({e('dict')}.{self.pick('keys', 'values', 'items')}())", lambda: f"{e('str')}.split({self.pick(repr(','), '', repr(';'))})", lambda: f"{e()}[{self.pick('1:', ':1', ':-1', '::-1', '::2', ':')}]",
            lambda: f"list(range({self.pick('3', '1, 4', '6, 0, -2')}))", lambda: f"list(map({self.pick('str', 'bool', 'repr', 'lambda i: (i,)')}, {e()}))", lambda: f"list(filter({self.pick('None', 'lambda i: i', 'bool')}, {e()}))",
            lambda: f"[h.strip() for h in os.environ.get('HOSTS', {e('str')}).split(',') if h.strip()]", lambda: f"list(zip({e()}, {e()}))", lambda: f"list(enumerate({e()}{self.pick('', ', 1', ', start=5')}))", lambda: f"list(reversed({e()}))",
            lambda: f"sum([{e()}, {e()}], [])", lambda: f"list(dict.fromkeys({e('str')}))", lambda: f"list({e('tuple')})", lambda: f"{e()}.copy()", lambda: f"[(a, b) for a in 'ab' for b in {e('tuple')}]", lambda: f"list(itertools.chain({e()}, {e('tuple')}))",
            lambda: f"[x for row in [{e()}, {e()}] for x in row]", lambda: f"{e('str')}.splitlines()", lambda: f"json.loads(os.environ.get('UNSET', '[1, \"a\", null]'))", lambda: f"re.split({self.pick(repr(',+'), repr('[;,]'))}, {e('str')})", lambda: f"re.findall('[a-z]+', {e('str')})",
        ])()

    def expr_tuple(self, d):
        e = lambda kind="tuple": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([lambda: f"({e(self.any_type())}, {e(self.any_type())})", lambda: f"({e()} + {e()})", lambda: f"tuple({e('list')})", lambda: f"{e()}[:1]", lambda: f"{e('str')}.partition('=')", lambda: f"tuple(str(i) for i in {e('list')})", lambda: f"(*{e()}, {e(self.any_type())})", lambda: f"os.path.split({e('str')})"])()

    def expr_dict(self, d):
        e = lambda kind="dict": self.expr(kind, d)  # noqa: E731
        kind = self.any_type()

        def comprehension():
            element, name, source, condition = self.comprehended(kind, d)
            return f"{{str({name}): {element} for {name} in {source}{condition}}}"

        return self.rng.choice([
            lambda: "{" + ", ".join(f"{self.pick(self.key(), e('str'), self.key())}: {e(self.any_type())}" for _ in range(self.rng.randrange(4))) + "}", lambda: f"{{**{e()}, {self.key()}: {e(kind)}}}", lambda: f"{{{self.key()}: {e(kind)}, **{e()}}}", comprehension,
            lambda: f"dict(a={e(kind)}, b={e('int')})", lambda: f"dict({e()}, c={e(kind)})", lambda: f"dict(zip(['a', 'b'], {e('list')}))", lambda: f"({e()} | {e()})", lambda: f"dict([('a', {e(kind)}), ('b', 2)])", lambda: f"{e()}.copy()", lambda: f"dict.fromkeys({e('str')}, {e('int')})",
            lambda: f"{{k: v for k, v in {e()}.items() if {self.pick('v', 'k', 'k != ' + self.key())}}}", lambda: f"{{v: k for k, v in {{'a': 1, 'b': {e('int')}}}.items()}}", lambda: f"dict(part.split('=') for part in os.environ.get('PAIRS', 'x=1').split(','))", lambda: f"json.loads(os.environ.get('UNSET', '{{\"a\": [1.5, true]}}'))",
            lambda: f"copy.copy({e()})", lambda: f"dict(OrderedDict([('z', {e(kind)}), ('a', 1)]))", lambda: f"dict(sorted({{'b': 1, 'a': {e('int')}}}.items()))",
        ])()

    def expr_set(self, d):
        e = lambda kind="set": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([lambda: f"{{{e('str')}, {e('str')}}}", lambda: f"set({e('str')})", lambda: f"({e()} {self.pick('|', '&', '-', '^')} {e()})", lambda: f"{{i for i in {e('str')}}}", lambda: f"{e()}.{self.pick('union', 'difference', 'intersection')}({e('str')})"])()

    def expr_path(self, d):
        e = lambda kind="path": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([lambda: f"({e()} / {e('str')})", lambda: f"{e()}.parent", lambda: f"{e()}.joinpath({e('str')}, 'x')", lambda: f"Path({e('str')})", lambda: f"{e()}.with_suffix('.log')", lambda: f"{e()}.with_name('n')", lambda: "Path(__file__).parent", lambda: f"Path({e('str')}, 'b')", lambda: f"{e()}.parents[0]", lambda: "(BASE_DIR / '..' / 'x').resolve()"])()

    def expr_delta(self, d):
        e = lambda kind="int": self.expr(kind, d)  # noqa: E731
        return self.rng.choice([lambda: f"timedelta({self.pick('days', 'hours', 'minutes', 'seconds', 'weeks', 'milliseconds')}={self.pick(e(), '0.5')})", lambda: f"({e('delta')} {self.pick('+', '-')} {e('delta')})", lambda: f"({e('delta')} * 2)", lambda: f"-{e('delta')}", lambda: "timedelta(1, 30)"])()

    # statements -------------------------------------------------------------------------------

    def block(self, size, depth):
        lines = []
        for _ in range(self.rng.randrange(1, size + 1)):
            lines += self.statement(depth)
        return ["    " + line for line in lines]

    def statement(self, depth=2):
        """The lines of one statement, not run yet."""
        simple = [self.assign] * 8 + [self.augment, self.augment, self.item, self.item, self.mutate, self.mutate, self.unpack, self.delete, self.namespace, self.chain, self.nested]
        compound = [self.branch, self.branch, self.loop, self.loop, self.attempt, self.function, self.function, self.klass, self.matching, self.whiling, self.generator]
        return self.rng.choice(simple + (compound if depth > 0 else []))(depth)

    def assign(self, depth):
        note = self.pick("", "", "", ": object")
        name = self.rng.choice([self.fresh(), self.fresh(), *self.names("str")[-2:], *self.names("list")[-2:]])
        return [f"{name}{note} = {self.expr(None, 3)}"] if name.isidentifier() else []

    def augment(self, depth):
        kind, operator = self.pick(("str", "+="), ("list", "+="), ("int", "+="), ("int", "*="), ("tuple", "+="), ("dict", "|="), ("list", "+="), ("set", "|="), ("path", "/="), ("int", "//="))
        names = self.names(kind)
        if not names:
            return self.assign(depth)
        other = "str" if kind == "path" else self.pick("list", "tuple", "str") if kind == "list" else kind
        return [f"{self.rng.choice(names)} {operator} {self.expr(other, 2)}"]

    def item(self, depth):
        names = self.names("dict")
        if names and self.chance(0.7):
            return [f"{self.rng.choice(names)}[{self.pick(self.key(), self.expr('str', 1))}] {self.pick('=', '=', '=', '=')} {self.expr(None, 2)}"]
        names = self.names("list")
        if names:
            return [f"{self.rng.choice(names)}[{self.pick('0', '-1', '1', ':1', '1:', ':')}] = {self.expr(self.pick('list', 'str'), 2)}"]
        return self.assign(depth)

    def nested(self, depth):
        """Something inside something, and a second name for it."""
        name, alias = self.fresh(), self.fresh()
        kind = self.pick("list", "dict")
        lines = [f"{name} = {{'outer': {{'inner': {self.expr(kind, 1)}}}, 'list': [{{}}, {self.expr('dict', 1)}]}}"]
        lines.append(self.pick(f"{alias} = {name}['outer']['inner']", f"{alias} = {name}['list'][0]", f"{alias} = copy.deepcopy({name})", f"{alias} = {name}.copy()", f"{alias} = dict({name})"))
        lines.append(self.pick(f"{name}['outer']['inner'] += {self.expr('list', 1)}" if kind == "list" else f"{name}['outer']['inner'].update({self.expr('dict', 1)})", f"{name}['list'][0]['x'] = {self.expr(None, 1)}", f"{name}['outer']['more'] = {alias}", f"{name}['list'].append({alias})" if self.chance(0.3) else f"{name}['list'].append(1)"))
        return lines

    def mutate(self, depth):
        kind = self.pick("list", "dict", "list", "set")
        names = self.names(kind)
        if not names:
            return self.assign(depth)
        name, e = self.rng.choice(names), lambda kind=None: self.expr(kind, 2)
        return [f"{name}." + self.rng.choice({
            "list": [lambda: f"append({e()})", lambda: f"insert({self.pick('0', '1', '-1', '99')}, {e()})", lambda: f"extend({e(self.pick('list', 'tuple', 'str', 'dict'))})", lambda: f"remove({e()})", lambda: "pop()", lambda: "pop(0)", lambda: "reverse()", lambda: "sort(key=str)", lambda: "sort()", lambda: "clear()"],
            "dict": [lambda: f"update({e('dict')})", lambda: f"update(a={e()})", lambda: f"setdefault({self.key()}, {e()})", lambda: f"setdefault({self.key()}, []).append({e()})", lambda: f"pop({self.key()}, None)", lambda: f"pop({self.key()})", lambda: "popitem()", lambda: "update([('p', 1), ('q', 2)])", lambda: "clear()"],
            "set": [lambda: f"add({e('str')})", lambda: f"discard({e('str')})", lambda: f"update({e('str')})"],
        }[kind])()]

    def unpack(self, depth):
        a, b, c = self.fresh(), self.fresh(), self.fresh()
        e = lambda kind=None: self.expr(kind, 2)  # noqa: E731
        return [self.pick(f"{a}, {b} = {e()}, {e()}", f"{a}, *{b} = [1, {e()}, {e()}]", f"({a}, ({b}, {c})) = ({e()}, [{e()}, {e()}])", f"{a}, {b}, {c} = {e('str')}.partition('=')", f"*{a}, {b} = {e('str')}.split(',')", f"{a} = {b} = {e()}", f"{a}, {b} = {b if b in self.scope else 1}, 2", f"[{a}, {b}] = {e('list')}")]

    def delete(self, depth):
        names = self.names(self.pick("dict", "list", "str"))
        if not names:
            return []
        name = self.rng.choice(names)
        value = self.scope.get(name)
        if isinstance(value, dict) and value:
            return [f"del {name}[{self.rng.choice(list(value))!r}]"]
        if isinstance(value, list) and value:
            return [f"del {name}[{self.pick('0', '-1', '1:', '::2')}]"]
        return [f"del {name}"] if name not in ("BASE_DIR", "ROOT") else []

    def namespace(self, depth):
        name = self.fresh()
        e = self.expr(None, 2)
        return self.pick([f"globals()['{name}'] = {e}"], [f"globals().update({{'{name}': {e}}})"], [f"globals().update({name}={e})"], [f"vars()['{name}'] = {e}"], [f"setattr(sys.modules[__name__], '{name}', {e})"], [f"{name} = globals().get('{self.prefix}1', {e})"], [f"os.environ.setdefault({self.variable()}, 'set')"], [f"os.environ['NAME'] = {self.expr('str', 1)}", f"{name} = os.environ['NAME']"], [f"locals()['{name}'] = {e}"])

    def chain(self, depth):
        a, b = self.fresh(), self.fresh()
        return [f"{a} = {b} = {self.expr(self.pick('list', 'dict', 'str'), 1)}", self.pick(f"{a} += {self.expr('list', 1)}", f"{b} = {b} + {self.expr('list', 1)}", f"{a}['k'] = 1", f"{b} = None")]

    def branch(self, depth):
        lines = [f"if {self.expr(self.pick('bool', 'bool', 'str', 'list'), 2)}:", *self.block(3, depth - 1)]
        if self.chance(0.3):
            lines += [f"elif {self.expr('bool', 2)}:", *self.block(2, depth - 1)]
        if self.chance(0.5):
            lines += ["else:", *self.block(2, depth - 1)]
        if self.chance(0.15):
            name = self.fresh()
            lines = [f"if ({name} := {self.expr(None, 2)}):", f"    {self.fresh()} = {name}", *lines]
        return lines

    def loop(self, depth):
        name, out = self.fresh(False), self.fresh()
        source, kind = self.pick((self.expr("list", 1), None), ("['a', 'B', 'c,d']", "str"), ("range(3)", "int"), (f"{self.expr('str', 1)}.split(',')", "str"))
        if kind:
            self.locals.append((name, kind))
        body = self.pick([f"{out}.append({self.pick(name, self.expr(None, 2))})"], [f"if {self.pick(name, self.expr('bool', 1))}:", f"    {self.pick('continue', 'break', out + '.insert(0, ' + name + ')')}", f"{out} += [{name}]"], [f"{out} = {out} + [{self.expr(None, 1)}]", *self.statement(0)])
        if kind:
            self.locals.pop()
        head = self.pick(f"for {name} in {source}:", f"for {name} in {source}:", f"for i, {name} in enumerate({source}):", f"for {name}, v in {self.expr('dict', 1)}.items():")
        tail = ["else:", f"    {self.fresh()} = {self.expr(None, 1)}"] if self.chance(0.2) else []
        return [f"{out} = []", head, *["    " + line for line in body], *tail]

    def whiling(self, depth):
        name, out = self.fresh(), self.fresh()
        return [f"{name}, {out} = 0, []", f"while {name} < {self.pick('3', '4')}:", f"    {name} += 1", f"    if {name} == {self.pick('2', '9')}: {self.pick('continue', 'break')}", f"    {out}.append({self.expr(None, 1)})"]

    def attempt(self, depth):
        out, e = self.fresh(), self.expr(None, 2)
        body = self.pick(["import nothing_of_this_name"], ["from .nothing import *"], [f"{out} = {{}}['missing']"], [f"{out} = [][3]"], [f"{out} = int({self.expr('str', 1)})"], [f"{out} = os.environ[{self.variable()}]"], [f"{out} = {self.fresh(False)}_undefined"], [f"raise ValueError({self.expr('str', 1)})"], [f"{out} = {self.expr(None, 2)}"], [f"{out} = {self.expr('dict', 1)}[{self.key()}]"], [f"{out} = {self.expr('str', 1)} + {self.expr('int', 1)}"], [f"assert {self.expr('bool', 1)}, 'no'"], [f"{out} = float({self.expr('str', 1)})"], [f"{out} = {self.expr('int', 1)} // {self.expr('int', 1)}"])
        catch = self.pick("except Exception as problem:", "except (ImportError, KeyError):", "except ImportError:", "except KeyError:", "except (ValueError, IndexError, TypeError, NameError):", "except:", "except LookupError:", "except Exception as problem:")
        handler = [f"    {self.fresh()} = {self.pick('str(problem)', 'type(problem).__name__') if 'problem' in catch else e}", f"    {out} = {e}"]
        lines = ["try:", *["    " + line for line in body], *self.block(1, 0), catch, *handler]
        if self.chance(0.25):
            lines += ["else:", *self.block(1, 0)]
        if self.chance(0.25):
            lines += ["finally:", f"    {self.fresh()} = {self.expr(None, 1)}"]
        return lines

    def function(self, depth):
        """A helper of one of the shapes that settings have, and a use of it."""
        name, result = self.fresh(False), self.fresh()
        kind = self.pick("str", "int", "list", "dict", "bool")
        self.locals.append(("arg", kind))
        e = lambda wanted=None, d=2: self.expr(wanted, d)  # noqa: E731
        out = self.pick("str", "bool", "list", "dict", kind)
        shapes = [
            lambda: ([f"def {name}(arg, default={e(out, 1)}):", f"    if {e('bool', 1)}:", f"        return {e(out)}", "    return default"], f"{name}(ARGUMENT)"),
            lambda: ([f"def {name}(arg):", f"    out = []", f"    for item in {e('list', 1)}:", f"        if item == {e(None, 1)}:", "            return out", f"        out.append({self.pick('item', e(None, 1))})", f"    return {self.pick('out', 'tuple(out)', 'out + [arg]')}"], f"{name}(ARGUMENT)"),
            lambda: ([f"def {name}(arg, *rest, key=None, **options):", f"    return {self.pick('(arg, rest, key, options)', 'dict(options, key=key)', 'list(rest) + [arg]')}"], f"{name}(ARGUMENT, {e(None, 1)}, key={e(None, 1)}, x={e(None, 1)})"),
            lambda: ([f"def {name}(arg):", "    def inner(more):", f"        return ({self.pick('arg', e(None, 1))}, more)", f"    return inner({e(None, 1)})"], f"{name}(ARGUMENT)"),
            lambda: ([f"def {name}(arg):", "    try:", f"        return int({e('str', 1)})", "    except ValueError:", f"        return {e(out)}", "    finally:", "        pass"], f"{name}(ARGUMENT)"),
            lambda: ([f"def {name}(arg):", f"    global {result}_G", f"    {result}_G = {e(None, 1)}", f"    return {result}_G"], f"{name}(ARGUMENT)"),
            lambda: ([f"{name} = lambda arg, scale={e('int', 1)}: {e(out)}"], f"{name}(arg=ARGUMENT)"),
            lambda: ([f"def {name}(arg, default=None, cast=None):", "    value = os.environ.get('PORT', default)", "    if cast is bool:", "        return str(value).lower() in ('1', 'true', 'yes')", "    if cast is not None and value is not None:", "        return cast(value)", "    return value"], f"{name}(ARGUMENT, {self.pick(repr('5'), 'None')}, {self.pick('cast=bool', 'cast=str', 'cast=len', 'cast=lambda v: v + v')})"),
            lambda: ([f"def {name}(arg, seen=[]):", "    seen.append(arg)", "    return list(seen)"], f"{name}(ARGUMENT) + {name}(1)"),
            lambda: ([f"def {name}(arg):", f"    arg{self.pick('', '')} = {e(None, 1)}", f"    return arg"], f"{name}(ARGUMENT)"),
        ]
        lines, call = self.rng.choice(shapes)()
        self.locals.pop()
        return [*lines, f"{result} = " + call.replace('ARGUMENT', self.expr(kind, 1), 1)]

    def generator(self, depth):
        name, result = self.fresh(False), self.fresh()
        return [f"def {name}(items):", "    for item in items:", f"        if {self.expr('bool', 1)}:", "            yield item", f"    yield {self.expr(None, 1)}", f"{result} = {self.pick('list', 'tuple')}({name}({self.expr('list', 1)}))"]

    def klass(self, depth):
        name, result = self.fresh(False).capitalize(), self.fresh()
        e = lambda wanted=None: self.expr(wanted, 1)  # noqa: E731
        shape = self.rng.randrange(4)
        if shape == 0:
            return [f"class {name}:", f"    attribute = {e()}", "    def __init__(self, value, extra=None):", "        self.value = value", f"        self.extra = extra or {e()}", "    def both(self):", "        return [self.value, self.extra, self.attribute]", f"{result} = {name}({e()}).both()"]
        if shape == 1:
            return [f"class {name}(object):", f"    A = {e()}", f"    B = [A, {e()}]", "    @classmethod", "    def get(cls):", "        return cls.B", "    @staticmethod", f"    def fixed(n={e()}):", "        return n", f"class {name}Sub({name}):", f"    A = {e()}", "    @property", "    def shown(self):", "        return (self.A, self.B)", f"{result} = [{name}Sub.get(), {name}.fixed(), {name}Sub().shown]"]
        if shape == 2:
            return [f"class {name}(dict):", "    def __missing__(self, key):", f"        return {e()}", "    def __getattr__(self, key):", "        return self[key]", f"{result} = [{name}(a=1)['b'], {name}(a=2).a]"]
        return [f"class {name}:", f"    X = {e()}", f"    Y = {e()}", f"for {name.lower()}_key in dir({name}):", f"    if {name.lower()}_key.isupper():", f"        globals()['{result}_' + {name.lower()}_key] = getattr({name}, {name.lower()}_key)"]

    def matching(self, depth):
        out = self.fresh()
        case = self.pick("case 'a' | 'b':", "case [first, *rest]:", "case {'a': found}:", "case str() as found:", "case int(found) if found > 1:", "case (1, found):", "case None:", "case True:")
        return [f"{out} = 0", f"match {self.expr(None, 2)}:", f"    {case}", f"        {out} = {'found' if 'found' in case else '[first, rest]' if 'rest' in case else self.expr(None, 1)}", "    case _:", f"        {out} = {self.expr(None, 1)}"]


def fits(value, depth=0):
    """Whether a value is small enough to go on with."""
    if isinstance(value, (str, bytes)):
        return len(value) < 400
    if isinstance(value, int):
        return abs(value) < 10**40
    if isinstance(value, (list, tuple, set, frozenset)):
        return len(value) < 60 and depth < 8 and all(fits(item, depth + 1) for item in value)
    if isinstance(value, dict):
        return len(value) < 60 and depth < 8 and all(fits(key, depth + 1) and fits(item, depth + 1) for key, item in value.items())
    return True


def write_module(rng, scope, prefix, size, head, kind=Writer):
    """The source of one module. `scope` is the namespace it is tried in."""
    writer = kind(rng, scope, prefix)
    done = []
    for line in head:
        exec(line, scope)
        done.append(line)
    for _ in range(size):
        lines = writer.statement()
        text = "\n".join(lines)
        if not text.strip() or "nan" in text:
            continue
        saved = {name: value for name, value in scope.items()}
        try:
            code = compile(text, "<settings>", "exec")
            with contextlib.redirect_stdout(io.StringIO()), time_limit():
                exec(code, scope)
        except RecursionError:
            continue
        except TimeoutError:
            # A loop over a list that it appends to: what it has grown by then is too large to go on with.
            break
        except Exception:
            # What it did before it failed stays, so the module must do the same: it is tried again as a whole later.
            for name in list(scope):
                if name not in saved:
                    del scope[name]
            scope.update(saved)
            continue
        if not all(fits(value) for name, value in scope.items() if name not in ("__builtins__",)):
            for name in list(scope):
                if name not in saved:
                    del scope[name]
            scope.update(saved)
            continue
        done += lines
    return "\n".join(done) + "\n"


@contextlib.contextmanager
def time_limit(seconds=1):
    """Raises TimeoutError in what takes longer."""

    def too_long(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def environment(rng, variables):
    """Values for the variables that modules read; None is unset."""
    chosen = {name: rng.choice(values) for name, values in variables.items()}
    return {name: value for name, value in chosen.items() if value is not None}


@contextlib.contextmanager
def process(variables):
    """A process environment of exactly these variables."""
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def make(seed, libraries=None, place="/nowhere/case"):
    """One case: its files, the module, the environment. May still fail when run as a whole.

    `libraries` is the module of that name, for modules that use the environment libraries.
    """
    rng = random.Random(seed)
    package, module = "conf", "generated_base"
    head, kind = list(PRELUDE), Writer
    variables = environment(rng, libraries.VARIABLES if libraries else VARIABLES)
    files = {f"{package}/__init__.py": "", "data.json": '{"a": [1, 2, {"b": null}], "c": "text"}\n'}
    if libraries:
        head, kind = head + libraries.PRELUDE, libraries.LibraryWriter
        files[".env"] = libraries.dotenv_text(rng)
    for path, text in files.items():
        if libraries:
            (pathlib.Path(place) / path).parent.mkdir(parents=True, exist_ok=True)
            (pathlib.Path(place) / path).write_text(text, encoding="utf-8")
    sys.modules[module] = type(sys)(module)
    if "decouple" in sys.modules:
        sys.modules["decouple"].config.config = None
    with process(variables):
        scope = {"__name__": module, "__file__": f"{place}/{package}/base.py"}
        if rng.random() < 0.5:
            files[f"{package}/base.py"] = write_module(rng, scope, "B", rng.randrange(3, 16), head, kind)
            scope = {name: value for name, value in scope.items() if not name.startswith("_")}
            scope.update({"__name__": module, "__file__": f"{place}/{package}/settings.py"})
            star = rng.choice(["from .base import *", "from .base import *", f"from {package}.base import *"])
            again = [line for line in head if line.startswith(("import", "from"))]
            body = write_module(rng, scope, "S", rng.randrange(3, 16), [], kind)
            files[f"{package}/settings.py"] = "\n".join([star, *again, body])
        else:
            files[f"{package}/settings.py"] = write_module(rng, scope, "S", rng.randrange(6, 28), head, kind)
    return {"files": files, "module": f"{package}.settings", "environment": variables}
