#!/usr/bin/env python3
"""Writes crates/plimsoll_python/data/django_defaults.json: Django's default settings by version.

Downloads Django from PyPI with pip: of each minor version since 1.11 the first and the last release and, where they
differ, those between that show in which release it changed. No project's code runs: the module global_settings, a
list of assignments, is executed by itself, and the other tables are read from the syntax tree.

    python3 tools/django_defaults.py [--cache DIR]

The file holds, for each setting, the spans of versions in which it has a value: [from, until (exclusive) or null,
value]. Constants of other Django modules that settings import are kept in the same form under "constants".
"""

import argparse
import ast
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/differential"))
import wire  # noqa: E402

TARGET = ROOT / "crates/plimsoll_python/data/django_defaults.json"
FIRST = (1, 11)
# Module, names: tables that settings modules import and change.
CONSTANTS = {
    "django.utils.log": ["DEFAULT_LOGGING"],
    "django.contrib.messages.constants": None,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, help="keep the downloaded wheels here")
    cache = parser.parse_args().cache or pathlib.Path(tempfile.mkdtemp(prefix="django-wheels-"))
    cache.mkdir(parents=True, exist_ok=True)
    dumps = {}
    versions = releases()
    for minor in sorted({version[:2] for version in versions}):
        refine([version for version in versions if version[:2] == minor], cache, dumps)
    known = sorted(dumps)
    settings = spans(known, {version: dump["settings"] for version, dump in dumps.items()})
    constants = spans(known, {version: dump["constants"] for version, dump in dumps.items()})
    lines = ["{", f'"date": "{datetime.date.today()}",']
    lines.append(f'"versions": {json.dumps([text(version) for version in known])},')
    for title, table in (("settings", settings), ("constants", constants)):
        rows = [f"{json.dumps(name)}: {compact(table[name])}" for name in sorted(table)]
        lines.append(f'"{title}": {{\n' + ",\n".join(rows) + "\n}" + ("," if title == "settings" else ""))
    TARGET.write_text("\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(settings)} settings, {len(constants)} constants, {len(known)} releases read: {TARGET}")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def releases():
    """All final releases since the first minor version, oldest first."""
    command = [sys.executable, "-m", "pip", "index", "versions", "Django", "--ignore-requires-python"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = re.search(r"Available versions: (.*)", listing).group(1).split(", ")
    parsed = (tuple(int(part) for part in name.split(".")) for name in names if re.fullmatch(r"[\d.]+", name))
    return sorted(version if len(version) > 2 else (*version, 0) for version in parsed if version >= FIRST)


def text(version):
    return ".".join(str(part) for part in (version if version[2] else version[:2]))


def refine(releases_of_minor, cache, dumps):
    """Reads the first and last of a list of releases, and between them as long as they differ."""
    first, last = releases_of_minor[0], releases_of_minor[-1]
    for version in (first, last):
        if version not in dumps:
            dumps[version] = dump(version, cache)
    if len(releases_of_minor) > 2 and compact(dumps[first]) != compact(dumps[last]):
        middle = len(releases_of_minor) // 2
        refine(releases_of_minor[: middle + 1], cache, dumps)
        refine(releases_of_minor[middle:], cache, dumps)


def dump(version, cache):
    """What one release has."""
    wheel = download(version, cache)
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("django/conf/global_settings.py").decode()
        scope = {"__name__": "django.conf.global_settings"}
        exec(compile(source, "global_settings.py", "exec"), scope)
        settings = {name: wire.encode(value) for name, value in scope.items() if name.isupper()}
        constants = {}
        for module, names in CONSTANTS.items():
            path = module.replace(".", "/") + ".py"
            if path in archive.namelist():
                tree = ast.parse(archive.read(path).decode())
                constants.update({f"{module}.{name}": value for name, value in assigned(tree, names)})
    return {"settings": settings, "constants": constants}


def download(version, cache):
    def found():
        return list(cache.glob(f"[Dd]jango-{text(version)}-*.whl"))

    if not found():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        command += ["--ignore-requires-python", "-d", str(cache), f"Django=={text(version)}"]
        subprocess.run(command, check=True)
    return found()[0]


def assigned(tree, names):
    """Upper-case names that a module binds to plain data; earlier names may be used in later ones."""
    scope = {}
    for statement in tree.body:
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            continue
        name = statement.targets[0].id
        if not name.isupper() or names is not None and name not in names:
            continue
        code = compile(ast.Expression(statement.value), "constants", "eval")
        scope[name] = eval(code, {"__builtins__": {}}, scope)
        yield name, wire.encode(scope[name])


def spans(known, tables):
    """For each name the spans of versions in which it has one value, oldest first."""
    out = {}
    for name in {name for table in tables.values() for name in table}:
        rows = []
        for version in known:
            present = name in tables[version]
            value = tables[version].get(name)
            if rows and rows[-1][1] is None:
                if present and compact(rows[-1][2]) == compact(value):
                    continue
                rows[-1][1] = text(version)
            if present:
                rows.append([text(version), None, value])
        out[name] = rows
    return out


if __name__ == "__main__":
    main()
