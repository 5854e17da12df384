#!/usr/bin/env python3
"""Writes crates/plimsoll_python/data/settings_atlas.txt: which settings the common Django packages read, by version.

For each package of tools/settings_atlas_packages.txt the last release of each minor series is downloaded from PyPI,
unpacked, and its modules are read as syntax trees. No code of a package runs. `cargo xtask atlas` calls this script.

    python3 tools/settings_atlas.py [--cache DIR] [--only PACKAGE]...

What counts as a name that a version reads:

- read: an upper-case attribute of, or a `getattr` on, something that is called settings, and an upper-case text handed to a function whose name says that it gets a setting.
- mentioned: any other upper-case text or attribute of the package. A setting that is only mentioned may be read in a
  way that a syntax tree does not show, so nothing is said of it. Kept where the word is a setting or key of any
  package, or a slip away from one.
- prefix: a text that ends with an underscore and is joined with others (`"ACCOUNT_" + name`): any name that begins so
  may be read.
- module: a module or package that it installs at the top.
- key: a key of the table of defaults beside which the one setting that overrides it is read (`REST_FRAMEWORK`), and
  Celery's options with their old names.

The file, by lines: `# date`, then for each package `package NAME VERSION...` and `KIND SPANS NAME...`, where KIND is
read, mention, prefix, old, module or key:SETTING, and SPANS are the positions of the versions that have it: `2-` is the third
and all later ones, `0-4,6` the first five and the seventh.
"""

