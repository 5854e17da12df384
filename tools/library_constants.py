#!/usr/bin/env python3
"""Writes crates/plimsoll_python/data/library_constants.json: constants of third-party modules, by version.

Downloads wheels from PyPI with pip, the first and the last release of each distribution below and, where they differ,
those between. Nothing is installed or run: constants that are plain data are read from the syntax tree.

    python3 tools/library_constants.py [--cache DIR]

The file holds, for each module, its distribution and for each name the spans of versions: [from, until (exclusive) or
null, value]. A name whose value is not plain data in some version has no span there.
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

import django_defaults as shared
import wire

TARGET = shared.ROOT / "crates/plimsoll_python/data/library_constants.json"
# Distribution, the first version that counts, modules.
LIBRARIES = [
    ("django-cors-headers", (2, 0, 0), ["corsheaders.defaults"]),
    ("sentry-sdk", (1, 17, 0), ["sentry_sdk.scrubber"]),
    ("django-csp", (4, 0, 0), ["csp.constants"]),
    ("django-oscar", (2, 0, 0), ["oscar.defaults"]),
    ("social-auth-core", (3, 0, 0), ["social_core.pipeline"]),
]
NAMES = re.compile(r"[A-Z][A-Z0-9_]*|default_headers|default_methods")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, help="keep the downloaded wheels here")
    cache = parser.parse_args().cache or pathlib.Path(tempfile.mkdtemp(prefix="library-wheels-"))
    cache.mkdir(parents=True, exist_ok=True)
    rows = []
    for distribution, first, modules in LIBRARIES:
        dumps = {}
        refine(distribution, releases(distribution, first), modules, cache, dumps)
        for module in modules:
            spans = shared.spans(sorted(dumps), {version: dump.get(module, {}) for version, dump in dumps.items()})
            if spans:
                facts = {"distribution": distribution, "names": {name: spans[name] for name in sorted(spans)}}
                rows.append(f"{json.dumps(module)}: {shared.compact(facts)}")
        print(distribution, len(dumps), "releases read", flush=True)
    text = f'{{\n"date": "{datetime.date.today()}",\n"modules": {{\n' + ",\n".join(rows) + "\n}\n}\n"
    TARGET.write_text(text, encoding="utf-8")


def releases(distribution, first):
    command = [sys.executable, "-m", "pip", "index", "versions", distribution, "--ignore-requires-python"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = re.search(r"Available versions: (.*)", listing).group(1).split(", ")
    parsed = [tuple(int(part) for part in name.split(".")) for name in names if re.fullmatch(r"[\d.]+", name)]
    padded = {(version + (0, 0))[:3]: version for version in parsed}
    return [version for version in sorted(padded) if version >= first]


def refine(distribution, versions, modules, cache, dumps):
    first, last = versions[0], versions[-1]
    for version in (first, last):
        if version not in dumps:
            dumps[version] = dump(distribution, version, modules, cache)
    if len(versions) > 2 and shared.compact(dumps[first]) != shared.compact(dumps[last]):
        middle = len(versions) // 2
        refine(distribution, versions[: middle + 1], modules, cache, dumps)
        refine(distribution, versions[middle:], modules, cache, dumps)


def dump(distribution, version, modules, cache):
    folder = cache / f"{distribution}-{'.'.join(map(str, version))}"
    if not folder.exists():
        text = ".".join(map(str, version))
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        command += ["--ignore-requires-python", "-d", str(folder), f"{distribution}=={text}"]
        subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        out = {}
        for module in modules:
            path = module.replace(".", "/")
            for name in (f"{path}.py", f"{path}/__init__.py"):
                if name in archive.namelist():
                    out[module] = constants(ast.parse(archive.read(name).decode()))
        return out


def constants(tree):
    """The names that a module binds once, at its top level, to plain data."""
    scope, bound = {}, {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
            name, value = statement.targets[0].id, statement.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            name, value = statement.target.id, statement.value
        else:
            continue
        try:
            scope[name] = eval(compile(ast.Expression(value), "constants", "eval"), {"__builtins__": {}}, dict(scope))
        except Exception:
            scope.pop(name, None)
            continue
        if NAMES.fullmatch(name):
            bound[name] = wire.encode(scope[name])
    return {name: value for name, value in bound.items() if name in scope and '"object"' not in json.dumps(value)}


if __name__ == "__main__":
    main()