import argparse
import ast
import collections
import concurrent.futures
import datetime
import io
import json
import pathlib
import re
import sys
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tools/settings_atlas_packages.txt"
TARGET = ROOT / "crates/plimsoll_python/data/settings_atlas.txt"
SERIES = 40
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LEFT_OUT = re.compile(r"(^|/)(tests?|testing|docs?|examples?|migrations|locale|node_modules|testproject|demo|sandbox|bench)(/|\.py$)|(^|/)(test_[^/]*|conftest|setup)\.py$")
# `api_settings` and the like hold a package's own table: its keys are read there.
HOLDERS = re.compile(r"_?(django_?|dj_?|global_?|project_?|conf_?|user_?)?settings", re.IGNORECASE)
GETTERS = re.compile(r"setting|conf", re.IGNORECASE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("/var/tmp/plimsoll-atlas"), help="keep what was read here")
    parser.add_argument("--only", action="append", help="print what is read of this package and write nothing")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    packages = options.only or [line.strip() for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#")]
    read = {}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for name, found in zip(packages, pool.map(lambda package: of_package(package, options.cache), packages)):
            if found:
                read[name] = found
            else:
                print(f"{name}: nothing found on PyPI", file=sys.stderr)
    near = set()
    for name in {name for found in read.values() for _, names in found for kind, name in names if kind != "mention"}:
        near |= variants(name)
    parts = [lines_of(name, found, near) for name, found in read.items()]
    text = "\n".join([f"# {datetime.date.today().isoformat()}", *parts]) + "\n"
    if options.only:
        print(text)
    else:
        TARGET.write_text(text)
        print(f"{TARGET.relative_to(ROOT)}: {len(parts)} packages, {len(text)} bytes")


def variants(name):
    """The name, and the name without each one of its letters: two names with a common variant are a slip apart."""
    return {name, *(name[:place] + name[place + 1:] for place in range(len(name)))}


def of_package(package, cache):
    """What each release of one package reads: version and pairs of kind and name."""
    releases = series(package)
    found = []
    for version, url in releases:
        kept = cache / f"{package}-{version}.json"
        if not kept.exists():
            kept.write_text(json.dumps(read_release(url)))
        found.append((version, json.loads(kept.read_text())))
    return found


def lines_of(package, found, near):
    """The lines of one package."""
    lines = ["package " + " ".join([package, *(version for version, _ in found)])]
    spans = collections.defaultdict(list)
    for position, (_, names) in enumerate(found):
        for kind, name in names:
            if kind != "mention" or variants(name) & near:
                spans[(kind, name)].append(position)
    groups = collections.defaultdict(list)
    for (kind, name), positions in spans.items():
        groups[(kind, written(positions, len(found)))].append(name)
    for (kind, span), names in sorted(groups.items()):
        lines.append(" ".join([kind, span, *sorted(names)]))
    return "\n".join(lines)


def written(positions, count):
    """Positions as spans; an end that is the newest version is left open."""
    runs = []
    for position in positions:
        if runs and runs[-1][1] == position - 1:
            runs[-1][1] = position
        else:
            runs.append([position, position])
    def one(run):
        first, last = run
        if last == count - 1:
            return f"{first}-"
        return str(first) if first == last else f"{first}-{last}"
    return ",".join(one(run) for run in runs)


def series(package):
    """Version and address of the last release of each minor series, oldest first."""
    try:
        with urllib.request.urlopen(f"https://pypi.org/pypi/{package}/json", timeout=60) as answer:
            releases = json.load(answer)["releases"]
    except urllib.error.HTTPError:
        return []
    best = {}
    for version, files in releases.items():
        if not re.fullmatch(r"\d+(\.\d+)*(\.post\d+)?", version):
            continue
        files = [file for file in files if not file["yanked"] and file["packagetype"] in ("bdist_wheel", "sdist")]
        if not files:
            continue
        numbers = tuple(int(part) for part in re.findall(r"\d+", version))
        file = min(files, key=lambda file: (file["packagetype"] != "bdist_wheel", "none-any" not in file["filename"], file["filename"]))
        minor = (numbers + (0,))[:2]
        if minor not in best or numbers > best[minor][0]:
            # A mirror may give addresses that are relative to the page of the package.
            best[minor] = (numbers, version, urllib.parse.urljoin(f"https://pypi.org/simple/{package}/", file["url"]))
    return [(version, url) for _, version, url in sorted(best.values())][-SERIES:]


def read_release(url):
    """All names of one release, as sorted pairs of kind and name."""
    names = set()
    with urllib.request.urlopen(url, timeout=180) as answer:
        data = answer.read()
    for path, text in modules(url, data):
        # An archive of sources may hold the package in any folder.
        if url.endswith(".whl"):
            names.add(("module", path.removesuffix(".py").split("/")[0]))
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            # A module of Python 2: its upper-case words are mentions.
            names |= {("mention", word) for word in re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", text)}
            continue
        names |= of_module(path, tree)
    reads = {name for kind, name in names if kind == "read"}
    return sorted(pair for pair in names if pair[0] != "mention" or pair[1] not in reads)


def modules(url, data):
    if url.endswith((".whl", ".zip", ".egg")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for path in archive.namelist():
                if path.endswith(".py") and not LEFT_OUT.search(path):
                    yield path, archive.read(path).decode("utf-8", "replace")
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                path = member.name.partition("/")[2]
                if member.isfile() and path.endswith(".py") and not LEFT_OUT.search(path):
                    yield path, archive.extractfile(member).read().decode("utf-8", "replace")


def of_module(path, tree):
    names = set()
    reads = set()
    if path.endswith("celery/app/defaults.py"):
        return set(of_celery(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and NAME.fullmatch(node.attr):
            if HOLDERS.fullmatch(last_name(node.value)):
                reads.add(node.attr)
            else:
                names.add(("mention", node.attr))
        elif isinstance(node, ast.Call):
            getter = last_name(node.func)
            if getter in ("getattr", "hasattr") and len(node.args) > 1 and HOLDERS.fullmatch(last_name(node.args[0])):
                reads |= set(texts([node.args[1]]))
            elif GETTERS.search(getter) or (getter == "get" and HOLDERS.fullmatch(last_name(getattr(node.func, "value", node.func)))):
                reads |= set(texts(node.args[:1]))
        elif isinstance(node, ast.JoinedStr) and node.values:
            names |= {("prefix", text) for text in beginnings([node.values[0]])}
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
            names |= {("prefix", text) for text in beginnings([node.left])}
        elif isinstance(node, ast.keyword) and node.arg and "prefix" in node.arg:
            names |= {("prefix", text) for text in beginnings([node.value])}
        elif isinstance(node, ast.Assign):
            if any("prefix" in last_name(target).lower() for target in node.targets):
                names |= {("prefix", text) for text in beginnings([node.value])}
        elif isinstance(node, ast.ClassDef) and any("AppConf" in last_name(base) for base in node.bases):
            names |= set(of_appconf(path, node))
        if isinstance(node, ast.Call) and "settings" in last_name(node.func).lower():
            names |= {("prefix", text) for text in beginnings(node.args)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value) and len(node.value) > 3:
            names.add(("mention", node.value))
    reads = {name for name in reads if len(name) > 3}
    outer = {name for name in reads if "_" in name or name.isupper()}
    names |= {("read", name) for name in outer}
    names |= keys_of_defaults(tree, reads)
    return names


def last_name(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return ""


def texts(nodes):
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def beginnings(nodes):
    """Prefixes that end with an underscore: `ACCOUNT_`, `AXES_%s`."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = re.match(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_)(?:%s|\{.*)?$", node.value)
            if match:
                yield match[1]


def of_appconf(path, node):
    """django-appconf: `class MyConf(AppConf)` with `class Meta: prefix = "x"` reads X_NAME."""
    prefix = path.split("/")[0]
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and inner.name == "Meta":
            for statement in inner.body:
                if isinstance(statement, ast.Assign) and last_name(statement.targets[0]) == "prefix" and isinstance(statement.value, ast.Constant):
                    prefix = statement.value.value
    for inner in node.body:
        if isinstance(inner, ast.Assign) and NAME.fullmatch(last_name(inner.targets[0])):
            name = inner.targets[0].id
            yield ("read", f"{prefix.upper()}_{name}" if prefix else name)


def keys_of_defaults(tree, reads):
    """Keys of a table of defaults, where the module reads one setting that overrides it."""
    tables = []
    for node in tree.body:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(value, ast.Dict) and re.search(r"DEFAULTS?(_SETTINGS)?$|^DEFAULT_|^DEFAULT$", last_name(target) if target else ""):
            keys = [key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
            if keys and len(keys) == len(value.keys) and all(NAME.fullmatch(key) for key in keys):
                tables.append(keys)
    overriding = [name for name in reads if all(name not in keys for keys in tables)]
    if len(tables) == 1 and len(overriding) == 1:
        setting = overriding[0]
        return {(f"key:{setting}", key) for key in tables[0]}
    return set()


def of_celery(tree):
    """Celery's options: `read` is the new name in upper case, `old` the one before Celery 4."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and last_name(node.targets[0]) == "NAMESPACES":
            if isinstance(node.value, ast.Dict):
                # Celery 3: a table of tables.
                for outer, table in zip(node.value.keys, node.value.values):
                    for key in getattr(table, "keys", []):
                        yield ("read", f"{outer.value}_{key.value}")
            else:
                yield from of_namespace(node.value, "")


def of_namespace(call, prefix):
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg == "__old__":
            continue
        if isinstance(keyword.value, ast.Call) and last_name(keyword.value.func) == "Namespace":
            yield from of_namespace(keyword.value, f"{prefix}{keyword.arg}_")
        else:
            yield ("key:CELERY", f"{prefix}{keyword.arg}".upper())
            if isinstance(keyword.value, ast.Call):
                for option in keyword.value.keywords:
                    if option.arg == "old":
                        for constant in ast.walk(option.value):
                            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                                yield ("old", constant.value.upper())


if __name__ == "__main__":
    main()
